//! What a file would do to a dossier, line by line: add a row, change one, leave one as it is, or be refused and why.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::cells::{Named, Said, typed};
use super::contract;
use super::known::{Found, Known, several};
use super::list::List;
use super::sheet::{self, Sheet};
use crate::framework::content::{Content, Unit};
use crate::framework::reading::{LONGEST_TEXT, Reading, read};
use crate::framework::{Field, Kind};
use crate::kit::french::{count, list as enumerate, uncapitalized};
use crate::kit::words;
use crate::project::draw::{News, Pen};
use crate::project::files::hex;
use crate::project::units::Change;

/// What was read from a file, until its author decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Name of the sheet.
    pub sheet: String,
    /// Keys of the fields, one for each column kept.
    pub columns: Vec<String>,
    /// Heads of the columns left out.
    pub ignored: Vec<String>,
    /// Number of each line, and its cells.
    pub lines: Vec<(u32, Vec<String>)>,
}

impl Proposal {
    /// What a file says, whatever its format.
    ///
    /// # Errors
    /// A French sentence that says what to do.
    pub fn read(list: &List, bytes: &[u8]) -> Result<Self, String> {
        let is_head = |cells: &[String]| cells.iter().any(|cell| list.column(cell).is_some_and(|field| field.key == list.rows.name_field));
        Self::of(list, sheet::read(bytes, is_head)?)
    }

    /// The columns of a sheet that the list knows.
    ///
    /// # Errors
    /// When there is no line, or no column that names a row.
    pub fn of(list: &List, sheet: Sheet) -> Result<Self, String> {
        let mut lines = sheet.lines.into_iter();
        let Some((_, heads)) = lines.next() else { return Err("Ce fichier ne contient aucune ligne. Partir du modèle, puis recommencer.".to_owned()) };
        let mut proposal = Self { sheet: sheet.name, ..Self::default() };
        let mut kept = Vec::new();
        for (column, head) in heads.iter().enumerate().filter(|(_, head)| !head.trim().is_empty()) {
            match list.column(head).filter(|field| !proposal.columns.iter().any(|key| key == field.key)) {
                Some(field) => {
                    proposal.columns.push(field.key.to_owned());
                    kept.push(column);
                }
                None => proposal.ignored.push(words::excerpt(head, 60)),
            }
        }
        if !proposal.columns.iter().any(|key| key == list.rows.name_field) {
            return Err(no_name(list, &proposal.ignored));
        }
        proposal.lines = lines.map(|(no, cells)| (no, kept.iter().map(|&column| cells.get(column).cloned().unwrap_or_default()).collect::<Vec<_>>())).collect();
        contract::spread_workforce(&mut proposal);
        proposal.lines.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
        if proposal.lines.is_empty() {
            return Err("Ce fichier ne contient que des titres de colonnes. Remplir au moins une ligne, puis recommencer.".to_owned());
        }
        Ok(proposal)
    }
}

fn no_name(list: &List, ignored: &[String]) -> String {
    let name = list.rows.field(list.rows.name_field).map_or("", |field| field.label);
    let known: Vec<String> = list.rows.fields().map(|field| format!("«\u{a0}{}\u{a0}»", field.label)).collect();
    let found: Vec<String> = ignored.iter().take(8).map(|head| format!("«\u{a0}{head}\u{a0}»")).collect();
    let found = if found.is_empty() { String::new() } else { format!(" La première ligne contient {}.", enumerate(&found)) };
    format!("La première ligne doit porter les titres des colonnes, dont «\u{a0}{name}\u{a0}».{found} Titres reconnus\u{a0}: {}.", enumerate(&known))
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A row is added.
    Added,
    /// A row is changed.
    Changed,
    /// The row says it already.
    Same,
    /// Nothing is done, and why is said.
    Refused,
}

/// A field of a line: what it was, what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Label of the column.
    pub label: &'static str,
    /// As it is.
    pub before: String,
    /// As it would be.
    pub after: String,
    /// Kept as typed, with this sentence.
    pub warning: String,
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file.
    pub no: u32,
    /// Name of its row.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Its fields.
    pub details: Vec<Detail>,
    /// Why it is refused.
    pub reasons: Vec<String>,
}

