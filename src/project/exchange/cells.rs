//! A cell of a spreadsheet, as the values that the field's own form would post.

use std::collections::HashMap;

use uuid::Uuid;

use super::contract;
use super::list::{MONTHS, same, squash};
use crate::framework::content::Content;
use crate::framework::{Choice, Field, Kind};
use crate::kit::french::list as enumerate;
use crate::kit::values::{Siret, WasteCode};

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Nothing: the row keeps what it has.
    Nothing,
    /// These values, as a form would post them.
    Values(Vec<String>),
    /// Nothing that the field may hold: what to write instead.
    Refused(String),
}

/// Rows that a cell may name.
#[derive(Debug, Default)]
pub struct Named {
    by_ref: HashMap<(&'static str, String), Uuid>,
    by_name: HashMap<(&'static str, String), Vec<Uuid>>,
}

impl Named {
    /// The rows of those kinds, by name, SIRET and id.
    pub fn of(content: &Content, kinds: &[&'static str]) -> Self {
        let mut named = Self::default();
        for kind in kinds {
            for unit in content.rows(kind) {
                named.add(kind, &same(&crate::project::draw::row_name(unit)), unit.row);
                named.add(kind, unit.text("siret"), unit.row);
                named.add(kind, &unit.row.to_string(), unit.row);
                named.by_ref.entry((kind, same(&unit.reference()))).or_insert(unit.row);
            }
        }
        named
    }

    fn add(&mut self, kind: &'static str, name: &str, row: Uuid) {
        if !name.is_empty() {
            self.by_name.entry((kind, name.to_owned())).or_default().push(row);
        }
    }

    fn find(&self, kind: &'static str, text: &str) -> Said {
        let name = same(text);
        if let Some(row) = self.by_ref.get(&(kind, name.clone())) {
            return Said::Values(vec![row.to_string()]);
        }
        let siret = Siret::read(text).ok().map(|siret| siret.as_str().to_owned());
        let found = self.by_name.get(&(kind, name)).or_else(|| self.by_name.get(&(kind, siret?)));
        match found.map(Vec::as_slice) {
            Some([row]) => Said::Values(vec![row.to_string()]),
            Some(_) => Said::Refused(asked("plusieurs acteurs portent ce nom, écrire sa référence ou son SIRET", text)),
            None => Said::Refused(asked("écrire le nom d’un acteur du dossier, ou l’y ajouter d’abord", text)),
        }
    }
}

/// The values that a cell stands for.
pub fn typed(field: &Field, cell: &str, named: &Named) -> Said {
    let cell = cell.trim();
    if cell.is_empty() {
        return Said::Nothing;
    }
    match field.kind {
        Kind::Flag => flag(cell),
        Kind::Choice(choices) if field.key == "unit" && choice(choices, cell).is_none() => {
            contract::unit(cell).map_or_else(|| Said::Refused(asked(&among(choices), cell)), |key| Said::Values(vec![key.to_owned()]))
        }
        Kind::Choice(choices) => choice(choices, cell).map_or_else(|| Said::Refused(asked(&among(choices), cell)), |key| Said::Values(vec![key])),
        Kind::Months => months(cell),
        Kind::Row(kind) => named.find(kind, cell),
        Kind::Commune => Said::Values(vec![padded(cell, 5, |code| crate::kit::territory::commune(code).is_some())]),
        Kind::WasteCode => Said::Values(vec![padded(cell, 6, |code| WasteCode::read(code).is_ok())]),
        Kind::Siret => Said::Values(vec![padded(cell, 14, |code| Siret::read(code).is_ok())]),
        _ => Said::Values(vec![cell.to_owned()]),
    }
}

fn asked(what: &str, cell: &str) -> String {
    crate::kit::french::Sentence::asked(what, cell).to_string()
}

/// Longest list of choices that a sentence says whole: the model lists the others.
const SAID: usize = 7;

/// "écrire l’une de ces valeurs : « Matière », « Énergie » et « Eau »"; of a long list, how many there are and one of them.
fn among(choices: &[Choice]) -> String {
    if choices.len() > SAID {
        let example = choices[choices.len() / 2 - 1].label;
        return format!("écrire l’une des {}\u{a0}valeurs que liste le modèle, par exemple «\u{a0}{example}\u{a0}»", choices.len());
    }
    let labels: Vec<String> = choices.iter().map(|choice| format!("«\u{a0}{}\u{a0}»", choice.label)).collect();
    format!("écrire l’une de ces valeurs\u{a0}: {}", enumerate(&labels))
}

/// The choice of that label or key; "faible" is enough for "1, faible".
pub fn choice(choices: &[Choice], cell: &str) -> Option<String> {
    let said = squash(cell);
    let by_key = choices.iter().find(|choice| choice.key.eq_ignore_ascii_case(cell.trim()));
    let by_label = || choices.iter().find(|choice| squash(choice.label) == said);
    let by_words = || contract::by_words(choices, cell);
    let by_rest = || choices.iter().find(|choice| squash(choice.label).strip_prefix(&format!("{} ", squash(choice.key))) == Some(&said));
    by_key.or_else(by_label).or_else(by_rest).or_else(by_words).map(|choice| choice.key.to_owned())
}

fn flag(cell: &str) -> Said {
    match squash(cell).as_str() {
        "oui" | "o" | "x" | "vrai" | "1" | "true" | "yes" => Said::Values(vec!["oui".to_owned()]),
        "non" | "n" | "faux" | "0" | "false" | "no" => Said::Values(vec![String::new()]),
        _ => Said::Refused(asked("écrire oui ou non", cell)),
    }
}

/// "octobre, novembre", "10; 11", "octobre à mars", "toute l’année".
fn months(cell: &str) -> Said {
    let folded = crate::kit::french::fold(cell);
    if squash(cell) == "toute l annee" {
        return Said::Values((1..=12).map(|month: usize| month.to_string()).collect());
    }
    let mut found: Vec<usize> = Vec::new();
    for part in folded.split([',', ';', '/', '\n']).flat_map(|part| part.split(" et ")).map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once(" a ").or_else(|| part.split_once('-')).unwrap_or((part, part));
        let (Some(first), Some(last)) = (month(first), month(last)) else {
            return Said::Refused(asked("écrire des mois, par exemple «\u{a0}octobre, novembre\u{a0}» ou «\u{a0}octobre à mars\u{a0}»", cell));
        };
        let span = (last + 12 - first) % 12;
        found.extend((0..=span).map(|step| (first + step) % 12 + 1));
    }
    found.sort_unstable();
    found.dedup();
    Said::Values(found.iter().map(ToString::to_string).collect())
}

/// From zero: "2", "févr.", "fevrier".
fn month(text: &str) -> Option<usize> {
    let text = text.trim().trim_end_matches('.');
    if let Ok(number) = text.parse::<usize>() {
        return number.checked_sub(1).filter(|index| *index < MONTHS.len());
    }
    let mut found = MONTHS.iter().enumerate().filter(|(_, name)| text.len() >= 3 && crate::kit::french::fold(name).starts_with(text));
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}

/// A spreadsheet takes a code for a number and drops its first zero.
fn padded(cell: &str, length: usize, is_code: impl Fn(&str) -> bool) -> String {
    let digits: String = cell.split_whitespace().collect();
    let full = format!("0{digits}");
    if digits.len() + 1 == length && digits.bytes().all(|byte| byte.is_ascii_digit()) && is_code(&full) { full } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::STAKEHOLDER;

    fn said(key: &str, cell: &str) -> Said {
        typed(STAKEHOLDER.field(key).expect("field"), cell, &Named::default())
    }

    fn value(text: &str) -> Said {
        Said::Values(vec![text.to_owned()])
    }

    #[test]
    fn choices_are_known_by_label_key_or_word() {
        for cell in ["company", "Entreprise", "ENTREPRISE ", "entreprise"] {
            assert_eq!(said("kind", cell), value("company"), "{cell}");
        }
        for cell in ["3", "3, forte", "Forte"] {
            assert_eq!(said("influence", cell), value("3"), "{cell}");
        }
        assert_eq!(said("headcount", "20 à 49 salaries"), value("20-49"));
        let refused = |key: &str, cell: &str| match said(key, cell) {
            Said::Refused(sentence) => sentence.replace('\u{a0}', " "),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused("headcount", "30"), "écrire l’une des 13 valeurs que liste le modèle, par exemple « 20 à 49 salariés ». Vous avez écrit « 30 ».");
        let few = refused("influence", "Énorme");
        assert!(few.starts_with("écrire l’une de ces valeurs : « ") && few.ends_with("Vous avez écrit « Énorme »."), "{few}");
    }

    #[test]
    fn a_flag_is_said_yes_or_no_and_an_empty_cell_says_nothing() {
        assert_eq!(said("confidential", "Oui"), value("oui"));
        assert_eq!(said("confidential", "x"), value("oui"));
        assert_eq!(said("confidential", "non"), value(""));
        assert_eq!(said("confidential", "  "), Said::Nothing);
        assert!(matches!(said("confidential", "peut-être"), Said::Refused(_)));
    }

    #[test]
    fn months_are_read_by_name_number_or_range() {
        let of = |cell: &str| match months(cell) {
            Said::Values(months) => months.join(" "),
            other => format!("{other:?}"),
        };
        assert_eq!(of("octobre, novembre"), "10 11");
        assert_eq!(of("Octobre à février"), "1 2 10 11 12");
        assert_eq!(of("1;2 et 3"), "1 2 3");
        assert_eq!(of("févr., août"), "2 8");
        assert_eq!(of("toute l’année"), "1 2 3 4 5 6 7 8 9 10 11 12");
        assert!(matches!(months("juin, brumaire"), Said::Refused(_)));
        assert!(matches!(months("ju"), Said::Refused(_)));
    }

    #[test]
    fn a_code_gets_back_the_zero_that_a_spreadsheet_dropped() {
        assert_eq!(said("commune", "1004"), value("01004"));
        assert_eq!(said("commune", "16102"), value("16102"));
        assert_eq!(padded("20 101", 6, |code| WasteCode::read(code).is_ok()), "020101");
    }
}
