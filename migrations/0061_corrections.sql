-- Requests for correction: what they aim at reopens until their due instant, and nothing else. The answer is a deposit that
-- complements the one it was asked on; both stay.

create table correction (
    id bigint generated always as identity primary key,
    project_id bigint not null references project,
    number integer not null,
    -- the deposit on which it was asked
    submission_id bigint not null references submission,
    -- the state that the dossier comes back to
    resumes text not null,
    message text not null,
    due_at timestamptz not null,
    account_id bigint not null references account,
    at timestamptz not null,
    answered_at timestamptz,
    answered_by bigint references account,
    answer text not null default '',
    -- the deposit that the answer made
    answer_submission_id bigint references submission,
    closed_at timestamptz,
    closed_by bigint references account,
    outcome text,
    closing text not null default '',
    reminded_at timestamptz,
    -- the officer was told that nothing came
    lapsed_at timestamptz,
    version integer not null default 1,
    constraint correction_number_key unique (project_id, number),
    constraint correction_resumes check (resumes in ('admissibility', 'in_review')),
    constraint correction_texts check (length(message) between 3 and 4000 and length(answer) <= 2000 and length(closing) <= 2000),
    constraint correction_due check (due_at > at),
    constraint correction_answered check (num_nulls(answered_at, answered_by, answer_submission_id) in (0, 3)),
    constraint correction_closed check (num_nulls(closed_at, closed_by, outcome) in (0, 3)),
    constraint correction_outcome check (outcome in ('accepted', 'insufficient', 'cancelled'))
);
create index correction_awaited on correction (project_id) where answered_at is null and closed_at is null;

-- A question of a section (row is the nil uuid), or a whole row of a list (item is empty).
create table correction_aim (
    correction_id bigint not null references correction on delete cascade,
    kind text not null,
    row uuid not null,
    item text not null,
    primary key (correction_id, kind, row, item),
    constraint correction_aim_one check ((row = '00000000-0000-0000-0000-000000000000') = (item <> ''))
);

alter table submission drop constraint submission_channel;
alter table submission add constraint submission_channel check (channel in ('online', 'paper', 'email', 'correction'));

-- The same as before, with what the requests that wait for an answer reopen: kind, row, item, due instant.
create or replace function dossier_seat(token bytea, at timestamptz, wanted bigint)
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
                'reviews_visible', call.reviews_visible, 'owner_sees_reviews', call.owner_sees_reviews,
                'reopened', case when project.status = 'changes_requested' then (
                    select json_agg(json_build_array(aim.kind, aim.row, aim.item, floor(extract(epoch from correction.due_at) * 1000000)::bigint)
                                    order by correction.number, aim.kind, aim.row, aim.item)
                    from correction join correction_aim as aim on aim.correction_id = correction.id
                    where correction.project_id = project.id and correction.answered_at is null and correction.closed_at is null) end) end),
        project.standing
    from session
    join account on account.id = session.account_id
    left join project on project.id = wanted
    left join call on call.id = project.call_id
    left join project_member as member on member.project_id = project.id and member.account_id = account.id
    left join review on review.project_id = project.id and review.account_id = account.id
    where session.token_hash = token and session.ended_at is null and session.expires_at > at and account.disabled_at is null
$$;
