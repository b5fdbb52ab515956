//! Rows that have pages of their own: actors, flows, synergies, actions, commitments.

mod list;

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

pub use list::list;

use super::draw::row_name;
use super::saving::{self, Dispute, Fate, Outcome, Page};
use super::sections::{self, Asked, Frame};
use super::units::{self, Act, Author, Change};
use crate::access::{Dossier, KeyPart, ProjectReader, ProjectWriter, RowPart, Sending};
use crate::app::App;
use crate::error::AppError;
use crate::framework::aims::Spot;
use crate::framework::belonging::part_of;
use crate::framework::content::Unit;
use crate::framework::standing::needed_for;
use crate::framework::{COLLECTIONS, DELIVERABLES, FLOW, Rows};
use crate::input::Input;
use crate::kit::french::count;
use crate::page::see;
use crate::suspended::KeptForm;

fn collection(path: &str) -> Result<&'static Rows, AppError> {
    COLLECTIONS.iter().find(|rows| rows.path == Some(path)).copied().ok_or(AppError::NotFound)
}

/// The team adds a row and goes to its page, until the bound.
pub async fn create(State(app): State<App>, editor: ProjectWriter, KeyPart(key): KeyPart, input: Input) -> Result<Response, AppError> {
    let rows = collection(&key)?;
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let row = Uuid::now_v7();
    let writer = locked.corrector(&editor, part_of(rows.kind), Spot::Row(rows.kind, row, None))?;
    let mut kinds = needed_for(&[rows.kind]);
    kinds.extend(saving::pointed(rows));
    let mut content = units::load(&mut tx, editor.project(), &kinds).await?;
    let (held, last) = content.rows(rows.kind).fold((0, 0), |(held, last), unit| (held + 1, unit.position.max(last)));
    if held >= usize::from(rows.most) {
        return Err(AppError::Unprocessable(format!("{} au plus\u{a0}: retirez-en une avant d’en ajouter une autre.", count(rows.most, "ligne", "lignes"))));
    }
    let mut unit = Unit::blank(rows.kind, row, None);
    (unit.version, unit.position) = (1, last + 1);
    saving::begin(&mut unit, rows, &input, &content);
    content.put(unit.clone());
    let location = editor.url(&format!("/{key}/{row}"));
    saving::refresh(&mut locked, &content, &[rows.kind]);
    let act = Act { by: &writer, operation, location: &location, act: "added", subject: rows.kind };
    units::write(&mut tx, &locked, &act, &[Change { unit, is_deleted: false, is_set_aside: false }]).await?;
    tx.commit().await?;
    Ok(see(&location))
}

fn page_of(dossier: &Dossier, rows: &'static Rows, row: Uuid) -> Page {
    Page { kind: rows.kind, row, items: rows.items, url: dossier.url(&format!("/{}/{row}", rows.path.unwrap_or_default())) }
}

fn frame(dossier: &Dossier, rows: &'static Rows, name: String) -> Frame {
    let path = rows.path.unwrap_or_default();
    let here = match path {
        "acteurs" => "/acteurs",
        "flux" => "/flux",
        "synergies" => "/synergies",
        _ => "",
    };
    let deliverable = match path {
        "actions" => Some(DELIVERABLES[2]),
        "engagements" => Some(DELIVERABLES[3]),
        _ => None,
    };
    Frame {
        deliverable,
        section: None,
        over: rows.title.to_owned(),
        title: "La fiche".to_owned(),
        heading: name,
        here,
        next: Some((dossier.url(&format!("/{path}")), format!("Retour\u{a0}: {}", rows.title))),
    }
}

async fn name_of(conn: &mut PgConnection, dossier: &Dossier, rows: &Rows, row: Uuid) -> Result<String, AppError> {
    let content = units::load(conn, dossier.project(), &[rows.kind, "stakeholder"]).await?;
    let removed = if content.row(rows.kind, row).is_none() { units::removed(conn, dossier.project(), rows.kind, row).await? } else { None };
    let unit = content.row(rows.kind, row).or(removed.as_ref()).ok_or(AppError::NotFound)?;
    // A commitment is known by its stakeholder.
    let named = unit.row_of("stakeholder").and_then(|holder| content.row("stakeholder", holder)).map(row_name);
    Ok(named.unwrap_or_else(|| row_name(unit)))
}

