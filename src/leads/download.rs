//! The leads as files, for the team: journalled, and saying who may read them.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::{analysis, export};
use crate::access::ProjectReader;
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::french::slug;
use crate::kit::moment;

/// The team downloads its leads, as the public contract describes them.
pub async fn json(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    send(&app, &reader, "json").await
}

/// The same, one line per lead, for a spreadsheet.
pub async fn csv(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    send(&app, &reader, "csv").await
}

async fn send(app: &App, reader: &ProjectReader, format: &'static str) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = analysis::of(app, &mut conn, reader.project(), reader.head().content_version).await?;
    journal::record_account(&mut conn, Some(reader.account()), "exported", &format!("{} pistes.{format}", reader.project()), reader.now()).await?;
    drop(conn);
    let bytes = tokio::task::spawn_blocking(move || export::file(&found, export::TEAM, format)).await.map_err(anyhow::Error::from)??;
    let day = moment::iso_day(moment::paris_parts(reader.now()).0);
    let mime = if format == "csv" { "text/csv; charset=utf-8" } else { "application/json" };
    let disposition = format!("attachment; filename=\"pistes-{}-{day}.{format}\"", slug(&reader.head().title));
    let policy = "sandbox; default-src 'none'".to_owned();
    Ok(([(CONTENT_TYPE, mime.to_owned()), (CONTENT_DISPOSITION, disposition), (CONTENT_SECURITY_POLICY, policy)], bytes).into_response())
}
