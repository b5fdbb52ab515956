//! Where the marks of the territory map stand: at the town hall, pushed apart where they would cover one another, at the
//! edge when their commune lies beyond; and the names that find room between them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use uuid::Uuid;

use super::marks::{Actor, radius, shape, sign};
use crate::kit::discs::{self, Disc};
use crate::kit::geometry::Frame;
use crate::kit::territory::Commune;
use crate::project::perimeter::figures::Place;
use crate::project::perimeter::map::LabelView;
use crate::project::perimeter::names::{Area, named};
use crate::project::stakeholders::filters::kinds;

/// Actors of one commune drawn one by one; more are one mark with their number.
const SPREAD: usize = 12;
/// Names written.
const NAMES: usize = 24;
/// Room kept along the edges.
const EDGE: i32 = 18;

/// A mark, ready for the template.
#[derive(Debug)]
pub struct MarkView {
    /// Row of its actor; nothing for several.
    pub row: Option<Uuid>,
    /// Its middle.
    pub x: i32,
    /// Its middle.
    pub y: i32,
    /// Outline around the middle: a disc in the perimeter, a square outside.
    pub d: String,
    /// Class: colour of the kind.
    pub class: &'static str,
    /// Letter of the kind, or number of actors.
    pub letter: String,
    /// Everything, under the pointer.
    pub title: String,
    /// Line from the town hall, when the mark stands away from it.
    pub line: String,
    radius: i32,
    hall: (i32, i32),
}

/// What a map shows of the actors.
#[derive(Debug, Default)]
pub struct Placed {
    /// Marks.
    pub marks: Vec<MarkView>,
    /// Names of communes.
    pub labels: Vec<LabelView>,
    /// Actors at the edge: their commune lies beyond.
    pub at_edge: usize,
    /// Actors whose commune has no known position.
    pub nowhere: usize,
}

