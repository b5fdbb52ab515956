//! A form that arrives too late, or without the right to it any more: nothing is written, and its text is shown back.

use sqlx::PgConnection;
use uuid::Uuid;

use super::alerts::{Alert, label_of};
use super::draw::Pen;
use super::saving::{Page, Slot};
use super::suspended;
use crate::access::{Dossier, Refusal};
use crate::error::AppError;
use crate::framework::content::Unit;
use crate::input::Input;
use crate::submission;

/// A text that was sent and is kept nowhere.
#[derive(Debug)]
pub struct Sent {
    /// Its field.
    pub label: String,
    /// As typed.
    pub text: String,
}

/// Why nothing was written, and which deposit stands.
pub(super) async fn alert(conn: &mut PgConnection, dossier: &Dossier, refusal: &Refusal) -> Result<Alert, AppError> {
    let last = submission::store::deposits(conn, dossier.project()).await?;
    let last = last.first().map_or_else(String::new, |last| format!(" Votre dernier dépôt, n°\u{a0}{}, reste valable.", last.reference));
    Ok(Alert {
        class: "bad",
        heading: "Votre texte n’a pas été enregistré".to_owned(),
        sentence: format!("{}{last}", refusal.late()),
        links: Vec::new(),
        is_focused: true,
    })
}

/// What was sent and differs from what is stored, field by field, in the order of the page.
pub(super) fn sent(pen: &Pen<'_>, page: &Page, input: &Input) -> Vec<Sent> {
    let mut found: Vec<(&str, Sent)> = Vec::new();
    for (name, _) in input.pairs() {
        if found.iter().any(|(held, _)| held == name) {
            continue;
        }
        if let Some(text) = text(pen, page, input, name).filter(|text| !text.is_empty()) {
            found.push((name, Sent { label: label_of(page, name), text }));
        }
    }
    found.into_iter().map(|(_, sent)| sent).collect()
}

/// The text of one control, when it is not the stored one.
fn text(pen: &Pen<'_>, page: &Page, input: &Input, name: &str) -> Option<String> {
    let mut parts = name.split('.');
    let (kind, row, key) = match (parts.next()?, parts.next(), parts.next()) {
        (key, None, None) => (page.kind, page.row, key),
        (kind, Some(row), Some(key)) => (kind, Uuid::try_parse(row).ok()?, key),
        _ => return None,
    };
    let field = page.field(kind, key)?;
    let stored = pen.content.row(kind, row).cloned().unwrap_or_else(|| Unit::blank(kind, row, None));
    let mut typed = stored.clone();
    suspended::put(&mut typed, field, input, name, pen.content);
    (Slot::of(&typed, key) != Slot::of(&stored, key)).then(|| pen.shown(field, &typed))
}
