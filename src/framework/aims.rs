//! What a request for correction aims at: a question of a section, or a whole row of a list. Only that reopens.

use uuid::Uuid;

use super::belonging::{Part, part_of};
use super::standing::{Place, places, rows_of};
use super::{COLLECTIONS, Item, Rows};

/// A question of a section (its row is nil), or a whole row of a list (its item is empty).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aim {
    /// Key of the section, or kind of the row.
    pub kind: String,
    /// The row.
    pub row: Uuid,
    /// Key of the question.
    pub item: String,
}

/// Something about to be written.
#[derive(Debug, Clone, Copy)]
pub enum Spot<'a> {
    /// Anything of that page: of its main unit, or of the small tables drawn with it.
    Page(&'a str, Uuid),
    /// A row: its kind, its id, the row it belongs to.
    Row(&'a str, Uuid, Option<Uuid>),
    /// A field of a section.
    Field(&'a str, &'a str),
    /// An attachment of that slot.
    Slot(&'a str),
}

impl Aim {
    /// A question.
    pub fn question(place: &Place) -> Self {
        Self { kind: place.section.key.to_owned(), row: Uuid::nil(), item: place.item.key.to_owned() }
    }

    /// A row of a list.
    pub fn row(kind: &str, row: Uuid) -> Self {
        Self { kind: kind.to_owned(), row, item: String::new() }
    }

    /// As posted: `organisation.animation/q5`, `action/0192…`.
    pub fn key(&self) -> String {
        if self.item.is_empty() { format!("{}/{}", self.kind, self.row) } else { format!("{}/{}", self.kind, self.item) }
    }

    /// Reads what was posted: a question of the framework, or a row of one of its lists.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once('/')?;
        if let (Some(rows), Ok(row)) = (list_of(kind), Uuid::try_parse(rest)) {
            return (!row.is_nil()).then(|| Self::row(rows.kind, row));
        }
        places().find(|place| place.section.key == kind && place.item.key == rest).map(|place| Self::question(&place))
    }

    /// Where the question stands.
    pub fn place(&self) -> Option<Place> {
        if self.item.is_empty() { None } else { places().find(|place| place.section.key == self.kind && place.item.key == self.item) }
    }

    fn item(&self) -> Option<&'static Item> {
        self.place().map(|place| place.item)
    }

    /// Deliverables that it belongs to.
    pub fn part(&self) -> Part {
        part_of(&self.kind)
    }

    /// Does it reopen that?
    pub fn covers(&self, spot: Spot<'_>) -> bool {
        if self.item.is_empty() { self.row_covers(spot) } else { self.item().is_some_and(|item| self.question_covers(item, spot)) }
    }

    fn row_covers(&self, spot: Spot<'_>) -> bool {
        match spot {
            Spot::Page(kind, row) => kind == self.kind && row == self.row,
            Spot::Row(kind, row, parent) => (kind == self.kind && row == self.row) || (parent == Some(self.row) && belongs(kind, &self.kind)),
            Spot::Field(..) => false,
            Spot::Slot(held) => {
                let own = held.split_once(':').filter(|(_, row)| Uuid::try_parse(row) == Ok(self.row));
                own.is_some_and(|(key, _)| {
                    list_of(&self.kind).is_some_and(|rows| rows.items.iter().any(|item| item.slot.as_ref().is_some_and(|place| place.key == key)))
                })
            }
        }
    }

    fn question_covers(&self, item: &Item, spot: Spot<'_>) -> bool {
        let lists = |kind: &str| item.list.is_some_and(|rows| rows.kind == kind || belongs(kind, rows.kind));
        match spot {
            Spot::Page(kind, row) => (kind == self.kind && row.is_nil()) || (!row.is_nil() && lists(kind)),
            Spot::Row(kind, _, parent) => (parent.is_none() && item.tables.iter().any(|rows| rows.kind == kind)) || lists(kind),
            Spot::Field(kind, field) => kind == self.kind && item.fields.iter().any(|held| held.key == field),
            Spot::Slot(held) => {
                let (key, is_row) = held.split_once(':').map_or((held, false), |(key, _)| (key, true));
                let holds = |item: &Item| item.slot.as_ref().is_some_and(|place| place.key == key);
                if is_row { item.list.is_some_and(|rows| rows.items.iter().any(holds)) } else { holds(item) }
            }
        }
    }
}

/// The list of that kind, when its rows have pages.
pub fn list_of(kind: &str) -> Option<&'static Rows> {
    COLLECTIONS.into_iter().find(|rows| rows.kind == kind)
}

/// Do rows of that kind belong to rows of the other?
fn belongs(kind: &str, parent: &str) -> bool {
    rows_of(kind).and_then(|rows| rows.parent) == Some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Uuid = Uuid::from_u128(7);

    #[test]
    fn a_question_reopens_its_fields_its_tables_its_pieces_and_nothing_else() {
        let q5 = Aim::parse("organisation.animation/q5").expect("a question");
        assert!(q5.covers(Spot::Field("organisation.animation", "q5")));
        assert!(!q5.covers(Spot::Field("organisation.animation", "q6")) && !q5.covers(Spot::Field("organisation.portage", "q5")));
        assert!(q5.covers(Spot::Page("organisation.animation", Uuid::nil())) && !q5.covers(Spot::Page("organisation.portage", Uuid::nil())));
        assert!(!q5.covers(Spot::Row("staff", ROW, None)) && !q5.covers(Spot::Row("stakeholder", ROW, None)));
        let q9 = places().find(|place| place.item.tables.iter().any(|rows| rows.kind == "staff")).expect("means");
        assert!(Aim::question(&q9).covers(Spot::Row("staff", ROW, None)));
        let letter = Aim::parse("candidature.pieces/letter").expect("a question");
        assert!(letter.covers(Spot::Slot("courrier")) && !letter.covers(Spot::Slot("document-engagement")));
    }

    #[test]
    fn a_row_reopens_its_page_its_lines_and_its_pieces() {
        let action = Aim::row("action", ROW);
        assert_eq!(Aim::parse(&action.key()), Some(action.clone()));
        assert!(action.covers(Spot::Row("action", ROW, None)) && !action.covers(Spot::Row("action", Uuid::from_u128(8), None)));
        assert!(action.covers(Spot::Row("action_line", Uuid::from_u128(9), Some(ROW))) && !action.covers(Spot::Row("action_line", ROW, None)));
        assert!(action.covers(Spot::Slot(&format!("preuves:{ROW}"))) && !action.covers(Spot::Slot(&format!("engagement:{ROW}"))));
        assert!(!action.covers(Spot::Field("actions.vitrines", "dynamics")));
    }

    #[test]
    fn what_is_posted_and_unknown_aims_at_nothing() {
        for text in ["", "/", "organisation.animation/q11", "staff/00000000-0000-0000-0000-000000000007", "action/00000000-0000-0000-0000-000000000000", "x/y"]
        {
            assert_eq!(Aim::parse(text), None, "{text}");
        }
        for place in places() {
            assert_eq!(Aim::parse(&Aim::question(&place).key()), Some(Aim::question(&place)));
        }
    }
}
