//! Marks of the actors on the territory map: letter and colour tell the kind, size the workforce, shape the place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use uuid::Uuid;

use crate::framework::content::{Content, Unit};
use crate::framework::{Kind, STAKEHOLDER};
use crate::kit::french::fold;
use crate::kit::geometry::Frame;
use crate::kit::territory::{self, Commune};
use crate::project::draw::row_name;
use crate::project::perimeter::figures::{Place, place};

/// Actors of one commune drawn one by one; more are one mark with their number.
const SPREAD: usize = 12;

/// Letter and class of a kind of organisation.
pub fn sign(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "company" => ("E", "a-com"),
        "authority" => ("C", "a-aut"),
        "association" => ("A", "a-aso"),
        "chamber" => ("H", "a-aso"),
        "state" => ("S", "a-aut"),
        "public_body" => ("P", "a-aut"),
        "university" => ("U", "a-oth"),
        "other" => ("X", "a-oth"),
        _ => ("?", "a-oth"),
    }
}

/// Kinds of organisations: what is kept and what is read.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    let choices = match STAKEHOLDER.field("kind").map(|field| field.kind) {
        Some(Kind::Choice(choices)) => choices,
        _ => &[],
    };
    choices.iter().map(|choice| (choice.key, choice.label))
}

/// Half the size of a mark, by the class of workforce: unknown or under ten, under a hundred, more.
pub fn radius(headcount: &str) -> i32 {
    match headcount {
        "10-19" | "20-49" | "50-99" => 11,
        "100-199" | "200-249" | "250-499" | "500-999" | "1000-1999" | "2000+" => 14,
        _ => 8,
    }
}

/// An actor of the map.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    /// Its row.
    pub unit: &'a Unit,
    /// Its name.
    pub name: String,
    /// Its commune, when known.
    pub commune: Option<Commune>,
    /// Where it is.
    pub place: Place,
}

/// What is asked of the map, in the address: the same names as for the list.
#[derive(Debug, Default, Clone)]
pub struct Filters {
    /// Words of the name.
    pub words: String,
    /// Kind of organisation.
    pub kind: String,
    /// "dans" or "hors", or nothing.
    pub place: String,
}

impl Filters {
    /// Is the actor asked?
    pub fn takes(&self, actor: &Actor<'_>) -> bool {
        let is_placed = match self.place.as_str() {
            "dans" => actor.place == Place::Inside,
            "hors" => actor.place == Place::Outside,
            _ => true,
        };
        is_placed
            && (self.kind.is_empty() || actor.unit.text("kind") == self.kind)
            && (self.words.is_empty() || fold(&actor.name).contains(&fold(&self.words)) || actor.commune.is_some_and(|commune| fold(commune.name).contains(&fold(&self.words))))
    }
}

/// Actors of a dossier, by name.
pub fn actors<'a>(content: &'a Content, held: &[Commune]) -> Vec<Actor<'a>> {
    let perimeter: BTreeSet<&str> = held.iter().map(|commune| commune.code).collect();
    let mut actors: Vec<Actor<'_>> = content
        .rows("stakeholder")
        .filter(|unit| !unit.is_blank())
        .map(|unit| Actor { unit, name: row_name(unit), commune: territory::commune(unit.text("commune")), place: place(unit, &perimeter) })
        .collect();
    actors.sort_by_cached_key(|actor| (fold(&actor.name), actor.unit.row));
    actors
}

/// A mark, ready for the template.
#[derive(Debug)]
pub struct MarkView {
    /// Row of its actor; nothing for several.
    pub row: Option<Uuid>,
    /// Its middle.
    pub x: i32,
    /// Its middle.
    pub y: i32,
    /// A disc in the perimeter, a square outside.
    pub d: String,
    /// Class: colour of the kind.
    pub class: &'static str,
    /// Letter of the kind, or number of actors.
    pub letter: String,
    /// Everything, under the pointer.
    pub title: String,
}

/// Marks of the actors whose town hall lies in the frame, and how many lie beyond it.
pub fn marks(frame: &Frame, actors: &[&Actor<'_>]) -> (Vec<MarkView>, usize) {
    let mut by_commune: BTreeMap<&str, Vec<&Actor<'_>>> = BTreeMap::new();
    for actor in actors {
        by_commune.entry(actor.commune.map_or("", |commune| commune.code)).or_default().push(actor);
    }
    let (mut marks, mut beyond) = (Vec::new(), 0);
    for (code, mut here) in by_commune {
        let hall = territory::commune(code).and_then(|commune| commune.town_hall).map(|hall| frame.place(hall));
        let Some((x, y)) = hall.filter(|(x, y)| (0..=frame.width).contains(x) && (0..=frame.height).contains(y)) else {
            beyond += here.len();
            continue;
        };
        here.sort_by_key(|actor| std::cmp::Reverse(radius(actor.unit.text("headcount"))));
        if here.len() > SPREAD {
            marks.push(several(&here, (x, y)));
            continue;
        }
        for (rank, actor) in here.iter().enumerate() {
            let (dx, dy) = spread(rank, here.len());
            marks.push(one(actor, (x + dx, y + dy)));
        }
    }
    // The largest below, so that none hides a smaller one.
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.d.len()));
    (marks, beyond)
}

