-- A call is nothing but settings: dates, seats, criteria, contacts, subsidy, trainings (R1-R3, R96-R104, R107-R136).

create table call (
    id bigint generated always as identity primary key,
    slug text not null,
    is_template boolean not null default false,
    title text not null,
    short_title text not null,
    edition text not null,
    number_prefix text not null,
    territory text not null,
    organisers text not null,
    summary text not null,
    objectives text not null,
    launched_on date,
    manifestation_bound timestamptz,
    notified_on date,
    deposit_bound timestamptz not null,
    grace_minutes integer not null default 0,
    review_due_at timestamptz,
    committee_at timestamptz,
    committee_place text not null default '',
    fund_committee_on date,
    council_on date,
    results_published_at timestamptz,
    postal_rule text not null default 'reception',
    postal_address text not null default '',
    deposit_email text not null default '',
    funding_scheme text not null default '',
    subsidy_cap_cents bigint not null default 0,
    subsidy_rate_percent integer not null default 0,
    subsidy_vat text not null default 'unstated',
    training_title text not null default '',
    training_note text not null default '',
    trainer text not null default '',
    coverage_threshold integer not null default 10,
    mean_from integer not null default 2,
    reviews_expected integer not null default 3,
    reviews_visible text not null default 'after_mine',
    owner_sees_reviews boolean not null default false,
    scores_version bigint not null default 0,
    -- kept by a trigger: the board counts without reading every dossier
    projects integer not null default 0,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint call_slug_key unique (slug),
    constraint call_slug_form check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    constraint call_grace check (grace_minutes between 0 and 1440),
    constraint call_postal_rule check (postal_rule in ('reception', 'postmark')),
    constraint call_vat check (subsidy_vat in ('excluded', 'included', 'unstated')),
    constraint call_subsidy check (subsidy_cap_cents >= 0 and subsidy_rate_percent between 0 and 100),
    constraint call_visible check (reviews_visible in ('never', 'after_mine', 'after_all_mine', 'always')),
    constraint call_thresholds check (coverage_threshold between 1 and 14 and mean_from between 1 and 20 and reviews_expected between 1 and 20)
);

-- A deposit's number begins with the call's prefix: two calls never share one.
create unique index call_number_prefix_key on call (number_prefix) where not is_template;

create table seat (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    body text not null,
    label text not null,
    requirement text not null default '',
    is_chair boolean not null default false,
    position integer not null
);
create index seat_call on seat (call_id, position);

create table criterion (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    code text not null,
    deliverable smallint,
    label text not null,
    requirement text not null,
    weight_thousandths integer not null default 1000,
    levels text[] not null,
    position integer not null,
    constraint criterion_code_key unique (call_id, code),
    constraint criterion_levels check (array_length(levels, 1) = 5),
    constraint criterion_weight check (weight_thousandths between 0 and 100000),
    constraint criterion_deliverable check (deliverable between 1 and 5)
);

create table contact (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    body text not null,
    person text not null,
    address text not null,
    phone text not null,
    email text not null,
    requirement text not null default '',
    position integer not null
);
create index contact_call on contact (call_id, position);

create table training_session (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    day date not null,
    place text not null,
    note text not null default ''
);
create index training_session_call on training_session (call_id, day);

create table call_document (
    id uuid primary key,
    call_id bigint not null references call,
    kind text not null,
    title text not null,
    version integer not null,
    notice text not null default '',
    file text not null,
    name text not null,
    mime text not null,
    size bigint not null,
    sha256 bytea not null,
    account_id bigint not null references account,
    created_at timestamptz not null default now(),
    constraint call_document_kind check (kind in ('regulation', 'answer_framework', 'other')),
    constraint call_document_version_key unique (call_id, kind, title, version)
);

-- Managers, reviewers and committee members of a call; a person may hold several roles.
create table call_role (
    call_id bigint not null references call,
    account_id bigint not null references account,
    role text not null,
    seat_id bigint references seat,
    created_at timestamptz not null default now(),
    primary key (call_id, account_id, role),
    constraint call_role_role check (role in ('manager', 'reviewer', 'committee'))
);
create index call_role_account on call_role (account_id);
