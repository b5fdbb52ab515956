-- The manager of a call sets how the score of a lead is computed, the same for every dossier: five weights that make 100 %
-- and three floors. Nothing is ever rewritten: the last line of a call is in force, the former ones say who, when and why.
-- No line at all is the engine's own setting. A call cloned from another keeps what was in force there.

create table lead_settings (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    -- percents
    nature integer not null,
    distance integer not null,
    quantity integer not null,
    timing integer not null,
    confidence integer not null,
    -- m3, MWh and tonnes a year
    floor_water integer not null,
    floor_energy integer not null,
    floor_material integer not null,
    reason text not null,
    -- nobody: copied with the call
    account_id bigint references account,
    decided_at timestamptz not null,
    constraint lead_settings_weights check (least(nature, distance, quantity, timing, confidence) >= 0 and nature + distance + quantity + timing + confidence = 100),
    constraint lead_settings_floors check (least(floor_water, floor_energy, floor_material) >= 0),
    constraint lead_settings_reason check (length(reason) between 3 and 500)
);
create index lead_settings_last on lead_settings (call_id, id desc);

create function lead_settings_are_kept() returns trigger language plpgsql as $$
begin
    raise exception 'the settings of a call are never rewritten';
end
$$;
create trigger lead_settings_kept before update or delete on lead_settings for each row execute function lead_settings_are_kept();

create or replace function clone_call(template bigint, new_slug text, new_title text, new_edition text, new_prefix text, new_bound timestamptz)
returns bigint language plpgsql as $$
declare
    source call%rowtype;
    made bigint;
    days integer;
    shift interval;
begin
    select * into source from call where call.id = template;
    if not found then
        raise exception 'no call % to clone', template using errcode = 'no_data_found';
    end if;
    days := 7 * round(((new_bound at time zone 'Europe/Paris')::date - (source.deposit_bound at time zone 'Europe/Paris')::date) / 7.0)::integer;
    shift := make_interval(days => days);

    insert into call (
        slug, is_template, title, short_title, edition, number_prefix, territory, organisers, summary, objectives,
        launched_on, manifestation_bound, notified_on, deposit_bound, review_due_at,
        committee_at, committee_place, fund_committee_on, council_on,
        postal_rule, postal_address, deposit_email,
        funding_scheme, subsidy_cap_cents, subsidy_rate_percent, subsidy_vat,
        training_title, training_note, trainer,
        coverage_threshold, mean_from, reviews_expected, reviews_visible, owner_sees_reviews, page_guide
    ) values (
        new_slug, false, new_title, source.short_title, new_edition, new_prefix, source.territory, source.organisers, source.summary, source.objectives,
        source.launched_on + days,
        (source.manifestation_bound at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris',
        source.notified_on + days,
        new_bound,
        (source.review_due_at at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris',
        (source.committee_at at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris',
        source.committee_place, source.fund_committee_on + days, source.council_on + days,
        source.postal_rule, source.postal_address, source.deposit_email,
        source.funding_scheme, source.subsidy_cap_cents, source.subsidy_rate_percent, source.subsidy_vat,
        source.training_title, source.training_note, source.trainer,
        source.coverage_threshold, source.mean_from, source.reviews_expected, source.reviews_visible, source.owner_sees_reviews, source.page_guide
    ) returning id into made;

    insert into seat (call_id, body, label, requirement, is_chair, position)
    select made, seat.body, seat.label, seat.requirement, seat.is_chair, seat.position
    from seat
    where seat.call_id = template
    order by seat.position, seat.id;

    insert into criterion (call_id, code, deliverable, label, requirement, weight_thousandths, levels, position)
    select made, criterion.code, criterion.deliverable, criterion.label, criterion.requirement, criterion.weight_thousandths, criterion.levels, criterion.position
    from criterion
    where criterion.call_id = template
    order by criterion.position, criterion.id;

    insert into contact (call_id, body, person, address, phone, email, requirement, position)
    select made, contact.body, contact.person, contact.address, contact.phone, contact.email, contact.requirement, contact.position
    from contact
    where contact.call_id = template
    order by contact.position, contact.id;

    insert into training_session (call_id, day, place, note)
    select made, training_session.day + days, training_session.place, training_session.note
    from training_session
    where training_session.call_id = template
    order by training_session.day, training_session.id;

    insert into lead_settings (call_id, nature, distance, quantity, timing, confidence, floor_water, floor_energy, floor_material, reason, decided_at)
    select made, nature, distance, quantity, timing, confidence, floor_water, floor_energy, floor_material,
           left('Repris de l’appel ' || source.short_title || ' ' || source.edition, 500), now()
    from lead_settings
    where lead_settings.call_id = template
    order by id desc
    limit 1;

    return made;
end $$;
