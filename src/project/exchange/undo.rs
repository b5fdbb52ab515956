//! Undoing an act on many rows: what it added goes, what it changed comes back, what somebody touched since stays.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use super::store::{self, Batch, Written};
use super::{batch, copy};
use crate::access::{ProjectEditor, RowPart};
use crate::app::App;
use crate::error::AppError;
use crate::framework::Kind;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::standing::rows_of;
use crate::input::Input;
use crate::page::see;
use crate::project::units::{self, Act, Change};

/// Whoever may write the dossier undoes an import; its owner, a copy.
pub async fn save(State(app): State<App>, editor: ProjectEditor, RowPart(id): RowPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let seen = input.version()?;
    let mut tx = app.db.begin().await?;
    let mut locked = batch::lock(&mut tx, &editor, operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let act = store::find(&mut tx, &editor, id).await?.filter(|act| act.applied_at.is_some()).ok_or(AppError::NotFound)?;
    copy::may_undo(&editor, &act)?;
    let location = editor.url(&format!("/importer/{id}"));
    if act.version != seen || act.undone_at.is_some() {
        return Ok(see(&location));
    }
    let written = store::written(&mut tx, editor.project(), id).await?;
    let mut content = units::load_all(&mut tx, editor.project()).await?;
    let Undoing { changes, left } = undo(&written, &content);
    for change in &changes {
        if change.is_deleted { content.remove(&change.unit.kind, change.unit.row) } else { content.put(change.unit.clone()) }
    }
    let subject = subject(&act, changes.len());
    let by = batch::writer(&locked, &editor, &changes)?;
    let line = Act { by: &by, operation, location: &location, act: act.origin.undoing(), subject: &subject };
    batch::write(&mut tx, &mut locked, &content, &line, &changes).await?;
    store::settle_undone(&mut tx, &editor, id, &left).await?;
    tx.commit().await?;
    Ok(see(&location))
}

fn subject(act: &Batch, rows: usize) -> String {
    let kind = if act.subject.is_empty() { "dossier" } else { &act.subject };
    format!("{kind} {rows} {}", act.id.simple())
}

/// What an undoing does.
#[derive(Debug, Default)]
pub struct Undoing {
    /// Rows taken out, and rows put back.
    pub changes: Vec<Change>,
    /// Rows left, because somebody changed them or relies on them.
    pub left: Vec<(String, Uuid)>,
}

/// Undoes what can be, against what the dossier now holds.
pub fn undo(written: &[Written], content: &Content) -> Undoing {
    let live: HashMap<(&str, Uuid), &Unit> = content.units.iter().map(|unit| ((unit.kind.as_str(), unit.row), unit)).collect();
    let mut left: HashSet<(String, Uuid)> = HashSet::new();
    let mut undone: Vec<(&Written, &Unit)> = Vec::new();
    for row in written {
        match live.get(&(row.kind.as_str(), row.row)) {
            Some(unit) if unit.version == row.version => undone.push((row, unit)),
            // Taken out by somebody since: an addition is already undone.
            None if row.is_added => {}
            _ => drop(left.insert((row.kind.clone(), row.row))),
        }
    }
    // A row that something else relies on stays, and so does what it relies on itself.
    loop {
        let removed: HashSet<Uuid> = undone.iter().filter(|(row, _)| is_removal(row)).map(|(row, _)| row.row).collect();
        let needed: HashSet<Uuid> = content.units.iter().filter(|unit| !removed.contains(&unit.row)).flat_map(pointed).chain(slots(content)).collect();
        let before = undone.len();
        undone.retain(|(row, _)| {
            let stays = is_removal(row) && needed.contains(&row.row);
            if stays {
                left.insert((row.kind.clone(), row.row));
            }
            !stays
        });
        if undone.len() == before {
            break;
        }
    }
    let mut left: Vec<(String, Uuid)> = left.into_iter().collect();
    left.sort_unstable();
    Undoing { changes: undone.into_iter().map(|(row, unit)| change(row, unit)).collect(), left }
}

/// A section is never taken out: it goes back to what it was, or to nothing.
fn is_removal(row: &Written) -> bool {
    row.is_added && !row.row.is_nil()
}

fn change(row: &Written, unit: &Unit) -> Change {
    let mut unit = unit.clone();
    unit.version += 1;
    let is_deleted = is_removal(row);
    if !is_deleted {
        (unit.fields, unit.raw) = row.before.clone();
    }
    Change { unit, is_deleted, is_set_aside: false }
}

/// Rows that a unit points at, its parent included.
fn pointed(unit: &Unit) -> Vec<Uuid> {
    let rows = rows_of(&unit.kind).filter(|_| !unit.row.is_nil());
    let fields = rows.into_iter().flat_map(crate::framework::Rows::fields).filter(|field| matches!(field.kind, Kind::Row(_) | Kind::RowsOf(_)));
    let ids = fields.flat_map(|field| match unit.fields.get(field.key) {
        Some(Value::Text(id)) => vec![id.clone()],
        Some(Value::Many(ids)) => ids.clone(),
        _ => Vec::new(),
    });
    ids.filter_map(|id| Uuid::try_parse(&id).ok()).chain(unit.parent).collect()
}

/// Rows that hold a file.
fn slots(content: &Content) -> impl Iterator<Item = Uuid> {
    content.filled_slots.iter().filter_map(|slot| Uuid::try_parse(slot.split_once(':')?.1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(kind: &str, row: u128, version: i32) -> Unit {
        Unit { version, ..Unit::blank(kind, Uuid::from_u128(row), None) }
    }

    fn written(kind: &str, row: u128, version: i32) -> Written {
        Written { kind: kind.to_owned(), row: Uuid::from_u128(row), version, is_added: version == 1, is_left: false, before: Default::default() }
    }

    #[test]
    fn what_is_untouched_goes_and_what_was_touched_stays() {
        let content = Content { units: vec![unit("stakeholder", 1, 1), unit("stakeholder", 2, 2), unit("stakeholder", 3, 5)], ..Content::default() };
        let rows = [written("stakeholder", 1, 1), written("stakeholder", 2, 1), written("stakeholder", 3, 5), written("stakeholder", 4, 1)];
        let undoing = undo(&rows, &content);
        let done: Vec<(u128, i32, bool)> = undoing.changes.iter().map(|change| (change.unit.row.as_u128(), change.unit.version, change.is_deleted)).collect();
        assert_eq!(done, [(1, 2, true), (3, 6, false)]);
        assert_eq!(undoing.left, [("stakeholder".to_owned(), Uuid::from_u128(2))]);
    }

    #[test]
    fn an_actor_that_a_new_flow_names_stays() {
        let mut flow = unit("flow", 9, 3);
        flow.fields.insert("actor".to_owned(), Value::Text(Uuid::from_u128(1).to_string()));
        let content = Content { units: vec![unit("stakeholder", 1, 1), flow], ..Content::default() };
        let undoing = undo(&[written("stakeholder", 1, 1)], &content);
        assert!(undoing.changes.is_empty());
        assert_eq!(undoing.left.len(), 1);
        // With its own flow in the same act, both go.
        let both = undo(&[written("stakeholder", 1, 1), Written { version: 3, is_added: true, ..written("flow", 9, 1) }], &content);
        assert_eq!((both.changes.len(), both.left.len()), (2, 0));
    }

    #[test]
    fn a_section_goes_back_to_nothing_and_is_never_taken_out() {
        let content = Content { units: vec![unit("organisation.animation", 0, 1)], ..Content::default() };
        let undoing = undo(&[written("organisation.animation", 0, 1)], &content);
        assert_eq!(undoing.changes.len(), 1);
        assert!(!undoing.changes[0].is_deleted);
    }
}
