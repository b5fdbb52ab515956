-- The optional AMO branch (R7-R9, R82-R87): terms of reference, providers asked, offers, choice. What the administration may
-- know of it is two columns of the dossier, so that a seat decides without another statement.

alter table project add column terms_shown boolean not null default false;
alter table project add column consultant_state text not null default 'none';
alter table project add constraint project_consultant_state check (consultant_state in ('none', 'retained'));

-- A section that somebody wrote, chose a scope for, or added; the others are as the service writes them.
create table terms_section (
    project_id bigint not null references project,
    key text not null,
    position integer not null default 0,
    title text not null,
    scope text not null default '',
    body text not null,
    version integer not null,
    is_removed boolean not null default false,
    account_id bigint not null references account,
    at timestamptz not null,
    primary key (project_id, key),
    constraint terms_section_version check (version >= 1),
    constraint terms_section_scope check (scope in ('', 'whole', 'help', 'none')),
    constraint terms_section_texts check (length(title) between 1 and 160 and length(body) <= 20000)
);

create table terms_history (
    project_id bigint not null,
    key text not null,
    version integer not null,
    title text not null,
    scope text not null,
    body text not null,
    is_removed boolean not null,
    account_id bigint not null references account,
    at timestamptz not null,
    primary key (project_id, key, version),
    foreign key (project_id, key) references terms_section (project_id, key)
);
create function keep_terms() returns trigger language plpgsql as $$
begin
    insert into terms_history (project_id, key, version, title, scope, body, is_removed, account_id, at)
    values (new.project_id, new.key, new.version, new.title, new.scope, new.body, new.is_removed, new.account_id, new.at);
    return null;
end $$;
create trigger terms_kept after insert or update on terms_section for each row execute function keep_terms();
create trigger terms_history_frozen before update or delete on terms_history for each row execute function refuse_change();

-- Numbered copies, whole and frozen.
create table terms_version (
    project_id bigint not null references project,
    number integer not null,
    content text not null,
    digest bytea not null,
    account_id bigint not null references account,
    at timestamptz not null,
    primary key (project_id, number)
);
create trigger terms_version_frozen before update or delete on terms_version for each row execute function refuse_change();

-- What is said to every provider; its version grows with the criteria, the marks and the choice.
create table consultation (
    project_id bigint primary key references project,
    answer_by date,
    message text not null default '' check (length(message) <= 4000),
    version integer not null default 1
);

create table tender (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    number integer not null,
    name text not null check (length(name) between 1 and 160),
    address text not null default '' check (length(address) <= 400),
    email text not null default '' check (length(email) <= 254),
    invited_at timestamptz,
    received_on date,
    excluded_cents bigint,
    included_cents bigint,
    note text not null default '' check (length(note) <= 4000),
    version integer not null default 1,
    account_id bigint not null references account,
    created_at timestamptz not null,
    removed_at timestamptz,
    constraint tender_number_key unique (project_id, number),
    constraint tender_in_project unique (id, project_id),
    constraint tender_offer_whole check (num_nulls(received_on, excluded_cents, included_cents) in (0, 3)),
    constraint tender_amounts check (excluded_cents >= 0 and included_cents >= excluded_cents)
);

create table tender_criterion (
    project_id bigint not null references project,
    number smallint not null check (number between 1 and 10),
    label text not null check (length(label) between 1 and 160),
    weight_thousandths integer not null check (weight_thousandths between 1 and 100000),
    primary key (project_id, number)
);

create table tender_mark (
    project_id bigint not null,
    tender_id bigint not null,
    criterion smallint not null,
    mark smallint not null check (mark between 0 and 10),
    primary key (tender_id, criterion),
    foreign key (tender_id, project_id) references tender (id, project_id),
    foreign key (project_id, criterion) references tender_criterion (project_id, number) on delete cascade
);

-- The choice and its trace: a choice taken back stays, with why.
create table tender_choice (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    tender_id bigint not null,
    reason text not null check (length(reason) between 3 and 4000),
    account_id bigint not null references account,
    at timestamptz not null,
    undone_at timestamptz,
    undone_by bigint references account,
    undone_reason text not null default '' check (length(undone_reason) <= 2000),
    foreign key (tender_id, project_id) references tender (id, project_id),
    constraint tender_choice_undone check ((undone_at is null) = (undone_by is null))
);
create unique index tender_choice_current on tender_choice (project_id) where undone_at is null;

-- Offers before the choice, and nothing after it: what was compared is what was chosen from.
create function guard_choice() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and not exists(select from tender where id = new.tender_id and received_on is not null and removed_at is null) then
        raise exception 'choice without an offer' using errcode = 'check_violation', constraint = 'tender_choice_offer';
    end if;
    if tg_op = 'UPDATE' and (old.undone_at is not null
        or (old.tender_id, old.reason, old.account_id, old.at) is distinct from (new.tender_id, new.reason, new.account_id, new.at)) then
        raise exception 'a choice only ends' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger tender_choice_guarded before insert or update on tender_choice for each row execute function guard_choice();
create trigger tender_choice_kept before delete on tender_choice for each row execute function refuse_change();

create function guard_tender() returns trigger language plpgsql as $$
begin
    if exists(select from tender_choice where project_id = new.project_id and undone_at is null) then
        raise exception 'offers are closed by the choice' using errcode = 'check_violation', constraint = 'tender_open';
    end if;
    return new;
end $$;
create trigger tender_open before insert or update on tender for each row execute function guard_tender();
create trigger tender_mark_open before insert or update on tender_mark for each row execute function guard_tender();

create function keep_consultant_state() returns trigger language plpgsql as $$
begin
    update project set consultant_state =
        case when exists(select from tender_choice where project_id = new.project_id and undone_at is null) then 'retained' else 'none' end
    where id = new.project_id;
    return null;
end $$;
create trigger tender_choice_told after insert or update on tender_choice for each row execute function keep_consultant_state();

-- Files of offers and of the subsidy: never among the dossier's attachments, which its deposits and archives hold.
create table mission_file (
    id uuid primary key,
    project_id bigint not null references project,
    tender_id bigint,
    piece text,
    name text not null,
    mime text not null,
    size bigint not null check (size between 0 and 20971520),
    sha256 bytea not null,
    file text not null unique,
    account_id bigint not null references account,
    created_at timestamptz not null,
    removed_at timestamptz,
    removed_by bigint references account,
    foreign key (tender_id, project_id) references tender (id, project_id),
    constraint mission_file_place check ((tender_id is null) <> (piece is null)),
    constraint mission_file_removed check ((removed_at is null) = (removed_by is null))
);
create index mission_file_project on mission_file (project_id);
