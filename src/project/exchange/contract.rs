//! Words of files that others make (`trame import acteurs|flux`, a public contract), brought to the framework's own.

use super::list::squash;
use super::plan::Proposal;
use crate::framework::STAKEHOLDER;
use crate::framework::{Choice, Kind};

/// Heads that are neither a label nor a key of the framework.
const HEADS: [(&str, &str); 3] = [("actor ref", "actor"), ("temperature c", "temperature"), ("water quality", "quality")];

/// The field that a head of the contract speaks of.
pub fn field_of(head: &str) -> Option<&'static str> {
    HEADS.iter().find(|(known, _)| *known == head).map(|(_, key)| *key)
}

/// Ways to write a unit, and the unit; those of no domain are kept as another unit.
const UNITS: [(&[&str], &str); 12] = [
    (&["t", "tonne", "tonnes", "t mb", "t ms"], "t"),
    (&["m3", "m", "metre cube", "metres cubes"], "m3"),
    (&["nm3", "nm", "normo metre cube"], "Nm3"),
    (&["mwh", "mwh pci", "mwhth", "mwhe"], "MWh"),
    (&["kwh"], "kWh"),
    (&["gwh"], "GWh"),
    (&["kg", "kilo", "kilos", "kilogrammes"], "kg"),
    (&["l", "litre", "litres"], "L"),
    (&["u", "unite", "unites", "piece", "pieces", "palette", "palettes"], "u"),
    (&["h", "heure", "heures"], "h"),
    (&["other", "autre", "autre unite", "jour", "jours", "repas", "fois", "personne", "personnes", "etp", "place", "places", "km"], "other"),
    (&["gj", "tj", "tep", "mw", "kw", "m2", "ha", "hl"], "other"),
];

/// "t/an", "tonnes par an", "m³", "MWh/year": the key of the unit.
pub fn unit(cell: &str) -> Option<&'static str> {
    let plain = squash(&cell.replace('³', "3"));
    let bare = [" an", " par an", " year", " a", " yr"].iter().find_map(|end| plain.strip_suffix(end)).unwrap_or(&plain);
    let bare = bare.strip_suffix(" par").unwrap_or(bare);
    UNITS.iter().find(|(words, _)| words.contains(&bare)).map(|(_, key)| *key)
}

/// The only choice whose label holds all the words of a cell: "chambre" is "Chambre consulaire".
pub fn by_words<'a>(choices: &'a [Choice], cell: &str) -> Option<&'a Choice> {
    let said = squash(cell);
    let words: Vec<&str> = said.split(' ').filter(|word| word.len() > 3).collect();
    let holds = |choice: &&Choice| {
        let label = squash(choice.label);
        words.iter().all(|word| label.split(' ').any(|own| own == *word))
    };
    let mut found = choices.iter().filter(holds).filter(|_| !words.is_empty());
    found.next().filter(|_| found.next().is_none())
}

/// A column of workforce holds a headcount or a class: each goes to its field.
pub fn spread_workforce(proposal: &mut Proposal) {
    let Some(at) = proposal.columns.iter().position(|key| key == "employees") else { return };
    let class_at = proposal.columns.iter().position(|key| key == "headcount").unwrap_or_else(|| {
        proposal.columns.push("headcount".to_owned());
        proposal.lines.iter_mut().for_each(|(_, cells)| cells.push(String::new()));
        proposal.columns.len() - 1
    });
    for (_, cells) in &mut proposal.lines {
        let (cell, class) = (cells[at].trim().to_owned(), cells[class_at].trim().to_owned());
        let is_number = cell.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
        let found = bounds(&cell).and_then(|(low, high)| class_of(low.midpoint(high)));
        if let Some(found) = found.filter(|_| class.is_empty()) {
            found.clone_into(&mut cells[class_at]);
        }
        if found.is_some() && !is_number {
            cells[at].clear();
        }
    }
}

/// "37", "20-49", "20 à 49", "2000+", "10000 et plus".
fn bounds(cell: &str) -> Option<(u32, u32)> {
    let digits: Vec<u32> = cell
        .split(|c: char| !c.is_ascii_digit() && !c.is_whitespace())
        .map(|part| part.split_whitespace().collect::<String>())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match digits.as_slice() {
        [one] => Some((*one, *one)),
        [low, high] if low <= high => Some((*low, *high)),
        _ => None,
    }
}

/// The class of workforce that holds a number of people.
fn class_of(people: u32) -> Option<&'static str> {
    let Kind::Choice(classes) = STAKEHOLDER.field("headcount")?.kind else { return None };
    let low = |key: &str| key.split(['-', '+']).next().and_then(|low| low.parse::<u32>().ok()).unwrap_or(0);
    classes.iter().rev().find(|class| low(class.key) <= people).map(|class| class.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_as_people_write_them() {
        for (cell, key) in [("t/an", "t"), ("Tonnes par an", "t"), ("m³", "m3"), ("Nm3/an", "Nm3"), ("MWh/year", "MWh"), ("kWh", "kWh"), ("repas", "other")] {
            assert_eq!(unit(cell), Some(key), "{cell}");
        }
        assert_eq!(unit("boisseaux"), None);
    }

    #[test]
    fn a_workforce_is_a_number_or_a_class() {
        let spread = |cell: &str| {
            let mut proposal = Proposal { columns: vec!["employees".into()], lines: vec![(2, vec![cell.to_owned()])], ..Proposal::default() };
            spread_workforce(&mut proposal);
            (proposal.lines[0].1[0].clone(), proposal.lines[0].1[1].clone())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(spread("37"), pair("37", "20-49"));
        assert_eq!(spread("20-49"), pair("", "20-49"));
        assert_eq!(spread("1 000 à 1 999"), pair("", "1000-1999"));
        assert_eq!(spread("2000-4999"), pair("", "2000+"));
        assert_eq!(spread("10000+"), pair("", "2000+"));
        assert_eq!(spread("0"), pair("0", "0"));
        assert_eq!(spread(""), pair("", ""));
        assert_eq!(spread("beaucoup"), pair("beaucoup", ""));
    }

    #[test]
    fn kinds_are_known_by_their_word() {
        let Some(Kind::Choice(kinds)) = STAKEHOLDER.field("kind").map(|field| field.kind) else { panic!("kinds") };
        for (cell, key) in [("association", "association"), ("chambre", "chamber"), ("État", "state"), ("université", "university")] {
            assert_eq!(by_words(kinds, cell).map(|choice| choice.key), Some(key), "{cell}");
        }
        assert!(by_words(kinds, "usine").is_none());
        assert!(by_words(kinds, "").is_none());
    }
}
