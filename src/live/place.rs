//! The pages that people write on together: what each is made of, and how a sentence names it.

use uuid::Uuid;

use crate::framework::{COLLECTIONS, DELIVERABLES, Item, Rows, WORKSHOP_ITEMS};

/// The workshop and its projected view: no unit of their own, but every flow and actor.
pub const WORKSHOP: &str = "atelier";

/// A page of a dossier: a section, or a row with a page of its own.
#[derive(Debug, Clone)]
pub struct Place {
    /// As posted: `organisation.animation`, `stakeholder.<id>`.
    pub key: String,
    /// Kind of its main unit.
    pub kind: &'static str,
    /// Row of its main unit; nil for a section.
    pub row: Uuid,
    title: &'static str,
    items: &'static [Item],
}

impl Place {
    /// The page of that key; nothing for a page that does not exist.
    pub fn parse(key: &str) -> Option<Self> {
        let sections = DELIVERABLES.iter().flat_map(|deliverable| deliverable.sections);
        if let Some(section) = sections.into_iter().find(|section| section.key == key) {
            return Some(Self { key: key.to_owned(), kind: section.key, row: Uuid::nil(), title: section.title, items: section.items });
        }
        if key == WORKSHOP {
            return Some(Self { key: key.to_owned(), kind: WORKSHOP, row: Uuid::nil(), title: "Atelier", items: &WORKSHOP_ITEMS });
        }
        let (kind, row) = key.split_once('.')?;
        let rows = COLLECTIONS.iter().find(|rows| rows.kind == kind)?;
        let row = Uuid::try_parse(row).ok()?;
        Some(Self { key: format!("{kind}.{row}"), kind: rows.kind, row, title: rows.title, items: rows.items })
    }

    /// Kinds of the small tables typed in it.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.items.iter().flat_map(|item| item.tables.iter().map(|rows| rows.kind))
    }

    /// Kinds of the rows that it summarises.
    fn lists(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.items.iter().filter_map(|item| item.list.map(|rows: &Rows| rows.kind))
    }

    /// Row that its tables' lines belong to.
    pub fn parent(&self) -> Option<Uuid> {
        (!self.row.is_nil()).then_some(self.row)
    }

    /// Does a change of that unit show on this page?
    pub fn shows(&self, kind: &str, row: Uuid) -> bool {
        (self.kind == kind && self.row == row) || self.tables().chain(self.lists()).any(|held| held == kind)
    }

    /// Key of what is asked by the control of that name: `q5`, `staff.<id>.fte`.
    pub fn item(&self, control: &str) -> Option<&'static str> {
        let kind = control.split('.').next().unwrap_or_default();
        let asks = |item: &&Item| item.fields.iter().any(|field| field.key == control) || item.tables.iter().any(|rows| rows.kind == kind);
        self.items.iter().find(asks).map(|item| item.key)
    }

    /// What somebody there is doing, as seen from `from`: "écrit dans la question 5".
    pub fn sentence(&self, item: &str, from: &Self) -> String {
        let asked = self.items.iter().find(|held| held.key == item);
        match asked {
            Some(asked) if self.key == from.key && !asked.no.is_empty() => format!("écrit dans la question\u{a0}{}", asked.no),
            Some(asked) if self.key == from.key => format!("écrit dans «\u{a0}{}\u{a0}»", asked.title),
            None if self.key == from.key => "est sur cette page".to_owned(),
            Some(_) => format!("écrit dans «\u{a0}{}\u{a0}»", self.title),
            None => format!("est dans «\u{a0}{}\u{a0}»", self.title),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_those_of_the_framework() {
        for key in ["", "organisation", "organisation.inconnue", "staff.00000000-0000-7000-8000-000000000000", "stakeholder.x", "a.b.c"] {
            assert!(Place::parse(key).is_none(), "{key}");
        }
        let row = Uuid::now_v7();
        let room = Place::parse(WORKSHOP).expect("the workshop");
        assert!(room.shows("flow", row) && room.shows("stakeholder", row) && !room.shows("synergy", row));
        let place = Place::parse(&format!("stakeholder.{row}")).expect("a row's page");
        assert!(place.shows("stakeholder", row) && !place.shows("stakeholder", Uuid::nil()));
    }

    #[test]
    fn a_sentence_names_the_question_or_the_page() {
        let here = Place::parse("organisation.animation").expect("a section");
        let there = Place::parse("organisation.gouvernance").expect("a section");
        assert_eq!(here.item("q5"), Some("q5"));
        assert_eq!(here.item("staff.00000000-0000-7000-8000-000000000000.fte").is_some(), here.tables().any(|kind| kind == "staff"));
        assert_eq!(here.item("inconnu"), None);
        assert_eq!(here.sentence("q5", &here), "écrit dans la question\u{a0}5");
        assert_eq!(here.sentence("", &here), "est sur cette page");
        assert_eq!(there.sentence("", &here), "est dans «\u{a0}Gouvernance\u{a0}»");
    }
}
