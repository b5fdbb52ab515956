-- The fund may refuse a subsidy: with a date, a reference and why. The refusal may be corrected as a record made by mistake; or the
-- carrier takes the file up again as another request, which starts from what was refused.

alter table project
    drop constraint project_subsidy_state,
    add constraint project_subsidy_state check (subsidy_state in ('none', 'draft', 'deposited', 'incomplete', 'granted', 'refused', 'paid'));

insert into grant_edge (source, target) values ('deposited', 'refused'), ('refused', 'deposited'), ('refused', 'draft');

alter table grant_application
    drop constraint grant_state,
    drop constraint grant_eligible,
    add constraint grant_state check (state in ('draft', 'deposited', 'incomplete', 'granted', 'refused', 'paid')),
    -- under preparation again, its quote may change before it is deposited again
    add constraint grant_eligible check (eligible_cents = least(cap_cents, case vat when 'included' then quote_included_cents else quote_excluded_cents end)
        or state in ('draft', 'incomplete'));

-- A refusal says why, and of which decision.
alter table grant_event add constraint grant_event_refused check (target <> 'refused' or (reference <> '' and message <> ''));
