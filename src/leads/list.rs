//! What the engine finds in a dossier: types of synergies first, then their evidence; for the team alone.

pub mod gaps;
pub mod generators;
pub mod lines;
pub mod types;
pub mod untyped;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use uuid::Uuid;

use super::analysis::{self, Analysis};
use super::book::Book;
use super::decision::{self, Choice, Decisions, Subject};
use super::filters::{Filters, Standing, View};
use super::sieve::{Sieve, choices};
use super::words::DOMAINS;
use crate::access::{Dossier, ProjectReader, Refusal};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::kit::french::{count, list};
use crate::kit::moment;
use crate::page::{Layout, html};
use crate::project::sections::Asked;

/// Above this number of actors, the words find them better than a list.
const CHOSEN_FROM: usize = 200;

/// A tab.
struct TabView {
    label: String,
    href: String,
    is_current: bool,
}

/// A choice of a filter.
struct OptionView {
    key: String,
    label: String,
    is_on: bool,
}

/// What was just decided, and how to take it back.
struct DoneView {
    sentence: String,
    action: String,
    seen: i64,
    operation: Uuid,
}

/// The lines of a view.
pub enum Body {
    /// Types of synergies.
    Types(types::TypesView),
    /// Pairs, groups or missing links.
    Lines(lines::LinesView),
    /// Biggest actors.
    Generators(generators::GeneratorsView),
    /// Flows to type.
    Untyped(untyped::UntypedView),
}

#[derive(Template)]
#[template(path = "leads/list.html")]
struct ListPage {
    layout: Layout,
    base: String,
    lead: String,
    tabs: Vec<TabView>,
    view: &'static str,
    filters: Filters,
    domains: Vec<OptionView>,
    actors: Vec<OptionView>,
    standings: Vec<OptionView>,
    is_filtered: bool,
    unfiltered: String,
    refusal: String,
    is_editable: bool,
    done: Option<DoneView>,
    /// Nothing is described yet.
    is_bare: bool,
    has_actors: bool,
    body: Body,
    range: String,
    more: Option<String>,
    first: Option<String>,
    computed: String,
}

/// The team sees what the engine finds.
pub async fn show(State(app): State<App>, reader: ProjectReader, Query(asked): Asked) -> Result<Response, AppError> {
    let filters = Filters::read(&asked);
    let done = asked.get("fait").and_then(|key| key.parse::<Subject>().ok());
    let mut conn = app.db.acquire().await?;
    let found = analysis::of(&app, &mut conn, reader.project(), reader.head().content_version).await?;
    let decisions = decision::last(&mut conn, reader.project()).await?;
    drop(conn);
    let layout = Layout::dossier(&app, &reader, "Pistes de synergies", "/synergies");
    let draw = move || page(layout, &reader, (&found, &decisions), filters, done);
    html(&tokio::task::spawn_blocking(draw).await.map_err(anyhow::Error::from)?)
}

fn page(layout: Layout, dossier: &Dossier, (found, decisions): (&Analysis, &Decisions), filters: Filters, done: Option<Subject>) -> ListPage {
    let base = dossier.url("");
    let book = Book { base: &base, found, decisions };
    let refusal = dossier.may_write(part_of("synergy")).err();
    let (body, range, more) = body(book, &filters, refusal.is_none());
    let option = |key: &str, label: &str, is_on| OptionView { key: key.to_owned(), label: label.to_owned(), is_on };
    let actors = choices(book);
    let chosen = filters.actor.map(|row| row.to_string()).unwrap_or_default();
    let few = actors.len() <= CHOSEN_FROM;
    ListPage {
        layout,
        lead: summary(book),
        tabs: tabs(book, &filters),
        view: filters.view.key(),
        domains: DOMAINS.iter().map(|(domain, key, label, _)| option(key, label, filters.domain == Some(*domain))).collect(),
        actors: actors.iter().filter(|(row, _)| few || *row == chosen).map(|(row, name)| option(row, name, *row == chosen)).collect(),
        standings: Standing::ALL.iter().map(|(standing, key, label)| option(key, label, filters.standing == *standing)).collect(),
        is_filtered: filters.is_any(),
        unfiltered: format!("{base}/pistes{}", Filters { view: filters.view, ..Filters::default() }.query()),
        refusal: refusal.as_ref().map(Refusal::sentence).unwrap_or_default(),
        is_editable: refusal.is_none(),
        done: done.filter(|_| refusal.is_none()).and_then(|subject| done_view(book, &filters, &subject)),
        is_bare: found.read.flows.is_empty(),
        has_actors: !found.read.actors.is_empty(),
        first: filters.after.as_ref().map(|_| format!("{base}/pistes{}", filters.seen_as(filters.view).query())),
        computed: format!("calculées sur la version {} du dossier, {}", dossier.head().content_version, moment::full(dossier.now())),
        body,
        range,
        more,
        filters,
        base,
    }
}

