//! Next steps as they are kept: one about a dossier is told only to who follows it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::model::Meeting;
use super::reminders::NEAR;
use crate::access::{BoardReader, CallManager};
use crate::app::App;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::kit::moment;
use crate::mail::meeting::{self as texts, Turn};
use crate::mail::{self, Mail, Origin};

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

/// May that person know of a next step about that dossier?
pub async fn follows(conn: &mut PgConnection, account: i64, project: Option<i64>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select not exists(select from kept_away where kept_away.project_id = $2 and kept_away.account_id = $1) as "follows!""#,
        account,
        project
    )
    .fetch_one(conn)
    .await
}

/// Tells whoever is in charge of a next step, when they still come to the committee and may know of its dossier; once each time.
pub async fn tell(conn: &mut PgConnection, app: &App, task: i64, turn: Turn, by: Option<AccountId>) -> sqlx::Result<()> {
    let row = sqlx::query!(
        "select task.due_on, task.project_id, account.id, account.email, meeting.number, call.slug, call.short_title, call.edition
         from meeting_task as task
         join meeting on meeting.id = task.meeting_id
         join call on call.id = meeting.call_id
         join account on account.id = task.account_id and account.disabled_at is null
         where task.id = $1
           and exists(select from call_role as held
                      where held.call_id = call.id and held.account_id = account.id and held.role in ('manager', 'committee'))
           and not exists(select from kept_away where kept_away.project_id = task.project_id and kept_away.account_id = account.id)",
        task
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let call = format!("{} {}", row.short_title, row.edition);
    let (subject, body) = texts::task(app, (row.number, &call, &row.slug), row.due_on, turn);
    let key = format!("task {task} {turn:?}");
    let kind = if turn == Turn::Given { "task" } else { "task_reminder" };
    let origin = Origin { sender: by, project: row.project_id.map(ProjectId), ..Origin::default() };
    mail::queue_from(conn, &Mail { kind, recipient: &row.email, subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await
}

/// Adds a next step, and tells whoever is in charge of it. One whose day is near is not reminded besides.
pub async fn add_task(conn: &mut PgConnection, app: &App, manager: &CallManager, meeting: &Meeting, task: (&str, i64, Date, Option<i64>)) -> sqlx::Result<()> {
    let (text, account, due_on, project) = task;
    let is_near = due_on <= moment::paris_parts(manager.now()).0.saturating_add(NEAR);
    let id = sqlx::query_scalar!(
        "insert into meeting_task (meeting_id, project_id, text, account_id, due_on, created_by, created_at, reminded_at)
         values ($1, $2, $3, $4, $5, $6, $7, case when $8 then $7::timestamptz end)
         returning id",
        meeting.id,
        project,
        text,
        account,
        due_on,
        manager.account().get(),
        manager.now(),
        is_near
    )
    .fetch_one(&mut *conn)
    .await?;
    if account == manager.account().get() {
        return Ok(());
    }
    tell(conn, app, id, Turn::Given, Some(manager.account())).await
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
