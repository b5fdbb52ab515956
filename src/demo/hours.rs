//! A team works from nine to six, Monday to Friday: acts spread evenly over a week are brought there, in the same order.

use time::{Date, Duration, OffsetDateTime, Time};

use crate::kit::moment;

/// Days of a week on which a team works.
const WORKED: f64 = 5.0;

/// The instant of the same week that is as far within its worked hours as this one is within the week.
pub fn office(at: OffsetDateTime) -> OffsetDateTime {
    spread(at).unwrap_or(at)
}

fn spread(at: OffsetDateTime) -> Option<OffsetDateTime> {
    let (date, _) = moment::paris_parts(at);
    let monday = date - Duration::days(i64::from(date.weekday().number_days_from_monday()));
    let midnight = |date: Date| moment::from_paris(date, Time::MIDNIGHT).ok();
    // A week in which the clock changes is an hour longer or shorter.
    let (start, end) = (midnight(monday)?, midnight(monday + Duration::WEEK)?);
    let place = (at - start) / (end - start) * WORKED;
    at_work(monday + Duration::DAY * place.floor(), place.fract())
}

fn at_work(day: Date, share: f64) -> Option<OffsetDateTime> {
    let time = Time::MIDNIGHT + Duration::hours(9) + Duration::hours(9) * share;
    moment::from_paris(day, time.replace_nanosecond(0).ok()?).ok()
}

/// The last worked instant before now.
pub fn before(now: OffsetDateTime) -> OffsetDateTime {
    let found = office(now - Duration::hours(3));
    if found < now - Duration::minutes(10) { found } else { office(now - Duration::DAY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_of_a_week_comes_at_work_and_in_order() {
        let start = time::macros::datetime!(2026-10-19 00:00 UTC);
        let mut previous = start - Duration::weeks(1);
        for half_hour in 0..336 {
            let at = office(start + Duration::minutes(30) * half_hour);
            let (date, time) = moment::paris_parts(at);
            assert!(date.weekday().number_days_from_monday() < 5 && (9..18).contains(&time.hour()), "{at}");
            assert!(at > previous, "{at}");
            previous = at;
        }
    }

    #[test]
    fn the_last_worked_instant_is_past() {
        for hour in 0..168 {
            let now = time::macros::datetime!(2026-11-23 00:00 UTC) + Duration::hours(hour);
            assert!(before(now) < now, "{now}");
        }
    }
}
