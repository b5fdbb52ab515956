//! What leaves by itself: a reminder two days before each meeting; of each next step, one before its day and one when it is late.
//! Each once, whatever runs it; as each person chose. What a next step says is read in the application.

use time::{Date, Duration, OffsetDateTime};

use super::summons::{Summons, summon};
use super::{steps, store};
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::CallId;
use crate::kit::moment;
use crate::mail::meeting::{About, Said, Turn};

/// How long before a meeting its reminder leaves.
const BEFORE: Duration = Duration::days(2);

/// How long before its day a next step is reminded.
pub const NEAR: Duration = Duration::days(3);

/// Sends what is due; how many meetings and next steps were looked after.
///
/// # Errors
/// When the database does not answer.
pub async fn run(app: &App) -> Result<usize, AppError> {
    let mut done = 0;
    while next_meeting(app).await? || next_task(app).await? {
        done += 1;
    }
    Ok(done)
}

/// Reminds those who may come to the next meeting that is near.
async fn next_meeting(app: &App) -> Result<bool, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        "select meeting.id, meeting.number, meeting.starts_at, call.id as call, call.slug, call.short_title, call.edition
         from meeting
         join call on call.id = meeting.call_id
         where meeting.status = 'planned' and meeting.starts_at > $1 and meeting.starts_at <= $2
           and meeting.reminded_at is distinct from meeting.starts_at
         order by meeting.id
         limit 1
         for update of meeting skip locked",
        now,
        now + BEFORE
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    sqlx::query!("update meeting set reminded_at = starts_at where id = $1", due.id).execute(&mut *tx).await?;
    let meeting = store::meeting(&mut tx, CallId(due.call), due.number.into()).await?;
    let name = format!("{} {}", due.short_title, due.edition);
    let about = About { meeting: &meeting, call: &name, slug: &due.slug };
    summon(&mut tx, app, &Summons { call: CallId(due.call), about, said: Said::Near, by: None }, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Today in Paris, and the last day that is near.
fn days(now: OffsetDateTime) -> (Date, Date) {
    let today = moment::paris_parts(now).0;
    (today, today.saturating_add(NEAR))
}

/// Reminds whoever is in charge of the next step that is near or late.
async fn next_task(app: &App) -> Result<bool, AppError> {
    let now = app.now();
    let (today, near) = days(now);
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        r#"select task.id, task.due_on < $1 as "is_late!"
           from meeting_task as task
           where task.done_at is null and task.late_at is null
             and (task.due_on < $1 or (task.due_on <= $2 and task.reminded_at is null))
           order by task.id
           limit 1
           for update skip locked"#,
        today,
        near
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    sqlx::query!(
        "update meeting_task set reminded_at = coalesce(reminded_at, $2), late_at = case when $3 then $2::timestamptz end where id = $1",
        due.id,
        now,
        due.is_late
    )
    .execute(&mut *tx)
    .await?;
    steps::tell(&mut tx, app, due.id, if due.is_late { Turn::Late } else { Turn::Near }, None).await?;
    tx.commit().await?;
    Ok(true)
}
