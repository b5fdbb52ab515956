//! Two versions of a field, to choose from.

use super::Pen;
use crate::framework::content::Unit;
use crate::framework::reading::{Reading, read};
use crate::framework::{Field, Kind};
use crate::kit::diff::{Part, compare, one_side};
use crate::project::saving::{Conflict, Slot};

/// Two versions of a field.
#[derive(Debug)]
pub struct Clash {
    /// As the visitor typed it, what it changed being marked.
    pub mine: Vec<Part>,
    /// As saved, what it changed being marked.
    pub theirs: Vec<Part>,
    /// Posted values of mine, to post again.
    pub again: Vec<String>,
    /// Version that both were written from, to ask about the same one again.
    pub seen: i32,
    /// What mine was written from when it is no version, to post again.
    pub from: Vec<String>,
    /// Who saved the other, and when.
    pub by: String,
    /// Both may be put end to end.
    pub is_text: bool,
    /// A third text may be written, from mine.
    pub draft: Option<String>,
}

impl Pen<'_> {
    pub(super) fn clash(&self, field: &'static Field, unit: &Unit, conflict: &Conflict) -> Clash {
        let mut mine = unit.clone();
        let typed: Vec<&str> = conflict.mine.iter().map(String::as_str).collect();
        mine.fields.remove(field.key);
        mine.raw.remove(field.key);
        match read(field, &typed, self.content) {
            Reading::Value(value) => drop(mine.fields.insert(field.key.to_owned(), value)),
            Reading::Unreadable(_) => {
                drop(mine.raw.insert(field.key.to_owned(), typed.last().copied().unwrap_or_default().to_owned()));
            }
            Reading::Empty => {}
        }
        let is_written = matches!(field.kind, Kind::Text | Kind::Line(_));
        let (own, other) = if is_written {
            sides(conflict.base.text(), Slot::of(&mine, field.key).text(), Slot::of(unit, field.key).text())
        } else {
            (plain(self.shown(field, &mine)), plain(self.shown(field, unit)))
        };
        Clash {
            mine: own,
            theirs: other,
            draft: is_written.then(|| Slot::of(&mine, field.key).text().to_owned()),
            again: conflict.mine.clone(),
            seen: conflict.seen,
            from: conflict.from.clone(),
            by: conflict.by.as_ref().map_or_else(|| "Une autre personne".to_owned(), |by| self.news.signed(by)),
            is_text: matches!(field.kind, Kind::Text),
        }
    }
}

/// Each text with what it changed of the one both come from; from nothing, with what the other lacks.
fn sides(base: &str, mine: &str, theirs: &str) -> (Vec<Part>, Vec<Part>) {
    if !base.is_empty() {
        return (compare(base, mine), compare(base, theirs));
    }
    (one_side(&compare(theirs, mine), true), one_side(&compare(mine, theirs), true))
}

fn plain(text: String) -> Vec<Part> {
    if text.is_empty() { Vec::new() } else { vec![Part::Same(text)] }
}
