-- « Depuis ma dernière lecture » : the last deposit of each dossier that each person has opened.

create table dossier_reading (
    account_id bigint not null references account,
    project_id bigint not null references project,
    submission_id bigint not null references submission,
    at timestamptz not null,
    primary key (account_id, project_id)
);
