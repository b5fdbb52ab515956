//! Reminders: by hand, one a day and a person at most; by themselves, once, seven days before the bound, when the team asked so.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::links::{self, Place, Why};
use super::model::Signatory;
use super::store;
use crate::access::policy;
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, ProjectId};

/// How long before the bound reminders leave by themselves.
pub const BEFORE: Duration = Duration::days(7);

/// Reminds these signatories, in the name of that account, in the caller's transaction and under the dossier's lock.
pub async fn remind(
    conn: &mut PgConnection,
    app: &App,
    (place, account): (&Place, AccountId),
    signatories: &[Signatory],
    now: OffsetDateTime,
) -> Result<(), AppError> {
    for signatory in signatories {
        links::send(conn, app, (place, account), signatory, (Why::Reminder, &[]), now).await?;
    }
    if !signatories.is_empty() {
        journal::record(conn, place.project, account, "engagement_reminded", &signatories.len().to_string(), now).await?;
    }
    Ok(())
}

/// Sends the reminders that are due in every dossier; how many left. Run by several instances at once, each dossier is done once.
///
/// # Errors
/// When the database does not answer.
pub async fn run(app: &App) -> Result<usize, AppError> {
    let mut sent = 0;
    while let Some(count) = next(app).await? {
        sent += count;
    }
    Ok(sent)
}

/// Takes the next dossier whose hour has come; nothing when there is none left.
async fn next(app: &App) -> Result<Option<usize>, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        r#"select project.id, call.deposit_bound, call.grace_minutes, project.extended_until, setting.account_id
         from engagement_setting as setting
         join project on project.id = setting.project_id
         join call on call.id = project.call_id
         where setting.reminds
           and project.status in ('draft', 'deposited')
           and greatest(call.deposit_bound + make_interval(mins => call.grace_minutes), project.extended_until) > $1
           and greatest(call.deposit_bound + make_interval(mins => call.grace_minutes), project.extended_until) <= $2
           and setting.reminded_bound is distinct from greatest(call.deposit_bound + make_interval(mins => call.grace_minutes), project.extended_until)
         order by project.id
         limit 1
         for update of project, setting skip locked"#,
        now,
        now + BEFORE
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(None) };
    let (project, account) = (ProjectId(due.id), AccountId(due.account_id));
    let bound = policy::closes_at(due.deposit_bound, due.grace_minutes, due.extended_until);
    sqlx::query!("update engagement_setting set reminded_bound = $2 where project_id = $1", project.get(), bound).execute(&mut *tx).await?;
    let mut awaited = store::signatories(&mut tx, project, None).await?;
    awaited.retain(|signatory| signatory.unremindable(now).is_none());
    let place = links::place(&mut tx, project, account).await?;
    remind(&mut tx, app, (&place, account), &awaited, now).await?;
    tx.commit().await?;
    Ok(Some(awaited.len()))
}
