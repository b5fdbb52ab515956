//! What a spreadsheet may hold: four kinds of rows, their columns drawn from the framework's own fields, and their cells as text.

use super::contract;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::standing::{places, rows_of, section_address};
use crate::framework::{Choice, Field, Kind, Rows, flow_type};
use crate::kit::french::fold;
use crate::kit::territory;
use crate::kit::values::Cents;

/// A list that is imported and exported.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// Its rows.
    pub rows: &'static Rows,
    /// Its name in addresses and file names: `acteurs`.
    pub slug: &'static str,
    /// Fields that say which row a line speaks of.
    pub identity: &'static [&'static str],
    /// How a line finds its row, said on the page.
    pub matching: &'static str,
}

const LISTS: [(&str, &str, &[&str], &str); 4] = [
    ("stakeholder", "acteurs", &["name"], "Un acteur se reconnaît à sa référence ou à son SIRET, sinon à son nom."),
    ("flow", "flux", &["actor", "direction", "label"], "Un flux se reconnaît à sa référence, sinon à son acteur, son sens et sa désignation."),
    ("budget_line", "budget", &["horizon", "side", "label"], "Une ligne de budget se reconnaît à son horizon, son sens et son intitulé."),
    ("perimeter_commune", "communes", &["commune"], "Une commune se reconnaît à son nom ou à son code INSEE."),
];

/// The lists, in the order of the page.
pub fn lists() -> impl Iterator<Item = List> {
    LISTS.iter().filter_map(|(kind, slug, identity, matching)| Some(List { rows: rows_of(kind)?, slug, identity, matching }))
}

/// The list of that name in an address.
pub fn of_slug(slug: &str) -> Option<List> {
    lists().find(|list| list.slug == slug)
}

/// The list of that kind of rows.
pub fn of_kind(kind: &str) -> Option<List> {
    lists().find(|list| list.rows.kind == kind)
}

impl List {
    /// Where the list is read and written, after `/dossiers/{id}`.
    pub fn address(&self) -> String {
        let section = || places().find(|place| place.item.tables.iter().any(|table| table.kind == self.rows.kind));
        match self.rows.path {
            Some(path) => format!("/{path}"),
            None => section().map(|place| format!("{}#{}", section_address(place.deliverable, place.section), self.rows.kind)).unwrap_or_default(),
        }
    }

    /// Rows of the list, in their order.
    pub fn units<'a>(&self, content: &'a Content) -> impl Iterator<Item = &'a Unit> + 'a {
        content.children(self.rows.kind, None)
    }

    /// The field of a column's head, by label or key, whatever its case, accents and punctuation.
    pub fn column(&self, head: &str) -> Option<&'static Field> {
        let head = squash(head);
        let known = contract::field_of(&head);
        self.rows.fields().find(|field| squash(field.label) == head || squash(field.key) == head || known == Some(field.key))
    }

    /// Kinds of rows that the list's fields point at, its own included.
    pub fn kinds(&self) -> Vec<&'static str> {
        let pointed = self.rows.fields().filter_map(|field| if let Kind::Row(kind) = field.kind { Some(kind) } else { None });
        std::iter::once(self.rows.kind).chain(pointed).collect()
    }
}

/// Letters and digits of a text, lower case, without accents, one space between words: what heads and choices compare.
pub fn squash(text: &str) -> String {
    let plain: String = fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name as compared with another: case, accents and repeated spaces do not count.
pub fn same(name: &str) -> String {
    fold(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Months, as written in a cell.
pub const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

/// A field as a cell's text, which [`super::cells::typed`] reads back.
pub fn text(field: &Field, unit: &Unit, content: &Content) -> String {
    if let Some(raw) = unit.raw.get(field.key) {
        return raw.clone();
    }
    if field.key == "ref" {
        return unit.reference();
    }
    match (field.kind, unit.fields.get(field.key)) {
        (Kind::Flag, value) => if value == Some(&Value::Flag(true)) { "oui" } else { "non" }.to_owned(),
        (Kind::Money, Some(Value::Whole(cents))) => Cents::new(*cents).input(),
        (Kind::Decimal(..) | Kind::Signed(..), Some(Value::Text(number))) => number.replace('.', ","),
        (Kind::Choice(choices), Some(Value::Text(key))) => label(choices, key),
        (Kind::Choices(choices), Some(Value::Many(keys))) => keys.iter().map(|key| label(choices, key)).collect::<Vec<_>>().join("; "),
        (Kind::Months, Some(Value::Many(months))) => months_text(months),
        (Kind::Row(kind), Some(Value::Text(row))) => {
            row.parse().ok().and_then(|row| content.row(kind, row)).map_or_else(String::new, |unit| name(unit, content))
        }
        (Kind::Commune, Some(Value::Text(code))) => commune(code),
        (Kind::FlowType, Some(Value::Text(code))) => flow_type::label(code),
        (_, Some(Value::Text(text))) => text.clone(),
        (_, Some(Value::Whole(number))) => number.to_string(),
        (_, Some(Value::Many(many))) => many.join("; "),
        (_, Some(Value::Flag(_)) | None) => String::new(),
    }
}

fn label(choices: &[Choice], key: &str) -> String {
    choices.iter().find(|choice| choice.key == key).map_or_else(|| key.to_owned(), |choice| choice.label.to_owned())
}

fn months_text(months: &[String]) -> String {
    let names: Vec<&str> = months.iter().filter_map(|month| MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)).copied().collect();
    if names.len() == MONTHS.len() { "toute l’année".to_owned() } else { names.join(", ") }
}

/// "Cognac (16)", or the code when several communes answer to that.
fn commune(code: &str) -> String {
    let label = territory::label(code);
    if territory::read(&label).is_ok_and(|found| found.code == code) { label } else { code.to_owned() }
}

/// A row's name when it is the only one of that name; its SIRET, or its own id, otherwise.
fn name(unit: &Unit, content: &Content) -> String {
    let own = crate::project::draw::row_name(unit);
    let is_lone = content.rows(&unit.kind).filter(|other| same(&crate::project::draw::row_name(other)) == same(&own)).count() == 1;
    match unit.text("siret") {
        _ if is_lone => own,
        "" => unit.row.to_string(),
        siret => siret.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_finds_its_rows_and_its_columns() {
        assert_eq!(lists().count(), LISTS.len());
        for list in lists() {
            assert!(list.address().starts_with('/'), "{}", list.slug);
            for field in list.rows.fields() {
                assert_eq!(list.column(field.label).map(|found| found.key), Some(field.key), "{} is said by two columns", field.label);
                assert_eq!(list.column(&field.key.to_uppercase()).map(|found| found.key), Some(field.key));
            }
            assert!(list.identity.iter().all(|key| list.rows.field(key).is_some()));
        }
    }

    #[test]
    fn heads_are_known_without_accents_case_nor_punctuation() {
        let list = of_slug("acteurs").expect("actors");
        for head in ["Code d’activité (NAF)", "code d'activite NAF", " CODE D ACTIVITÉ : (naf) ", "naf"] {
            assert_eq!(list.column(head).map(|field| field.key), Some("naf"), "{head}");
        }
        assert!(list.column("Téléphone").is_none());
    }
}
