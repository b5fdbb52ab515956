//! What a page of the history was asked for, read from its address and written back into links.

use std::collections::HashMap;
use std::fmt::Write as _;

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::error::{AppError, url_encode};
use crate::framework::{ACTION, COMMITMENT, DELIVERABLES, FLOW, Rows, STAKEHOLDER, SYNERGY};
use crate::kit::moment;

/// Filters of the history.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Account.
    pub person: Option<i64>,
    /// Deliverable, from 1 to 5.
    pub deliverable: Option<u8>,
    /// Section or row.
    pub unit: Option<(String, Uuid)>,
    /// One field of it.
    pub field: Option<String>,
    /// From this instant on.
    pub from: Option<OffsetDateTime>,
    /// Before this instant.
    pub until: Option<OffsetDateTime>,
    /// Before this entry, exclusive: the key of the page.
    pub before: Option<(OffsetDateTime, i64)>,
    /// Entry whose saves are shown.
    pub unfolded: Option<i64>,
    /// As typed: from, until.
    pub typed: (String, String),
    /// What could not be read: name of the control and sentence.
    pub faults: Vec<(&'static str, String)>,
}

impl Filter {
    /// Reads the query.
    ///
    /// # Errors
    /// 404 when it names a unit with characters that no unit has.
    pub fn read(asked: &HashMap<String, String>) -> Result<Self, AppError> {
        let get = |name: &str| asked.get(name).map_or("", |value| value.trim());
        if asked.values().any(|value| value.contains('\0')) {
            return Err(AppError::NotFound);
        }
        let mut filter = Self {
            person: get("personne").parse().ok(),
            deliverable: get("livrable").parse().ok().filter(|no| (1..=5).contains(no)),
            before: key(get("avant")),
            unfolded: get("deplie").parse().ok(),
            typed: (get("du").to_owned(), get("au").to_owned()),
            ..Self::default()
        };
        if let Some((unit, field)) = named(get("champ")) {
            (filter.unit, filter.field) = (Some(unit), field);
        }
        let first = filter.day("du", get("du"));
        let last = filter.day("au", get("au"));
        filter.from = first.map(moment::bound_before);
        filter.until = last.and_then(Date::next_day).map(moment::bound_before);
        Ok(filter)
    }

    fn day(&mut self, name: &'static str, typed: &str) -> Option<Date> {
        if typed.is_empty() {
            return None;
        }
        match moment::read_date(typed) {
            Ok(day) => Some(day),
            Err(sentence) => {
                self.faults.push((name, sentence.to_string()));
                None
            }
        }
    }

    /// Kinds of units and slots of the deliverable; nothing when none is asked.
    pub fn kinds(&self) -> Option<Vec<String>> {
        let deliverable = DELIVERABLES[usize::from(self.deliverable?) - 1];
        let collections: &[&Rows] = match deliverable.no {
            2 => &[&STAKEHOLDER, &FLOW, &SYNERGY],
            3 => &[&ACTION],
            4 => &[&STAKEHOLDER, &COMMITMENT],
            _ => &[],
        };
        let mut kinds: Vec<String> = deliverable.sections.iter().map(|section| section.key.to_owned()).collect();
        kinds.extend(collections.iter().map(|rows| rows.kind.to_owned()));
        let asked = deliverable.sections.iter().flat_map(|section| section.items).chain(collections.iter().flat_map(|rows| rows.items));
        for item in asked {
            kinds.extend(item.tables.iter().map(|rows| rows.kind.to_owned()));
            kinds.extend(item.slot.iter().map(|slot| format!("slot:{}", slot.key)));
        }
        Some(kinds)
    }

    /// Is anything but the page asked?
    pub fn is_active(&self) -> bool {
        self.person.is_some() || self.deliverable.is_some() || self.unit.is_some() || !self.typed.0.is_empty() || !self.typed.1.is_empty()
    }