impl Line {
    /// Does it hold a value to correct?
    pub fn is_faulty(&self) -> bool {
        self.details.iter().any(|detail| !detail.warning.is_empty())
    }
}

/// What a file would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// Line by line.
    pub lines: Vec<Line>,
    /// New versions of the rows.
    pub changes: Vec<Change>,
}

impl Plan {
    /// How many lines meet that fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.lines.iter().filter(|line| line.fate == fate).count()
    }

    /// The same for the same effects: what was previewed is what is done.
    pub fn digest(&self) -> String {
        digest(&self.changes)
    }
}

/// Digest of what changes would write; new rows get their ids when they are written.
pub fn digest(changes: &[Change]) -> String {
    let mut hash = Sha256::new();
    for Change { unit, .. } in changes {
        let row = if unit.version == 1 { Uuid::nil() } else { unit.row };
        hash.update(serde_json::to_vec(&(&unit.kind, row, unit.version, &unit.fields, &unit.raw)).unwrap_or_default());
    }
    hex(&hash.finalize()[..16])
}

/// Reads the lines against what the dossier holds.
pub fn plan(list: &List, proposal: &Proposal, content: &Content) -> Plan {
    let fields: Vec<&'static Field> = proposal.columns.iter().filter_map(|key| list.rows.field(key)).collect();
    let pointed: Vec<&'static str> = list.kinds().into_iter().skip(1).collect();
    let held = list.units(content).count();
    let position = list.units(content).map(|unit| unit.position).max().unwrap_or(0);
    let known = Known::of(list, content);
    let mut work = Work {
        list,
        content,
        fields,
        named: Named::of(content, &pointed),
        known,
        room: usize::from(list.rows.most).saturating_sub(held),
        position,
        plan: Plan::default(),
    };
    for (no, cells) in &proposal.lines {
        let line = work.line(*no, cells);
        work.plan.lines.push(line);
    }
    work.plan
}

struct Work<'a> {
    list: &'a List,
    content: &'a Content,
    fields: Vec<&'static Field>,
    named: Named,
    known: Known<'a>,
    room: usize,
    position: i32,
    plan: Plan,
}

