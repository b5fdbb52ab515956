//! The territory: its communes, then the actors on it.

use std::fmt::Write as _;

use sqlx::PgConnection;
use trame_pdf::{Figure, Table};

use super::ink::{EDGE, GREEN, INK, Ink, SOFT, TINT, Voice, WALNUT, WOAD};
use super::{View, WIDTH};
use crate::error::AppError;
use crate::framework::content::Content;
use crate::kit::french::{count, list, uncapitalized};
use crate::kit::geometry::Outline;
use crate::project::perimeter::figures::{Figures, communes};
use crate::project::perimeter::map::{self, LabelView};
use crate::project::perimeter::store;
use crate::project::perimeter::zone::Zone;
use crate::project::views::map::{Whole, whole};

/// Width of the map of the perimeter, in points: it has no marks to tell apart.
const PERIMETER: u32 = 340;

const SOURCE: &str = "Contours simplifiés\u{a0}: IGN Admin Express, Licence Ouverte 2.0.";

/// Size of a map of that width in points, and of that height for a width of 800.
fn size(width: u32, height: i32) -> [u32; 2] {
    [width, (height.max(1).unsigned_abs() * width).div_ceil(map::WIDTH.unsigned_abs())]
}

/// The communes of the perimeter and those around, when there is one.
pub(super) async fn perimeter(conn: &mut PgConnection, content: &Content) -> Result<Option<View>, AppError> {
    let held = communes(content);
    if held.is_empty() {
        return Ok(None);
    }
    let shown = Zone::Perimeter.shown(&held);
    let outlines = store::outlines(conn, &map::codes(&shown)).await?;
    let Some(drawn) = map::draw(&Zone::Perimeter, &held, &shown, &outlines) else { return Ok(None) };
    let mut ink = Ink::default();
    for commune in &drawn.communes {
        let (fill, stroke) = if commune.is_in { ("#9dbfc8", WOAD) } else { ("#fff", "#a39b89") };
        ink.shape(&format_args!("path fill=\"{fill}\" stroke=\"{stroke}\" d=\"{}\"", commune.d));
    }
    ink.shape(&format_args!("path fill=\"none\" stroke=\"{WALNUT}\" stroke-width=\"1.5\" stroke-dasharray=\"6 3\" d=\"{}\"", drawn.groups));
    departments(&mut ink, &drawn.departments);
    labels(&mut ink, &drawn.labels, 17.0);
    scale(&mut ink, drawn.height, drawn.scale);
    let figures = Figures::measured(content, |code| outlines.get(code).map(Outline::area));
    let names: Vec<&str> = held.iter().map(|commune| commune.name).collect();
    let unknown = if drawn.unknown == 0 { String::new() } else { " Un point\u{a0}: commune dont le contour n’est pas connu.".to_owned() };
    let figure = Figure {
        title: format!("Périmètre\u{a0}: {}, {}.", count(held.len(), "commune", "communes"), figures.people()),
        alt: format!("Carte des communes du périmètre et de celles qui l’entourent. Dans le périmètre\u{a0}: {}.", list(&names)),
        drawing: "perimetre".to_owned(),
        size: size(PERIMETER, drawn.height),
        legend: format!("Teinté\u{a0}: dans le périmètre. Tirets\u{a0}: limites d’EPCI. Trait noir\u{a0}: limites de département.{unknown} {SOURCE}"),
        table: None,
    };
    Ok(Some(View { item: "q1", figure, drawing: ink.dry("perimetre", (map::WIDTH.unsigned_abs(), drawn.height.unsigned_abs())) }))
}

