//! The text of an ended session goes back into the page of a dossier, unsaved.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::saving::Page;
use crate::access::Dossier;
use crate::error::AppError;
use crate::framework::content::{Content, Unit};
use crate::framework::reading::{Reading, read};
use crate::input::Input;
use crate::suspended::typed;

/// Puts a suspended text back into the page, unsaved, once: true when there was one.
pub async fn restore(
    conn: &mut PgConnection,
    dossier: &Dossier,
    page: &Page,
    content: &mut Content,
    asked: &HashMap<String, String>,
) -> Result<bool, AppError> {
    let Some(input) = typed(conn, dossier.account(), asked).await? else { return Ok(false) };
    let mut unit = content.row(page.kind, page.row).cloned().unwrap_or_else(|| Unit::blank(page.kind, page.row, None));
    for field in page.fields().filter(|field| input.has(field.key)) {
        put(&mut unit, field, &input, field.key, content);
    }
    unit.version = input.version().unwrap_or(unit.version);
    content.put(unit);
    for rows in page.tables() {
        for mut row in content.children(rows.kind, page.parent()).cloned().collect::<Vec<_>>() {
            for field in rows.fields() {
                let name = format!("{}.{}.{}", rows.kind, row.row, field.key);
                if input.has(&name) {
                    put(&mut row, field, &input, &name, content);
                }
            }
            content.put(row);
        }
    }
    Ok(true)
}

/// Writes in a unit what was typed in a field.
pub(super) fn put(unit: &mut Unit, field: &crate::framework::Field, input: &Input, name: &str, content: &Content) {
    let typed: Vec<&str> = input.all(name).collect();
    unit.fields.remove(field.key);
    unit.raw.remove(field.key);
    match read(field, &typed, content) {
        Reading::Value(value) => drop(unit.fields.insert(field.key.to_owned(), value)),
        Reading::Unreadable(_) => drop(unit.raw.insert(field.key.to_owned(), typed.last().copied().unwrap_or_default().to_owned())),
        Reading::Empty => {}
    }
}
