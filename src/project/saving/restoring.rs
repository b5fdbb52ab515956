//! Bringing back a former version: a change like another, saved by the same mechanism and undone in the same way.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Slot, refresh};
use crate::access::{ProjectEditor, policy};
use crate::error::AppError;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::standing::{needed_for, rows_of};
use crate::framework::{DELIVERABLES, Field, Kind};
use crate::project::units::{self, Act, Change};

/// What to bring back.
#[derive(Debug)]
pub struct Wanted {
    /// The version.
    pub source: Unit,
    /// One field of it; all of them when nothing is named.
    pub field: Option<String>,
    /// Version of the unit when it was asked.
    pub seen: i32,
    /// Operation.
    pub operation: Uuid,
    /// Where the visitor goes next.
    pub location: String,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Restored {
    /// Done, now or when the same operation came first.
    Done(String),
    /// Somebody changed the unit since it was asked.
    Overtaken,
}

/// Brings back a version in the transaction of `conn`.
///
/// # Errors
/// When the bound is past under the lock, when the row is unknown or when its table is full.
pub async fn restore(conn: &mut PgConnection, editor: &ProjectEditor, wanted: Wanted) -> Result<Restored, AppError> {
    let mut locked = units::lock(conn, editor.project(), wanted.operation).await?;
    if let Some(location) = locked.done.take() {
        return Ok(Restored::Done(location));
    }
    policy::edit(editor.ties(), &locked.facts(editor.facts()), editor.now())?;
    let (kind, row) = (wanted.source.kind.clone(), wanted.source.row);
    let fields = fields(&kind);
    let mut kinds = needed_for(&[&kind]);
    kinds.extend(fields.iter().filter_map(|field| pointed(field.kind)));
    let mut all: Vec<&str> = kinds.clone();
    all.push(&kind);
    let mut content = units::load(conn, editor.project(), &all).await?;
    content.filled_slots = units::slots(conn, editor.project()).await?;
    let live = content.row(&kind, row).cloned();
    let was_removed = live.is_none();
    let now = match live {
        Some(unit) => unit,
        None => units::removed(conn, editor.project(), &kind, row).await?.ok_or(AppError::NotFound)?,
    };
    if now.version != wanted.seen {
        return Ok(Restored::Overtaken);
    }
    if was_removed {
        has_room(&content, &now)?;
    }
    let mut next = brought_back(&now, &wanted);
    forget_strangers(&mut next, &fields, &content);
    if !was_removed && next.fields == now.fields && next.raw == now.raw {
        return Ok(Restored::Done(wanted.location));
    }
    (next.version, next.author, next.at) = (now.version + 1, Some(editor.account()), editor.now());
    content.put(next.clone());
    refresh(&mut locked, &content, &[&kind]);
    let act = Act { account: editor.account(), at: editor.now(), operation: wanted.operation, location: &wanted.location, act: "restored", subject: &kind };
    units::write(conn, &locked, &act, &[Change { unit: next, is_deleted: false, is_set_aside: false }]).await?;
    Ok(Restored::Done(wanted.location))
}

fn brought_back(now: &Unit, wanted: &Wanted) -> Unit {
    let mut next = now.clone();
    if let Some(key) = &wanted.field {
        Slot::of(&wanted.source, key).put(&mut next, key);
    } else {
        (next.fields, next.raw) = (wanted.source.fields.clone(), wanted.source.raw.clone());
    }
    next
}

fn has_room(content: &Content, unit: &Unit) -> Result<(), AppError> {
    let Some(rows) = rows_of(&unit.kind) else { return Ok(()) };
    if content.children(&unit.kind, unit.parent).count() >= usize::from(rows.most) {
        return Err(AppError::Unprocessable(format!("{} lignes au plus\u{a0}: retirez-en une avant de rétablir celle-ci.", rows.most)));
    }
    Ok(())
}

/// Rows that have gone since cannot be pointed at again.
fn forget_strangers(unit: &mut Unit, fields: &[&'static Field], content: &Content) {
    for field in fields {
        let Some(kind) = pointed(field.kind) else { continue };
        let is_there = |text: &str| Uuid::try_parse(text).is_ok_and(|row| content.row(kind, row).is_some());
        let is_empty = match unit.fields.get_mut(field.key) {
            Some(Value::Text(text)) => !is_there(text),
            Some(Value::Many(many)) => {
                many.retain(|text| is_there(text));
                many.is_empty()
            }
            _ => false,
        };
        if is_empty {
            unit.fields.remove(field.key);
        }
    }
}

/// Kind of row that a kind of field points at.
fn pointed(kind: Kind) -> Option<&'static str> {
    if let Kind::Row(kind) | Kind::RowsOf(kind) = kind { Some(kind) } else { None }
}

fn fields(kind: &str) -> Vec<&'static Field> {
    let sections = DELIVERABLES.iter().flat_map(|deliverable| deliverable.sections).filter(|section| section.key == kind);
    let items = sections.flat_map(|section| section.items).chain(rows_of(kind).into_iter().flat_map(|rows| rows.items));
    items.flat_map(|item| item.fields).collect()
}
