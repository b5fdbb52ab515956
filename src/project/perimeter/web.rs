//! `/dossiers/{id}/perimetre`: the team chooses the communes by search, on a map or in a list, and reads what they make.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::authorities::{self, Matrix};
use super::change::{self, AUTHORITY, KIND, Wish};
use super::figures::{self, Figures};
use super::map::{self, MapView};
use super::store::{self, Done};
use super::view::{
    CoverageView, DoneView, FigureView, Found, Group, ZoneView, count_sentence, coverage, done_sentence, figure_views, found, groups, kept_sentence, zone_view,
};
use super::zone::{self, Zone};
use crate::access::{Dossier, ProjectEditor, ProjectReader};
use crate::app::App;
use crate::assets;
use crate::error::{AppError, url_encode};
use crate::framework::belonging::part_of;
use crate::framework::content::Content;
use crate::input::Input;
use crate::kit::geometry::Outline;
use crate::kit::territory::Commune;
use crate::page::{Layout, html, see};
use crate::project::sections::Asked;
use crate::project::units;

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
pub(super) struct Sight<'a> {
    pub(super) content: &'a Content,
    pub(super) held: &'a [Commune],
    pub(super) shown: &'a [Commune],
    pub(super) zone: Zone,
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
