//! What a page of the dossier shows, decided before the template: controls to fill in, or answers to read.

mod clash;
mod news;
mod posted;
mod shown;
mod tables;
mod totals;
mod views;

pub use clash::Clash;
pub use news::{AROUND, DisputeView, News, Note};
pub use posted::posted;
pub use shown::{months_text, row_name};
pub use views::{Answer, Control, ItemView, ListView, OptionView, RowView, Shape, SlotView, TableView, WordsView};

use uuid::Uuid;

use posted::typed_value;
use shown::MONTHS;

use super::guide::Guide;
use super::history;
use super::saving::Page;
use super::store::Criterion;
use super::units::Author;
use crate::framework::content::{Content, Unit};
use crate::framework::reading::complaint;
use crate::framework::{Choice, Field, Item, Kind, Words};
use crate::kit::french::count;
use crate::kit::words;

/// Draws what a page shows of its items.
#[derive(Debug)]
pub struct Pen<'a> {
    /// Units of the page, with the rows its fields point at.
    pub content: &'a Content,
    /// Labels of the call's criteria by code.
    pub criteria: &'a [Criterion],
    /// What the save that was just made met.
    pub news: News<'a>,
    /// Who last wrote each field of the page's unit.
    pub authors: &'a [(String, Author)],
    /// Values that cannot be read are shown with their message.
    pub shows_errors: bool,
    /// Line just removed: kind and id.
    pub removed: Option<(&'a str, Uuid)>,
}

