//! Influence against interest: sixteen cells, each as tall as the fullest of its row.

use std::fmt::Write as _;

use trame_pdf::Figure;

use super::ink::{EDGE, Ink, LINE, SOFT, Voice, face, lines};
use super::{MARKS, View, WIDTH, left_out};
use crate::kit::french::{count, uncapitalized};
use crate::project::stakeholders::grid::grid;
use crate::project::stakeholders::mark::Actor;

/// Influence in words, from 1.
pub(super) const INFLUENCE: [&str; 4] = ["faible", "moyenne", "forte", "décisive"];
/// Interest in words, from 1.
pub(super) const INTEREST: [&str; 4] = ["faible", "moyen", "fort", "moteur du projet"];

/// Most names in one cell, as on screen.
const MOST: usize = 12;
const LEFT: f64 = 54.0;
const COLUMN: f64 = 102.0;
/// From the edge of a cell to a mark, then the room of a name.
const INSET: f64 = 10.0;
const ROOM: f64 = 80.0;
/// Between two marks, and above the first.
const GAP: f64 = 4.0;
const PAD: f64 = 6.0;
/// A mark is as high as that.
const MARK: f64 = 13.0;

/// An actor and its name in lines.
type Named<'a> = (&'a Actor<'a>, Vec<String>);

