-- A dossier, its team, and its content by units of saving (a section or a row), each with a version and a history.

create table organisation (
    id bigint generated always as identity primary key,
    name text not null,
    kind text not null,
    commune text check (length(commune) = 5),
    constraint organisation_name check (length(name) between 1 and 160),
    constraint organisation_kind check (kind in ('intermunicipal_body', 'municipality', 'mixed_syndicate', 'department', 'association', 'business_club', 'chamber', 'cluster', 'company', 'university', 'public_body', 'other'))
);

create table project_status_edge (
    source text not null,
    target text not null,
    primary key (source, target)
);
insert into project_status_edge (source, target) values
    ('draft', 'deposited'),
    ('deposited', 'admissibility'),
    ('admissibility', 'admissible'), ('admissibility', 'inadmissible'), ('admissibility', 'changes_requested'),
    ('changes_requested', 'admissibility'), ('changes_requested', 'in_review'),
    ('admissible', 'in_review'),
    ('in_review', 'assessed'), ('in_review', 'changes_requested'),
    ('assessed', 'committee_opinion'),
    ('committee_opinion', 'fund_committee'),
    ('fund_committee', 'council_decision'),
    ('council_decision', 'laureate'), ('council_decision', 'not_selected'),
    ('draft', 'withdrawn'), ('deposited', 'withdrawn'), ('admissibility', 'withdrawn'), ('admissible', 'withdrawn'),
    ('changes_requested', 'withdrawn'), ('in_review', 'withdrawn'), ('assessed', 'withdrawn'),
    ('committee_opinion', 'withdrawn'), ('fund_committee', 'withdrawn'), ('council_decision', 'withdrawn');

create table project (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    number integer not null,
    organisation_id bigint not null references organisation,
    title text not null,
    status text not null default 'draft',
    manifested_on date,
    manifestation text not null default '',
    is_reducing_impact boolean not null default false,
    is_collective boolean not null default false,
    notified_on date,
    extended_until timestamptz,
    -- what a manager records (manifestation, eligibility, extension) has a version of its own
    record_version integer not null default 1,
    shared boolean[] not null default '{f,f,f,f,f}',
    -- Kept figures, written by the act that changes them and proven by `trame check`.
    standing jsonb not null default '{}',
    progress smallint[] not null default '{0,0,0,0,0}',
    commitments integer not null default 0,
    content_version bigint not null default 0,
    deposited_version bigint,
    submission_id bigint,
    last_activity_at timestamptz not null default now(),
    reviews_assigned integer not null default 0,
    reviews_delivered integer not null default 0,
    reviews_counted integer not null default 0,
    score_mean bigint,
    score_median bigint,
    score_min bigint,
    score_max bigint,
    score_deviation bigint,
    department text not null default '',
    label text not null default '',
    search text not null default '',
    journal_seq bigint not null default 0,
    journal_hash bytea not null default '\x',
    journal_mark text not null default '',
    created_at timestamptz not null default now(),
    constraint project_number_key unique (call_id, number),
    constraint project_title check (length(title) between 1 and 160),
    constraint project_shared check (array_length(shared, 1) = 5),
    constraint project_progress check (array_length(progress, 1) = 5),
    constraint project_status check (status in ('draft', 'deposited', 'admissibility', 'admissible', 'inadmissible', 'changes_requested', 'in_review', 'assessed', 'committee_opinion', 'fund_committee', 'council_decision', 'laureate', 'not_selected', 'withdrawn')),
    constraint project_scores check ((score_mean is null) = (score_median is null) and (score_mean is null or score_mean between score_min and score_max))
);
-- Place of a state in a dossier's life: the board sorts by it, not by the word.
create function status_rank(status text) returns integer language sql immutable parallel safe
return array_position(array['draft', 'deposited', 'admissibility', 'changes_requested', 'admissible', 'in_review', 'assessed', 'committee_opinion', 'fund_committee', 'council_decision', 'laureate', 'not_selected', 'inadmissible', 'withdrawn'], status);

