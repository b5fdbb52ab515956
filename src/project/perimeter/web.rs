//! `/dossiers/{id}/perimetre`: the team chooses the communes by search, on a map or in a list, and reads what they make.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::authorities::{self, Matrix};
use super::change::{self, AUTHORITY, KIND, Wish};
use super::figures::{self, Figures, rounded};
use super::map::{self, MapView};
use super::store::{self, Done};
use super::zone::{self, Zone};
use crate::access::{Dossier, ProjectEditor, ProjectReader};
use crate::app::App;
use crate::assets;
use crate::error::{AppError, url_encode};
use crate::framework::belonging::part_of;
use crate::framework::content::Content;
use crate::input::Input;
use crate::kit::french::{count, thousands};
use crate::kit::geometry::Outline;
use crate::kit::territory::epci::{self, Epci};
use crate::kit::territory::{self, Commune, search};
use crate::page::{Layout, html, see};
use crate::project::sections::Asked;
use crate::project::units;

/// Communes found shown on a page.
const PAGE: usize = 20;
/// EPCI found shown.
const GROUPS: usize = 8;

#[derive(Template)]
#[template(path = "project/perimeter.html")]
struct PerimeterPage {
    layout: Layout,
    script: &'static str,
    base: String,
    version: i64,
    operation: Uuid,
    seen: String,
    is_editable: bool,
    refusal: String,
    done: Option<DoneView>,
    kept: String,
    count: String,
    figures: Vec<FigureView>,
    sources: &'static str,
    coverage: Vec<CoverageView>,
    unreadable: usize,
    asked: String,
    found: Option<Found>,
    zone: ZoneView,
    map: Option<MapView>,
    groups: Vec<Group>,
    shown: String,
    is_list_open: bool,
    proposed: Vec<String>,
    matrix: Matrix,
}

/// What was just done, with the way back.
struct DoneView {
    operation: Uuid,
    sentence: String,
}

/// One figure: its name, its value, what it rests on.
struct FigureView {
    label: &'static str,
    value: String,
    note: String,
}

/// An EPCI of the perimeter.
struct CoverageView {
    code: &'static str,
    name: &'static str,
    held: String,
    is_whole: bool,
    missing: usize,
    names: String,
}

/// What a search found.
struct Found {
    groups: Vec<GroupFound>,
    communes: Vec<CommuneFound>,
    range: String,
    before: Option<String>,
    after: Option<String>,
    more_groups: usize,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.communes.is_empty()
    }
}

struct GroupFound {
    epci: Epci,
    detail: String,
    held: usize,
}

struct CommuneFound {
    code: &'static str,
    name: &'static str,
    detail: String,
    is_in: bool,
}

/// What the map shows and where one may go from there.
struct ZoneView {
    key: &'static str,
    title: String,
    departments: Vec<LinkView>,
    groups: Vec<LinkView>,
    whole: Option<LinkView>,
    held_elsewhere: usize,
}

struct LinkView {
    href: String,
    label: String,
    is_current: bool,
}

/// Communes of an EPCI, as boxes to tick.
struct Group {
    name: &'static str,
    boxes: Vec<BoxView>,
}

struct BoxView {
    code: &'static str,
    name: &'static str,
    detail: String,
    is_in: bool,
}

/// The team reads the perimeter of its dossier.
pub async fn show(State(app): State<App>, reader: ProjectReader, axum::extract::Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let content = units::load(&mut conn, reader.project(), &[KIND, AUTHORITY, "stakeholder"]).await?;
    let held = figures::communes(&content);
    let zone = Zone::read(asked.get("carte").map(String::as_str), &held, zone::home(&reader.head().label));
    let shown = zone.shown(&held);
    let outlines = store::outlines(&mut conn, &needed(&held, &shown)).await?;
    let operation = asked.get("fait").and_then(|text| Uuid::try_parse(text).ok());
    let done = store::act(&mut conn, reader.project(), operation.unwrap_or_default()).await?;
    let sight = Sight { content: &content, held: &held, shown: &shown, zone, outlines: &outlines };
    html(&page(&app, &reader, &sight, operation.zip(done), &asked))
}

fn needed(held: &[Commune], shown: &[Commune]) -> Vec<&'static str> {
    let mut codes: BTreeSet<&'static str> = map::codes(shown).into_iter().collect();
    codes.extend(held.iter().map(|commune| commune.code));
    codes.into_iter().collect()
}

