//! Statements of requests for correction.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{ProjectInstructor, ProjectWriter, Status};
use crate::error::AppError;
use crate::framework::aims::Aim;
use crate::instruction::store::walk;
use crate::kit::ids::{AccountId, ProjectId, SubmissionId};
use crate::submission::store::Kept;

/// What the carrier answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub by: String,
    /// With what words.
    pub text: String,
    /// The deposit that it made.
    pub submission: SubmissionId,
    /// Its number: "2015-04-3".
    pub reference: String,
}

/// How it ended.
#[derive(Debug, Clone)]
pub struct Closed {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub by: String,
    /// "accepted", "insufficient" or "cancelled".
    pub outcome: String,
    /// With what words.
    pub text: String,
}

/// A request for correction.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Id.
    pub id: i64,
    /// Number within the dossier.
    pub number: i32,
    /// The deposit on which it was asked.
    pub submission: SubmissionId,
    /// Its number.
    pub reference: String,
    /// What is asked.
    pub message: String,
    /// Due instant, exclusive.
    pub due_at: OffsetDateTime,
    /// Who asked.
    pub account: AccountId,
    /// Their name.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
    /// What it aims at.
    pub aims: Vec<Aim>,
    /// Answer.
    pub answered: Option<Answered>,
    /// End.
    pub closed: Option<Closed>,
    /// Version.
    pub version: i32,
}

/// Requests of a dossier, the last first.
pub async fn list(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<Correction>, AppError> {
    let rows = sqlx::query!(
        r#"select correction.id, correction.number, correction.submission_id, asked_on.reference, message, due_at, correction.account_id, asker.name as by,
             correction.at, answered_at, answerer.name as "answerer?", answer, answer_submission_id, answering.reference as "answering?",
             closed_at, closer.name as "closer?", outcome, closing, correction.version,
             (select coalesce(json_agg(json_build_array(aim.kind, aim.row, aim.item) order by aim.kind, aim.row, aim.item), '[]')::text
              from correction_aim as aim where aim.correction_id = correction.id) as "aims!"
         from correction
         join submission as asked_on on asked_on.id = correction.submission_id
         join account as asker on asker.id = correction.account_id
         left join account as answerer on answerer.id = correction.answered_by
         left join submission as answering on answering.id = correction.answer_submission_id
         left join account as closer on closer.id = correction.closed_by
         where correction.project_id = $1
         order by correction.number desc"#,
        project.get()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let aims: Vec<(String, Uuid, String)> = serde_json::from_str(&row.aims).map_err(anyhow::Error::from)?;
            let answered = row.answered_at.zip(row.answer_submission_id).map(|(at, submission)| Answered {
                at,
                by: row.answerer.unwrap_or_default(),
                text: row.answer,
                submission: SubmissionId(submission),
                reference: row.answering.unwrap_or_default(),
            });
            let closed = row.closed_at.zip(row.outcome).map(|(at, outcome)| Closed { at, by: row.closer.unwrap_or_default(), outcome, text: row.closing });
            Ok(Correction {
                id: row.id,
                number: row.number,
                submission: SubmissionId(row.submission_id),
                reference: row.reference,
                message: row.message,
                due_at: row.due_at,
                account: AccountId(row.account_id),
                by: row.by,
                at: row.at,
                aims: aims.into_iter().map(|(kind, row, item)| Aim { kind, row, item }).collect(),
                answered,
                closed,
                version: row.version,
            })
        })
        .collect()
}

/// One request of a dossier, by its number.
pub async fn find(conn: &mut PgConnection, project: ProjectId, number: i64) -> Result<Correction, AppError> {
    list(conn, project).await?.into_iter().find(|held| i64::from(held.number) == number).ok_or(AppError::NotFound)
}

/// Requests that wait for an answer, past due ones included, the first due first.
pub async fn awaited(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<Correction>, AppError> {
    let mut awaited = list(conn, project).await?;
    awaited.retain(Correction::is_awaited);
    awaited.sort_by_key(|held| (held.due_at, held.number));
    Ok(awaited)
}

/// What a new request says.
#[derive(Debug)]
pub struct Request<'a> {
    /// What it aims at.
    pub aims: &'a [Aim],
    /// Message.
    pub message: &'a str,
    /// Due instant.
    pub due_at: OffsetDateTime,
}

