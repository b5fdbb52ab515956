//! `/dossiers/{id}/acteurs?vue=carte`: the actors on the territory, with the same in a table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;
use axum::response::Response;
use sqlx::PgConnection;

use super::marks::{Actor, actors, is_asked, sign};
use super::placing::{Placed, placed};
use crate::access::{Dossier, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::STAKEHOLDER;
use crate::framework::content::Content;
use crate::kit::french::count;
use crate::kit::geometry::{Bounds, Frame, Outline};
use crate::kit::territory::{self, Commune};
use crate::page::{Layout, html};
use crate::project::draw::{News, Pen};
use crate::project::perimeter::figures::{self, Place};
use crate::project::perimeter::map::WIDTH;
use crate::project::perimeter::store;
use crate::project::stakeholders::filters::{FilterView, Filters, kinds};
use crate::project::units;

/// Most communes drawn around the perimeter.
const MOST: usize = 500;
/// Actors of the table; the filters find the others.
const SHOWN: usize = 300;
/// How far outside the perimeter an actor still widens the map, in kilometres.
const REACH: i32 = 15;

/// Filters of the list that the map reads too.
const READ: [&str; 2] = ["type", "lieu"];

#[derive(Template)]
#[template(path = "project/territory.html")]
struct TerritoryPage {
    layout: Layout,
    base: String,
    tabs: Vec<(&'static str, String, bool)>,
    words: String,
    filters: Vec<FilterView>,
    is_filtered: bool,
    said: String,
    notes: Vec<String>,
    drawing: Option<Drawing>,
    key: Vec<KeyView>,
    rows: Vec<RowView>,
    shown: String,
    total: String,
}

/// The map, in units of an eight hundredth of its width.
#[derive(Debug)]
pub struct Drawing {
    /// Height.
    pub height: i32,
    /// Communes around the perimeter.
    pub around: String,
    /// Communes of the perimeter.
    pub perimeter: String,
    /// Limits of départements.
    pub departments: String,
    /// Marks and names.
    pub placed: Placed,
    /// Scale bar: kilometres and length.
    pub scale: (i32, i32),
}

/// An entry of the key.
#[derive(Debug)]
pub struct KeyView {
    /// Letter of the mark.
    pub letter: &'static str,
    /// Class: colour of the kind.
    pub class: &'static str,
    /// Kind.
    pub label: &'static str,
}

/// The map without any filter, as a document draws it.
#[derive(Debug)]
pub struct Whole {
    /// Finding.
    pub said: String,
    /// What the drawing leaves out.
    pub notes: Vec<String>,
    /// The drawing.
    pub drawing: Drawing,
    /// Kinds of organisations drawn.
    pub key: Vec<KeyView>,
    /// The same, commune by commune: its name, where it lies, its actors.
    pub places: Vec<(String, &'static str, Vec<String>)>,
}

/// The map of every actor; nothing without actors, or when nothing is placed anywhere.
pub async fn whole(conn: &mut PgConnection, content: &Content) -> sqlx::Result<Option<Whole>> {
    let held = figures::communes(content);
    let all = actors(content, &held);
    if all.is_empty() {
        return Ok(None);
    }
    let (filters, wanted) = (Filters::default(), all.iter().collect::<Vec<_>>());
    let ground = Ground::of(&held, &wanted);
    let outlines = store::outlines(conn, &ground.codes()).await?;
    let sight = Sight { content, held: &held, all: &all, wanted: &wanted, filters: &filters, ground: &ground, outlines: &outlines };
    let Some(drawing) = drawing(&sight) else { return Ok(None) };
    Ok(Some(Whole {
        said: said(&wanted, placed_count(&wanted)),
        notes: notes(&sight, Some(&drawing)),
        key: key(&kinds_of(&wanted)),
        places: places(&wanted),
        drawing,
    }))
}

struct RowView {
    name: String,
    href: String,
    kind: String,
    commune: String,
    headcount: String,
    place: &'static str,
    is_confidential: bool,
}

/// The team sees its actors on the territory. Nobody else does: some of them are confidential.
pub async fn show(app: &App, dossier: &Dossier, asked: &HashMap<String, String>) -> Result<Response, AppError> {
    policy::team(dossier.ties(), dossier.facts())?;
    let mut conn = app.db.acquire().await?;
    let content = units::load(&mut conn, dossier.project(), &["stakeholder", "perimeter_commune"]).await?;
    let held = figures::communes(&content);
    let all = actors(&content, &held);
    let filters = Filters::read(asked);
    let wanted: Vec<&Actor<'_>> = all.iter().filter(|actor| is_asked(&filters, actor)).collect();
    let ground = Ground::of(&held, &wanted);
    let outlines = store::outlines(&mut conn, &ground.codes()).await?;
    html(&page(app, dossier, &Sight { content: &content, held: &held, all: &all, wanted: &wanted, filters: &filters, ground: &ground, outlines: &outlines }))
}

/// What lies under the marks.
struct Ground {
    bounds: Bounds,
    communes: Vec<Commune>,
}

impl Ground {
    fn of(held: &[Commune], wanted: &[&Actor<'_>]) -> Self {
        let halls = held.iter().filter_map(Commune::position).fold(Bounds::NOTHING, Bounds::with);
        let placed = || wanted.iter().filter_map(|actor| actor.commune?.position());
        let bounds = if halls.is_empty() {
            placed().fold(Bounds::NOTHING, Bounds::with)
        } else {
            let near = halls.wider(REACH);
            placed().filter(|hall| near.holds(*hall)).fold(halls, Bounds::with)
        };
        if bounds.is_empty() {
            return Self { bounds, communes: Vec::new() };
        }
        let around = territory::within(&bounds.wider(12));
        let communes = if around.len() <= MOST { around } else { held.to_vec() };
        Self { bounds: bounds.wider(5), communes }
    }

    fn codes(&self) -> Vec<&'static str> {
        let mut codes: BTreeSet<&'static str> = self.communes.iter().map(|commune| commune.code).collect();
        codes.extend(self.communes.iter().map(|commune| commune.department));
        codes.into_iter().collect()
    }
}

struct Sight<'a> {
    content: &'a Content,
    held: &'a [Commune],
    all: &'a [Actor<'a>],
    wanted: &'a [&'a Actor<'a>],
    filters: &'a Filters,
    ground: &'a Ground,
    outlines: &'a HashMap<String, Outline>,
}

fn page(app: &App, dossier: &Dossier, sight: &Sight<'_>) -> TerritoryPage {
    let drawing = drawing(sight);
    let filters = sight.filters;
    TerritoryPage {
        layout: Layout::dossier(app, dossier, "Acteurs sur le territoire", "/acteurs"),
        base: dossier.url(""),
        tabs: filters.tabs(&dossier.url(""), true),
        words: filters.words.clone(),
        filters: filters.views().into_iter().filter(|view| READ.contains(&view.name)).collect(),
        is_filtered: filters.is_any(),
        said: said(sight.wanted, placed_count(sight.wanted)),
        notes: notes(sight, drawing.as_ref()),
        drawing,
        key: key(&kinds_of(sight.wanted)),
        rows: rows(dossier, sight),
        shown: if sight.wanted.len() > SHOWN { format!("{SHOWN} sur {}", sight.wanted.len()) } else { String::new() },
        total: count(sight.all.len(), "acteur", "acteurs"),
    }
}

/// Actors whose commune is known.
fn placed_count(wanted: &[&Actor<'_>]) -> usize {
    wanted.iter().filter(|actor| actor.commune.is_some()).count()
}

fn kinds_of<'a>(wanted: &[&Actor<'a>]) -> BTreeSet<&'a str> {
    wanted.iter().map(|actor| actor.unit.text("kind")).collect()
}

