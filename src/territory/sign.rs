//! The signs of the four domains of flows: a letter, a line, a hatching, then a colour. One can do without the colour.

use trame_synergies::flow::Domain;

/// How a domain is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// Domain.
    pub domain: Domain,
    /// In an address.
    pub key: &'static str,
    /// As the fields of a flow keep it.
    pub field: &'static str,
    /// In a disc.
    pub letter: &'static str,
    /// In a sentence.
    pub label: &'static str,
    /// Of a disc or a bar.
    pub fill: &'static str,
    /// Of what exists, under words.
    pub tint: &'static str,
    /// Around a tint or a hatching.
    pub edge: &'static str,
    /// Pattern of a line.
    pub dash: &'static str,
    /// Degrees of its hatching.
    pub slope: i32,
    /// One unit, and several, of a yearly quantity; nothing for a service.
    pub unit: (&'static str, &'static str),
}

/// Every domain, in the order of the pages.
pub static ALL: [Sign; 4] = [
    Sign {
        domain: Domain::Water,
        key: "eau",
        field: "water",
        letter: "O",
        label: "eau",
        fill: "#2f7189",
        tint: "#a9cbd7",
        edge: "#2f6a80",
        dash: "1 6",
        slope: 90,
        unit: ("m³", "m³"),
    },
    Sign {
        domain: Domain::Energy,
        key: "energie",
        field: "energy",
        letter: "É",
        label: "énergie",
        fill: "#b4472f",
        tint: "#eab7a9",
        edge: "#9a3a25",
        dash: "9 5",
        slope: -45,
        unit: ("MWh", "MWh"),
    },
    Sign {
        domain: Domain::Material,
        key: "matiere",
        field: "material",
        letter: "M",
        label: "matière",
        fill: "#8a6a2f",
        tint: "#d3bf8f",
        edge: "#6f5420",
        dash: "",
        slope: 45,
        unit: ("tonne", "tonnes"),
    },
    Sign {
        domain: Domain::Service,
        key: "service",
        field: "service",
        letter: "S",
        label: "service",
        fill: "#47733a",
        tint: "#b9d2ab",
        edge: "#3d6530",
        dash: "12 4 2 4",
        slope: 0,
        unit: ("", ""),
    },
];

/// Of several domains at once.
pub static MIXED: Sign = Sign {
    domain: Domain::Material,
    key: "tous",
    field: "",
    letter: "",
    label: "plusieurs domaines",
    fill: "#6f6c62",
    tint: "#d8d3c6",
    edge: "#535b5f",
    dash: "",
    slope: 20,
    unit: ("", ""),
};

/// The sign of a domain.
pub fn of(domain: Domain) -> &'static Sign {
    match domain {
        Domain::Water => &ALL[0],
        Domain::Energy => &ALL[1],
        Domain::Material => &ALL[2],
        Domain::Service => &ALL[3],
    }
}

/// The domain of that name in an address.
pub fn asked(key: &str) -> Option<Domain> {
    ALL.iter().find(|sign| sign.key == key).map(|sign| sign.domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn signs_differ_without_their_colours() {
        for told in [ALL.map(|sign| sign.letter.to_owned()), ALL.map(|sign| sign.dash.to_owned()), ALL.map(|sign| sign.slope.to_string())] {
            assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), 4, "{told:?}");
        }
        for sign in &ALL {
            assert_eq!((of(sign.domain), asked(sign.key)), (sign, Some(sign.domain)));
        }
        assert_eq!(asked("terre"), None);
    }
}
