//! What leaves by itself: a reminder two days before each day, once for each hour that it is set at; and the seats of those who
//! are no longer of the carriers' people go to those who wait.

use time::Duration;

use super::enrolling;
use super::people;
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::CallId;
use crate::mail::training::{self as texts, About};
use crate::mail::{self, Mail};

/// How long before a day its reminder leaves.
pub const BEFORE: Duration = Duration::days(2);

/// Sends what is due; how many days and trainings were looked after. Run by several instances at once, each is done once.
///
/// # Errors
/// When the database does not answer.
pub async fn run(app: &App) -> Result<usize, AppError> {
    let mut done = 0;
    while next_day(app).await? || next_release(app).await? {
        done += 1;
    }
    Ok(done)
}

/// Reminds those who come to the next day that is near.
async fn next_day(app: &App) -> Result<bool, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        r#"select session.id, training.number, call.id as call, call.slug, (session.day + session.starts) at time zone 'Europe/Paris' as "starts_at!"
           from training_session as session
           join training on training.id = session.training_id
           join call on call.id = training.call_id
           where training.cancelled_at is null and session.cancelled_at is null and not call.is_template
             and (session.day + session.starts) at time zone 'Europe/Paris' > $1
             and (session.day + session.starts) at time zone 'Europe/Paris' <= $2
             and session.reminded_at is distinct from (session.day + session.starts) at time zone 'Europe/Paris'
           order by session.id
           limit 1
           for update of session skip locked"#,
        now,
        now + BEFORE
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    sqlx::query!("update training_session set reminded_at = $2 where id = $1", due.id, due.starts_at).execute(&mut *tx).await?;
    let course = super::store::course(&mut tx, CallId(due.call), due.number.into()).await?;
    let about = About { course: &course, slug: &due.slug };
    if let Some(session) = course.day(due.id) {
        let (subject, body) = texts::reminder(app, about, session);
        let people = sqlx::query!(
            "select account.id, account.email
             from enrolment
             join account on account.id = enrolment.account_id
             where enrolment.training_id = $1 and enrolment.status = 'enrolled' and not $2 = any(enrolment.skips)
               and exists(select from carrier_person($4) as person where person.call_id = $3 and person.account_id = account.id)
             order by account.id",
            course.training.id,
            session.id,
            due.call,
            now
        )
        .fetch_all(&mut *tx)
        .await?;
        for person in people {
            let key = format!("training reminder {} {} {}", due.id, due.starts_at.unix_timestamp(), person.id);
            let mail = Mail { kind: "training_reminder", recipient: &person.email, subject: &subject, body: &body, dedup_key: Some(&key) };
            mail::queue(&mut tx, &mail).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Takes the seats of the next training that somebody holds without right.
async fn next_release(app: &App) -> Result<bool, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let due = sqlx::query!(
        "select training.number, call.id as call, call.slug
         from training
         join call on call.id = training.call_id
         where training.cancelled_at is null
           and exists(select from training_session as session where session.training_id = training.id and session.cancelled_at is null
                      and (session.day + session.ends) at time zone 'Europe/Paris' > $1)
           and exists(select from enrolment where enrolment.training_id = training.id and enrolment.status <> 'withdrawn'
                      and not exists(select from carrier_person($1) as person
                                     where person.call_id = training.call_id and person.account_id = enrolment.account_id))
         order by training.id
         limit 1
         for update of training skip locked",
        now
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    let course = enrolling::hold(&mut tx, CallId(due.call), due.number.into()).await?;
    let lines = enrolling::release(&mut tx, app, (&course, &due.slug), now).await?;
    people::record(&mut tx, lines, now).await?;
    tx.commit().await?;
    Ok(true)
}
