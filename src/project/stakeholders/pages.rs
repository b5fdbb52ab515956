//! The page of the actors: list, grid or circles, with the same filters; every drawn view has its table and its forms.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::circles::{Circles, circles};
use super::filters::{FilterView, Filters, View};
use super::grid::{Grid, grid};
use super::mark::{Actor, Bond, KINDS, Weight, actors, outline};
use super::placing::{FIELDS, Moved};
use crate::access::{Dossier, policy};
use crate::app::App;
use crate::assets;
use crate::error::AppError;
use crate::framework::STAKEHOLDER;
use crate::framework::belonging::part_of;
use crate::framework::content::{Content, Unit, Value};
use crate::kit::french::count;
use crate::page::{Layout, html_with};
use crate::project::draw::{News, Pen};
use crate::project::exchange::preview::Last;
use crate::project::units;

/// Rows shown at once; the filters find the others.
const SHOWN: usize = 200;
/// Columns of the list.
const COLUMNS: [&str; 6] = ["kind", "commune", "headcount", "role", "skill", "working_mode"];

/// A row of the list, or of a view's table with its form.
struct RowView {
    row: Uuid,
    name: String,
    href: String,
    is_faulty: bool,
    values: Vec<String>,
    version: i32,
    operation: Uuid,
    influence: String,
    interest: String,
    is_core: bool,
    bond: &'static str,
    bond_class: &'static str,
    circle: &'static str,
    is_confidential: bool,
}

impl RowView {
    /// Is that the level of that name? (templates compare texts)
    fn has(&self, name: &str, level: &str) -> bool {
        if name == "influence" { self.influence == level } else { self.interest == level }
    }
}

/// A move just made, to be undone.
struct MovedView {
    row: Uuid,
    sentence: String,
    before: [String; 3],
    version: i32,
    operation: Uuid,
}

/// An entry of the key.
struct KeyView {
    outline: String,
    bond: &'static str,
    letter: &'static str,
    label: &'static str,
}

