//! One's own review of a dossier: shown beside the deposit, saved mark by mark.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::declaration;
use super::draw::{self, Typed};
use super::grid::{self, Conflict, Fault, Grid, OPINION, Posted, Value};
use super::own::{self, Own};
use super::quote::{self, Wanted};
use super::store;
use super::tab::Tab;
use crate::access::{Dossier, ProjectVisitor, Refusal, ReviewAuthor, ReviewStatus, Sending, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::instruction::reading;
use crate::journal;
use crate::kit::moment;
use crate::page::see;
use crate::project::store as project_store;
use crate::suspended::{self, KeptForm};

/// Query of a page.
pub type Asked = Query<HashMap<String, String>>;

/// A review delivered is opened again before it changes.
pub const DELIVERED: Refusal = Refusal::Because("L’évaluation est rendue. Rouvrez-la pour la modifier.");

/// A reviewer to whom the dossier is assigned reads the deposit and marks it; reads only, once the evaluation is over.
pub async fn show(State(app): State<App>, visitor: ProjectVisitor, Query(asked): Asked) -> Result<Response, AppError> {
    match policy::review(visitor.ties(), visitor.facts()) {
        Ok(()) | Err(Refusal::NotInReview) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let tab = Tab::read(asked.get("livrable").map(String::as_str))?;
    let mut conn = app.db.acquire().await?;
    let own = own::own(&mut conn, &visitor).await?;
    if declaration::is_awaited(&own, &visitor) {
        return declaration::page(&app, &mut conn, &visitor, tab).await;
    }
    project_store::record_staff_read(&mut conn, &visitor).await?;
    if let Some(deposit) = own.submission {
        reading::read(&mut conn, &visitor, deposit).await?;
    }
    let mut grid = own::grid(&mut conn, visitor.head().call, &own).await?;
    let typed = restore(&mut conn, &visitor, &own, &mut grid, &asked).await?;
    draw::drawn(&app, &mut conn, &visitor, tab, (&own, &grid, &typed)).await
}

/// Puts the text of an expired session back into the page, unsaved.
async fn restore(conn: &mut PgConnection, dossier: &Dossier, own: &Own, grid: &mut Grid, asked: &HashMap<String, String>) -> Result<Typed, AppError> {
    let mut typed = Typed::default();
    let Some(input) = suspended::typed(conn, dossier.account(), asked).await? else { return Ok(typed) };
    let posted = grid::read(&input, grid, input.version().unwrap_or(own.version), own.version);
    for change in posted.changes {
        if let Some(line) = grid.lines.iter_mut().find(|line| line.id == change.criterion) {
            line.mark = change.mark;
        }
    }
    grid.opinion.comment = posted.opinion.unwrap_or_else(|| grid.opinion.comment.clone());
    (typed.conflicts, typed.faults, typed.is_suspended) = (posted.conflicts, posted.faults, true);
    Ok(typed)
}

/// The author of the review saves the marks of a page, while the evaluation is open.
pub async fn save(State(app): State<App>, Query(asked): Asked, KeptForm(sending, input): KeptForm<Sending<ReviewAuthor>>) -> Result<Response, AppError> {
    let tab = Tab::read(asked.get("livrable").map(String::as_str))?;
    let done = match &sending {
        Sending::Allowed(author) => write(&app, author, tab, &input).await,
        Sending::Refused(_, refusal) => Err(refusal.clone().into()),
    };
    match done {
        Err(AppError::Refused(refusal)) if !input.wants_json => refused(&app, sending.dossier(), tab, (&refusal, &input)).await,
        other => other,
    }
}

/// Nothing more is written: what was sent is shown back.
async fn refused(app: &App, dossier: &Dossier, tab: Tab, (refusal, input): (&Refusal, &Input)) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let own = own::own(&mut conn, dossier).await?;
    let grid = own::grid(&mut conn, dossier.head().call, &own).await?;
    let mut sent = Vec::new();
    for line in &grid.lines {
        let (note, reason) = (format!("c{}", line.id), format!("j{}", line.id));
        let value = if input.has(&note) { Value::read(input.get(&note)).unwrap_or(line.mark.value) } else { line.mark.value };
        let comment = if input.has(&reason) { input.get(&reason).replace("\r\n", "\n") } else { line.mark.comment.clone() };
        if value != line.mark.value || comment.trim() != line.mark.comment {
            sent.push((format!("Critère {}, {}", line.code, line.label), format!("Note\u{a0}: {}\n{comment}", Value::shown(value))));
        }
    }
    let opinion = input.get(OPINION).trim();
    if input.has(OPINION) && opinion != grid.opinion.comment {
        sent.push(("Appréciation générale".to_owned(), opinion.to_owned()));
    }
    let typed = Typed { refused: Some((refusal.late(), sent)), ..Typed::default() };
    draw::drawn(app, &mut conn, dossier, tab, (&own, &grid, &typed)).await
}

async fn write(app: &App, author: &ReviewAuthor, tab: Tab, input: &Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let wanted = Wanted::read(input);
    let location = wanted.as_ref().map_or_else(|| tab.url(author), |wanted| format!("{}#j{}", tab.url(author), wanted.criterion));
    let mut tx = app.db.begin().await?;
    let own = own::hold(&mut tx, author, operation).await?;
    if let Some(done) = &own.done {
        let is_stale = own.version != seen + 1;
        return if input.wants_json { answer(app, author, input, &Posted::default(), (is_stale, &location)).await } else { Ok(see(done)) };
    }
    policy::review(&own.ties(author.ties()), &own.facts(author.facts()))?;
    if own.status == ReviewStatus::Delivered {
        return Err(DELIVERED.into());
    }
    let grid = own::grid(&mut tx, author.head().call, &own).await?;
    let quoted = match &wanted {
        Some(wanted) => Some(quote::quoted(&mut tx, &own, &grid, tab, (wanted, input)).await?),
        None => None,
    };
    let input = quoted.as_ref().unwrap_or(input);
    let posted = grid::read(input, &grid, seen, own.version);
    if !posted.is_empty() {
        own::write_marks(&mut tx, author, &own, &posted, (operation, &location)).await?;
        store::recompute_project(&mut tx, author.project()).await?;
        trace(&mut tx, author, &own).await?;
    }
    tx.commit().await?;
    if input.wants_json {
        return answer(app, author, input, &posted, (own.version != seen, &location)).await;
    }
    let Posted { conflicts, faults, .. } = posted;
    if conflicts.is_empty() && faults.is_empty() {
        return Ok(see(&back(&location, &conflicts, input)));
    }
    let mut conn = app.db.acquire().await?;
    draw::page(app, &mut conn, author, tab, &Typed { conflicts, faults, ..Typed::default() }).await
}

/// After a choice between two versions, back to its criterion.
fn back(location: &str, conflicts: &[Conflict], input: &Input) -> String {
    match input.get("garder").split_once('=') {
        Some((OPINION, _)) => format!("{location}#{OPINION}"),
        Some((name, _)) if conflicts.is_empty() && name.strip_prefix('c').is_some_and(|id| id.parse::<i64>().is_ok()) => format!("{location}#k{}", &name[1..]),
        _ => location.to_owned(),
    }
}

/// Changes after a delivery are an act of the journal, a run of them one line.
async fn trace(conn: &mut PgConnection, author: &ReviewAuthor, own: &Own) -> Result<(), AppError> {
    let act = "review_changed";
    if own.delivered_at.is_some() && own.journal_mark != format!("{act} {}", author.account()) {
        journal::record(conn, author.project(), author.account(), act, &own.id.to_string(), author.now()).await?;
    }
    Ok(())
}

/// What the script reads after a save. When another window had saved since the form was drawn, the stored marks come back
/// too: the page shows them, and its next save does not undo them unseen.
async fn answer(app: &App, author: &ReviewAuthor, input: &Input, posted: &Posted, (is_stale, location): (bool, &str)) -> Result<Response, AppError> {
    if !posted.conflicts.is_empty() {
        let message = "La même note a changé dans une autre fenêtre. Rien n’est perdu\u{a0}: comparez les deux versions.";
        return Ok(json(StatusCode::CONFLICT, &serde_json::json!({ "message": message })));
    }
    let mut conn = app.db.acquire().await?;
    let own = own::own(&mut conn, author).await?;
    let grid = own::grid(&mut conn, author.head().call, &own).await?;
    let (mut rows, mut fields) = (serde_json::Map::new(), Vec::new());
    for line in &grid.lines {
        let (note, reason) = (format!("c{}", line.id), format!("j{}", line.id));
        if input.has(&note) || input.has(&reason) {
            rows.insert(line.id.to_string(), line.mark.token().into());
            fields.extend([(note, Value::key(line.mark.value)), (reason, line.mark.comment.clone())]);
        }
    }
    if input.has(OPINION) {
        rows.insert(OPINION.to_owned(), grid.opinion.token().into());
        fields.push((OPINION.to_owned(), grid.opinion.comment.clone()));
    }
    let errors: Vec<_> = posted.faults.iter().map(|Fault { control, sentence, .. }| serde_json::json!({ "id": control, "message": sentence })).collect();
    let mut body = serde_json::json!({
        "saved_at": moment::hour(author.now()),
        "version": own.version,
        "rows": rows,
        "errors": errors,
        "progress": grid.total(),
    });
    if is_stale && posted.faults.is_empty() {
        body["fields"] = serde_json::json!(fields);
    }
    if location.contains('#') {
        body["location"] = location.into();
    }
    Ok(json(StatusCode::OK, &body))
}

fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [("content-type", "application/json")], body.to_string()).into_response()
}
