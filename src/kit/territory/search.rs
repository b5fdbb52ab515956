//! Communes found by what a person types: a part of the name, an INSEE code, a postcode.

use super::{Commune, LINES, NAMES, at, read_line};

/// Communes that answer to what was typed, the best answers first, then the most inhabited.
pub fn communes(typed: &str) -> Vec<Commune> {
    let typed = typed.trim();
    let by_code = typed.len() >= 2 && typed.len() <= 5 && typed.chars().skip(2).all(|c| c.is_ascii_digit()) && typed.starts_with(|c: char| c.is_ascii_digit());
    let mut found: Vec<(u8, Commune)> =
        if by_code { coded(&typed.to_uppercase()) } else { NAMES.holding(typed).into_iter().filter_map(|(rank, index)| Some((rank, at(index)?))).collect() };
    found.sort_by_key(|(rank, commune)| (*rank, std::cmp::Reverse(commune.population), commune.code));
    found.into_iter().map(|(_, commune)| commune).collect()
}

/// By the beginning of the INSEE code or of the postcode.
fn coded(typed: &str) -> Vec<(u8, Commune)> {
    let read = LINES.iter().filter_map(|line| read_line(line));
    read.filter_map(|commune| {
        if commune.code == typed {
            Some((0, commune))
        } else if commune.postcode.starts_with(typed) || commune.code.starts_with(typed) {
            Some((1, commune))
        } else {
            None
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::communes;

    fn codes(typed: &str) -> Vec<&'static str> {
        communes(typed).into_iter().map(|commune| commune.code).collect()
    }

    #[test]
    fn a_name_a_code_and_a_postcode_find_their_communes() {
        assert_eq!(codes("cognac")[0], "16102");
        assert!(codes("CHATEAUBERNARD").contains(&"16089"));
        assert!(codes("rouillac").len() > 1);
        assert_eq!(codes("16102")[0], "16102");
        assert!(codes("16100").contains(&"16102"));
        assert!(codes("jarn").contains(&"16167"));
        assert_eq!(codes("2a004"), ["2A004"]);
        assert!(codes("saint même").contains(&"16340"));
    }

    #[test]
    fn what_names_nothing_finds_nothing() {
        assert!(codes("").is_empty() && codes("   ").is_empty() && codes("zzzz").is_empty() && codes("99999").is_empty());
    }
}
