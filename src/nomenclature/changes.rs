//! Changing entries: all of an act or nothing, and only if every table still reads.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;
use trame_synergies::nomenclature::Table;

use super::lists::{List, Record, cell, key};
use super::store::{self, Act};
use super::tables::{Latest, Tables, merged, told};
use crate::journal;

/// What an entry becomes: another record, or nothing.
pub type Change = ((Table, String), Option<Record>);

/// Why changes are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The entry it is about, when it is known.
    pub entry: Option<(Table, String)>,
    /// Column.
    pub column: &'static str,
    /// What is wrong with the column.
    pub reason: String,
    /// The same, with the list and the entry.
    pub sentence: String,
}

/// Reads the tables as they would become.
///
/// # Errors
/// The first entry that cannot be read among the others.
pub async fn check(latest: Latest, changes: Vec<Change>) -> anyhow::Result<Result<(), Fault>> {
    let work = move || {
        let mut latest = latest;
        latest.extend(changes);
        Tables::of(0, latest.clone()).map(|_| ()).map_err(|fault| {
            let (entry, sentence) = told(&fault, &latest);
            Fault { entry: entry.map(|entry| (fault.table, entry)), column: fault.column, reason: fault.reason, sentence }
        })
    };
    Ok(tokio::task::spawn_blocking(work).await?)
}

/// Writes changes that were checked, in the act's transaction and under the lock.
pub async fn write(conn: &mut PgConnection, changes: &[Change], act: &Act<'_>) -> sqlx::Result<()> {
    for ((table, key), record) in changes {
        store::append(conn, List::of(*table), (key, record.as_ref()), act).await?;
    }
    let lists: BTreeSet<&str> = changes.iter().map(|((table, _), _)| List::of(*table).stored).collect();
    let lists: Vec<&str> = lists.into_iter().collect();
    journal::record_account(conn, act.account, "nomenclature_changed", &format!("{} {}", lists.join(" "), changes.len()), act.at).await
}

/// What a file would change of its list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Entries that the list does not hold.
    pub added: Vec<Record>,
    /// Entries before and after.
    pub changed: Vec<(Record, Record)>,
    /// Entries that the file does not hold.
    pub withdrawn: Vec<Record>,
}

impl Plan {
    /// Nothing would change.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.withdrawn.is_empty()
    }

    /// As changes of that table.
    pub fn changes(&self, table: Table) -> Vec<Change> {
        let written = self.added.iter().chain(self.changed.iter().map(|(_, after)| after));
        let written = written.map(|record| ((table, key(table, record)), Some(record.clone())));
        written.chain(self.withdrawn.iter().map(|record| ((table, key(table, record)), None))).collect()
    }
}

/// Longest cell of a file, in characters.
const LONGEST: usize = 8_000;

/// Compares a whole file with its list. A file of activities speaks for the versions that it holds.
///
/// # Errors
/// A sentence with the line and the reason.
pub fn plan(table: Table, file: &str, latest: &Latest) -> Result<Plan, String> {
    let records = table.records(file).map_err(|fault| fault.to_string())?;
    let mut given: BTreeMap<String, Record> = BTreeMap::new();
    for (record, line) in records.into_iter().zip(2_u64..) {
        if let Some(odd) = record.iter().find(|cell| cell.contains(char::is_control) || cell.chars().count() > LONGEST) {
            let start: String = odd.chars().filter(|c| !c.is_control()).take(40).collect();
            return Err(format!("{table}, ligne {line} : «\u{a0}{start}\u{a0}» est trop long, ou tient sur plusieurs lignes"));
        }
        let name = key(table, &record);
        if name.is_empty() || name.len() > 80 {
            return Err(format!("{table}, ligne {line} : il manque un code de 80 caractères au plus"));
        }
        if given.insert(name.clone(), record).is_some() {
            return Err(format!("{table}, ligne {line} : «\u{a0}{name}\u{a0}» est déjà plus haut dans le fichier"));
        }
    }
    let versions: BTreeSet<String> = given.values().map(|record| cell(table, record, "version").to_owned()).collect();
    let mut plan = Plan::default();
    for held in merged(table, latest).into_iter().filter(|held| versions.contains(cell(table, held, "version"))) {
        match given.remove(&key(table, &held)) {
            None => plan.withdrawn.push(held),
            Some(same) if same == held => {}
            Some(after) => plan.changed.push((held, after)),
        }
    }
    plan.added = given.into_values().collect();
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_it_adds_changes_and_withdraws() {
        let shipped = Table::Rules.shipped();
        assert_eq!(plan(Table::Rules, shipped, &Latest::new()).map(|plan| plan.is_empty()), Ok(true));
        let mut lines: Vec<String> = shipped.lines().map(str::to_owned).collect();
        lines[1] = lines[1].replace("0.92", "0.91");
        lines.remove(2);
        lines.push("20000,palettes,biodechets,0.50,none,,À voir.,2026-12-01,essai".to_owned());
        let plan = plan(Table::Rules, &lines.join("\n"), &Latest::new()).expect("read");
        assert_eq!((plan.added.len(), plan.changed.len(), plan.withdrawn.len()), (1, 1, 1));
        assert_eq!((plan.withdrawn[0][0].as_str(), plan.changed[0].1[3].as_str()), ("2", "0.91"));
        assert_eq!(plan.changes(Table::Rules).len(), 3);
    }

    #[test]
    fn a_file_of_activities_speaks_for_its_versions() {
        let plan = plan(Table::Activities, "version,code,section,label\n2025,A,,Terre\n2025,01.11Z,,Céréales\n", &Latest::new()).expect("read");
        assert_eq!((plan.added.len(), plan.changed.len(), plan.withdrawn.len()), (2, 0, 0));
    }

    #[test]
    fn a_line_twice_is_refused_with_its_number() {
        let told = plan(Table::Activities, "version,code,section,label\n2025,A,,Terre\n2025,A,,Mer\n", &Latest::new()).unwrap_err();
        assert_eq!(told.replace('\u{a0}', " "), "activités, ligne 3 : « 2025:A » est déjà plus haut dans le fichier");
    }
}
