//! A score opened onto its components: value, weight, what each brings, and the formula.

use std::fmt::Write as _;

use trame_synergies::flow::{Domain, Flow};
use trame_synergies::pool::{self, Pool};
use trame_synergies::score::{Assessment, FAR, FAR_FACTOR, Weights};

use super::words::two;
use crate::kit::french::decimal;

/// A component, drawn.
#[derive(Debug)]
pub struct Part {
    /// "Distance".
    pub label: &'static str,
    /// "0,98", or "inconnu".
    pub value: String,
    /// It counts for half because nobody knows.
    pub is_unknown: bool,
    /// Bar, as a path of 80 by 8.
    pub bar: String,
    /// "0,25".
    pub weight: String,
    /// Points that it brings: "22,5".
    pub gain: String,
}

/// A score and its parts.
#[derive(Debug)]
pub struct Opened {
    /// Components.
    pub parts: Vec<Part>,
    /// With the figures: « 100 × 0,90 × (…) = 78 ».
    pub formula: String,
    /// What the formula means.
    pub rule: &'static str,
}

const PAIR_RULE: &str = "Indice = 100 × nature × (base + distance + quantités + période + fiabilité), chaque terme multiplié par son poids. \
    La nature est nécessaire\u{a0}: elle multiplie tout, et son poids est la base. Une donnée inconnue compte pour moitié, jamais pour zéro.";
const POOL_RULE: &str = "Indice = 100 × la somme des composantes, chacune multipliée par son poids. Une donnée inconnue compte pour moitié, jamais pour zéro.";

/// The score of a pair, opened.
pub fn pair(weights: &Weights, (output, input): (&Flow, &Flow), found: &Assessment<'_>) -> Opened {
    let Weights { base, distance, quantity, timing, confidence } = *weights;
    let parts = &found.components;
    let far = if parts.distance < FAR { FAR_FACTOR } else { 1.0 };
    let points = 100.0 * parts.nature * far;
    let unknown = unknown(output, input, found);
    let rows = [
        ("Nature", parts.nature, base, points * base, false),
        ("Distance", parts.distance, distance, points * distance * parts.distance, unknown[0]),
        ("Quantités", parts.quantity, quantity, points * quantity * parts.quantity, unknown[1]),
        ("Période", parts.timing, timing, points * timing * parts.timing, unknown[2]),
        ("Fiabilité", parts.confidence, confidence, points * confidence * parts.confidence, false),
    ];
    let mut formula = format!("100 × {} × ({}", two(parts.nature), two(base));
    for (_, value, weight, ..) in &rows[1..] {
        let _ = write!(formula, " + {} × {}", two(*weight), two(*value));
    }
    formula.push(')');
    if far < 1.0 {
        let _ = write!(formula, " × {}, car trop loin pour ce flux", two(far));
    }
    let _ = write!(formula, " = {}", found.score);
    Opened { parts: rows.map(row).into(), formula, rule: PAIR_RULE }
}

/// Distance, quantities, timing.
fn unknown(output: &Flow, input: &Flow, found: &Assessment<'_>) -> [bool; 3] {
    let is_service = output.domain == Domain::Service || input.domain == Domain::Service;
    let quantity = output.known_quantity().is_none() || input.known_quantity().is_none() || output.domain != input.domain || is_service;
    [found.distance_km.is_none(), quantity, output.known_months().is_none() || input.known_months().is_none()]
}

/// The score of a group, opened.
pub fn group(pool: &Pool, flows: &[Flow]) -> Opened {
    let knows_months = pool.members.iter().chain(&pool.offers).any(|at| flows[*at].known_months().is_some());
    let unknown = [false, pool.radius_km.is_none(), pool.total.is_none(), !knows_months, false];
    let labels = ["Nombre", "Proximité", "Volume", "Période", "Fiabilité"];
    let values = pool.components.values();
    let rows = std::array::from_fn(|at| (labels[at], values[at], pool::SHARES[at], 100.0 * pool::SHARES[at] * values[at], unknown[at]));
    let terms: Vec<String> = values.iter().zip(pool::SHARES).map(|(value, weight)| format!("{} × {}", two(weight), two(*value))).collect();
    Opened { parts: <[_; 5]>::map(rows, row).into(), formula: format!("100 × ({}) = {}", terms.join(" + "), pool.score), rule: POOL_RULE }
}

fn row((label, value, weight, gain, is_unknown): (&'static str, f64, f64, f64, bool)) -> Part {
    let width = (80.0 * value.clamp(0.0, 1.0)).round();
    Part {
        label,
        value: if is_unknown { "inconnu".to_owned() } else { two(value) },
        is_unknown,
        bar: format!("M0 0h{width}v8h-{width}z"),
        weight: two(weight),
        gain: decimal(format!("{gain:.3}"), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::{Content, Unit, Value};
    use crate::leads::flows::{Forgetful, read};
    use trame_synergies::nomenclature::Nomenclature;
    use trame_synergies::score::{Settings, assess};
    use uuid::Uuid;

    fn unit(kind: &str, row: u128, fields: &[(&str, &str)]) -> Unit {
        let mut unit = Unit::blank(kind, Uuid::from_u128(row), None);
        unit.fields = fields.iter().map(|(key, value)| ((*key).to_owned(), Value::Text((*value).to_owned()))).collect();
        unit
    }

    #[test]
    fn the_parts_add_up_to_the_score_and_say_what_is_unknown() {
        let (a, b) = (Uuid::from_u128(1).to_string(), Uuid::from_u128(2).to_string());
        let units = vec![
            unit("stakeholder", 1, &[("name", "Brasserie"), ("lat", "45.69"), ("lon", "-0.33")]),
            unit("stakeholder", 2, &[("name", "Ferme"), ("lat", "45.72"), ("lon", "-0.30")]),
            unit("flow", 3, &[("actor", &a), ("direction", "out"), ("domain", "material"), ("label", "drêches"), ("type", "dreches"), ("ref", "a")]),
            unit(
                "flow",
                4,
                &[("actor", &b), ("direction", "in"), ("domain", "material"), ("label", "aliments"), ("type", "alimentation-animale"), ("ref", "b")],
            ),
        ];
        let tables = Nomenclature::shipped();
        let read = read(tables, &Content { units, filled_slots: Vec::new() }, &Forgetful);
        let (settings, sides) = (Settings::default(), (&read.flows[0], &read.flows[1]));
        let found = assess(tables, &settings, sides.0, sides.1).expect("a rule");
        let opened = pair(&settings.weights, sides, &found);
        assert_eq!(opened.parts.iter().map(|part| part.is_unknown).collect::<Vec<_>>(), [false, false, true, true, false]);
        assert_eq!(opened.parts[2].value, "inconnu");
        let sum: f64 = opened.parts.iter().map(|part| part.gain.replace(',', ".").parse::<f64>().expect("a number")).sum();
        assert!((sum - f64::from(found.score)).abs() < 0.8, "{sum} {}", found.score);
        assert!(opened.formula.ends_with(&format!("= {}", found.score)), "{}", opened.formula);
    }
}