impl Work<'_> {
    fn line(&mut self, no: u32, cells: &[String]) -> Line {
        let read = self.read(cells);
        let mut line = Line { no, name: read.name.clone(), fate: Fate::Refused, details: Vec::new(), reasons: read.reasons.clone() };
        if !line.reasons.is_empty() {
            return line;
        }
        match self.known.find(self.list, &read.unit, no) {
            Found::Twice(other) => line.reasons.push(format!("Déjà décrit à la ligne {other} du fichier. N’en garder qu’une.")),
            Found::Several => line.reasons.push(several(self.list).to_owned()),
            Found::One(held) => self.change(&mut line, held, &read),
            Found::None if self.room == 0 => {
                line.reasons.push(format!("La liste accepte {} au plus. En retirer avant d’en ajouter.", count(self.list.rows.most, "ligne", "lignes")));
            }
            Found::None => self.add(&mut line, &read),
        }
        if line.fate != Fate::Refused {
            self.known.took(self.list, &read.unit, no);
        }
        line
    }

    fn read(&self, cells: &[String]) -> Read {
        let mut read = Read { unit: Unit::blank(self.list.rows.kind, Uuid::nil(), None), name: String::new(), said: Vec::new(), reasons: Vec::new() };
        for (field, cell) in self.fields.iter().copied().zip(cells) {
            if field.key == self.list.rows.name_field {
                read.name = words::excerpt(cell, 80);
            }
            if let Err(reason) = self.cell(field, cell, &mut read) {
                read.reasons.push(format!("Colonne «\u{a0}{}\u{a0}»\u{a0}: {}", field.label, uncapitalized(&reason)));
            }
        }
        if let Some(field) = self.list.rows.field(self.list.rows.name_field)
            && read.reasons.is_empty()
            && !read.unit.has(field.key)
        {
            read.reasons.push(format!("Colonne «\u{a0}{}\u{a0}»\u{a0}: la remplir, elle dit de quelle ligne il s’agit.", field.label));
        }
        read
    }

    /// One cell: a value, or what was typed when the field's own page could show it beside its message. A list of choices
    /// could not, and a row must be recognised: those refuse the line.
    fn cell(&self, field: &'static Field, cell: &str, read_line: &mut Read) -> Result<(), String> {
        let values = match typed(field, cell, &self.named) {
            Said::Nothing => return Ok(()),
            Said::Refused(sentence) => return Err(sentence),
            Said::Values(values) => values,
        };
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let warning = match read(field, &values, self.content) {
            Reading::Empty => String::new(),
            Reading::Value(value) => {
                read_line.unit.fields.insert(field.key.to_owned(), value);
                String::new()
            }
            Reading::Unreadable(sentence) if self.list.identity.contains(&field.key) => return Err(sentence),
            Reading::Unreadable(sentence) => {
                let raw = words::clean(cell, LONGEST_TEXT).map_err(|sentence| sentence.to_string())?;
                read_line.unit.raw.insert(field.key.to_owned(), raw);
                sentence
            }
        };
        read_line.said.push((field, warning));
        Ok(())
    }

    fn add(&mut self, line: &mut Line, read: &Read) {
        self.room -= 1;
        self.position += 1;
        line.fate = Fate::Added;
        let mut unit = read.unit.clone();
        (unit.row, unit.version, unit.position) = (Uuid::now_v7(), 1, self.position);
        self.details(line, &Unit::blank(&unit.kind, unit.row, None), &unit, read);
        self.plan.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
    }

    fn change(&mut self, line: &mut Line, held: &Unit, read: &Read) {
        let mut next = held.clone();
        // A reference made from the row says nothing new.
        let told = read.said.iter().filter(|(field, _)| field.key != "ref" || read.unit.text("ref") != held.reference());
        for (field, _) in told {
            put(&mut next, &read.unit, field.key);
        }
        line.fate = if next.fields == held.fields && next.raw == held.raw { Fate::Same } else { Fate::Changed };
        self.details(line, held, &next, read);
        if line.fate == Fate::Changed {
            next.version += 1;
            self.plan.changes.push(Change { unit: next, is_deleted: false, is_set_aside: false });
        }
    }

    fn details(&self, line: &mut Line, before: &Unit, after: &Unit, read: &Read) {
        let pen = Pen { content: self.content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
        for (field, warning) in &read.said {
            let is_name = field.key == self.list.rows.name_field;
            let is_unchanged = before.fields.get(field.key) == after.fields.get(field.key) && before.raw.get(field.key) == after.raw.get(field.key);
            if is_unchanged && warning.is_empty() || is_name && before.version == 0 {
                continue;
            }
            let shown = |unit: &Unit| match field.kind {
                Kind::Flag if !unit.flag(field.key) => "non".to_owned(),
                Kind::Text => words::excerpt(&pen.shown(field, unit), 160),
                _ => pen.shown(field, unit),
            };
            let was = if before.version == 0 { String::new() } else { shown(before) };
            let (was, becomes) = told_apart(was, shown(after), is_unchanged, (before.text(field.key), after.text(field.key)));
            line.details.push(Detail { label: field.label, before: was, after: becomes, warning: warning.clone() });
        }
        if line.name.is_empty() || self.list.rows.kind == "perimeter_commune" {
            line.name = self.list.rows.field(self.list.rows.name_field).map(|field| pen.shown(field, after)).unwrap_or_default();
        }
    }
}

/// Two long texts that begin alike are told apart by their lengths.
fn told_apart(was: String, becomes: String, is_unchanged: bool, texts: (&str, &str)) -> (String, String) {
    if was != becomes || is_unchanged {
        return (was, becomes);
    }
    let length = |shown: &str, text: &str| format!("{shown} ({})", count(words::count(text), "mot", "mots"));
    (length(&was, texts.0), length(&becomes, texts.1))
}

fn put(unit: &mut Unit, from: &Unit, key: &str) {
    match from.fields.get(key) {
        Some(value) => drop(unit.fields.insert(key.to_owned(), value.clone())),
        None => drop(unit.fields.remove(key)),
    }
    match from.raw.get(key) {
        Some(raw) => drop(unit.raw.insert(key.to_owned(), raw.clone())),
        None => drop(unit.raw.remove(key)),
    }
}

struct Read {
    unit: Unit,
    name: String,
    /// Fields that the line fills, with the message of those that cannot be read.
    said: Vec<(&'static Field, String)>,
    reasons: Vec<String>,
}
