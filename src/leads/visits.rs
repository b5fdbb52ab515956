//! The visit sheet: actor by actor, what to ask, so that the leads concerned stop counting the unknown for half.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use trame_synergies::explain::{self, Unknown};
use trame_synergies::flow::{Direction, Flow};
use trame_synergies::leads::Lead;
use uuid::Uuid;

use super::analysis::{self, Analysis};
use super::book::{Book, Thing};
use super::decision::{self, Choice, Decisions};
use super::lead::evidence::{Table, field, table};
use super::words;
use crate::access::{Dossier, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, html};
use crate::project::sections::Asked;

/// Actors on a page.
const PAGE: usize = 50;
/// Leads cited for an actor.
const CITED: usize = 5;

/// Something to ask.
struct Ask {
    flow: String,
    question: &'static str,
    href: String,
}

/// An actor to visit.
struct Visit {
    row: Uuid,
    name: String,
    href: String,
    alone: String,
    place: String,
    asks: Vec<Ask>,
    leads: Table,
}

#[derive(Template)]
#[template(path = "leads/visits.html")]
struct VisitsPage {
    layout: Layout,
    base: String,
    title: String,
    visits: Vec<Visit>,
    is_lone: bool,
    has_flows: bool,
    range: String,
    more: Option<String>,
    made: String,
}

/// What is asked of an actor: its flows in the order of their best lead, and its leads.
#[derive(Default)]
struct Gathered {
    best: u8,
    flows: Vec<usize>,
    leads: Vec<Lead>,
}

/// The team prepares its visits: every actor, or one.
pub async fn show(State(app): State<App>, reader: ProjectReader, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = analysis::of(&app, &mut conn, reader.project(), reader.head().content_version).await?;
    let decisions = decision::last(&mut conn, reader.project()).await?;
    drop(conn);
    let only = asked.get("acteur").and_then(|row| Uuid::try_parse(row).ok());
    let after = asked.get("apres").and_then(|row| Uuid::try_parse(row).ok());
    let layout = Layout::dossier(&app, &reader, "Fiches de visite", "/synergies");
    let draw = move || page(layout, &reader, (&found, &decisions), only, after);
    html(&tokio::task::spawn_blocking(draw).await.map_err(anyhow::Error::from)??)
}

fn page(
    layout: Layout,
    dossier: &Dossier,
    (found, decisions): (&Analysis, &Decisions),
    only: Option<Uuid>,
    after: Option<Uuid>,
) -> Result<VisitsPage, AppError> {
    let base = dossier.url("");
    let book = Book { base: &base, found, decisions };
    let mut actors: Vec<(Uuid, Gathered)> = gather(book).into_iter().filter(|(row, _)| only.is_none_or(|only| only == *row)).collect();
    if only.is_some_and(|only| !found.read.actors.contains_key(&only)) {
        return Err(AppError::NotFound);
    }
    actors.sort_by_key(|(row, gathered)| (std::cmp::Reverse(gathered.best), *row));
    let visits = actors.iter().filter_map(|(row, gathered)| visit(book, *row, gathered));
    let mut visits: Vec<Visit> = visits.collect();
    let total = visits.len();
    let start = after.and_then(|row| visits.iter().position(|visit| visit.row == row)).map_or(0, |at| at + 1);
    visits = visits.into_iter().skip(start).collect();
    let has_more = visits.len() > PAGE;
    visits.truncate(PAGE);
    Ok(VisitsPage {
        layout,
        title: only.and_then(|row| found.read.actors.get(&row)).map_or_else(|| "Fiches de visite".to_owned(), |actor| format!("Visite\u{a0}: {}", actor.name)),
        is_lone: only.is_some(),
        has_flows: !found.read.flows.is_empty(),
        range: if visits.is_empty() { String::new() } else { format!("Acteurs {} à {} sur {total}", start + 1, start + visits.len()) },
        more: visits.last().filter(|_| has_more).map(|last| format!("{base}/visites?apres={}", last.row)),
        made: format!("Préparée sur la version {} du dossier, {}.", dossier.head().content_version, moment::full(dossier.now())),
        visits,
        base,
    })
}

