-- Trainings for the people of the carriers (R98-R106): a call may give several, each with its days, its room and its enrolments,
-- and attendance is kept day by day. What the call's own row said of its training moves there: one place says it.

create table training (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    number integer not null,
    title text not null,
    note text not null default '',
    trainer text not null default '',
    place text not null default '',
    address text not null default '',
    access text not null default '',
    -- persons, for the whole programme: a seat is not shared by day
    capacity integer not null,
    -- bounds of the enrolment; none: from now on, until the last day begins
    opens_at timestamptz,
    closes_at timestamptz,
    cancelled_at timestamptz,
    cancel_reason text not null default '',
    version integer not null default 1,
    constraint training_number_key unique (call_id, number),
    constraint training_title check (length(title) between 1 and 300),
    constraint training_texts check (length(note) <= 3000 and length(access) <= 1000 and length(cancel_reason) <= 500),
    constraint training_capacity check (capacity between 1 and 500),
    constraint training_bounds check (closes_at is null or opens_at is null or opens_at < closes_at),
    constraint training_cancelled check ((cancelled_at is null) = (cancel_reason = ''))
);

insert into training (call_id, number, title, note, trainer, place, capacity)
select call.id, 1, coalesce(nullif(call.training_title, ''), 'Formation'), left(call.training_note, 3000), call.trainer,
    coalesce((select min(place) from training_session where training_session.call_id = call.id having count(distinct place) = 1), ''), 24
from call
where call.training_title <> '' or exists(select from training_session where training_session.call_id = call.id)
order by call.id;

-- Hours are those of Paris. A day without a place of its own is given at the training's; one that is taken out stays, cancelled:
-- the calendars that hold it must learn it.
alter table training_session
    add column training_id bigint references training,
    add column starts time not null default '09:30',
    add column ends time not null default '17:00',
    add column cancelled_at timestamptz,
    -- start of which the people were reminded: another hour is another reminder
    add column reminded_at timestamptz,
    add column attendance_version integer not null default 0,
    add column recorded_at timestamptz;
update training_session as session
set training_id = training.id, place = case when session.place = training.place then '' else session.place end
from training
where training.call_id = session.call_id;
alter table training_session alter column training_id set not null, alter column place set default '';
drop index training_session_call;
alter table training_session drop column call_id;
alter table training_session
    add constraint training_session_key unique (id, training_id),
    add constraint training_session_hours check (starts < ends),
    add constraint training_session_recorded check ((recorded_at is null) = (attendance_version = 0));
create index training_session_training on training_session (training_id, day);

alter table call drop column training_title, drop column training_note, drop column trainer;

-- Whom trainings are for (R100): the people of the dossiers of the call, whatever their part, consultant included; never
-- somebody who stays away from the dossier, nor the people of a dossier that left the call, nor a consultant whose mission ended.
create view carrier_person as
    select project.call_id, project.id as project_id, member.account_id
    from project_member as member
    join project on project.id = member.project_id
    join account on account.id = member.account_id
    where project.status <> 'withdrawn' and account.disabled_at is null and coalesce(member.ends_at > now(), true)
      and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = member.account_id);

-- One line per person and training. The waiting list is in the order of `rank`; asking again is asking last.
create sequence enrolment_rank;
create table enrolment (
    training_id bigint not null references training,
    account_id bigint not null references account,
    -- the dossier for which one comes
    project_id bigint not null references project,
    status text not null,
    rank bigint not null default nextval('enrolment_rank'),
    -- days on which one cannot come
    skips bigint[] not null default '{}',
    asked_at timestamptz not null,
    settled_at timestamptz not null,
    version integer not null default 1,
    primary key (training_id, account_id),
    constraint enrolment_status check (status in ('enrolled', 'waiting', 'withdrawn')),
    constraint enrolment_rank_key unique (rank)
);
create index enrolment_account on enrolment (account_id);
create index enrolment_project on enrolment (project_id);
create index enrolment_waiting on enrolment (training_id, rank) where status = 'waiting';

create table attendance (
    session_id bigint not null,
    training_id bigint not null,
    account_id bigint not null,
    state text not null,
    recorded_by bigint not null references account,
    recorded_at timestamptz not null,
    primary key (session_id, account_id),
    constraint attendance_state check (state in ('present', 'absent', 'excused')),
    constraint attendance_session foreign key (session_id, training_id) references training_session (id, training_id),
    constraint attendance_enrolment foreign key (training_id, account_id) references enrolment
);
create index attendance_account on attendance (account_id);

-- Kept beside the dossier for the board, and proven by `trame check`: days that at least one of its people attended.
alter table project add column trainings_attended integer not null default 0;
create view training_attended as
    select enrolment.project_id, count(distinct attendance.session_id)::integer as days
    from attendance
    join enrolment on enrolment.training_id = attendance.training_id and enrolment.account_id = attendance.account_id
    where attendance.state = 'present'
    group by enrolment.project_id;

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
        funding_scheme, subsidy_cap_cents, subsidy_rate_percent, subsidy_vat, subsidy_rounding,
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
        source.funding_scheme, source.subsidy_cap_cents, source.subsidy_rate_percent, source.subsidy_vat, source.subsidy_rounding,
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

    insert into training (call_id, number, title, note, trainer, place, address, access, capacity, opens_at, closes_at)
    select made, number, training.title, note, trainer, place, address, access, capacity,
        (opens_at at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris',
        (closes_at at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris'
    from training
    where training.call_id = template and cancelled_at is null
    order by number;

    insert into training_session (training_id, day, starts, ends, place, note)
    select copy.id, session.day + days, session.starts, session.ends, session.place, session.note
    from training_session as session
    join training as origin on origin.id = session.training_id
    join training as copy on copy.call_id = made and copy.number = origin.number
    where origin.call_id = template and origin.cancelled_at is null and session.cancelled_at is null
    order by session.day, session.id;

    insert into lead_settings (call_id, nature, distance, quantity, timing, confidence, floor_water, floor_energy, floor_material, reason, decided_at)
    select made, nature, distance, quantity, timing, confidence, floor_water, floor_energy, floor_material,
           left('Repris de l’appel ' || source.short_title || ' ' || source.edition, 500), now()
    from lead_settings
    where lead_settings.call_id = template
    order by id desc
    limit 1;

    return made;
end $$;
