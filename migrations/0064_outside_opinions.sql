-- The opinion of somebody who has no account, by a personal link of which only the digest is kept.

create table outside_opinion (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    number integer not null,
    -- the deposit that is shown
    submission_id bigint not null references submission,
    name text not null,
    organisation text not null default '',
    email text not null,
    question text not null default '',
    due_at timestamptz not null,
    is_confidential boolean not null,
    account_id bigint not null references account,
    at timestamptz not null,
    opened_at timestamptz,
    answered_at timestamptz,
    verdict text,
    reasons text not null default '',
    revoked_at timestamptz,
    reminded_at timestamptz,
    version integer not null default 1,
    constraint outside_opinion_number_key unique (project_id, number),
    constraint outside_opinion_names check (length(name) between 1 and 120 and length(organisation) <= 160),
    constraint outside_opinion_email check (email = lower(email) and length(email) between 3 and 254),
    constraint outside_opinion_texts check (length(question) <= 2000 and length(reasons) <= 10000),
    constraint outside_opinion_verdict check (verdict in ('favourable', 'reserved', 'unfavourable')),
    constraint outside_opinion_answered check ((answered_at is null) = (verdict is null))
);

create table outside_opinion_link (
    id bigint generated always as identity primary key,
    opinion_id bigint not null references outside_opinion,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    revoked_at timestamptz
);
create index outside_opinion_link_opinion on outside_opinion_link (opinion_id);
