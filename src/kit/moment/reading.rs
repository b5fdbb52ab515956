//! Days and times as browsers send them and as people write them.

use super::{MONTHS, WEEKDAYS, YEARS, from_paris};
use crate::kit::french::{NBSP, Sentence, fold};
use time::{Date, Month, OffsetDateTime, Time};

/// Longest text read as a date or a time, in bytes.
const TYPED_MAX: usize = 60;

/// Reads a day: the value of `<input type=date>`, "14/10/2015", "14 octobre 2015", "mercredi 14
/// octobre 2015". Refuses anything else, a weekday that is not that of the date, and a year outside
/// [`YEARS`].
pub fn read_date(typed: &str) -> Result<Date, Sentence> {
    parse_date(typed).ok_or_else(|| {
        let example = format!("14{NBSP}octobre 2015");
        Sentence::asked(&format!("Écrire une date entre 1900 et 2100, par exemple {example}"), typed)
    })
}

/// Reads a time: the value of `<input type=time step=1>`, "23 h 59", "23h", "23 h 59 min 59 s".
pub fn read_time(typed: &str) -> Result<Time, Sentence> {
    parse_time(typed).ok_or_else(|| Sentence::asked(&format!("Écrire une heure, par exemple 12{NBSP}h ou 23{NBSP}h{NBSP}59"), typed))
}

/// Reads the value of `<input type=datetime-local>`, in Paris, into an instant in UTC. Refuses what
/// [`read_date`], [`read_time`] and [`from_paris`] refuse.
pub fn read_local(typed: &str) -> Result<OffsetDateTime, Sentence> {
    let (date, time) = typed.trim().split_once(['T', ' ']).ok_or_else(|| {
        let example = format!("14{NBSP}octobre 2015 à 12{NBSP}h");
        Sentence::asked(&format!("Écrire une date et une heure, par exemple {example}"), typed)
    })?;
    from_paris(read_date(date)?, read_time(time)?)
}

fn parse_date(typed: &str) -> Option<Date> {
    if typed.len() > TYPED_MAX {
        return None;
    }
    let folded = fold(typed);
    let separators = |c: char| c.is_whitespace() || matches!(c, '/' | '-' | '.');
    let mut parts: Vec<&str> = folded.split(separators).filter(|part| !part.is_empty()).collect();
    let named = WEEKDAYS.iter().position(|&name| parts.first() == Some(&name));
    if named.is_some() {
        parts.remove(0);
    }
    let (year, month, day) = match *parts.as_slice() {
        [year, month, day] if year.len() == 4 => (year, month, day),
        [day, month, year] if year.len() == 4 => (year, month, day),
        _ => return None,
    };
    let year = i32::try_from(digits(year)?).ok().filter(|year| YEARS.contains(year))?;
    let day = if day == "1er" { 1 } else { digits(day)? };
    let date = Date::from_calendar_date(year, parse_month(month)?, u8::try_from(day).ok()?).ok()?;
    let weekday = usize::from(date.weekday().number_days_from_monday());
    named.is_none_or(|named| named == weekday).then_some(date)
}

fn parse_month(folded: &str) -> Option<Month> {
    let named = MONTHS.iter().zip(1..).find(|(name, _)| fold(name) == folded).map(|(_, number)| number);
    Month::try_from(u8::try_from(named.or_else(|| digits(folded))?).ok()?).ok()
}

fn parse_time(typed: &str) -> Option<Time> {
    if typed.len() > TYPED_MAX {
        return None;
    }
    let compact: String = fold(typed).split_whitespace().collect();
    let (hour, rest) = compact.split_once(['h', ':'])?;
    let (minute, second) = rest.split_once("min").or_else(|| rest.split_once(':')).unwrap_or((rest, ""));
    let second = second.strip_suffix('s').unwrap_or(second);
    let part = |text: &str| {
        if text.is_empty() { Some(0) } else { u8::try_from(digits(text)?).ok() }
    };
    Time::from_hms(u8::try_from(digits(hour)?).ok()?, part(minute)?, part(second)?).ok()
}

/// One to four digits.
fn digits(text: &str) -> Option<u32> {
    let short = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    short.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::{clock, day, iso_day, iso_local, paris_parts};
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, datetime, time};

    #[test]
    fn dates_and_times_are_read_as_browsers_and_people_write_them() {
        for typed in ["2015-10-14", "14/10/2015", " 14 octobre 2015 ", "mercredi 14 OCTOBRE 2015", "14\u{a0}octobre 2015"] {
            assert_eq!(read_date(typed), Ok(date!(2015 - 10 - 14)), "{typed}");
        }
        assert_eq!(read_date("1er février 2026"), Ok(date!(2026 - 02 - 01)));
        for typed in ["", "14/10/15", "29/02/2015", "mardi 14 octobre 2015", "2015-13-01", "1899-12-31", "2101-01-01", "1er", "+1/10/2015"] {
            assert!(read_date(typed).is_err(), "{typed}");
        }
        for typed in ["23:59:00", "23:59", "23 h 59", "23h59", "23\u{a0}h\u{a0}59\u{a0}min"] {
            assert_eq!(read_time(typed), Ok(time!(23:59)), "{typed}");
        }
        assert_eq!(read_time("23 h 59 min 59 s"), Ok(time!(23:59:59)));
        assert_eq!(read_time("9h"), Ok(time!(9:00)));
        for typed in ["", "23", "24:00", "23:60", ":30", "-1:00", "12:00:00:00", "midi"] {
            assert!(read_time(typed).is_err(), "{typed}");
        }
        assert_eq!(read_local("2015-10-14T23:59:59"), Ok(datetime!(2015-10-14 21:59:59 UTC)));
        assert_eq!(read_local("2015-10-14 12:00"), Ok(datetime!(2015-10-14 10:00 UTC)));
        assert!(read_local("2026-03-29T02:30").is_err());
        assert!(read_local("2026-03-29").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), near in "[0-9a-z/: T-]{0,20}") {
            for text in [&text, &near] {
                let _ = (read_date(text), read_time(text), read_local(text));
            }
        }

        #[test]
        fn what_is_shown_reads_back(seconds in -2_208_988_800_i64 + 86_400..4_133_894_400) {
            let at = OffsetDateTime::from_unix_timestamp(seconds).expect("in range");
            let (date, time) = paris_parts(at);
            prop_assert_eq!(read_date(&day(date)), Ok(date));
            prop_assert_eq!(read_date(&iso_day(date)), Ok(date));
            prop_assert_eq!(read_time(&clock(time)), Ok(time));
            let read = read_local(&iso_local(at)).expect("exists");
            prop_assert_eq!(paris_parts(read), (date, time));
            prop_assert!(read >= at);
        }
    }
}
