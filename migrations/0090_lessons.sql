-- What a territory learned, written from its dossier and given to other territories once a manager has read it (R16).

create table lesson (
    project_id bigint primary key references project,
    body jsonb not null,
    state text not null default 'draft',
    remark text not null default '',
    account_id bigint not null references account,
    at timestamptz not null,
    proposed_at timestamptz,
    version integer not null default 1,
    constraint lesson_state check (state in ('draft', 'proposed', 'returned', 'published')),
    constraint lesson_proposed check ((state = 'proposed') = (proposed_at is not null)),
    constraint lesson_remark check (length(remark) <= 2000 and (state = 'returned' or remark = ''))
);

-- What anybody reads: frozen at its approval, one at most at a time per dossier.
create table lesson_edition (
    id bigint generated always as identity primary key,
    project_id bigint not null references lesson,
    no integer not null,
    body jsonb not null,
    search text not null,
    approved_by bigint not null references account,
    published_at timestamptz not null,
    withdrawn_at timestamptz,
    constraint lesson_edition_no unique (project_id, no),
    constraint lesson_edition_span check (withdrawn_at >= published_at)
);
create unique index lesson_edition_current on lesson_edition (project_id) where withdrawn_at is null;
create index lesson_edition_list on lesson_edition (published_at desc, id desc) where withdrawn_at is null;
