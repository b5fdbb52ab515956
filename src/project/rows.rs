//! Rows that have pages of their own: actors, flows, synergies, actions, commitments.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::draw::{News, Pen, row_name};
use super::exchange::preview::Last;
use super::saving::{self, Dispute, Fate, Outcome, Page};
use super::sections::{self, Asked, Frame};
use super::units::{self, Act, Author, Change};
use crate::access::{Dossier, KeyPart, ProjectEditor, ProjectReader, RowPart, Sending, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::framework::content::{Content, Unit};
use crate::framework::standing::needed_for;
use crate::framework::{COLLECTIONS, DELIVERABLES, Rows};
use crate::input::Input;
use crate::kit::french::{count, fold};
use crate::page::{Layout, html, see};
use crate::suspended::KeptForm;

/// Rows shown at once in a list; the filter finds the others.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "project/rows.html")]
struct RowsPage {
    layout: Layout,
    heading: &'static str,
    lead: &'static str,
    none: &'static str,
    base: String,
    path: &'static str,
    columns: Vec<(&'static str, bool)>,
    rows: Vec<(String, String, Vec<String>, bool)>,
    count: String,
    shown: String,
    asked: String,
    add: String,
    is_full: bool,
    most: u16,
    is_editable: bool,
    refusal: String,
    operation: Uuid,
    removed: Option<String>,
    exchanged: &'static str,
    last: Option<Last>,
}

fn collection(path: &str) -> Result<&'static Rows, AppError> {
    COLLECTIONS.iter().find(|rows| rows.path == Some(path)).copied().ok_or(AppError::NotFound)
}

/// The team lists the rows of a collection; its address is beside those of the deliverables.
pub async fn list(app: &App, dossier: &Dossier, key: &str, asked: &HashMap<String, String>) -> Result<Response, AppError> {
    let rows = collection(key)?;
    if rows.kind == "stakeholder" {
        let is_map = asked.get("vue").is_some_and(|view| view == "carte");
        return if is_map { super::views::map::show(app, dossier, asked).await } else { super::stakeholders::show(app, dossier, asked).await };
    }
    policy::team(dossier.ties(), dossier.facts())?;
    let mut conn = app.db.acquire().await?;
    let content = units::load(&mut conn, dossier.project(), &[rows.kind, "stakeholder"]).await?;
    let last = Last::of(&mut conn, dossier, rows.kind).await?;
    html(&RowsPage { last, ..list_page(app, dossier, rows, &content, asked) })
}

fn list_page(app: &App, reader: &Dossier, rows: &'static Rows, content: &Content, asked: &HashMap<String, String>) -> RowsPage {
    let path = rows.path.unwrap_or_default();
    let pen = Pen { content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
    let columns: Vec<_> = columns(rows.kind).iter().filter_map(|key| rows.field(key)).collect();
    let wanted = fold(asked.get("q").map_or("", String::as_str).trim());
    let total = content.rows(rows.kind).count();
    let lines: Vec<(String, String, Vec<String>, bool)> = content
        .rows(rows.kind)
        .map(|unit| {
            let values = columns.iter().map(|field| pen.shown(field, unit)).collect::<Vec<_>>();
            (pen.name(unit), reader.url(&format!("/{path}/{}", unit.row)), values, !unit.raw.is_empty())
        })
        .filter(|(name, _, values, _)| wanted.is_empty() || fold(name).contains(&wanted) || values.iter().any(|value| fold(value).contains(&wanted)))
        .collect();
    let noun = rows.one.split_once(' ').map_or(rows.one, |(_, noun)| noun);
    let refusal = reader.may_write(part_of(rows.kind)).err();
    RowsPage {
        layout: Layout::dossier(app, reader, rows.title, &format!("/{path}")),
        heading: rows.title,
        lead: lead(rows.kind),
        none: none(rows.kind),
        base: reader.url(""),
        path,
        columns: columns.iter().map(|field| (field.label, matches!(field.kind, crate::framework::Kind::Decimal(..)))).collect(),
        count: count(total, noun, rows.many),
        shown: if lines.len() < total || lines.len() > SHOWN { format!("{} sur {total}", lines.len().min(SHOWN)) } else { String::new() },
        rows: lines.into_iter().take(SHOWN).collect(),
        asked: asked.get("q").cloned().unwrap_or_default(),
        add: format!("Ajouter {}", rows.one),
        is_full: total >= usize::from(rows.most),
        most: rows.most,
        is_editable: refusal.is_none(),
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        operation: Uuid::new_v4(),
        removed: asked.get("retire").and_then(|row| Uuid::try_parse(row).ok()).map(|row| reader.url(&format!("/{path}/{row}/retablir"))),
        exchanged: super::exchange::list::of_kind(rows.kind).map_or("", |list| list.slug),
        last: None,
    }
}

fn columns(kind: &str) -> &'static [&'static str] {
    match kind {
        "flow" => &["actor", "direction", "domain", "quantity", "unit", "evidence"],
        "synergy" => &["kind", "status", "emitter", "receiver", "sources"],
        "action" => &["theme", "origin", "progress"],
        _ => &["kind", "signatory", "function", "signed_on"],
    }
}

fn lead(kind: &str) -> &'static str {
    match kind {
        "flow" => "Ce qui entre et ce qui sort des établissements, les services cherchés et offerts. Les quantités sont toujours facultatives.",
        "synergy" => "Les mutualisations et les substitutions que le territoire pourrait étudier, avec leurs sources et leur méthode.",
        "action" => "Une ou deux actions vitrines, concrètes, pendant la phase 1.",
        _ => "Lettres, accords et chartes signés par les entreprises et les principales parties prenantes.",
    }
}

