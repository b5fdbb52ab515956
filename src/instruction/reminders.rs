//! What leaves by itself: a reminder three days before a due instant, once; and, to who instructs, that nothing came.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::correction::{choice, store as corrections};
use super::opinion::{links, store as opinions};
use super::people;
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::{AccountId, ProjectId};
use crate::mail::instruction::{self as texts, About};
use crate::submission;

/// How long before the due instant a reminder leaves; never within a day of the request itself.
pub const BEFORE: Duration = Duration::days(3);

/// Sends what is due; how many requests were looked after. Run by several instances at once, each is done once.
///
/// # Errors
/// When the database does not answer.
pub async fn run(app: &App) -> Result<usize, AppError> {
    let mut done = 0;
    while next_correction(app).await? || lapsed(app).await? || next_opinion(app).await? {
        done += 1;
    }
    Ok(done)
}

/// Reminds the team of the next correction that is due soon.
async fn next_correction(app: &App) -> Result<bool, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        "select correction.id, correction.project_id, correction.number
         from correction
         join project on project.id = correction.project_id
         where correction.answered_at is null and correction.closed_at is null and correction.reminded_at is null and project.status = 'changes_requested'
           and correction.due_at > $1 and correction.due_at <= $2 and correction.at <= $3
         order by correction.id
         limit 1
         for update of correction skip locked",
        now,
        now + BEFORE,
        now - Duration::days(1)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    sqlx::query!("update correction set reminded_at = $2 where id = $1", due.id, now).execute(&mut *tx).await?;
    remind(&mut tx, app, ProjectId(due.project_id), (due.id, due.number)).await?;
    tx.commit().await?;
    Ok(true)
}

async fn remind(conn: &mut PgConnection, app: &App, project: ProjectId, (id, number): (i64, i32)) -> Result<(), AppError> {
    let correction = corrections::find(conn, project, i64::from(number)).await?;
    let content = submission::snapshot(conn, correction.submission).await?.content();
    let title = people::title(conn, project).await?;
    let path = format!("/dossiers/{project}/corrections/{number}");
    let aims: Vec<String> = correction.aims.iter().map(|aim| choice::named(aim, &content).0).collect();
    let said = texts::Correction { number, aims: &aims, message: &correction.message, due_at: correction.due_at };
    let key = format!("correction reminder {id}");
    people::tell_team(conn, app, project, ("correction_reminder", &key), |app| texts::correction(app, About { title: &title, path: &path }, &said, true))
        .await?;
    Ok(())
}

/// Tells who instructs that a due instant went by without an answer.
async fn lapsed(app: &App) -> Result<bool, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        "select correction.id, correction.project_id, correction.number, correction.account_id
         from correction
         join project on project.id = correction.project_id
         where correction.answered_at is null and correction.closed_at is null and correction.lapsed_at is null and project.status = 'changes_requested'
           and correction.due_at <= $1
         order by correction.id
         limit 1
         for update of correction skip locked",
        now
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    let project = ProjectId(due.project_id);
    sqlx::query!("update correction set lapsed_at = $2 where id = $1", due.id, now).execute(&mut *tx).await?;
    let title = people::title(&mut tx, project).await?;
    let path = format!("/dossiers/{project}/corrections/{}", due.number);
    let instructors = people::instructors(&mut tx, project, &[AccountId(due.account_id)]).await?;
    let words = texts::correction_ended(app, About { title: &title, path: &path }, due.number, false);
    people::tell(&mut tx, &instructors, ("correction_lapsed", &format!("correction lapsed {}", due.id)), &words).await?;
    tx.commit().await?;
    Ok(true)
}

/// Reminds the next person whose opinion is due soon, by a new link.
async fn next_opinion(app: &App) -> Result<bool, AppError> {
    let now: OffsetDateTime = app.now();
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        "select opinion.id, opinion.project_id
         from outside_opinion as opinion
         join project on project.id = opinion.project_id
         where opinion.answered_at is null and opinion.revoked_at is null and opinion.reminded_at is null
           and project.status not in ('withdrawn', 'inadmissible', 'laureate', 'not_selected')
           and opinion.due_at > $1 and opinion.due_at <= $2 and opinion.at <= $3
         order by opinion.id
         limit 1
         for update of opinion skip locked",
        now,
        now + BEFORE,
        now - Duration::days(1)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    sqlx::query!("update outside_opinion set reminded_at = $2 where id = $1", due.id, now).execute(&mut *tx).await?;
    let all = opinions::list(&mut tx, ProjectId(due.project_id), true).await?;
    if let Some(opinion) = all.into_iter().find(|held| held.id == due.id) {
        links::send(&mut tx, app, &opinion, true, now).await?;
    }
    tx.commit().await?;
    Ok(true)
}
