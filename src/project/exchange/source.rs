//! What may be taken from another dossier of the same organisation: only what is still empty here, never in the place of anything.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::list::same;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::standing::{all_rows, rows_of};
use crate::framework::{COLLECTIONS, DELIVERABLES, Deliverable, Kind, Rows};
use crate::kit::french::count;
use crate::project::draw::row_name;
use crate::project::units::Change;

/// A part that one may take: the texts of a deliverable, or a collection.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// Answers and small tables of a deliverable.
    Deliverable(&'static Deliverable),
    /// Rows that have pages of their own.
    Collection(&'static Rows),
}

/// Every part: actors come first, what points at them follows.
pub fn parts() -> impl Iterator<Item = Part> {
    DELIVERABLES.into_iter().map(Part::Deliverable).chain(COLLECTIONS.into_iter().map(Part::Collection))
}

impl Part {
    /// Its name in the form.
    pub fn key(self) -> &'static str {
        match self {
            Self::Deliverable(deliverable) => deliverable.path,
            Self::Collection(rows) => rows.kind,
        }
    }

    /// Its name on the page.
    pub fn label(self) -> String {
        match self {
            Self::Deliverable(deliverable) => format!("Livrable {}, textes et tableaux\u{a0}: {}", deliverable.no, deliverable.title),
            Self::Collection(rows) => rows.title.to_owned(),
        }
    }
}

/// What taking one part would do.
#[derive(Debug, Default)]
pub struct Taking {
    /// "9 réponses", "12 lignes".
    pub taken: Vec<String>,
    /// What is left, and why.
    pub left: Vec<String>,
    /// New versions of the units.
    pub changes: Vec<Change>,
}

/// Takes the chosen parts of a dossier into another.
#[derive(Debug)]
pub struct Taker<'a> {
    from: &'a Content,
    into: &'a Content,
    /// Rows of the other dossier, by what they are called here.
    rows: HashMap<Uuid, Uuid>,
    tables: BTreeSet<&'static str>,
}

impl<'a> Taker<'a> {
    /// About to take those parts, by key.
    pub fn new(from: &'a Content, into: &'a Content, chosen: &[&str]) -> Self {
        let mut taker = Self { from, into, rows: HashMap::new(), tables: BTreeSet::new() };
        for rows in COLLECTIONS {
            let is_taken = chosen.contains(&rows.kind) && into.rows(rows.kind).next().is_none();
            for unit in from.rows(rows.kind) {
                let here = if is_taken { Some(Uuid::now_v7()) } else { namesake(unit, into) };
                taker.rows.extend(here.map(|here| (unit.row, here)));
            }
        }
        taker
    }

    /// What taking that part does.
    pub fn take(&mut self, part: Part) -> Taking {
        let mut taking = Taking::default();
        match part {
            Part::Deliverable(deliverable) => self.deliverable(deliverable, &mut taking),
            Part::Collection(rows) => self.collection(rows, &mut taking),
        }
        taking
    }

    fn deliverable(&mut self, deliverable: &'static Deliverable, taking: &mut Taking) {
        let (mut answers, mut kept) = (0, 0);
        for section in deliverable.sections {
            if let Some(from) = self.from.section(section.key) {
                let mut unit = self.into.section(section.key).cloned().unwrap_or_else(|| Unit::blank(section.key, Uuid::nil(), None));
                let before = answers;
                for field in section.items.iter().flat_map(|item| item.fields).filter(|field| from.has(field.key)) {
                    if unit.has(field.key) {
                        kept += 1;
                    } else {
                        answers += 1;
                        unit.fields.extend(from.fields.get(field.key).map(|value| (field.key.to_owned(), value.clone())));
                        unit.raw.extend(from.raw.get(field.key).map(|raw| (field.key.to_owned(), raw.clone())));
                    }
                }
                if answers > before {
                    unit.version += 1;
                    taking.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
                }
            }
            for rows in section.items.iter().flat_map(|item| item.tables.iter().copied()) {
                self.table(rows, taking);
            }
        }
        if answers > 0 {
            taking.taken.insert(0, count(answers, "réponse", "réponses"));
        }
        if kept > 0 {
            taking.left.insert(0, format!("{} déjà ici", count(kept, "réponse", "réponses")));
        }
    }

