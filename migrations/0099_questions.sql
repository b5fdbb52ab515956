-- Questions to the contacts of a call: asked by the people of its carriers and of its trainings, answered by its managers; published
-- reworded, without who asked. Until then only who asked and the managers know of one, and not those who stay away from the dossier
-- for which it is asked.

create table question (
    id bigint generated always as identity primary key,
    call_id bigint not null references call,
    number integer not null,
    project_id bigint not null references project,
    account_id bigint not null references account,
    subject text not null,
    asked_at timestamptz not null,
    -- nothing more is awaited of the managers
    closed_at timestamptz,
    constraint question_number_key unique (call_id, number),
    constraint question_subject check (length(subject) between 1 and 200)
);
create index question_account on question (account_id);
create index question_project on question (project_id);

create table question_message (
    id bigint generated always as identity primary key,
    question_id bigint not null references question,
    account_id bigint not null references account,
    side text not null,
    text text not null,
    -- subject and text without accents nor capitals, to be searched
    folded text not null,
    at timestamptz not null,
    constraint question_message_side check (side in ('asker', 'manager')),
    constraint question_message_text check (length(text) between 1 and 8000)
);
create index question_message_of on question_message (question_id, id);
create trigger question_message_frozen before update or delete on question_message for each row execute function refuse_change();

-- The last message that somebody has read of a question.
create table question_read (
    question_id bigint not null references question,
    account_id bigint not null references account,
    message_id bigint not null references question_message,
    primary key (question_id, account_id)
);

create table public_answer (
    question_id bigint primary key references question,
    question text not null,
    answer text not null,
    published_at timestamptz not null,
    published_by bigint not null references account,
    withdrawn_at timestamptz,
    version integer not null default 1,
    constraint public_answer_texts check (length(question) between 1 and 500 and length(answer) between 1 and 8000)
);

-- Who reads which question at that instant, each once: who asked, while they have a bond with the call; its managers, but those who
-- stay away from the dossier, or are of its team.
create function question_reader(instant timestamptz) returns table (question_id bigint, account_id bigint, side text)
language sql stable as $$
    select question.id, question.account_id, 'asker'
    from question
    where exists(select from carrier_person(instant) as person where person.call_id = question.call_id and person.account_id = question.account_id)
       or exists(select from enrolment join training on training.id = enrolment.training_id
                 where training.call_id = question.call_id and enrolment.account_id = question.account_id)
    union all
    select question.id, held.account_id, 'manager'
    from question
    join call_role as held on held.call_id = question.call_id and held.role = 'manager'
    where held.account_id <> question.account_id
      and not exists(select from kept_away where kept_away.project_id = question.project_id and kept_away.account_id = held.account_id)
$$;