fn body(book: Book<'_>, filters: &Filters, is_editable: bool) -> (Body, String, Option<String>) {
    let sieve = Sieve::new(book, filters);
    match filters.view {
        View::Types => {
            let slice = types::slice(book, filters, &sieve);
            (Body::Types(types::view(book, &slice.lines)), slice.range(), slice.more)
        }
        View::Pairs => lines::pairs(book, filters, &sieve, is_editable),
        View::Pools => lines::pools(book, filters, &sieve, is_editable),
        View::Gaps => gaps::view(book, filters, &sieve, is_editable),
        View::Generators => generators::view(book, filters),
        View::Untyped => untyped::view(book, filters, &sieve),
    }
}

/// "138 flux donnent 62 paires possibles, 9 types de synergies et 4 mutualisations. 5 pistes gardées, 2 promues, 1 écartée."
fn summary(book: Book<'_>) -> String {
    let Book { found, decisions, .. } = book;
    let crowd = found.pools.iter().filter(|pool| pool.actors > 2).count();
    let given = [
        (found.types.len(), "type de synergie", "types de synergies"),
        (found.leads.len(), "paire possible", "paires possibles"),
        (crowd, "mutualisation d’au moins trois acteurs", "mutualisations d’au moins trois acteurs"),
        (found.missing.len(), "chaînon manquant", "chaînons manquants"),
    ];
    let given: Vec<String> = given.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(*n, one, many)).collect();
    let flows = count(found.read.flows.len(), "flux", "flux");
    let verb = if found.read.flows.len() < 2 { "donne" } else { "donnent" };
    let given = if given.is_empty() { "encore aucune piste".to_owned() } else { list(&given) };
    let mut text = format!("{flows} {verb} {given}. ");
    let stated = [
        (Choice::Kept, "piste gardée", "pistes gardées"),
        (Choice::Promoted, "promue en synergie", "promues en synergies"),
        (Choice::Dismissed, "écartée", "écartées"),
    ];
    let stated: Vec<String> =
        stated.iter().filter_map(|(choice, one, many)| Some(count(Some(decisions.count(*choice)).filter(|n| *n > 0)?, one, many))).collect();
    if !stated.is_empty() {
        text.push_str(&stated.join(", "));
        text.push_str(". ");
    }
    text + "Rien n’entre dans le dossier sans votre décision."
}

fn tabs(book: Book<'_>, filters: &Filters) -> Vec<TabView> {
    let found = book.found;
    let crowd = found.pools.iter().filter(|pool| filters.has_couples || pool.actors > 2).count();
    let figure = |view| match view {
        View::Types => Some(found.types.len()),
        View::Pairs => Some(found.leads.len()),
        View::Pools => Some(crowd),
        View::Gaps => Some(found.missing.len()),
        View::Generators => None,
        View::Untyped => Some(untyped::waiting(found)),
    };
    let tab = |view, label: &str| TabView {
        label: figure(view).map_or_else(|| label.to_owned(), |n| format!("{label} ({n})")),
        href: format!("{}/pistes{}", book.base, filters.seen_as(view).query()),
        is_current: view == filters.view,
    };
    View::ALL.iter().map(|(view, _, label)| tab(*view, label)).collect()
}

/// What was just decided in the list, to be taken back at once.
fn done_view(book: Book<'_>, filters: &Filters, subject: &Subject) -> Option<DoneView> {
    let decision = book.decisions.of(subject)?;
    let title = book.find(subject).map(|thing| book.title(&thing))?;
    (decision.choice == Choice::Kept).then(|| DoneView {
        sentence: format!("Gardée\u{a0}: {title}."),
        action: format!("{}{}", book.href(subject), filters.query_with("depuis=liste")),
        seen: decision.id,
        operation: Uuid::new_v4(),
    })
}
