//! The engine's things as people read them, and the addresses of its tables.

use trame_synergies::explain;
use trame_synergies::flow::{Direction, Domain, Evidence, Flow};
use trame_synergies::nomenclature::{Nomenclature, TypeId};
use trame_synergies::suggest::Reason;

use super::decision::Choice;
use super::flows::{Actor, Placed};
use super::quantity::unit;
use crate::kit::french::{NBSP, decimal, percent};
use crate::kit::territory;
use crate::page::Tag;

/// Each domain: its name in the address, in French, and the letter that stands for it.
pub const DOMAINS: [(Domain, &str, &str, &str); 4] = [
    (Domain::Material, "matiere", "Matière", "M"),
    (Domain::Energy, "energie", "Énergie", "É"),
    (Domain::Water, "eau", "Eau", "O"),
    (Domain::Service, "service", "Services", "S"),
];

/// Address of a flow type in the nomenclature.
pub fn type_href(code: &str) -> String {
    format!("/nomenclatures/flux/{code}")
}

/// Address of a rule in the nomenclature.
pub fn rule_href(number: u16) -> String {
    format!("/nomenclatures/regles?n={number}")
}

/// Name of a type.
pub fn type_name(tables: &Nomenclature, kind: TypeId) -> String {
    tables.get(kind).label.replace('\'', "’")
}

/// Names of the types, families left out, in the order of the nomenclature: what the field of a type proposes.
pub fn type_names(tables: &Nomenclature) -> Vec<String> {
    tables.types().iter().filter(|kind| !kind.is_family()).map(|kind| kind.label.replace('\'', "’")).collect()
}

/// Name of a flow's type, or the flow's own words.
pub fn kind_or_label(tables: &Nomenclature, flow: &Flow) -> String {
    flow.kind.map_or_else(|| format!("«{NBSP}{}{NBSP}»", flow.label), |kind| type_name(tables, kind))
}

/// French name of a domain.
pub fn domain_name(domain: Domain) -> &'static str {
    DOMAINS.iter().find(|(held, ..)| *held == domain).map_or("", |(_, _, name, _)| name)
}

/// "sortant", or "offre" of a service.
pub const fn side(flow: &Flow) -> &'static str {
    match (flow.domain, flow.direction) {
        (Domain::Service, Direction::Out) => "offre",
        (_, Direction::Out) => "sortant",
        (Domain::Service, Direction::In) => "besoin",
        (_, Direction::In) => "entrant",
    }
}

/// "1 250 t/an": at most three figures that count, nothing invented.
pub fn quantity(value: f64, domain: Domain) -> String {
    let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{}{NBSP}{}", decimal(format!("{value:.3}"), places), unit(domain))
}

/// « quelques centaines de tonnes par an », or nothing when unknown.
pub fn magnitude(value: Option<f64>, domain: Domain) -> String {
    value.map_or_else(String::new, |value| explain::magnitude(value, domain))
}

/// "8 km", or nothing when unknown.
pub fn distance(km: Option<f64>) -> String {
    km.map_or_else(String::new, explain::kilometres)
}

/// A share, 0 to 1, as a percentage.
pub fn share(value: f64) -> String {
    percent(format!("{:.3}", 100.0 * value), usize::from(value > 0.0 && value < 0.01))
}

/// A component, 0 to 1: "0,90".
pub fn two(value: f64) -> String {
    format!("{value:.2}").replace('.', ",")
}

/// How something is known.
pub const fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "mesuré",
        Evidence::Declared => "déclaré par l’acteur",
        Evidence::Knowledge => "connaissance du porteur",
        Evidence::Statistics => "estimé par statistique",
    }
}

/// Where an actor stands: its commune, and how it is placed.
pub fn place(actor: &Actor) -> String {
    let commune = if actor.commune.is_empty() { String::new() } else { territory::label(&actor.commune) };
    match (actor.placed, commune.is_empty()) {
        (Placed::Site, true) => "placé par ses coordonnées".to_owned(),
        (Placed::Site, false) => commune,
        (Placed::TownHall, _) => format!("{commune}, placé à la mairie"),
        (Placed::Nowhere, true) => "emplacement inconnu".to_owned(),
        (Placed::Nowhere, false) => format!("{commune}, sans position"),
    }
}

/// Why a type is suggested, with French spaces: « le libellé contient « sciures de pin » ».
pub fn reason(reason: &Reason) -> String {
    let sentence = reason.sentence().replace("« ", "«\u{a0}").replace(" »", "\u{a0}»").replace(" :", "\u{a0}:").replace(" °C", "\u{a0}°C").replace('\'', "’");
    lowered(sentence.trim_end_matches('.'))
}

/// State of a lead.
pub const fn tag(choice: Choice) -> Tag {
    match choice {
        Choice::Open => Tag { class: "todo", word: "À décider" },
        Choice::Kept => Tag { class: "doing", word: "Gardée" },
        Choice::Promoted => Tag { class: "done", word: "Promue en synergie" },
        Choice::Dismissed => Tag { class: "off", word: "Écartée" },
    }
}

/// First letter in lower case, unless the word is an acronym.
pub fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_in_french() {
        assert_eq!(quantity(1_250.4, Domain::Material), "1\u{202f}250\u{a0}t/an");
        assert_eq!(quantity(2.5, Domain::Energy), "2,5\u{a0}MWh/an");
        assert_eq!((share(0.784), share(1.0), share(0.004)), ("78\u{a0}%".to_owned(), "100\u{a0}%".to_owned(), "0,4\u{a0}%".to_owned()));
        assert_eq!((lowered("Drêches"), lowered("CSR"), lowered("Éclats")), ("drêches".to_owned(), "CSR".to_owned(), "éclats".to_owned()));
    }
}
