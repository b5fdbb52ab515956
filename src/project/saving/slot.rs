//! Content of one field, and how two changes of it meet.

use crate::framework::content::{Content, Unit, Value};
use crate::framework::reading::{LONGEST_TEXT, Reading, read};
use crate::framework::{Field, Kind};
use crate::input::Input;
use crate::kit::{merge, words};

/// Content of one field: a value, or what was typed and could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slot {
    value: Option<Value>,
    raw: Option<String>,
}

impl Slot {
    /// A field of a unit.
    pub fn of(unit: &Unit, key: &str) -> Self {
        Self { value: unit.fields.get(key).cloned(), raw: unit.raw.get(key).cloned() }
    }

    /// What was posted under a name; nothing when the name was not.
    pub(super) fn posted(field: &Field, input: &Input, name: &str, content: &Content) -> Option<Self> {
        if !input.has(name) {
            return None;
        }
        let typed: Vec<&str> = input.all(name).collect();
        Some(Self::read(field, &typed, content))
    }

    fn read(field: &Field, typed: &[&str], content: &Content) -> Self {
        match read(field, typed, content) {
            Reading::Empty => Self::default(),
            Reading::Value(value) => Self { value: Some(value), raw: None },
            Reading::Unreadable(_) => {
                let text = typed.last().copied().unwrap_or_default();
                let kept = words::clean(text, 200_000).unwrap_or_else(|_| text.chars().take(LONGEST_TEXT).filter(|c| !c.is_control()).collect());
                Self { value: None, raw: Some(kept) }
            }
        }
    }

    /// Puts it in a unit.
    pub fn put(self, unit: &mut Unit, key: &str) {
        match self.value {
            Some(value) => unit.fields.insert(key.to_owned(), value),
            None => unit.fields.remove(key),
        };
        match self.raw {
            Some(raw) => unit.raw.insert(key.to_owned(), raw),
            None => unit.raw.remove(key),
        };
    }

    /// As a text; empty for what is none.
    pub fn text(&self) -> &str {
        match (&self.value, &self.raw) {
            (Some(Value::Text(text)), _) | (_, Some(text)) => text,
            _ => "",
        }
    }

    fn many(&self) -> &[String] {
        if let Some(Value::Many(many)) = &self.value { many } else { &[] }
    }

    /// This text, then the other.
    pub(super) fn followed_by(&self, other: &Self, field: &Field, content: &Content) -> Self {
        Self::read(field, &[[self.text(), other.text()].join("\n\n").trim()], content)
    }

    /// Both changes of the same former content together, when they can be.
    pub(super) fn joined(field: &Field, base: &Self, mine: &Self, theirs: &Self, content: &Content) -> Option<Self> {
        match field.kind {
            Kind::Text | Kind::Line(_) => {
                let text = merge::texts(base.text(), mine.text(), theirs.text()).ok()?;
                let joined = Self::read(field, &[&text], content);
                // Two readable texts that are too long once together: somebody has to shorten.
                (joined.raw.is_none() || mine.raw.is_some() || theirs.raw.is_some()).then_some(joined)
            }
            Kind::Choices(_) | Kind::RowsOf(_) | Kind::Months => {
                let mut many = merge::sets(base.many(), mine.many(), theirs.many());
                many.sort_by_key(|key| rank(field.kind, key, content));
                Some(Self { value: (!many.is_empty()).then_some(Value::Many(many)), raw: None })
            }
            _ => None,
        }
    }
}

/// Place of a choice among those offered: a page posts them in this order.
fn rank(kind: Kind, key: &str, content: &Content) -> usize {
    let place = match kind {
        Kind::Choices(choices) => choices.iter().position(|choice| choice.key == key),
        Kind::RowsOf(kind) => content.rows(kind).position(|row| row.row.to_string() == key),
        _ => key.parse().ok(),
    };
    place.unwrap_or(usize::MAX)
}