/// What the drawing leaves out, in sentences.
fn notes(sight: &Sight<'_>, drawing: Option<&Drawing>) -> Vec<String> {
    let mut notes = Vec::new();
    let unplaced = sight.wanted.len() - placed_count(sight.wanted);
    if let Some(far) = drawing.map(|drawing| drawing.placed.at_edge).filter(|far| *far > 0) {
        notes.push(format!("Au bord, {}\u{a0}: leur commune est au-delà de la carte.", count(far, "acteur", "acteurs")));
    }
    if let Some(lost) = drawing.map(|drawing| drawing.placed.nowhere).filter(|lost| *lost > 0) {
        notes.push(format!("{} sur la carte\u{a0}: la position de leur commune n’est pas publiée.", count(lost, "acteur n’est pas", "acteurs ne sont pas")));
    }
    if unplaced > 0 {
        notes.push(format!("{} sans commune\u{a0}: à compléter dans leur fiche.", count(unplaced, "acteur est", "acteurs sont")));
    }
    notes
}

/// The finding of the figure.
fn said(wanted: &[&Actor<'_>], placed: usize) -> String {
    let communes: BTreeSet<&str> = wanted.iter().filter_map(|actor| actor.commune).map(|commune| commune.code).collect();
    let outside = wanted.iter().filter(|actor| actor.place == Place::Outside).count();
    let place = if placed == 0 { String::new() } else { format!(" dans {}", count(communes.len(), "commune", "communes")) };
    let out = if outside == 0 { String::new() } else { format!(", {outside} hors du périmètre") };
    format!("{}{place}{out}", count(wanted.len(), "acteur", "acteurs"))
}

/// The drawing, unless nothing is placed anywhere.
fn drawing(sight: &Sight<'_>) -> Option<Drawing> {
    if sight.ground.bounds.is_empty() {
        return None;
    }
    // Town halls alone would cut a large commune at the edge.
    let outlined = sight.held.iter().filter_map(|commune| sight.outlines.get(commune.code)).map(Outline::bounds).fold(Bounds::NOTHING, Bounds::and);
    let bounds = if outlined.is_empty() { sight.ground.bounds } else { sight.ground.bounds.and(outlined.aired()) };
    let frame = Frame::over(bounds, WIDTH);
    let inside: BTreeSet<&str> = sight.held.iter().map(|commune| commune.code).collect();
    let paths = |is_in: bool| {
        let communes = sight.ground.communes.iter().filter(|commune| inside.contains(commune.code) == is_in);
        communes.filter_map(|commune| sight.outlines.get(commune.code)).map(|outline| frame.path(outline)).collect::<String>()
    };
    let departments: BTreeSet<&str> = sight.ground.communes.iter().map(|commune| commune.department).collect();
    Some(Drawing {
        height: frame.height,
        around: paths(false),
        perimeter: paths(true),
        departments: departments.into_iter().filter_map(|code| sight.outlines.get(code)).map(|outline| frame.path(outline)).collect(),
        placed: placed(&frame, sight.wanted, sight.held),
        scale: frame.scale(),
    })
}

fn key(used: &BTreeSet<&str>) -> Vec<KeyView> {
    let view = |key: &str, label| {
        let (letter, class) = sign(key);
        KeyView { letter, class, label }
    };
    let mut keys: Vec<KeyView> = kinds().filter(|(key, _)| used.contains(key)).map(|(key, label)| view(key, label)).collect();
    keys.extend(used.contains("").then(|| view("", "Type non dit")));
    keys
}

/// Actors of each commune, by its name; those whose commune is not said come last.
fn places(wanted: &[&Actor<'_>]) -> Vec<(String, &'static str, Vec<String>)> {
    let mut places: BTreeMap<(bool, String, &'static str), Vec<String>> = BTreeMap::new();
    for actor in wanted {
        let name = actor.commune.map_or_else(|| "commune non dite".to_owned(), |commune| territory::label(commune.code));
        let place = match actor.place {
            Place::Inside => "dans",
            Place::Outside => "hors",
            Place::Unknown => "",
        };
        places.entry((actor.commune.is_none(), name, place)).or_default().push(actor.name.clone());
    }
    places.into_iter().map(|((_, name, place), names)| (name, place, names)).collect()
}

fn rows(dossier: &Dossier, sight: &Sight<'_>) -> Vec<RowView> {
    let pen = Pen { content: sight.content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
    let shown = |actor: &Actor<'_>, key: &str| STAKEHOLDER.field(key).map(|field| pen.shown(field, actor.unit)).unwrap_or_default();
    sight
        .wanted
        .iter()
        .take(SHOWN)
        .map(|actor| RowView {
            name: actor.name.clone(),
            href: dossier.url(&format!("/acteurs/{}", actor.unit.row)),
            kind: shown(actor, "kind"),
            commune: shown(actor, "commune"),
            headcount: shown(actor, "headcount"),
            place: match actor.place {
                Place::Inside => "dans le périmètre",
                Place::Outside => "hors du périmètre",
                Place::Unknown => "commune non dite",
            },
            is_confidential: actor.unit.flag("confidential"),
        })
        .collect()
}
