//! `/comite/carte`: the perimeters of the dossiers on one map, with the same in a table, and the calendar of the call under it.
//! A perimeter is content: before the deposit it is drawn only where its carrier shows the first deliverable; a dossier is otherwise
//! at the seat of its carrier, which the board tells anyway.

mod drawing;
mod store;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use self::drawing::{Drawing, Ground, Kind, Shape};
use super::asked::{Asked, View};
use super::form::{chips, tabs};
use super::rows::Dossier;
use super::web::{Address, read, run};
use crate::access::policy::training::CallTies;
use crate::access::policy::{RegionSource, perimeter_in_list};
use crate::access::{BoardReader, CallPlace, Knock};
use crate::app::App;
use crate::calendar::months::{MonthView, months};
use crate::calendar::store as calendar;
use crate::error::AppError;
use crate::kit::french::{NBSP, count};
use crate::kit::territory::{self, Commune};
use crate::page::{Layout, Tag, html};
use crate::project::perimeter::store::outlines;

/// Dossiers drawn; the filters find the others.
const DRAWN: usize = 200;

/// A dossier of the table.
struct RowView {
    id: i64,
    number: i32,
    title: String,
    label: String,
    tag: Tag,
    perimeter: String,
    communes: Vec<String>,
}

#[derive(Template)]
#[template(path = "board/map.html")]
struct MapPage {
    layout: Layout,
    tabs: Vec<(&'static str, String, bool)>,
    filters: Vec<String>,
    all: String,
    said: String,
    left: String,
    drawing: Option<Drawing>,
    rows: Vec<RowView>,
    recused: String,
    months: Vec<MonthView>,
    calendar: String,
}

/// A dossier with what may be drawn of its perimeter.
struct Placed {
    dossier: Dossier,
    kind: Kind,
    communes: Vec<Commune>,
}

/// The readers of the board see where the dossiers are, but those that they stay away from, and the dates of the call.
pub async fn show(State(app): State<App>, knock: Knock<BoardReader>, Query(query): Address) -> Result<Response, AppError> {
    let asked = Asked { view: View::Overview, after: None, reads_facts: true, ..Asked::read(&query) };
    let mut conn = app.db.acquire().await?;
    let (reader, mut held) = read(&app, &mut conn, &knock, asked, DRAWN).await?;
    let sourced: Vec<(i64, Option<RegionSource>)> = held.dossiers.iter().map(|dossier| (dossier.id, source(dossier))).collect();
    let mut found = store::perimeters(&mut conn, &reader, &sourced).await?;
    let placed: Vec<Placed> = held
        .dossiers
        .drain(..)
        .zip(sourced)
        .filter_map(|(dossier, (id, source))| {
            let (communes, seat) = found.remove(&id)?;
            Some(placed(dossier, source, &communes, seat.as_deref()))
        })
        .collect();
    let shapes: Vec<Shape<'_>> = placed.iter().map(shape).collect();
    let ground = Ground::of(&shapes);
    let outlines = outlines(&mut conn, &ground.codes()).await?;
    let events = calendar::of_call(&mut conn, &place(&reader), &call_ties(&reader), Some(reader.account())).await?;
    drop(conn);
    let slug = &reader.call().slug;
    let recused = if held.call.away.recused == 0 { String::new() } else { count(held.call.away.recused, "dossier", "dossiers") };
    html(&MapPage {
        layout: Layout { run: run(&reader, &held.call), ..Layout::personal(&app, reader.visitor(), "Carte et calendrier de l’appel", "/comite") },
        tabs: tabs(&held.asked, slug, true),
        filters: chips(&held.asked, slug, None).into_iter().map(|chip| chip.words).collect(),
        all: format!("/comite/carte?appel={slug}"),
        said: said(&placed),
        left: if held.has_more { format!("Les {DRAWN} premiers dossiers seulement{NBSP}: filtrez le tableau pour en voir d’autres.") } else { String::new() },
        drawing: drawing::draw(&shapes, &ground, &outlines),
        rows: placed.iter().map(row).collect(),
        recused,
        months: months(&events, reader.now(), true),
        calendar: format!("/appels/{slug}/calendrier"),
    })
}

/// What the reader may see of a perimeter. The dossiers that they stay away from are not here.
fn source(dossier: &Dossier) -> Option<RegionSource> {
    let is_shared = dossier.facts.as_ref().is_some_and(|facts| facts.is_perimeter_shared);
    perimeter_in_list(dossier.status, is_shared, dossier.deposit.is_some())
}

fn placed(dossier: Dossier, source: Option<RegionSource>, codes: &[String], seat: Option<&str>) -> Placed {
    let communes: Vec<Commune> = codes.iter().filter_map(|code| territory::commune(code)).collect();
    let kind = match source {
        _ if communes.is_empty() => Kind::Seat,
        Some(RegionSource::Deposit) => Kind::Deposited,
        _ => Kind::Shared,
    };
    let communes = if kind == Kind::Seat { seat.and_then(territory::commune).into_iter().collect() } else { communes };
    Placed { dossier, kind, communes }
}

fn shape(placed: &Placed) -> Shape<'_> {
    let title = format!("N°{NBSP}{}, {}{NBSP}: {}", placed.dossier.number, placed.dossier.title, perimeter(placed));
    Shape { id: placed.dossier.id, number: placed.dossier.number, kind: placed.kind, communes: &placed.communes, title }
}

/// "12 communes, comme déposé".
fn perimeter(placed: &Placed) -> String {
    let communes = count(placed.communes.len(), "commune", "communes");
    match (placed.kind, placed.communes.first()) {
        (Kind::Deposited, _) => format!("{communes}, comme déposé"),
        (Kind::Shared, _) => format!("{communes}, brouillon que le porteur montre"),
        (Kind::Seat, Some(seat)) => format!("périmètre non montré ou vide, siège du porteur à {}", territory::label(seat.code)),
        (Kind::Seat, None) => "périmètre non montré ou vide".to_owned(),
    }
}

fn row(placed: &Placed) -> RowView {
    RowView {
        id: placed.dossier.id,
        number: placed.dossier.number,
        title: placed.dossier.title.clone(),
        label: placed.dossier.label.clone(),
        tag: Tag::of(placed.dossier.status),
        perimeter: perimeter(placed),
        communes: if placed.kind == Kind::Seat { Vec::new() } else { placed.communes.iter().map(|commune| commune.name.to_owned()).collect() },
    }
}

/// The finding of the figure.
fn said(placed: &[Placed]) -> String {
    let of = |kind| placed.iter().filter(|placed| placed.kind == kind && !placed.communes.is_empty()).count();
    let drawn = of(Kind::Deposited) + of(Kind::Shared);
    let seats = match of(Kind::Seat) {
        0 => String::new(),
        n => format!(", {}", count(n, "dossier au siège de son porteur", "dossiers au siège de leur porteur")),
    };
    format!("{}{seats}", count(drawn, "périmètre dessiné", "périmètres dessinés"))
}

fn place(reader: &BoardReader) -> CallPlace {
    let seat = reader.call();
    CallPlace { id: seat.id, slug: seat.slug.clone(), title: seat.title.clone(), edition: seat.edition.clone() }
}

/// The reader as one of the administration: what is theirs as a carrier is on the calendar's own page.
fn call_ties(reader: &BoardReader) -> CallTies {
    let seat = reader.call();
    CallTies { is_manager: seat.is_manager, is_reviewer: seat.is_reviewer, is_committee: seat.is_committee, ..CallTies::default() }
}
