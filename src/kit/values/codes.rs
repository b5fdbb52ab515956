//! Codes of the public nomenclatures. Only the form is checked: whether a code is in use is for its
//! table to say.

use super::{compact, received_as_read, shown_as_text, text_value};
use crate::kit::french::{Sentence, fold};

text_value! {
    /// The number of an establishment: 14 digits, the last of which checks the others.
    #[derive(PartialOrd, Ord)]
    Siret
}

text_value! {
    /// A code of the French nomenclature of activities with its version: "10.51C" is of NAF rév. 2, "10.51C (NAF 2025)" says
    /// its own.
    #[derive(PartialOrd, Ord)]
    Naf
}

text_value! {
    /// A code of the European list of waste: "10 01 05", with a star when hazardous "13 02 05*".
    #[derive(PartialOrd, Ord)]
    WasteCode
}

text_value! {
    /// The INSEE code of a commune, five characters: "76540", "2A004", "97411".
    #[derive(PartialOrd, Ord)]
    InseeCode
}

shown_as_text!(Siret, Naf, WasteCode, InseeCode);
received_as_read!(Siret, Naf, WasteCode, InseeCode);

impl Siret {
    /// Reads 14 digits, spaces allowed. Refuses a wrong length and a wrong check digit.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let ask = "Écrire les 14 chiffres du SIRET, par exemple 356 000 000 00048";
        let digits = compact(typed).filter(|text| text.len() == 14 && all_digits(text));
        let Some(digits) = digits else {
            return Err(Sentence::asked(ask, typed));
        };
        if siret_holds(&digits) {
            return Ok(Self(digits));
        }
        Err(Sentence::asked("Vérifier le SIRET, un de ses 14 chiffres ne va pas avec les autres", typed))
    }
}

/// How a code of NAF 2025 ends.
const OF_2025: &str = " (NAF\u{a0}2025)";

impl Naf {
    /// Reads "1051C", "10.51C", "10.51c", and the same followed by "NAF 2025" or "NAF rév. 2", in brackets or not.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let code = compact(typed).and_then(|text| {
            let (text, is_2025) = versioned(&text)?;
            let plain = text.replace('.', "").to_ascii_uppercase();
            let (digits, letter) = plain.split_at_checked(4)?;
            let (division, class) = digits.split_at_checked(2)?;
            let is_letter = letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_uppercase());
            let holds = is_letter && all_digits(digits) && division != "00";
            holds.then(|| format!("{division}.{class}{letter}{}", if is_2025 { OF_2025 } else { "" }))
        });
        code.map(Self).ok_or_else(|| Sentence::asked("Écrire le code NAF, quatre chiffres et une lettre, par exemple 10.51C", typed))
    }
}

impl Naf {
    /// The code alone, "10.51C".
    pub fn code(&self) -> &str {
        self.0.strip_suffix(OF_2025).unwrap_or(&self.0)
    }

    /// Is it of NAF 2025, in force from 1 January 2027? Otherwise of NAF rév. 2. Neither is ever turned into the other.
    pub fn is_2025(&self) -> bool {
        self.0.ends_with(OF_2025)
    }
}

/// A code without its version, and whether that is 2025; nothing for a version that does not exist.
fn versioned(compact: &str) -> Option<(&str, bool)> {
    let Some(start) = compact.to_ascii_lowercase().rfind("naf").filter(|start| *start > 0) else { return Some((compact, false)) };
    let (code, version) = compact.split_at_checked(start)?;
    let version: String = fold(version).chars().filter(char::is_ascii_alphanumeric).collect();
    let is_2025 = match version.as_str() {
        "naf2025" => true,
        "nafrev2" | "naf2008" => false,
        _ => return None,
    };
    Some((code.trim_end_matches(['(', ',']), is_2025))
}

impl WasteCode {
    /// Reads "130205", "13 02 05*", "13.02.05*". Refuses a chapter outside 01 to 20.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let code = compact(typed).and_then(|text| {
            let plain = text.replace('.', "");
            let (digits, star) = plain.split_at_checked(6)?;
            let (chapter, rest) = digits.split_at_checked(2)?;
            let (section, entry) = rest.split_at_checked(2)?;
            let holds = all_digits(digits) && ("01"..="20").contains(&chapter) && section != "00" && entry != "00" && matches!(star, "" | "*");
            holds.then(|| format!("{chapter} {section} {entry}{star}"))
        });
        let ask = "Écrire le code déchet, six chiffres et une étoile s’il est dangereux, par exemple 13 02 05*";
        code.map(Self).ok_or_else(|| Sentence::asked(ask, typed))
    }

    /// Whether the code is that of a hazardous waste.
    pub fn is_hazardous(&self) -> bool {
        self.0.ends_with('*')
    }
}