/// Leads set aside ask for nothing.
fn gather(book: Book<'_>) -> BTreeMap<Uuid, Gathered> {
    let mut actors: BTreeMap<Uuid, Gathered> = BTreeMap::new();
    let is_live = |subject| book.decisions.is_empty() || book.choice(&subject) != Choice::Dismissed;
    for lead in book.found.leads.iter().filter(|lead| is_live(book.pair(**lead))) {
        for at in [lead.from, lead.to] {
            let gathered = actors.entry(book.found.source(at).actor).or_default();
            gathered.best = gathered.best.max(lead.score);
            gathered.leads.push(*lead);
            if !gathered.flows.contains(&at) {
                gathered.flows.push(at);
            }
        }
    }
    for pool in book.found.pools.iter().filter(|pool| pool.actors > 2 && is_live(book.pool(pool))) {
        for at in Thing::Pool(pool).flows() {
            let gathered = actors.entry(book.found.source(at).actor).or_default();
            gathered.best = gathered.best.max(pool.score);
            if !gathered.flows.contains(&at) {
                gathered.flows.push(at);
            }
        }
    }
    actors
}

/// Nothing when nothing is left to ask.
fn visit(book: Book<'_>, row: Uuid, gathered: &Gathered) -> Option<Visit> {
    let actor = book.found.read.actors.get(&row)?;
    let asks = asks(book, &gathered.flows);
    if asks.is_empty() {
        return None;
    }
    let href = format!("{}/acteurs/{row}", book.base);
    let best = if gathered.leads.len() > CITED { ", les meilleures d’abord" } else { "" };
    let caption = format!("{}{best}", count(gathered.leads.len(), "piste concernée", "pistes concernées"));
    let all = (format!("{}/pistes?vue=paires&acteur={row}", book.base), "Toutes ses pistes".to_owned());
    let shown = &gathered.leads[..gathered.leads.len().min(CITED)];
    Some(Visit {
        row,
        name: actor.name.clone(),
        alone: format!("{}/visites?acteur={row}", book.base),
        place: words::place(actor),
        asks,
        leads: table(book, caption, shown, (gathered.leads.len() > CITED).then_some(all)),
        href,
    })
}

/// One question per flow and datum; where the actor stands is asked once.
fn asks(book: Book<'_>, flows: &[usize]) -> Vec<Ask> {
    let mut is_placed = true;
    let mut asks = Vec::new();
    for at in flows {
        let flow = book.found.flow(*at);
        for about in explain::unknowns(&book.found.tables, flow) {
            if about == Unknown::Position && !std::mem::take(&mut is_placed) {
                continue;
            }
            let name = if about == Unknown::Position { "Le site".to_owned() } else { flow.label.clone() };
            asks.push(Ask { flow: name, question: question(flow, about), href: field(book, *at, about) });
        }
    }
    asks
}

fn question(flow: &Flow, about: Unknown) -> &'static str {
    match about {
        Unknown::Kind => "De quoi s’agit-il exactement\u{a0}: matière, état, procédé d’où elle vient\u{202f}?",
        Unknown::Quantity if flow.direction == Direction::Out => "Combien par an, même en ordre de grandeur\u{202f}?",
        Unknown::Quantity => "Combien en faut-il par an, même en ordre de grandeur\u{202f}?",
        Unknown::Months => "Quels mois de l’année\u{202f}?",
        Unknown::Position => "Dans quelle commune, à quel endroit\u{202f}?",
        Unknown::Temperature if flow.label.contains('°') => "La température de la désignation est à reporter dans son champ.",
        Unknown::Temperature => "À quelle température\u{202f}?",
        Unknown::Quality => "De quelle qualité\u{a0}: potable, adoucie, industrielle, de pluie, brute, usée\u{202f}?",
        Unknown::Evidence => "L’estimation statistique est-elle juste\u{202f}?",
    }
}
