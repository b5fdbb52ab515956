-- Whom trainings, the network and questions are for, at the instant that the application gives: the database's own clock decides
-- nothing. Same people as before: those of the dossiers that did not leave the call, as long as their place in the team lasts.

drop view carrier_person;
create function carrier_person(instant timestamptz) returns table (call_id bigint, project_id bigint, account_id bigint)
language sql stable as $$
    select project.call_id, project.id, member.account_id
    from project_member as member
    join project on project.id = member.project_id
    join account on account.id = member.account_id
    where project.status <> 'withdrawn' and account.disabled_at is null and coalesce(member.ends_at > instant, true)
      and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = member.account_id)
$$;

-- Who leaves a team, or a call: a place that still stands keeps its notices unread, even one that ended, which reading hides.
create or replace function close_notices() returns trigger language plpgsql as $$
begin
    update notice set read_at = now()
    where notice.account_id = old.account_id and notice.read_at is null and notice.project_id is not null
      and not is_told(notice.account_id, notice.project_id, notice.audience, '-infinity');
    return old;
end $$;
