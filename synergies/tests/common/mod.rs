//! Flows of which only what matters to a test is said.

use trame_synergies::flow::{Direction, Evidence, Flow, Position};
use trame_synergies::nomenclature::Nomenclature;

/// The shipped tables.
pub fn tables() -> &'static Nomenclature {
    Nomenclature::shipped()
}

/// A flow of that type at that place, declared, of which nothing else is known.
pub fn flow(reference: &str, actor: &str, direction: Direction, code: &str, (latitude, longitude): (f64, f64)) -> Flow {
    let kind = tables().find(code).unwrap_or_else(|| panic!("type {code}"));
    Flow {
        reference: reference.to_owned(),
        actor: actor.to_owned(),
        direction,
        domain: tables().get(kind).domain,
        kind: Some(kind),
        rival: None,
        label: String::new(),
        waste_code: None,
        is_hazardous: false,
        quantity: None,
        temperature: None,
        quality: None,
        months: None,
        evidence: Evidence::Declared,
        position: Some(Position { latitude, longitude }),
        activity: None,
    }
}
