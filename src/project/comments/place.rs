//! Where a comment stands: an item of a section, or of a row's page.

use std::fmt;

use uuid::Uuid;

use crate::framework::belonging::{Part, part_of};
use crate::framework::standing::{places, section_address};
use crate::framework::{COLLECTIONS, Item};

/// An item of a section (the row is then nil), or of the page of a row.
#[derive(Debug, Clone, Copy)]
pub struct Anchor {
    /// Kind of the unit that holds the item.
    pub kind: &'static str,
    /// Row; nil for a section.
    pub row: Uuid,
    /// Item.
    pub item: &'static Item,
}

impl PartialEq for Anchor {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.row, self.item.key) == (other.kind, other.row, other.item.key)
    }
}

impl Eq for Anchor {}

/// As posted: kind, row and item.
impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind, self.row, self.item.key)
    }
}

impl Anchor {
    /// The place of that name, when the framework knows it.
    pub fn find(kind: &str, row: Uuid, item: &str) -> Option<Self> {
        if row.is_nil() {
            let place = places().find(|place| place.section.key == kind && place.item.key == item)?;
            return Some(Self { kind: place.section.key, row, item: place.item });
        }
        let rows = COLLECTIONS.iter().find(|rows| rows.kind == kind)?;
        Some(Self { kind: rows.kind, row, item: rows.items.iter().find(|held| held.key == item)? })
    }

    /// From a form.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (kind, row, item) = (words.next()?, Uuid::try_parse(words.next()?).ok()?, words.next()?);
        if words.next().is_some() { None } else { Self::find(kind, row, item) }
    }

    /// Deliverables that it belongs to.
    pub fn part(&self) -> Part {
        part_of(self.kind)
    }

    /// Address of its page after `/dossiers/{id}`.
    pub fn page(&self) -> String {
        if let Some(path) = COLLECTIONS.iter().find(|rows| rows.kind == self.kind).and_then(|rows| rows.path) {
            return format!("/{path}/{}", self.row);
        }
        places().find(|place| place.section.key == self.kind).map(|place| section_address(place.deliverable, place.section)).unwrap_or_default()
    }

    /// "Organisation, question 5", or "Acteurs, Verrerie des Borderies, identité".
    pub fn label(&self, row_name: Option<&str>) -> String {
        if self.row.is_nil() {
            return places().find(|place| place.item.key == self.item.key).map(|place| place.label()).unwrap_or_default();
        }
        let title = COLLECTIONS.iter().find(|rows| rows.kind == self.kind).map_or("", |rows| rows.title);
        format!("{title}, {}, {}", row_name.filter(|name| !name.is_empty()).unwrap_or("(sans nom)"), self.item.title.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_what_it_writes_and_knows_its_page() {
        let question = Anchor::find("organisation.animation", Uuid::nil(), "q5").expect("known");
        assert_eq!(Anchor::read(&question.to_string()), Some(question));
        assert_eq!((question.page().as_str(), question.label(None).as_str()), ("/organisation?theme=animation", "Organisation, question 5"));
        let row = Uuid::from_u128(7);
        let actor = Anchor::find("stakeholder", row, "st_identity").expect("known");
        assert_eq!(actor.page(), format!("/acteurs/{row}"));
        assert_eq!(actor.label(Some("Verrerie")), "Acteurs, Verrerie, identité");
        assert_eq!(actor.part(), [1, 2, 4]);
        for wrong in [
            "",
            "organisation.animation",
            "organisation.animation x q5",
            "organisation.gouvernance 00000000-0000-0000-0000-000000000000 q5",
            "staff 00000000-0000-0000-0000-000000000007 q5",
        ] {
            assert_eq!(Anchor::read(wrong), None, "{wrong}");
        }
    }
}
