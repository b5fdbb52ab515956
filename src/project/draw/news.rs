//! What a save met: questions to answer, and what colleagues changed meanwhile, as sentences and marked words.

use super::posted::put;
use super::{Pen, cell_shape};
use crate::access::Dossier;
use crate::framework::content::Unit;
use crate::framework::standing::rows_of;
use crate::framework::{Field, Kind, Rows};
use crate::kit::diff::{Part, compare, shortened};
use crate::kit::moment;
use crate::project::saving::{Conflict, Dispute, Fate, Outcome, Page, Slot, Touched};
use crate::project::units::Author;

/// Characters kept on each side of a change.
pub const AROUND: usize = 90;

/// What the save that was just made met.
#[derive(Debug, Clone, Copy, Default)]
pub struct News<'a> {
    /// Fields to choose.
    pub conflicts: &'a [Conflict],
    /// Rows to choose.
    pub disputes: &'a [Dispute],
    /// Fields that colleagues changed.
    pub touched: &'a [Touched],
    /// Who reads it, and when.
    pub reader: Option<&'a Dossier>,
}

impl<'a> News<'a> {
    /// Of a save.
    pub fn of(outcome: &'a Outcome, reader: &'a Dossier) -> Self {
        Self { conflicts: &outcome.conflicts, disputes: &outcome.disputes, touched: &outcome.touched, reader: Some(reader) }
    }

    /// "Karim Benali, aujourd’hui à 14 h 31"; oneself is somebody else's window.
    pub fn signed(&self, by: &Author) -> String {
        let is_self = self.reader.is_some_and(|reader| reader.account() == by.account);
        let name = if is_self { "vous-même, dans une autre fenêtre" } else { &by.name };
        format!("{name}, {}", self.when(by.at))
    }

    /// "Karim Benali, aujourd’hui à 14 h 31", by one's own name.
    pub fn by(&self, by: &Author) -> String {
        format!("{}, {}", by.name, self.when(by.at))
    }

    fn when(&self, at: time::OffsetDateTime) -> String {
        self.reader.map_or_else(|| moment::full(at), |reader| moment::near(at, reader.now()))
    }
}

/// What a colleague changed in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// One sentence: who, when, and what became of both texts.
    pub sentence: String,
    /// The change, marked; long stretches that did not change are left out.
    pub parts: Vec<Part>,
}

/// A row to choose the fate of.
#[derive(Debug)]
pub struct DisputeView {
    /// Identifier in the page: `staff-…`.
    pub id: String,
    /// Name of the choice: `staff.…`.
    pub name: String,
    /// Removed by the other; otherwise changed by the other.
    pub is_gone: bool,
    /// A line of a table; otherwise the page's own row.
    pub is_line: bool,
    /// What happened.
    pub sentence: String,
    /// What was typed: label and value.
    pub values: Vec<(&'static str, String)>,
    /// Posted again with the choice.
    pub hidden: Vec<(String, String)>,
}

impl Pen<'_> {
    /// What a colleague changed in the field of that name.
    pub fn note(&self, field: &Field, unit: &Unit, name: &str) -> Option<Note> {
        let touched = self.news.touched.iter().find(|touched| touched.name == name)?;
        let by = &touched.by;
        let when = self.news.when(by.at);
        let is_self = self.news.reader.is_some_and(|reader| reader.account() == by.account);
        let did = |verb: &str| if is_self { format!("Dans une autre fenêtre, vous avez {verb}") } else { format!("{} a {verb}", by.name) };
        let sentence = match (touched.is_joined, field.kind) {
            (true, Kind::Text | Kind::Line(_)) => format!("{} ici, {when}. Les deux textes sont réunis\u{a0}:", did("aussi écrit")),
            (true, _) => format!("{} ici, {when}. Les deux choix sont réunis\u{a0}:", did("aussi choisi")),
            (false, _) => format!("{} ce champ pendant que vous écriviez, {when}\u{a0}:", did("modifié")),
        };
        let mut before = Unit::blank(&unit.kind, unit.row, None);
        touched.was.clone().put(&mut before, field.key);
        Some(Note { sentence, parts: self.changed(field, &before, unit) })
    }

    /// A change of a field: word by word for what is written, from one value to the other for the rest.
    pub fn changed(&self, field: &Field, before: &Unit, after: &Unit) -> Vec<Part> {
        if matches!(field.kind, Kind::Text | Kind::Line(_)) {
            return shortened(compare(Slot::of(before, field.key).text(), Slot::of(after, field.key).text()), AROUND);
        }
        let (old, new) = (self.shown(field, before), self.shown(field, after));
        let space = if old.is_empty() || new.is_empty() { "" } else { " " };
        let parts = [Part::Removed(old), Part::Same(space.to_owned()), Part::Inserted(new)];
        parts.into_iter().filter(|part| !part.text().is_empty()).collect()
    }

    /// Questions about the lines of a small table.
    pub(super) fn disputed(&self, rows: &'static Rows) -> Vec<DisputeView> {
        self.news.disputes.iter().filter(|dispute| dispute.mine.kind == rows.kind).map(|dispute| self.dispute(dispute, rows, true)).collect()
    }

    /// The question about the page's own row.
    pub fn disputed_row(&self, page: &Page) -> Option<DisputeView> {
        let dispute = self.news.disputes.iter().find(|dispute| dispute.mine.kind == page.kind && dispute.mine.row == page.row)?;
        Some(self.dispute(dispute, rows_of(page.kind)?, false))
    }

    fn dispute(&self, dispute: &Dispute, rows: &'static Rows, is_line: bool) -> DisputeView {
        let mine = &dispute.mine;
        let (did, when) = (dispute.did(), self.news.when(dispute.at));
        let name = format!("{}.{}", mine.kind, mine.row);
        let is_gone = dispute.fate == Fate::Gone;
        let mut hidden = Vec::new();
        if is_line && is_gone {
            hidden.push((format!("{}.id", mine.kind), mine.row.to_string()));
            hidden.push((format!("{}.version", mine.kind), mine.version.to_string()));
            for field in rows.fields() {
                put(&mut hidden, (field, cell_shape(field.kind)), mine, format!("{name}.{}", field.key));
            }
        }
        let what = if is_line { "cette ligne" } else { "cette fiche" };
        DisputeView {
            id: name.replace('.', "-"),
            is_gone,
            is_line,
            sentence: if is_gone {
                format!("{did} {what} {when}\u{a0}; vous l’avez modifiée. Rien n’est perdu\u{a0}: ce que vous avez écrit reste dans l’historique.")
            } else {
                format!("{did} {what} {when}, depuis que vous l’avez ouverte\u{a0}; vous la retirez. Relisez-la avant de la retirer.")
            },
            values: rows.fields().filter(|_| is_line).map(|field| (field.label, self.shown(field, mine))).filter(|(_, value)| !value.is_empty()).collect(),
            hidden,
            name,
        }
    }
}
