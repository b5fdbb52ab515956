//! Statements of documents: a deposit as it was frozen, where its files are, what a call says of itself.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::AppError;
use crate::kit::ids::{CallId, ProjectId};
use crate::project::files::hex;
use crate::submission::Snapshot;

/// A stored file that a document names.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// Attachment.
    pub(super) id: Uuid,
    /// Slot.
    pub(super) slot: String,
    /// Name given by its author.
    pub(super) name: String,
    /// Size in bytes.
    pub(super) size: i64,
    /// SHA-256.
    pub(super) sha256: Vec<u8>,
    /// Its own name on disk.
    pub(super) file: String,
}

/// Live attachments of a draft, in the order of a deposit.
pub(super) async fn draft_files(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<Stored>> {
    sqlx::query_as!(
        Stored,
        "select id, slot, name, size, sha256, file
         from attachment
         where project_id = $1 and removed_at is null
         order by slot, created_at, id",
        project.get()
    )
    .fetch_all(conn)
    .await
}

/// A deposit, frozen.
#[derive(Debug)]
pub(super) struct Deposited {
    /// "2015-04-2".
    pub(super) reference: String,
    /// "online", "paper" or "email".
    pub(super) channel: String,
    /// Instant that counts.
    pub(super) received_at: OffsetDateTime,
    /// Depositor.
    pub(super) depositor: String,
    /// SHA-256 of its content, in hexadecimal.
    pub(super) digest: String,
    /// Note of the manager.
    pub(super) note: String,
    /// What it holds.
    pub(super) snapshot: Snapshot,
}

/// The deposit of that number, refused when its content is not the one that was sealed.
pub(super) async fn deposited(conn: &mut PgConnection, project: ProjectId, number: i64) -> Result<Deposited, AppError> {
    let row = sqlx::query!(
        "select reference, channel, received_at, account.name as depositor, digest, note, content
         from submission
         join account on account.id = submission.account_id
         where project_id = $1 and number = $2::bigint",
        project.get(),
        number
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)?;
    let snapshot: Snapshot = serde_json::from_str(&row.content).map_err(anyhow::Error::from)?;
    let (_, digest) = snapshot.seal()?;
    if digest != row.digest {
        return Err(AppError::Document(anyhow::anyhow!("deposit {}: its content is not the one that was sealed", row.reference)));
    }
    Ok(Deposited {
        reference: row.reference,
        channel: row.channel,
        received_at: row.received_at,
        depositor: row.depositor,
        digest: hex(&row.digest),
        note: row.note,
        snapshot,
    })
}

/// Where the files of a deposit are, in its own order; refused when one of them is not the one that was deposited.
pub(super) async fn deposited_files(conn: &mut PgConnection, project: ProjectId, snapshot: &Snapshot) -> Result<Vec<Stored>, AppError> {
    let ids: Vec<Uuid> = snapshot.files.iter().map(|file| file.id).collect();
    let rows = sqlx::query_as!(
        Stored,
        "select id, slot, name, size, sha256, file
         from attachment
         where project_id = $1 and id = any($2)",
        project.get(),
        &ids
    )
    .fetch_all(conn)
    .await?;
    let mut found = Vec::with_capacity(ids.len());
    for file in &snapshot.files {
        let stored = rows.iter().find(|row| row.id == file.id && hex(&row.sha256) == file.sha256);
        let stored = stored.ok_or_else(|| AppError::Document(anyhow::anyhow!("attachment {} is not the one that was deposited", file.id)))?;
        found.push(Stored { name: file.name.clone(), slot: file.slot.clone(), ..stored.clone() });
    }
    Ok(found)
}

/// Guide in pages of a call, when it has one.
pub(super) async fn page_guide(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Option<u16>> {
    let guide = sqlx::query_scalar!("select page_guide from call where id = $1", call.get()).fetch_one(conn).await?;
    Ok(guide.and_then(|pages| u16::try_from(pages).ok()))
}

/// Who organises a call, and whom to write to.
pub(super) async fn service(conn: &mut PgConnection, call: CallId) -> sqlx::Result<(String, Vec<(String, String)>)> {
    let organisers = sqlx::query_scalar!("select organisers from call where id = $1", call.get()).fetch_one(&mut *conn).await?;
    let contacts = sqlx::query!("select body, email from contact where call_id = $1 order by position", call.get()).fetch_all(conn).await?;
    Ok((organisers, contacts.into_iter().map(|row| (row.body, row.email)).collect()))
}
