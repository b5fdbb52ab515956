//! Statements of the nomenclatures: their changes, never changed themselves.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::lists::{List, Record};
use super::tables::Latest;
use crate::kit::ids::AccountId;

/// The last change of each entry, and the last of all.
#[derive(Debug, Default)]
pub struct Changes {
    /// Number of the last change; zero without any.
    pub version: i64,
    /// Entries changed.
    pub latest: Latest,
}

/// Number of the last change.
pub async fn version(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"select coalesce(max(id), 0) as "version!" from nomenclature_edit"#).fetch_one(conn).await
}

/// The last change of each entry.
pub async fn latest(conn: &mut PgConnection) -> sqlx::Result<Changes> {
    let rows =
        sqlx::query!(r#"select distinct on (list, key) id, list, key, record from nomenclature_edit order by list, key, version desc"#).fetch_all(conn).await?;
    let version = rows.iter().map(|row| row.id).max().unwrap_or(0);
    let latest = rows.into_iter().filter_map(|row| Some(((List::stored(&row.list)?.table, row.key), row.record))).collect();
    Ok(Changes { version, latest })
}

/// Changes follow each other: each is checked against all those before it.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!(r#"select pg_advisory_xact_lock(hashtextextended('nomenclatures', 0)) as "locked?: ()""#).execute(conn).await?;
    Ok(())
}

/// Who changes entries, why and when.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// An expert; nobody for a command of the operator.
    pub account: Option<AccountId>,
    /// Why.
    pub reason: &'a str,
    /// The import that it is part of.
    pub batch: Option<Uuid>,
    /// When.
    pub at: OffsetDateTime,
}

/// Adds a change of an entry, under the lock.
pub async fn append(conn: &mut PgConnection, list: &List, (key, record): (&str, Option<&Record>), act: &Act<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into nomenclature_edit (list, key, version, record, account_id, reason, batch, at)
         select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7
         from nomenclature_edit
         where list = $1 and key = $2",
        list.stored,
        key,
        record.map(Vec::as_slice),
        act.account.map(AccountId::get),
        act.reason,
        act.batch,
        act.at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A change, as its history tells it.
#[derive(Debug, Clone)]
pub struct Past {
    /// Number.
    pub id: i64,
    /// List, as kept.
    pub list: String,
    /// Entry.
    pub key: String,
    /// Its version.
    pub version: i32,
    /// The whole entry; none when it was withdrawn.
    pub record: Option<Record>,
    /// What it was before; none for the first change, or after a withdrawal.
    pub former: Option<Record>,
    /// Name of the expert.
    pub name: Option<String>,
    /// Why.
    pub reason: String,
    /// The import that it is part of.
    pub batch: Option<Uuid>,
    /// When.
    pub at: OffsetDateTime,
}

/// What a history is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// List, as kept.
    pub list: Option<&'a str>,
    /// Entry of that list.
    pub key: Option<&'a str>,
    /// Before that change.
    pub before: Option<i64>,
}

/// Changes, the last first.
pub async fn history(conn: &mut PgConnection, asked: Asked<'_>, limit: i64) -> sqlx::Result<Vec<Past>> {
    sqlx::query_as!(
        Past,
        r#"select edit.id, edit.list, edit.key, edit.version, edit.record, former.record as "former?", account.name as "name?", edit.reason, edit.batch, edit.at
         from nomenclature_edit as edit
         left join nomenclature_edit as former on former.list = edit.list and former.key = edit.key and former.version = edit.version - 1
         left join account on account.id = edit.account_id
         where ($1::text is null or edit.list = $1) and ($2::text is null or edit.key = $2) and ($3::bigint is null or edit.id < $3)
         order by edit.id desc
         limit $4"#,
        asked.list,
        asked.key,
        asked.before,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Version of an entry: how many times it was changed.
pub async fn entry_version(conn: &mut PgConnection, list: &List, key: &str) -> sqlx::Result<i32> {
    sqlx::query_scalar!(r#"select coalesce(max(version), 0) as "version!" from nomenclature_edit where list = $1 and key = $2"#, list.stored, key)
        .fetch_one(conn)
        .await
}

/// Where an operation already led.
pub async fn done(conn: &mut PgConnection, operation: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select location from operation where scope = 'nomenclature' and id = $1", operation).fetch_optional(conn).await
}

/// Where the same operation leads when it is sent again.
pub async fn remember(conn: &mut PgConnection, operation: Uuid, account: AccountId, location: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("insert into operation (scope, id, account_id, location, at) values ('nomenclature', $1, $2, $3, $4)", operation, account.get(), location, at)
        .execute(conn)
        .await?;
    Ok(())
}

/// What an entry held after that change; nothing when it withdrew it.
pub async fn record(conn: &mut PgConnection, list: &List, key: &str, id: i64) -> sqlx::Result<Option<Record>> {
    let found =
        sqlx::query_scalar!("select record from nomenclature_edit where list = $1 and key = $2 and id = $3", list.stored, key, id).fetch_optional(conn).await?;
    Ok(found.flatten())
}
