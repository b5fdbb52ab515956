-- The person of a live session and their bonds with a dossier, for the statements that read the rights and a page together.
-- No row without a session; no dossier for an unknown one. `head` is what the program decides on; `standing` is apart, long
-- and kept as written.
create function dossier_seat(token bytea, at timestamptz, wanted bigint)
returns table (account_id bigint, project_id bigint, head json, standing json)
language sql stable as $$
    select account.id, project.id,
        json_build_object(
            'session', session.id, 'account', account.id, 'name', account.name, 'email', account.email,
            'is_operator', account.is_operator, 'is_carrier', exists(select from project_member where project_member.account_id = account.id),
            'roles', coalesce((select bit_or(call_role_bit(role)) from call_role where call_role.account_id = account.id), 0),
            'dossier', case when project.id is not null then json_build_object(
                'call_roles', coalesce((select bit_or(call_role_bit(role)) from call_role
                    where call_role.account_id = account.id and call_role.call_id = call.id), 0),
                'role', member.role, 'can_deposit', coalesce(member.can_deposit, false), 'levels', member.levels,
                'review', review.id, 'review_status', review.status,
                'is_recused', exists(select from recusal where recusal.project_id = project.id and recusal.account_id = account.id),
                'owes_reviews', call.reviews_visible = 'after_all_mine' and exists(
                    select from review as owed join project as other on other.id = owed.project_id
                    where owed.account_id = account.id and other.call_id = call.id and owed.status in ('not_started', 'draft')),
                'number', project.number, 'title', project.title, 'label', project.label, 'status', project.status,
                'extended_until', floor(extract(epoch from project.extended_until) * 1000000)::bigint, 'shared', project.shared,
                'content_version', project.content_version, 'deposited_version', project.deposited_version, 'submission', project.submission_id,
                'call', call.id, 'call_slug', call.slug, 'call_title', call.short_title, 'edition', call.edition,
                'deposit_bound', floor(extract(epoch from call.deposit_bound) * 1000000)::bigint, 'grace_minutes', call.grace_minutes,
                'is_published', coalesce(call.results_published_at <= at, false),
                'reviews_visible', call.reviews_visible, 'owner_sees_reviews', call.owner_sees_reviews) end),
        project.standing
    from session
    join account on account.id = session.account_id
    left join project on project.id = wanted
    left join call on call.id = project.call_id
    left join project_member as member on member.project_id = project.id and member.account_id = account.id
    left join review on review.project_id = project.id and review.account_id = account.id
    where session.token_hash = token and session.ended_at is null and session.expires_at > at and account.disabled_at is null
$$;
