-- A place in a team may end at an instant (the retained consultant's): the functions that give seats obey it. They are taken
-- as they are, with what is new put in, and refuse to be anything else than expected.

alter table project_member add column ends_at timestamptz;
alter table invitation add column member_until timestamptz;
alter table invitation add constraint invitation_member_until check (member_until is null or project_id is not null);

create function patch_function(wanted text, former text, next text) returns void language plpgsql as $$
declare
    held text := pg_get_functiondef(wanted::regproc);
begin
    if position(former in held) = 0 then
        raise exception '% is not as expected', wanted;
    end if;
    execute replace(held, former, next);
end $$;

select patch_function('dossier_seat', 'exists(select from project_member where project_member.account_id = account.id)',
    'exists(select from project_member where project_member.account_id = account.id and coalesce(project_member.ends_at > dossier_seat.at, true))');
select patch_function('dossier_seat', 'member.project_id = project.id and member.account_id = account.id',
    'member.project_id = project.id and member.account_id = account.id and coalesce(member.ends_at > dossier_seat.at, true)');
select patch_function('dossier_seat', '''owner_sees_reviews'', call.owner_sees_reviews',
    '''owner_sees_reviews'', call.owner_sees_reviews, ''terms_shown'', project.terms_shown,
                ''is_retained'', project.consultant_state = ''retained'', ''subsidy'', project.subsidy_state');
select patch_function('call_seat', 'exists(select from project_member where project_member.account_id = account.id)',
    'exists(select from project_member where project_member.account_id = account.id and coalesce(project_member.ends_at > call_seat.at, true))');
select patch_function('open_dossier', 'member.can_deposit, member.levels)',
    'member.can_deposit, member.levels, floor(extract(epoch from member.ends_at) * 1000000)::bigint)');
drop function patch_function;
