-- The team: rights by deliverable, parts said to be finished, comments that only the team reads, ownership handed over.

-- One level for each deliverable: 0 what the role gives, 1 read, 2 comment, 3 write. An owner always writes everything.
alter table project_member add column levels smallint[] not null default '{0,0,0,0,0}';
alter table project_member add constraint project_member_levels check (cardinality(levels) = 5 and levels <@ '{0,1,2,3}'::smallint[]);

-- « Ma partie est terminée »: it begins again, visibly, when its author writes in the deliverable afterwards.
create table finished_part (
    project_id bigint not null,
    account_id bigint not null,
    deliverable smallint not null,
    finished_at timestamptz not null,
    edited_at timestamptz,
    primary key (project_id, account_id, deliverable),
    constraint finished_part_member foreign key (project_id, account_id) references project_member on delete cascade,
    constraint finished_part_deliverable check (deliverable between 1 and 5)
);

create view finished_part_line as
    select part.project_id, part.deliverable, part.finished_at, json_build_object(
        'account', part.account_id, 'name', account.name, 'no', part.deliverable,
        'finished', floor(extract(epoch from part.finished_at))::bigint, 'edited', floor(extract(epoch from part.edited_at))::bigint) as line
    from finished_part as part
    join account on account.id = part.account_id;

-- A thread is its first comment (thread_id is null), on an item of a section (row is the nil uuid) or of a row's page.
create table comment (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    thread_id bigint,
    kind text not null,
    row uuid not null,
    item text not null,
    account_id bigint not null references account,
    text text not null,
    version integer not null default 1,
    created_at timestamptz not null,
    edited_at timestamptz,
    removed_at timestamptz,
    resolved_at timestamptz,
    resolved_by bigint references account,
    constraint comment_in_project unique (id, project_id),
    constraint comment_thread foreign key (thread_id, project_id) references comment (id, project_id) on delete cascade,
    constraint comment_text check (length(text) <= 4000 and (removed_at is null) = (length(text) > 0)),
    constraint comment_resolved check ((resolved_at is null) = (resolved_by is null) and (thread_id is null or resolved_at is null))
);
create index comment_threads on comment (project_id, id) where thread_id is null;
create index comment_replies on comment (thread_id) where thread_id is not null;
create index comment_place on comment (project_id, kind, row) where thread_id is null;

-- Threads that still say something: a comment taken back leaves its place only where somebody answered.
create view live_thread as
    select root.* from comment as root
    where root.thread_id is null
      and (root.removed_at is null or exists(select from comment as reply where reply.thread_id = root.id and reply.removed_at is null));

create table comment_mention (
    comment_id bigint not null references comment on delete cascade,
    account_id bigint not null references account,
    primary key (comment_id, account_id)
);
create index comment_mention_account on comment_mention (account_id);

-- Ownership proposed to a member, or to whom an invitation was sent; one proposal at a time.
create table handover (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    from_account bigint not null references account,
    to_account bigint references account,
    invitation_id bigint references invitation,
    becomes text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    declined_at timestamptz,
    withdrawn_at timestamptz,
    constraint handover_to check ((to_account is null) <> (invitation_id is null)),
    constraint handover_becomes check (becomes in ('owner', 'editor', 'nobody')),
    constraint handover_ended_once check (num_nonnulls(accepted_at, declined_at, withdrawn_at) <= 1)
);
create unique index handover_pending on handover (project_id) where accepted_at is null and declined_at is null and withdrawn_at is null;
create index handover_to_account on handover (to_account) where accepted_at is null and declined_at is null and withdrawn_at is null;
