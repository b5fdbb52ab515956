-- What the board tells of a dossier through the phase is kept on its row: last movement of each deliverable, what blocks its
-- deposit, how far its showcase actions are, signatures expected, corrections under way. The perimeter of a deposit is kept beside
-- it: a map of the call does not open forty frozen contents.

alter table project
    add column moved_at timestamptz[] not null default '{NULL,NULL,NULL,NULL,NULL}',
    add column missing integer not null default 0,
    -- advancement of each action, in their order; nothing where none is said
    add column showcase text[] not null default '{}',
    add column commitments_expected integer not null default 0,
    -- requests for correction that are not closed, and the first due instant among those that wait for an answer
    add column corrections_open integer not null default 0,
    add column corrections_due timestamptz,
    add constraint project_moved check (array_length(moved_at, 1) = 5),
    add constraint project_counts check (missing >= 0 and commitments_expected >= 0 and corrections_open >= 0);

-- Days without movement, and days before the bound, from which the board warns.
alter table call
    add column still_days integer not null default 21,
    add column near_days integer not null default 15,
    add constraint call_alerts check (still_days between 3 and 365 and near_days between 1 and 120);

-- A call cloned from another keeps them: the function as it is now, with two more columns.
do $$
declare
    former text := pg_get_functiondef('clone_call'::regproc);
    next text;
begin
    next := replace(former, 'source.subsidy_rounding,', '@rule@');
    next := replace(next, 'subsidy_rounding,', 'subsidy_rounding, still_days, near_days,');
    next := replace(next, '@rule@', 'source.subsidy_rounding, source.still_days, source.near_days,');
    if next = former then
        raise exception 'clone_call is not as expected';
    end if;
    execute next;
end $$;

create view board_fact as
    select project.id,
        array(select coalesce(unit.content ->> 'progress', '') from unit
              where unit.project_id = project.id and unit.kind = 'action' and not unit.is_deleted order by unit.position, unit.row) as showcase,
        (select count(*) from unit where unit.project_id = project.id and unit.kind = 'commitment' and not unit.is_deleted)::integer
          -- those in the list of the engagement document who did not decline, and whom no commitment tells yet
          + (select count(*) from engagement_signatory as signatory
             where signatory.project_id = project.id and signatory.removed_at is null
               and not exists(select from unit where unit.project_id = project.id and unit.kind = 'commitment' and not unit.is_deleted
                              and (unit.row = signatory.commitment or unit.content ->> 'stakeholder' = signatory.stakeholder::text))
               and coalesce((select answer.kind from engagement_answer as answer where answer.signatory_id = signatory.id
                             order by answer.id desc limit 1), '') <> 'declined')::integer as commitments_expected,
        (select count(*) from correction where correction.project_id = project.id and correction.closed_at is null)::integer as corrections_open,
        (select min(correction.due_at) from correction
         where correction.project_id = project.id and correction.answered_at is null and correction.closed_at is null) as corrections_due
    from project;

create function keep_showcase() returns trigger language plpgsql as $$
begin
    update project set showcase = kept.showcase from board_fact as kept
    where project.id = new.project_id and kept.id = project.id and project.showcase <> kept.showcase;
    return null;
end $$;
create trigger unit_showcase after insert or update on unit for each row when (new.kind = 'action') execute function keep_showcase();

create function keep_expected() returns trigger language plpgsql as $$
begin
    update project set commitments_expected = kept.commitments_expected from board_fact as kept
    where project.id = new.project_id and kept.id = project.id and project.commitments_expected <> kept.commitments_expected;
    return null;
end $$;
create trigger unit_expected after insert or update on unit for each row when (new.kind = 'commitment') execute function keep_expected();
create trigger engagement_signatory_expected after insert or update of removed_at, commitment, stakeholder on engagement_signatory
    for each row execute function keep_expected();
create trigger engagement_answer_expected after insert on engagement_answer for each row execute function keep_expected();

create function keep_corrections() returns trigger language plpgsql as $$
begin
    update project set corrections_open = kept.corrections_open, corrections_due = kept.corrections_due from board_fact as kept
    where project.id = new.project_id and kept.id = project.id
      and (project.corrections_open, project.corrections_due) is distinct from (kept.corrections_open, kept.corrections_due);
    return null;
end $$;
create trigger correction_told after insert or update of due_at, answered_at, closed_at on correction
    for each row execute function keep_corrections();

-- What the board warns of: a draft whose bound is past, or near while something blocks its deposit, or that nobody has touched
-- for long; a correction that did not come.
create function board_risks(status text, missing integer, last_activity_at timestamptz, closes_at timestamptz, corrections_due timestamptz,
    at timestamptz, still_days integer, near_days integer)
returns text[] language sql stable as $$
    select array_remove(array[
        case when status = 'draft' and closes_at <= at then 'late' end,
        case when status = 'draft' and missing > 0 and closes_at > at and closes_at <= at + make_interval(days => near_days) then 'short' end,
        case when status = 'draft' and closes_at > at and last_activity_at <= at - make_interval(days => still_days) then 'still' end,
        case when corrections_due <= at then 'overdue' end], null)
$$;

-- The same figures for the dossiers that exist.
update project set showcase = kept.showcase, commitments_expected = kept.commitments_expected,
    corrections_open = kept.corrections_open, corrections_due = kept.corrections_due,
    missing = (select count(*) from json_each(project.standing) as element(key, value), json_array_elements(element.value -> 'f') as fault
               where (fault ->> 'b')::boolean)
from board_fact as kept
where kept.id = project.id;

with part(kind, deliverables) as (
    values ('stakeholder', array[1, 2, 4]), ('flow', array[2]), ('synergy', array[2]), ('action', array[3]), ('action_line', array[3]),
        ('commitment', array[4]), ('perimeter_commune', array[1]), ('territory', array[1]), ('facilitation_actor', array[1]),
        ('initiative', array[1]), ('staff', array[1]), ('governance_body', array[1]), ('budget_line', array[1]), ('organisation.', array[1]),
        ('etat.', array[2]), ('actions.', array[3]), ('mobilisation.', array[4]), ('candidature.', array[5])
), moved as (
    select unit.project_id, deliverable.no, max(unit.at) as at
    from unit
    join part on part.kind = unit.kind or (part.kind like '%.' and unit.kind like part.kind || '%')
    cross join lateral unnest(part.deliverables) as deliverable(no)
    group by unit.project_id, deliverable.no
)
update project set moved_at = array(select (select moved.at from moved where moved.project_id = project.id and moved.no = n.no)
                                    from generate_series(1, 5) as n(no) order by n.no)
where exists(select from moved where moved.project_id = project.id);

-- Communes of the perimeter, by INSEE code, as deposited.
create table submission_perimeter (
    submission_id bigint primary key references submission,
    communes text[] not null
);
create trigger submission_perimeter_frozen before update or delete on submission_perimeter for each row execute function refuse_change();
insert into submission_perimeter (submission_id, communes)
select submission.id, array(select distinct unit #>> '{fields,commune}' from json_array_elements(submission.content::json -> 'units') as unit
                            where unit ->> 'kind' = 'perimeter_commune' and unit #>> '{fields,commune}' is not null order by 1)
from submission;
