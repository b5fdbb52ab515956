//! The effective tables: those shipped, with the last change of each entry.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use trame_synergies::nomenclature::{Activities, Nomenclature, ReadError, Table, WasteList};

use super::lists::{self, Record, key};
use crate::framework::adopted::Adopted;

/// The last change of each changed entry; none for one withdrawn.
pub type Latest = BTreeMap<(Table, String), Option<Record>>;

/// The tables that everybody reads now. Without any change they are those of the program, and cost nothing more.
#[derive(Debug, Default)]
pub struct Tables {
    version: i64,
    changed: usize,
    nomenclature: Option<Arc<Nomenclature>>,
    activities: Option<Arc<Activities>>,
    fault: Option<String>,
    latest: Latest,
}

impl Tables {
    /// The tables with those changes. Reads them: not on a thread that serves requests.
    ///
    /// # Errors
    /// The first entry that cannot be read among the others.
    pub fn of(version: i64, latest: Latest) -> Result<Self, ReadError> {
        let has = |tables: &[Table]| latest.keys().any(|(table, _)| tables.contains(table));
        let text = |table: Table| table.write(&merged(table, &latest));
        let nomenclature = if has(&[Table::Types, Table::Rules, Table::Waste]) {
            let waste = if has(&[Table::Waste]) { Arc::new(WasteList::read(&text(Table::Waste))?) } else { Arc::clone(WasteList::shipped()) };
            Some(Arc::new(Nomenclature::with(&text(Table::Types), &text(Table::Rules), waste)?))
        } else {
            None
        };
        let activities = if has(&[Table::Activities]) { Some(Arc::new(Activities::read(&text(Table::Activities))?)) } else { None };
        Ok(Self { version, changed: latest.len(), nomenclature, activities, fault: None, latest })
    }

    /// The tables with those changes; those shipped, with the reason, when a newer program ships entries that no longer go
    /// with them.
    pub fn or_shipped(version: i64, latest: &Latest) -> Self {
        let changed = latest.len();
        match Self::of(version, latest.clone()) {
            Ok(tables) => tables,
            Err(fault) => Self { version, changed, fault: Some(told(&fault, latest).1), ..Self::default() },
        }
    }

    /// Reads what is read once, so that nobody waits for it later.
    pub fn warm(&self) {
        let _ = (self.nomenclature(), self.activities());
    }

    /// Types, rules and waste list, for the engine.
    pub fn nomenclature(&self) -> &Nomenclature {
        self.nomenclature.as_deref().unwrap_or_else(|| Nomenclature::shipped())
    }

    /// The same, for whoever keeps what was computed with it.
    pub fn engine(&self) -> Arc<Nomenclature> {
        self.nomenclature.clone().unwrap_or_else(Nomenclature::shared)
    }

    /// Activities.
    pub fn activities(&self) -> &Activities {
        self.activities.as_deref().unwrap_or_else(|| Activities::shipped())
    }

    /// Those that experts changed, for what is typed to be read with.
    pub fn adopted(&self) -> Adopted {
        Adopted { nomenclature: self.nomenclature.clone(), activities: self.activities.clone() }
    }

    /// Waste list.
    pub fn waste(&self) -> &WasteList {
        self.nomenclature().waste_codes()
    }

    /// Grows at each change; zero without any.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Entries that differ from those shipped, or that are added or withdrawn.
    pub fn changed(&self) -> usize {
        self.changed
    }

    /// Why the changes are not applied, when they are not.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Every entry of a table, as its file would hold it.
    pub fn records(&self, table: Table) -> Vec<Record> {
        merged(table, &self.latest)
    }

    /// The file of a table.
    pub fn file(&self, table: Table) -> String {
        if self.latest.keys().any(|(changed, _)| *changed == table) { table.write(&self.records(table)) } else { table.shipped().to_owned() }
    }
}

/// Entries shipped.
pub fn shipped(table: Table) -> Vec<Record> {
    // The tests of the engine prove that these read.
    table.records(table.shipped()).unwrap_or_default()
}

