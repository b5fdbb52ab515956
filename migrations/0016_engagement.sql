-- The single engagement document (R76, R113): its versions, whom it is sent to, and what each answered. Texts and answers are
-- never changed: a signature stays attached to the very text that was signed.

create table engagement_document (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    number integer not null,
    title text not null,
    carrier text not null,
    territory text not null,
    objectives text not null,
    principles text not null,
    meaning text not null,
    -- what is signed, whole, as plain text; the columns above are what it is made of
    content text not null,
    digest bytea not null,
    account_id bigint not null references account,
    at timestamptz not null,
    constraint engagement_document_number_key unique (project_id, number),
    constraint engagement_document_project_key unique (id, project_id),
    constraint engagement_document_digest_key unique (id, project_id, digest),
    constraint engagement_document_number check (number >= 1),
    constraint engagement_document_content check (length(content) between 1 and 60000),
    constraint engagement_document_digest check (digest = sha256(convert_to(content, 'UTF8')))
);
create trigger engagement_document_frozen before update or delete on engagement_document
    for each row execute function refuse_change();

create table engagement_signatory (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    -- the row of the stakeholder, and its name when it was put in the list
    stakeholder uuid not null,
    organisation text not null,
    contact text not null,
    email text not null default '',
    -- the row of the commitment that its signature feeds
    commitment uuid,
    -- the version that it is asked to sign; none before the first sending
    asked_document_id bigint,
    asked_at timestamptz,
    opened_at timestamptz,
    mailed_at timestamptz,
    reminders integer not null default 0,
    reminders_stopped_at timestamptz,
    removed_at timestamptz,
    account_id bigint not null references account,
    version integer not null default 1,
    created_at timestamptz not null,
    constraint engagement_signatory_project_key unique (id, project_id),
    constraint engagement_signatory_asked foreign key (asked_document_id, project_id) references engagement_document (id, project_id),
    constraint engagement_signatory_names check (length(organisation) between 1 and 160 and length(contact) between 1 and 120),
    constraint engagement_signatory_email check (email = lower(email) and length(email) <= 254)
);
create unique index engagement_signatory_once on engagement_signatory (project_id, stakeholder) where removed_at is null;

-- Personal links: only their digest is kept.
create table engagement_link (
    id bigint generated always as identity primary key,
    signatory_id bigint not null references engagement_signatory,
    token_hash bytea not null unique,
    account_id bigint not null references account,
    created_at timestamptz not null,
    revoked_at timestamptz
);
create index engagement_link_signatory on engagement_link (signatory_id);

create table engagement_answer (
    id bigint generated always as identity primary key,
    project_id bigint not null,
    signatory_id bigint not null,
    document_id bigint not null,
    digest bytea not null,
    kind text not null,
    channel text not null,
    name text not null default '',
    function text not null default '',
    organisation text not null default '',
    reason text not null default '',
    signed_on date,
    at timestamptz not null,
    -- by link: who sent it, the partner having no account; on paper: who recorded it
    account_id bigint not null references account,
    commitment uuid,
    attachment_id uuid references attachment,
    constraint engagement_answer_signatory foreign key (signatory_id, project_id) references engagement_signatory (id, project_id),
    constraint engagement_answer_text foreign key (document_id, project_id, digest) references engagement_document (id, project_id, digest),
    constraint engagement_answer_kind check (kind in ('signed', 'declined', 'withdrawn')),
    constraint engagement_answer_channel check (channel in ('link', 'paper')),
    constraint engagement_answer_signed check (
        kind <> 'signed'
        or (length(name) between 1 and 120 and length(function) between 1 and 120 and length(organisation) between 1 and 160
            and signed_on is not null and commitment is not null)),
    constraint engagement_answer_scan check (kind <> 'signed' or (channel = 'paper') = (attachment_id is not null)),
    constraint engagement_answer_reason check (length(reason) <= 2000)
);
create index engagement_answer_signatory on engagement_answer (signatory_id, id);
create index engagement_answer_project on engagement_answer (project_id, id);
create trigger engagement_answer_frozen before update or delete on engagement_answer
    for each row execute function refuse_change();

create table engagement_setting (
    project_id bigint primary key references project,
    -- partners see the names of the organisations that have signed
    names_signatories boolean not null default false,
    -- a reminder leaves by itself seven days before the bound
    reminds boolean not null default false,
    -- the bound for which it left
    reminded_bound timestamptz,
    account_id bigint not null references account,
    version integer not null default 1
);
