//! The page of a workshop: one line to type, and what the last ones became.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::board::{Audience, Board, Match, board};
use super::cards::{self, Refused, Typed};
use super::store;
use crate::access::{Dossier, ProjectEditor, ProjectReader, RowPart};
use crate::app::App;
use crate::error::AppError;
use crate::framework::FLOW;
use crate::framework::belonging::part_of;
use crate::framework::content::{Fields, Raw, Unit};
use crate::input::Input;
use crate::kit::moment;
use crate::leads::analysis;
use crate::page::{Layout, html_with, see};
use crate::project::exchange::batch;
use crate::project::exchange::store::Written;
use crate::project::exchange::undo;
use crate::project::units::{self, Act, Change};

/// Cards shown to the team.
const SHOWN: usize = 12;
/// Leads shown with each.
const LEADS: usize = 3;

#[derive(Template)]
#[template(path = "workshop/cards.html")]
struct CardsPage {
    layout: Layout,
    base: String,
    typed: Typed,
    refused: Refused,
    refusal: String,
    operation: Uuid,
    actors: Vec<String>,
    cards: Vec<CardView>,
    done: String,
    removed: Option<String>,
    takes_focus: bool,
}

/// A card of the list.
#[derive(Debug)]
pub struct CardView {
    /// « J’ai » or « Je cherche ».
    pub direction: &'static str,
    /// What it is.
    pub label: String,
    /// Who has it or looks for it.
    pub actor: String,
    /// Domain, quantity, temperature.
    pub facts: Vec<String>,
    kind: String,
    why: String,
    matches: Vec<Match>,
    href: String,
    undo: String,
    version: i32,
    operation: Uuid,
    noted: String,
    is_kept: bool,
}

impl CardView {
    /// The card of a flow.
    pub fn of(board: &Board, flow: &Unit, base: &str) -> Self {
        let (kind, why) = board.kind(flow);
        Self {
            direction: Board::direction(flow),
            label: flow.text("label").to_owned(),
            actor: board.actor(flow),
            facts: board.facts(flow),
            kind,
            why,
            matches: board.matches(flow.row, LEADS),
            href: format!("{base}/flux/{}", flow.row),
            undo: format!("{base}/atelier/{}/annuler", flow.row),
            version: flow.version,
            operation: Uuid::new_v4(),
            noted: String::new(),
            is_kept: !board.is_for_the_room(flow),
        }
    }

    /// What is said of it once noted: "Noté\u{a0}: J’ai sciures de pin, matière, 200 t par an. Type…".
    fn said(&self) -> String {
        let facts = if self.facts.is_empty() { String::new() } else { format!(" ({})", self.facts.join(", ")) };
        let leads = match self.matches.len() {
            0 => "Aucune piste pour l’instant.".to_owned(),
            1 => "Une piste.".to_owned(),
            _ => "Plusieurs pistes.".to_owned(),
        };
        format!("Noté\u{a0}: {} {}{facts}. {}. {leads}", self.direction, self.label, self.kind)
    }
}

/// The team reads the cards of a workshop; whoever may write flows types more.
pub async fn show(State(app): State<App>, reader: ProjectReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let board = board(&app, &mut conn, reader.project(), (Audience::Team, SHOWN)).await?;
    drop(conn);
    let row = |name: &str| asked.get(name).and_then(|row| Uuid::try_parse(row).ok());
    let mut page = page(&app, &reader, &board, Typed::default(), Refused::default());
    if let Some(flow) = row("carte").and_then(|row| board.flow(row)) {
        let assumed = asked.get("compris").and_then(|at| at.parse().ok()).and_then(|at: usize| super::speech::ASSUMED.get(at)).copied().unwrap_or_default();
        let assumed = if assumed.is_empty() { String::new() } else { format!(" Hypothèse\u{a0}: {assumed}.") };
        page.done = format!("{}{assumed}", CardView::of(&board, flow, &page.base).said());
    }
    page.removed = row("retiree").map(|row| reader.url(&format!("/atelier/{row}/retablir")));
    page.takes_focus = asked.contains_key("carte") || asked.contains_key("retiree");
    html_with(StatusCode::OK, &page)
}

fn page(app: &App, reader: &Dossier, board: &Board, typed: Typed, refused: Refused) -> CardsPage {
    let base = reader.url("");
    let mut actors: Vec<String> = board.content.rows("stakeholder").map(|unit| unit.text("name").to_owned()).filter(|name| !name.is_empty()).collect();
    actors.sort_unstable_by_key(|name| crate::kit::french::fold(name));
    actors.dedup();
    let cards = board.cards.iter().filter_map(|card| {
        let noted = format!("{}, {}", card.by, moment::near(card.at, reader.now()));
        Some(CardView { noted, ..CardView::of(board, board.flow(card.row)?, &base) })
    });
    CardsPage {
        layout: Layout::dossier(app, reader, "Atelier", "/flux"),
        cards: cards.collect(),
        base,
        typed,
        takes_focus: refused != Refused::default(),
        refused,
        refusal: reader.may_write(part_of(FLOW.kind)).err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        operation: Uuid::new_v4(),
        actors,
        done: String::new(),
        removed: None,
    }
}

