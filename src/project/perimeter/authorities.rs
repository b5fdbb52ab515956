//! Authorities concerned by the perimeter and their powers (R32): those that the data propose, and the matrix typed.

use std::collections::BTreeSet;

use super::figures;
use crate::framework::content::{Content, Unit};
use crate::framework::standing::rows_of;
use crate::framework::{Field, Kind};
use crate::kit::french::{count, fold, list};
use crate::kit::territory::{department_name, region_name};

/// Authorities of the perimeter that the table does not name yet: EPCI, then départements, then régions.
pub fn proposed(content: &Content) -> Vec<String> {
    let typed: Vec<String> = content.rows("territory").map(|row| fold(row.text("authority"))).collect();
    let communes = figures::communes(content);
    let mut names: Vec<String> = figures::Figures::of(content).coverage.iter().map(|coverage| coverage.epci.name.to_owned()).collect();
    names.retain(|name| !typed.iter().any(|held| names_epci(held, name)));
    let departments: BTreeSet<&str> = communes.iter().map(|commune| department_name(commune.department)).collect();
    let regions: BTreeSet<&str> = communes.iter().map(|commune| region_name(commune.region)).collect();
    let is_typed = |name: &str, words: &[&str]| typed.iter().any(|held| words.iter().any(|word| held.contains(word)) && held.ends_with(&fold(name)));
    let new = departments.into_iter().filter(|name| !is_typed(name, &["depart", "conseil general"]));
    names.extend(new.map(|name| format!("Conseil départemental, {name}")));
    names.extend(regions.into_iter().filter(|name| !is_typed(name, &["region"])).map(|name| format!("Conseil régional, {name}")));
    names
}

/// Does a typed name mean that EPCI? It holds every word of the official name but those that tell its kind.
fn names_epci(typed: &str, official: &str) -> bool {
    let official = fold(official);
    let words = official.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2 && !matches!(*word, "les" | "des" | "communaute"));
    let mut all = words.peekable();
    all.peek().is_some() && all.all(|word| typed.split(|c: char| !c.is_alphanumeric()).any(|held| held == word))
}

/// The sentence beside question 4.
pub fn beside(content: &Content) -> String {
    let proposed = proposed(content);
    if proposed.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = proposed.iter().take(4).map(String::as_str).collect();
    let rest = proposed.len() - shown.len();
    let names = if rest == 0 { list(&shown) } else { format!("{} et {}", shown.join("\u{202f}; "), count(rest, "autre", "autres")) };
    format!("D’après les communes du périmètre, le tableau ne cite pas encore\u{a0}: {names}.")
}

/// The matrix: one row for each authority, one column for each power.
#[derive(Debug, Default)]
pub struct Matrix {
    /// Powers.
    pub powers: Vec<&'static str>,
    /// Authorities.
    pub rows: Vec<MatrixRow>,
}

/// A row of the matrix.
#[derive(Debug)]
pub struct MatrixRow {
    /// Authority.
    pub name: String,
    /// Class and word for each power; both empty when nothing is said.
    pub cells: Vec<(&'static str, &'static str)>,
    /// What was typed beside.
    pub text: String,
}

impl Matrix {
    /// Of the table typed.
    pub fn of(content: &Content) -> Self {
        let Some(table) = rows_of("territory") else { return Self::default() };
        let fields: Vec<&'static Field> = table.fields().filter(|field| matches!(field.kind, Kind::Choice(_))).collect();
        let rows = content.rows("territory").filter(|row| !row.is_blank()).map(|row| MatrixRow {
            name: row.text("authority").to_owned(),
            cells: fields.iter().map(|field| cell(field, row)).collect(),
            text: row.text("powers").to_owned(),
        });
        Self { powers: fields.iter().map(|field| field.label).collect(), rows: rows.collect() }
    }
}

fn cell(field: &Field, row: &Unit) -> (&'static str, &'static str) {
    let key = row.text(field.key);
    let Kind::Choice(choices) = field.kind else { return ("", "") };
    choices.iter().find(|choice| choice.key == key).map_or(("", ""), |choice| (choice.key, choice.label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::Value;
    use uuid::Uuid;

    fn content(typed: &[&str]) -> Content {
        let mut content = Content::default();
        let mut add = |kind: &str, key: &str, value: &str| {
            let mut unit = Unit::blank(kind, Uuid::now_v7(), None);
            unit.fields.insert(key.to_owned(), Value::Text(value.to_owned()));
            content.units.push(unit);
        };
        add("perimeter_commune", "commune", "16102");
        add("perimeter_commune", "commune", "17415");
        for name in typed {
            add("territory", "authority", name);
        }
        content
    }

    #[test]
    fn the_data_propose_the_authorities_not_typed_yet() {
        assert_eq!(
            proposed(&content(&[])),
            [
                "CA \"Saintes - Grandes Rives - L'Agglo\"",
                "CA du Grand Cognac",
                "Conseil départemental, Charente",
                "Conseil départemental, Charente-Maritime",
                "Conseil régional, Nouvelle-Aquitaine"
            ]
        );
        let typed = [
            "Communauté d’agglomération du Grand Cognac",
            "Saintes Grandes Rives, l’Agglo",
            "Département de la Charente-Maritime",
            "Région Nouvelle-Aquitaine",
        ];
        assert_eq!(proposed(&content(&typed)), ["Conseil départemental, Charente"]);
        assert_eq!(proposed(&Content::default()), Vec::<String>::new());
    }

    #[test]
    fn a_table_typed_before_the_columns_existed_stays_whole() {
        let mut content = content(&["Syndicat des eaux"]);
        if let Some(unit) = content.units.last_mut() {
            unit.fields.insert("powers".to_owned(), Value::Text("Eau potable".to_owned()));
            unit.fields.insert("water".to_owned(), Value::Text("exercises".to_owned()));
        }
        let matrix = Matrix::of(&content);
        assert_eq!(matrix.powers.len(), 7);
        assert_eq!((matrix.rows[0].name.as_str(), matrix.rows[0].text.as_str()), ("Syndicat des eaux", "Eau potable"));
        assert_eq!(matrix.rows[0].cells[2], ("exercises", "exerce"));
        assert_eq!(matrix.rows[0].cells[0], ("", ""));
    }
}
