-- Outlines that an operator imports for other territories, and what each change of a perimeter did, to undo it as one act.

create table outline (
    -- INSEE code of a commune, SIREN of an EPCI, code of a département: their lengths tell them apart
    code text primary key,
    -- rings in ten-thousandths of a degree, each a first point then steps
    rings text not null,
    imported_at timestamptz not null default now(),
    constraint outline_code check (code ~ '^([0-9][0-9AB]|[0-9]{3}|[0-9][0-9AB][0-9]{3}|[0-9]{9})$'),
    constraint outline_rings check (length(rings) between 11 and 200000)
);

create table perimeter_act (
    project_id bigint not null references project,
    operation uuid not null,
    added uuid[] not null,
    removed uuid[] not null,
    at timestamptz not null,
    primary key (project_id, operation),
    constraint perimeter_act_something check (cardinality(added) + cardinality(removed) > 0)
);
