//! Instants are kept in UTC and days as dates; this module shows them, and reads them, in Paris.

mod reading;

pub use reading::{read_date, read_local, read_time};

use crate::kit::french::{NBSP, NNBSP, Sentence, count};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use std::sync::LazyLock;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset, Weekday};

/// The years a date may be typed in.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

const WEEKDAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

static PARIS: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Paris").expect("the time zone database is in the binary"));

/// The day of an instant: "mercredi 14 octobre 2015".
pub fn date(at: OffsetDateTime) -> String {
    day(paris_parts(at).0)
}

/// A day: "jeudi 4 décembre 2014", "dimanche 1er mars 2026".
pub fn day(date: Date) -> String {
    format!("{} {}", weekday(date.weekday()), short_day(date))
}

/// A whole instant: "mercredi 14 octobre 2015 à 14 h 05, heure de Paris"; seconds only when there
/// are some.
pub fn full(at: OffsetDateTime) -> String {
    let (date, time) = paris_parts(at);
    format!("{} à {}, heure de Paris", day(date), clock(time))
}

/// The hour of an instant, to the minute: "14 h 32", "9 h".
pub fn hour(at: OffsetDateTime) -> String {
    let time = paris_parts(at).1;
    clock(time.replace_second(0).unwrap_or(time))
}

/// An instant as seen from now: "aujourd’hui à 14 h 32", "hier à 9 h 07", "demain à 12 h", "mardi à
/// 9 h" up to six days away, "le 3 mars" in the same year, else "le 3 mars 2026".
pub fn near(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let (date, _) = paris_parts(at);
    let (today, _) = paris_parts(now);
    let day = match date.to_julian_day() - today.to_julian_day() {
        0 => "aujourd’hui",
        -1 => "hier",
        1 => "demain",
        -6..=6 => weekday(date.weekday()),
        _ if date.year() == today.year() => return format!("le {}", day_of_year(date)),
        _ => return format!("le {}", short_day(date)),
    };
    format!("{day} à {}", hour(at))
}

const BRIEF_MONTHS: [&str; 12] = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];

/// A day in a narrow column: "aujourd’hui", "12 oct.", "12 oct. 2014" in another year.
pub fn brief(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let ((date, _), (today, _)) = (paris_parts(at), paris_parts(now));
    let first = if date.day() == 1 { "er" } else { "" };
    let day = format!("{}{first}{NBSP}{}", date.day(), BRIEF_MONTHS[usize::from(u8::from(date.month())) - 1]);
    match (date == today, date.year() == today.year()) {
        (true, _) => "aujourd’hui".to_owned(),
        (false, true) => day,
        (false, false) => format!("{day}{NBSP}{}", date.year()),
    }
}

/// What remains before an exclusive bound: "Il reste 21 jours.", "Il reste 1 jour et 3 h.", "Il
/// reste 3 h 20 min."; none from the bound on. Days are those of the calendar in Paris, so that a
/// day on which the clock changes is one day; hours and minutes are those that really pass.
pub fn remaining(now: OffsetDateTime, bound: OffsetDateTime) -> Option<String> {
    let gap = (now < bound).then(|| Gap::between(now, bound))?;
    let unit = |n: i64, name: &str| format!("{n}{NBSP}{name}");
    let text = match (gap.days, gap.hours, gap.minutes) {
        (1, 1.., _) => format!("{} et {}", unit(1, "jour"), unit(gap.hours, "h")),
        (1.., _, _) => count(gap.days, "jour", "jours"),
        (_, 1.., 0) => unit(gap.hours, "h"),
        (_, 1.., _) => format!("{}{NBSP}{}", unit(gap.hours, "h"), unit(gap.minutes, "min")),
        (_, _, 1..) => unit(gap.minutes, "min"),
        _ => "moins d’une minute".to_owned(),
    };
    Some(format!("Il reste {text}."))
}

