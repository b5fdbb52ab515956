//! A yearly quantity as typed, in the unit of its domain: tonnes, m³, `MWh`. Every conversion is told.

use trame_synergies::flow::Domain;

/// A quantity in the unit of its domain.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Tonnes, m³ or `MWh` a year.
    pub value: f64,
    /// How it was converted, when a density or a heating value was assumed: "vapeur comptée à 0,7 MWh/t".
    pub assumption: &'static str,
}

/// Heating value of natural gas, `MWh` a normal cubic metre (net calorific value).
const GAS: f64 = 0.010;
/// Heat of a tonne of steam, `MWh`.
const STEAM: f64 = 0.7;

/// Converts a yearly quantity; nothing when the unit says nothing in that domain (pieces, hours, m³ of a material).
pub fn normalised(domain: Domain, value: f64, unit: &str) -> Option<Quantity> {
    let (factor, assumption) = match (domain, unit) {
        (Domain::Material, "t") | (Domain::Water, "m3") | (Domain::Energy, "MWh") => (1.0, ""),
        (Domain::Material, "kg") | (Domain::Water, "L") | (Domain::Energy, "kWh") => (0.001, ""),
        (Domain::Energy, "GWh") => (1_000.0, ""),
        (Domain::Water, "t") => (1.0, "une tonne d’eau comptée pour 1\u{a0}m³"),
        (Domain::Energy, "t") => (STEAM, "vapeur comptée à 0,7\u{a0}MWh par tonne"),
        (Domain::Energy, "Nm3") => (GAS, "gaz compté à 10\u{a0}kWh par Nm³ (pouvoir calorifique inférieur du gaz naturel)"),
        _ => return None,
    };
    Some(Quantity { value: value * factor, assumption }).filter(|quantity| quantity.value.is_finite() && quantity.value > 0.0)
}

/// Unit of a domain, as written after a number; nothing for a service.
pub const fn unit(domain: Domain) -> &'static str {
    match domain {
        Domain::Material => "t/an",
        Domain::Water => "m³/an",
        Domain::Energy => "MWh/an",
        Domain::Service => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_meet_in_the_unit_of_their_domain() {
        let value = |domain, value, unit| normalised(domain, value, unit).map(|quantity| quantity.value);
        assert_eq!(value(Domain::Material, 2_500.0, "kg"), Some(2.5));
        assert_eq!(value(Domain::Energy, 1_000.0, "t"), Some(700.0));
        assert_eq!(value(Domain::Energy, 100_000.0, "Nm3"), Some(1_000.0));
        assert_eq!(value(Domain::Water, 3.0, "m3"), Some(3.0));
        for (domain, unit) in [(Domain::Material, "m3"), (Domain::Service, "h"), (Domain::Material, "u"), (Domain::Energy, "m3"), (Domain::Material, "")] {
            assert_eq!(value(domain, 10.0, unit), None, "{unit}");
        }
        assert_eq!(value(Domain::Material, 0.0, "t"), None);
    }

    #[test]
    fn what_was_assumed_is_told() {
        assert!(normalised(Domain::Energy, 1.0, "t").is_some_and(|quantity| quantity.assumption.contains("0,7")));
        assert!(normalised(Domain::Energy, 1.0, "MWh").is_some_and(|quantity| quantity.assumption.is_empty()));
    }
}
