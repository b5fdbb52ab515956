//! The dossier to be read: the same items as the form, as answers and tables, from a draft or from a deposit.

use uuid::Uuid;

use super::attachments::FileView;
use super::draw::{ItemView, News, Pen, RowView, TableView};
use super::saving::Page;
use super::store::Criterion;
use super::{guide, related};
use crate::framework::content::{Content, Unit};
use crate::framework::{ACTION, COMMITMENT, DELIVERABLES, Deliverable, FLOW, Kind, Rows, STAKEHOLDER, SYNERGY};

/// A section to read.
#[derive(Debug)]
pub struct SectionRead {
    /// Deliverable it belongs to.
    pub deliverable: &'static Deliverable,
    /// Title.
    pub title: String,
    /// Items, answers inside.
    pub items: Vec<ItemView>,
}

/// Every section of one deliverable, or of all five.
pub fn sections(content: &Content, files: &[FileView], criteria: &[Criterion], only: Option<u8>) -> Vec<SectionRead> {
    let pen = Pen { content, criteria, news: News::default(), authors: &[], shows_errors: false, removed: None };
    let mut read = Vec::new();
    for deliverable in DELIVERABLES.into_iter().filter(|deliverable| only.is_none_or(|no| deliverable.no == no)) {
        for section in deliverable.sections {
            let page = Page { kind: section.key, row: Uuid::nil(), items: section.items, url: String::new() };
            let items = if section.is_added() { guide::added(&pen, &page) } else { asked(&pen, &page, files) };
            if !items.is_empty() {
                read.push(SectionRead { deliverable, title: section.title.to_owned(), items });
            }
        }
        read.extend(collections(&pen, files, deliverable));
    }
    guide::anchor(read.iter_mut().flat_map(|section| section.items.iter_mut()));
    read
}

/// The questions of a section with what the rest of the dossier says about them: all of it is in hand.
fn asked(pen: &Pen<'_>, page: &Page, files: &[FileView]) -> Vec<ItemView> {
    let mut items = with_files(pen.items(page), files);
    guide::recall(&mut items, page, pen.content, &related::every_kind());
    items
}

fn with_files(mut items: Vec<ItemView>, files: &[FileView]) -> Vec<ItemView> {
    for slot in items.iter_mut().filter_map(|item| item.slot.as_mut()) {
        slot.files = files.iter().filter(|file| file.slot == slot.key).cloned().collect();
    }
    items
}

/// Rows with pages of their own, under the deliverable that they serve.
fn collections(pen: &Pen<'_>, files: &[FileView], deliverable: &'static Deliverable) -> Vec<SectionRead> {
    match deliverable.no {
        2 => vec![
            wide(pen, deliverable, &STAKEHOLDER, &["name", "kind", "naf", "headcount", "commune", "is_major"]),
            wide(pen, deliverable, &FLOW, &["label", "actor", "direction", "domain", "quantity", "unit", "months", "evidence"]),
            each(pen, files, deliverable, &SYNERGY),
        ]
        .into_iter()
        .flatten()
        .collect(),
        3 => each(pen, files, deliverable, &ACTION),
        4 => {
            let mut read = wide(pen, deliverable, &STAKEHOLDER, &["name", "role", "skill", "working_mode", "influence", "interest", "is_key_actor"]);
            read.extend(wide(pen, deliverable, &COMMITMENT, &["stakeholder", "kind", "signatory", "function", "signed_on", "strength"]));
            read
        }
        _ => Vec::new(),
    }
}

/// A collection as one table.
fn wide(pen: &Pen<'_>, deliverable: &'static Deliverable, rows: &'static Rows, keys: &[&str]) -> Vec<SectionRead> {
    let fields: Vec<_> = keys.iter().filter_map(|key| rows.field(key)).collect();
    let lines: Vec<RowView> = pen
        .content
        .rows(rows.kind)
        .enumerate()
        .map(|(index, unit)| RowView {
            no: index + 1,
            row: unit.row,
            version: unit.version,
            cells: Vec::new(),
            values: fields.iter().map(|field| pen.shown(field, unit)).collect(),
            past: String::new(),
        })
        .collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let columns = fields.iter().map(|field| (field.label, matches!(field.kind, Kind::Decimal(..) | Kind::Signed(..) | Kind::Money))).collect();
    let table =
        TableView { kind: rows.kind, title: rows.title, columns, rows: lines, add: String::new(), total: String::new(), removed: None, disputes: Vec::new() };
    let item =
        ItemView { key: rows.kind, anchor: format!("t{}-{}", deliverable.no, rows.kind), title: rows.title.into(), tables: vec![table], ..ItemView::default() };
    vec![SectionRead { deliverable, title: format!("{} du dossier", rows.title), items: vec![item] }]
}

/// A collection row by row, one item for each row.
fn each(pen: &Pen<'_>, files: &[FileView], deliverable: &'static Deliverable, rows: &'static Rows) -> Vec<SectionRead> {
    let items: Vec<ItemView> = pen.content.rows(rows.kind).map(|unit| whole(pen, files, rows, unit)).collect();
    if items.is_empty() { Vec::new() } else { vec![SectionRead { deliverable, title: format!("{} du dossier", rows.title), items }] }
}

/// A row as one item: its name, then every answer, table and file.
fn whole(pen: &Pen<'_>, files: &[FileView], rows: &'static Rows, unit: &Unit) -> ItemView {
    let page = Page { kind: rows.kind, row: unit.row, items: rows.items, url: String::new() };
    let mut one = ItemView { key: rows.kind, anchor: format!("{}-{}", rows.kind, unit.row), title: super::draw::row_name(unit).into(), ..ItemView::default() };
    // Two actions are read whole; synergies are many, and open one by one.
    if rows.kind == SYNERGY.kind {
        one.fold = pen.detail(rows, unit);
    }
    // An action is read whole: it answers the lines of the regulation that only its page asks (R16).
    if rows.kind == ACTION.kind {
        one.guide.codes = &["R16"];
    }
    for item in with_files(pen.items(&page), files) {
        one.answers.extend(item.answers.into_iter().filter(|answer| answer.label != rows.field(rows.name_field).map_or("", |field| field.label)));
        one.tables.extend(item.tables);
        one.slot = one.slot.or(item.slot);
        if one.aside.is_empty() {
            one.aside = item.aside;
        }
    }
    one
}