/// How long after an exclusive bound something arrived: "45 secondes", "4 minutes", "3 heures et 20
/// minutes", "2 jours"; none when it arrived before the bound.
pub fn late_by(arrival: OffsetDateTime, bound: OffsetDateTime) -> Option<String> {
    let gap = (arrival >= bound).then(|| Gap::between(bound, arrival))?;
    let minutes = count(gap.minutes, "minute", "minutes");
    Some(match (gap.days, gap.hours, gap.minutes, gap.seconds) {
        (1.., ..) => count(gap.days, "jour", "jours"),
        (_, 1.., 0, _) => count(gap.hours, "heure", "heures"),
        (_, 1.., ..) => format!("{} et {minutes}", count(gap.hours, "heure", "heures")),
        (_, _, 1.., _) => minutes,
        (.., 1..) => count(gap.seconds, "seconde", "secondes"),
        _ => "moins d’une seconde".to_owned(),
    })
}

/// The instant that many microseconds after 1970, as the database's JSON tells it.
pub fn from_micros(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// An instant for `<time datetime>`, in UTC and to the second: "2015-10-14T21:59:59Z".
pub fn iso(at: OffsetDateTime) -> String {
    let utc = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    format!("{}T{}Z", iso_day(utc.date()), iso_time(utc.time()))
}

/// A day for `<time datetime>` and `<input type=date>`: "2014-12-04".
pub fn iso_day(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// A time for `<input type=time step=1>`: "23:59:59".
pub fn iso_time(time: Time) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// An instant for `<input type=datetime-local step=1>`, in Paris: "2015-10-14T23:59:59".
pub fn iso_local(at: OffsetDateTime) -> String {
    let (date, time) = paris_parts(at);
    format!("{}T{}", iso_day(date), iso_time(time))
}

/// The day and the time in Paris at an instant.
pub fn paris_parts(at: OffsetDateTime) -> (Date, Time) {
    let offset = jiff::Timestamp::from_second(at.unix_timestamp()).map_or(UtcOffset::UTC, |instant| utc_offset(PARIS.to_offset(instant)));
    let local = at.checked_to_offset(offset).unwrap_or(at);
    (local.date(), local.time())
}

/// The instant of a day and time in Paris, in UTC. Of the two instants of an hour that comes twice
/// in autumn it is the later: a bound never falls earlier than somebody may have read it.
///
/// Refuses an hour that the clocks skip in spring.
pub fn from_paris(date: Date, time: Time) -> Result<OffsetDateTime, Sentence> {
    match paris_offset(date, time) {
        Some(AmbiguousOffset::Gap { .. }) => Err(skipped(date, time)),
        Some(AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { after: offset, .. }) => Ok(to_utc(date, time, utc_offset(offset))),
        None => Ok(to_utc(date, time, UtcOffset::UTC)),
    }
}

/// The exclusive bound of "avant le 15 octobre": the instant 15 October 00:00:00 in Paris. What
/// arrives at this instant is late. Show it with [`until`].
pub fn bound_before(date: Date) -> OffsetDateTime {
    from_paris(date, Time::MIDNIGHT).unwrap_or_else(|_| to_utc(date, Time::MIDNIGHT, UtcOffset::UTC))
}

/// The last second before an exclusive bound: the last that is in time.
pub fn last_second_before(bound: OffsetDateTime) -> OffsetDateTime {
    bound.checked_sub(Duration::SECOND).unwrap_or(bound)
}

/// An exclusive bound as people read it, by the last second in time: "mercredi 14 octobre 2015 à
/// 23 h 59 min 59 s, heure de Paris".
pub fn until(bound: OffsetDateTime) -> String {
    full(last_second_before(bound))
}

/// What lies between two instants, cut into units.
struct Gap {
    days: i64,
    hours: i64,
    minutes: i64,
    seconds: i64,
}

impl Gap {
    fn between(from: OffsetDateTime, to: OffsetDateTime) -> Self {
        let local = |at| {
            let (date, time) = paris_parts(at);
            PrimitiveDateTime::new(date, time)
        };
        let calendar = local(to) - local(from);
        let days = calendar.whole_days().max(0);
        let rest = if days > 0 { calendar - Duration::days(days) } else { to - from };
        let seconds = rest.whole_seconds();
        Self { days, hours: seconds / 3600, minutes: seconds / 60 % 60, seconds: seconds % 60 }
    }
}

fn weekday(weekday: Weekday) -> &'static str {
    WEEKDAYS[usize::from(weekday.number_days_from_monday())]
}

/// "4 décembre 2014".
fn short_day(date: Date) -> String {
    format!("{} {}", day_of_year(date), date.year())
}

/// "3 mars", "1er mars".
fn day_of_year(date: Date) -> String {
    let rank = if date.day() == 1 { "er" } else { "" };
    let month = MONTHS[usize::from(u8::from(date.month())) - 1];
    format!("{}{rank}{NBSP}{month}", date.day())
}

/// "12 h", "14 h 05", "23 h 59 min 59 s".
fn clock(time: Time) -> String {
    match time.as_hms() {
        (hour, 0, 0) => format!("{hour}{NBSP}h"),
        (hour, minute, 0) => format!("{hour}{NBSP}h{NBSP}{minute:02}"),
        (hour, minute, second) => {
            format!("{hour}{NBSP}h{NBSP}{minute:02}{NBSP}min{NBSP}{second:02}{NBSP}s")
        }
    }
}

fn skipped(date: Date, time: Time) -> Sentence {
    Sentence::new(format!(
        "Écrire une autre heure{NBSP}: le {}, on avance les horloges et {} n’existe pas à Paris{NNBSP}; \
         par exemple {}.",
        short_day(date),
        clock(time),
        clock(time + Duration::HOUR),
    ))
}

fn paris_offset(date: Date, time: Time) -> Option<AmbiguousOffset> {
    let small = |n: u8| i8::try_from(n).ok();
    let date = jiff::civil::Date::new(i16::try_from(date.year()).ok()?, small(u8::from(date.month()))?, small(date.day())?);
    let time = jiff::civil::Time::new(small(time.hour())?, small(time.minute())?, small(time.second())?, 0);
    Some(PARIS.to_ambiguous_timestamp(date.ok()?.to_datetime(time.ok()?)).offset())
}

fn utc_offset(offset: Offset) -> UtcOffset {
    UtcOffset::from_whole_seconds(offset.seconds()).unwrap_or(UtcOffset::UTC)
}

fn to_utc(date: Date, time: Time, offset: UtcOffset) -> OffsetDateTime {
    let local = PrimitiveDateTime::new(date, time).assume_offset(offset);
    local.checked_to_offset(UtcOffset::UTC).unwrap_or(local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, datetime, time};

    /// The text with its no-break spaces as plain ones.
    fn flat(text: &str) -> String {
        text.replace([NBSP, NNBSP], " ")
    }

    #[test]
    fn a_narrow_column_has_short_days() {
        let now = datetime!(2015-10-12 10:00 UTC);
        let brief = |at| flat(&brief(at, now));
        assert_eq!(brief(datetime!(2015-10-12 22:30 UTC)), "13 oct.");
        assert_eq!(brief(datetime!(2015-10-12 1:00 UTC)), "aujourd’hui");
        assert_eq!(brief(datetime!(2014-03-01 12:00 UTC)), "1er mars 2014");
    }

    #[test]
    fn instants_are_shown_in_paris() {
        for (at, text) in [
            (datetime!(2015-10-14 21:59:59 UTC), "mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris"),
            (datetime!(2015-10-14 22:00 UTC), "jeudi 15 octobre 2015 à 0 h, heure de Paris"),
            (datetime!(2014-12-04 11:00 UTC), "jeudi 4 décembre 2014 à 12 h, heure de Paris"),
            (datetime!(2026-02-28 23:05 UTC), "dimanche 1er mars 2026 à 0 h 05, heure de Paris"),
            (datetime!(2026-03-29 00:59:59 UTC), "dimanche 29 mars 2026 à 1 h 59 min 59 s, heure de Paris"),
            (datetime!(2026-03-29 01:00 UTC), "dimanche 29 mars 2026 à 3 h, heure de Paris"),
            (datetime!(2026-10-25 00:30 UTC), "dimanche 25 octobre 2026 à 2 h 30, heure de Paris"),
            (datetime!(2026-10-25 01:30 UTC), "dimanche 25 octobre 2026 à 2 h 30, heure de Paris"),
            (datetime!(2026-07-01 12:00:09 UTC), "mercredi 1er juillet 2026 à 14 h 00 min 09 s, heure de Paris"),
        ] {
            assert_eq!(flat(&full(at)), text);
        }
        let at = datetime!(2015-10-14 12:32:45 UTC);
        assert_eq!(date(at), "mercredi 14\u{a0}octobre 2015");
        assert_eq!(hour(at), "14\u{a0}h\u{a0}32");
        assert_eq!(day(date!(2014 - 12 - 04)), "jeudi 4\u{a0}décembre 2014");
    }

    #[test]
    fn near_instants_are_named_from_today() {
        let now = datetime!(2026-03-11 08:00 UTC);
        for (at, text) in [
            (datetime!(2026-03-11 13:32 UTC), "aujourd’hui à 14 h 32"),
            (datetime!(2026-03-10 23:00 UTC), "aujourd’hui à 0 h"),
            (datetime!(2026-03-10 22:59 UTC), "hier à 23 h 59"),
            (datetime!(2026-03-10 08:07 UTC), "hier à 9 h 07"),
            (datetime!(2026-03-12 11:00 UTC), "demain à 12 h"),
            (datetime!(2026-03-05 08:00 UTC), "jeudi à 9 h"),
            (datetime!(2026-03-17 08:00 UTC), "mardi à 9 h"),
            (datetime!(2026-03-03 23:30 UTC), "le 4 mars"),
            (datetime!(2026-03-18 08:00 UTC), "le 18 mars"),
            (datetime!(2025-12-01 08:00 UTC), "le 1er décembre 2025"),
        ] {
            assert_eq!(flat(&near(at, now)), text);
        }
        let after_change = datetime!(2026-03-29 22:30 UTC);
        assert_eq!(flat(&near(datetime!(2026-03-28 23:30 UTC), after_change)), "hier à 0 h 30");
    }

    #[test]
    fn what_remains_is_counted_in_the_right_unit() {
        let bound = datetime!(2026-03-29 22:00 UTC); // 30 March 0 h, after the night of the change
        for (now, text) in [
            (datetime!(2026-03-08 23:00 UTC), Some("Il reste 21 jours.")),
            (datetime!(2026-03-08 23:00:01 UTC), Some("Il reste 20 jours.")),
            (datetime!(2026-03-28 20:00 UTC), Some("Il reste 1 jour et 3 h.")),
            (datetime!(2026-03-28 23:00 UTC), Some("Il reste 1 jour.")),
            (datetime!(2026-03-28 23:40 UTC), Some("Il reste 22 h 20 min.")),
            (datetime!(2026-03-29 19:00 UTC), Some("Il reste 3 h.")),
            (datetime!(2026-03-29 21:40 UTC), Some("Il reste 20 min.")),
            (datetime!(2026-03-29 21:59:59.5 UTC), Some("Il reste moins d’une minute.")),
            (bound, None),
            (datetime!(2026-03-30 22:00 UTC), None),
        ] {
            assert_eq!(remaining(now, bound).as_deref().map(flat).as_deref(), text, "{now}");
        }
        let autumn = datetime!(2026-10-25 23:00 UTC);
        let text = remaining(datetime!(2026-10-24 22:30 UTC), autumn).expect("before");
        assert_eq!(flat(&text), "Il reste 24 h 30 min.");
    }

    #[test]
    fn lateness_is_told_in_words() {
        let bound = datetime!(2015-10-14 22:00 UTC);
        for (seconds, text) in [
            (-1, None),
            (0, Some("moins d’une seconde")),
            (1, Some("1 seconde")),
            (45, Some("45 secondes")),
            (250, Some("4 minutes")),
            (3600, Some("1 heure")),
            (12_060, Some("3 heures et 21 minutes")),
            (86_400, Some("1 jour")),
            (200_000, Some("2 jours")),
        ] {
            let late = late_by(bound + Duration::seconds(seconds), bound);
            assert_eq!(late.as_deref().map(flat).as_deref(), text);
        }
    }

    #[test]
    fn machine_forms_have_no_fraction() {
        let at = datetime!(2015-10-14 23:59:59.5 +2);
        assert_eq!(iso(at), "2015-10-14T21:59:59Z");
        assert_eq!(iso_local(at), "2015-10-14T23:59:59");
        assert_eq!((iso_day(date!(0987 - 01 - 02)), iso_time(time!(9:05))), ("0987-01-02".into(), "09:05:00".into()));
    }

    #[test]
    fn a_time_in_paris_is_one_instant() {
        for (date, time, at) in [
            (date!(2015 - 10 - 14), time!(23:59:59), datetime!(2015-10-14 21:59:59 UTC)),
            (date!(2014 - 12 - 04), time!(12:00), datetime!(2014-12-04 11:00 UTC)),
            (date!(2026 - 03 - 29), time!(1:59:59), datetime!(2026-03-29 00:59:59 UTC)),
            (date!(2026 - 03 - 29), time!(3:00), datetime!(2026-03-29 01:00 UTC)),
            (date!(2026 - 10 - 25), time!(1:59:59), datetime!(2026-10-24 23:59:59 UTC)),
            (date!(2026 - 10 - 25), time!(2:30), datetime!(2026-10-25 01:30 UTC)), // twice: the later
            (date!(2026 - 10 - 25), time!(3:00), datetime!(2026-10-25 02:00 UTC)),
        ] {
            assert_eq!(from_paris(date, time), Ok(at));
        }
        let refused = from_paris(date!(2026 - 03 - 29), time!(2:30)).expect_err("skipped");
        assert_eq!(
            flat(refused.as_str()),
            "Écrire une autre heure : le 29 mars 2026, on avance les horloges et 2 h 30 n’existe pas à Paris ; \
             par exemple 3 h 30."
        );
    }

    #[test]
    fn a_bound_is_exclusive_and_shown_by_its_last_second() {
        let bound = bound_before(date!(2015 - 10 - 15));
        assert_eq!(bound, datetime!(2015-10-14 22:00 UTC));
        assert_eq!(last_second_before(bound), datetime!(2015-10-14 21:59:59 UTC));
        assert_eq!(flat(&until(bound)), "mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris");
        assert_eq!(bound_before(date!(2026 - 03 - 30)), datetime!(2026-03-29 22:00 UTC));
        assert_eq!(bound_before(date!(2026 - 10 - 26)), datetime!(2026-10-25 23:00 UTC));
    }

    fn any_instant() -> impl Strategy<Value = OffsetDateTime> {
        let (first, last) = (PrimitiveDateTime::MIN.assume_utc(), PrimitiveDateTime::MAX.assume_utc());
        (first.unix_timestamp()..=last.unix_timestamp()).prop_map(|seconds| OffsetDateTime::from_unix_timestamp(seconds).expect("in range"))
    }

    proptest! {
        #[test]
        fn no_instant_panics(a in any_instant(), b in any_instant()) {
            let _ = (full(a), until(a), hour(a), near(a, b), remaining(a, b), late_by(a, b), iso(a), iso_local(a));
            let _ = bound_before(a.date());
        }
    }
}