fn none(kind: &str) -> &'static str {
    match kind {
        "flow" => "Aucun flux pour l’instant.",
        "synergy" => "Aucune synergie pour l’instant.",
        "action" => "Aucune action pour l’instant.",
        _ => "Aucun engagement pour l’instant.",
    }
}

/// The team adds a row and goes to its page, until the bound.
pub async fn create(State(app): State<App>, editor: ProjectEditor, KeyPart(key): KeyPart, input: Input) -> Result<Response, AppError> {
    let rows = collection(&key)?;
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let writer = locked.writer(&editor, part_of(rows.kind))?;
    let mut content = units::load(&mut tx, editor.project(), &needed_for(&[rows.kind])).await?;
    let (held, last) = content.rows(rows.kind).fold((0, 0), |(held, last), unit| (held + 1, unit.position.max(last)));
    if held >= usize::from(rows.most) {
        return Err(AppError::Unprocessable(format!("{} au plus\u{a0}: retirez-en une avant d’en ajouter une autre.", count(rows.most, "ligne", "lignes"))));
    }
    let row = Uuid::now_v7();
    let mut unit = Unit::blank(rows.kind, row, None);
    (unit.version, unit.position) = (1, last + 1);
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
    KeptForm(sending, input): KeptForm<Sending<ProjectEditor>>,
) -> Result<Response, AppError> {
    let rows = collection(&key)?;
    let mut conn = app.db.acquire().await?;
    let dossier = sending.dossier();
    let name = name_of(&mut conn, dossier, rows, row).await?;
    drop(conn);
    sections::respond(&app, &sending, &page_of(dossier, rows, row), frame(dossier, rows, name), &input).await
}

/// The team takes a row out; its content stays in the history.
pub async fn remove(State(app): State<App>, editor: ProjectEditor, KeyPart(key): KeyPart, RowPart(row): RowPart, input: Input) -> Result<Response, AppError> {
    turn(&app, &editor, (&key, row), &input, true).await
}

/// The team brings back a row taken out.
pub async fn restore(State(app): State<App>, editor: ProjectEditor, KeyPart(key): KeyPart, RowPart(row): RowPart, input: Input) -> Result<Response, AppError> {
    turn(&app, &editor, (&key, row), &input, false).await
}

/// Somebody changed the row since the person who removes it opened its page: it is shown again, with who and when.
async fn reread(app: &App, editor: &ProjectEditor, rows: &'static Rows, unit: &Unit, authors: Vec<(String, Author)>) -> Result<Response, AppError> {
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

async fn turn(app: &App, editor: &ProjectEditor, (key, row): (&str, Uuid), input: &Input, is_removal: bool) -> Result<Response, AppError> {
    let rows = collection(key)?;
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let writer = locked.writer(editor, part_of(rows.kind))?;
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
