//! Statements about threads: what they hold, what waits, what was read. Rights are in each of them.

use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{Dossier, Thread, ThreadReader};
use crate::error::AppError;
use crate::kit::ids::{AccountId, ProjectId};

/// A thread that somebody reads, as the dossier's page lists it.
#[derive(Debug, Clone)]
pub struct Line {
    /// Thread.
    pub thread: Thread,
    /// Messages that it holds.
    pub messages: i32,
    /// Instant of the last.
    pub last_at: Option<OffsetDateTime>,
    /// Messages that wait for the reader.
    pub unread: i32,
}

/// The threads of a dossier that this person reads, in one statement.
pub async fn lines(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select reader.thread as "thread!", coalesce(state.messages, 0) as "messages!", state.last_at as "last_at?", coalesce(waiting.unread, 0) as "unread!"
         from thread_reader($3) as reader
         left join thread_state as state on state.project_id = reader.project_id and state.thread = reader.thread and state.messages > 0
         left join thread_unread as waiting
           on waiting.project_id = reader.project_id and waiting.thread = reader.thread and waiting.account_id = reader.account_id
         where reader.project_id = $1 and reader.account_id = $2"#,
        dossier.project().get(),
        dossier.account().get(),
        dossier.now()
    )
    .fetch_all(conn)
    .await?;
    let line = |thread: Thread| {
        let row = rows.iter().find(|row| row.thread == thread.as_str())?;
        Some(Line { thread, messages: row.messages, last_at: row.last_at, unread: row.unread })
    };
    Ok(Thread::ALL.into_iter().filter_map(line).collect())
}

/// A file of a message.
#[derive(Debug, Clone, Deserialize)]
pub struct File {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Size.
    pub size: i64,
}

/// A message of a thread.
#[derive(Debug)]
pub struct Said {
    /// Its number.
    pub id: i64,
    /// Author.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
    /// On whose side they stood.
    pub side: String,
    /// Text; empty once taken back.
    pub text: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// Last wording.
    pub edited_at: Option<OffsetDateTime>,
    /// When it was taken back.
    pub removed_at: Option<OffsetDateTime>,
    /// Version.
    pub version: i32,
    /// The reader had not read it.
    pub is_unread: bool,
    /// It was sent to many dossiers.
    pub is_grouped: bool,
    /// Files.
    pub files: Vec<File>,
    /// Names of who read it, each with when, in seconds; of who did not yet.
    pub receipts: Vec<(String, Option<i64>)>,
    /// Names of those whose mail the other side refused: told to the author alone.
    pub refused: Vec<String>,
}

/// Which messages of a thread.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Only those before that one.
    pub before: Option<i64>,
    /// Only those after that one, the oldest first.
    pub after: Option<i64>,
    /// Around that one.
    pub around: Option<i64>,
    /// At most as many.
    pub most: i64,
}