/// The team reads or writes a row.
pub async fn show(
    State(app): State<App>,
    reader: ProjectReader,
    KeyPart(key): KeyPart,
    RowPart(row): RowPart,
    Query(asked): Asked,
) -> Result<Response, AppError> {
    let rows = collection(&key)?;
    let mut conn = app.db.acquire().await?;
    if units::removed(&mut conn, reader.project(), rows.kind, row).await?.is_some() {
        return Ok(see(&reader.url(&format!("/{key}?retire={row}"))));
    }
    let name = name_of(&mut conn, &reader, rows, row).await?;
    sections::draw(&app, &mut conn, &reader, &page_of(&reader, rows, row), frame(&reader, rows, name), None, &asked).await
}

/// The team saves a row, until the bound.
pub async fn save(
    State(app): State<App>,
    KeyPart(key): KeyPart,
    RowPart(row): RowPart,
    KeptForm(sending, input): KeptForm<Sending<ProjectWriter>>,
) -> Result<Response, AppError> {
    let rows = collection(&key)?;
    let mut conn = app.db.acquire().await?;
    let dossier = sending.dossier();
    let name = name_of(&mut conn, dossier, rows, row).await?;
    drop(conn);
    let answer = sections::respond(&app, &sending, &page_of(dossier, rows, row), frame(dossier, rows, name), &input).await?;
    // A type confirmed in the queue leads to the next one.
    let is_queue = rows.kind == FLOW.kind && input.get("retour") == "pistes" && answer.status() == StatusCode::SEE_OTHER;
    Ok(if is_queue { see(&dossier.url("/pistes?vue=types-de-flux")) } else { answer })
}

/// The team takes a row out; its content stays in the history.
pub async fn remove(State(app): State<App>, editor: ProjectWriter, KeyPart(key): KeyPart, RowPart(row): RowPart, input: Input) -> Result<Response, AppError> {
    turn(&app, &editor, (&key, row), &input, true).await
}

/// The team brings back a row taken out.
pub async fn restore(State(app): State<App>, editor: ProjectWriter, KeyPart(key): KeyPart, RowPart(row): RowPart, input: Input) -> Result<Response, AppError> {
    turn(&app, &editor, (&key, row), &input, false).await
}

/// Somebody changed the row since the person who removes it opened its page: it is shown again, with who and when.
async fn reread(app: &App, editor: &ProjectWriter, rows: &'static Rows, unit: &Unit, authors: Vec<(String, Author)>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let name = name_of(&mut conn, editor, rows, unit.row).await?;
    let latest = authors.into_iter().map(|(_, author)| author).max_by_key(|author| author.at);
    let by = match latest {
        Some(author) if author.account == editor.account() => None,
        Some(author) => Some(author.name),
        None => Some("Une autre personne".to_owned()),
    };
    let outcome = Outcome { disputes: vec![Dispute { fate: Fate::Edited, by, at: unit.at, mine: unit.clone() }], ..Outcome::default() };
    let page = page_of(editor, rows, unit.row);
    sections::draw(app, &mut conn, editor, &page, frame(editor, rows, name), Some(&outcome), &HashMap::new()).await
}

async fn turn(app: &App, editor: &ProjectWriter, (key, row): (&str, Uuid), input: &Input, is_removal: bool) -> Result<Response, AppError> {
    let rows = collection(key)?;
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let writer = locked.corrector(editor, part_of(rows.kind), Spot::Row(rows.kind, row, None))?;
    let mut content = units::load(&mut tx, editor.project(), &needed_for(&[rows.kind])).await?;
    let found = if is_removal { content.row(rows.kind, row).cloned() } else { units::removed(&mut tx, editor.project(), rows.kind, row).await? };
    let Some(mut unit) = found else { return Ok(see(&editor.url(&format!("/{key}")))) };
    let seen = if is_removal { input.version()? } else { unit.version };
    if seen != unit.version {
        let authors = units::authors(&mut tx, editor.project(), &unit, seen).await?;
        drop(tx);
        return reread(app, editor, rows, &unit, authors).await;
    }
    unit.version += 1;
    if is_removal {
        content.remove(rows.kind, row);
    } else {
        content.put(unit.clone());
    }
    let location = if is_removal { editor.url(&format!("/{key}?retire={row}")) } else { editor.url(&format!("/{key}/{row}")) };
    saving::refresh(&mut locked, &content, &[rows.kind]);
    let act = if is_removal { "removed" } else { "restored" };
    let act = Act { by: &writer, operation, location: &location, act, subject: rows.kind };
    units::write(&mut tx, &locked, &act, &[Change { unit, is_deleted: is_removal, is_set_aside: false }]).await?;
    tx.commit().await?;
    Ok(see(&location))
}