/// The actors on the territory, when the dossier has some and one of them, or the perimeter, has a place.
pub(super) async fn actors(conn: &mut PgConnection, content: &Content) -> Result<Option<View>, AppError> {
    let Some(Whole { said, notes, drawing, key, places }) = whole(conn, content).await? else { return Ok(None) };
    let mut ink = Ink::default();
    ink.shape(&format_args!("path fill=\"#fff\" stroke=\"#a39b89\" d=\"{}\"", drawing.around));
    ink.shape(&format_args!("path fill=\"{TINT}\" stroke=\"{WOAD}\" stroke-width=\"1.5\" d=\"{}\"", drawing.perimeter));
    departments(&mut ink, &drawing.departments);
    for mark in drawing.placed.marks.iter().filter(|mark| !mark.line.is_empty()) {
        ink.shape(&format_args!("path fill=\"none\" stroke=\"{EDGE}\" d=\"{}\"", mark.line));
    }
    for mark in &drawing.placed.marks {
        let fill = colour(mark.class);
        ink.shape(&format_args!("path transform=\"translate({} {})\" fill=\"{fill}\" stroke=\"#fff\" stroke-width=\"1.5\" d=\"{}\"", mark.x, mark.y, mark.d));
        ink.text((f64::from(mark.x), f64::from(mark.y) + 4.2), Voice::of("middle", 12.0).bold().in_ink("#fff"), &mark.letter);
    }
    labels(&mut ink, &drawing.placed.labels, 12.5);
    scale(&mut ink, drawing.height, drawing.scale);
    let kinds: Vec<String> = key.iter().map(|kind| format!("{}\u{a0}: {}", kind.letter, uncapitalized(kind.label))).collect();
    let mut legend = format!("{}. Rond\u{a0}: dans le périmètre\u{202f}; carré\u{a0}: hors du périmètre. ", kinds.join("\u{202f}; "));
    legend.push_str("La taille suit l’effectif\u{202f}; un nombre compte les acteurs d’une commune qui en a plus de douze. ");
    for note in notes {
        let _ = write!(legend, "{note} ");
    }
    legend.push_str(SOURCE);
    let figure = Figure {
        title: format!("Acteurs sur le territoire\u{a0}: {said}."),
        alt: format!("Carte des acteurs\u{a0}: {said}. Le tableau qui suit dit où est chacun."),
        drawing: "territoire".to_owned(),
        size: size(WIDTH, drawing.height),
        legend,
        table: Some(by_commune(places)),
    };
    Ok(Some(View { item: "q2", figure, drawing: ink.dry("territoire", (map::WIDTH.unsigned_abs(), drawing.height.unsigned_abs())) }))
}

/// The same, commune by commune.
fn by_commune(places: Vec<(String, &'static str, Vec<String>)>) -> Table {
    let columns = ["Commune", "Périmètre", "Acteurs"].map(|label| (label.to_owned(), false)).to_vec();
    Table::new(
        "Acteurs par commune",
        columns,
        places.into_iter().map(|(commune, place, names)| vec![commune, place.to_owned(), names.join(", ")]).collect(),
        "",
    )
}

/// The colour of a class of the screen.
fn colour(class: &str) -> &'static str {
    match class {
        "a-com" => WOAD,
        "a-aut" => WALNUT,
        "a-aso" => GREEN,
        "a-sev" => INK,
        _ => SOFT,
    }
}

fn departments(ink: &mut Ink, d: &str) {
    ink.shape(&format_args!("path fill=\"none\" stroke=\"{INK}\" stroke-width=\"2.5\" d=\"{d}\""));
}

fn labels(ink: &mut Ink, labels: &[LabelView], size: f64) {
    for label in labels {
        ink.text((f64::from(label.x), f64::from(label.y)), Voice { has_halo: true, ..Voice::of("middle", size) }, label.name);
    }
}

fn scale(ink: &mut Ink, height: i32, (kilometres, length): (i32, i32)) {
    ink.shape(&format_args!("path fill=\"{INK}\" d=\"M16 {}h{length}v4h-{length}z\"", height - 12));
    let voice = Voice { has_halo: true, ..Voice::of("start", 14.0) };
    ink.text((16.0, f64::from(height) - 18.0), voice, &format!("{kilometres}\u{a0}km"));
}
