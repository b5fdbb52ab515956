//! What differs between two deposits of a dossier: word by word in each answer, row by row in each list, piece by piece.

use crate::framework::aims::{Aim, Spot};
use crate::framework::content::{Content, Unit};
use crate::framework::{COLLECTIONS, DELIVERABLES, Deliverable, Field, Item, Kind, Rows, Section};
use crate::kit::diff::Part;
use crate::project::attachments::FileView;
use crate::project::draw::{News, Pen};
use crate::submission::Snapshot;

/// Something that changed, with its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Name of the field; empty when the entry says it.
    pub label: String,
    /// The change.
    pub parts: Vec<Part>,
    /// A text, not a short value.
    pub is_written: bool,
}

/// A question, a row or the pieces of one, changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// "5. Acteurs clés de l’animation".
    pub label: String,
    /// "ligne ajoutée", "ligne retirée", or nothing.
    pub what: &'static str,
    /// What changed of it.
    pub fields: Vec<FieldChange>,
}

/// What changed under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// "1. Descriptif organisationnel, Animation".
    pub title: String,
    /// Entries.
    pub entries: Vec<Entry>,
}

/// Compares two deposits, whole or only in what is aimed at.
pub fn compare(old: &Snapshot, new: &Snapshot, only: Option<&[Aim]>) -> Vec<Compared> {
    let (before, after) = (old.content(), new.content());
    // Rows that have gone are still named.
    let mut names = after.clone();
    names.units.extend(before.units.iter().filter(|unit| after.row(&unit.kind, unit.row).is_none()).cloned());
    let work = Work { before: &before, after: &after, names: &names, files: (&old.views(), &new.views()), only };
    let mut found = Vec::new();
    for deliverable in DELIVERABLES {
        found.extend(deliverable.sections.iter().filter_map(|section| work.section(deliverable, section)));
        found.extend(lists(deliverable.no).iter().filter_map(|rows| work.list(rows)));
    }
    found
}

/// Lists read under that deliverable.
fn lists(deliverable: u8) -> Vec<&'static Rows> {
    let kinds: &[&str] = match deliverable {
        2 => &["stakeholder", "flow", "synergy"],
        3 => &["action"],
        4 => &["commitment"],
        _ => &[],
    };
    COLLECTIONS.into_iter().filter(|rows| kinds.contains(&rows.kind)).collect()
}

struct Work<'a> {
    before: &'a Content,
    after: &'a Content,
    names: &'a Content,
    files: (&'a [FileView], &'a [FileView]),
    only: Option<&'a [Aim]>,
}

