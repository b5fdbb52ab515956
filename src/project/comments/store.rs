//! Statements about comments. Those that write ask for the proof that the person comments that part.

use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::place::Anchor;
use crate::access::PartCommenter;
use crate::error::AppError;
use crate::kit::ids::{AccountId, ProjectId};

/// A comment, with what its thread says.
#[derive(Debug, Deserialize)]
pub struct Said {
    /// Its number.
    pub id: i64,
    /// Number of its thread: its own when it opens one.
    pub thread: i64,
    /// Kind of the unit that it stands on.
    pub kind: String,
    /// Row; nil for a section.
    pub row: Uuid,
    /// Item.
    pub item: String,
    /// Author.
    pub account: i64,
    /// Their name.
    pub name: String,
    /// Text; empty once removed.
    pub text: String,
    /// Version.
    pub version: i32,
    /// Instants, in seconds.
    pub created: i64,
    /// Last edition.
    pub edited: Option<i64>,
    /// When the thread was resolved.
    pub resolved: Option<i64>,
    /// By whom.
    pub resolver: Option<String>,
    /// Names of the people mentioned.
    pub told: Vec<String>,
    /// Name of the row that it stands on.
    pub place: Option<String>,
    /// That row is still in the dossier.
    pub is_live: bool,
}

/// A part said to be finished.
#[derive(Debug, Deserialize)]
pub struct PartRow {
    /// Whose.
    pub account: i64,
    /// Their name.
    pub name: String,
    /// Deliverable.
    pub no: u8,
    /// When, in seconds.
    pub finished: i64,
    /// First change by the same person since.
    pub edited: Option<i64>,
}

/// What is read together for a page: its comments, the names of the team, the finished parts.
#[derive(Debug)]
pub struct Gathered {
    /// Comments, thread by thread, the oldest first.
    pub rows: Vec<Said>,
    /// Names of the team.
    pub team: Vec<String>,
    /// Parts said to be finished, of that deliverable or of all.
    pub parts: Vec<PartRow>,
}

/// Which threads.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Those of a page.
    Page(&'a str, Uuid),
    /// Those of these numbers.
    Threads(&'a [i64]),
}

/// Comments read at once: no page has as many, the list finds the others.
const MOST: i64 = 500;

/// Reads comments, team and finished parts in one statement. Only the team is ever asked for here.
pub async fn gather(conn: &mut PgConnection, project: ProjectId, which: Which<'_>) -> Result<Gathered, AppError> {
    let (kind, row, ids) = match which {
        Which::Page(kind, row) => (Some(kind), Some(row), None),
        Which::Threads(ids) => (None, None, Some(ids.to_vec())),
    };
    let found = sqlx::query!(
        r#"select
             (select coalesce(json_agg(json_build_object(
                'id', said.id, 'thread', root.id, 'kind', root.kind, 'row', root.row, 'item', root.item, 'account', said.account_id, 'name', author.name,
                'text', said.text, 'version', said.version, 'created', floor(extract(epoch from said.created_at))::bigint,
                'edited', floor(extract(epoch from said.edited_at))::bigint, 'resolved', floor(extract(epoch from root.resolved_at))::bigint,
                'resolver', resolver.name,
                'told', array(select account.name from comment_mention join account on account.id = comment_mention.account_id
                              where comment_mention.comment_id = said.id order by account.name),
                'place', coalesce(nullif(unit.content->>'name', ''), nullif(unit.content->>'label', ''), nullif(unit.content->>'title', ''), unit.content->>'signatory'),
                'is_live', root.row = '00000000-0000-0000-0000-000000000000' or coalesce(not unit.is_deleted, false)) order by said.id), '[]')::text
              from (select * from comment
                    where project_id = $1 and thread_id is null
                      and ($2::text is null or (kind = $2 and row = $3))
                      and ($4::bigint[] is null or id = any($4))
                    order by resolved_at is not null, id desc
                    limit $5) as root
              join comment as said on said.id = root.id or said.thread_id = root.id
              join account as author on author.id = said.account_id
              left join account as resolver on resolver.id = root.resolved_by
              left join unit on unit.project_id = root.project_id and unit.kind = root.kind and unit.row = root.row) as "rows!",
             (select coalesce(json_agg(account.name order by account.name), '[]')::text
              from project_member as member join account on account.id = member.account_id where member.project_id = $1) as "team!",
             (select coalesce(json_agg(line order by deliverable, finished_at), '[]')::text from finished_part_line where project_id = $1) as "parts!""#,
        project.get(),
        kind,
        row,
        ids.as_deref(),
        MOST
    )
    .fetch_one(conn)
    .await?;
    let read = |error: serde_json::Error| AppError::Internal(error.into());
    Ok(Gathered {
        rows: serde_json::from_str(&found.rows).map_err(read)?,
        team: serde_json::from_str(&found.team).map_err(read)?,
        parts: serde_json::from_str(&found.parts).map_err(read)?,
    })
}

/// What the list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only open, only resolved, or both.
    pub resolved: Option<bool>,
    /// Only those that mention this person.
    pub mentioning: Option<AccountId>,
    /// Only those on units of these kinds.
    pub kinds: Option<Vec<String>>,
    /// Only those before that thread.
    pub before: Option<i64>,
}

