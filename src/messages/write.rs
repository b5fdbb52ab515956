//! Acts in a thread: posting, wording again, taking back; each in one transaction with its journal line and its mails.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::post::{self, New};
use super::sending::Sent;
use super::tell::{self, Told};
use super::thread::{self, Draft};
use crate::access::{Thread, ThreadWriter};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::ids::ProjectId;
use crate::kit::words::clean;
use crate::mail::messages::Posted;
use crate::page::see;
use crate::project::files::Received;
use crate::project::units;
use crate::submission::store::remember;

/// Longest message, in characters.
pub const LONGEST: usize = 8_000;

/// The text, bounded and cleaned, or what is wrong with it.
pub fn read(input: &Input, has_files: bool) -> Result<String, String> {
    match clean(input.get("texte"), LONGEST) {
        Ok(text) if text.is_empty() && has_files => Err("Écrire une phrase qui dit ce que contiennent les fichiers.".to_owned()),
        Ok(text) if text.is_empty() => Err("Écrire le message avant de l’envoyer.".to_owned()),
        Ok(text) => Ok(text),
        Err(sentence) => Err(sentence.to_string()),
    }
}

/// Who writes in the thread posts a message, with its files; its other readers are told by a notice, and by mail as they chose.
pub async fn save(State(app): State<App>, sent: Sent<ThreadWriter>) -> Result<Response, AppError> {
    let Sent { proof: writer, input, files } = sent;
    let (files, file_error) = match files {
        Ok(files) => (files, String::new()),
        Err(sentence) => (Vec::new(), sentence),
    };
    let outcome = keep(&app, &writer, &input, (&files, file_error)).await;
    if !matches!(&outcome, Ok((_, true))) {
        Sent::<ThreadWriter>::forget(&app, &files).await;
    }
    Ok(outcome?.0)
}

/// The answer, and whether the files are now named by rows.
async fn keep(app: &App, writer: &ThreadWriter, input: &Input, (files, file_error): (&[Received], String)) -> Result<(Response, bool), AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok((see(&done), false));
    }
    let (text, error) = match read(input, !files.is_empty()) {
        Ok(text) => (text, String::new()),
        Err(sentence) => (String::new(), sentence),
    };
    if !error.is_empty() || !file_error.is_empty() {
        let draft = Draft { text: input.get("texte").to_owned(), error, file_error, ..Draft::default() };
        let page = thread::page(app, &mut tx, writer, &HashMap::new(), (StatusCode::UNPROCESSABLE_ENTITY, draft)).await?;
        tx.commit().await?;
        return Ok((page, false));
    }
    let new = New { project: writer.project(), thread: writer.thread(), by: writer.account(), text: &text, at: writer.now(), group: None };
    let id = post::post(&mut tx, &new).await?.ok_or(AppError::NotFound)?;
    post::attach(&mut tx, id, files).await?;
    let path = message_path(writer.project(), id);
    let said = Posted { by: &writer.visitor().name, title: &writer.head().title, thread: writer.thread(), path: &path, is_grouped: false };
    tell::tell(&mut tx, app, &Told { id, project: writer.project(), by: writer.account(), said, is_to_owners: false }).await?;
    let location = format!("{}?fait=envoye#m-{id}", writer.address());
    finish(&mut tx, writer, ("message_posted", writer.thread(), id)).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok((see(&location), true))
}

/// Address of a message, which leads to its place in its thread.
pub fn message_path(project: ProjectId, id: i64) -> String {
    format!("/dossiers/{project}/messages/{id}")
}

/// Journal line of an act on a message.
pub async fn finish(conn: &mut PgConnection, dossier: &crate::access::Dossier, (act, thread, id): (&str, Thread, i64)) -> sqlx::Result<()> {
    journal::record(conn, dossier.project(), dossier.account(), act, &format!("{} {id}", thread.as_str()), dossier.now()).await
}