-- One index for each order the board offers, the key of its pages included; unscored dossiers come after a zero.
create index project_by_title on project (call_id, title collate "fr-x-icu", id);
create index project_by_status on project (call_id, status_rank(status), title collate "fr-x-icu", id);
create index project_by_mean on project (call_id, coalesce(score_mean, -1), id);
create index project_by_median on project (call_id, coalesce(score_median, -1), id);
create index project_by_activity on project (call_id, last_activity_at, id);
create index project_by_reviews on project (call_id, reviews_delivered, id);

create function refuse_illegal_status() returns trigger language plpgsql as $$
begin
    if new.status <> old.status and not exists (
        select 1 from project_status_edge where source = old.status and target = new.status
    ) then
        raise exception 'illegal status edge % -> %', old.status, new.status using errcode = 'check_violation', constraint = 'project_status_edge';
    end if;
    return new;
end $$;
create trigger project_status_edge before update of status on project
    for each row execute function refuse_illegal_status();

create function count_projects() returns trigger language plpgsql as $$
begin
    update call set projects = call.projects + tally.n
    from (select call_id, count(*) as n from added group by call_id) as tally
    where call.id = tally.call_id;
    return null;
end $$;
create trigger project_counted after insert on project
    referencing new table as added for each statement execute function count_projects();

create table project_member (
    project_id bigint not null references project,
    account_id bigint not null references account,
    role text not null,
    can_deposit boolean not null default false,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (project_id, account_id),
    constraint project_member_role check (role in ('owner', 'editor', 'consultant', 'reader'))
);
create index project_member_account on project_member (account_id);

create table invitation (
    id bigint generated always as identity primary key,
    token_hash bytea not null unique,
    email text not null check (email = lower(email)),
    project_id bigint references project,
    call_id bigint references call,
    role text not null,
    seat_id bigint references seat,
    invited_by bigint references account,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    withdrawn_at timestamptz,
    constraint invitation_target check ((project_id is null) <> (call_id is null)),
    constraint invitation_role check (
        (project_id is not null and role in ('owner', 'editor', 'consultant', 'reader'))
        or (call_id is not null and role in ('manager', 'reviewer', 'committee')))
);
create index invitation_project on invitation (project_id);
create index invitation_call on invitation (call_id);

-- The unit of saving. A section's row is the nil uuid. `raw` keeps what was typed and could not be read.
create table unit (
    project_id bigint not null references project,
    kind text not null,
    row uuid not null,
    parent uuid,
    position integer not null default 0,
    version integer not null,
    content jsonb not null default '{}',
    raw jsonb not null default '{}',
    is_deleted boolean not null default false,
    account_id bigint not null references account,
    at timestamptz not null default now(),
    primary key (project_id, kind, row),
    constraint unit_version check (version >= 1)
);

create table unit_history (
    id bigint generated always as identity primary key,
    project_id bigint not null,
    kind text not null,
    row uuid not null,
    version integer not null,
    content jsonb not null,
    raw jsonb not null,
    is_deleted boolean not null,
    -- a text set aside in a conflict is kept here too, beside the version that won
    is_set_aside boolean not null default false,
    account_id bigint not null references account,
    at timestamptz not null default now()
);
create index unit_history_unit on unit_history (project_id, kind, row, version);

-- Each posted form names its operation once: sent again, it finds its first answer here.
create table operation (
    scope text not null,
    id uuid not null,
    account_id bigint not null references account,
    location text not null,
    at timestamptz not null default now(),
    primary key (scope, id)
);

create table attachment (
    id uuid primary key,
    project_id bigint not null references project,
    slot text not null,
    name text not null,
    mime text not null,
    size bigint not null check (size between 0 and 20971520),
    sha256 bytea not null,
    file text not null unique,
    account_id bigint not null references account,
    created_at timestamptz not null default now(),
    replaces uuid references attachment,
    removed_at timestamptz,
    removed_by bigint references account
);
create index attachment_project on attachment (project_id, slot) where removed_at is null;
