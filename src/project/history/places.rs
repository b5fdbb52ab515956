//! Where an entry of the history happened, and what its fields are called.

use uuid::Uuid;

use crate::framework::content::{Unit, Value};
use crate::framework::standing::{places, row_field_address, rows_of, section_address};
use crate::framework::{DELIVERABLES, Field, Item};
use crate::kit::french::uncapitalized;
use crate::project::draw::{Pen, row_name};

/// A section, a row or a slot, as the history names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// "Organisation, Animation", "Acteurs, Verrerie des Borderies".
    pub label: String,
    /// Its address after `/dossiers/{id}`; nothing when it has none today.
    pub path: Option<String>,
    /// What a whole version of it is called.
    pub whole: &'static str,
}

/// Where a unit is. `today` is the unit as it is, or as it was when removed.
pub fn spot(pen: &Pen<'_>, kind: &str, today: Option<&(Unit, bool)>) -> Spot {
    for deliverable in DELIVERABLES {
        if let Some(section) = deliverable.sections.iter().find(|section| section.key == kind) {
            let label =
                if section.title == deliverable.short { section.title.to_owned() } else { format!("{}, {}", deliverable.short, uncapitalized(section.title)) };
            return Spot { label, path: Some(section_address(deliverable, section)), whole: "toute la page" };
        }
    }
    if let Some(key) = kind.strip_prefix("slot:") {
        let item = every_item().find(|item| item.slot.as_ref().is_some_and(|slot| slot.key == key));
        return Spot { label: item.map_or_else(String::new, |item| item.title.to_owned()), ..Spot::default() };
    }
    let Some(rows) = rows_of(kind) else { return Spot { label: "Autre contenu du dossier".to_owned(), path: None, whole: "toute la page" } };
    let name = today.map(|(unit, _)| pen.name(unit)).filter(|name| name != "(sans nom)");
    let parent = today.and_then(|(unit, _)| pen.content.row(rows.parent?, unit.parent?)).map(row_name);
    let label = [Some(rows.title.to_owned()), parent, name].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let first = rows.fields().next().map_or("", |field| field.key);
    let path = today.filter(|(_, is_deleted)| !is_deleted).map(|(unit, _)| row_field_address(rows, unit, first));
    let path = path.map(|path| if rows.path.is_some() { path.split('#').next().unwrap_or_default().to_owned() } else { path });
    Spot { label, path, whole: if rows.path.is_some() { "toute la fiche" } else { "toute la ligne" } }
}

/// Fields of a kind of unit, in order, each with the item that asks it.
pub fn fields(kind: &str) -> Vec<(&'static Field, &'static Item)> {
    let section = DELIVERABLES.iter().flat_map(|deliverable| deliverable.sections).find(|section| section.key == kind).map(|section| section.items);
    let items: &'static [Item] = section.or_else(|| rows_of(kind).map(|rows| rows.items)).unwrap_or_default();
    items.iter().flat_map(|item| item.fields.iter().map(move |field| (field, item))).collect()
}

/// What a field is called: its own label, or the question it answers alone.
pub fn label((field, item): (&Field, &Item)) -> String {
    if !field.label.is_empty() {
        field.label.to_owned()
    } else if item.no.is_empty() {
        item.title.to_owned()
    } else {
        format!("{}. {}", item.no, item.title)
    }
}

/// Rows that a unit points at.
pub fn pointed(unit: &Unit, ids: &mut Vec<Uuid>) {
    for value in unit.fields.values() {
        match value {
            Value::Text(text) if text.len() == 36 => ids.extend(Uuid::try_parse(text).ok()),
            Value::Many(many) => ids.extend(many.iter().filter_map(|text| Uuid::try_parse(text).ok())),
            _ => {}
        }
    }
    ids.extend(unit.parent);
}

fn every_item() -> impl Iterator<Item = &'static Item> {
    places().map(|place| place.item).chain(crate::framework::COLLECTIONS.iter().flat_map(|rows| rows.items))
}

/// With a capital.
pub fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default() + letters.as_str()
}
