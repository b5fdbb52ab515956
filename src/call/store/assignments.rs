//! Who reviews what: the table of a page, and the one act that changes it.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::CallManager;
use crate::kit::ids::{AccountId, CallId};

/// Somebody who holds a role in the call, with counts over its dossiers.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Account.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// Address.
    pub email: String,
    /// Bodies of their seats in the committee.
    pub bodies: Vec<String>,
    /// Reviews for the call.
    pub is_reviewer: bool,
    /// Domains that they know, as a reviewer.
    pub expertise: Vec<String>,
    /// Reviews assigned.
    pub assigned: i64,
    /// Reviews delivered.
    pub delivered: i64,
}

/// People of a call, by name; dossiers that the reader stays away from are not counted.
pub async fn people(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<Person>> {
    sqlx::query_as!(
        Person,
        r#"with held as (
           select account_id, bool_or(role = 'reviewer') as is_reviewer, array_agg(seat.body) filter (where seat.body is not null) as bodies
           from call_role
           left join seat on seat.id = call_role.seat_id
           where call_role.call_id = $1
           group by account_id
         )
         select account.id, account.name, account.organisation, account.email, coalesce(held.bodies, '{}') as "bodies!", held.is_reviewer as "is_reviewer!",
             coalesce((select expertise from call_role where call_role.call_id = $1 and call_role.account_id = account.id and role = 'reviewer'), '{}') as "expertise!",
             count(owed.status) as "assigned!", count(owed.status) filter (where owed.status = 'delivered') as "delivered!"
         from held
         join account on account.id = held.account_id and account.disabled_at is null
         left join lateral (
           select review.status
           from review
           join project on project.id = review.project_id
           where review.account_id = account.id and project.call_id = $1 and review.status <> 'recused'
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
         ) as owed on true
         group by account.id, held.bodies, held.is_reviewer
         order by account.name collate "fr-x-icu", account.id"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await
}

/// A dossier of the table.
#[derive(Debug, Default)]
pub struct Line {
    /// Dossier.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// State.
    pub status: String,
    /// Reviews assigned.
    pub reviews_assigned: i32,
    /// Accounts that review it.
    pub reviewers: Vec<i64>,
    /// State of each of these reviews.
    pub states: Vec<String>,
    /// Accounts that stay away from it.
    pub recused: Vec<i64>,
    /// Accounts of its team.
    pub team: Vec<i64>,
    /// Organisation that carries it, then those of its team.
    pub organisations: Vec<String>,
    /// Domains of its team's addresses.
    pub domains: Vec<String>,
    /// What its last deposit names, as JSON: part, organisation, person.
    pub parties: String,
    /// Suggestions set aside: account and cause.
    pub dismissed: Vec<String>,
    /// Domains of its last deposit.
    pub themes: Vec<String>,
}

/// Dossiers over which a proposal is computed while somebody waits.
pub const PROPOSED_MOST: usize = 1000;

/// The dossiers that may be reviewed and that the reader does not stay away from, by number; one more than a proposal takes.
pub async fn reviewable(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        "select id from project
         where call_id = $1 and status in ('draft', 'deposited', 'admissibility', 'changes_requested', 'admissible', 'in_review')
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
         order by number
         limit $3",
        manager.call().id.get(),
        manager.account().get(),
        i64::try_from(PROPOSED_MOST + 1).unwrap_or(i64::MAX)
    )
    .fetch_all(conn)
    .await
}

/// The dossiers of a page of the table, by number.
pub async fn lines(conn: &mut PgConnection, ids: &[i64]) -> sqlx::Result<Vec<Line>> {
    sqlx::query_as!(
        Line,
        r#"select project.id, project.number, project.title, project.label, project.status, project.reviews_assigned,
             array(select review.account_id from review where review.project_id = project.id order by review.id) as "reviewers!",
             array(select review.status from review where review.project_id = project.id order by review.id) as "states!",
             array(select recusal.account_id from recusal where recusal.project_id = project.id) as "recused!",
             array(select member.account_id from project_member as member where member.project_id = project.id) as "team!",
             array(select account.organisation from project_member as member join account on account.id = member.account_id
                   where member.project_id = project.id) || organisation.name as "organisations!",
             array(select split_part(account.email, '@', 2) from project_member as member join account on account.id = member.account_id
                   where member.project_id = project.id) as "domains!",
             (select coalesce(json_agg(json_build_array(part, party.organisation, person) order by part, party.organisation, person), '[]')::text
              from deposit_party as party where party.project_id = project.id) as "parties!",
             array(select dismissal.account_id || ' ' || dismissal.cause from conflict_dismissal as dismissal
                   where dismissal.project_id = project.id) as "dismissed!",
             project.themes
         from project
         join organisation on organisation.id = project.organisation_id
         where project.id = any($1)
         order by project.number"#,
        ids
    )
    .fetch_all(conn)
    .await
}

