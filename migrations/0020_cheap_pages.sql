-- What the most asked pages read is kept or read in one round trip.

-- Number of the last deposit, beside its id: the board shows it for each of its rows.
alter table project add column deposit_number integer;
update project set deposit_number = submission.number from submission where submission.id = project.submission_id;
alter table project add constraint project_deposit_number check ((submission_id is null) = (deposit_number is null));

create function call_role_bit(role text) returns integer language sql immutable as $$
    select case role when 'manager' then 1 when 'reviewer' then 2 when 'committee' then 4 else 0 end
$$;

-- The person of a live session, and the call asked for among those where they hold one of the roles, or of these the one
-- with the nearest next date. No row without a session; no call for a person without one. `head` is what the program
-- reads of both; the other columns are for the statements that go on from there.
create function call_seat(token bytea, at timestamptz, wanted_roles text[], wanted_slug text)
returns table (account_id bigint, call_id bigint, visible text, is_reviewer boolean, head json)
language sql stable as $$
    select account.id, seat.id, seat.reviews_visible, coalesce(seat.roles & 2 <> 0, false),
        json_build_object(
            'session', session.id, 'account', account.id, 'name', account.name, 'email', account.email,
            'is_operator', account.is_operator, 'is_carrier', exists(select from project_member where project_member.account_id = account.id),
            'roles', coalesce((select bit_or(call_role_bit(role)) from call_role where call_role.account_id = account.id), 0),
            'call', case when seat.id is not null then json_build_object(
                'id', seat.id, 'slug', seat.slug, 'title', seat.short_title, 'edition', seat.edition,
                'bound', floor(extract(epoch from seat.deposit_bound) * 1000000)::bigint, 'grace_minutes', seat.grace_minutes,
                'is_published', coalesce(seat.results_published_at <= at, false), 'visible', seat.reviews_visible,
                'scores_version', seat.scores_version, 'roles', seat.roles) end)
    from session
    join account on account.id = session.account_id
    left join lateral (
        select call.*, mine.roles
        from (
            select held.call_id, bit_or(call_role_bit(held.role)) as roles, bool_or(held.role = any(wanted_roles)) as is_opened
            from call_role as held where held.account_id = account.id group by held.call_id
        ) as mine
        join call on call.id = mine.call_id
        where mine.is_opened and coalesce(call.slug = wanted_slug, true)
        order by
            (select min(next.at) from (values (call.deposit_bound), (call.review_due_at), (call.committee_at)) as next(at) where next.at > call_seat.at) asc nulls last,
            call.deposit_bound desc
        limit 1
    ) as seat on true
    where session.token_hash = token and session.ended_at is null and session.expires_at > at and account.disabled_at is null
$$;