/// Steps around the middle: a lone mark stays there, others turn around it on two rings.
fn spread(rank: usize, count: usize) -> (i32, i32) {
    const NEAR: [(i32, i32); 4] = [(-13, -13), (13, 13), (13, -13), (-13, 13)];
    const FAR: [(i32, i32); 8] = [(0, -38), (0, 38), (-38, 0), (38, 0), (-38, -36), (38, 36), (38, -36), (-38, 36)];
    match (rank, count) {
        (_, 1) => (0, 0),
        (rank, 2) => [(-14, 0), (14, 0)][rank],
        (rank, 3) => [(0, -14), (-15, 11), (15, 11)][rank],
        (rank, _) => NEAR.get(rank).or_else(|| FAR.get(rank.wrapping_sub(NEAR.len()))).copied().unwrap_or((0, 0)),
    }
}

fn one(actor: &Actor<'_>, (x, y): (i32, i32)) -> MarkView {
    let (letter, class) = sign(actor.unit.text("kind"));
    let kind = kinds().find(|(key, _)| *key == actor.unit.text("kind")).map_or("type non dit", |(_, label)| label);
    let mut title = format!("{}, {kind}", actor.name);
    if let Some(commune) = actor.commune {
        let _ = write!(title, ", {}", commune.name);
    }
    if actor.place == Place::Outside {
        title.push_str(", hors du périmètre");
    }
    let d = shape(actor.place, radius(actor.unit.text("headcount")));
    MarkView { row: Some(actor.unit.row), x, y, d, class, letter: letter.to_owned(), title }
}

fn several(here: &[&Actor<'_>], (x, y): (i32, i32)) -> MarkView {
    let names: Vec<&str> = here.iter().take(SPREAD).map(|actor| actor.name.as_str()).collect();
    let commune = here.first().and_then(|actor| actor.commune).map_or("", |commune| commune.name);
    let place = if here.iter().all(|actor| actor.place == Place::Outside) { Place::Outside } else { Place::Inside };
    let title = format!("{commune}\u{a0}: {} acteurs, dont {}", here.len(), names.join(", "));
    MarkView { row: None, x, y, d: shape(place, 20), class: "a-sev", letter: here.len().to_string(), title }
}

/// A disc in the perimeter, a square outside, around the origin.
pub fn shape(place: Place, r: i32) -> String {
    match place {
        Place::Outside => format!("M-{s}-{s}h{w}v{w}h-{w}z", s = r - 1, w = 2 * (r - 1)),
        Place::Inside | Place::Unknown => format!("M{r} 0A{r} {r} 0 1 1-{r} 0A{r} {r} 0 1 1 {r} 0z"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::Value;
    use crate::kit::geometry::Bounds;

    fn actor(name: &str, commune: &str, kind: &str) -> Unit {
        let mut unit = Unit::blank("stakeholder", Uuid::now_v7(), None);
        for (key, value) in [("name", name), ("commune", commune), ("kind", kind)] {
            unit.fields.insert(key.to_owned(), Value::Text(value.to_owned()));
        }
        unit
    }

    #[test]
    fn actors_of_one_commune_are_spread_then_counted() {
        let held: Vec<Commune> = territory::commune("16102").into_iter().collect();
        let bounds = held[0].town_hall.map(|hall| Bounds::NOTHING.with(hall).wider(10)).expect("hall");
        let frame = Frame::over(bounds, 800);
        let mut content = Content { units: (0..12).map(|n| actor(&format!("Acteur {n}"), "16102", "company")).collect(), filled_slots: Vec::new() };
        content.units.push(actor("Au loin", "75056", "state"));
        let all = actors(&content, &held);
        let asked: Vec<&Actor<'_>> = all.iter().collect();
        let (marks, beyond) = super::marks(&frame, &asked);
        let places: BTreeSet<(i32, i32)> = marks.iter().map(|mark| (mark.x, mark.y)).collect();
        assert_eq!((marks.len(), places.len(), beyond), (12, 12, 1));
        content.units.push(actor("Un de trop", "16102", "university"));
        let all = actors(&content, &held);
        let asked: Vec<&Actor<'_>> = all.iter().collect();
        let (marks, _) = super::marks(&frame, &asked);
        assert_eq!(marks.iter().map(|mark| mark.letter.as_str()).collect::<Vec<_>>(), ["13"]);
    }

    #[test]
    fn filters_read_the_name_the_kind_and_the_place() {
        let held: Vec<Commune> = territory::commune("16102").into_iter().collect();
        let content = Content { units: vec![actor("Verrerie", "16102", "company"), actor("Région", "86194", "authority")], filled_slots: Vec::new() };
        let all = actors(&content, &held);
        let names = |words: &str, kind: &str, place: &str| {
            let filters = Filters { words: words.to_owned(), kind: kind.to_owned(), place: place.to_owned() };
            all.iter().filter(|actor| filters.takes(actor)).map(|actor| actor.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(names("", "", ""), ["Région", "Verrerie"]);
        assert_eq!(names("VERR", "", ""), ["Verrerie"]);
        assert_eq!(names("cognac", "", "dans"), ["Verrerie"]);
        assert_eq!(names("", "authority", ""), ["Région"]);
        assert_eq!(names("", "", "hors"), ["Région"]);
    }

    #[test]
    fn every_kind_has_its_own_letter() {
        let letters: BTreeSet<&str> = kinds().map(|(key, _)| sign(key).0).collect();
        assert_eq!(letters.len(), kinds().count());
        assert!(!letters.contains("?"));
    }
}
