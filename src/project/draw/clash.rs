//! Two versions of a field, to choose from.

use super::Pen;
use crate::framework::content::Unit;
use crate::framework::reading::{Reading, read};
use crate::framework::{Field, Kind};
use crate::project::saving::Conflict;

/// Two versions of a field.
#[derive(Debug)]
pub struct Clash {
    /// As the visitor typed it.
    pub mine: String,
    /// As saved.
    pub theirs: String,
    /// Posted values of mine, to post again.
    pub again: Vec<String>,
    /// Who saved the other, and when.
    pub by: String,
    /// Both may be put end to end.
    pub is_text: bool,
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
        Clash {
            mine: self.shown(field, &mine),
            theirs: self.shown(field, unit),
            again: conflict.mine.clone(),
            by: self.by.to_owned(),
            is_text: matches!(field.kind, Kind::Text),
        }
    }
}
