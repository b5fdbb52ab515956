//! The one place that asks the machine for the time.

use time::OffsetDateTime;

/// The present instant in UTC, cut to the microsecond: what Postgres stores and gives back.
#[expect(clippy::disallowed_methods, reason = "the only place allowed to ask")]
pub fn now() -> OffsetDateTime {
    to_microsecond(OffsetDateTime::now_utc())
}

fn to_microsecond(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_microsecond(at.microsecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn an_instant_keeps_its_microseconds_and_nothing_finer() {
        assert_eq!(to_microsecond(datetime!(2015-10-14 21:59:59.123456789 UTC)), datetime!(2015-10-14 21:59:59.123456 UTC));
        assert_eq!(now().nanosecond() % 1000, 0);
        assert!(now().offset().is_utc());
    }
}