    /// `champ` of the unit or field asked; empty when none is.
    pub fn named(&self) -> String {
        self.unit.as_ref().map_or_else(String::new, |(kind, row)| name(kind, *row, self.field.as_deref()))
    }

    /// The same page with other last parameters, one after the other.
    pub fn address(&self, base: &str, more: &[(&str, &str)]) -> String {
        let (person, deliverable, named) = (self.person.map(|id| id.to_string()), self.deliverable.map(|no| no.to_string()), self.named());
        let own = [
            ("personne", person.as_deref().unwrap_or_default()),
            ("livrable", deliverable.as_deref().unwrap_or_default()),
            ("champ", &named),
            ("du", &self.typed.0),
            ("au", &self.typed.1),
        ];
        let mut address = base.to_owned();
        let mut mark = '?';
        for (name, value) in own.iter().chain(more).filter(|(_, value)| !value.is_empty()) {
            let _ = write!(address, "{mark}{name}={}", url_encode(value));
            mark = '&';
        }
        address
    }
}

/// Key of a page in its address: microseconds and id.
pub fn key_of(at: OffsetDateTime, id: i64) -> String {
    format!("{}.{id}", at.unix_timestamp_nanos() / 1000)
}

fn key(text: &str) -> Option<(OffsetDateTime, i64)> {
    let (at, id) = text.split_once('.')?;
    let at: i64 = at.parse().ok()?;
    Some((OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1000).ok()?, id.parse().ok()?))
}

/// Name of a unit, or of one of its fields, in an address: `organisation.animation:q5`, `staff.…:fte`, `flow.…`.
pub fn name(kind: &str, row: Uuid, field: Option<&str>) -> String {
    let unit = if row.is_nil() { kind.to_owned() } else { format!("{kind}.{row}") };
    field.map_or_else(|| unit.clone(), |field| format!("{unit}:{field}"))
}

fn named(text: &str) -> Option<((String, Uuid), Option<String>)> {
    if text.is_empty() {
        return None;
    }
    let (unit, field) = text.split_once(':').map_or((text, None), |(unit, field)| (unit, Some(field.to_owned())));
    let unit = match unit.rsplit_once('.').and_then(|(kind, row)| Some((kind, Uuid::try_parse(row).ok()?))) {
        Some((kind, row)) => (kind.to_owned(), row),
        None => (unit.to_owned(), Uuid::nil()),
    };
    Some((unit, field.filter(|field| !field.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_and_a_field_have_one_name() {
        let row = Uuid::from_u128(0x0197_1234_0000_7000_8000_0000_0000_0001);
        for (kind, row, field) in [("organisation.animation", Uuid::nil(), Some("q5")), ("staff", row, Some("fte")), ("flow", row, None)] {
            let (unit, read) = named(&name(kind, row, field)).expect("a name");
            assert_eq!((unit, read.as_deref()), ((kind.to_owned(), row), field));
        }
        assert!(named("").is_none());
    }

    #[test]
    fn an_address_keeps_what_was_asked() {
        let asked = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let filter = Filter::read(&asked(&[("personne", "7"), ("livrable", "9"), ("champ", "organisation.animation:q5"), ("du", "2015-09-01")])).expect("read");
        assert_eq!(filter.address("/h", &[("deplie", "3")]), "/h?personne=7&champ=organisation.animation%3Aq5&du=2015-09-01&deplie=3");
        assert!(filter.is_active() && filter.kinds().is_none());
        let filter = Filter::read(&asked(&[("du", "hier"), ("avant", "x")])).expect("read");
        assert_eq!(filter.faults.len(), 1);
    }

    #[test]
    fn every_kind_of_unit_belongs_to_a_deliverable() {
        let all: Vec<String> = (1..=5).filter_map(|no| Filter { deliverable: Some(no), ..Filter::default() }.kinds()).flatten().collect();
        for rows in crate::framework::standing::all_rows() {
            assert!(all.iter().any(|kind| kind == rows.kind), "{}", rows.kind);
        }
    }
}
