//! Which row a line of a file speaks of: by reference, by establishment number, else by what names it.

use std::collections::HashMap;

use uuid::Uuid;

use super::list::{List, same};
use crate::framework::content::{Content, Unit, Value};
use crate::kit::values::Siret;

/// What a line speaks of.
pub(super) enum Found<'a> {
    /// A new row.
    None,
    /// That row.
    One(&'a Unit),
    /// One of several rows: nothing tells which.
    Several,
    /// What that line of the file already speaks of.
    Twice(u32),
}

/// Rows of the dossier by what identifies them, and lines of the file already read.
pub(super) struct Known<'a> {
    by_identity: HashMap<String, Vec<&'a Unit>>,
    by_siret: HashMap<&'a str, &'a Unit>,
    by_ref: HashMap<String, &'a Unit>,
    lines: HashMap<String, u32>,
    taken: HashMap<Uuid, u32>,
}

/// What identifies a row of the list; an actor's commune tells it from its namesakes of the same file.
fn identity(list: &List, unit: &Unit) -> String {
    let part = |key: &&str| match unit.fields.get(*key) {
        Some(Value::Text(text)) => same(text),
        _ => String::new(),
    };
    list.identity.iter().map(part).collect::<Vec<_>>().join("|")
}

impl<'a> Known<'a> {
    pub(super) fn of(list: &List, content: &'a Content) -> Self {
        let mut known = Self { by_identity: HashMap::new(), by_siret: HashMap::new(), by_ref: HashMap::new(), lines: HashMap::new(), taken: HashMap::new() };
        for unit in list.units(content) {
            known.by_identity.entry(identity(list, unit)).or_default().push(unit);
            known.by_ref.entry(same(&unit.reference())).or_insert(unit);
            if !unit.text("siret").is_empty() {
                known.by_siret.entry(unit.text("siret")).or_insert(unit);
            }
        }
        known
    }

    /// The row that a line speaks of.
    pub(super) fn find(&mut self, list: &List, line: &Unit, no: u32) -> Found<'a> {
        if let Some(no) = Self::marks(list, line).iter().find_map(|mark| self.lines.get(mark)) {
            return Found::Twice(*no);
        }
        let siret = line.text("siret");
        let by_ref = self.by_ref.get(&same(line.text("ref")));
        let found = match by_ref.or_else(|| self.by_siret.get(siret).filter(|_| Siret::read(siret).is_ok())) {
            Some(unit) => vec![*unit],
            None => self.namesakes(list, line),
        };
        match found.as_slice() {
            [] => Found::None,
            [one] => match self.taken.insert(one.row, no) {
                None => Found::One(one),
                Some(other) => Found::Twice(other),
            },
            _ => Found::Several,
        }
    }

    /// Rows of the same name: another reference is another row, another SIRET another establishment, and among several the
    /// commune decides.
    fn namesakes(&self, list: &List, line: &Unit) -> Vec<&'a Unit> {
        let siret = line.text("siret");
        let mut found = self.by_identity.get(&identity(list, line)).cloned().unwrap_or_default();
        found.retain(|unit| siret.is_empty() || unit.text("siret").is_empty() || unit.text("siret") == siret);
        found.retain(|unit| line.text("ref").is_empty() || unit.text("ref").is_empty());
        if found.len() > 1 && line.has("commune") {
            found.retain(|unit| unit.text("commune") == line.text("commune"));
        }
        found
    }

    /// What a line leaves behind, for the next ones to be told from it.
    fn marks(list: &List, line: &Unit) -> Vec<String> {
        let siret = line.text("siret");
        if !line.text("ref").is_empty() {
            return vec![format!("ref {}", same(line.text("ref")))];
        }
        if siret.is_empty() { vec![format!("{}|{}", identity(list, line), line.text("commune"))] } else { vec![format!("siret {siret}")] }
    }

    /// Remembers a line that was not refused.
    pub(super) fn took(&mut self, list: &List, line: &Unit, no: u32) {
        for mark in Self::marks(list, line) {
            self.lines.insert(mark, no);
        }
    }
}

/// Why a line that several rows answer to is refused.
pub(super) fn several(list: &List) -> &'static str {
    match list.rows.kind {
        "stakeholder" => "Plusieurs acteurs du dossier portent ce nom. Remplir la colonne SIRET ou la colonne Commune.",
        _ => "Plusieurs lignes du dossier répondent à celle-ci. La modifier sur sa page.",
    }
}