impl<'a> Work<'a> {
    fn pen(&self) -> Pen<'a> {
        Pen { content: self.names, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None }
    }

    fn is_asked(&self, spot: Spot<'_>) -> bool {
        self.only.is_none_or(|aims| aims.iter().any(|aim| aim.covers(spot)))
    }

    fn section(&self, deliverable: &Deliverable, section: &'static Section) -> Option<Compared> {
        let blank = Unit::blank(section.key, uuid::Uuid::nil(), None);
        let of = |content: &'a Content| content.section(section.key).cloned().unwrap_or_else(|| blank.clone());
        let (before, after) = (of(self.before), of(self.after));
        let mut entries = Vec::new();
        for item in section.items {
            let mut fields = self.fields(item.fields.iter().filter(|field| self.is_asked(Spot::Field(section.key, field.key))), (&before, &after));
            if let Some(slot) = &item.slot {
                fields.extend(self.pieces(slot.key));
            }
            if !fields.is_empty() {
                entries.push(Entry { label: question(item), what: "", fields });
            }
            for rows in item.tables {
                entries.extend(self.rows(rows));
            }
        }
        (!entries.is_empty()).then(|| Compared { title: format!("{}. {}, {}", deliverable.no, deliverable.title, section.title), entries })
    }

    fn list(&self, rows: &'static Rows) -> Option<Compared> {
        let entries = self.rows(rows);
        (!entries.is_empty()).then(|| Compared { title: rows.title.to_owned(), entries })
    }

    /// Rows added, taken out or changed, with the lines that belong to them; in the order of the new deposit, then what has gone.
    fn rows(&self, rows: &'static Rows) -> Vec<Entry> {
        let gone = self.before.rows(rows.kind).filter(|unit| self.after.row(rows.kind, unit.row).is_none());
        self.after
            .rows(rows.kind)
            .chain(gone)
            .filter(|unit| self.is_asked(Spot::Row(rows.kind, unit.row, unit.parent)))
            .filter_map(|unit| self.row(rows, unit))
            .collect()
    }

    fn row(&self, rows: &'static Rows, unit: &Unit) -> Option<Entry> {
        let blank = Unit::blank(rows.kind, unit.row, unit.parent);
        let (before, after) = (self.before.row(rows.kind, unit.row), self.after.row(rows.kind, unit.row));
        let mut fields = self.fields(rows.fields(), (before.unwrap_or(&blank), after.unwrap_or(&blank)));
        for item in rows.items {
            if let Some(slot) = &item.slot {
                fields.extend(self.pieces(&format!("{}:{}", slot.key, unit.row)));
            }
        }
        for lines in rows.items.iter().flat_map(|item| item.tables.iter().copied()) {
            fields.extend(self.lines(lines, unit));
        }
        let what = match (before, after) {
            (None, _) => "ajout",
            (_, None) => "retrait",
            _ => "",
        };
        let name = self.pen().name(unit);
        let label =
            if rows.path.is_some() { name } else { format!("{}\u{a0}: {}", rows.title, if name == "(sans nom)" { "une ligne".to_owned() } else { name }) };
        (!fields.is_empty() || !what.is_empty()).then_some(Entry { label, what, fields })
    }

    /// The lines of a row's own table, as fields of the row.
    fn lines(&self, rows: &'static Rows, parent: &Unit) -> Vec<FieldChange> {
        let gone = self.before.children(rows.kind, Some(parent.row)).filter(|unit| self.after.row(rows.kind, unit.row).is_none());
        let lines: Vec<Entry> = self.after.children(rows.kind, Some(parent.row)).chain(gone).filter_map(|unit| self.row(rows, unit)).collect();
        let named = |entry: &Entry, label: &str| {
            let what = if entry.what.is_empty() { String::new() } else { format!(" ({})", entry.what) };
            format!("{}{what}, {label}", entry.label)
        };
        lines
            .iter()
            .flat_map(|entry| entry.fields.iter().map(|field| FieldChange { label: named(entry, &field.label), ..field.clone() }).collect::<Vec<_>>())
            .collect()
    }

    fn fields(&self, fields: impl Iterator<Item = &'static Field>, (before, after): (&Unit, &Unit)) -> Vec<FieldChange> {
        let pen = self.pen();
        fields
            .filter(|field| (before.fields.get(field.key), before.raw.get(field.key)) != (after.fields.get(field.key), after.raw.get(field.key)))
            .map(|field| FieldChange { label: field.label.to_owned(), parts: pen.changed(field, before, after), is_written: matches!(field.kind, Kind::Text) })
            .collect()
    }

    /// Pieces joined and taken out of a slot.
    fn pieces(&self, slot: &str) -> Vec<FieldChange> {
        if !self.is_asked(Spot::Slot(slot)) {
            return Vec::new();
        }
        let (old, new) = self.files;
        let lacks = |files: &[FileView], file: &FileView| files.iter().all(|held| held.id != file.id);
        let name = |file: &FileView| format!("{} ({}, empreinte {})", file.name, file.size, file.digest);
        let gone = old.iter().filter(|file| file.slot == slot && lacks(new, file)).map(|file| Part::Removed(name(file)));
        let come = new.iter().filter(|file| file.slot == slot && lacks(old, file)).map(|file| Part::Inserted(name(file)));
        gone.chain(come).map(|part| FieldChange { label: "Pièce jointe".to_owned(), parts: vec![part], is_written: false }).collect()
    }
}

fn question(item: &Item) -> String {
    if item.no.is_empty() { item.title.to_owned() } else { format!("{}. {}", item.no, item.title) }
}

/// How many entries changed.
pub fn tally(compared: &[Compared]) -> usize {
    compared.iter().map(|group| group.entries.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_and_every_table_is_compared_once() {
        let compared: Vec<&str> = (1..=5).flat_map(lists).map(|rows| rows.kind).collect();
        assert_eq!(compared.len(), COLLECTIONS.len());
        let nested: Vec<&str> = COLLECTIONS.iter().flat_map(|rows| rows.items.iter().flat_map(|item| item.tables.iter().map(|table| table.kind))).collect();
        let tables: Vec<&str> = DELIVERABLES
            .iter()
            .flat_map(|held| held.sections.iter().flat_map(|section| section.items.iter().flat_map(|item| item.tables.iter().map(|table| table.kind))))
            .collect();
        for rows in crate::framework::standing::all_rows() {
            let is_compared = compared.contains(&rows.kind) || nested.contains(&rows.kind) || tables.contains(&rows.kind);
            assert!(is_compared, "{}", rows.kind);
        }
    }
}
