//! The four lists as the application names them, and what names an entry in each.

use trame_synergies::nomenclature::{NafVersion, Table};

/// An entry, one text a column of its file.
pub type Record = Vec<String>;

/// Expert's rules are numbered from there, so that a rule shipped later never takes the number of one.
const OWN_RULES: u16 = 10_001;

/// A list in words and in addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// Table.
    pub table: Table,
    /// As kept in the database.
    pub stored: &'static str,
    /// In addresses, and in the import command.
    pub slug: &'static str,
    /// Title.
    pub title: &'static str,
    /// "un type de flux".
    pub one: &'static str,
    /// "du type de flux".
    pub of_one: &'static str,
}

/// The lists, in reading order.
pub const LISTS: [List; 4] = [
    List { table: Table::Types, stored: "types", slug: "flux", title: "Types de flux", one: "un type de flux", of_one: "du type de flux" },
    List { table: Table::Rules, stored: "rules", slug: "regles", title: "Règles de substitution", one: "une règle", of_one: "de la règle" },
    List { table: Table::Waste, stored: "waste", slug: "dechets", title: "Liste européenne des déchets", one: "une entrée", of_one: "de l’entrée" },
    List { table: Table::Activities, stored: "activities", slug: "activites", title: "Activités (NAF)", one: "une activité", of_one: "de l’activité" },
];

impl List {
    /// The list of a table.
    pub fn of(table: Table) -> &'static Self {
        match table {
            Table::Types => &LISTS[0],
            Table::Rules => &LISTS[1],
            Table::Waste => &LISTS[2],
            Table::Activities => &LISTS[3],
        }
    }

    /// The list of that address.
    pub fn named(slug: &str) -> Option<&'static Self> {
        LISTS.iter().find(|list| list.slug == slug)
    }

    /// The list that the database names so.
    pub fn stored(name: &str) -> Option<&'static Self> {
        LISTS.iter().find(|list| list.stored == name)
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/nomenclatures/{}", self.slug)
    }

    /// Is it one that names its entries by this column?
    pub fn is_key(&self, column: &str) -> bool {
        match self.table {
            Table::Types => column == "code",
            Table::Rules => column == "number",
            Table::Waste => matches!(column, "code" | "level" | "valid_from"),
            Table::Activities => matches!(column, "version" | "code"),
        }
    }
}

/// Cell of a record, by the name of its column.
pub fn cell<'a>(table: Table, record: &'a [String], column: &str) -> &'a str {
    table.place(column).and_then(|place| record.get(place)).map_or("", String::as_str)
}

/// What names an entry: "palettes", "12", "160604@2026-11-09", "10.51C", "2025:10.51C".
pub fn key(table: Table, record: &[String]) -> String {
    let of = |column| cell(table, record, column);
    match table {
        Table::Types => of("code").to_owned(),
        Table::Rules => of("number").to_owned(),
        Table::Waste if of("valid_from").is_empty() => of("code").to_owned(),
        Table::Waste => format!("{}@{}", of("code"), of("valid_from")),
        Table::Activities if of("version") == NafVersion::Rev2.as_str() => of("code").to_owned(),
        Table::Activities => format!("{}:{}", of("version"), of("code")),
    }
}

/// Number of the next rule that an expert adds.
pub fn next_rule(records: &[Record]) -> u16 {
    let highest = records.iter().filter_map(|record| cell(Table::Rules, record, "number").parse::<u16>().ok()).max();
    highest.map_or(OWN_RULES, |number| OWN_RULES.max(number.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[&str]) -> Record {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn an_entry_is_named_by_what_never_changes_of_it() {
        assert_eq!(key(Table::Waste, &record(&["160604", "3", "non", "Piles alcalines", "", "2026-11-08", ""])), "160604");
        assert_eq!(key(Table::Waste, &record(&["160604", "3", "oui", "Piles alcalines", "2026-11-09", "", ""])), "160604@2026-11-09");
        assert_eq!(key(Table::Activities, &record(&["rev2", "10.51C", "", "Fromage"])), "10.51C");
        assert_eq!(key(Table::Activities, &record(&["2025", "10.51C", "", "Fromage"])), "2025:10.51C");
    }

    #[test]
    fn no_two_shipped_entries_have_one_name() {
        for list in LISTS {
            let records = list.table.records(list.table.shipped()).expect("shipped");
            let keys: std::collections::BTreeSet<String> = records.iter().map(|record| key(list.table, record)).collect();
            assert_eq!(keys.len(), records.len(), "{}", list.title);
        }
    }

    #[test]
    fn an_experts_rule_is_numbered_apart() {
        assert_eq!(next_rule(&[record(&["753"])]), 10_001);
        assert_eq!(next_rule(&[record(&["10004"]), record(&["7"])]), 10_005);
    }
}
