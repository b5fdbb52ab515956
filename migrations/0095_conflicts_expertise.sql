-- Who must not review what, and who knows what: read in the last deposit, which the administration may read, never in a draft.

-- Organisations and people that a deposit names: its stakeholders, those who finance it, those who signed.
create function deposit_parties(content jsonb)
returns table (part text, organisation text, person text)
language sql immutable as $$
    with unit as (
        select held.value->>'kind' as kind, held.value->>'row' as row, held.value->'fields' as fields
        from jsonb_array_elements(content->'units') as held
    ), found as (
        select 'stakeholder' as part, fields->>'name' as organisation, '' as person from unit where kind = 'stakeholder'
        union
        select 'financer', fields->>'label', '' from unit where kind in ('budget_line', 'action_line') and fields->>'side' = 'resource'
        union
        select 'signatory', coalesce(actor.fields->>'name', ''), coalesce(unit.fields->>'signatory', '')
        from unit
        left join unit as actor on actor.kind = 'stakeholder' and actor.row = unit.fields->>'stakeholder'
        where unit.kind = 'commitment' and coalesce(unit.fields->>'signed_on', '') <> ''
        union
        select 'signatory', coalesce(signed.value->>'organisation', ''), coalesce(signed.value->>'name', '')
        from jsonb_array_elements(coalesce(content->'engagement'->'signatories', '[]')) as signed
    )
    select part, coalesce(organisation, ''), person from found where coalesce(organisation, '') <> '' or person <> ''
$$;

-- Domains of a deposit: themes of its showcase actions, and those of at least a quarter of its flows.
create function deposit_themes(content jsonb) returns text[]
language sql immutable as $$
    with unit as (
        select held.value->>'kind' as kind, held.value->'fields' as fields from jsonb_array_elements(content->'units') as held
    ), flow as (
        select fields->>'domain' as domain, count(*) as n, sum(count(*)) over () as total from unit where kind = 'flow' and fields ? 'domain' group by 1
    ), theme as (
        select fields->>'theme' as theme from unit where kind = 'action'
        union
        select case domain when 'material' then 'waste' else domain end from flow where 4 * n >= total
    )
    select coalesce(array_agg(theme order by theme), '{}') from theme where theme is not null and theme <> 'other'
$$;

create table deposit_party (
    project_id bigint not null references project,
    part text not null,
    organisation text not null,
    person text not null,
    primary key (project_id, part, organisation, person),
    constraint deposit_party_part check (part in ('stakeholder', 'financer', 'signatory'))
);

alter table project add column themes text[] not null default '{}';

create function keep_deposit_parties() returns trigger language plpgsql as $$
declare
    held jsonb := new.content;
    found text[] := deposit_themes(held);
begin
    delete from deposit_party where project_id = new.project_id;
    insert into deposit_party (project_id, part, organisation, person)
    select new.project_id, part, organisation, person from deposit_parties(held);
    update project set themes = found where id = new.project_id and themes <> found;
    return null;
end $$;
create trigger submission_parties after insert on submission for each row execute function keep_deposit_parties();

insert into deposit_party (project_id, part, organisation, person)
select project.id, party.part, party.organisation, party.person
from project
join submission on submission.id = project.submission_id
cross join lateral deposit_parties(submission.content::jsonb) as party;

update project set themes = deposit_themes(submission.content::jsonb)
from submission
where submission.id = project.submission_id;

-- What a reviewer of the call knows.
alter table call_role add column expertise text[] not null default '{}';
alter table call_role add constraint call_role_expertise check (
    (role = 'reviewer' or expertise = '{}')
    and expertise <@ array['transport', 'energy', 'waste', 'purchasing', 'green_spaces', 'water', 'restaurant', 'shared_collection', 'animation', 'service']);

-- A reviewer opens a dossier once they have said that nothing ties them to it.
alter table review add column declared_at timestamptz;

-- A suggestion that a manager set aside, cause by cause: a new cause asks again.
create table conflict_dismissal (
    project_id bigint not null references project,
    account_id bigint not null references account,
    cause text not null,
    reason text not null,
    dismissed_by bigint not null references account,
    at timestamptz not null,
    primary key (project_id, account_id, cause),
    constraint conflict_dismissal_cause check (cause in ('organisation', 'domain', 'stakeholder', 'financer', 'signatory')),
    constraint conflict_dismissal_reason check (length(reason) between 3 and 500),
    constraint conflict_dismissal_other check (dismissed_by <> account_id)
);
