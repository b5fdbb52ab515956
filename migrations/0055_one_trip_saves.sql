-- A save took its lock in one round trip and read what it changes in the next: both now come together. The units are read by a
-- statement of their own after the lock, so that no save that ended meanwhile is missed.

create function open_dossier(wanted bigint, wanted_operation uuid, wanted_kinds text[])
returns table (
    status text, extended_until timestamptz, standing text, commitments integer, journal_seq bigint, journal_hash bytea,
    journal_mark text, last_activity_at timestamptz, deposit_bound timestamptz, grace_minutes integer, team text, done text,
    units text
) language plpgsql as $$
begin
    perform from project where project.id = wanted for update;
    return query
        select project.status, project.extended_until, project.standing::text, project.commitments, project.journal_seq,
            project.journal_hash, project.journal_mark, project.last_activity_at, call.deposit_bound, call.grace_minutes,
            (select coalesce(json_agg(json_build_array(member.account_id, member.role, member.can_deposit, member.levels)), '[]')::text
             from project_member as member where member.project_id = wanted),
            (select operation.location from operation where operation.scope = 'project ' || wanted and operation.id = wanted_operation),
            (select coalesce(json_agg(json_build_array(unit.kind, unit.row, unit.parent, unit.position, unit.version, unit.content, unit.raw,
                                                       unit.account_id, (extract(epoch from unit.at) * 1000000)::bigint)
                                      order by unit.kind, unit.position, unit.row), '[]')::text
             from unit where unit.project_id = wanted and unit.kind = any(wanted_kinds) and not unit.is_deleted)
        from project
        join call on call.id = project.call_id
        where project.id = wanted;
end $$;
