//! What is read of trainings: the courses of a call, their seats, who is enrolled, who came.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{Course, Presence, Seat, Seats, Session, Training};
use crate::error::AppError;
use crate::kit::ids::{AccountId, CallId};

/// Trainings of a call, or one of them, with their days; the next day first, then those without a day.
pub async fn courses(conn: &mut PgConnection, call: CallId, number: Option<i32>) -> sqlx::Result<Vec<Course>> {
    let trainings = sqlx::query_as!(
        Training,
        "select id, number, title, note, trainer, place, address, access, capacity, opens_at, closes_at, cancelled_at, cancel_reason, version
         from training
         where call_id = $1 and number = coalesce($2, number)
         order by number",
        call.get(),
        number
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = trainings.iter().map(|training| training.id).collect();
    let sessions = sqlx::query_as!(
        Session,
        r#"select id, training_id as training, day, starts, ends, place, note, cancelled_at is not null as "is_cancelled!", attendance_version
           from training_session
           where training_id = any($1)
           order by day, starts, id"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    let of = |id: i64| sessions.iter().filter(|session| session.training == id).cloned().collect();
    Ok(trainings.into_iter().map(|training| Course { sessions: of(training.id), training }).collect())
}

/// A training of a call, by its number.
///
/// # Errors
/// 404 when the call has none of that number.
pub async fn course(conn: &mut PgConnection, call: CallId, number: i64) -> Result<Course, AppError> {
    let number = i32::try_from(number).map_err(|_| AppError::NotFound)?;
    courses(conn, call, Some(number)).await?.pop().ok_or(AppError::NotFound)
}

/// Seats of the trainings of a call, by training.
pub async fn seats(conn: &mut PgConnection, call: CallId) -> sqlx::Result<HashMap<i64, Seats>> {
    let rows = sqlx::query!(
        r#"select training.id, count(*) filter (where status = 'enrolled') as "enrolled!", count(*) filter (where status = 'waiting') as "waiting!"
           from training
           join enrolment on enrolment.training_id = training.id
           where training.call_id = $1
           group by training.id"#,
        call.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, Seats { enrolled: row.enrolled, waiting: row.waiting })).collect())
}

/// One's own line in a training.
#[derive(Debug, Clone)]
pub struct Own {
    /// Training.
    pub training: i64,
    /// Seat.
    pub seat: Seat,
    /// Dossier for which one comes.
    pub project: i64,
    /// Its title.
    pub title: String,
    /// Days on which one does not come.
    pub skips: Vec<i64>,
    /// People who wait before.
    pub ahead: i64,
    /// Version.
    pub version: i32,
    /// Days that one attended.
    pub attended: Vec<i64>,
}

/// A person's own lines in the trainings of a call.
pub async fn own(conn: &mut PgConnection, call: CallId, account: AccountId) -> sqlx::Result<Vec<Own>> {
    let rows = sqlx::query!(
        r#"select enrolment.training_id, enrolment.status, enrolment.project_id, project.title, enrolment.skips, enrolment.version,
             (select count(*) from enrolment as other
              where other.training_id = enrolment.training_id and other.status = 'waiting' and other.rank < enrolment.rank) as "ahead!",
             array(select session_id from attendance
                   where attendance.training_id = enrolment.training_id and attendance.account_id = enrolment.account_id and state = 'present') as "attended!"
           from enrolment
           join training on training.id = enrolment.training_id
           join project on project.id = enrolment.project_id
           where training.call_id = $1 and enrolment.account_id = $2"#,
        call.get(),
        account.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Own {
            training: row.training_id,
            seat: Seat::parse(&row.status),
            project: row.project_id,
            title: row.title,
            skips: row.skips,
            ahead: row.ahead,
            version: row.version,
            attended: row.attended,
        })
        .collect())
}

/// Dossiers of a call for which a person may come.
pub async fn dossiers(conn: &mut PgConnection, call: CallId, account: AccountId, now: OffsetDateTime) -> sqlx::Result<Vec<(i64, String)>> {
    let rows = sqlx::query!(
        r#"select project.id, project.title
           from carrier_person($3) as person
           join project on project.id = person.project_id
           where person.call_id = $1 and person.account_id = $2
           order by project.number"#,
        call.get(),
        account.get(),
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// Somebody enrolled, or who waits, as a manager reads them.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// Account.
    pub account: i64,
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// Address.
    pub email: String,
    /// Dossier.
    pub project: i64,
    /// Its title; nothing for a reader who stays away from it.
    pub title: Option<String>,
    /// Seat.
    pub seat: Seat,
    /// Days on which they do not come.
    pub skips: Vec<i64>,
    /// Since when.
    pub asked_at: OffsetDateTime,
}

/// Who is enrolled in a training or waits for it, in order of rank; and who came although they gave their seat back.
pub async fn enrolled(conn: &mut PgConnection, training: i64, reader: AccountId) -> sqlx::Result<Vec<Enrolled>> {
    let rows = sqlx::query!(
        r#"select account.id, account.name, account.organisation, account.email, enrolment.project_id, enrolment.status, enrolment.skips, enrolment.asked_at,
             case when not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $2) then project.title end as title
           from enrolment
           join account on account.id = enrolment.account_id
           join project on project.id = enrolment.project_id
           where enrolment.training_id = $1
             and (enrolment.status <> 'withdrawn'
               or exists(select from attendance where attendance.training_id = $1 and attendance.account_id = enrolment.account_id))
           order by enrolment.rank"#,
        training,
        reader.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Enrolled {
            account: row.id,
            name: row.name,
            organisation: row.organisation,
            email: row.email,
            project: row.project_id,
            title: row.title,
            seat: Seat::parse(&row.status),
            skips: row.skips,
            asked_at: row.asked_at,
        })
        .collect())
}

/// What is recorded of a training: day, account, presence.
pub async fn attendance(conn: &mut PgConnection, training: i64) -> sqlx::Result<HashMap<(i64, i64), Presence>> {
    let rows = sqlx::query!("select session_id, account_id, state from attendance where training_id = $1", training).fetch_all(conn).await?;
    Ok(rows.into_iter().filter_map(|row| Some(((row.session_id, row.account_id), Presence::parse(&row.state)?))).collect())
}
