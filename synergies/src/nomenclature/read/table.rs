//! The four tables as files: their columns, their text as shipped, their records.

use std::fmt;

use super::{RULE_COLUMNS, ReadError, Row, TYPE_COLUMNS};
use crate::nomenclature::waste;

/// A table of the nomenclatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Flow types and their families.
    Types,
    /// Substitution rules.
    Rules,
    /// European waste list.
    Waste,
    /// Activities.
    Activities,
}

const ACTIVITY_COLUMNS: [&str; 4] = ["version", "code", "section", "label"];

impl Table {
    /// Every table, in the order in which they are read.
    pub const ALL: [Self; 4] = [Self::Waste, Self::Types, Self::Rules, Self::Activities];

    /// Names of its columns, in order.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Types => &TYPE_COLUMNS,
            Self::Rules => &RULE_COLUMNS,
            Self::Waste => &waste::COLUMNS,
            Self::Activities => &ACTIVITY_COLUMNS,
        }
    }

    /// Place of a column.
    pub fn place(self, column: &str) -> Option<usize> {
        self.columns().iter().position(|name| *name == column)
    }

    /// The file shipped with the program.
    pub const fn shipped(self) -> &'static str {
        match self {
            Self::Types => include_str!("../../../../data/flow-types.csv"),
            Self::Rules => include_str!("../../../../data/substitution-rules.csv"),
            Self::Waste => include_str!("../../../../data/waste-list.csv"),
            Self::Activities => include_str!("../../../../data/activities.csv"),
        }
    }

    /// The records of a file whose first line names these columns, in this order; spaces around a cell are nothing.
    pub fn records(self, text: &str) -> Result<Vec<Vec<String>>, ReadError> {
        Ok(self.rows(text)?.iter().map(|row| row.values.iter().map(|cell| cell.trim().to_owned()).collect()).collect())
    }

    /// The file of those records.
    pub fn write(self, records: &[Vec<String>]) -> String {
        let mut file = String::new();
        let columns: Vec<String> = self.columns().iter().map(|name| (*name).to_owned()).collect();
        for record in std::iter::once(&columns).chain(records) {
            for (place, cell) in record.iter().enumerate() {
                if place > 0 {
                    file.push(',');
                }
                if cell.contains([',', '"', '\n', '\r']) {
                    file.push('"');
                    file.push_str(&cell.replace('"', "\"\""));
                    file.push('"');
                } else {
                    file.push_str(cell);
                }
            }
            file.push('\n');
        }
        file
    }

    /// The lines of a file whose first line names these columns, in this order.
    pub(in crate::nomenclature) fn rows(self, text: &str) -> Result<Vec<Row>, ReadError> {
        let columns = self.columns();
        let fault = |line, reason| ReadError { table: self, line, column: columns[0], reason };
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().map_err(|error| fault(1, format!("fichier illisible ({error})")))?;
        if !header.iter().map(str::trim).eq(columns.iter().copied()) {
            return Err(fault(1, format!("colonnes attendues : {}", columns.join(","))));
        }
        let read = reader.records().map(|record| match record {
            Ok(values) => Ok(Row { table: self, line: values.position().map_or(0, csv::Position::line), values }),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                Err(fault(line, format!("la ligne n’a pas {} colonnes ou n’est pas en UTF-8", columns.len())))
            }
        });
        read.collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Types => "types de flux",
            Self::Rules => "règles de substitution",
            Self::Waste => "liste des déchets",
            Self::Activities => "activités",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        for table in Table::ALL {
            let records = table.records(table.shipped()).expect("shipped");
            assert_eq!(table.records(&table.write(&records)).expect("written"), records, "{table}");
        }
    }
}