/// Numbers of threads, the newest first; threads whose every comment is removed are gone.
pub async fn threads(conn: &mut PgConnection, project: ProjectId, filter: &Filter, most: i64) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select root.id as "id!" from live_thread as root
         where root.project_id = $1 and root.id < $2
           and ($3::boolean is null or (root.resolved_at is not null) = $3)
           and ($4::bigint is null or exists(
                 select from comment_mention as mention join comment as said on said.id = mention.comment_id
                 where mention.account_id = $4 and (said.id = root.id or said.thread_id = root.id)))
           and ($5::text[] is null or root.kind = any($5))
         order by root.id desc
         limit $6"#,
        project.get(),
        filter.before.unwrap_or(i64::MAX),
        filter.resolved,
        filter.mentioning.map(AccountId::get),
        filter.kinds.as_deref(),
        most
    )
    .fetch_all(conn)
    .await
}

/// Is that row in the dossier?
pub async fn is_live(conn: &mut PgConnection, project: ProjectId, anchor: &Anchor) -> sqlx::Result<bool> {
    if anchor.row.is_nil() {
        return Ok(true);
    }
    sqlx::query_scalar!(
        r#"select exists(select from unit where project_id = $1 and kind = $2 and row = $3 and not is_deleted) as "live!""#,
        project.get(),
        anchor.kind,
        anchor.row
    )
    .fetch_one(conn)
    .await
}

/// Comments that a place, or a thread, already holds.
pub async fn held(conn: &mut PgConnection, project: ProjectId, anchor: &Anchor, thread: Option<i64>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "n!" from comment
           where project_id = $1
             and case when $5::bigint is null then thread_id is null and kind = $2 and row = $3 and item = $4 else thread_id = $5 end"#,
        project.get(),
        anchor.kind,
        anchor.row,
        anchor.item.key,
        thread
    )
    .fetch_one(conn)
    .await
}

/// A comment found by its number in a dossier, for an act on it.
#[derive(Debug, Clone)]
pub struct Held {
    /// Number.
    pub id: i64,
    /// Thread.
    pub thread: i64,
    /// Author.
    pub account: AccountId,
    /// Where it stands.
    pub anchor: Anchor,
    /// Version.
    pub version: i32,
    /// Its author took it back.
    pub is_removed: bool,
}

/// The comment of that number in that dossier; nothing for a number of another dossier.
pub async fn find(conn: &mut PgConnection, project: ProjectId, number: i64) -> sqlx::Result<Option<Held>> {
    let row = sqlx::query!(
        r#"select id, coalesce(thread_id, id) as "thread!", kind, row, item, account_id, version, removed_at is not null as "is_removed!"
         from comment where id = $1 and project_id = $2"#,
        number,
        project.get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| {
        let anchor = Anchor::find(&row.kind, row.row, &row.item)?;
        Some(Held { id: row.id, thread: row.thread, account: AccountId(row.account_id), anchor, version: row.version, is_removed: row.is_removed })
    }))
}

/// Writes a comment, at the end of a thread or opening one; an answer opens a resolved thread again. Its number.
pub async fn add(conn: &mut PgConnection, by: &PartCommenter, (anchor, thread): (&Anchor, Option<i64>), text: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "with opened as (
           update comment set resolved_at = null, resolved_by = null where id = $2 and project_id = $1 and resolved_at is not null
         )
         insert into comment (project_id, thread_id, kind, row, item, account_id, text, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning id",
        by.project().get(),
        thread,
        anchor.kind,
        anchor.row,
        anchor.item.key,
        by.account().get(),
        text,
        by.now()
    )
    .fetch_one(conn)
    .await
}

/// Writes the text of one's own comment again; false when it changed or went meanwhile.
pub async fn edit(conn: &mut PgConnection, by: &PartCommenter, (number, version): (i64, i32), text: &str) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update comment set text = $3, edited_at = $4, version = version + 1
         where id = $1 and version = $2 and account_id = $5 and project_id = $6 and removed_at is null",
        number,
        version,
        text,
        by.now(),
        by.account().get(),
        by.project().get()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes one's own comment back: its text is erased, its mentions too.
pub async fn remove(conn: &mut PgConnection, number: i64, account: AccountId, now: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "with untold as (delete from comment_mention where comment_id = $1 and exists(select from comment where id = $1 and account_id = $2))
         update comment set text = '', removed_at = $3, version = version + 1 where id = $1 and account_id = $2 and removed_at is null",
        number,
        account.get(),
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks a thread as resolved, or opens it again; false when it already was so.
pub async fn resolve(conn: &mut PgConnection, by: &PartCommenter, thread: i64, is_resolved: bool) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update comment set resolved_at = case when $2 then $3::timestamptz end, resolved_by = case when $2 then $4::bigint end
         where id = $1 and project_id = $5 and thread_id is null and (resolved_at is not null) <> $2",
        thread,
        is_resolved,
        by.now(),
        by.account().get(),
        by.project().get()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Names and numbers of the team, under the dossier's lock.
pub async fn team(conn: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> sqlx::Result<Vec<(AccountId, String)>> {
    let rows = sqlx::query!(
        "select account.id, account.name from project_member as member join account on account.id = member.account_id
         where member.project_id = $1 and account.disabled_at is null and coalesce(member.ends_at > $2, true)",
        project.get(),
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (AccountId(row.id), row.name)).collect())
}

/// Keeps the mentions of a comment; those that are new, with their addresses.
pub async fn mention(conn: &mut PgConnection, comment: i64, people: &[AccountId]) -> sqlx::Result<Vec<(AccountId, String)>> {
    let ids: Vec<i64> = people.iter().map(|id| id.get()).collect();
    let rows = sqlx::query!(
        "with gone as (delete from comment_mention where comment_id = $1 and account_id <> all($2)),
         new as (
           insert into comment_mention (comment_id, account_id) select $1, unnest($2::bigint[]) on conflict do nothing returning account_id
         )
         select account.id, account.email from account where id in (select account_id from new)",
        comment,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (AccountId(row.id), row.email)).collect())
}
