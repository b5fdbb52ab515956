-- The subsidy file (R88-R97): what it asks for, how the aid is computed, where it stands. Ceiling, rate, VAT and rounding are
-- settings of the call; what applied at the deposit is kept with it.

alter table call add column subsidy_rounding text not null default 'down';
alter table call add constraint call_subsidy_rounding check (subsidy_rounding in ('down', 'nearest'));

-- A call cloned from another keeps it: the function as it is now, with one more column.
do $$
declare
    former text := pg_get_functiondef('clone_call'::regproc);
    next text;
begin
    next := replace(former, 'source.subsidy_vat,', '@rule@');
    next := replace(next, 'subsidy_vat,', 'subsidy_vat, subsidy_rounding,');
    next := replace(next, '@rule@', 'source.subsidy_vat, source.subsidy_rounding,');
    if next = former then
        raise exception 'clone_call is not as expected';
    end if;
    execute next;
end $$;

alter table project add column subsidy_state text not null default 'none';
alter table project add constraint project_subsidy_state check (subsidy_state in ('none', 'draft', 'deposited', 'incomplete', 'granted', 'paid'));

-- The last two correct a record made by mistake.
create table grant_edge (
    source text not null,
    target text not null,
    primary key (source, target)
);
insert into grant_edge (source, target) values
    ('draft', 'deposited'), ('deposited', 'incomplete'), ('incomplete', 'deposited'), ('deposited', 'granted'), ('granted', 'paid'),
    ('granted', 'deposited'), ('paid', 'granted');

create table grant_application (
    project_id bigint primary key references project,
    state text not null default 'draft',
    quote_excluded_cents bigint,
    quote_included_cents bigint,
    account_holder text not null default '' check (length(account_holder) <= 160),
    iban text not null default '' check (iban ~ '^([A-Z]{2}[0-9]{2}[A-Z0-9]{10,30})?$'),
    bic text not null default '' check (bic ~ '^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$'),
    -- the rule that applied at the last deposit, and what it gave
    cap_cents bigint,
    rate_percent integer,
    vat text,
    rounding text,
    eligible_cents bigint,
    aid_cents bigint,
    version integer not null default 1,
    constraint grant_state check (state in ('draft', 'deposited', 'incomplete', 'granted', 'paid')),
    constraint grant_quote check (num_nulls(quote_excluded_cents, quote_included_cents) in (0, 2)
        and quote_excluded_cents >= 0 and quote_included_cents >= quote_excluded_cents),
    constraint grant_rule check (num_nulls(cap_cents, rate_percent, vat, rounding, eligible_cents, aid_cents) in (0, 6)),
    constraint grant_computed check (state = 'draft' or (aid_cents is not null and quote_excluded_cents is not null)),
    constraint grant_eligible check (eligible_cents = least(cap_cents, case vat when 'included' then quote_included_cents else quote_excluded_cents end)
        or state = 'incomplete'),
    constraint grant_aid check (aid_cents = (eligible_cents * rate_percent + case rounding when 'nearest' then 50 else 0 end) / 100)
);

create table grant_event (
    id bigint generated always as identity primary key,
    project_id bigint not null references grant_application,
    source text not null,
    target text not null,
    on_day date not null,
    reference text not null default '' check (length(reference) <= 120),
    message text not null default '' check (length(message) <= 4000),
    -- what is missing, or what was deposited
    pieces text[] not null default '{}',
    files uuid[] not null default '{}',
    account_id bigint not null references account,
    at timestamptz not null
);
create index grant_event_project on grant_event (project_id, id);
create trigger grant_event_frozen before update or delete on grant_event for each row execute function refuse_change();

create function guard_grant() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'draft' then
            raise exception 'a subsidy file begins as a draft' using errcode = 'check_violation', constraint = 'grant_edge';
        end if;
    elsif new.state <> old.state then
        if not exists(select from grant_edge where source = old.state and target = new.state) then
            raise exception 'illegal grant edge % -> %', old.state, new.state using errcode = 'check_violation', constraint = 'grant_edge';
        end if;
    elsif old.state not in ('draft', 'incomplete')
        and (old.quote_excluded_cents, old.quote_included_cents, old.account_holder, old.iban, old.bic, old.eligible_cents, old.aid_cents)
            is distinct from (new.quote_excluded_cents, new.quote_included_cents, new.account_holder, new.iban, new.bic, new.eligible_cents, new.aid_cents) then
        raise exception 'a deposited subsidy file does not change' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger grant_guarded before insert or update on grant_application for each row execute function guard_grant();

create function keep_subsidy_state() returns trigger language plpgsql as $$
begin
    update project set subsidy_state = new.state where id = new.project_id and subsidy_state <> new.state;
    return null;
end $$;
create trigger grant_told after insert or update of state on grant_application for each row execute function keep_subsidy_state();

-- A choice that a deposited subsidy file rests on stays.
create function guard_founded_choice() returns trigger language plpgsql as $$
begin
    if exists(select from grant_application where project_id = new.project_id and state <> 'draft') then
        raise exception 'the subsidy file is deposited' using errcode = 'check_violation', constraint = 'tender_choice_founds';
    end if;
    return new;
end $$;
create trigger tender_choice_founds before update on tender_choice for each row when (old.undone_at is null and new.undone_at is not null)
    execute function guard_founded_choice();
