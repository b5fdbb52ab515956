-- The outbox knows whom it writes to, about what, and in whose name: rights are checked again when a mail leaves, what may wait is
-- gathered, what the other side refuses for good comes back to its sender. What a mail says, a notice of the application says too.

alter table mail
    add column account_id bigint references account,
    add column project_id bigint references project,
    -- the thread that one must still read, when it is told of one
    add column audience text,
    add column sender_id bigint references account,
    add column message_id bigint references message,
    -- page of the application that it leads to
    add column path text,
    add column rhythm text not null default 'at_once',
    -- the mail that says it together with others
    add column gathered_in bigint references mail,
    -- refused for good by the other side
    add column bounced_at timestamptz,
    -- its reader lost the right to know, or the account closed
    add column dropped_at timestamptz,
    add constraint mail_rhythm check (rhythm in ('at_once', 'daily', 'weekly')),
    add constraint mail_audience check (audience in ('administration', 'expertise', 'team')),
    add constraint mail_bounced check (bounced_at is null or failed_at is not null);
drop index mail_due;
create index mail_due on mail (next_attempt_at)
    where sent_at is null and failed_at is null and dropped_at is null and rhythm = 'at_once';
create index mail_held on mail (account_id, rhythm) where rhythm <> 'at_once' and gathered_in is null and dropped_at is null;
create index mail_gathered on mail (gathered_in) where gathered_in is not null;
create index mail_of_message on mail (message_id) where message_id is not null;

create table mail_preference (
    account_id bigint not null references account,
    topic text not null,
    rhythm text not null,
    primary key (account_id, topic),
    constraint mail_preference_rhythm check (rhythm in ('at_once', 'daily', 'weekly', 'none'))
);

create table notice (
    id bigint generated always as identity primary key,
    account_id bigint not null references account,
    at timestamptz not null default now(),
    kind text not null,
    title text not null,
    path text not null,
    project_id bigint references project,
    audience text,
    -- what would be said twice if the act were played twice
    key text not null,
    read_at timestamptz,
    constraint notice_key unique (account_id, key),
    constraint notice_title check (length(title) between 1 and 400),
    constraint notice_path check (path ~ '^/[^/\\]' or path = '/'),
    constraint notice_audience check (audience in ('administration', 'expertise', 'team'))
);
create index notice_list on notice (account_id, id);
create index notice_unread on notice (account_id) where read_at is null;

-- Who leaves a team, or a call, is told nothing more of what they no longer know.
create function close_notices() returns trigger language plpgsql as $$
begin
    update notice set read_at = now()
    where notice.account_id = old.account_id and notice.read_at is null and notice.project_id is not null
      and not is_told(notice.account_id, notice.project_id, notice.audience, now());
    return old;
end $$;
create trigger project_member_gone after delete on project_member for each row execute function close_notices();
create trigger call_role_gone after delete on call_role for each row execute function close_notices();

-- The seats say with the person how many notices wait for them (a hundred is as many as is said), in the statement that every page
-- already makes. They are changed as they stand, whichever migration wrote them last.
do $$
declare
    seat text;
    held text;
    place text := '''is_operator'', account.is_operator,';
begin
    foreach seat in array array['dossier_seat', 'call_seat'] loop
        held := pg_get_functiondef(seat::regproc);
        if position(place in held) = 0 then
            raise exception '% does not say who is an operator', seat;
        end if;
        execute replace(held, place, place || format('
            ''notices'', (select count(*) from (
                select from notice
                where notice.account_id = account.id and notice.read_at is null
                  and not exists(select from recusal where recusal.project_id = notice.project_id and recusal.account_id = account.id)
                  and not exists(select from project_member as gone where gone.project_id = notice.project_id and gone.account_id = account.id and gone.ends_at <= %s.at)
                limit 100) as waiting),', seat));
    end loop;
end $$;
