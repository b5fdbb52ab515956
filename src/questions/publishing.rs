//! A question is published with its answer, in other words and without who asked; or taken back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::tell::{self, About};
use super::thread::{self, Posted, wording};
use super::{store, write};
use crate::access::QuestionReader;
use crate::app::App;
use crate::call::form::Sheet;
use crate::error::AppError;
use crate::input::Input;
use crate::page::see;

/// The managers of the call publish a question, word it again, or take it off the page of the call.
pub async fn save(State(app): State<App>, reader: QuestionReader, input: Input) -> Result<Response, AppError> {
    reader.settles()?;
    let (operation, seen) = (input.operation()?, input.version()?);
    let head = reader.head();
    let mut tx = app.db.begin().await?;
    if let Some(done) = write::lock(&mut tx, &reader, operation).await? {
        return Ok(see(&done));
    }
    let place = tell::path(head.number, &reader.call().slug);
    let (act, what) = if input.get("act") == "retirer" {
        if !write::withdraw(&mut tx, &reader).await? {
            return Err(AppError::NotFound);
        }
        ("question_withdrawn", "retiree")
    } else {
        let former = store::now(&mut tx, &reader).await?.published.unwrap_or_default();
        let mut sheet = Sheet::of(Some(&input));
        let said = wording(&mut sheet, &former);
        if let Some(status) = sheet.verdict(seen == former.version) {
            return thread::page(&app, &mut tx, &reader, (status, None, Posted::Published(sheet))).await;
        }
        let is_first = former.at.is_none();
        if !write::publish(&mut tx, &reader, former.version, &said).await? {
            return thread::page(&app, &mut tx, &reader, (StatusCode::CONFLICT, None, Posted::Published(sheet))).await;
        }
        if is_first {
            tell::published(&mut tx, &app, &reader, About { id: head.id, number: head.number, project: head.project }).await?;
        }
        ("question_published", "publiee")
    };
    let location = format!("{place}&fait={what}");
    write::done(&mut tx, &reader, (operation, &location), (act, head.number)).await?;
    tx.commit().await?;
    Ok(see(&location))
}
