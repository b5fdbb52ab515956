//! A form sent without script after its session had ended: its text waits for its author to sign in again.

use std::collections::HashMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::saving::Page;
use crate::access::visitor::token;
use crate::access::{Dossier, digest};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::framework::content::{Content, Unit};
use crate::framework::reading::{Reading, read};
use crate::input::Input;
use crate::page::see;

/// Where to come back to, and the ended session that proves whose text it is.
#[derive(Debug)]
pub struct Return {
    path: String,
    token: Option<Vec<u8>>,
}

impl FromRequestParts<App> for Return {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { path, token: token(parts, app) })
    }
}

/// Keeps the form of a session that ended less than a month ago, then sends to the sign-in page. Without such a session
/// nothing is kept: nobody proved to be anybody.
pub async fn keep(app: &App, back: Return, input: &Input) -> Result<Response, AppError> {
    let Some(session) = back.token else { return Ok(see(&format!("/connexion?next={}", url_encode(&back.path)))) };
    let body = serde_json::to_string(input.pairs()).map_err(anyhow::Error::from)?;
    let secret = Uuid::new_v4().simple().to_string();
    let kept = sqlx::query!(
        "insert into suspended_post (token_hash, account_id, path, body, created_at)
         select $1, account_id, $3, $4, $5 from session
         where token_hash = $2 and created_at > $5::timestamptz - interval '45 days' and length($4) <= 400000",
        digest(&secret),
        session,
        back.path,
        body,
        app.now()
    )
    .execute(&app.db)
    .await?;
    let separator = if back.path.contains('?') { '&' } else { '?' };
    let next = if kept.rows_affected() == 1 { format!("{}{separator}reprise={secret}", back.path) } else { back.path };
    Ok(see(&format!("/connexion?next={}", url_encode(&next))))
}

/// The form that waited for this person, if the address names one.
pub async fn typed(conn: &mut PgConnection, dossier: &Dossier, asked: &HashMap<String, String>) -> Result<Option<Input>, AppError> {
    let Some(secret) = asked.get("reprise") else { return Ok(None) };
    let body = sqlx::query_scalar!("select body from suspended_post where token_hash = $1 and account_id = $2", digest(secret), dossier.account().get())
        .fetch_optional(conn)
        .await?;
    let Some(body) = body else { return Ok(None) };
    let pairs: Vec<(String, String)> = serde_json::from_str(&body).map_err(anyhow::Error::from)?;
    Ok(Some(Input::of(pairs)))
}

/// Puts a suspended text back into the page, unsaved, once: true when there was one.
pub async fn restore(
    conn: &mut PgConnection,
    dossier: &Dossier,
    page: &Page,
    content: &mut Content,
    asked: &HashMap<String, String>,
) -> Result<bool, AppError> {
    let Some(input) = typed(conn, dossier, asked).await? else { return Ok(false) };
    let mut unit = content.row(page.kind, page.row).cloned().unwrap_or_else(|| Unit::blank(page.kind, page.row, None));
    for field in page.fields().filter(|field| input.has(field.key)) {
        put(&mut unit, field, &input, field.key, content);
    }
    unit.version = input.version().unwrap_or(unit.version);
    content.put(unit);
    for rows in page.tables() {
        for mut row in content.children(rows.kind, page.parent()).cloned().collect::<Vec<_>>() {
            for field in rows.fields() {
                let name = format!("{}.{}.{}", rows.kind, row.row, field.key);
                if input.has(&name) {
                    put(&mut row, field, &input, &name, content);
                }
            }
            content.put(row);
        }
    }
    Ok(true)
}

/// Writes in a unit what was typed in a field.
pub(super) fn put(unit: &mut Unit, field: &crate::framework::Field, input: &Input, name: &str, content: &Content) {
    let typed: Vec<&str> = input.all(name).collect();
    unit.fields.remove(field.key);
    unit.raw.remove(field.key);
    match read(field, &typed, content) {
        Reading::Value(value) => drop(unit.fields.insert(field.key.to_owned(), value)),
        Reading::Unreadable(_) => drop(unit.raw.insert(field.key.to_owned(), typed.last().copied().unwrap_or_default().to_owned())),
        Reading::Empty => {}
    }
}
