//! What a dossier holds: units of saving (a section or a row), each with its fields, its version and what could not be read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::kit::ids::AccountId;

/// Value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes.
    Flag(bool),
    /// Whole number; an amount in cents.
    Whole(i64),
    /// Text, code, day, canonical decimal, id of a row.
    Text(String),
    /// Several choices or rows.
    Many(Vec<String>),
}

/// Fields of a unit by key; an absent key is an empty field.
pub type Fields = BTreeMap<String, Value>;

/// What was typed and could not be read, by field key.
pub type Raw = BTreeMap<String, String>;

/// A unit of saving: one version of a section or of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Section key, or kind of row.
    pub kind: String,
    /// Nil for a section.
    pub row: Uuid,
    /// Row it belongs to.
    pub parent: Option<Uuid>,
    /// Order among the rows of its kind.
    pub position: i32,
    /// Zero when it was never saved.
    pub version: i32,
    /// Values.
    pub fields: Fields,
    /// Unreadable values, as typed.
    pub raw: Raw,
    /// Who saved this version; nobody when it was never saved.
    pub author: Option<AccountId>,
    /// When.
    pub at: OffsetDateTime,
}

impl Unit {
    /// A section or row never saved.
    pub fn blank(kind: &str, row: Uuid, parent: Option<Uuid>) -> Self {
        Self {
            kind: kind.to_owned(),
            row,
            parent,
            position: 0,
            version: 0,
            fields: Fields::new(),
            raw: Raw::new(),
            author: None,
            at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    /// Text of a field, or nothing.
    pub fn text(&self, key: &str) -> &str {
        match self.fields.get(key) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// Whole number or cents of a field.
    pub fn whole(&self, key: &str) -> Option<i64> {
        match self.fields.get(key) {
            Some(Value::Whole(number)) => Some(*number),
            _ => None,
        }
    }

    /// Is the box ticked?
    pub fn flag(&self, key: &str) -> bool {
        self.fields.get(key) == Some(&Value::Flag(true))
    }

    /// Choices or rows of a field.
    pub fn many(&self, key: &str) -> &[String] {
        match self.fields.get(key) {
            Some(Value::Many(many)) => many,
            _ => &[],
        }
    }

    /// What names an actor or a flow in files: the reference given, else one made from the row, which never changes.
    pub fn reference(&self) -> String {
        match self.text("ref") {
            "" => format!("{}-{}", self.kind.get(..1).unwrap_or("r"), &self.row.simple().to_string()[22..]),
            given => given.to_owned(),
        }
    }

    /// The row this field points at.
    pub fn row_of(&self, key: &str) -> Option<Uuid> {
        Uuid::try_parse(self.text(key)).ok()
    }

    /// Is the field answered, readable or not?
    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key) || self.raw.contains_key(key)
    }

    /// Nothing typed at all.
    pub fn is_blank(&self) -> bool {
        self.fields.is_empty() && self.raw.is_empty()
    }
}

/// Units of one dossier: all of them, or those a page needs.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Sections and live rows, rows in their order.
    pub units: Vec<Unit>,
    /// Slots that hold at least one attachment.
    pub filled_slots: Vec<String>,
}

impl Content {
    /// The section of that key, if it was ever saved.
    pub fn section(&self, key: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.kind == key && unit.row.is_nil())
    }

    /// Text of a section's field, or nothing.
    pub fn text(&self, section: &str, key: &str) -> &str {
        self.section(section).map_or("", |unit| unit.text(key))
    }

    /// Rows of a kind, in order.
    pub fn rows<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Unit> + 'a {
        self.units.iter().filter(move |unit| unit.kind == kind && !unit.row.is_nil())
    }

    /// Rows of a kind that belong to a row, in order.
    pub fn children<'a>(&'a self, kind: &'a str, parent: Option<Uuid>) -> impl Iterator<Item = &'a Unit> + 'a {
        self.rows(kind).filter(move |unit| unit.parent == parent)
    }

    /// One row.
    pub fn row(&self, kind: &str, row: Uuid) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.kind == kind && unit.row == row)
    }

    /// Puts a new version in the place of the former one, or adds it.
    pub fn put(&mut self, unit: Unit) {
        match self.units.iter_mut().find(|held| held.kind == unit.kind && held.row == unit.row) {
            Some(held) => *held = unit,
            None => self.units.push(unit),
        }
    }

    /// Takes a deleted row out.
    pub fn remove(&mut self, kind: &str, row: Uuid) {
        self.units.retain(|unit| unit.kind != kind || unit.row != row);
    }
}
