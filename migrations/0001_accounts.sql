-- People and how they come in. Sessions and links are stored as digests only (trust rule 4).

create table account (
    id bigint generated always as identity primary key,
    email text not null,
    name text not null,
    organisation text not null default '',
    password_hash text,
    is_operator boolean not null default false,
    disabled_at timestamptz,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint account_email_key unique (email),
    constraint account_email_lower check (email = lower(email) and length(email) between 3 and 254),
    constraint account_name_length check (length(name) between 1 and 120)
);

create table session (
    id bigint generated always as identity primary key,
    token_hash bytea not null unique,
    account_id bigint not null references account,
    agent text not null default '',
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index session_account on session (account_id) where ended_at is null;

create table password_reset (
    token_hash bytea primary key,
    account_id bigint not null references account,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);

-- One line per failed or costly try; the key is a digest of what is counted.
create table throttle (
    id bigint generated always as identity primary key,
    key bytea not null,
    at timestamptz not null default now()
);
create index throttle_key on throttle (key, at);

-- A form that arrived after its session had ended waits here until its author signs in again.
create table suspended_post (
    token_hash bytea primary key,
    account_id bigint not null references account,
    path text not null,
    body text not null check (length(body) <= 400000),
    created_at timestamptz not null default now()
);

-- Outbox: a mail is a row of the act's own transaction; a worker sends it.
create table mail (
    id bigint generated always as identity primary key,
    kind text not null,
    recipient text not null,
    subject text not null,
    body text not null,
    dedup_key text unique,
    created_at timestamptz not null default now(),
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    sent_at timestamptz,
    failed_at timestamptz,
    last_error text
);
create index mail_due on mail (next_attempt_at) where sent_at is null and failed_at is null;
