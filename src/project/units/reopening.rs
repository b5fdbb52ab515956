//! Whatever the page that writes, a dossier under correction changes only where it was asked: looked at once more here, unit by
//! unit and field by field, against what is stored.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Change, rows};
use crate::access::{PartWriter, Refusal};
use crate::error::AppError;
use crate::framework::aims::{Aim, Spot};
use crate::framework::content::Unit;

/// Refuses changes that no running request for correction aims at; says nothing while the draft is open.
pub(super) async fn within(conn: &mut PgConnection, by: &PartWriter, changes: &[Change]) -> Result<(), AppError> {
    let Some((aims, until)) = by.reopened() else { return Ok(()) };
    let ids: Vec<Uuid> = changes.iter().map(|change| change.unit.row).collect();
    let held = rows(conn, by.project(), &ids).await?;
    let is_within = |change: &Change| is_reopened(aims, held.row(&change.unit.kind, change.unit.row), change);
    if changes.iter().all(is_within) { Ok(()) } else { Err(Refusal::NotReopened(until).into()) }
}

fn is_reopened(aims: &[Aim], held: Option<&Unit>, change: &Change) -> bool {
    let unit = &change.unit;
    let covers = |spot| aims.iter().any(|aim| aim.covers(spot));
    if !unit.row.is_nil() {
        let parents = [Some(unit.parent), held.map(|held| held.parent)];
        return parents.into_iter().flatten().all(|parent| covers(Spot::Row(&unit.kind, unit.row, parent)));
    }
    let blank = Unit::blank(&unit.kind, unit.row, None);
    changed(held.unwrap_or(&blank), unit).into_iter().all(|key| covers(Spot::Field(&unit.kind, key)))
}

/// Keys of the fields that differ.
fn changed<'a>(held: &'a Unit, next: &'a Unit) -> Vec<&'a str> {
    let mut keys = differing(&held.fields, &next.fields);
    keys.extend(differing(&held.raw, &next.raw));
    keys
}

fn differing<'a, T: PartialEq>(old: &'a BTreeMap<String, T>, new: &'a BTreeMap<String, T>) -> Vec<&'a str> {
    old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key)).map(String::as_str).collect()
}
