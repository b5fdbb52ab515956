//! What a manager records of a dossier: its manifestation, its eligibility, its bound, its owner, who stays away.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::settings::Addressee;
use crate::access::ProjectManager;
use crate::error::AppError;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::project::files::Received;

/// Slot of the letter of manifestation among the dossier's files.
pub const LETTER: &str = "manifestation";

/// What the manager records.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Version of what the manager records.
    pub version: i32,
    /// Title of the dossier.
    pub title: String,
    /// Day of the manifestation (R2).
    pub manifested_on: Option<Date>,
    /// Its summary.
    pub manifestation: String,
    /// R17.
    pub is_reducing_impact: bool,
    /// R18.
    pub is_collective: bool,
    /// R3.
    pub notified_on: Option<Date>,
    /// Its own bound.
    pub extended_until: Option<OffsetDateTime>,
    /// Bound of the call, its grace included.
    pub common_bound: OffsetDateTime,
    /// Carrier and place.
    pub label: String,
}

/// Reads what the manager records.
pub async fn facts(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Facts> {
    sqlx::query_as!(
        Facts,
        r#"select project.record_version as version, project.title, project.manifested_on, project.manifestation, project.is_reducing_impact,
             project.is_collective, project.notified_on, project.extended_until, project.label,
             call.deposit_bound + make_interval(mins => call.grace_minutes) as "common_bound!"
         from project
         join call on call.id = project.call_id
         where project.id = $1"#,
        project.get()
    )
    .fetch_one(conn)
    .await
}

/// Writes the title, the manifestation and the eligibility, under the dossier's lock.
pub async fn save_facts(conn: &mut PgConnection, manager: &ProjectManager, new: &Facts) -> sqlx::Result<()> {
    sqlx::query!(
        "update project
         set title = $2, manifested_on = $3, manifestation = $4, is_reducing_impact = $5, is_collective = $6, notified_on = $7, search = $8,
             record_version = record_version + 1
         where id = $1",
        manager.project().get(),
        new.title,
        new.manifested_on,
        new.manifestation,
        new.is_reducing_impact,
        new.is_collective,
        new.notified_on,
        super::search(&new.title, &new.label)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a dossier its own bound, or takes it back; the decision keeps its author and its reason. Returns the decision.
pub async fn extend(conn: &mut PgConnection, manager: &ProjectManager, until: Option<OffsetDateTime>, reason: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "with extended as (
           update project set extended_until = $3, record_version = record_version + 1 where id = $2
         )
         insert into deadline_decision (call_id, project_id, kind, instant, reason, account_id, at) values ($1, $2, 'extension', $3, $4, $5, $6)
         returning id",
        manager.head().call.get(),
        manager.project().get(),
        until,
        reason,
        manager.account().get(),
        manager.now()
    )
    .fetch_one(conn)
    .await
}

/// Somebody of a dossier's team.
#[derive(Debug)]
pub struct Member {
    /// Account.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Part in the team.
    pub role: String,
}

/// Team of a dossier, the owner first.
pub async fn team(conn: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> sqlx::Result<Vec<Member>> {
    sqlx::query_as!(
        Member,
        "select account.id, account.name, account.email, member.role
         from project_member as member
         join account on account.id = member.account_id
         where member.project_id = $1 and account.disabled_at is null and coalesce(member.ends_at > $2, true)
         order by member.role <> 'owner', member.created_at, account.id",
        project.get(),
        now
    )
    .fetch_all(conn)
    .await
}

/// The same, as addresses for a mail.
pub async fn addressees(conn: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> sqlx::Result<Vec<Addressee>> {
    Ok(team(conn, project, now).await?.into_iter().map(|member| Addressee { id: member.id, email: member.email }).collect())
}

/// Address invited to be the owner, while nobody has accepted.
pub async fn invited_owner(conn: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "select email from invitation
         where project_id = $1 and role = 'owner' and accepted_at is null and withdrawn_at is null and expires_at > $2
         order by id desc
         limit 1",
        project.get(),
        now
    )
    .fetch_optional(conn)
    .await
}

/// The account of an address, if it opens.
pub async fn account_of(conn: &mut PgConnection, email: &str) -> sqlx::Result<Option<AccountId>> {
    let id = sqlx::query_scalar!("select id from account where email = $1 and disabled_at is null", email).fetch_optional(conn).await?;
    Ok(id.map(AccountId))
}

/// Makes an account the owner of a dossier, unless it reviews it. The caller has proven that it may, or has just created the
/// dossier. False when the account reviews it.
pub async fn make_owner(conn: &mut PgConnection, project: ProjectId, account: AccountId, now: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into project_member (project_id, account_id, role, can_deposit, created_at)
         select $1, $2, 'owner', true, $3
         where not exists(select from review where review.project_id = $1 and review.account_id = $2)
         on conflict (project_id, account_id) do update set role = 'owner', can_deposit = true, levels = default, ends_at = null,
           version = project_member.version + 1",
        project.get(),
        account.get(),
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A review of a dossier, as its manager sees it: who and how far, never what.
#[derive(Debug)]
pub struct Assigned {
    /// Reviewer.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
    /// State.
    pub status: String,
    /// When it was delivered.
    pub delivered_at: Option<OffsetDateTime>,
}

/// Reviews of a dossier, by name of reviewer.
pub async fn reviews(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<Assigned>> {
    sqlx::query_as!(
        Assigned,
        r#"select account.name, account.organisation, review.status, review.delivered_at
         from review
         join account on account.id = review.account_id
         where review.project_id = $1
         order by account.name collate "fr-x-icu", account.id"#,
        project.get()
    )
    .fetch_all(conn)
    .await
}

/// Somebody of the call, and whether they stay away from the dossier.
#[derive(Debug)]
pub struct Person {
    /// Account.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// "declared", "suggested" or "pinned"; none when they do not stay away.
    pub origin: Option<String>,
    /// Reason.
    pub reason: Option<String>,
}

/// Everybody who holds a role in the call of a dossier, with the recusals.
pub async fn people(conn: &mut PgConnection, call: CallId, project: ProjectId) -> sqlx::Result<Vec<Person>> {
    sqlx::query_as!(
        Person,
        r#"select account.id, account.name, account.organisation, recusal.origin as "origin?", recusal.reason as "reason?"
         from account
         left join recusal on recusal.account_id = account.id and recusal.project_id = $2
         where recusal.account_id is not null
            or exists(select from call_role where call_role.account_id = account.id and call_role.call_id = $1)
         order by account.name collate "fr-x-icu", account.id"#,
        call.get(),
        project.get()
    )
    .fetch_all(conn)
    .await
}

/// A manager pins a recusal, under the dossier's lock: the review, if any, is recused. False when that person already stays
/// away, or has no part in the call.
pub async fn pin(conn: &mut PgConnection, manager: &ProjectManager, account: AccountId, reason: &str) -> sqlx::Result<bool> {
    let written = sqlx::query_scalar!(
        r#"with line as (
           insert into recusal (project_id, account_id, origin, reason, created_by, at)
           select $1, $2, 'pinned', $3, $4, $5
           where exists(select from call_role where call_role.call_id = $6 and call_role.account_id = $2)
           on conflict (project_id, account_id) do nothing
           returning account_id
         ), stopped as (
           update review set status = 'recused', version = version + 1
           from line
           where review.project_id = $1 and review.account_id = line.account_id
         )
         select count(*) as "count!" from line"#,
        manager.project().get(),
        account.get(),
        reason,
        manager.account().get(),
        manager.now(),
        manager.head().call.get()
    )
    .fetch_one(conn)
    .await?;
    Ok(written == 1)
}

/// The letter of manifestation: file, name, type, size.
pub async fn letter(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Option<super::documents::Stored>> {
    sqlx::query_as!(
        super::documents::Stored,
        "select file, name, mime, size from attachment where project_id = $1 and slot = $2 and removed_at is null order by created_at desc limit 1",
        project.get(),
        LETTER
    )
    .fetch_optional(conn)
    .await
}

/// Keeps the letter of manifestation; the former one stays in the dossier's history.
pub async fn keep_letter(conn: &mut PgConnection, manager: &ProjectManager, received: &Received) -> Result<(), AppError> {
    let size = i64::try_from(received.size).unwrap_or(i64::MAX);
    sqlx::query!(
        "with former as (
           update attachment set removed_at = $9, removed_by = $8
           where project_id = $2 and slot = $3 and removed_at is null
           returning id
         )
         insert into attachment (id, project_id, slot, name, mime, size, sha256, account_id, created_at, file, replaces)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (select id from former limit 1))",
        Uuid::now_v7(),
        manager.project().get(),
        LETTER,
        received.name,
        received.mime,
        size,
        received.digest,
        manager.account().get(),
        manager.now(),
        received.file
    )
    .execute(conn)
    .await?;
    Ok(())
}
