//! Actors of the territory map and their signs: letter and colour tell the kind, size the workforce, shape the place.

use std::collections::BTreeSet;

use crate::framework::content::{Content, Unit};
use crate::kit::french::fold;
use crate::kit::territory::{self, Commune};
use crate::project::draw::row_name;
use crate::project::perimeter::figures::{Place, place};
use crate::project::stakeholders::filters::Filters;
use crate::project::stakeholders::mark::Weight;

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

/// Half the size of a mark, by the class of workforce: unknown or under ten, under a hundred, more.
pub fn radius(headcount: &str) -> i32 {
    match Weight::of(headcount) {
        Weight::Small => 8,
        Weight::Middle => 11,
        Weight::Large => 14,
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

/// Is the actor asked? The map reads the words, the kind and the place of the list's filters.
pub fn is_asked(filters: &Filters, actor: &Actor<'_>) -> bool {
    let is_placed = filters.is_outside.is_none_or(|is_outside| actor.place == if is_outside { Place::Outside } else { Place::Inside });
    let words = fold(&filters.words);
    is_placed
        && (filters.kind.is_empty() || actor.unit.text("kind") == filters.kind)
        && (words.is_empty() || fold(&actor.name).contains(&words) || actor.commune.is_some_and(|commune| fold(commune.name).contains(&words)))
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
    use crate::project::stakeholders::filters::kinds;
    use std::collections::HashMap;
    use uuid::Uuid;

    fn actor(name: &str, commune: &str, kind: &str) -> Unit {
        let mut unit = Unit::blank("stakeholder", Uuid::now_v7(), None);
        for (key, value) in [("name", name), ("commune", commune), ("kind", kind)] {
            unit.fields.insert(key.to_owned(), Value::Text(value.to_owned()));
        }
        unit
    }

    #[test]
    fn filters_read_the_name_the_kind_and_the_place() {
        let held: Vec<Commune> = territory::commune("16102").into_iter().collect();
        let content = Content { units: vec![actor("Verrerie", "16102", "company"), actor("Région", "86194", "authority")], filled_slots: Vec::new() };
        let all = actors(&content, &held);
        let names = |words: &str, kind: &str, place: &str| {
            let asked = [("q", words), ("type", kind), ("lieu", place)].map(|(name, value)| (name.to_owned(), value.to_owned()));
            let filters = Filters::read(&HashMap::from(asked));
            all.iter().filter(|actor| is_asked(&filters, actor)).map(|actor| actor.name.as_str()).collect::<Vec<_>>()
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