#[derive(Template)]
#[template(path = "project/stakeholders.html")]
struct ActorsPage {
    layout: Layout,
    script: &'static str,
    heading: &'static str,
    base: String,
    tabs: Vec<(&'static str, String, bool)>,
    view: &'static str,
    words: String,
    filters: Vec<FilterView>,
    is_filtered: bool,
    unfiltered: String,
    query: String,
    count: String,
    shown: String,
    columns: Vec<&'static str>,
    rows: Vec<RowView>,
    unplaced: Vec<RowView>,
    unplaced_count: String,
    grid: Option<Grid>,
    circles: Option<Circles>,
    key: Vec<KeyView>,
    hidden: String,
    moved: Option<MovedView>,
    clash: String,
    last: Option<Last>,
    removed: Option<String>,
    is_full: bool,
    most: u16,
    is_editable: bool,
    refusal: String,
    operation: Uuid,
}

/// What the page tells besides: a row taken out, a move, a move refused.
#[derive(Debug, Default)]
pub struct Told {
    /// Row just taken out.
    pub removed: Option<Uuid>,
    /// Move just made.
    pub moved: Option<Moved>,
    /// Move refused, and why.
    pub clash: String,
    /// Status of the answer.
    pub status: StatusCode,
}

/// The team sees its actors, as a list or drawn.
pub async fn show(app: &App, dossier: &Dossier, asked: &HashMap<String, String>) -> Result<Response, AppError> {
    let removed = asked.get("retire").and_then(|row| Uuid::try_parse(row).ok());
    draw(app, dossier, &Filters::read(asked), Told { removed, moved: Moved::read(asked), ..Told::default() }).await
}

/// Draws the page. Only the team reads the actors: some of them are confidential.
pub async fn draw(app: &App, dossier: &Dossier, filters: &Filters, told: Told) -> Result<Response, AppError> {
    policy::team(dossier.ties(), dossier.facts())?;
    let mut conn = app.db.acquire().await?;
    let content = units::load(&mut conn, dossier.project(), &KINDS).await?;
    let last = Last::of(&mut conn, dossier, STAKEHOLDER.kind).await?;
    drop(conn);
    let status = told.status;
    let page = ActorsPage { last, ..page(app, dossier, &content, filters, told) };
    html_with(status, &page)
}

fn page(app: &App, dossier: &Dossier, content: &Content, filters: &Filters, told: Told) -> ActorsPage {
    let pen = Pen { content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
    let all = actors(content);
    let total = all.len();
    let values = |actor: &Actor<'_>| COLUMNS.iter().filter_map(|key| STAKEHOLDER.field(key)).map(|field| pen.shown(field, actor.unit)).collect::<Vec<_>>();
    let found: Vec<(Actor<'_>, Vec<String>)> = all
        .into_iter()
        .map(|actor| (values(&actor), actor))
        .filter(|(shown, actor)| filters.takes(actor, shown))
        .map(|(shown, actor)| (actor, shown))
        .collect();
    let drawn: Vec<Actor<'_>> = found.iter().map(|(actor, _)| actor.clone()).collect();
    let (grid, circles) = match filters.view {
        View::List => (None, None),
        View::Grid => (Some(grid(&drawn)), None),
        View::Circles => (None, Some(circles(&drawn))),
    };
    let is_apart = |actor: &Actor<'_>| filters.view == View::Grid && actor.place().is_none();
    let (apart, mut listed): (Vec<_>, Vec<_>) = found.into_iter().partition(|(actor, _)| is_apart(actor));
    order(&mut listed, filters.view, grid.as_ref(), circles.as_ref());
    let (matching, apart_count) = (listed.len() + apart.len(), apart.len());
    let base = dossier.url("");
    let view = |(actor, values): (Actor<'_>, Vec<String>)| row_view(&base, &actor, values);
    let rows: Vec<RowView> = listed.into_iter().take(SHOWN).map(view).collect();
    let unplaced: Vec<RowView> = apart.into_iter().take(SHOWN).map(view).collect();
    let hidden = grid.as_ref().map_or(0, |grid| grid.hidden) + circles.as_ref().map_or(0, |circles| circles.hidden);
    let refusal = dossier.may_write(part_of("stakeholder")).err();
    ActorsPage {
        layout: Layout::dossier(app, dossier, title(filters.view), "/acteurs"),
        script: assets::path("stakeholders.js"),
        heading: STAKEHOLDER.title,
        tabs: filters.tabs(&base, false),
        view: View::ALL.iter().find(|(view, ..)| *view == filters.view).map_or("", |(_, key, _)| key),
        words: filters.words.clone(),
        filters: filters.views(),
        is_filtered: filters.is_any(),
        unfiltered: format!("{base}/acteurs{}", Filters { view: filters.view, ..Filters::default() }.query()),
        query: filters.query(),
        count: count(total, "acteur", "acteurs"),
        shown: if rows.len() + unplaced.len() < total { format!("{} sur {total}", rows.len() + unplaced.len()) } else { String::new() },
        columns: COLUMNS.iter().filter_map(|key| STAKEHOLDER.field(key)).map(|field| field.label).collect(),
        rows,
        unplaced,
        unplaced_count: count(apart_count, "acteur", "acteurs"),
        grid,
        circles,
        key: key(),
        hidden: if hidden == 0 {
            String::new()
        } else {
            format!("{} dessinés sur {}, les autres sont dans le tableau.", matching - apart_count - hidden, matching - apart_count)
        },
        moved: told.moved.and_then(|moved| moved_view(&pen, content, moved)),
        clash: told.clash,
        last: None,
        removed: told.removed.map(|row| format!("{base}/acteurs/{row}/retablir")),
        is_full: total >= usize::from(STAKEHOLDER.most),
        most: STAKEHOLDER.most,
        is_editable: refusal.is_none(),
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        operation: Uuid::new_v4(),
        base,
    }
}

fn title(view: View) -> &'static str {
    match view {
        View::List => "Acteurs",
        View::Grid => "Acteurs, influence et intérêt",
        View::Circles => "Acteurs, cercles",
    }
}

/// The list keeps the order in which actors were added; a view's table begins with what is drawn, whose forms the marks use.
fn order(listed: &mut [(Actor<'_>, Vec<String>)], view: View, grid: Option<&Grid>, circles: Option<&Circles>) {
    let marks = grid.into_iter().flat_map(|grid| &grid.marks).chain(circles.into_iter().flat_map(|circles| &circles.marks));
    let drawn: HashSet<Uuid> = marks.map(|mark| mark.row).collect();
    if view == View::List {
        listed.sort_by_key(|(actor, _)| (actor.unit.position, actor.unit.row));
    } else {
        listed.sort_by_key(|(actor, _)| !drawn.contains(&actor.unit.row));
    }
}

fn row_view(base: &str, actor: &Actor<'_>, values: Vec<String>) -> RowView {
    let level = |level: Option<u8>| level.map(|level| level.to_string()).unwrap_or_default();
    RowView {
        row: actor.unit.row,
        name: actor.name.clone(),
        href: format!("{base}/acteurs/{}", actor.unit.row),
        is_faulty: !actor.unit.raw.is_empty(),
        values,
        version: actor.unit.version,
        operation: Uuid::new_v4(),
        influence: level(actor.influence),
        interest: level(actor.interest),
        is_core: actor.is_core(),
        bond: match actor.bond {
            Bond::Signed => "Signé",
            Bond::Prepared => "En préparation",
            Bond::None => "Aucun",
        },
        bond_class: match actor.bond {
            Bond::Signed => "done",
            Bond::Prepared => "doing",
            Bond::None => "off",
        },
        circle: actor.circle.label(),
        is_confidential: actor.unit.flag("confidential"),
    }
}

fn key() -> Vec<KeyView> {
    Bond::ALL.map(|bond| KeyView { outline: outline(bond, Weight::Small.radius()), bond: bond.key(), letter: bond.letter(), label: bond.label() }).into()
}

/// "Verrerie des Borderies : influence 2, moyenne → 3, forte."
fn moved_view(pen: &Pen<'_>, content: &Content, moved: Moved) -> Option<MovedView> {
    let unit = content.row(STAKEHOLDER.kind, moved.row)?;
    let mut before = unit.clone();
    for (key, text) in FIELDS.iter().zip(&moved.before) {
        put(&mut before, key, text);
    }
    let shown = |unit: &Unit, key: &str| {
        let text = STAKEHOLDER.field(key).map(|field| pen.shown(field, unit)).unwrap_or_default();
        match (text.is_empty(), key) {
            (false, _) => text,
            (true, "is_key_actor") => "non".to_owned(),
            (true, _) => "vide".to_owned(),
        }
    };
    let changed = FIELDS.iter().filter(|key| before.fields.get(**key) != unit.fields.get(**key));
    let parts: Vec<String> = changed
        .map(|key| {
            let label = STAKEHOLDER.field(key).map_or("", |field| field.label).to_lowercase();
            format!("{label}\u{a0}: {} → {}", shown(&before, key), shown(unit, key))
        })
        .collect();
    if parts.is_empty() {
        return None;
    }
    let sentence = format!("{}, {}.", pen.name(unit), parts.join("\u{202f}; "));
    Some(MovedView { row: moved.row, sentence, before: moved.before, version: unit.version, operation: Uuid::new_v4() })
}

fn put(unit: &mut Unit, key: &str, text: &str) {
    match (key, text) {
        (_, "") => drop(unit.fields.remove(key)),
        ("is_key_actor", _) => drop(unit.fields.insert(key.to_owned(), Value::Flag(true))),
        _ => drop(unit.fields.insert(key.to_owned(), Value::Text(text.to_owned()))),
    }
}