/// Places the actors whose commune is known; the communes of the perimeter have their names even without actors.
pub fn placed(frame: &Frame, actors: &[&Actor<'_>], held: &[Commune]) -> Placed {
    let mut groups: BTreeMap<&str, (Commune, Vec<&Actor<'_>>)> = BTreeMap::new();
    for actor in actors {
        if let Some(commune) = actor.commune {
            groups.entry(commune.code).or_insert_with(|| (commune, Vec::new())).1.push(actor);
        }
    }
    let mut placed = Placed::default();
    let mut names = Vec::new();
    for (commune, mut here) in groups.into_values() {
        let Some(hall) = commune.position().map(|hall| frame.place(hall)) else {
            placed.nowhere += here.len();
            continue;
        };
        let inside = (hall.0.clamp(EDGE, frame.width - EDGE), hall.1.clamp(EDGE, frame.height - EDGE));
        let is_far = (hall.0 - inside.0).abs().max((hall.1 - inside.1).abs()) > EDGE;
        placed.at_edge += if is_far { here.len() } else { 0 };
        let from = placed.marks.len();
        here.sort_by_key(|actor| Reverse(radius(actor.unit.text("headcount"))));
        if here.len() > SPREAD {
            placed.marks.push(several(&commune, &here, inside));
        } else {
            placed.marks.extend(here.iter().map(|actor| one(actor, inside)));
        }
        names.push((commune.name, is_far, from..placed.marks.len()));
    }
    part(&mut placed.marks, frame);
    placed.labels = labels(frame, &placed.marks, names, held);
    placed
}

fn one(actor: &Actor<'_>, hall: (i32, i32)) -> MarkView {
    let (letter, class) = sign(actor.unit.text("kind"));
    let kind = kinds().find(|(key, _)| *key == actor.unit.text("kind")).map_or("type non dit", |(_, label)| label);
    let mut title = format!("{}, {kind}", actor.name);
    if let Some(commune) = actor.commune {
        let _ = write!(title, ", {}", commune.name);
    }
    if actor.place == Place::Outside {
        title.push_str(", hors du périmètre");
    }
    mark(Some(actor.unit.row), hall, (actor.place, radius(actor.unit.text("headcount"))), (letter.to_owned(), class, title))
}

fn several(commune: &Commune, here: &[&Actor<'_>], hall: (i32, i32)) -> MarkView {
    let names: Vec<&str> = here.iter().take(SPREAD).map(|actor| actor.name.as_str()).collect();
    let place = if here.iter().all(|actor| actor.place == Place::Outside) { Place::Outside } else { Place::Inside };
    let title = format!("{}\u{a0}: {} acteurs, dont {}", commune.name, here.len(), names.join(", "));
    mark(None, hall, (place, 20), (here.len().to_string(), "a-sev", title))
}

fn mark(row: Option<Uuid>, hall: (i32, i32), (place, radius): (Place, i32), (letter, class, title): (String, &'static str, String)) -> MarkView {
    MarkView { row, x: hall.0, y: hall.1, d: shape(place, radius), class, letter, title, line: String::new(), radius, hall }
}

/// Pushes marks apart until none covers another.
fn part(marks: &mut [MarkView], frame: &Frame) {
    let disc = |mark: &MarkView| Disc { x: f64::from(mark.hall.0), y: f64::from(mark.hall.1), radius: f64::from(mark.radius) };
    let mut discs: Vec<Disc> = marks.iter().map(disc).collect();
    discs::part(&mut discs, (f64::from(frame.width), f64::from(frame.height)));
    for (mark, disc) in marks.iter_mut().zip(discs) {
        (mark.x, mark.y) = disc.middle();
        if (mark.x - mark.hall.0).abs().max((mark.y - mark.hall.1).abs()) > mark.radius + 4 {
            mark.line = format!("M{} {}L{} {}", mark.hall.0, mark.hall.1, mark.x, mark.y);
        }
    }
}

/// Names of the communes that hold marks, the fullest first, then of the others of the perimeter, where they find room.
fn labels(frame: &Frame, marks: &[MarkView], mut names: Vec<(&'static str, bool, Range<usize>)>, held: &[Commune]) -> Vec<LabelView> {
    let areas: Vec<Area> = marks.iter().map(|mark| (mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius)).collect();
    names.sort_by_key(|(name, is_far, range)| (!is_far, Reverse(range.len()), *name));
    let marked: Vec<(&'static str, Area)> = names
        .into_iter()
        .filter_map(|(name, _, range)| {
            let own = areas[range].iter().copied().reduce(|one, other| (one.0.min(other.0), one.1.min(other.1), one.2.max(other.2), one.3.max(other.3)));
            Some((name, own?))
        })
        .collect();
    let mut bare: Vec<&Commune> = held.iter().filter(|commune| marked.iter().all(|(name, _)| *name != commune.name)).collect();
    bare.sort_by_key(|commune| Reverse(commune.population));
    let bare = bare.into_iter().filter_map(|commune| {
        let (x, y) = frame.place(commune.position()?);
        Some((commune.name, (x, y, x, y)))
    });
    let most = NAMES + bare.size_hint().1.unwrap_or(0);
    named(frame, marked.into_iter().chain(bare), &areas, most)
}

#[cfg(test)]
mod tests {
    use super::super::marks::actors;
    use super::*;
    use crate::framework::content::{Content, Unit, Value};
    use crate::kit::geometry::Bounds;
    use crate::kit::territory;

    fn actor(name: &str, commune: &str) -> Unit {
        let mut unit = Unit::blank("stakeholder", Uuid::now_v7(), None);
        for (key, value) in [("name", name), ("commune", commune), ("kind", "company"), ("headcount", "20-49")] {
            unit.fields.insert(key.to_owned(), Value::Text(value.to_owned()));
        }
        unit
    }

    fn drawn(units: Vec<Unit>) -> Placed {
        let held: Vec<Commune> = territory::commune("16102").into_iter().collect();
        let bounds = held[0].position().map(|hall| Bounds::NOTHING.with(hall).wider(10)).expect("hall");
        let content = Content { units, filled_slots: Vec::new() };
        let all = actors(&content, &held);
        placed(&Frame::over(bounds, 800), &all.iter().collect::<Vec<_>>(), &held)
    }

    #[test]
    fn no_mark_covers_another_and_all_stay_in_the_drawing() {
        let mut units: Vec<Unit> = (0..12).map(|n| actor(&format!("Acteur {n}"), "16102")).collect();
        units.extend((0..9).map(|n| actor(&format!("Voisin {n}"), "16089")));
        let placed = drawn(units);
        assert_eq!((placed.marks.len(), placed.at_edge), (21, 0));
        for (rank, one) in placed.marks.iter().enumerate() {
            assert!((0..=800).contains(&one.x) && one.y >= 0);
            for other in &placed.marks[rank + 1..] {
                let gap = f64::from((one.x - other.x).pow(2) + (one.y - other.y).pow(2)).sqrt();
                assert!(gap >= f64::from(one.radius + other.radius) - 1.5, "{gap}");
            }
        }
        assert!(placed.marks.iter().any(|mark| !mark.line.is_empty()));
        assert_eq!(placed.labels.len(), 2);
    }

    #[test]
    fn too_many_are_counted_and_the_far_ones_stand_at_the_edge() {
        let mut units: Vec<Unit> = (0..13).map(|n| actor(&format!("Acteur {n}"), "16102")).collect();
        units.push(actor("Au loin", "33063"));
        units.push(actor("Sans position", "97502"));
        units.push(actor("Nulle part", ""));
        let placed = drawn(units);
        let mut letters: Vec<&str> = placed.marks.iter().map(|mark| mark.letter.as_str()).collect();
        letters.sort_unstable();
        assert_eq!((letters, placed.at_edge, placed.nowhere), (vec!["13", "E"], 1, 1));
        assert!(placed.labels.iter().any(|label| label.name == "Bordeaux"));
    }
}