/// The carriers change the perimeter, until the bound.
pub async fn save(State(app): State<App>, editor: ProjectEditor, input: Input) -> Result<Response, AppError> {
    let wish = Wish::read(&input)?;
    let mut tx = app.db.begin().await?;
    let outcome = change::apply(&mut tx, &editor, &wish, &input).await?;
    tx.commit().await?;
    if input.wants_json {
        let mut conn = app.db.acquire().await?;
        let held = figures::communes(&outcome.content);
        let codes: Vec<&str> = held.iter().map(|commune| commune.code).collect();
        let outlines = store::outlines(&mut conn, &codes).await?;
        let done = store::act(&mut conn, editor.project(), outcome.operation.unwrap_or_default()).await?;
        return Ok(answer(&outcome, &outlines, done.as_ref()));
    }
    Ok(see(&back(&editor, &input, &wish, &outcome)))
}

/// Where the visitor was, with what was just done.
fn back(editor: &ProjectEditor, input: &Input, wish: &Wish, outcome: &change::Outcome) -> String {
    let mut query: Vec<String> = Vec::new();
    for name in ["q", "page", "carte"] {
        let value = input.trimmed(name);
        if !value.is_empty() && value.len() <= 200 {
            query.push(format!("{name}={}", url_encode(&value)));
        }
    }
    query.extend(outcome.operation.map(|operation| format!("fait={operation}")));
    if !outcome.kept.is_empty() {
        query.push(format!("reste={}", outcome.kept.iter().take(40).cloned().collect::<Vec<_>>().join(".")));
    }
    if input.has("cases") {
        query.push("liste=1".to_owned());
    }
    let anchor = if matches!(wish, Wish::Authorities(_)) { "#collectivites" } else { "#fait" };
    editor.url(&format!("/perimetre?{}{anchor}", query.join("&")))
}

/// What the script reads after a change.
fn answer(outcome: &change::Outcome, outlines: &HashMap<String, Outline>, done: Option<&Done>) -> Response {
    let figures = measured(&outcome.content, outlines);
    let communes: Vec<&str> = figures::communes(&outcome.content).iter().map(|commune| commune.code).collect();
    let views = figure_views(&figures);
    let message = done.map(|done| done_sentence(done, &outcome.content)).unwrap_or_default();
    let body = serde_json::json!({
        "communes": communes,
        "vues": change::shown(&outcome.content),
        "figures": views.iter().map(|figure| (&figure.value, &figure.note)).collect::<Vec<_>>(),
        "compte": count_sentence(&figures),
        "fait": outcome.operation.filter(|_| done.is_some()),
        "message": format!("{message}{}", kept_sentence(&outcome.kept)),
    });
    (StatusCode::OK, [("content-type", "application/json")], body.to_string()).into_response()
}

/// What a page is drawn from.
struct Sight<'a> {
    content: &'a Content,
    held: &'a [Commune],
    shown: &'a [Commune],
    zone: Zone,
    outlines: &'a HashMap<String, Outline>,
}

fn page(app: &App, reader: &Dossier, sight: &Sight<'_>, done: Option<(Uuid, Done)>, asked: &HashMap<String, String>) -> PerimeterPage {
    let figures = measured(sight.content, sight.outlines);
    let refusal = reader.may_write(part_of("perimeter_commune")).err();
    let inside: BTreeSet<&str> = sight.held.iter().map(|commune| commune.code).collect();
    let typed = asked.get("q").map(|text| text.replace(char::is_control, " ").trim().chars().take(80).collect::<String>()).unwrap_or_default();
    let kept: Vec<String> =
        asked.get("reste").into_iter().flat_map(|text| text.split('.')).filter(|code| inside.contains(code)).map(ToOwned::to_owned).collect();
    PerimeterPage {
        layout: Layout::dossier(app, reader, "Périmètre", ""),
        script: assets::path("perimeter.js"),
        base: reader.url(""),
        version: reader.head().content_version,
        operation: Uuid::new_v4(),
        seen: change::shown(sight.content),
        is_editable: refusal.is_none(),
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        done: done.map(|(operation, done)| DoneView { operation, sentence: done_sentence(&done, sight.content) }),
        kept: kept_sentence(&kept),
        count: count_sentence(&figures),
        figures: figure_views(&figures),
        sources: figures::SOURCES,
        coverage: coverage(&figures, sight.held),
        unreadable: sight.content.rows(KIND).filter(|row| row.raw.contains_key("commune")).count(),
        found: (!typed.is_empty()).then(|| found(reader, &typed, asked, &inside)),
        zone: zone_view(reader, sight, &typed),
        map: map::draw(&sight.zone, sight.held, sight.shown, sight.outlines),
        groups: groups(sight.shown, &inside),
        shown: sight.shown.iter().map(|commune| commune.code).collect::<Vec<_>>().join(" "),
        is_list_open: asked.contains_key("liste"),
        proposed: authorities::proposed(sight.content),
        matrix: Matrix::of(sight.content),
        asked: typed,
    }
}