impl Pen<'_> {
    /// Every item of a page.
    pub fn items(&self, page: &Page) -> Vec<ItemView> {
        let blank = Unit::blank(page.kind, page.row, None);
        let unit = self.content.row(page.kind, page.row).unwrap_or(&blank);
        page.items.iter().map(|item| self.item(page, unit, item)).collect()
    }

    fn item(&self, page: &Page, unit: &Unit, item: &'static Item) -> ItemView {
        let note = if item.expected.is_empty() { String::new() } else { format!("n-{}", item.key) };
        let mut controls: Vec<Control> = item.fields.iter().map(|field| self.control(field, unit, field.key.to_owned(), &note)).collect();
        for control in controls.iter_mut().filter(|_| unit.version > 0) {
            control.past = history::address(&page.url, page.kind, page.row, Some(&control.name));
        }
        for control in controls.iter_mut().filter(|control| !control.value.is_empty()) {
            let author = self.authors.iter().find(|(key, _)| *key == control.name);
            control.signed = author.map_or_else(String::new, |(_, by)| self.news.by(by));
        }
        let is_lone = controls.len() == 1 && item.fields[0].label.is_empty();
        let is_taken = controls.iter().any(|control| control.id == item.key);
        ItemView {
            key: item.key,
            anchor: if is_taken { format!("i-{}", item.key) } else { item.key.to_owned() },
            no: item.no,
            title: item.title.into(),
            label_for: if is_lone && !matches!(controls[0].shape, Shape::Radios | Shape::Checks) { controls[0].id.clone() } else { String::new() },
            expected: item.expected,
            not_expected: item.not_expected,
            judged: item.criteria.iter().filter_map(|code| self.criterion(code)).collect(),
            is_full: !item.tables.is_empty() || item.list.is_some(),
            is_extra: !item.is_element,
            answers: item.fields.iter().filter_map(|field| self.answer(field, unit)).collect(),
            tables: item.tables.iter().map(|rows| self.table(page, rows)).collect(),
            list: item.list.map(|rows| self.list(rows, item.key)),
            slot: item.slot.as_ref().map(|slot| SlotView {
                key: slot_key(slot.key, page.row),
                label: slot.label,
                hint: slot.hint,
                files: Vec::new(),
                action: String::new(),
            }),
            aside: self.aside(page, unit, item),
            links: links(page, item.key),
            fold: String::new(),
            is_closed: false,
            asked: Vec::new(),
            quotes: Vec::new(),
            guide: Guide::default(),
            controls,
        }
    }

    fn criterion(&self, code: &str) -> Option<String> {
        self.criteria.iter().find(|held| held.code == code).map(|held| format!("{} ({})", held.label, held.code))
    }

    fn control(&self, field: &'static Field, unit: &Unit, name: String, note: &str) -> Control {
        let id = name.replace('.', "-");
        let raw = unit.raw.get(field.key);
        let error = raw.filter(|_| self.shows_errors).and_then(|raw| complaint(field, raw, self.content)).unwrap_or_default();
        let clash = self.news.conflicts.iter().find(|conflict| conflict.name == name).map(|conflict| self.clash(field, unit, conflict));
        let mut described = Vec::new();
        if !note.is_empty() {
            described.push(note.to_owned());
        }
        if !field.hint.is_empty() {
            described.push(format!("{id}-h"));
        }
        if !error.is_empty() {
            described.push(format!("{id}-e"));
        }
        Control {
            label: field.label.to_owned(),
            hint: field.hint,
            shape: shape(field.kind),
            value: raw.cloned().unwrap_or_else(|| typed_value(field.kind, unit, field.key)),
            options: self.options(field, unit),
            error,
            clash,
            note: self.note(field, unit, &name),
            signed: String::new(),
            past: String::new(),
            described_by: described.join(" "),
            is_optional: field.is_optional,
            most: if let Kind::Line(most) = field.kind { most } else { 0 },
            proposes: if matches!(field.kind, Kind::FlowType) { "types" } else { "" },
            words: field.words.map(|guide| counted(unit.text(field.key), guide)),
            id,
            name,
        }
    }

    fn options(&self, field: &'static Field, unit: &Unit) -> Vec<OptionView> {
        let fixed = |choices: &'static [Choice]| {
            choices
                .iter()
                .map(|choice| OptionView { key: choice.key.to_owned(), label: choice.label.to_owned(), is_on: holds(unit, field.key, choice.key) })
                .collect()
        };
        match field.kind {
            Kind::Choice(choices) | Kind::Choices(choices) => fixed(choices),
            Kind::Row(kind) | Kind::RowsOf(kind) => self
                .content
                .rows(kind)
                .map(|row| OptionView { key: row.row.to_string(), label: row_name(row), is_on: holds(unit, field.key, &row.row.to_string()) })
                .collect(),
            Kind::Months => MONTHS
                .iter()
                .enumerate()
                .map(|(index, label)| {
                    let key = (index + 1).to_string();
                    OptionView { is_on: holds(unit, field.key, &key), key, label: (*label).to_owned() }
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn counted(text: &str, guide: Words) -> WordsView {
    let written = words::count(text);
    WordsView { count: count(written, "mot", "mots"), guide, is_over: written > usize::from(guide.most) }
}

/// Key of a slot, the row's id after it on a row's page.
pub fn slot_key(key: &str, row: Uuid) -> String {
    if row.is_nil() { key.to_owned() } else { format!("{key}:{row}") }
}

fn holds(unit: &Unit, key: &str, value: &str) -> bool {
    unit.text(key) == value || unit.many(key).iter().any(|held| held == value)
}

fn shape(kind: Kind) -> Shape {
    match kind {
        Kind::Text => Shape::Text,
        Kind::Line(_) | Kind::Commune | Kind::Naf | Kind::Siret | Kind::WasteCode | Kind::FlowType => Shape::Line,
        Kind::Whole(_) | Kind::Decimal(..) | Kind::Signed(..) | Kind::Money => Shape::Figure,
        Kind::Day => Shape::Day,
        Kind::Choice(choices) if choices.len() <= 7 => Shape::Radios,
        Kind::Choice(_) | Kind::Row(_) => Shape::Select,
        Kind::Choices(_) | Kind::RowsOf(_) | Kind::Months => Shape::Checks,
        Kind::Flag => Shape::Flag,
    }
}

/// In a cell, a choice is a list: radios would not fit.
fn cell_shape(kind: Kind) -> Shape {
    match shape(kind) {
        Shape::Radios => Shape::Select,
        other => other,
    }
}

fn is_figure(kind: Kind) -> bool {
    matches!(kind, Kind::Whole(_) | Kind::Decimal(..) | Kind::Signed(..) | Kind::Money)
}

/// Pages that help to answer a question; none where the dossier is only read.
fn links(page: &Page, question: &str) -> Vec<(String, &'static str)> {
    let found = page.url.split_once("/organisation").or_else(|| page.url.split_once("/etat-des-lieux"));
    let Some((dossier, _)) = found else { return Vec::new() };
    let (path, words) = match question {
        "q1" => ("/perimetre", "Choisir les communes par EPCI ou sur la carte"),
        "q2" => ("/acteurs?vue=carte", "Voir les acteurs sur la carte"),
        "q3" => ("/perimetre#chiffres", "Tous les chiffres du périmètre"),
        "generators" => ("/pistes?vue=generateurs", "Voir les plus gros générateurs, par domaine"),
        "pooling" => ("/pistes?vue=mutualisations", "Voir les mutualisations que vos flux rendent possibles"),
        "substitution" => ("/pistes", "Voir les types de synergies que vos flux rendent possibles"),
        "q4" => ("/perimetre#collectivites", "Ajouter les collectivités du périmètre"),
        _ => return Vec::new(),
    };
    let drawn = match question {
        "generators" => Some(("/territoire#generateurs", "Les voir en image")),
        "pooling" => Some(("/territoire#matrice", "La matrice des flux et des acteurs")),
        "substitution" => Some(("/territoire#echanges", "Les échanges possibles en image")),
        _ => None,
    };
    [(path, words)].into_iter().chain(drawn).map(|(path, words)| (format!("{dossier}{path}"), words)).collect()
}