/// Writes a request under the dossier's lock, and moves the dossier; its id and number.
pub async fn ask(conn: &mut PgConnection, instructor: &ProjectInstructor, status: Status, request: &Request<'_>) -> sqlx::Result<(i64, i32)> {
    let project = instructor.project();
    // The dossier comes back to where it was before the first of the requests that run.
    let row = sqlx::query!(
        "insert into correction (project_id, number, submission_id, resumes, message, due_at, account_id, at)
         select project.id, coalesce((select max(number) from correction where project_id = $1), 0) + 1, project.submission_id,
           coalesce((select resumes from correction where project_id = $1 and answered_at is null and closed_at is null order by number limit 1), $2),
           $3, $4, $5, $6
         from project
         where project.id = $1
         returning id, number",
        project.get(),
        status.as_str(),
        request.message,
        request.due_at,
        instructor.account().get(),
        instructor.now()
    )
    .fetch_one(&mut *conn)
    .await?;
    let kinds: Vec<String> = request.aims.iter().map(|aim| aim.kind.clone()).collect();
    let rows: Vec<Uuid> = request.aims.iter().map(|aim| aim.row).collect();
    let items: Vec<String> = request.aims.iter().map(|aim| aim.item.clone()).collect();
    sqlx::query!(
        "insert into correction_aim (correction_id, kind, row, item)
         select $1, aim.kind, aim.row, aim.item from unnest($2::text[], $3::uuid[], $4::text[]) as aim(kind, row, item)
         on conflict do nothing",
        row.id,
        &kinds,
        &rows,
        &items
    )
    .execute(&mut *conn)
    .await?;
    if status != Status::ChangesRequested {
        walk(conn, project, Status::ChangesRequested).await?;
    }
    Ok((row.id, row.number))
}

/// Brings the dossier back to where it was, once no request waits for an answer any more.
async fn resume(conn: &mut PgConnection, project: ProjectId, correction: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "update project set status = (select resumes from correction where id = $2)
         where id = $1 and status = 'changes_requested'
           and not exists(select from correction where project_id = $1 and answered_at is null and closed_at is null)",
        project.get(),
        correction
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the answer under the dossier's lock; reviews not begun judge the new deposit.
pub async fn answer(conn: &mut PgConnection, writer: &ProjectWriter, correction: &Correction, (kept, text): (&Kept, &str)) -> sqlx::Result<()> {
    sqlx::query!(
        "update correction set answered_at = $2, answered_by = $3, answer = $4, answer_submission_id = $5, version = version + 1 where id = $1",
        correction.id,
        writer.now(),
        writer.account().get(),
        text,
        kept.id.get()
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update review set submission_id = $2 where project_id = $1 and status = 'not_started' and submission_id is not null",
        writer.project().get(),
        kept.id.get()
    )
    .execute(&mut *conn)
    .await?;
    resume(conn, writer.project(), correction.id).await
}

/// A change of the due instant of a request.
#[derive(Debug)]
pub struct Delay {
    /// Due instant before.
    pub old: OffsetDateTime,
    /// Due instant after.
    pub new: OffsetDateTime,
    /// Reason.
    pub reason: String,
    /// Who changed it.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
}

/// Changes of the due instant of a request, the first first.
pub async fn delays(conn: &mut PgConnection, correction: &Correction) -> sqlx::Result<Vec<Delay>> {
    sqlx::query_as!(
        Delay,
        "select old_due_at as old, new_due_at as new, reason, account.name as by, at
         from correction_delay
         join account on account.id = correction_delay.account_id
         where correction_id = $1
         order by correction_delay.id",
        correction.id
    )
    .fetch_all(conn)
    .await
}

/// Gives a request another due instant under the dossier's lock, with a trace; its reminder leaves again. Returns the trace.
pub async fn delay(
    conn: &mut PgConnection,
    instructor: &ProjectInstructor,
    correction: &Correction,
    (due_at, reason): (OffsetDateTime, &str),
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "with moved as (
           update correction set due_at = $2, reminded_at = null, lapsed_at = null, version = version + 1 where id = $1
         )
         insert into correction_delay (correction_id, old_due_at, new_due_at, reason, account_id, at) values ($1, $3, $2, $4, $5, $6)
         returning id",
        correction.id,
        due_at,
        correction.due_at,
        reason,
        instructor.account().get(),
        instructor.now()
    )
    .fetch_one(conn)
    .await
}

/// Closes a request under the dossier's lock.
pub async fn close(conn: &mut PgConnection, instructor: &ProjectInstructor, correction: &Correction, (outcome, text): (&str, &str)) -> sqlx::Result<()> {
    sqlx::query!(
        "update correction set closed_at = $2, closed_by = $3, outcome = $4, closing = $5, version = version + 1 where id = $1",
        correction.id,
        instructor.now(),
        instructor.account().get(),
        outcome,
        text
    )
    .execute(&mut *conn)
    .await?;
    resume(conn, instructor.project(), correction.id).await
}