/// Entries of a table: those shipped as they were changed, then those added. A family stands before the types that name it.
pub fn merged(table: Table, latest: &Latest) -> Vec<Record> {
    let mut records = Vec::new();
    let mut known = HashSet::new();
    for record in shipped(table) {
        let name = (table, key(table, &record));
        match latest.get(&name) {
            None => records.push(record),
            Some(changed) => records.extend(changed.clone()),
        }
        known.insert(name);
    }
    let added = latest.iter().filter(|(name, _)| name.0 == table && !known.contains(name)).filter_map(|(_, record)| record.clone());
    records.extend(added);
    for record in &mut records {
        record.resize(table.columns().len(), String::new());
    }
    match table {
        Table::Types => records.sort_by_key(|record| !lists::cell(table, record, "parent").is_empty()),
        Table::Rules => records.sort_by_key(|record| lists::cell(table, record, "number").parse::<u32>().unwrap_or(u32::MAX)),
        Table::Waste | Table::Activities => {}
    }
    records
}

/// Which entry a fault is about, and a sentence that names it.
pub fn told(fault: &ReadError, latest: &Latest) -> (Option<String>, String) {
    let place = usize::try_from(fault.line).ok().and_then(|line| line.checked_sub(2));
    let entry = place.and_then(|place| merged(fault.table, latest).get(place).map(|record| key(fault.table, record)));
    let sentence = match &entry {
        Some(entry) => format!("{}, {entry}, colonne «\u{a0}{}\u{a0}»\u{a0}: {}.", capital(fault.table), fault.column, fault.reason),
        None => format!("{}\u{a0}: {}.", capital(fault.table), fault.reason),
    };
    (entry, sentence)
}

fn capital(table: Table) -> &'static str {
    lists::List::of(table).title
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(table: Table, name: &str, change: impl Fn(&mut Record)) -> Latest {
        let mut record = shipped(table).into_iter().find(|record| key(table, record) == name).expect("shipped");
        change(&mut record);
        Latest::from([((table, name.to_owned()), Some(record))])
    }

    #[test]
    fn without_changes_nothing_is_copied() {
        let tables = Tables::default();
        assert!(std::ptr::eq(tables.nomenclature(), Nomenclature::shipped()) && std::ptr::eq(tables.activities(), Activities::shipped()));
        assert_eq!((tables.version(), tables.file(Table::Rules)), (0, Table::Rules.shipped().to_owned()));
    }

    #[test]
    fn a_change_is_in_the_tables_and_in_their_file() {
        let latest = changed(Table::Types, "palettes", |record| record[14].push_str("|plateau de manutention"));
        let tables = Tables::of(7, latest).expect("readable");
        let kind = tables.nomenclature().find("palettes").expect("held");
        assert!(tables.nomenclature().get(kind).synonyms.contains(&"plateau de manutention".to_owned()));
        assert!(tables.file(Table::Types).contains("plateau de manutention"));
        assert!(std::ptr::eq(tables.activities(), Activities::shipped()));
    }

    #[test]
    fn a_family_added_stands_before_its_types() {
        let mut latest = changed(Table::Types, "palettes", |record| record[1] = "neuve".to_owned());
        let mut family = shipped(Table::Types)[0].clone();
        family[0] = "neuve".to_owned();
        latest.insert((Table::Types, "neuve".to_owned()), Some(family));
        assert!(Tables::of(1, latest).is_ok());
    }

    #[test]
    fn what_no_longer_reads_is_told_and_leaves_the_shipped_tables() {
        let latest = Latest::from([((Table::Types, "palettes".to_owned()), None)]);
        let tables = Tables::or_shipped(3, &latest);
        let fault = tables.fault().expect("rules name palettes");
        assert!(fault.starts_with("Règles de substitution, ") && fault.contains("« palettes » n’est pas un type connu"), "{fault}");
        assert!(std::ptr::eq(tables.nomenclature(), Nomenclature::shipped()));
    }
}
