-- Who is on which page of a dossier now: one row for each open page, gone with it. Nothing here deserves to survive a crash.

create unlogged table presence (
    stream uuid primary key,
    project_id bigint not null references project on delete cascade,
    account_id bigint not null references account on delete cascade,
    session_id bigint not null references session on delete cascade,
    page text not null,
    item text not null default '',
    seen_at timestamptz not null,
    constraint presence_page check (length(page) between 1 and 120),
    constraint presence_item check (length(item) <= 60)
);
create index presence_project on presence (project_id, account_id);
create index presence_session on presence (session_id);

-- A page stops being told anything in the very transaction that ends the right to read it: each process cuts the streams
-- that have no row any more.
create function end_presence() returns trigger language plpgsql as $$
declare
    left_project bigint;
begin
    if tg_table_name = 'session' then
        for left_project in delete from presence where session_id = new.id returning project_id loop
            perform pg_notify('trame_live', 'here ' || left_project);
        end loop;
    elsif tg_table_name = 'account' then
        for left_project in delete from presence where account_id = new.id returning project_id loop
            perform pg_notify('trame_live', 'here ' || left_project);
        end loop;
    elsif tg_op = 'DELETE' then
        for left_project in delete from presence where project_id = old.project_id and account_id = old.account_id returning project_id loop
            perform pg_notify('trame_live', 'here ' || left_project);
        end loop;
    else
        for left_project in delete from presence where project_id = new.project_id and account_id = new.account_id returning project_id loop
            perform pg_notify('trame_live', 'here ' || left_project);
        end loop;
    end if;
    return null;
end $$;
create trigger session_presence after update of ended_at on session
    for each row when (new.ended_at is not null and old.ended_at is null) execute function end_presence();
create trigger account_presence after update of disabled_at on account
    for each row when (new.disabled_at is not null) execute function end_presence();
create trigger member_presence after delete on project_member
    for each row execute function end_presence();
create trigger recusal_presence after insert on recusal
    for each row execute function end_presence();
