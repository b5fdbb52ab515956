-- What the administration keeps to itself about a dossier: notes and labels.

create table staff_note (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    account_id bigint not null references account,
    text text not null,
    at timestamptz not null,
    edited_at timestamptz,
    removed_at timestamptz,
    version integer not null default 1,
    constraint staff_note_text check (length(text) <= 4000 and (removed_at is null) = (length(text) > 0))
);
create index staff_note_project on staff_note (project_id, id) where removed_at is null;

create table label (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    name text not null,
    colour text not null,
    retired_at timestamptz,
    version integer not null default 1,
    constraint label_in_call unique (id, call_id),
    constraint label_name check (length(name) between 1 and 40),
    constraint label_colour check (colour in ('woad', 'weld', 'madder', 'green', 'walnut'))
);
create unique index label_name_key on label (call_id, lower(name)) where retired_at is null;

create table project_label (
    project_id bigint not null references project,
    label_id bigint not null references label,
    account_id bigint not null references account,
    at timestamptz not null,
    primary key (project_id, label_id)
);
