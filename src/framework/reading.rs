//! Reading what was typed in a field: a value, nothing, or a French sentence that says what to write.

use trame_synergies::nomenclature::NafVersion;
use uuid::Uuid;

use super::adopted;
use super::content::{Content, Value};
use super::{Choice, Field, Kind};
use crate::kit::territory;
use crate::kit::values::{Cents, Day, Decimal, Naf, Signed, Siret, WasteCode, Whole};
use crate::kit::words::clean;

/// Longest long answer, in characters.
pub const LONGEST_TEXT: usize = 20_000;

/// What a field holds once read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing typed.
    Empty,
    /// Readable.
    Value(Value),
    /// Kept as typed, with the sentence to show.
    Unreadable(String),
}

/// Reads the values posted under a field's name. `content` holds the rows that the field may point at.
pub fn read(field: &Field, typed: &[&str], content: &Content) -> Reading {
    match field.kind {
        Kind::Flag => flag(typed),
        Kind::Choices(choices) => many(typed, |key| choices.iter().any(|choice| choice.key == key)),
        Kind::RowsOf(kind) => many(typed, |key| is_row(content, kind, key)),
        Kind::Months => many(typed, |key| key.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))),
        kind => {
            let text = typed.last().copied().unwrap_or_default();
            match clean(text, LONGEST_TEXT) {
                Ok(text) if text.is_empty() => Reading::Empty,
                Ok(text) => one(kind, text, content),
                Err(sentence) => Reading::Unreadable(sentence.to_string()),
            }
        }
    }
}

/// The message of a value kept raw, read again; nothing when it has become readable.
pub fn complaint(field: &Field, raw: &str, content: &Content) -> Option<String> {
    match read(field, &[raw], content) {
        Reading::Unreadable(sentence) => Some(sentence),
        Reading::Empty | Reading::Value(_) => None,
    }
}

fn flag(typed: &[&str]) -> Reading {
    if typed.iter().any(|value| matches!(*value, "oui" | "on" | "1")) { Reading::Value(Value::Flag(true)) } else { Reading::Empty }
}

fn many(typed: &[&str], is_known: impl Fn(&str) -> bool) -> Reading {
    let mut kept: Vec<String> = Vec::new();
    for value in typed.iter().filter(|value| is_known(value)) {
        if !kept.iter().any(|held| held == value) {
            kept.push((*value).to_owned());
        }
    }
    if kept.is_empty() { Reading::Empty } else { Reading::Value(Value::Many(kept)) }
}

fn is_row(content: &Content, kind: &str, key: &str) -> bool {
    Uuid::try_parse(key).is_ok_and(|row| content.row(kind, row).is_some())
}

fn one(kind: Kind, text: String, content: &Content) -> Reading {
    let read = match kind {
        Kind::Text => Ok(Value::Text(text)),
        Kind::Line(most) => line(&text, usize::from(most)),
        Kind::Whole(most) => Whole::read(&text, 0..=most).map(|number| Value::Whole(number.get())).map_err(|e| e.to_string()),
        Kind::Decimal(decimals, most, example) => {
            Decimal::read(&text, decimals, most, example).map(|number| Value::Text(number.to_string())).map_err(|e| e.to_string())
        }
        Kind::Signed(decimals, (least, most), example) => {
            Signed::read(&text, decimals, least..=most, example).map(|number| Value::Text(number.to_string())).map_err(|e| e.to_string())
        }
        Kind::FlowType => super::flow_type::read(&text).map(Value::Text),
        Kind::Money => Cents::read(&text).map(|cents| Value::Whole(cents.get())).map_err(|e| e.to_string()),
        Kind::Day => Day::read(&text).map(|day| Value::Text(day.to_string())).map_err(|e| e.to_string()),
        Kind::Choice(choices) => choice(&text, choices),
        Kind::Commune => territory::read(&text).map(|commune| Value::Text(commune.code.to_owned())),
        Kind::Row(kind) if is_row(content, kind, &text) => Ok(Value::Text(text)),
        Kind::Row(_) => Err("Cette ligne n’existe plus. Choisir dans la liste.".to_owned()),
        Kind::Naf => activity(&text).map(Value::Text),
        Kind::Siret => Siret::read(&text).map(|code| Value::Text(code.as_str().to_owned())).map_err(|e| e.to_string()),
        Kind::WasteCode => waste_code(&text).map(Value::Text),
        Kind::Flag | Kind::Choices(_) | Kind::RowsOf(_) | Kind::Months => Err(String::new()),
    };
    read.map_or_else(Reading::Unreadable, Reading::Value)
}

/// A code of the lists, of whatever day: figures are kept of what is unreadable. Of NAF 2025 only the form is known, until
/// experts import it.
fn activity(text: &str) -> Result<String, String> {
    let naf = Naf::read(text).map_err(|sentence| sentence.to_string())?;
    let code = naf.code();
    if naf.is_2025() || adopted::has_activity(NafVersion::Rev2, code) {
        return Ok(naf.as_str().to_owned());
    }
    Err(format!(
        "Le code {code} n’est pas dans la NAF rév.\u{a0}2. Le chercher dans les nomenclatures (en bas de page)\u{202f}; s’il vient de la NAF\u{a0}2025, écrire \
         «\u{a0}{code} NAF\u{a0}2025\u{a0}»."
    ))
}

/// A code of the list. A wrong star is explained.
fn waste_code(text: &str) -> Result<String, String> {
    WasteCode::read(text).map_err(|sentence| sentence.to_string())?;
    adopted::waste_code(text).map_err(|fault| fault.to_string())
}

fn line(text: &str, most: usize) -> Result<Value, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    if length > most {
        return Err(format!("Écrire {most} caractères au plus. Vous en avez écrit {length}."));
    }
    Ok(Value::Text(text))
}

fn choice(text: &str, choices: &[Choice]) -> Result<Value, String> {
    if choices.iter().any(|choice| choice.key == text) { Ok(Value::Text(text.to_owned())) } else { Err("Choisir une valeur de la liste.".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_is_of_its_nomenclature() {
        assert_eq!(activity("1051c"), Ok("10.51C".to_owned()));
        assert_eq!(activity("10.52Z NAF 2025"), Ok("10.52Z (NAF\u{a0}2025)".to_owned()));
        let told = activity("10.59Z").expect_err("unknown").replace('\u{a0}', " ");
        assert!(told.starts_with("Le code 10.59Z n’est pas dans la NAF rév. 2.") && told.contains("« 10.59Z NAF 2025 »"), "{told}");
    }

    #[test]
    fn a_waste_code_gets_its_star_and_a_wrong_one_is_explained() {
        assert_eq!(waste_code("130205"), Ok("13 02 05*".to_owned()));
        assert_eq!(waste_code("15.01.01"), Ok("15 01 01".to_owned()));
        assert!(waste_code("15 01 01*").expect_err("not hazardous").contains("il s’écrit sans astérisque"));
        assert!(waste_code("15 01 98").expect_err("unknown").contains("n’existe pas dans la liste européenne des déchets"));
        assert!(waste_code("bois").expect_err("no code").contains("six chiffres"));
    }
}