fn measured(content: &Content, outlines: &HashMap<String, Outline>) -> Figures {
    Figures::measured(content, |code| outlines.get(code).map(Outline::area))
}

fn count_sentence(figures: &Figures) -> String {
    match figures.communes {
        0 => "Aucune commune choisie.".to_owned(),
        n => format!("{} dans le périmètre, {}.", count(n, "commune", "communes"), figures.people()),
    }
}

/// What an operation did, whatever was changed since.
fn done_sentence(done: &Done, content: &Content) -> String {
    let is_authority = |row: &Uuid| content.row(AUTHORITY, *row).is_some();
    if done.added.first().is_some_and(is_authority) {
        return format!("{} au tableau.", count(done.added.len(), "collectivité ajoutée", "collectivités ajoutées"));
    }
    let named = |row: &Uuid| content.row(KIND, *row).map(|unit| territory::label(unit.text("commune")));
    let one = if done.added.len() == 1 { done.added.first().and_then(named) } else { None };
    match (done.added.len(), done.removed.len(), one) {
        (1, 0, Some(name)) => format!("{name}\u{a0}: ajoutée au périmètre."),
        (added, 0, _) => format!("{} au périmètre.", count(added, "commune ajoutée", "communes ajoutées")),
        (0, removed, _) => format!("{} du périmètre.", count(removed, "ligne retirée", "lignes retirées")),
        (added, removed, _) => format!("{}, {}.", count(added, "commune ajoutée", "communes ajoutées"), count(removed, "retirée", "retirées")),
    }
}

fn kept_sentence(kept: &[String]) -> String {
    if kept.is_empty() {
        return String::new();
    }
    let names: Vec<String> = kept.iter().take(6).map(|code| territory::label(code)).collect();
    let more = if kept.len() > names.len() { ", et d’autres" } else { "" };
    format!("Gardées, car une autre personne vient de modifier leur ligne\u{a0}: {}{more}. Relisez, puis retirez de nouveau si besoin.", names.join(", "))
}

fn figure_views(figures: &Figures) -> Vec<FigureView> {
    let unknown = "inconnue".to_owned();
    let unpeopled =
        if figures.unpeopled == 0 { String::new() } else { format!("sans {}", count(figures.unpeopled, "commune non publiée", "communes non publiées")) };
    let area = figures.area.map(|area| format!("{}\u{a0}km²", rounded(area)));
    let missing = "les contours de certaines communes ne sont pas chargés";
    let by_area =
        |value: Option<String>| (value.clone().unwrap_or_else(|| unknown.clone()), if value.is_some() || figures.communes == 0 { "" } else { missing });
    let (area, area_note) = by_area(area);
    let (density, _) = by_area(figures.density().map(|density| format!("{}\u{a0}habitants au km²", rounded(density))));
    let (actor_density, _) = by_area(figures.actor_density().map(|density| format!("{} pour 100\u{a0}km²", rounded(density))));
    let mut actors = vec![count(figures.outside, "hors du périmètre", "hors du périmètre")];
    if figures.unplaced > 0 {
        actors.push(format!("{} sans commune", figures.unplaced));
    }
    if figures.contradictory > 0 {
        actors.push(format!("{} «\u{a0}hors du périmètre\u{a0}» dont la commune est dedans, à vérifier", figures.contradictory));
    }
    let jobs_note = match figures.jobs {
        figures::Jobs { known: 0, .. } => "aucun effectif saisi dans les fiches".to_owned(),
        jobs => format!("d’après {}, {} sans effectif", count(jobs.known, "classe d’effectif", "classes d’effectif"), jobs.unknown),
    };
    let view = |label, value, note: &str| FigureView { label, value, note: note.to_owned() };
    vec![
        view("Communes", thousands(i64::try_from(figures.communes).unwrap_or(0)), &figures.epci_sentence()),
        view("Population", figures.people(), &unpeopled),
        view("Superficie", area, area_note),
        view("Densité", density, ""),
        view("Acteurs économiques", count(figures.inside, "dans le périmètre", "dans le périmètre"), &actors.join(", ")),
        view("Densité d’acteurs", actor_density, "parmi ceux saisis dans le dossier"),
        view("Emplois de ces acteurs", figures.jobs.sentence().unwrap_or_else(|| "inconnus".to_owned()), &jobs_note),
    ]
}