impl InseeCode {
    /// Reads the five characters of a commune, small letters allowed. Refuses a department that
    /// does not exist.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let code = compact(typed).and_then(|text| {
            let code = text.to_ascii_uppercase();
            let (department, commune) = code.split_at_checked(2)?;
            let exists = match department {
                "2A" | "2B" => true,
                "20" | "96" => false,
                _ => all_digits(department) && ("01"..="98").contains(&department),
            };
            (exists && commune.len() == 3 && all_digits(commune)).then_some(code)
        });
        let ask = "Écrire le code INSEE de la commune, cinq caractères, par exemple 76540 ou 2A004";
        code.map(Self).ok_or_else(|| Sentence::asked(ask, typed))
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Luhn's check; for the establishments of La Poste, which ran out of numbers, the digits only add
/// up to a multiple of five.
fn siret_holds(digits: &str) -> bool {
    let values = || digits.bytes().map(|b| u32::from(b - b'0'));
    let doubled = |n: u32| if n > 4 { 2 * n - 9 } else { 2 * n };
    let luhn: u32 = values().rev().zip([false, true].into_iter().cycle()).map(|(n, double)| if double { doubled(n) } else { n }).sum();
    let sum: u32 = values().sum();
    let is_la_poste = digits.starts_with("356000000");
    sum > 0 && (luhn.is_multiple_of(10) || is_la_poste && sum.is_multiple_of(5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_siret_has_its_check_digit() {
        for typed in ["73282932000074", "732 829 320 00074", "732\u{a0}829\u{202f}320 00074"] {
            assert_eq!(Siret::read(typed).expect(typed).as_str(), "73282932000074");
        }
        for la_poste in ["35600000000048", "35600000009075", "35600000049837"] {
            assert!(Siret::read(la_poste).is_ok(), "{la_poste}");
        }
        for typed in ["", "73282932000075", "00000000000000", "7328293200007", "732829320000741", "7328293200007A", "٧٣٢٨٢٩٣"] {
            assert!(Siret::read(typed).is_err(), "{typed}");
        }
        assert_eq!(
            Siret::read("73282932000075").expect_err("check digit").as_str(),
            "Vérifier le SIRET, un de ses 14 chiffres ne va pas avec les autres. \
             Vous avez écrit «\u{a0}73282932000075\u{a0}»."
        );
    }

    #[test]
    fn a_naf_code_has_one_writing() {
        for typed in ["1051C", "10.51C", "10.51c", " 10 51 C "] {
            assert_eq!(Naf::read(typed).expect(typed).to_string(), "10.51C");
        }
        for typed in ["10.51C NAF 2025", "1051c (naf 2025)", "10.51C (NAF\u{a0}2025)", "10.51C, NAF2025"] {
            let code = Naf::read(typed).expect(typed);
            assert_eq!((code.as_str(), code.code(), code.is_2025()), ("10.51C (NAF\u{a0}2025)", "10.51C", true));
            assert_eq!(Naf::read(code.as_str()), Ok(code));
        }
        let old = Naf::read("10.51C NAF rév. 2").expect("a version");
        assert_eq!((old.as_str(), old.is_2025()), ("10.51C", false));
        for typed in ["NAF 2025", "10.51C NAF 2030", "", "10.51", "1051CC", "10.5C", "00.51C", "10.51é", "é051C", "10.51Z1"] {
            assert!(Naf::read(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_waste_code_keeps_its_star() {
        for (typed, code) in [("130205", "13 02 05"), ("13 02 05*", "13 02 05*"), ("13.02.05*", "13 02 05*"), ("13 02 05 *", "13 02 05*")] {
            let read = WasteCode::read(typed).expect(typed);
            assert_eq!(read.as_str(), code);
            assert_eq!(read.is_hazardous(), typed.ends_with('*'));
        }
        for typed in ["", "1302", "210101", "000101", "130005", "130200", "130205**", "13 02 0é", "*130205"] {
            assert!(WasteCode::read(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn an_insee_code_is_that_of_a_commune() {
        for (typed, code) in [("76540", "76540"), ("2a004", "2A004"), ("2B033", "2B033"), ("97411", "97411"), ("01001", "01001")] {
            assert_eq!(InseeCode::read(typed).expect(typed).as_str(), code);
        }
        for typed in ["", "7654", "765400", "20004", "2C004", "00001", "99100", "96001", "é6540", "2A00A"] {
            assert!(InseeCode::read(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn codes_travel_as_text_and_are_checked_again() {
        let code = WasteCode::read("13 02 05*").expect("valid");
        assert_eq!(serde_json::to_string(&code).expect("json"), "\"13 02 05*\"");
        assert_eq!(serde_json::from_str::<WasteCode>("\"130205*\"").expect("json"), code);
        assert!(serde_json::from_str::<Siret>("\"1\"").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), near in "[0-9A-Za-z .*é]{0,16}") {
            for text in [&text, &near] {
                let _ = (Siret::read(text), Naf::read(text), WasteCode::read(text), InseeCode::read(text));
            }
        }

        #[test]
        fn what_is_shown_reads_back(naf in "[0-9]{4}[A-Z]", waste in "[0-9]{6}\\*?", insee in "[0-9][0-9AB][0-9]{3}", siret in "[0-9]{14}") {
            if let Ok(code) = Naf::read(&naf) { prop_assert_eq!(Naf::read(&code.to_string()), Ok(code)); }
            if let Ok(code) = WasteCode::read(&waste) { prop_assert_eq!(WasteCode::read(&code.to_string()), Ok(code)); }
            if let Ok(code) = InseeCode::read(&insee) { prop_assert_eq!(InseeCode::read(&code.to_string()), Ok(code)); }
            if let Ok(code) = Siret::read(&siret) { prop_assert_eq!(Siret::read(&code.to_string()), Ok(code)); }
        }
    }
}
