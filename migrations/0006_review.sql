-- Reviews, marks and recusals. Scores are whole numbers of 10^-13 of a point out of 100: exact enough that ties are ties.

create table review (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    account_id bigint not null references account,
    submission_id bigint references submission,
    status text not null default 'not_started',
    version integer not null default 1,
    assigned_by bigint references account,
    assigned_at timestamptz not null default now(),
    delivered_at timestamptz,
    is_late boolean not null default false,
    marked integer not null default 0,
    score bigint,
    is_counted boolean not null default false,
    comment text not null default '',
    constraint review_person_key unique (project_id, account_id),
    constraint review_status check (status in ('not_started', 'draft', 'delivered', 'recused')),
    constraint review_score check (score between 0 and 1000000000000000)
);
create index review_account on review (account_id, status);

create table mark (
    review_id bigint not null references review,
    criterion_id bigint not null references criterion,
    value smallint,
    is_unassessable boolean not null default false,
    comment text not null default '',
    -- version of the review that wrote it last: a stale form conflicts only on what was written since
    version integer not null default 1,
    primary key (review_id, criterion_id),
    constraint mark_value check (value between 0 and 4),
    constraint mark_one check (not (is_unassessable and value is not null))
);

-- Marks before each change made after a delivery (old and new are in the journal's terms: who, when, what).
create table mark_history (
    id bigint generated always as identity primary key,
    review_id bigint not null references review,
    criterion_id bigint not null references criterion,
    old_value smallint,
    new_value smallint,
    account_id bigint not null references account,
    at timestamptz not null default now()
);
create index mark_history_review on mark_history (review_id);
create trigger mark_history_frozen before update or delete on mark_history
    for each row execute function refuse_change();

create table recusal (
    project_id bigint not null references project,
    account_id bigint not null references account,
    origin text not null,
    reason text not null default '',
    created_by bigint references account,
    at timestamptz not null default now(),
    primary key (project_id, account_id),
    constraint recusal_origin check (origin in ('declared', 'suggested', 'pinned'))
);
create index recusal_account on recusal (account_id);