/// A dossier and a reviewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Dossier.
    pub project: i64,
    /// Account.
    pub account: i64,
}

fn columns(pairs: &[Pair]) -> (Vec<i64>, Vec<i64>) {
    pairs.iter().map(|pair| (pair.project, pair.account)).unzip()
}

/// Assigns reviews, under the call's lock: to its reviewers, on its dossiers, where neither the reviewer nor the author of
/// the act stays away, and never to the dossier's own team. Returns those that were not assigned before.
pub async fn assign(conn: &mut PgConnection, call: CallId, pairs: &[Pair], by: AccountId, now: OffsetDateTime) -> sqlx::Result<Vec<Pair>> {
    let (projects, accounts) = columns(pairs);
    super::lock_projects(conn, call, &projects).await?;
    let added = sqlx::query_as!(
        Pair,
        "insert into review (project_id, account_id, submission_id, assigned_by, assigned_at)
         select project.id, call_role.account_id, project.submission_id, $4, $5
         from unnest($2::bigint[], $3::bigint[]) as wanted(project, account)
         join project on project.id = wanted.project and project.call_id = $1 and project.status in ('draft', 'deposited', 'admissibility', 'changes_requested', 'admissible', 'in_review')
         join call_role on call_role.call_id = $1 and call_role.account_id = wanted.account and call_role.role = 'reviewer'
         where not exists(select from recusal where recusal.project_id = project.id and recusal.account_id in (wanted.account, $4))
           and not exists(select from project_member as member where member.project_id = project.id and member.account_id = wanted.account)
         on conflict (project_id, account_id) do nothing
         returning project_id as project, account_id as account",
        call.get(),
        &projects,
        &accounts,
        by.get(),
        now
    )
    .fetch_all(&mut *conn)
    .await?;
    recount(conn, &added.iter().map(|pair| pair.project).collect::<Vec<_>>()).await?;
    Ok(added)
}

/// Takes back reviews that were not started, under the call's lock. Returns those taken back.
pub async fn unassign(conn: &mut PgConnection, call: CallId, pairs: &[Pair], by: AccountId) -> sqlx::Result<Vec<Pair>> {
    let (projects, accounts) = columns(pairs);
    super::lock_projects(conn, call, &projects).await?;
    let removed = sqlx::query_as!(
        Pair,
        "delete from review
         using project, unnest($2::bigint[], $3::bigint[]) as unwanted(project, account)
         where project.id = unwanted.project and project.call_id = $1
           and review.project_id = project.id and review.account_id = unwanted.account and review.status = 'not_started'
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $4)
         returning review.project_id as project, review.account_id as account",
        call.get(),
        &projects,
        &accounts,
        by.get()
    )
    .fetch_all(&mut *conn)
    .await?;
    recount(conn, &removed.iter().map(|pair| pair.project).collect::<Vec<_>>()).await?;
    Ok(removed)
}

/// Brings the kept number of assigned reviews up to date; a recused review is not expected any more.
pub async fn recount(conn: &mut PgConnection, projects: &[i64]) -> sqlx::Result<()> {
    sqlx::query!(
        "update project
         set reviews_assigned = (
           select count(*) from review
           where review.project_id = project.id and review.status <> 'recused'
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = review.account_id))
         where id = any($1)",
        projects
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A reviewer to be told of the dossiers that they have just received.
#[derive(Debug)]
pub struct Told {
    /// Account.
    pub id: i64,
    /// Address.
    pub email: String,
    /// Titles of the dossiers.
    pub titles: Vec<String>,
}

/// The reviewers of those pairs, with the titles of their dossiers.
pub async fn told(conn: &mut PgConnection, pairs: &[Pair]) -> sqlx::Result<Vec<Told>> {
    let (projects, accounts) = columns(pairs);
    sqlx::query_as!(
        Told,
        r#"select account.id, account.email, array_agg(project.title order by project.number) as "titles!"
         from unnest($1::bigint[], $2::bigint[]) as pair(project, account)
         join project on project.id = pair.project
         join account on account.id = pair.account and account.disabled_at is null
         group by account.id
         order by account.id"#,
        &projects,
        &accounts
    )
    .fetch_all(conn)
    .await
}
