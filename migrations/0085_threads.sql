-- Threads of a dossier: with the administration, expertise (R86), the team's own. One function says who reads which; lists, counts,
-- search, mails and notices all go through it, so that a recusal or a departure closes everything at once.

create table message (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    thread text not null,
    account_id bigint not null references account,
    -- on whose side its author stood
    side text not null,
    text text not null,
    -- the same without accents nor capitals, to be searched
    folded text not null,
    version integer not null default 1,
    created_at timestamptz not null,
    edited_at timestamptz,
    removed_at timestamptz,
    constraint message_thread_name check (thread in ('administration', 'expertise', 'team')),
    constraint message_side check (side in ('team', 'manager', 'reviewer')),
    constraint message_text check (length(text) <= 8000 and (removed_at is null) = (length(text) > 0))
);
create index message_of_thread on message (project_id, thread, id);

create table message_file (
    id uuid primary key,
    message_id bigint not null references message,
    name text not null,
    mime text not null,
    size bigint not null,
    sha256 bytea not null,
    file text not null,
    constraint message_file_name check (length(name) between 1 and 200 and size > 0)
);
create index message_file_of on message_file (message_id);

-- A message as it was given to each of its readers, its author apart: unread until then.
create table message_receipt (
    message_id bigint not null references message,
    account_id bigint not null references account,
    read_at timestamptz,
    primary key (message_id, account_id)
);
create index message_receipt_unread on message_receipt (account_id, message_id) where read_at is null;

-- Kept counts: how many messages wait for somebody in a thread, and what a thread holds.
create table thread_unread (
    project_id bigint not null references project,
    thread text not null,
    account_id bigint not null references account,
    unread integer not null,
    primary key (account_id, project_id, thread),
    constraint thread_unread_count check (unread >= 0)
);

create table thread_state (
    project_id bigint not null references project,
    thread text not null,
    messages integer not null,
    last_id bigint not null,
    last_at timestamptz not null,
    last_side text not null,
    primary key (project_id, thread),
    constraint thread_state_count check (messages >= 0)
);

-- A place in a team may end at an instant: the seat obeys it, unless it already does.
alter table project_member add column if not exists ends_at timestamptz;
do $$
declare
    held text := pg_get_functiondef('dossier_seat'::regproc);
    bond text := 'member.project_id = project.id and member.account_id = account.id';
begin
    if position('ends_at' in held) = 0 then
        if position(bond in held) = 0 then
            raise exception 'dossier_seat does not say who is of the team';
        end if;
        execute replace(held, bond, bond || ' and coalesce(member.ends_at > dossier_seat.at, true)');
    end if;
end $$;

-- Who reads which thread at that instant, each once. The team reads its three; the managers of the call the first two; who reviews
-- the dossier the expertise. Nobody who stays away from it, nor a manager or a reviewer who is of the team.
create function thread_reader(instant timestamptz)
returns table (project_id bigint, thread text, account_id bigint, side text, writes boolean)
language sql stable as $$
    select member.project_id, thread.name, member.account_id, 'team', member.role <> 'reader' or thread.name = 'team'
    from project_member as member
    cross join (values ('administration'), ('expertise'), ('team')) as thread(name)
    where coalesce(member.ends_at > instant, true)
      and not exists(select from recusal where recusal.project_id = member.project_id and recusal.account_id = member.account_id)
    union all
    select project.id, thread.name, held.account_id, 'manager', true
    from project
    join call_role as held on held.call_id = project.call_id and held.role = 'manager'
    cross join (values ('administration'), ('expertise')) as thread(name)
    where not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = held.account_id)
    union all
    select review.project_id, 'expertise', review.account_id, 'reviewer', true
    from review
    join project on project.id = review.project_id
    join call_role as held on held.call_id = project.call_id and held.account_id = review.account_id and held.role = 'reviewer'
    where review.status <> 'recused'
      and not exists(select from call_role as also where also.call_id = project.call_id and also.account_id = review.account_id and also.role = 'manager')
      and not exists(select from kept_away where kept_away.project_id = review.project_id and kept_away.account_id = review.account_id)
$$;

-- Who opens a dossier's page at that instant, whatever it then shows: the rule of the policy, for what leaves by itself.
create function dossier_opener(instant timestamptz) returns table (project_id bigint, account_id bigint)
language sql stable as $$
    select member.project_id, member.account_id
    from project_member as member
    where coalesce(member.ends_at > instant, true)
      and not exists(select from recusal where recusal.project_id = member.project_id and recusal.account_id = member.account_id)
    union all
    select project.id, held.account_id
    from project
    join call_role as held on held.call_id = project.call_id
    where (held.role in ('manager', 'committee')
           or exists(select from review where review.project_id = project.id and review.account_id = held.account_id))
      and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = held.account_id)
$$;

-- May that be told to that person then? Nothing about a dossier that they do not open, nor about a thread that they do not read.
create function is_told(who bigint, dossier bigint, audience text, instant timestamptz) returns boolean
language sql stable as $$
    select exists(select from account where account.id = who and account.disabled_at is null)
        and case
            when dossier is null then true
            when audience is null then exists(select from dossier_opener(instant) as opener where opener.project_id = dossier and opener.account_id = who)
            else exists(select from thread_reader(instant) as reader
                        where reader.project_id = dossier and reader.account_id = who and reader.thread = audience)
        end
$$;