    /// A small table is drawn on two pages at times; it is taken once.
    fn table(&mut self, rows: &'static Rows, taking: &mut Taking) {
        let lines: Vec<&Unit> = self.from.children(rows.kind, None).filter(|unit| !unit.is_blank()).collect();
        if lines.is_empty() || !self.tables.insert(rows.kind) {
            return;
        }
        let title = rows.title.to_lowercase();
        if self.into.children(rows.kind, None).next().is_some() {
            taking.left.push(format!("tableau «\u{a0}{title}\u{a0}» déjà commencé ici"));
            return;
        }
        taking.taken.push(format!("{} ({title})", count(lines.len(), "ligne", "lignes")));
        for (position, unit) in (1..).zip(lines) {
            self.row(unit, Uuid::now_v7(), (None, position), taking);
        }
    }

    fn collection(&self, rows: &'static Rows, taking: &mut Taking) {
        let units: Vec<&Unit> = self.from.rows(rows.kind).collect();
        let (one, many) = super::start::nouns(rows);
        let held = self.into.rows(rows.kind).count();
        if held > 0 && !units.is_empty() {
            taking.left.push(format!("{} déjà ici\u{a0}: la liste n’est pas vide", count(held, one, many)));
            return;
        }
        let mut dropped = 0;
        for (position, unit) in (1..).zip(&units) {
            let here = self.rows.get(&unit.row).copied().unwrap_or_else(Uuid::now_v7);
            dropped += self.row(unit, here, (None, position), taking);
            for table in rows.items.iter().flat_map(|item| item.tables.iter()) {
                for (position, line) in (1..).zip(self.from.children(table.kind, Some(unit.row))) {
                    self.row(line, Uuid::now_v7(), (Some(here), position), taking);
                }
            }
        }
        if !units.is_empty() {
            taking.taken.push(count(units.len(), one, many));
        }
        if dropped > 0 {
            taking.left.push(format!("{} qui n’est pas repris", count(dropped, "lien vers un acteur", "liens vers des acteurs")));
        }
        if rows.kind == "commitment" && units.iter().any(|unit| unit.has("signed_on")) {
            taking.left.push("dates de signature\u{a0}: un engagement se signe pour ce dossier".to_owned());
        }
    }

    /// A row under its new id, its links following; returns how many links had nowhere to go.
    fn row(&self, from: &Unit, here: Uuid, (parent, position): (Option<Uuid>, i32), taking: &mut Taking) -> usize {
        let mut unit = Unit { row: here, parent, position, version: 1, author: None, ..from.clone() };
        if unit.kind == "commitment" {
            unit.fields.remove("signed_on");
            unit.raw.remove("signed_on");
        }
        let mut dropped = 0;
        for field in rows_of(&unit.kind).into_iter().flat_map(Rows::fields).filter(|field| matches!(field.kind, Kind::Row(_) | Kind::RowsOf(_))) {
            let ids: Vec<String> = match unit.fields.remove(field.key) {
                Some(Value::Text(id)) => vec![id],
                Some(Value::Many(ids)) => ids,
                _ => continue,
            };
            let linked: Vec<String> = ids.iter().filter_map(|id| self.rows.get(&Uuid::try_parse(id).ok()?)).map(ToString::to_string).collect();
            dropped += ids.len() - linked.len();
            match (field.kind, linked.first()) {
                (_, None) => {}
                (Kind::Row(_), Some(id)) => drop(unit.fields.insert(field.key.to_owned(), Value::Text(id.clone()))),
                _ => drop(unit.fields.insert(field.key.to_owned(), Value::Many(linked))),
            }
        }
        taking.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
        dropped
    }
}

/// The row here of the same SIRET, or of the same name.
fn namesake(unit: &Unit, into: &Content) -> Option<Uuid> {
    let siret = unit.text("siret");
    let by_siret = into.rows(&unit.kind).find(|other| !siret.is_empty() && other.text("siret") == siret);
    let by_name = || into.rows(&unit.kind).find(|other| same(&row_name(other)) == same(&row_name(unit)));
    by_siret.or_else(by_name).map(|other| other.row)
}

/// Every kind that a copy may write.
pub fn kinds() -> Vec<&'static str> {
    let sections = DELIVERABLES.iter().flat_map(|deliverable| deliverable.sections.iter().map(|section| section.key));
    sections.chain(all_rows().map(|rows| rows.kind)).collect()
}
