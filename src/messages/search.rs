//! Search in the threads that somebody reads, of a dossier or of a call: the right is in the statement.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::kit::ids::{AccountId, CallId, ProjectId};

/// Whose threads are searched.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// One dossier.
    Project(ProjectId),
    /// Dossiers of a call that one manages.
    Call(CallId),
}

/// A message found.
#[derive(Debug)]
pub struct Found {
    /// Its number.
    pub id: i64,
    /// Dossier.
    pub project: ProjectId,
    /// Its title.
    pub title: String,
    /// Thread.
    pub thread: String,
    /// Author.
    pub name: String,
    /// Text.
    pub text: String,
    /// When.
    pub created_at: OffsetDateTime,
}

/// Messages that hold those words, accents and capitals aside, among what that person reads; the newest first.
pub async fn search(
    conn: &mut PgConnection,
    (account, now): (AccountId, OffsetDateTime),
    scope: Scope,
    (words, before): (&str, Option<i64>),
    most: i64,
) -> sqlx::Result<Vec<Found>> {
    let (project, call) = match scope {
        Scope::Project(project) => (Some(project.get()), None),
        Scope::Call(call) => (None, Some(call.get())),
    };
    sqlx::query_as!(
        Found,
        r#"select message.id, project.id as "project: ProjectId", project.title, message.thread, author.name, message.text, message.created_at
         from thread_reader($2) as reader
         join message on message.project_id = reader.project_id and message.thread = reader.thread
         join project on project.id = message.project_id
         join account as author on author.id = message.account_id
         where reader.account_id = $1
           and ($3::bigint is null or project.id = $3)
           and ($4::bigint is null or (project.call_id = $4 and reader.side = 'manager'))
           and message.removed_at is null and position($5 in message.folded) > 0
           and message.id < $6
         order by message.id desc
         limit $7"#,
        account.get(),
        now,
        project,
        call,
        words,
        before.unwrap_or(i64::MAX),
        most
    )
    .fetch_all(conn)
    .await
}
