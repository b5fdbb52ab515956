//! Sectors of activity: the divisions of the NAF, from the reference data.

use trame_synergies::nomenclature::{Activities, NafVersion};

/// Division of an activity code, with its name: "10, Industries alimentaires"; nothing for a code that has none.
pub fn division(naf: &str) -> Option<String> {
    let code = naf.get(..2)?;
    // The divisions of NAF 2025 are others: none is taken for one of rév. 2.
    if naf.ends_with("2025)") {
        return code.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{code} de la NAF\u{a0}2025"));
    }
    Activities::shipped().find(NafVersion::Rev2, code).map(|division| format!("{code}, {}", division.label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_has_its_division() {
        assert_eq!(division("10.51C").as_deref(), Some("10, Industries alimentaires"));
        assert_eq!(division("10.51C (NAF\u{a0}2025)").as_deref(), Some("10 de la NAF\u{a0}2025"));
        for unknown in ["", "1", "é", "04.00Z"] {
            assert_eq!(division(unknown), None, "{unknown:?}");
        }
    }
}
