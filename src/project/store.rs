//! Statements about a dossier that are not its content: names, criteria, activity, lists.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::access::{Dossier, Status};
use crate::error::AppError;
use crate::framework::standing::Standing;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::kit::moment;

/// Name of a person.
pub async fn account_name(conn: &mut PgConnection, account: AccountId) -> sqlx::Result<String> {
    sqlx::query_scalar!("select name from account where id = $1", account.get()).fetch_one(conn).await
}

/// A criterion of a call, as the carrier reads it.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// "2.1", "G3".
    pub code: String,
    /// Label.
    pub label: String,
    /// What each note from 0 to 4 means.
    pub levels: Vec<String>,
}

/// Criteria of a call, in order.
pub async fn criteria(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Criterion>> {
    sqlx::query_as!(Criterion, "select code, label, levels from criterion where call_id = $1 order by position", call.get()).fetch_all(conn).await
}

/// Kept standing of a dossier.
pub async fn standing(conn: &mut PgConnection, project: ProjectId) -> Result<Standing, AppError> {
    let text = sqlx::query_scalar!(r#"select standing::text as "standing!" from project where id = $1"#, project.get()).fetch_one(conn).await?;
    Ok(serde_json::from_str(&text).map_err(anyhow::Error::from)?)
}

/// The initial manifestation (R2, R27): its date and its summary.
pub async fn manifestation(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<(Option<Date>, String)> {
    let row = sqlx::query!("select manifested_on, manifestation from project where id = $1", project.get()).fetch_one(conn).await?;
    Ok((row.manifested_on, row.manifestation))
}

/// Remembers, once a day, that somebody of the administration opened a dossier.
pub async fn record_staff_read(conn: &mut PgConnection, visitor: &Dossier) -> sqlx::Result<()> {
    let (day, _) = moment::paris_parts(visitor.now());
    sqlx::query!(
        "insert into staff_read (account_id, project_id, day) values ($1, $2, $3) on conflict do nothing",
        visitor.account().get(),
        visitor.project().get(),
        day
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A dossier in its team's list.
#[derive(Debug)]
pub struct Mine {
    /// Dossier.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Short title of the call.
    pub call: String,
    /// State, as the team is told.
    pub status: Status,
    /// Part in the team.
    pub role: String,
    /// Bound that applies.
    pub closes_at: OffsetDateTime,
    /// Rates of the five deliverables.
    pub progress: Vec<i16>,
    /// Last change.
    pub last_activity_at: OffsetDateTime,
    /// Changed since its last deposit.
    pub has_undeposited_changes: bool,
}

/// Dossiers of which a person is of the team, the next bound first.
pub async fn mine(conn: &mut PgConnection, account: AccountId, now: OffsetDateTime) -> Result<Vec<Mine>, AppError> {
    let rows = sqlx::query!(
        r#"select project.id, project.title, project.label, call.short_title, call.edition, project.status, member.role, call.deposit_bound, call.grace_minutes,
             project.extended_until, project.progress, project.last_activity_at, call.results_published_at,
             coalesce(project.deposited_version < project.content_version, false) as "has_undeposited_changes!"
         from project_member as member
         join project on project.id = member.project_id
         join call on call.id = project.call_id
         where member.account_id = $1 and coalesce(member.ends_at > $2, true)
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $1)
         order by call.deposit_bound < $2, call.deposit_bound, project.title"#,
        account.get(),
        now
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let status = Status::parse(&row.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
            let is_published = row.results_published_at.is_some_and(|at| at <= now);
            Ok(Mine {
                id: row.id,
                title: row.title,
                label: row.label,
                call: format!("{} {}", row.short_title, row.edition),
                status: crate::access::policy::told_to_team(status, is_published),
                role: role_name(&row.role).to_owned(),
                closes_at: crate::access::policy::closes_at(row.deposit_bound, row.grace_minutes, row.extended_until),
                progress: row.progress,
                last_activity_at: row.last_activity_at,
                has_undeposited_changes: row.has_undeposited_changes,
            })
        })
        .collect()
}

/// A part in the team, in French.
pub fn role_name(role: &str) -> &'static str {
    match role {
        "owner" => "porteur",
        "editor" => "équipe, écrit",
        "consultant" => "conseil (AMO)",
        _ => "équipe, lit",
    }
}
