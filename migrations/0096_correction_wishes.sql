-- A reviewer asks that given points be corrected; who instructs the dossier sends the request, or declines with a reason. The
-- due instant of a request changes with a trace.

create table correction_wish (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    number integer not null,
    account_id bigint not null references account,
    message text not null,
    at timestamptz not null,
    decided_at timestamptz,
    decided_by bigint references account,
    outcome text,
    reason text not null default '',
    correction_id bigint references correction,
    constraint correction_wish_number_key unique (project_id, number),
    constraint correction_wish_texts check (length(message) between 3 and 4000 and length(reason) <= 1000),
    constraint correction_wish_decided check (num_nulls(decided_at, decided_by, outcome) in (0, 3)),
    constraint correction_wish_outcome check (outcome in ('sent', 'declined')),
    constraint correction_wish_sent check ((outcome is not distinct from 'sent') = (correction_id is not null)),
    constraint correction_wish_declined check (outcome is distinct from 'declined' or length(reason) >= 3)
);

create table correction_wish_aim (
    wish_id bigint not null references correction_wish on delete cascade,
    kind text not null,
    row uuid not null,
    item text not null,
    primary key (wish_id, kind, row, item),
    constraint correction_wish_aim_one check ((row = '00000000-0000-0000-0000-000000000000') = (item <> ''))
);

create table correction_delay (
    id bigint generated always as identity primary key,
    correction_id bigint not null references correction,
    old_due_at timestamptz not null,
    new_due_at timestamptz not null,
    reason text not null,
    account_id bigint not null references account,
    at timestamptz not null,
    constraint correction_delay_reason check (length(reason) between 3 and 500),
    constraint correction_delay_moved check (new_due_at <> old_due_at)
);
create index correction_delay_correction on correction_delay (correction_id);
create trigger correction_delay_frozen before update or delete on correction_delay
    for each row execute function refuse_change();
