-- What managers write more than once: templates of the call, and a message sent to the administration thread of many dossiers.

create table message_template (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    name text not null,
    text text not null,
    retired_at timestamptz,
    version integer not null default 1,
    constraint message_template_name check (length(name) between 1 and 80),
    constraint message_template_text check (length(text) between 1 and 8000)
);
create unique index message_template_key on message_template (call_id, lower(name)) where retired_at is null;

create table group_message (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    account_id bigint not null references account,
    text text not null,
    -- whom a mail goes to: those who answer for each dossier, or each whole team
    recipients text not null,
    -- the filter as the address said it
    filter text not null default '',
    at timestamptz not null,
    constraint group_message_text check (length(text) between 1 and 8000),
    constraint group_message_recipients check (recipients in ('owners', 'teams'))
);
create index group_message_call on group_message (call_id, id);

alter table message add column group_id bigint references group_message;
create unique index message_of_group on message (group_id, project_id) where group_id is not null;

-- One row for each person written to: what became of their mail is read from the outbox.
create table group_recipient (
    group_id bigint not null references group_message,
    message_id bigint not null references message,
    account_id bigint not null references account,
    primary key (group_id, message_id, account_id)
);
