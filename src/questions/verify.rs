//! Invariants of the questions, for `trame check`.

use sqlx::PgConnection;

/// How many questions, and what is wrong: each begins with a message of who asked; what was read and published is of it.
pub async fn verify(conn: &mut PgConnection) -> sqlx::Result<(usize, Vec<String>)> {
    let count = sqlx::query_scalar!(r#"select count(*) as "n!" from question"#).fetch_one(&mut *conn).await?;
    let wrong = sqlx::query_scalar!(
        r#"select question.id as "id!" from question
           where not exists(select from question_message as first where first.question_id = question.id and first.side = 'asker')
              or exists(select from question_message as said where said.question_id = question.id and (said.side = 'asker') <> (said.account_id = question.account_id))
              or exists(select from question_read as mine join question_message as said on said.id = mine.message_id
                        where mine.question_id = question.id and said.question_id <> question.id)
              or not exists(select from project where project.id = question.project_id and project.call_id = question.call_id)
           order by question.id"#
    )
    .fetch_all(conn)
    .await?;
    let faults = wrong.into_iter().map(|id| format!("question {id} : ses messages ne concordent pas")).collect();
    Ok((usize::try_from(count).unwrap_or(0), faults))
}
