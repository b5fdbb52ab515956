//! Attachments of a document: their numbers, their places, and names that no file system refuses.

use std::collections::HashSet;

use trame_pdf::Annex;
use uuid::Uuid;

use super::store::Stored;
use crate::framework::COLLECTIONS;
use crate::framework::content::Content;
use crate::framework::standing::places;
use crate::project::draw::row_name;
use crate::project::files::{hex, size_text};

/// Slot of the scan of a deposit received by post.
const PAPER: &str = "depot-papier";

/// Attachments as listed at the end of a document.
pub(super) fn listed(files: &[Stored], content: &Content) -> Vec<Annex> {
    let annex = |(index, file): (usize, &Stored)| Annex {
        no: index + 1,
        name: file.name.clone(),
        place: place(&file.slot, content),
        size: size_text(file.size),
        digest: hex(&file.sha256),
    };
    files.iter().enumerate().map(annex).collect()
}

/// What a slot answers: "Organisation, question 11", or the name of the row that holds it.
fn place(slot: &str, content: &Content) -> String {
    let (key, row) = slot.split_once(':').unwrap_or((slot, ""));
    if key == PAPER {
        return "Dépôt reçu sur papier".to_owned();
    }
    if let Some(place) = places().find(|place| place.item.slot.as_ref().is_some_and(|slot| slot.key == key)) {
        return place.label();
    }
    let Some(rows) = COLLECTIONS.iter().find(|rows| rows.items.iter().any(|item| item.slot.as_ref().is_some_and(|slot| slot.key == key))) else {
        return String::new();
    };
    let unit = Uuid::try_parse(row).ok().and_then(|row| content.row(rows.kind, row));
    unit.map_or_else(|| rows.title.to_owned(), |unit| format!("{}, {}", rows.title, holder(unit, content)))
}

/// Name of a row: a commitment bears its stakeholder's.
fn holder(unit: &crate::framework::content::Unit, content: &Content) -> String {
    let holder = unit.row_of("stakeholder").and_then(|row| content.row("stakeholder", row));
    row_name(holder.unwrap_or(unit))
}

/// Names of the files in an archive: numbered, distinct, and accepted by every system.
pub(super) fn names(files: &[Stored]) -> Vec<String> {
    let mut taken = HashSet::new();
    let named = files.iter().enumerate().map(|(index, file)| {
        let name = format!("annexes/{:02}-{}", index + 1, portable(&file.name));
        // The number already tells them apart; this only states it.
        debug_assert!(taken.insert(name.clone()));
        name
    });
    named.collect()
}

/// A name without what a system may refuse or take for a path; its accents stay.
fn portable(name: &str) -> String {
    let is_kept = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')' | '’' | '\'' | ',');
    let kept: String = name.chars().map(|c| if is_kept(c) { c } else { '-' }).collect();
    let (stem, extension) = match kept.rsplit_once('.') {
        Some((stem, extension)) if (1..=5).contains(&extension.chars().count()) => (stem, format!(".{}", extension.trim())),
        _ => (kept.as_str(), String::new()),
    };
    let stem: String = stem.trim_matches([' ', '.']).chars().take(80).collect();
    let stem = stem.trim_end_matches([' ', '.']);
    format!("{}{extension}", if stem.is_empty() { "piece" } else { stem })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(name: &str) -> Stored {
        Stored { id: Uuid::nil(), slot: String::new(), name: name.to_owned(), size: 0, sha256: Vec::new(), file: String::new() }
    }

    #[test]
    fn names_in_an_archive_are_distinct_and_never_paths() {
        let files = [stored("statuts.pdf"), stored("statuts.pdf"), stored("../../etc/passwd"), stored("C:\\a|b?.docx"), stored(".."), stored(&"é".repeat(200))];
        let names = names(&files);
        assert_eq!(
            names[..5],
            ["annexes/01-statuts.pdf", "annexes/02-statuts.pdf", "annexes/03--..-etc-passwd", "annexes/04-C--a-b-.docx", "annexes/05-piece"]
        );
        assert!(names.iter().all(|name| name.len() < 250 && !name["annexes/".len()..].contains(['/', '\\'])));
    }
}
