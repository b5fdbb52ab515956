//! Values as people read them, and the names of rows.

use uuid::Uuid;

use super::Pen;
use super::views::Answer;
use crate::framework::content::{Unit, Value};
use crate::framework::{Choice, Field, Kind, Rows, flow_type};
use crate::kit::french::{decimal, euros};
use crate::kit::values::Cents;
use crate::kit::{moment, territory};

impl Pen<'_> {
    pub(super) fn answer(&self, field: &'static Field, unit: &Unit) -> Option<Answer> {
        let text = self.shown(field, unit);
        if text.is_empty() {
            return None;
        }
        let is_said = matches!(field.kind, Kind::Text);
        Some(Answer { label: field.label, text, is_said })
    }

    /// A field as people read it.
    pub fn shown(&self, field: &Field, unit: &Unit) -> String {
        if let Some(raw) = unit.raw.get(field.key) {
            return raw.clone();
        }
        let label_of = |choices: &'static [Choice], key: &str| choices.iter().find(|choice| choice.key == key).map_or("", |choice| choice.label);
        match (field.kind, unit.fields.get(field.key)) {
            (_, None) => String::new(),
            (Kind::Money, Some(Value::Whole(cents))) => euros(Cents::new(*cents)),
            (_, Some(Value::Whole(number))) => crate::kit::french::thousands(*number),
            (_, Some(Value::Flag(_))) => "oui".to_owned(),
            (Kind::Choice(choices), Some(Value::Text(key))) => label_of(choices, key).to_owned(),
            (Kind::Choices(choices), Some(Value::Many(keys))) => keys.iter().map(|key| label_of(choices, key)).collect::<Vec<_>>().join("\u{202f}; "),
            (Kind::Months, Some(Value::Many(months))) => months_text(months),
            (Kind::RowsOf(kind), Some(Value::Many(rows))) => rows.iter().filter_map(|row| self.name_of(kind, row)).collect::<Vec<_>>().join("\u{202f}; "),
            (Kind::Row(kind), Some(Value::Text(row))) => self.name_of(kind, row).unwrap_or_default(),
            (Kind::Commune, Some(Value::Text(code))) => territory::label(code),
            (Kind::Day, Some(Value::Text(day))) => moment::read_date(day).map_or_else(|_| day.clone(), moment::day),
            (Kind::Decimal(..), Some(Value::Text(number))) => decimal(number, 3),
            (Kind::Signed(places, ..), Some(Value::Text(number))) => decimal(number, usize::from(places)),
            (Kind::FlowType, Some(Value::Text(code))) => flow_type::label(code),
            (_, Some(Value::Text(text))) => text.clone(),
            (_, Some(Value::Many(many))) => many.join(", "),
        }
    }

    fn name_of(&self, kind: &str, row: &str) -> Option<String> {
        self.content.row(kind, Uuid::try_parse(row).ok()?).map(row_name)
    }

    /// Name of a row: a commitment bears its stakeholder's.
    pub fn name(&self, unit: &Unit) -> String {
        let holder = unit.row_of("stakeholder").and_then(|row| self.content.row("stakeholder", row));
        holder.map_or_else(|| row_name(unit), row_name)
    }

    /// One line about a row, in lists.
    pub fn detail(&self, rows: &Rows, unit: &Unit) -> String {
        let keys: &[&str] = match rows.kind {
            "stakeholder" => &["kind", "commune", "role"],
            "flow" => &["actor", "direction", "domain", "quantity", "unit"],
            "synergy" => &["kind", "status", "emitter", "receiver"],
            "action" => &["theme", "progress"],
            "commitment" => &["kind", "signatory", "signed_on"],
            _ => &[],
        };
        let shown: Vec<String> = keys.iter().filter_map(|key| rows.field(key)).map(|field| self.shown(field, unit)).filter(|text| !text.is_empty()).collect();
        shown.join(" · ")
    }
}

/// Name of a row in lists and choices.
pub fn row_name(unit: &Unit) -> String {
    for key in ["name", "label", "title", "signatory"] {
        if !unit.text(key).is_empty() {
            return unit.text(key).to_owned();
        }
    }
    "(sans nom)".to_owned()
}

/// Months of the year, in order.
pub(super) const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

/// "toute l’année", "octobre à mars, juin": three months in a row, or more, are said by the first and the last.
pub fn months_text(months: &[String]) -> String {
    let held: Vec<bool> = (1..=12).map(|month| months.iter().any(|one| one.parse() == Ok(month))).collect();
    let starts = (0..12).filter(|month| held[*month] && !held[(month + 11) % 12]);
    let runs = starts.map(|start| (start, (0..12).take_while(|step| held[(start + step) % 12]).count()));
    let said: Vec<String> = runs
        .flat_map(|(start, length)| {
            let name = |step: usize| MONTHS[(start + step) % 12].to_owned();
            if length < 3 { (0..length).map(name).collect() } else { vec![format!("{} à {}", name(0), name(length - 1))] }
        })
        .collect();
    if held.iter().all(|is_held| *is_held) { "toute l’année".to_owned() } else { said.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_in_a_row_are_said_by_the_first_and_the_last() {
        let text = |months: &str| months_text(&months.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(text("1 2 3 4 5 6 7 8 9 10 11 12"), "toute l’année");
        assert_eq!(text("10 11 12 1 2 3 6"), "juin, octobre à mars");
        assert_eq!(text("1 2 5"), "janvier, février, mai");
        assert_eq!(text(""), "");
    }
}
