-- How many notices wait for somebody, up to a hundred: nothing of a dossier that they stay away from, nor of a team that they left.

create function waiting_notices(who bigint, instant timestamptz) returns bigint language sql stable as $$
    select count(*) from (
        select from notice
        where notice.account_id = who and notice.read_at is null
          and not exists(select from recusal where recusal.project_id = notice.project_id and recusal.account_id = who)
          and not exists(select from project_member as gone where gone.project_id = notice.project_id and gone.account_id = who and gone.ends_at <= instant)
        limit 100) as waiting
$$;
