-- A save is the most frequent act: what it rewrites is kept small, and what it reads under the lock is one round trip.

-- Text that only the program reads: kept as written, neither parsed nor ordered at each save.
alter table project alter column standing drop default;
alter table project alter column standing type json using standing::text::json;
alter table project alter column standing set default '{}';

-- Room on the page for the next version of a row: an update that moves no indexed column then touches no index.
alter table project set (fillfactor = 60);
alter table unit set (fillfactor = 80);

-- Locks a dossier, then reads it in a statement of its own: one that waited for the lock would otherwise read what was
-- there before its twin ended.
create function lock_dossier(wanted bigint, wanted_operation uuid)
returns table (
    status text, extended_until timestamptz, standing text, commitments integer, journal_seq bigint, journal_hash bytea,
    journal_mark text, last_activity_at timestamptz, deposit_bound timestamptz, grace_minutes integer, team text, done text
) language plpgsql as $$
begin
    perform from project where project.id = wanted for update;
    return query
        select project.status, project.extended_until, project.standing::text, project.commitments, project.journal_seq,
            project.journal_hash, project.journal_mark, project.last_activity_at, call.deposit_bound, call.grace_minutes,
            (select coalesce(json_agg(json_build_array(member.account_id, member.role, member.can_deposit, member.levels)), '[]')::text
             from project_member as member where member.project_id = wanted),
            (select operation.location from operation where operation.scope = 'project ' || wanted and operation.id = wanted_operation)
        from project
        join call on call.id = project.call_id
        where project.id = wanted;
end $$;
