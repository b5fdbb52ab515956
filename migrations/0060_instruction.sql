-- Who instructs a dossier, what was checked of its admissibility (R3, R17, R18, R107 to R113), and the verdict told to its carrier.

create table instruction (
    project_id bigint primary key references project,
    officer_id bigint references account,
    -- grows with each change of the officer or of the check-list
    version integer not null default 1,
    opened_by bigint references account,
    opened_at timestamptz
);

-- The officer's own judgement of an item of the list, beside what the program computes of it.
create table admissibility_check (
    project_id bigint not null references project,
    item text not null,
    judgement text not null,
    note text not null default '',
    account_id bigint not null references account,
    at timestamptz not null,
    primary key (project_id, item),
    constraint admissibility_check_judgement check (judgement in ('met', 'unmet', 'moot')),
    constraint admissibility_check_note check (length(note) <= 1000)
);

create table admissibility_verdict (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    -- the deposit that was examined
    submission_id bigint not null references submission,
    outcome text not null,
    reason text not null default '',
    account_id bigint not null references account,
    at timestamptz not null,
    constraint admissibility_verdict_outcome check (outcome in ('admissible', 'inadmissible')),
    constraint admissibility_verdict_reason check (length(reason) <= 4000 and (outcome = 'admissible' or length(reason) >= 3))
);
create index admissibility_verdict_project on admissibility_verdict (project_id, id);
create trigger admissibility_verdict_frozen before update or delete on admissibility_verdict
    for each row execute function refuse_change();
