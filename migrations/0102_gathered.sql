-- What a dossier's page gathers from many tables is kept by the program as of three numbers of the dossier's row: the version of its
-- content, the last line of its journal, and this one, which moves with what has neither. As long as they stand, nothing is gathered
-- again.

alter table project add column stirred bigint not null default 0;

create function stir() returns trigger language plpgsql as $$
begin
    update project set stirred = stirred + 1 where id = coalesce(new.project_id, old.project_id);
    return null;
end $$;
create trigger project_member_stirs after insert or update or delete on project_member for each row execute function stir();
create trigger handover_stirs after insert or update or delete on handover for each row execute function stir();
create trigger comment_stirs after insert or update or delete on comment for each row execute function stir();
create trigger finished_part_stirs after insert or delete on finished_part for each row execute function stir();
create trigger lead_decision_stirs after insert on lead_decision for each row execute function stir();

-- People are named on the pages of the dossiers where they act.
create function stir_named() returns trigger language plpgsql as $$
begin
    update project set stirred = stirred + 1
    where id in (select project_id from project_member where account_id = new.id
                 union select project_id from journal where account_id = new.id and project_id is not null);
    return null;
end $$;
create trigger account_stirs after update of name on account for each row when (old.name <> new.name) execute function stir_named();

-- Days of training that a call gives.
alter table call add column training_days integer not null default 0 constraint call_training_days check (training_days >= 0);

create view call_training_days as
    select call.id as call_id,
        (select count(*) from training_session as session join training on training.id = session.training_id
         where training.call_id = call.id and training.cancelled_at is null and session.cancelled_at is null)::integer as days
    from call;

create function keep_training_days() returns trigger language plpgsql as $$
begin
    update call set training_days = kept.days from call_training_days as kept
    where call.id = kept.call_id and call.training_days <> kept.days;
    return null;
end $$;
create trigger training_days after insert or update of cancelled_at or delete on training for each statement execute function keep_training_days();
create trigger training_session_days after insert or update of cancelled_at or delete on training_session for each statement
    execute function keep_training_days();

update call set training_days = kept.days from call_training_days as kept where call.id = kept.call_id;

-- What the page of a dossier gathers; `told` are the acts that its team is told of, separated by commas. A function of its own: a page
-- that needs nothing of it does not even prepare to read it.
create function dossier_gathered(dossier bigint, told text) returns text language plpgsql stable as $$
begin
    return json_build_object(
        'team', (select coalesce(json_agg(json_build_array(account.name, member.role, floor(extract(epoch from member.ends_at) * 1000000)::bigint)
                                          order by member.created_at), '[]')
                 from project_member as member join account on account.id = member.account_id where member.project_id = dossier),
        'acts', (select coalesce(json_agg(json_build_array(floor(extract(epoch from line.at))::bigint, account.name, line.act, line.subject,
                   (select unit.content ->> 'name' from engagement_answer as answer
                    join engagement_signatory as signatory on signatory.id = answer.signatory_id
                    join unit on unit.project_id = line.project_id and unit.kind = 'stakeholder' and unit.row = signatory.stakeholder
                    where line.act in ('engagement_signed', 'engagement_declined', 'engagement_withdrawn')
                      and answer.project_id = line.project_id and answer.id::text = line.subject)) order by line.seq desc), '[]')
                 from (select * from journal where journal.project_id = dossier and act = any(string_to_array(told, ',')) order by seq desc limit 6) as line
                 left join account on account.id = line.account_id),
        'counts', (select coalesce(json_object_agg(kind, n), '{}')
                   from (select kind, count(*) as n from unit
                         where unit.project_id = dossier and not is_deleted
                           and kind in ('stakeholder', 'flow', 'synergy', 'action', 'commitment', 'perimeter_commune')
                         group by kind) as tally),
        'parts', (select coalesce(json_agg(line order by deliverable, finished_at), '[]') from finished_part_line where project_id = dossier),
        'kept', (select count(*) from (select distinct on (key) choice from lead_decision where lead_decision.project_id = dossier
                 order by key, lead_decision.id desc) as last where choice = 'kept'),
        'open', (select count(*) from live_thread where project_id = dossier and resolved_at is null),
        'handovers', (select coalesce(json_agg(json_build_array(account.name, to_account, floor(extract(epoch from expires_at) * 1000000)::bigint)), '[]')
                      from handover join account on account.id = handover.from_account
                      where handover.project_id = dossier and to_account is not null
                        and accepted_at is null and declined_at is null and withdrawn_at is null))::text;
end $$;

-- The board says when each dossier was deposited: fifty rows, fifty deposits not to look for.
alter table project add column deposited_at timestamptz;

update project set deposited_at = submission.received_at from submission where submission.id = project.submission_id;
