//! Amounts of money, in whole cents.

use super::numbers::scaled;
use crate::kit::french::{Sentence, euros};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in whole cents of euro. What is read or received is from zero to [`Cents::MAX`]; what
/// is computed may be below zero, as a gap between expenses and resources is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Cents(i64);

impl Cents {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The most that may be typed: ten billion euros.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// An amount computed or stored, in cents, of any sign.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The number of cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads "18 600", "18600,5", "18 600,50 €". Refuses a negative amount, more than two decimals,
    /// more than [`Cents::MAX`].
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let example = euros(Self(1_860_050));
        let ask = || Sentence::asked(&format!("Écrire un montant en euros, par exemple {example}"), typed);
        let cents = scaled(without_currency(typed), 2).ok_or_else(ask)?;
        i64::try_from(cents).map_err(|_| Self::out_of_range(typed)).and_then(|cents| Self::bounded(cents, typed))
    }

    /// The value of its field: "18600" or "18600,50".
    pub fn input(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        match (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100) {
            (whole, 0) => format!("{sign}{whole}"),
            (whole, rest) => format!("{sign}{whole},{rest:02}"),
        }
    }

    fn bounded(cents: i64, typed: &str) -> Result<Self, Sentence> {
        let is_in_range = (0..=Self::MAX.0).contains(&cents);
        if is_in_range { Ok(Self(cents)) } else { Err(Self::out_of_range(typed)) }
    }

    fn out_of_range(typed: &str) -> Sentence {
        Sentence::asked(&format!("Écrire un montant de {} à {}", euros(Self::ZERO), euros(Self::MAX)), typed)
    }
}

/// Shown as "18 600 €" or "18 600,50 €".
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&euros(*self))
    }
}

/// A sum stops at the largest number of cents there is rather than overflow.
impl std::iter::Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |total, amount| total.saturating_add(amount.0)))
    }
}

impl TryFrom<i64> for Cents {
    type Error = Sentence;

    fn try_from(cents: i64) -> Result<Self, Sentence> {
        Self::bounded(cents, &euros(Self(cents)))
    }
}

impl From<Cents> for i64 {
    fn from(amount: Cents) -> Self {
        amount.0
    }
}

fn without_currency(typed: &str) -> &str {
    let typed = typed.trim();
    let amount = ["€", "euros", "euro", "EUR"].into_iter().find_map(|unit| typed.strip_suffix(unit));
    amount.map_or(typed, str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (typed, cents) in [
            ("18 600", 1_860_000),
            ("18600,5", 1_860_050),
            ("18\u{202f}600,50\u{a0}€", 1_860_050),
            ("18600.50 euros", 1_860_050),
            ("0", 0),
            ("0,01", 1),
            ("12,500", 1_250),
            ("10 000 000 000", 1_000_000_000_000),
        ] {
            assert_eq!(Cents::read(typed), Ok(Cents(cents)), "{typed}");
        }
        for typed in
            ["", "€", "-5", "1,234", "18 60", "1,2,3", "18.600,50", ",5", "5,", "abc", "1e3", "10 000 000 000,01", "99999999999999999999999999999999999"]
        {
            assert!(Cents::read(typed).is_err(), "{typed}");
        }
        assert_eq!(
            Cents::read("cent").expect_err("letters").as_str(),
            "Écrire un montant en euros, par exemple 18\u{202f}600,50\u{a0}€. \
             Vous avez écrit «\u{a0}cent\u{a0}»."
        );
    }

    #[test]
    fn amounts_add_up_and_travel_as_numbers() {
        assert_eq!([Cents(150), Cents(-50)].into_iter().sum::<Cents>(), Cents(100));
        assert_eq!([Cents(i64::MAX), Cents(1)].into_iter().sum::<Cents>(), Cents(i64::MAX));
        assert_eq!(serde_json::to_string(&Cents(150)).expect("json"), "150");
        assert_eq!(serde_json::from_str::<Cents>("150").expect("json"), Cents(150));
        assert!(serde_json::from_str::<Cents>("-1").is_err());
        assert_eq!((Cents(1_860_000).input(), Cents(-5).input()), ("18600".into(), "-0,05".into()));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), near in "[0-9 ,.€-]{0,70}", n in any::<i64>()) {
            let _ = (Cents::read(&text), Cents::read(&near), Cents(n).input(), Cents::try_from(n));
        }

        #[test]
        fn what_is_shown_reads_back(cents in 0..=Cents::MAX.0) {
            prop_assert_eq!(Cents::read(&Cents(cents).to_string()), Ok(Cents(cents)));
            prop_assert_eq!(Cents::read(&Cents(cents).input()), Ok(Cents(cents)));
        }
    }
}
