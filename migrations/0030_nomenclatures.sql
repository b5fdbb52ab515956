-- The nomenclatures shipped with the program are changed by experts and by imports: each change of an entry is a line, never
-- changed itself, and the last line of an entry is what holds. Every process is told, and reads again when it needs to.

create table nomenclature_edit (
    id bigint generated always as identity primary key,
    list text not null,
    -- what names the entry in its list: a code, a number
    key text not null,
    -- grows by one at each change of the entry: two at once are refused
    version integer not null,
    -- the whole entry, one text a column of its file; none when it is withdrawn
    record text[],
    -- nobody when the operator imported a file
    account_id bigint references account,
    reason text not null,
    -- the import that it is part of
    batch uuid,
    at timestamptz not null,
    constraint nomenclature_edit_key unique (list, key, version),
    constraint nomenclature_edit_list check (list in ('types', 'rules', 'waste', 'activities')),
    constraint nomenclature_edit_named check (length(key) between 1 and 80),
    constraint nomenclature_edit_version check (version >= 1),
    constraint nomenclature_edit_record check (cardinality(record) between 1 and 30),
    constraint nomenclature_edit_reason check (length(reason) between 3 and 500)
);
create trigger nomenclature_edit_frozen before update or delete on nomenclature_edit
    for each row execute function refuse_change();

create function tell_nomenclature() returns trigger language plpgsql as $$
begin
    perform pg_notify('trame_live', 'nomenclature');
    return null;
end $$;
create trigger nomenclature_edit_told after insert on nomenclature_edit
    for each statement execute function tell_nomenclature();