/// Messages of a thread, the oldest first, in one statement.
pub async fn messages(conn: &mut PgConnection, reader: &ThreadReader, window: Window) -> Result<Vec<Said>, AppError> {
    let with_receipts = crate::access::policy::read_receipts(reader.thread());
    let rows = sqlx::query!(
        r#"select message.id, message.account_id, author.name, author.organisation, message.side, message.text, message.created_at, message.edited_at,
             message.removed_at, message.version, message.group_id is not null as "is_grouped!",
             exists(select from message_receipt as mine where mine.message_id = message.id and mine.account_id = $3 and mine.read_at is null) as "is_unread!",
             (select coalesce(json_agg(json_build_object('id', file.id, 'name', file.name, 'size', file.size) order by file.id), '[]')::text
              from message_file as file where file.message_id = message.id and message.removed_at is null) as "files!",
             (select coalesce(json_agg(json_build_array(account.name, floor(extract(epoch from receipt.read_at))::bigint) order by receipt.read_at, account.name), '[]')::text
              from message_receipt as receipt join account on account.id = receipt.account_id
              where $7 and receipt.message_id = message.id) as "receipts!",
             array(select coalesce(account.name, mail.recipient) from mail left join account on account.id = mail.account_id
                   where message.account_id = $3 and mail.message_id = message.id and mail.bounced_at is not null order by 1) as "refused!"
         from (select * from message as held
               where held.project_id = $1 and held.thread = $2
                 and held.id < coalesce($4::bigint, 9223372036854775807)
                 and held.id > coalesce($5::bigint, 0)
                 and held.id <= coalesce((select next.id from message as next where next.project_id = $1 and next.thread = $2 and next.id > $6
                                          order by next.id limit 1 offset 9), 9223372036854775807)
               order by case when $5::bigint is null then held.id end desc, case when $5::bigint is not null then held.id end
               limit $8) as message
         join account as author on author.id = message.account_id
         order by message.id"#,
        reader.project().get(),
        reader.thread().as_str(),
        reader.account().get(),
        window.before,
        window.after,
        window.around,
        with_receipts,
        window.most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Said {
                id: row.id,
                account: AccountId(row.account_id),
                name: row.name,
                organisation: row.organisation,
                side: row.side,
                text: row.text,
                created_at: row.created_at,
                edited_at: row.edited_at,
                removed_at: row.removed_at,
                version: row.version,
                is_unread: row.is_unread,
                is_grouped: row.is_grouped,
                files: serde_json::from_str(&row.files).map_err(anyhow::Error::from)?,
                receipts: serde_json::from_str(&row.receipts).map_err(anyhow::Error::from)?,
                refused: row.refused,
            })
        })
        .collect()
}

/// Is there a message before, and after, those two?
pub async fn around(conn: &mut PgConnection, reader: &ThreadReader, (first, last): (i64, i64)) -> sqlx::Result<(bool, bool)> {
    let row = sqlx::query!(
        r#"select exists(select from message where project_id = $1 and thread = $2 and id < $3) as "before!",
             exists(select from message where project_id = $1 and thread = $2 and id > $4) as "after!""#,
        reader.project().get(),
        reader.thread().as_str(),
        first,
        last
    )
    .fetch_one(conn)
    .await?;
    Ok((row.before, row.after))
}

/// Those messages are read: receipts and the kept count, in one statement.
pub async fn read(conn: &mut PgConnection, reader: &ThreadReader, ids: &[i64]) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "with seen as (
           update message_receipt set read_at = $4
           where account_id = $3 and read_at is null and message_id = any($5)
           returning message_id
         )
         update thread_unread set unread = unread - (select count(*) from seen)::integer
         where account_id = $3 and project_id = $1 and thread = $2 and exists(select from seen)",
        reader.project().get(),
        reader.thread().as_str(),
        reader.account().get(),
        reader.now(),
        ids
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// A message by its number in a dossier, whoever reads it.
#[derive(Debug)]
pub struct Held {
    /// Its number.
    pub id: i64,
    /// Thread.
    pub thread: Thread,
    /// Author.
    pub account: AccountId,
    /// Text.
    pub text: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// Taken back.
    pub is_removed: bool,
    /// Version.
    pub version: i32,
}

/// The message of that number in that dossier; nothing for a number of another.
pub async fn find(conn: &mut PgConnection, project: ProjectId, number: i64) -> sqlx::Result<Option<Held>> {
    let row = sqlx::query!(
        r#"select id, thread, account_id, text, created_at, removed_at is not null as "is_removed!", version from message where id = $1 and project_id = $2"#,
        number,
        project.get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| {
        Some(Held {
            id: row.id,
            thread: Thread::parse(&row.thread)?,
            account: AccountId(row.account_id),
            text: row.text,
            created_at: row.created_at,
            is_removed: row.is_removed,
            version: row.version,
        })
    }))
}

/// A stored file of a message that still says something: name, type, size, and its own name on the disk.
pub async fn file(conn: &mut PgConnection, message: i64, id: Uuid) -> sqlx::Result<Option<(String, String, i64, String)>> {
    let row = sqlx::query!(
        "select file.name, mime, size, file from message_file as file join message on message.id = file.message_id
         where file.id = $2 and message.id = $1 and message.removed_at is null",
        message,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.name, row.mime, row.size, row.file)))
}
