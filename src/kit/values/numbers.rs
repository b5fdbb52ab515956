//! Numbers read without ever passing through a float.

use super::{SHORT, shown_as_text, text_value};
use crate::kit::french::{Sentence, count, thousands};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

/// Most decimals a number may have, and the largest number there is.
const PLACES_MAX: u8 = 9;
const DECIMAL_MAX: i64 = 1_000_000_000_000;

text_value! {
    /// A number from zero, with decimals, kept and shown as a canonical text with a dot: "0.3".
    /// [`crate::kit::french::decimal`] writes it for people; [`Decimal::scaled`] computes with it.
    Decimal
}
shown_as_text!(Decimal);

/// Receives a number (from JSON) within the widest bounds.
impl TryFrom<String> for Decimal {
    type Error = Sentence;

    fn try_from(text: String) -> Result<Self, Sentence> {
        Self::read(&text, PLACES_MAX, DECIMAL_MAX, "0,3")
    }
}

impl Decimal {
    /// Reads "0,3", "0.3", "1 250,75". Refuses more than `places` decimals (nine at most) and more
    /// than `most` (a million million at most); `example` is what the refusal shows: "0,3".
    pub fn read(typed: &str, places: u8, most: i64, example: &str) -> Result<Self, Sentence> {
        let places = places.min(PLACES_MAX);
        let most = most.clamp(0, DECIMAL_MAX);
        let number = scaled(typed, places.into());
        let number = number.filter(|&number| number <= i128::from(most) * unit(places));
        number.map(|number| Self::canonical(number, places)).ok_or_else(|| {
            let places = match places {
                0 => "sans décimale".to_owned(),
                _ => format!("avec {} au plus", count(places, "décimale", "décimales")),
            };
            let range = format!("de 0 à {}", thousands(most));
            let ask = format!("Écrire un nombre {range}, {places}, par exemple {example}");
            Sentence::asked(&ask, typed)
        })
    }

    /// The number times ten to the power `places` (nine at most), for sums and comparisons: exact
    /// when `places` is not under the number's own, cut towards zero otherwise.
    pub fn scaled(&self, places: u8) -> i128 {
        let finest = scaled(&self.0, PLACES_MAX.into()).unwrap_or(0);
        finest / unit(PLACES_MAX - places.min(PLACES_MAX))
    }

    fn canonical(number: i128, places: u8) -> Self {
        let (whole, fraction) = (number / unit(places), number % unit(places));
        if fraction == 0 {
            return Self(whole.to_string());
        }
        let width = usize::from(places);
        let digits = format!("{fraction:0width$}");
        Self(format!("{whole}.{}", digits.trim_end_matches('0')))
    }
}

text_value! {
    /// A number that may be under zero (a temperature, a latitude), kept and shown as a canonical text with a dot: "-0.33".
    Signed
}
shown_as_text!(Signed);

/// Receives a number (from JSON) within the widest bounds.
impl TryFrom<String> for Signed {
    type Error = Sentence;

    fn try_from(text: String) -> Result<Self, Sentence> {
        Self::read(&text, PLACES_MAX, -DECIMAL_MAX..=DECIMAL_MAX, "-0,3")
    }
}

impl Signed {
    /// Reads "-12,5", "−12.5", "45,65". Refuses more than `places` decimals (nine at most) and a number outside `bounds`;
    /// `example` is what the refusal shows.
    pub fn read(typed: &str, places: u8, bounds: RangeInclusive<i64>, example: &str) -> Result<Self, Sentence> {
        let places = places.min(PLACES_MAX);
        let (least, most) = bounds.into_inner();
        let text = typed.trim();
        let unsigned = text.strip_prefix(['-', '−']);
        let number = scaled(unsigned.unwrap_or(text), places.into());
        let within = |number: &i128| (i128::from(least) * unit(places)..=i128::from(most) * unit(places)).contains(number);
        let number = number.map(|number| if unsigned.is_some() { -number } else { number }).filter(within);
        number.map(|number| Self::canonical(number, places)).ok_or_else(|| {
            let range = format!("de {} à {}", thousands(least), thousands(most));
            Sentence::asked(&format!("Écrire un nombre {range}, avec {} au plus, par exemple {example}", count(places, "décimale", "décimales")), typed)
        })
    }

    fn canonical(number: i128, places: u8) -> Self {
        let sign = if number < 0 { "-" } else { "" };
        Self(format!("{sign}{}", Decimal::canonical(number.abs(), places).0))
    }
}

/// Ten to the power `places`.
fn unit(places: u8) -> i128 {
    10_i128.pow(u32::from(places))
}

/// A whole number, read within bounds; shown in plain digits, [`thousands`] writes it for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Whole(i64);

