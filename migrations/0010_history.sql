-- The history as people read it: one entry for a run of saves by one person in one unit, one for each removal, return,
-- restoration, text set aside and attachment. Triggers write it in the act's own statement, whoever writes; `trame check`
-- compares it with unit_history. Pages read it by key, newest first, without touching the texts they do not show.

-- What the journal calls the act that wrote this version: saved, removed, restored…
alter table unit_history add column act text not null default 'saved';

create table history_entry (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    -- of the unit; 'slot:' and the slot's key for an attachment, whose id is then the row
    kind text not null,
    row uuid not null,
    account_id bigint not null references account,
    act text not null,
    -- versions of the unit that the entry spans; a text set aside names the version it stood beside
    first_version integer not null,
    last_version integer not null,
    last_id bigint references unit_history,
    saves integer not null default 1,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    constraint history_entry_versions check (first_version <= last_version and started_at <= ended_at)
);
create index history_entry_page on history_entry (project_id, ended_at desc, id desc);
create index history_entry_unit on history_entry (project_id, kind, row, ended_at desc, id desc);
create index history_entry_author on history_entry (project_id, account_id, ended_at desc, id desc);

create function enter_history(line unit_history) returns void language plpgsql as $$
declare
    was_deleted boolean;
    what text;
    run bigint;
begin
    select is_deleted into was_deleted from unit_history
    where project_id = line.project_id and kind = line.kind and row = line.row and version = line.version - 1 and not is_set_aside
    limit 1;
    what := case
        when line.is_set_aside then 'set_aside'
        when line.is_deleted then 'removed'
        when was_deleted then 'restored'
        when line.act = 'saved' and line.version = 1 and line.row <> '00000000-0000-0000-0000-000000000000' then 'added'
        else line.act
    end;
    if what = 'saved' then
        select id into run from history_entry
        where project_id = line.project_id and kind = line.kind and row = line.row and account_id = line.account_id
          and act in ('saved', 'added') and last_version = line.version - 1
          and ended_at > line.at - interval '30 minutes' and ended_at <= line.at
        limit 1;
        if found then
            update history_entry set last_version = line.version, last_id = line.id, saves = saves + 1, ended_at = line.at where id = run;
            return;
        end if;
    end if;
    insert into history_entry (project_id, kind, row, account_id, act, first_version, last_version, last_id, started_at, ended_at)
    values (line.project_id, line.kind, line.row, line.account_id, what, line.version, line.version, line.id, line.at, line.at);
end $$;

create function unit_history_entered() returns trigger language plpgsql as $$
begin
    perform enter_history(new);
    return null;
end $$;

do $$
declare
    line unit_history;
begin
    for line in select * from unit_history order by id loop
        perform enter_history(line);
    end loop;
end $$;

create trigger unit_history_entered after insert on unit_history
    for each row execute function unit_history_entered();

-- Joined and removed; a return has no column for its author and is entered by the act itself.
create function attachment_entered() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into history_entry (project_id, kind, row, account_id, act, first_version, last_version, started_at, ended_at)
        values (new.project_id, 'slot:' || split_part(new.slot, ':', 1), new.id, new.account_id, 'attached', 0, 0, new.created_at, new.created_at);
    elsif old.removed_at is null and new.removed_at is not null then
        insert into history_entry (project_id, kind, row, account_id, act, first_version, last_version, started_at, ended_at)
        values (new.project_id, 'slot:' || split_part(new.slot, ':', 1), new.id, coalesce(new.removed_by, new.account_id), 'attachment_removed', 0, 0, new.removed_at, new.removed_at);
    end if;
    return null;
end $$;

insert into history_entry (project_id, kind, row, account_id, act, first_version, last_version, started_at, ended_at)
select project_id, 'slot:' || split_part(slot, ':', 1), id, account_id, 'attached', 0, 0, created_at, created_at from attachment order by created_at;
insert into history_entry (project_id, kind, row, account_id, act, first_version, last_version, started_at, ended_at)
select project_id, 'slot:' || split_part(slot, ':', 1), id, coalesce(removed_by, account_id), 'attachment_removed', 0, 0, removed_at, removed_at
from attachment where removed_at is not null order by removed_at;

create trigger attachment_entered after insert or update of removed_at on attachment
    for each row execute function attachment_entered();
