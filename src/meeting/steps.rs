//! Next steps as they are kept: one about a dossier is told only to who follows it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::model::Meeting;
use crate::access::{BoardReader, CallManager};
use crate::kit::ids::{AccountId, CallId};

/// A next step.
#[derive(Debug, Clone)]
pub struct Task {
    /// Id.
    pub id: i64,
    /// Number of its meeting.
    pub meeting: i32,
    /// What is to be done.
    pub text: String,
    /// Who does it.
    pub account: i64,
    /// Their name.
    pub name: String,
    /// By when.
    pub due_on: Date,
    /// Done.
    pub done_at: Option<OffsetDateTime>,
    /// Title of the dossier that it is about.
    pub title: Option<String>,
}

/// Next steps of a call that a person may read, those of one meeting or all; to be done first, the nearest day first.
pub async fn tasks(conn: &mut PgConnection, call: CallId, meeting: Option<i64>, account: AccountId) -> sqlx::Result<Vec<Task>> {
    sqlx::query_as!(
        Task,
        r#"select task.id, meeting.number as meeting, task.text, task.account_id as account, account.name, task.due_on, task.done_at, project.title as "title?"
           from meeting_task as task
           join meeting on meeting.id = task.meeting_id
           join account on account.id = task.account_id
           left join project on project.id = task.project_id
           where meeting.call_id = $1 and meeting.id = coalesce($2, meeting.id)
             and not exists(select from kept_away where kept_away.project_id = task.project_id and kept_away.account_id = $3)
           order by task.done_at is not null, task.due_on, task.id
           limit 200"#,
        call.get(),
        meeting,
        account.get()
    )
    .fetch_all(conn)
    .await
}

/// Adds a next step.
pub async fn add_task(conn: &mut PgConnection, manager: &CallManager, meeting: &Meeting, task: (&str, i64, Date, Option<i64>)) -> sqlx::Result<()> {
    let (text, account, due_on, project) = task;
    sqlx::query!(
        "insert into meeting_task (meeting_id, project_id, text, account_id, due_on, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        meeting.id,
        project,
        text,
        account,
        due_on,
        manager.account().get(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that a next step is done, or is to be done again: who does it, or a manager. False when it is neither's.
pub async fn finish_task(conn: &mut PgConnection, reader: &BoardReader, task: i64, is_done: bool) -> sqlx::Result<bool> {
    let written = sqlx::query!(
        "update meeting_task as task set done_at = case when $4 then $5::timestamptz end
         from meeting
         where task.id = $1 and meeting.id = task.meeting_id and meeting.call_id = $2 and (task.account_id = $3 or $6)
           and not exists(select from kept_away where kept_away.project_id = task.project_id and kept_away.account_id = $3)",
        task,
        reader.call().id.get(),
        reader.account().get(),
        is_done,
        reader.now(),
        reader.call().is_manager
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}
