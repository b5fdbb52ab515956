//! Acts on questions, each in its caller's transaction.

use sqlx::PgConnection;
use uuid::Uuid;

use super::store::Published;
use crate::access::{Asker, Participant, QuestionReader};
use crate::journal;
use crate::kit::french::fold;

/// Acts on the questions of a call follow each other; where the same operation already led.
pub async fn lock(conn: &mut PgConnection, person: &Participant, operation: Uuid) -> sqlx::Result<Option<String>> {
    let scope = scope(person);
    sqlx::query!(r#"select pg_advisory_xact_lock(hashtextextended($1, 0)) as "locked?: ()""#, scope).execute(&mut *conn).await?;
    sqlx::query_scalar!("select location from operation where scope = $1 and id = $2", scope, operation).fetch_optional(conn).await
}

fn scope(person: &Participant) -> String {
    format!("questions {}", person.call().id)
}

/// Ends an act: where the same operation leads, and its line in the journal of the call, which says who did what and never the words.
pub async fn done(conn: &mut PgConnection, person: &Participant, (operation, location): (Uuid, &str), (act, number): (&str, i32)) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into operation (scope, id, account_id, location, at) values ($1, $2, $3, $4, $5)",
        scope(person),
        operation,
        person.account().get(),
        location,
        person.now()
    )
    .execute(&mut *conn)
    .await?;
    journal::record_call(conn, person.call().id, person.account(), act, &number.to_string(), person.now()).await
}

/// Asks a question for a dossier: its id, its number, its first message.
pub async fn ask(conn: &mut PgConnection, asker: &Asker, project: i64, (subject, text): (&str, &str)) -> sqlx::Result<(i64, i32, i64)> {
    let row = sqlx::query!(
        "insert into question (call_id, number, project_id, account_id, subject, asked_at)
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 from question where call_id = $1
         returning id, number",
        asker.call().id.get(),
        project,
        asker.account().get(),
        subject,
        asker.now()
    )
    .fetch_one(&mut *conn)
    .await?;
    let message = say(conn, asker, (row.id, "asker", subject), text).await?;
    Ok((row.id, row.number, message))
}

/// Writes a message of a question; its id.
pub async fn say(conn: &mut PgConnection, person: &Participant, (question, side, subject): (i64, &str, &str), text: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "with awaited as (
           update question set closed_at = null where id = $1 and $3 = 'asker'
         )
         insert into question_message (question_id, account_id, side, text, folded, at) values ($1, $2, $3, $4, $5, $6) returning id",
        question,
        person.account().get(),
        side,
        text,
        fold(&format!("{subject} {text}")),
        person.now()
    )
    .fetch_one(conn)
    .await
}

/// Says that nothing more is awaited.
pub async fn close(conn: &mut PgConnection, reader: &QuestionReader) -> sqlx::Result<()> {
    sqlx::query!("update question set closed_at = coalesce(closed_at, $2) where id = $1", reader.head().id, reader.now()).execute(conn).await?;
    Ok(())
}

/// Publishes a question with its answer, or other words of it, from the version seen; false when somebody was faster.
pub async fn publish(conn: &mut PgConnection, reader: &QuestionReader, seen: i32, said: &Published) -> sqlx::Result<bool> {
    let written = sqlx::query!(
        "insert into public_answer as held (question_id, question, answer, published_at, published_by) values ($1, $2, $3, $4, $5)
         on conflict (question_id) do update
           set question = excluded.question, answer = excluded.answer, published_by = excluded.published_by, version = held.version + 1,
               published_at = case when held.withdrawn_at is null then held.published_at else excluded.published_at end, withdrawn_at = null
           where held.version = $6",
        reader.head().id,
        said.question,
        said.answer,
        reader.now(),
        reader.account().get(),
        seen
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Takes a published question off the page of the call.
pub async fn withdraw(conn: &mut PgConnection, reader: &QuestionReader) -> sqlx::Result<bool> {
    let written = sqlx::query!(
        "update public_answer set withdrawn_at = $2, version = version + 1 where question_id = $1 and withdrawn_at is null",
        reader.head().id,
        reader.now()
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}