/// Whoever may write flows notes a line, until the bound.
pub async fn save(State(app): State<App>, editor: ProjectEditor, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let typed =
        Typed { words: input.trimmed("mots"), actor: input.trimmed("acteur"), is_need: input.get("sens") == "in", is_private: input.get("garder") == "oui" };
    let card = match cards::card(&*analysis::tables(&app).await?, &typed) {
        Ok(card) => card,
        Err(refused) => return refuse(&app, &editor, typed, refused).await,
    };
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let writer = locked.writer(&editor, part_of(FLOW.kind))?;
    let mut content = batch::load(&mut tx, &editor, &["stakeholder", "flow"]).await?;
    let changes = match card.rows(&content) {
        Ok(changes) => changes,
        Err(sentence) => {
            drop(tx);
            return refuse(&app, &editor, typed, Refused { words: sentence, ..Refused::default() }).await;
        }
    };
    content.units.extend(changes.iter().map(|change| change.unit.clone()));
    let row = changes.last().map(|change| change.unit.row).unwrap_or_default();
    let assumed = card.assumed().map(|at| format!("&compris={at}")).unwrap_or_default();
    let location = editor.url(&format!("/atelier?carte={row}{assumed}"));
    let act = Act { by: &writer, operation, location: &location, act: store::ACT, subject: FLOW.kind };
    batch::write(&mut tx, &mut locked, &content, &act, &changes).await?;
    tx.commit().await?;
    Ok(see(&location))
}

async fn refuse(app: &App, editor: &ProjectEditor, typed: Typed, refused: Refused) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let board = board(app, &mut conn, editor.project(), (Audience::Team, SHOWN)).await?;
    drop(conn);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(app, editor, &board, typed, refused))
}

/// Whoever may write flows takes a card out, with the actor that it created when nothing else relies on it.
pub async fn undo(State(app): State<App>, editor: ProjectEditor, RowPart(row): RowPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let writer = locked.writer(&editor, part_of(FLOW.kind))?;
    let mut content = units::load_all(&mut tx, editor.project()).await?;
    let Some(flow) = content.row(FLOW.kind, row).cloned() else { return Ok(see(&editor.url("/atelier"))) };
    // Somebody completed it since: its own page says so, and removes it knowingly.
    if flow.version != seen {
        return Ok(see(&editor.url(&format!("/flux/{row}"))));
    }
    let mut written = vec![added(&flow)];
    if let Some(actor) = flow.row_of("actor").and_then(|actor| content.row("stakeholder", actor)).filter(|actor| actor.version == 1)
        && store::is_noted(&mut tx, editor.project(), "stakeholder", actor.row).await?
    {
        written.push(added(actor));
    }
    let undo::Undoing { changes, .. } = undo::undo(&written, &content);
    if changes.is_empty() {
        // A synergy or an action relies on it.
        return Ok(see(&editor.url(&format!("/flux/{row}"))));
    }
    for change in &changes {
        content.remove(&change.unit.kind, change.unit.row);
    }
    let location = editor.url(&format!("/atelier?retiree={row}"));
    let act = Act { by: &writer, operation, location: &location, act: "removed", subject: FLOW.kind };
    batch::write(&mut tx, &mut locked, &content, &act, &changes).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// A row as an act that added it and that is undone.
fn added(unit: &Unit) -> Written {
    Written { kind: unit.kind.clone(), row: unit.row, version: unit.version, is_added: true, is_left: false, before: (Fields::new(), Raw::new()) }
}

/// Whoever may write flows brings a card back, and its actor with it.
pub async fn restore(State(app): State<App>, editor: ProjectEditor, RowPart(row): RowPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let writer = locked.writer(&editor, part_of(FLOW.kind))?;
    let mut content = batch::load(&mut tx, &editor, &["stakeholder", "flow"]).await?;
    let Some(flow) = units::removed(&mut tx, editor.project(), FLOW.kind, row).await? else { return Ok(see(&editor.url("/atelier"))) };
    let actor = match flow.row_of("actor") {
        Some(actor) => units::removed(&mut tx, editor.project(), "stakeholder", actor).await?,
        None => None,
    };
    let mut changes = Vec::new();
    for mut unit in actor.into_iter().chain([flow]) {
        unit.version += 1;
        content.put(unit.clone());
        changes.push(Change { unit, is_deleted: false, is_set_aside: false });
    }
    let location = editor.url(&format!("/atelier?carte={row}"));
    let act = Act { by: &writer, operation, location: &location, act: "restored", subject: FLOW.kind };
    batch::write(&mut tx, &mut locked, &content, &act, &changes).await?;
    tx.commit().await?;
    Ok(see(&location))
}
