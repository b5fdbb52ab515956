//! Files of offers and of the subsidy: received and served like the dossier's attachments, and never among them.

use axum::extract::Multipart;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::access::{Dossier, SubsidyWriter, TenderRunner};
use crate::app::App;
use crate::error::AppError;
use crate::kit::moment;
use crate::project::attachments::short_digest;
use crate::project::files::{self, Received, size_text};

/// What a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// An offer.
    Tender(i64),
    /// A piece of the subsidy.
    Piece(&'a str),
}

/// The right to put a file somewhere, or to take it out.
pub trait Filing: std::ops::Deref<Target = Dossier> {}
impl Filing for TenderRunner {}
impl Filing for SubsidyWriter {}

/// A file, as listed.
#[derive(Debug, Clone)]
pub struct FileView {
    /// Id.
    pub id: Uuid,
    /// Offer that it belongs to.
    pub tender: Option<i64>,
    /// Piece that it belongs to.
    pub piece: Option<String>,
    /// Name.
    pub name: String,
    /// "184 ko, jointe par…".
    pub detail: String,
    /// First and last digits of its digest.
    pub digest: String,
}

/// Live files of the branch.
pub async fn list(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<FileView>> {
    let rows = sqlx::query!(
        "select file.id, tender_id, piece, file.name, size, sha256, account.name as author, file.created_at
         from mission_file as file
         join account on account.id = file.account_id
         where project_id = $1 and removed_at is null
         order by file.created_at, file.id",
        dossier.project().get()
    )
    .fetch_all(conn)
    .await?;
    let view = rows.into_iter().map(|row| FileView {
        id: row.id,
        tender: row.tender_id,
        piece: row.piece,
        name: row.name,
        detail: format!("{}, jointe par {} le {}", size_text(row.size), row.author, moment::date(row.created_at)),
        digest: short_digest(&row.sha256),
    });
    Ok(view.collect())
}

/// The file of a posted form; nothing when none was chosen.
///
/// # Errors
/// When it is cut, too large, or of a type that is not accepted.
pub async fn receive(app: &App, mut form: Multipart) -> Result<Received, AppError> {
    let cut = |_| AppError::BadRequest("L’envoi du fichier a été interrompu. Recommencez.");
    while let Some(field) = form.next_field().await.map_err(cut)? {
        if field.name() == Some("piece") && field.file_name().is_some_and(|name| !name.is_empty()) {
            return files::receive(&app.config.data, field).await;
        }
    }
    Err(AppError::Unprocessable("Choisir un fichier à joindre.".to_owned()))
}

/// Erases a received file that no row names.
pub async fn forget(app: &App, received: &Received) {
    let _ = tokio::fs::remove_file(files::path(&app.config.data, &received.file)).await;
}

/// Keeps a received file, under the dossier's lock; its id.
pub async fn keep(conn: &mut PgConnection, by: &impl Filing, place: Place<'_>, received: &Received) -> sqlx::Result<Uuid> {
    let (tender, piece) = match place {
        Place::Tender(id) => (Some(id), None),
        Place::Piece(key) => (None, Some(key)),
    };
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into mission_file (id, project_id, tender_id, piece, name, mime, size, sha256, file, account_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        by.project().get(),
        tender,
        piece,
        received.name,
        received.mime,
        i64::try_from(received.size).unwrap_or(i64::MAX),
        received.digest,
        received.file,
        by.account().get(),
        by.now()
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Takes a file out of its place, or puts it back; it is never erased. False for a file that is not there.
pub async fn turn(conn: &mut PgConnection, by: &impl Filing, id: Uuid, is_of_tender: bool, is_return: bool) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update mission_file set removed_at = $4, removed_by = $5 where id = $1 and project_id = $2 and (tender_id is not null) = $3",
        id,
        by.project().get(),
        is_of_tender,
        (!is_return).then(|| by.now()),
        (!is_return).then(|| by.account().get())
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A file to send, with what it belongs to.
#[derive(Debug)]
pub struct Stored {
    /// Offer.
    pub tender: Option<i64>,
    /// Piece.
    pub piece: Option<String>,
    /// Name on disk.
    pub file: String,
    /// Name given by its author.
    pub name: String,
    /// Type.
    pub mime: String,
    /// Size.
    pub size: i64,
    /// Taken out since.
    pub is_removed: bool,
    /// Of the retained offer.
    pub is_retained: bool,
    /// Deposited with the subsidy file.
    pub is_deposited: bool,
}

/// The file of that id in a dossier.
pub async fn stored(conn: &mut PgConnection, dossier: &Dossier, id: Uuid) -> Result<Stored, AppError> {
    sqlx::query_as!(
        Stored,
        r#"select tender_id as tender, piece, file, name, mime, size, removed_at is not null as "is_removed!",
             exists(select from tender_choice as choice where choice.tender_id = mission_file.tender_id and undone_at is null) as "is_retained!",
             exists(select from grant_event where grant_event.project_id = mission_file.project_id and mission_file.id = any(files)) as "is_deposited!"
           from mission_file
           where id = $1 and project_id = $2"#,
        id,
        dossier.project().get()
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)
}
