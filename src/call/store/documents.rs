//! Reference documents of a call, versioned: an older version is never replaced (R6, R114).

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::settings::Addressee;
use crate::access::CallManager;
use crate::kit::ids::CallId;
use crate::project::files::Received;

/// A version of a document.
#[derive(Debug)]
pub struct Document {
    /// Id.
    pub id: Uuid,
    /// `regulation`, `answer_framework` or `other`.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Version, from 1.
    pub version: i32,
    /// What changes, for the carriers.
    pub notice: String,
    /// Name of its file.
    pub name: String,
    /// Size in bytes.
    pub size: i64,
    /// When it was published.
    pub created_at: OffsetDateTime,
}

/// Documents of a call, the latest version of each first.
pub async fn list(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Document>> {
    sqlx::query_as!(
        Document,
        r#"select id, kind, title, version, notice, name, size, created_at
         from call_document
         where call_id = $1
         order by array_position(array['regulation', 'answer_framework', 'other'], kind), title collate "fr-x-icu", version desc"#,
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// Publishes a version, under the call's lock; returns its number.
pub async fn publish(conn: &mut PgConnection, manager: &CallManager, (kind, title, notice): (&str, &str, &str), received: &Received) -> sqlx::Result<i32> {
    let size = i64::try_from(received.size).unwrap_or(i64::MAX);
    sqlx::query_scalar!(
        "insert into call_document (id, call_id, kind, title, version, notice, file, name, mime, size, sha256, account_id, created_at)
         values ($1, $2, $3, $4, coalesce((select max(version) from call_document where call_id = $2 and kind = $3 and title = $4), 0) + 1,
                 $5, $6, $7, $8, $9, $10, $11, $12)
         returning version",
        Uuid::now_v7(),
        manager.call().id.get(),
        kind,
        title,
        notice,
        received.file,
        received.name,
        received.mime,
        size,
        received.digest,
        manager.account().get(),
        manager.now()
    )
    .fetch_one(conn)
    .await
}

/// Everybody in the teams of the call's dossiers, but for withdrawn ones.
pub async fn teams(conn: &mut PgConnection, call: CallId, now: OffsetDateTime) -> sqlx::Result<Vec<Addressee>> {
    sqlx::query_as!(
        Addressee,
        "select distinct account.id, account.email
         from project
         join project_member as member on member.project_id = project.id and coalesce(member.ends_at > $2, true)
         join account on account.id = member.account_id and account.disabled_at is null
         where project.call_id = $1 and project.status <> 'withdrawn'",
        call.get(),
        now
    )
    .fetch_all(conn)
    .await
}

/// A file to be sent.
#[derive(Debug)]
pub struct Stored {
    /// Its name on disk.
    pub file: String,
    /// Its name for the visitor.
    pub name: String,
    /// Its type.
    pub mime: String,
    /// Its size.
    pub size: i64,
}

/// The file of a document of a public call.
pub async fn stored(conn: &mut PgConnection, slug: &str, document: Uuid) -> sqlx::Result<Option<Stored>> {
    sqlx::query_as!(
        Stored,
        "select document.file, document.name, document.mime, document.size
         from call_document as document
         join call on call.id = document.call_id
         where call.slug = $1 and not call.is_template and document.id = $2",
        slug,
        document
    )
    .fetch_optional(conn)
    .await
}
