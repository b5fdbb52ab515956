-- What people decide of the leads that the engine finds: kept, set aside with a reason, promoted to a synergy, or open again.
-- Nothing is ever rewritten: the last line of a lead is its decision, the former ones its history, and both outlive any
-- recomputation because the key names rows and types, never a rank or a score.

create table lead_decision (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    -- type.OUT.IN, paire.ROW.ROW, groupe.TYPE.DIRECTION.ROW, chainon.TYPE
    key text not null,
    choice text not null,
    -- why it was set aside, in the words of the team
    reason text not null default '',
    -- row of the synergy that it became
    synergy uuid,
    account_id bigint not null references account,
    decided_at timestamptz not null,
    constraint lead_decision_choice check (choice in ('kept', 'dismissed', 'promoted', 'open')),
    constraint lead_decision_reason check (choice <> 'dismissed' or reason <> ''),
    constraint lead_decision_synergy check ((choice = 'promoted') = (synergy is not null)),
    constraint lead_decision_key check (length(key) between 3 and 200),
    constraint lead_decision_reason_length check (length(reason) <= 500)
);
create index lead_decision_last on lead_decision (project_id, key, id desc);

create function lead_decision_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'a decision is never rewritten';
end
$$;
create trigger lead_decision_kept before update or delete on lead_decision for each row execute function lead_decision_is_kept();