fn coverage(figures: &Figures, held: &[Commune]) -> Vec<CoverageView> {
    let names = |code: &str| held.iter().filter(|commune| commune.epci == code).map(|commune| commune.name).collect::<Vec<_>>().join(", ");
    figures
        .coverage
        .iter()
        .map(|coverage| CoverageView {
            code: coverage.epci.code,
            name: coverage.epci.name,
            held: format!("{} sur {}", coverage.held, coverage.epci.members),
            is_whole: coverage.is_whole(),
            missing: coverage.epci.members.saturating_sub(coverage.held),
            names: names(coverage.epci.code),
        })
        .collect()
}

fn found(reader: &Dossier, typed: &str, asked: &HashMap<String, String>, inside: &BTreeSet<&str>) -> Found {
    let (groups, communes) = (epci::search(typed), search::communes(typed));
    let pages = communes.len().div_ceil(PAGE).max(1);
    let page = asked.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).clamp(1, pages);
    let address = |page: usize| {
        let zone = asked.get("carte").map(|zone| format!("&carte={}", url_encode(zone))).unwrap_or_default();
        reader.url(&format!("/perimetre?q={}&page={page}{zone}#resultats", url_encode(typed)))
    };
    let from = (page - 1) * PAGE;
    let shown = &communes[from..communes.len().min(from + PAGE)];
    let more_groups = groups.len().saturating_sub(GROUPS);
    Found {
        range: if communes.is_empty() { String::new() } else { format!("Communes {} à {} sur {}", from + 1, from + shown.len(), communes.len()) },
        before: (page > 1).then(|| address(page - 1)),
        after: (page < pages).then(|| address(page + 1)),
        more_groups,
        groups: groups
            .into_iter()
            .take(GROUPS)
            .map(|group| GroupFound {
                held: epci::members(group.code).iter().filter(|commune| inside.contains(commune.code)).count(),
                detail: format!("EPCI, {}, {}", count(group.members, "commune", "communes"), people(group.population)),
                epci: group,
            })
            .collect(),
        communes: shown
            .iter()
            .map(|commune| CommuneFound { code: commune.code, name: commune.name, detail: commune_detail(commune), is_in: inside.contains(commune.code) })
            .collect(),
    }
}

fn people(population: Option<u32>) -> String {
    population.map_or_else(|| "population inconnue".to_owned(), |people| count(i64::from(people), "habitant", "habitants"))
}

fn commune_detail(commune: &Commune) -> String {
    let group = epci::epci(commune.epci).map_or("sans EPCI", |epci| epci.name);
    format!("{} {}, {group}, {}", commune.postcode, territory::department_name(commune.department), people(commune.population))
}

fn zone_view(reader: &Dossier, sight: &Sight<'_>, typed: &str) -> ZoneView {
    let search = if typed.is_empty() { String::new() } else { format!("&q={}", url_encode(typed)) };
    let link = |zone: &Zone| LinkView {
        href: reader.url(&format!("/perimetre?carte={}{search}#carte", zone.key())),
        label: zone.title(),
        is_current: *zone == sight.zone,
    };
    let zones = sight.zone.others(sight.shown, sight.held);
    let visible: BTreeSet<&str> = sight.shown.iter().map(|commune| commune.code).collect();
    ZoneView {
        key: sight.zone.key(),
        title: sight.zone.title(),
        whole: zones.iter().find(|zone| matches!(zone, Zone::Perimeter)).map(link),
        departments: zones.iter().filter(|zone| matches!(zone, Zone::Department(_))).map(link).collect(),
        groups: zones.iter().filter(|zone| matches!(zone, Zone::Epci(_))).map(link).collect(),
        held_elsewhere: sight.held.iter().filter(|commune| !visible.contains(commune.code)).count(),
    }
}

/// Communes shown by the map, under their EPCI, as boxes.
fn groups(shown: &[Commune], inside: &BTreeSet<&str>) -> Vec<Group> {
    let mut by_group: BTreeMap<&'static str, Vec<BoxView>> = BTreeMap::new();
    for commune in shown {
        let name = epci::epci(commune.epci).map_or("Sans EPCI", |epci| epci.name);
        by_group.entry(name).or_default().push(BoxView {
            code: commune.code,
            name: commune.name,
            detail: commune.population.map(|people| thousands(i64::from(people))).unwrap_or_default(),
            is_in: inside.contains(commune.code),
        });
    }
    by_group.into_iter().map(|(name, boxes)| Group { name, boxes }).collect()
}
