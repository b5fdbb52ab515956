//! Outlines shipped in `data/` (IGN Admin Express: Licence Ouverte 2.0), found by code and read only when a map asks.

use std::sync::LazyLock;

use crate::kit::geometry::Outline;

static LINES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let mut lines: Vec<_> = include_str!("../../../data/outlines.txt").lines().filter_map(|line| line.split_once(',')).collect();
    lines.retain(|(code, _)| !code.starts_with('#'));
    lines.sort_unstable_by_key(|(code, _)| *code);
    lines
});

/// The outline of a commune (INSEE code), an EPCI (SIREN) or a département, when it is shipped.
pub fn shipped(code: &str) -> Option<Outline> {
    let index = LINES.binary_search_by_key(&code, |(held, _)| *held).ok()?;
    Outline::parse(LINES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::territory::{epci, of_department};

    #[test]
    fn every_commune_epci_and_department_of_the_region_has_its_outline() {
        for department in ["16", "17", "79", "86"] {
            assert!(shipped(department).is_some());
            for commune in of_department(department) {
                assert!(shipped(commune.code).is_some(), "{commune:?}");
            }
        }
        let sirens = LINES.iter().filter(|(code, _)| code.len() == 9);
        assert_eq!(sirens.clone().count(), 37);
        assert!(sirens.into_iter().all(|(code, _)| epci::epci(code).is_some()));
        assert!(LINES.iter().all(|(_, rings)| Outline::parse(rings).is_some()));
    }

    #[test]
    fn areas_agree_with_the_published_ones_to_a_few_percent() {
        // INSEE: 5 956, 5 999 and 6 990 km²; Angoulême 21,85 km².
        for (code, published) in [("16", 5956.0), ("79", 5999.0), ("86", 6990.0), ("16015", 21.85)] {
            let computed = shipped(code).map_or(0.0, |outline| outline.area());
            assert!((computed / published - 1.0).abs() < 0.01, "{code}: {computed}");
        }
    }
}
