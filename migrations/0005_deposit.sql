-- Deposits are frozen; bounds and their changes are data with an author and a reason; the journal only grows.

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create table submission (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    number integer not null,
    reference text not null unique,
    channel text not null,
    received_at timestamptz not null,
    recorded_at timestamptz not null,
    account_id bigint not null references account,
    content_version bigint not null,
    content text not null,
    digest bytea not null,
    note text not null default '',
    constraint submission_number_key unique (project_id, number),
    constraint submission_channel check (channel in ('online', 'paper', 'email'))
);
create trigger submission_frozen before update or delete on submission
    for each row execute function refuse_change();
alter table project add constraint project_submission foreign key (submission_id) references submission;

create table deadline_decision (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    project_id bigint references project,
    kind text not null,
    instant timestamptz,
    minutes integer,
    reason text not null check (length(reason) between 3 and 500),
    account_id bigint not null references account,
    at timestamptz not null default now(),
    constraint deadline_kind check (
        (kind = 'bound' and instant is not null and project_id is null)
        or (kind = 'grace' and minutes is not null and project_id is null)
        or (kind = 'extension' and project_id is not null))
);
create trigger deadline_decision_frozen before update or delete on deadline_decision
    for each row execute function refuse_change();

-- Ids, never names. Lines of a dossier are chained: hash = sha256(previous hash, line).
create table journal (
    id bigint generated always as identity primary key,
    project_id bigint references project,
    call_id bigint references call,
    seq bigint,
    at timestamptz not null,
    account_id bigint references account,
    act text not null,
    subject text not null default '',
    hash bytea,
    constraint journal_chain_key unique (project_id, seq),
    constraint journal_chained check ((project_id is null) = (seq is null) and (project_id is null) = (hash is null))
);
create index journal_call on journal (call_id, at) where call_id is not null;
create trigger journal_frozen before update or delete on journal
    for each row execute function refuse_change();
create trigger unit_history_frozen before update or delete on unit_history
    for each row execute function refuse_change();

-- Who of the administration opened which dossier: once per person, dossier and day, unchained.
create table staff_read (
    account_id bigint not null references account,
    project_id bigint not null references project,
    day date not null,
    primary key (account_id, project_id, day)
);