/// The grid, when at least one actor has a place on it.
pub(super) fn view(actors: &[Actor<'_>]) -> Option<View> {
    let placed = actors.iter().filter(|actor| actor.place().is_some()).count();
    if placed == 0 {
        return None;
    }
    let mut ink = Ink::default();
    let (mut top, mut hidden) = (2.0, 0);
    for influence in (1..=4_u8).rev() {
        let row: Vec<Vec<Named<'_>>> = (1..=4).map(|interest| within(actors, (influence, interest))).collect();
        let height = row.iter().map(|cell| tall(cell)).fold(34.0, f64::max);
        ink.text((LEFT - 6.0, top + height / 2.0 + 2.6), Voice::of("end", 8.0).in_ink(SOFT), INFLUENCE[usize::from(influence) - 1]);
        for (left, cell) in row.iter().enumerate() {
            hidden += fill(&mut ink, (LEFT + COLUMN * f64::from(u32::try_from(left).unwrap_or(0)), top, height), cell);
        }
        top += height;
    }
    axes(&mut ink, top);
    let size = [WIDTH, whole(top + 30.0)];
    let figure = Figure { size, ..figure(actors, (placed, hidden)) };
    Some(View { item: "map", figure, drawing: ink.dry("grille", (size[0], size[1])) })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page of a thousand points")]
pub(super) fn whole(value: f64) -> u32 {
    value.ceil() as u32
}

fn within<'a>(actors: &'a [Actor<'a>], place: (u8, u8)) -> Vec<Named<'a>> {
    let here = actors.iter().filter(|actor| actor.place() == Some(place));
    here.map(|actor| (actor, lines(&actor.name, ROOM, 3, face(actor)))).collect()
}

fn high((_, lines): &Named<'_>) -> f64 {
    (LINE * f64::from(u32::try_from(lines.len()).unwrap_or(3))).max(MARK)
}

fn tall(cell: &[Named<'_>]) -> f64 {
    let drawn = cell.iter().take(MOST).map(|named| high(named) + GAP).sum::<f64>();
    let more = if cell.len() > MOST { LINE + GAP } else { 0.0 };
    drawn + more - GAP + 2.0 * PAD
}

/// Draws a cell; how many of its actors found no place.
fn fill(ink: &mut Ink, (left, top, height): (f64, f64, f64), cell: &[Named<'_>]) -> usize {
    ink.shape(&format_args!("rect x=\"{left}\" y=\"{top:.1}\" width=\"{COLUMN}\" height=\"{height:.1}\" fill=\"none\" stroke=\"{EDGE}\" stroke-width=\"0.5\""));
    let mut y = top + PAD;
    for named in cell.iter().take(MOST) {
        ink.actor(named.0, (left + INSET, y + high(named) / 2.0), &named.1);
        y += high(named) + GAP;
    }
    let hidden = cell.len().saturating_sub(MOST);
    if hidden > 0 {
        ink.text((left + INSET + 9.0, y + LINE - 2.0), Voice::of("start", 7.5).in_ink(SOFT), &format!("et {}", count(hidden, "autre", "autres")));
    }
    hidden
}

fn axes(ink: &mut Ink, top: f64) {
    for (left, label) in [LEFT, LEFT + COLUMN, LEFT + 2.0 * COLUMN, LEFT + 3.0 * COLUMN].into_iter().zip(INTEREST) {
        ink.text((left + COLUMN / 2.0, top + 12.0), Voice::of("middle", 8.0).in_ink(SOFT), label);
    }
    ink.text((LEFT - 6.0, top + 12.0), Voice::of("end", 8.0).bold(), "Influence ↑");
    ink.text((LEFT + 4.0 * COLUMN, top + 25.0), Voice::of("end", 8.0).bold(), "Intérêt →");
}

fn figure(actors: &[Actor<'_>], (placed, hidden): (usize, usize)) -> Figure {
    let mut alt = String::from("Grille de quatre colonnes d’intérêt croissant et de quatre lignes d’influence croissante.");
    for influence in (1..=4_u8).rev() {
        for interest in (1..=4_u8).rev() {
            let names: Vec<&str> = actors.iter().filter(|actor| actor.place() == Some((influence, interest))).map(|actor| actor.name.as_str()).collect();
            if !names.is_empty() {
                let (row, column) = (INFLUENCE[usize::from(influence) - 1], INTEREST[usize::from(interest) - 1]);
                let _ = write!(alt, " Influence {row}, intérêt {column}\u{a0}: {}.", names.join(", "));
            }
        }
    }
    let unplaced = actors.len() - placed;
    let apart =
        if unplaced == 0 { String::new() } else { format!(" {} sur la grille.", count(unplaced, "acteur n’a pas de place", "acteurs n’ont pas de place")) };
    Figure {
        title: format!("Influence et intérêt\u{a0}: {}", uncapitalized(&grid(actors).said)),
        alt,
        drawing: "grille".to_owned(),
        size: [0, 0],
        legend: format!("{MARKS}{apart}{}", left_out(hidden, placed)),
        table: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::{Content, Unit, Value};
    use crate::project::stakeholders::mark::actors;

    fn actor(name: &str, influence: &str, interest: &str) -> Unit {
        let mut unit = Unit::blank("stakeholder", uuid::Uuid::new_v4(), None);
        for (key, value) in [("name", name), ("influence", influence), ("interest", interest)] {
            unit.fields.insert(key.to_owned(), Value::Text(value.to_owned()));
        }
        unit
    }

    #[test]
    fn actors_without_a_place_are_counted_and_not_drawn() {
        let units = vec![actor("Verrerie <A & B>", "4", "3"), actor("Chambre", "", "2"), actor("Club", "1", "1")];
        let content = Content { units, filled_slots: Vec::new() };
        let View { figure, drawing, .. } = view(&actors(&content)).expect("a grid");
        assert!(figure.title.starts_with("Influence et intérêt\u{a0}: 1\u{a0}acteur influent et intéressé"), "{}", figure.title);
        assert!(figure.alt.contains("Influence décisive, intérêt fort\u{a0}: Verrerie <A & B>."), "{}", figure.alt);
        assert!(figure.legend.ends_with("1\u{a0}acteur n’a pas de place sur la grille."), "{}", figure.legend);
        assert!(drawing.svg.contains("Verrerie &lt;A") && !drawing.svg.contains("Chambre"), "{}", drawing.svg);
        assert!(view(&[]).is_none());
    }

    #[test]
    fn a_crowded_cell_counts_those_it_does_not_draw() {
        let units = (0..15).map(|no| actor(&format!("Acteur {no}"), "4", "4")).collect();
        let content = Content { units, filled_slots: Vec::new() };
        let View { figure, drawing, .. } = view(&actors(&content)).expect("a grid");
        assert!(drawing.svg.contains("et 3\u{a0}autres"));
        assert!(figure.legend.ends_with("12\u{a0}acteurs dessinés sur 15, les autres sont dans le tableau."), "{}", figure.legend);
    }
}
