//! Pieces of the subsidy file: joined, taken out, downloaded; those that the branch already holds are taken from it.

use axum::extract::{Multipart, Query, State as Shared};
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Piece, is_written, piece_of, pieces};
use super::store::{self, File};
use crate::access::{Dossier, KeyPart, RowPart, SubsidyReader, SubsidyWriter, policy};
use crate::advisory::files::{self, FileView, Place};
use crate::advisory::{consultation, store as terms};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::french::de;
use crate::page::see;
use crate::project::attachments;
use crate::project::files::Received;
use crate::project::units;
use crate::submission::store::remember;

/// A piece with what answers it.
#[derive(Debug)]
pub struct Held {
    /// Piece.
    pub piece: Piece,
    /// Files joined.
    pub files: Vec<FileView>,
    /// What the branch gives: words and address.
    pub given: Option<(String, String)>,
    /// Files that the branch gives.
    pub taken: Vec<Uuid>,
}

impl Held {
    /// Is it there?
    pub fn is_there(&self) -> bool {
        !self.files.is_empty() || self.given.is_some()
    }
}

/// Pieces asked of the dossier's structure, each with what answers it.
pub async fn held(conn: &mut PgConnection, dossier: &Dossier, file: &File) -> Result<Vec<Held>, AppError> {
    let all = files::list(conn, dossier).await?;
    let retained = consultation::store::retained(conn, dossier).await?;
    let version = match store::deposited_terms(conn, dossier).await?.filter(|_| !is_written(file.state)) {
        Some(number) => Some(number),
        None => terms::versions(conn, dossier.project()).await?.first().map(|held| held.number),
    };
    let held = pieces(&file.structure.0).into_iter().map(|piece| {
        let own = all.iter().filter(|held| held.piece.as_deref() == Some(piece.key)).cloned().collect();
        let offered = retained.as_ref().filter(|retained| piece.key == "tender" && !retained.files.is_empty());
        let given = match (&version, offered) {
            (Some(version), _) if piece.key == "terms" => {
                let path = dossier.url(&format!("/subvention/cahier-des-charges.pdf?version={version}"));
                Some((format!("cahier des charges, version {version}"), path))
            }
            (_, Some(retained)) => Some((format!("offre {}", de(&retained.name)), dossier.url("/amo#h-ret"))),
            _ => None,
        };
        let taken = offered.map(|retained| retained.files.iter().map(|file| file.id).collect()).unwrap_or_default();
        Held { piece, files: own, given, taken }
    });
    Ok(held.collect())
}

/// What an upload says in its address.
#[derive(Debug, serde::Deserialize)]
pub struct Upload {
    operation: Uuid,
}

/// The carriers join a piece.
pub async fn join(
    Shared(app): Shared<App>,
    writer: SubsidyWriter,
    KeyPart(key): KeyPart,
    Query(said): Query<Upload>,
    form: Multipart,
) -> Result<Response, AppError> {
    let piece = piece_of(&key).ok_or(AppError::NotFound)?;
    let received = match files::receive(&app, form).await {
        Ok(received) => received,
        Err(refused) => return Ok(refused.back_to(writer.url(&format!("/subvention#{key}")), "Revenir à la pièce")),
    };
    let kept = keep(&app, &writer, (piece, said.operation), &received).await;
    if !matches!(kept, Ok((_, true))) {
        files::forget(&app, &received).await;
    }
    Ok(kept?.0)
}

/// The answer, and whether a row names the file.
async fn keep(app: &App, writer: &SubsidyWriter, (piece, operation): (Piece, Uuid), received: &Received) -> Result<(Response, bool), AppError> {
    let mut tx = app.db.begin().await?;
    if let Some(done) = hold(&mut tx, writer, operation).await? {
        return Ok((see(&done), false));
    }
    store::begin(&mut tx, writer).await?;
    files::keep(&mut tx, writer, Place::Piece(piece.key), received).await?;
    let location = writer.url(&format!("/subvention#{}", piece.key));
    journal::record(&mut tx, writer.project(), writer.account(), "grant_attached", piece.key, writer.now()).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok((see(&location), true))
}

/// The lock, and whether the file still changes; where the operation led when it was received already.
async fn hold(conn: &mut PgConnection, writer: &SubsidyWriter, operation: Uuid) -> Result<Option<String>, AppError> {
    let locked = units::lock(conn, writer.project(), operation).await?;
    if let Some(done) = locked.done {
        return Ok(Some(done));
    }
    still_written(conn, writer, &locked).await?;
    Ok(None)
}

/// The right to prepare the file, decided on what was read under the lock.
pub(super) async fn still_written(conn: &mut PgConnection, writer: &Dossier, locked: &units::Locked) -> Result<(), AppError> {
    let mut facts = locked.facts(writer.facts());
    facts.mission.subsidy = store::state(conn, writer.project()).await?;
    Ok(policy::write_subsidy(&locked.ties(writer), &facts)?)
}

/// The carriers take a piece out, or put it back.
pub async fn turn(Shared(app): Shared<App>, writer: SubsidyWriter, RowPart(id): RowPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let is_return = input.get("act") == "remettre";
    let mut tx = app.db.begin().await?;
    if let Some(done) = hold(&mut tx, &writer, operation).await? {
        return Ok(see(&done));
    }
    let file = files::stored(&mut tx, &writer, id).await?;
    if !files::turn(&mut tx, &writer, id, false, is_return).await? {
        return Err(AppError::NotFound);
    }
    let key = file.piece.unwrap_or_default();
    let location = if is_return { writer.url(&format!("/subvention#{key}")) } else { writer.url(&format!("/subvention?retiree={id}#{key}")) };
    journal::record(&mut tx, writer.project(), writer.account(), if is_return { "grant_attached" } else { "grant_detached" }, &key, writer.now()).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Whoever reads the subsidy file downloads a piece; the bank details only who reads them, the administration's access being
/// journalled.
pub async fn download(Shared(app): Shared<App>, reader: SubsidyReader, RowPart(id): RowPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let file = files::stored(&mut conn, &reader, id).await?;
    let key = file.piece.as_deref().ok_or(AppError::NotFound)?;
    let is_bank = key == "bank";
    if (is_bank && policy::read_bank(reader.ties(), reader.facts()).is_err()) || (!reader.is_team() && !file.is_deposited) {
        return Err(AppError::NotFound);
    }
    if is_bank && !reader.is_team() {
        super::bank::note(&mut conn, &reader).await?;
    }
    drop(conn);
    attachments::send(&app, &file.file, &file.name, &file.mime, file.size).await
}
