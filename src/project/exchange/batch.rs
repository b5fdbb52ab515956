//! Doing an act on many rows: one transaction, the one saving mechanism, one line of the journal.

use sqlx::PgConnection;
use uuid::Uuid;

use super::store::{self, Done};
use crate::access::{PartWriter, ProjectEditor, Refusal};
use crate::error::AppError;
use crate::framework::belonging::{EVERYTHING, part_of};
use crate::framework::content::Content;
use crate::framework::standing::needed_for;
use crate::project::saving::refresh;
use crate::project::units::{self, Act, Change, Locked};

/// Locks the dossier for an act of this person; what its operation already did is in `done`.
///
/// # Errors
/// When the person may no longer write.
pub async fn lock(conn: &mut PgConnection, editor: &ProjectEditor, operation: Uuid) -> Result<Locked, AppError> {
    let locked = units::lock(conn, editor.project(), operation).await?;
    if locked.done.is_none() {
        locked.writer(editor, EVERYTHING)?;
    }
    Ok(locked)
}

/// The proof for all that an act writes: each kind of row is asked for.
///
/// # Errors
/// When the person may not write one of them.
pub fn writer(locked: &Locked, editor: &ProjectEditor, changes: &[Change]) -> Result<PartWriter, Refusal> {
    let mut writer = locked.writer(editor, EVERYTHING)?;
    for change in changes {
        if !writer.covers(&change.unit.kind) {
            writer = locked.writer(editor, part_of(&change.unit.kind))?;
        }
    }
    Ok(writer)
}

/// Everything that an act on rows of these kinds reads, standing included.
pub async fn load(conn: &mut PgConnection, editor: &ProjectEditor, kinds: &[&'static str]) -> Result<Content, AppError> {
    let mut needed = needed_for(kinds);
    needed.extend_from_slice(kinds);
    let mut content = units::load(conn, editor.project(), &needed).await?;
    content.filled_slots = units::slots(conn, editor.project()).await?;
    Ok(content)
}

/// Writes the changes of an act and remembers them, so that they can be undone together.
pub async fn apply(
    conn: &mut PgConnection,
    editor: &ProjectEditor,
    locked: &mut Locked,
    mut content: Content,
    changes: &[Change],
    done: &Done<'_>,
) -> Result<(), AppError> {
    for change in changes {
        if change.unit.version == 1 { content.units.push(change.unit.clone()) } else { content.put(change.unit.clone()) }
    }
    let subject = subject(done, changes.len());
    let by = writer(locked, editor, changes)?;
    let act = Act { by: &by, operation: done.operation, location: done.location, act: done.origin.act(), subject: &subject };
    write(conn, locked, &content, &act, changes).await?;
    store::settle(conn, editor, done, changes).await?;
    Ok(())
}

/// Brings the standing up to date and writes the changes.
pub async fn write(conn: &mut PgConnection, locked: &mut Locked, content: &Content, act: &Act<'_>, changes: &[Change]) -> Result<(), AppError> {
    let mut kinds: Vec<&str> = changes.iter().map(|change| change.unit.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    refresh(locked, content, &kinds);
    units::write(conn, locked, act, changes).await
}

/// "stakeholder 24 3f2a…": kind, number of rows, and the act itself, so that two acts alike are two lines of the journal.
fn subject(done: &Done<'_>, rows: usize) -> String {
    let kind = if done.subject.is_empty() { "dossier" } else { done.subject };
    format!("{kind} {rows} {}", done.id.simple())
}