impl Whole {
    /// Reads "12", "1 250", and "-5" when the bounds allow it. Refuses a number outside `bounds`.
    pub fn read(typed: &str, bounds: RangeInclusive<i64>) -> Result<Self, Sentence> {
        let text = typed.trim();
        let unsigned = text.strip_prefix(['-', '−']);
        let number = scaled(unsigned.unwrap_or(text), 0);
        let number = number.map(|number| if unsigned.is_some() { -number } else { number });
        let number = number.and_then(|number| i64::try_from(number).ok());
        let (least, most) = bounds.into_inner();
        number.filter(|number| (least..=most).contains(number)).map(Self).ok_or_else(|| {
            let range = format!("de {} à {}", thousands(least), thousands(most));
            Sentence::asked(&format!("Écrire un nombre entier {range}, en chiffres"), typed)
        })
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads a number without sign, times ten to the power `places`. The decimal mark is a comma or a
/// dot; spaces stand between groups of three digits or nowhere ("12 5" is neither 125 nor 12,5);
/// decimals past `places` must be zeros.
pub(super) fn scaled(typed: &str, places: u32) -> Option<i128> {
    if typed.len() > SHORT {
        return None;
    }
    let typed = typed.trim();
    let (whole, fraction) = match typed.split_once([',', '.']) {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction.trim_end_matches('0')),
        None => (typed, ""),
    };
    let groups: Vec<&str> = whole.split(char::is_whitespace).collect();
    let grouped = groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    let missing = usize::try_from(places).ok()?.checked_sub(fraction.len())?;
    let digits = groups.concat() + fraction + &"0".repeat(missing);
    let has_whole = !groups[0].is_empty();
    let is_number = grouped && has_whole && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::french;
    use proptest::prelude::*;

    fn staff(typed: &str) -> Result<Decimal, Sentence> {
        Decimal::read(typed, 2, 1000, "0,3")
    }

    #[test]
    fn a_signed_number_takes_both_minus_signs_within_its_bounds() {
        let read = |typed: &str| Signed::read(typed, 4, -90..=90, "-0,3").map(String::from);
        for (typed, canonical) in [("-0,33", "-0.33"), ("−45.5", "-45.5"), ("45,6981", "45.6981"), ("-0", "0"), ("90", "90")] {
            assert_eq!(read(typed).as_deref(), Ok(canonical), "{typed}");
        }
        for typed in ["", "-", "--1", "90,0001", "-91", "1,00001", "+3", "nord"] {
            assert!(read(typed).is_err(), "{typed}");
        }
        assert_eq!(french::decimal("-0.33", 2), "−0,33");
    }

    #[test]
    fn decimals_take_a_comma_or_a_dot() {
        for (typed, canonical) in
            [("0,3", "0.3"), ("0.30", "0.3"), ("00,05", "0.05"), (" 1 000 ", "1000"), ("1\u{202f}000,00", "1000"), ("0", "0"), ("0,000", "0"), ("100", "100")]
        {
            let read = staff(typed).expect(typed);
            assert_eq!((read.as_str(), read.to_string().as_str()), (canonical, canonical));
        }
        for typed in ["", "0;3", "0,345", "1000,01", "1001", "-1", ",5", "5,", "1 2", "1  000", "1,0 0", "٣", "1e2", "NaN"] {
            assert!(staff(typed).is_err(), "{typed}");
        }
        assert_eq!(french::decimal(staff("1000").expect("valid"), 2), "1\u{202f}000");
    }

    #[test]
    fn a_refused_decimal_says_what_to_write() {
        for (places, sentence) in [
            (2, "Écrire un nombre de 0 à 1\u{202f}000, avec 2\u{a0}décimales au plus, par exemple 0,3."),
            (1, "Écrire un nombre de 0 à 1\u{202f}000, avec 1\u{a0}décimale au plus, par exemple 0,3."),
            (0, "Écrire un nombre de 0 à 1\u{202f}000, sans décimale, par exemple 0,3."),
        ] {
            let refused = Decimal::read("0;3", places, 1000, "0,3").expect_err("semicolon");
            assert_eq!(refused.to_string(), format!("{sentence} Vous avez écrit «\u{a0}0;3\u{a0}»."));
        }
    }

    #[test]
    fn decimals_are_computed_exactly() {
        let number = staff("0,35").expect("valid");
        assert_eq!([0, 1, 2, 3, 200].map(|places| number.scaled(places)), [0, 3, 35, 350, 350_000_000]);
    }

    #[test]
    fn whole_numbers_keep_to_their_bounds() {
        for (typed, number) in [
            ("12", Some(12)),
            ("1\u{202f}250", Some(1250)),
            ("-50", Some(-50)),
            ("−5", Some(-5)),
            ("007", Some(7)),
            ("12,0", Some(12)),
            ("-51", None),
            ("2001", None),
            ("12,5", None),
            ("--5", None),
            ("+5", None),
            ("", None),
            ("99999999999999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(Whole::read(typed, -50..=2000).ok().map(Whole::get), number, "{typed}");
        }
        assert_eq!(
            Whole::read("chaud", -50..=2000).expect_err("letters").as_str(),
            "Écrire un nombre entier de −50 à 2\u{202f}000, en chiffres. Vous avez écrit «\u{a0}chaud\u{a0}»."
        );
    }

    #[test]
    fn numbers_travel_as_json() {
        assert_eq!(serde_json::to_string(&staff("0,3").expect("valid")).expect("json"), "\"0.3\"");
        assert_eq!(serde_json::from_str::<Decimal>("\"0.3\"").ok(), staff("0,3").ok());
        assert!(serde_json::from_str::<Decimal>("\"-1\"").is_err());
        assert_eq!(serde_json::from_str::<Whole>("20").ok().map(Whole::get), Some(20));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), near in "[0-9 ,.−-]{0,70}", places in any::<u8>(), most in any::<i64>()) {
            for text in [&text, &near] {
                let _ = (Decimal::read(text, places, most, text), Whole::read(text, i64::MIN..=most));
                if let Ok(number) = Decimal::try_from(text.clone()) {
                    let _ = number.scaled(places);
                }
            }
        }

        #[test]
        fn what_is_shown_reads_back(n in any::<i64>(), number in 0..=100_000_i128) {
            let all = || i64::MIN..=i64::MAX;
            let whole = Whole::read(&n.to_string(), all());
            prop_assert_eq!(whole.clone().map(Whole::get), Ok(n));
            prop_assert_eq!(Whole::read(&thousands(n), all()), whole);
            let decimal = Decimal::canonical(number, 2);
            prop_assert_eq!(decimal.scaled(2), number);
            prop_assert_eq!(staff(&decimal.to_string()), Ok(decimal.clone()));
            prop_assert_eq!(staff(&french::decimal(&decimal, 2)), Ok(decimal));
        }
    }
}
