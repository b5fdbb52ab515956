-- From the committee's opinion to the council's decision (R130, R131), and the one act that publishes it.

create table instance (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    kind text not null,
    held_on date not null,
    reference text not null check (length(reference) between 1 and 120),
    text text not null default '',
    meeting_id bigint unique references meeting,
    version integer not null default 1,
    created_by bigint not null references account,
    created_at timestamptz not null,
    recorded_at timestamptz,
    recorded_by bigint references account,
    constraint instance_kind check (kind in ('committee', 'fund', 'council')),
    constraint instance_kind_key unique (id, kind),
    constraint instance_meeting check ((kind = 'committee') = (meeting_id is not null)),
    constraint instance_recorded check ((recorded_at is null) = (recorded_by is null))
);
create index instance_call on instance (call_id, held_on);

create table outcome (
    instance_id bigint not null,
    project_id bigint not null references project,
    kind text not null,
    result text,
    note text not null default '',
    primary key (instance_id, project_id),
    foreign key (instance_id, kind) references instance (id, kind),
    constraint outcome_result check (
        result is null
        or (kind = 'committee' and result in ('favourable', 'reservations', 'unfavourable', 'adjourned'))
        or (kind = 'fund' and result in ('favourable', 'unfavourable', 'adjourned'))
        or (kind = 'council' and result in ('retained', 'rejected', 'adjourned')))
);
create index outcome_project on outcome (project_id, kind);

-- What an instance recorded stays; it is recorded whole.
create function guard_instance() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'outcome' then
        if exists(select from instance where id = coalesce(old.instance_id, new.instance_id) and recorded_at is not null) then
            raise exception 'outcome of a recorded instance' using errcode = 'insufficient_privilege';
        end if;
        return coalesce(new, old);
    end if;
    if old.recorded_at is not null then
        raise exception 'recorded instance' using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'UPDATE' and new.recorded_at is not null and (
        not exists(select from outcome where instance_id = new.id) or exists(select from outcome where instance_id = new.id and result is null)
    ) then
        raise exception 'instance without every outcome' using errcode = 'check_violation', constraint = 'instance_whole';
    end if;
    return coalesce(new, old);
end $$;
create trigger outcome_frozen before insert or update or delete on outcome for each row execute function guard_instance();
create trigger instance_frozen before update or delete on instance for each row execute function guard_instance();

-- Last outcome that each kind of instance recorded of a dossier.
create view last_outcome as
    select distinct on (outcome.project_id, outcome.kind)
        outcome.project_id, outcome.kind, outcome.result, outcome.note, instance.id as instance_id, instance.held_on, instance.reference
    from outcome
    join instance on instance.id = outcome.instance_id
    where instance.recorded_at is not null
    order by outcome.project_id, outcome.kind, instance.recorded_at desc, instance.id desc;

-- Letters of a call's results: one person prepares, another publishes. A correction names what it corrects, and why.
create table publication (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    corrects bigint references publication,
    reason text not null default '' check (length(reason) <= 500),
    subject text not null check (length(subject) between 1 and 200),
    retained text not null,
    rejected text not null,
    version integer not null default 1,
    prepared_by bigint not null references account,
    prepared_at timestamptz not null,
    published_by bigint references account,
    published_at timestamptz,
    abandoned_at timestamptz,
    constraint publication_two_persons check (published_by <> prepared_by),
    constraint publication_published check ((published_at is null) = (published_by is null)),
    constraint publication_ended_once check (num_nonnulls(published_at, abandoned_at) <= 1),
    constraint publication_reason check ((corrects is null) = (reason = ''))
);
create unique index publication_pending on publication (call_id) where published_at is null and abandoned_at is null;

create table letter (
    publication_id bigint not null references publication,
    project_id bigint not null references project,
    result text not null,
    subject text not null,
    body text not null,
    primary key (publication_id, project_id),
    constraint letter_result check (result in ('retained', 'rejected'))
);
create index letter_project on letter (project_id);

create function refuse_published() returns trigger language plpgsql as $$
begin
    if exists(select from publication where id = coalesce(old.publication_id, new.publication_id) and published_at is not null) then
        raise exception 'published letter' using errcode = 'insufficient_privilege';
    end if;
    return coalesce(new, old);
end $$;
create trigger letter_frozen before insert or update or delete on letter for each row execute function refuse_published();
create trigger publication_frozen before update or delete on publication for each row when (old.published_at is not null) execute function refuse_change();

-- A state that an instance gives is never reached without it, and a result never before its publication.
create function guard_decision() returns trigger language plpgsql as $$
declare
    is_founded boolean;
begin
    is_founded := case new.status
        when 'committee_opinion' then exists(select from last_outcome where project_id = new.id and kind = 'committee')
        when 'fund_committee' then exists(select from outcome where project_id = new.id and kind = 'fund')
            and exists(select from last_outcome where project_id = new.id and kind = 'committee' and result <> 'adjourned')
        when 'council_decision' then exists(select from outcome where project_id = new.id and kind = 'council')
            and exists(select from last_outcome where project_id = new.id and kind = 'fund' and result <> 'adjourned')
        when 'laureate' then exists(select from last_outcome where project_id = new.id and kind = 'council' and result = 'retained')
            and exists(select from letter join publication on publication.id = publication_id
                       where project_id = new.id and letter.result = 'retained' and published_at is not null)
        when 'not_selected' then exists(select from last_outcome where project_id = new.id and kind = 'council' and result = 'rejected')
            and exists(select from letter join publication on publication.id = publication_id
                       where project_id = new.id and letter.result = 'rejected' and published_at is not null)
        else true
    end;
    if new.status <> old.status and not is_founded then
        raise exception 'status % without the instance that gives it', new.status using errcode = 'check_violation', constraint = 'project_decision';
    end if;
    return new;
end $$;
create trigger project_decision before update of status on project for each row execute function guard_decision();

-- Every change of state, written by the database itself: what `trame check` compares the states with.
create table status_change (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    source text not null,
    target text not null
);
create index status_change_project on status_change (project_id, id);
create trigger status_change_frozen before update or delete on status_change for each row execute function refuse_change();
create function note_status() returns trigger language plpgsql as $$
begin
    insert into status_change (project_id, source, target) values (new.id, old.status, new.status);
    return null;
end $$;
create trigger project_status_noted after update of status on project
    for each row when (old.status is distinct from new.status) execute function note_status();

-- Phase 2 (R5): a call that follows another, a dossier that goes on from a laureate.
alter table call add column follows bigint references call;
alter table call add constraint call_follows check (follows <> id);
create unique index call_follows_key on call (follows);
alter table project add column continues bigint unique references project;
create function guard_continuation() returns trigger language plpgsql as $$
begin
    if not exists(select from project as former join call on call.id = new.call_id
                  where former.id = new.continues and former.status = 'laureate' and call.follows = former.call_id) then
        raise exception 'only a laureate goes on' using errcode = 'check_violation', constraint = 'project_continues';
    end if;
    return new;
end $$;
create trigger project_continuation before insert or update of continues on project
    for each row when (new.continues is not null) execute function guard_continuation();
