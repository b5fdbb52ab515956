-- Meetings of a call's technical committee (R119, R126-R129): agenda, presence, opinions recorded live, minutes, next steps.

-- Rules of the call that a new meeting starts from.
alter table call add column committee_quorum integer not null default 0 constraint call_quorum check (committee_quorum between 0 and 50);
alter table call add column committee_votes boolean not null default false;

create table meeting (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    number integer not null,
    starts_at timestamptz not null,
    place text not null default '' check (length(place) <= 200),
    -- organisations that must be represented
    quorum integer not null default 0,
    has_votes boolean not null default false,
    status text not null default 'planned',
    -- dossier before the room; nothing between two
    current_project bigint references project,
    version integer not null default 1,
    opening text not null default '',
    created_by bigint not null references account,
    created_at timestamptz not null,
    opened_at timestamptz,
    closed_at timestamptz,
    approved_at timestamptz,
    approved_by bigint references account,
    constraint meeting_number_key unique (call_id, number),
    constraint meeting_quorum check (quorum between 0 and 50),
    constraint meeting_status check (status in ('planned', 'open', 'closed', 'approved')),
    constraint meeting_current check (current_project is null or status = 'open'),
    constraint meeting_instants check (
        (status = 'planned' or opened_at is not null)
        and ((status in ('closed', 'approved')) = (closed_at is not null))
        and ((status = 'approved') = (approved_at is not null)) and ((approved_at is null) = (approved_by is null)))
);
create unique index meeting_open on meeting (call_id) where status = 'open';

-- `debate` is for the room and the minutes; `note` is the chairs' own, on no screen that a room reads.
create table meeting_item (
    meeting_id bigint not null references meeting,
    project_id bigint not null references project,
    position integer not null,
    opinion text,
    reserves text not null default '',
    debate text not null default '',
    note text not null default '',
    minutes text not null default '',
    version integer not null default 1,
    primary key (meeting_id, project_id),
    constraint meeting_item_opinion check (opinion in ('favourable', 'reservations', 'unfavourable', 'adjourned')),
    constraint meeting_item_reserves check ((opinion is not distinct from 'reservations') = (reserves <> ''))
);
create index meeting_item_project on meeting_item (project_id);

create table meeting_presence (
    meeting_id bigint not null references meeting,
    account_id bigint not null references account,
    seat_id bigint references seat,
    primary key (meeting_id, account_id)
);

create table meeting_vote (
    meeting_id bigint not null references meeting,
    project_id bigint not null references project,
    seat_id bigint not null references seat,
    account_id bigint not null references account,
    choice text not null,
    at timestamptz not null,
    primary key (meeting_id, project_id, seat_id),
    constraint meeting_vote_choice check (choice in ('for', 'against', 'abstention'))
);

-- Minutes once approved are those of the committee: nothing of them changes.
create function refuse_approved() returns trigger language plpgsql as $$
begin
    if exists(select from meeting where id = coalesce(old.meeting_id, new.meeting_id) and status = 'approved') then
        raise exception '% of approved minutes', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return coalesce(new, old);
end $$;
create trigger meeting_item_frozen before insert or update or delete on meeting_item for each row execute function refuse_approved();
create trigger meeting_presence_frozen before insert or update or delete on meeting_presence for each row execute function refuse_approved();
create trigger meeting_vote_frozen before insert or update or delete on meeting_vote for each row execute function refuse_approved();
create trigger meeting_frozen before update or delete on meeting for each row when (old.status = 'approved') execute function refuse_change();

-- A next step: somebody, by a day. One about a dossier is told only to who follows that dossier.
create table meeting_task (
    id bigint generated always as identity primary key,
    meeting_id bigint not null references meeting,
    project_id bigint references project,
    text text not null check (length(text) between 1 and 500),
    account_id bigint not null references account,
    due_on date not null,
    created_by bigint not null references account,
    created_at timestamptz not null,
    done_at timestamptz
);
create index meeting_task_account on meeting_task (account_id) where done_at is null;
create index meeting_task_meeting on meeting_task (meeting_id);

-- Dossiers that somebody follows in no meeting, list nor letter: a recusal, or a place in their team.
create view kept_away as
    select project_id, account_id from recusal
    union
    select project_id, account_id from project_member;
