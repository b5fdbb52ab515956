//! Statements of presence: rows of open pages, and the notifications that accompany their changes.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::place::Place;
use crate::access::ProjectReader;
use crate::kit::ids::{AccountId, ProjectId};

/// A page not heard of for this long is closed: its process died, or its network.
pub const LIFE: Duration = Duration::seconds(45);

/// Somebody on a page.
#[derive(Debug, Clone)]
pub struct Present {
    /// Their page's stream.
    pub stream: Uuid,
    /// Who.
    pub account: AccountId,
    /// Name, for the team only.
    pub name: String,
    /// Page.
    pub page: String,
    /// Item being written; empty when none.
    pub item: String,
}

/// Opens a page of a dossier for its reader.
pub async fn arrive(conn: &mut PgConnection, reader: &ProjectReader, place: &Place, stream: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "with here as (
           insert into presence (stream, project_id, account_id, session_id, page, seen_at) values ($1, $2, $3, $4, $5, $6)
         )
         select pg_notify('trame_live', 'here ' || $2::bigint)",
        stream,
        reader.project().get(),
        reader.account().get(),
        reader.visitor().session.get(),
        place.key,
        reader.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes a page.
pub async fn leave(conn: &mut PgConnection, stream: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "with gone as (delete from presence where stream = $1 returning project_id) select pg_notify('trame_live', 'here ' || project_id) from gone",
        stream
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says what the reader writes now on a page of theirs.
pub async fn mark(conn: &mut PgConnection, reader: &ProjectReader, stream: Uuid, item: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "with marked as (
           update presence set item = $4
           where stream = $1 and project_id = $2 and account_id = $3 and item <> $4
           returning project_id
         )
         select pg_notify('trame_live', 'here ' || project_id) from marked",
        stream,
        reader.project().get(),
        reader.account().get(),
        item
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Page of a stream of that reader.
pub async fn page_of(conn: &mut PgConnection, reader: &ProjectReader, stream: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "select page from presence where stream = $1 and project_id = $2 and account_id = $3",
        stream,
        reader.project().get(),
        reader.account().get()
    )
    .fetch_optional(conn)
    .await
}

/// Everybody on the pages of a dossier.
pub async fn present(conn: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> sqlx::Result<Vec<Present>> {
    let rows = sqlx::query!(
        r#"select presence.stream, presence.account_id, account.name, presence.page, presence.item
         from presence
         join account on account.id = presence.account_id
         where presence.project_id = $1 and presence.seen_at > $2
         order by account.name collate "fr-x-icu", presence.stream"#,
        project.get(),
        now - LIFE
    )
    .fetch_all(conn)
    .await?;
    let present =
        rows.into_iter().map(|row| Present { stream: row.stream, account: AccountId(row.account_id), name: row.name, page: row.page, item: row.item });
    Ok(present.collect())
}

/// Keeps the pages of this process open, and tells that it still hears. Returns those whose reader still may: a live
/// session, a place in the team, no recusal. The others lose their row.
pub async fn beat(conn: &mut PgConnection, process: Uuid, streams: &[Uuid], now: OffsetDateTime) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"with alive as (
           update presence set seen_at = $2
           from session, account
           where presence.stream = any($1)
             and session.id = presence.session_id and session.ended_at is null and session.expires_at > $2
             and account.id = presence.account_id and account.disabled_at is null
             and exists(select from project_member as member where member.project_id = presence.project_id and member.account_id = presence.account_id
                 and coalesce(member.ends_at > $2, true))
             and not exists(select from recusal where recusal.project_id = presence.project_id and recusal.account_id = presence.account_id)
           returning presence.stream
         ), lost as (
           delete from presence
           where seen_at <= $3 or (stream = any($1) and stream not in (select stream from alive))
           returning project_id
         ), told as (
           select pg_notify('trame_live', 'here ' || project_id) from (select distinct project_id from lost) as lost
           union all
           select pg_notify('trame_live', 'beat ' || $4::uuid)
         )
         select stream from alive where (select count(*) from told) > 0"#,
        streams,
        now,
        now - LIFE,
        process
    )
    .fetch_all(conn)
    .await
}

/// Versions of the units that a page shows: its own and its tables' lines.
pub async fn versions(conn: &mut PgConnection, project: ProjectId, place: &Place) -> sqlx::Result<Vec<(String, Uuid, i32)>> {
    let tables: Vec<String> = place.tables().map(ToOwned::to_owned).collect();
    let rows = sqlx::query!(
        "select kind, row, version from unit
         where project_id = $1 and not is_deleted
           and ((kind = $2 and row = $3) or (kind = any($4) and parent is not distinct from $5))
         order by kind, row",
        project.get(),
        place.kind,
        place.row,
        &tables,
        place.parent()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.row, row.version)).collect())
}
