//! Statements that write in a thread, under the dossier's lock: posting, wording again, taking back. Kept counts follow in each.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::access::Thread;
use crate::kit::french::fold;
use crate::kit::ids::{AccountId, ProjectId};
use crate::project::files::Received;

/// How long a message may be worded again by its author.
pub const WORDING: Duration = Duration::minutes(15);

/// A message to post.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Dossier.
    pub project: ProjectId,
    /// Thread.
    pub thread: Thread,
    /// Author.
    pub by: AccountId,
    /// Text.
    pub text: &'a str,
    /// When.
    pub at: OffsetDateTime,
    /// The grouped message that it is part of.
    pub group: Option<i64>,
}

/// Posts a message: the right is restated, each reader receives it, the kept counts grow. Its number; nothing for who may not write.
pub async fn post(conn: &mut PgConnection, new: &New<'_>) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        r#"with me as (
           select side from thread_reader($4) as reader
           where reader.project_id = $1 and reader.thread = $2 and reader.account_id = $3 and reader.writes
         ), posted as (
           insert into message (project_id, thread, account_id, side, text, folded, created_at, group_id)
           select $1, $2, $3, me.side, $5, $6, $4, $7 from me
           returning id, side
         ), given as (
           insert into message_receipt (message_id, account_id)
           select posted.id, reader.account_id
           from posted
           join thread_reader($4) as reader on reader.project_id = $1 and reader.thread = $2 and reader.account_id <> $3
           join account on account.id = reader.account_id and account.disabled_at is null
           returning account_id
         ), waiting as (
           insert into thread_unread (project_id, thread, account_id, unread)
           select $1, $2, given.account_id, 1 from given order by given.account_id
           on conflict (account_id, project_id, thread) do update set unread = thread_unread.unread + 1
         )
         insert into thread_state (project_id, thread, messages, last_id, last_at, last_side)
         select $1, $2, 1, posted.id, $4, posted.side from posted
         on conflict (project_id, thread) do update
           set messages = thread_state.messages + 1, last_id = excluded.last_id, last_at = excluded.last_at, last_side = excluded.last_side
         returning last_id"#,
        new.project.get(),
        new.thread.as_str(),
        new.by.get(),
        new.at,
        new.text,
        fold(new.text),
        new.group
    )
    .fetch_optional(conn)
    .await
}

/// Joins received files to a message just posted.
pub async fn attach(conn: &mut PgConnection, message: i64, files: &[Received]) -> sqlx::Result<()> {
    for file in files {
        sqlx::query!(
            "insert into message_file (id, message_id, name, mime, size, sha256, file) values ($1, $2, $3, $4, $5, $6, $7)",
            Uuid::now_v7(),
            message,
            file.name,
            file.mime,
            i64::try_from(file.size).unwrap_or(i64::MAX),
            file.digest,
            file.file
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Its author words a message again, within some minutes; false when it changed meanwhile, or too late.
pub async fn edit(conn: &mut PgConnection, (number, version): (i64, i32), (by, text): (AccountId, &str), now: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update message set text = $4, folded = $5, edited_at = $6, version = version + 1
         where id = $1 and version = $2 and account_id = $3 and removed_at is null and created_at > $7",
        number,
        version,
        by.get(),
        text,
        fold(text),
        now,
        now - WORDING
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Its author takes a message back: its text and files go, its place and who had read it stay; it waits for nobody any more.
pub async fn remove(conn: &mut PgConnection, number: i64, by: AccountId, now: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "with gone as (
           update message set text = '', folded = '', removed_at = $3, version = version + 1
           where id = $1 and account_id = $2 and removed_at is null
           returning id, project_id, thread
         ), emptied as (
           delete from message_file where message_id in (select id from gone)
         ), spared as (
           delete from message_receipt where message_id in (select id from gone) and read_at is null
           returning account_id
         ), less as (
           update thread_unread as waiting set unread = waiting.unread - 1
           from gone, spared
           where waiting.account_id = spared.account_id and waiting.project_id = gone.project_id and waiting.thread = gone.thread
         )
         update thread_state as state
         set messages = state.messages - 1,
             last_id = coalesce(last.id, state.last_id), last_at = coalesce(last.created_at, state.last_at), last_side = coalesce(last.side, state.last_side)
         from gone
         left join lateral (
           select held.id, held.created_at, held.side from message as held
           where held.project_id = gone.project_id and held.thread = gone.thread and held.removed_at is null and held.id <> gone.id
           order by held.id desc limit 1) as last on true
         where state.project_id = gone.project_id and state.thread = gone.thread",
        number,
        by.get(),
        now
    )
    .execute(&mut *conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A message taken back is told to nobody any more: mails that did not leave never will, notices that wait do not.
pub async fn hush(conn: &mut PgConnection, number: i64, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "with dropped as (
           update mail set dropped_at = $2 where message_id = $1 and sent_at is null and failed_at is null and dropped_at is null
         )
         update notice set read_at = $2 where read_at is null and key like 'message ' || $1::bigint::text || ' %'",
        number,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
