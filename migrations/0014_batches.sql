-- An act on many rows at once, read from a file or taken from another dossier. What is proposed waits a day for its
-- author's decision; what was done keeps the version it gave to each row, so that it can be undone as one act.

create table batch (
    id uuid primary key,
    project_id bigint not null references project,
    account_id bigint not null references account,
    origin text not null,
    -- kind of the rows of an import
    subject text not null,
    -- name of the file, or title of the dossier copied from
    source text not null,
    source_id bigint references project,
    -- lines read from the file, until the decision
    proposal jsonb,
    version integer not null default 1,
    created_at timestamptz not null,
    applied_at timestamptz,
    undone_at timestamptz,
    undone_by bigint references account,
    added integer not null default 0,
    changed integer not null default 0,
    refused integer not null default 0,
    constraint batch_origin check (origin in ('import', 'copy')),
    constraint batch_proposal check ((proposal is null) = (applied_at is not null)),
    constraint batch_undone check ((undone_at is null) = (undone_by is null) and (undone_at is null or applied_at is not null)),
    constraint batch_counts check (added >= 0 and changed >= 0 and refused >= 0)
);
create index batch_project on batch (project_id, applied_at);

create table batch_row (
    batch_id uuid not null references batch on delete cascade,
    kind text not null,
    row uuid not null,
    -- version that the act wrote: another one means that somebody changed the row since
    version integer not null,
    is_added boolean not null,
    -- not undone, because somebody had changed it
    is_left boolean not null default false,
    primary key (batch_id, kind, row),
    constraint batch_row_version check (version >= 1)
);
