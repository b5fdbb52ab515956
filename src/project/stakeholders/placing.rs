//! Moving an actor in a view: the same saving as its own page, for three of its fields.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::filters::Filters;
use super::pages;
use crate::access::{ProjectEditor, RowPart};
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::{Content, Fields, Unit, Value};
use crate::framework::reading::{Reading, read};
use crate::framework::{Field, STAKEHOLDER};
use crate::input::Input;
use crate::kit::french::uncapitalized;
use crate::page::see;
use crate::project::draw::{News, Pen};
use crate::project::saving::{self, Page};
use crate::project::sections::Asked;
use crate::project::units;

/// Fields that a view may change.
pub const FIELDS: [&str; 3] = ["influence", "interest", "is_key_actor"];

/// A move to tell of: what was before, as the address carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// Actor.
    pub row: Uuid,
    /// Its former values, in the order of [`FIELDS`]; empty ones included.
    pub before: [String; 3],
}

impl Moved {
    /// From the address of a view.
    pub fn read(asked: &HashMap<String, String>) -> Option<Self> {
        let row = Uuid::try_parse(asked.get("deplace")?).ok()?;
        let mut parts = asked.get("avant")?.split('.');
        let mut level = || parts.next().filter(|text| matches!(*text, "" | "1" | "2" | "3" | "4" | "oui")).map(ToOwned::to_owned);
        Some(Self { row, before: [level()?, level()?, level()?] })
    }

    fn of(row: Uuid, fields: &Fields) -> Self {
        let text = |key: &str| match fields.get(key) {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Flag(true)) => "oui".to_owned(),
            _ => String::new(),
        };
        Self { row, before: FIELDS.map(text) }
    }
}

/// Those who write the dossier move an actor in a view, until the bound.
pub async fn place(State(app): State<App>, editor: ProjectEditor, RowPart(row): RowPart, Query(asked): Asked, input: Input) -> Result<Response, AppError> {
    let filters = Filters::read(&asked);
    let (seen, input) = (input.version()?, kept(&input)?);
    let mut tx = app.db.begin().await?;
    let former = units::version(&mut tx, editor.project(), STAKEHOLDER.kind, row, seen).await?.map(|(fields, _)| fields).unwrap_or_default();
    let moved = Moved::of(row, &former);
    let page = Page { kind: STAKEHOLDER.kind, row, items: STAKEHOLDER.items, url: location(&editor.url("/acteurs"), &filters, &moved) };
    let outcome = saving::save(&mut tx, &(&editor).into(), &page, &input).await?;
    tx.commit().await?;
    if outcome.conflicts.is_empty() {
        return Ok(see(&outcome.location));
    }
    let unit = outcome.content.row(STAKEHOLDER.kind, row).cloned().unwrap_or_else(|| Unit::blank(STAKEHOLDER.kind, row, None));
    let clash = clash(&outcome.content, &unit, &input);
    pages::draw(&app, &editor, &filters, pages::Told { clash, status: StatusCode::CONFLICT, ..pages::Told::default() }).await
}

/// Only what a view changes is read, and only what may be chosen.
fn kept(input: &Input) -> Result<Input, AppError> {
    let names = [&FIELDS[..], &["version", "operation"]].concat();
    for field in FIELDS.iter().filter_map(|key| STAKEHOLDER.field(key)).filter(|field| input.has(field.key)) {
        let typed: Vec<&str> = input.all(field.key).collect();
        if let Reading::Unreadable(sentence) = read(field, &typed, &Content::default()) {
            return Err(AppError::Unprocessable(format!("{}\u{a0}: {}", field.label, uncapitalized(&sentence))));
        }
    }
    Ok(Input::of(input.pairs().iter().filter(|(name, _)| names.contains(&name.as_str())).cloned().collect()))
}

fn location(base: &str, filters: &Filters, moved: &Moved) -> String {
    let query = filters.query();
    let separator = if query.is_empty() { '?' } else { '&' };
    format!("{base}{query}{separator}deplace={}&avant={}#a-{}", moved.row, moved.before.join("."), moved.row)
}

/// "Verrerie… : quelqu’un d’autre l’a déplacée entre-temps."
fn clash(content: &Content, unit: &Unit, input: &Input) -> String {
    let pen = Pen { content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
    let shown = |field: &Field, unit: &Unit| match pen.shown(field, unit) {
        text if text.is_empty() => "vide".to_owned(),
        text => text,
    };
    let mut mine = unit.clone();
    let fields: Vec<&'static Field> = FIELDS.iter().filter_map(|key| STAKEHOLDER.field(key)).filter(|field| input.has(field.key)).collect();
    for field in &fields {
        mine.fields.remove(field.key);
        if let Reading::Value(value) = read(field, &input.all(field.key).collect::<Vec<_>>(), content) {
            mine.fields.insert(field.key.to_owned(), value);
        }
    }
    let parts: Vec<String> = fields
        .iter()
        .filter(|field| mine.fields.get(field.key) != unit.fields.get(field.key))
        .map(|field| format!("{}\u{a0}: {} est enregistré, vous demandiez {}", field.label.to_lowercase(), shown(field, unit), shown(field, &mine)))
        .collect();
    format!(
        "«\u{a0}{}\u{a0}» a été déplacé par quelqu’un d’autre entre-temps ({}). Sa place enregistrée est gardée\u{a0}: le déplacer de nouveau s’il le faut.",
        pen.name(unit),
        parts.join("\u{202f}; ")
    )
}
