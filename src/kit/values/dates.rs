//! Days and years.

use super::{compact, received_as_read};
use crate::kit::french::Sentence;
use crate::kit::moment;
use serde::{Deserialize, Serialize};
use std::fmt;
use time::Date;

/// A day between 1900 and 2100, kept and shown as "2015-10-14", which is also the value of
/// `<input type=date>`; [`moment::day`] writes it for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// Reads the value of `<input type=date>`, "14/10/2015", "14 octobre 2015" with or without its
    /// weekday.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        moment::read_date(typed).map(Self)
    }

    /// The date.
    pub const fn get(self) -> Date {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&moment::iso_day(self.0))
    }
}

impl TryFrom<Date> for Day {
    type Error = Sentence;

    fn try_from(date: Date) -> Result<Self, Sentence> {
        Self::read(&moment::iso_day(date))
    }
}

received_as_read!(Day);

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// A year between 1900 and 2100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Year(i32);

impl Year {
    /// Reads four digits.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let digits = compact(typed).filter(|text| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()));
        let year = digits.and_then(|text| text.parse().ok()).filter(|year| moment::YEARS.contains(year));
        year.map(Self).ok_or_else(|| Self::asked(typed))
    }

    /// The year.
    pub const fn get(self) -> i32 {
        self.0
    }

    fn asked(typed: &str) -> Sentence {
        Sentence::asked("Écrire une année entre 1900 et 2100, par exemple 2015", typed)
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<i32> for Year {
    type Error = Sentence;

    fn try_from(year: i32) -> Result<Self, Sentence> {
        if moment::YEARS.contains(&year) { Ok(Self(year)) } else { Err(Self::asked(&year.to_string())) }
    }
}

impl From<Year> for i32 {
    fn from(year: Year) -> Self {
        year.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for typed in ["2015-10-14", "14/10/2015", "14 octobre 2015", "mercredi 14\u{a0}octobre 2015"] {
            let day = Day::read(typed).expect(typed);
            assert_eq!((day.get(), day.to_string().as_str()), (date!(2015 - 10 - 14), "2015-10-14"));
        }
        assert_eq!(
            Day::read("31/02/2015").expect_err("no such day").as_str(),
            "Écrire une date entre 1900 et 2100, par exemple 14\u{a0}octobre 2015. \
             Vous avez écrit «\u{a0}31/02/2015\u{a0}»."
        );
        assert!(Day::try_from(date!(1899 - 12 - 31)).is_err());
        assert_eq!(serde_json::to_string(&Day::read("14/10/2015").expect("day")).expect("json"), "\"2015-10-14\"");
        assert!(serde_json::from_str::<Day>("\"2015-02-31\"").is_err());
    }

    #[test]
    fn a_year_has_four_digits() {
        for (typed, year) in
            [("2015", Some(2015)), (" 1900 ", Some(1900)), ("2100", Some(2100)), ("1899", None), ("2101", None), ("15", None), ("+2015", None), ("", None)]
        {
            assert_eq!(Year::read(typed).ok().map(Year::get), year, "{typed}");
        }
        assert_eq!(serde_json::from_str::<Year>("2015").ok(), Year::read("2015").ok());
        assert!(serde_json::from_str::<Year>("20150").is_err());
    }

    proptest! {
        #[test]
        fn days_and_years_read_back(text in any::<String>(), year in 1900..=2100_i32, ordinal in 1..=365_u16) {
            let _ = (Day::read(&text), Year::read(&text));
            let day = Day::try_from(Date::from_ordinal_date(year, ordinal).expect("date")).expect("day");
            prop_assert_eq!(Day::read(&day.to_string()), Ok(day));
            prop_assert_eq!(Day::read(&moment::day(day.get())), Ok(day));
            prop_assert_eq!(Year::read(&year.to_string()).map(Year::get), Ok(year));
        }
    }
}
