//! What a calendar is made of, and which events a person may read.

use time::{Date, Duration, OffsetDateTime};

use crate::kit::french::NBSP;
use crate::kit::moment;
use crate::meeting::model::{Meeting, Phase};
use crate::training::model::{Course, Session};

/// When something takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A whole day.
    Day(Date),
    /// From an instant to another.
    Span(OffsetDateTime, OffsetDateTime),
    /// Until an exclusive bound.
    Bound(OffsetDateTime),
}

impl When {
    /// Instants between which it stands. An exclusive bound stands in its last minute: on the day when one is still in time.
    pub fn span(self) -> (OffsetDateTime, OffsetDateTime) {
        match self {
            Self::Day(day) => (moment::bound_before(day), moment::bound_before(day + Duration::DAY)),
            Self::Span(start, end) => (start, end),
            Self::Bound(bound) => (bound - Duration::MINUTE, bound),
        }
    }

    /// As people read it, with the weekday and the hour of Paris.
    pub fn words(self) -> String {
        match self {
            Self::Day(day) => moment::day(day),
            Self::Span(start, end) if end - start > Duration::MINUTE => {
                format!("{}, {} à {}, heure de Paris", moment::date(start), moment::hour(start), moment::hour(end))
            }
            Self::Span(start, _) => moment::full(start),
            Self::Bound(bound) => format!("jusqu’au {}", moment::until(bound)),
        }
    }

    /// For `<time datetime>`.
    pub fn iso(self) -> String {
        match self {
            Self::Day(day) => moment::iso_day(day),
            Self::Span(start, _) => moment::iso(start),
            Self::Bound(bound) => moment::iso(moment::last_second_before(bound)),
        }
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Stable name, without the host.
    pub key: String,
    /// Title.
    pub title: String,
    /// When.
    pub when: When,
    /// Where, or nothing.
    pub place: String,
    /// More, or nothing.
    pub note: String,
    /// Path of its page, or nothing.
    pub path: String,
    /// Grows with each change.
    pub sequence: i32,
    /// It does not take place.
    pub is_cancelled: bool,
    /// What it is to the reader: "Inscrit", "En attente", "Réservé au comité"; nothing for what anybody reads.
    pub mine: &'static str,
}

/// A day of a training. Its title says which training it is of.
pub fn training_day(course: &Course, session: &Session, slug: &str) -> Event {
    let training = &course.training;
    let lines = [&session.note, &training.trainer, &training.address, &training.access];
    Event {
        key: format!("training-day-{}", session.id),
        title: format!("Formation{NBSP}: {}", training.title),
        when: When::Span(session.starts_at(), session.ends_at()),
        place: course.place(session).to_owned(),
        note: lines.into_iter().filter(|line| !line.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n"),
        path: format!("/formations/{}?appel={slug}", training.number),
        sequence: training.version,
        is_cancelled: session.is_cancelled || training.cancelled_at.is_some(),
        mine: "",
    }
}

/// How long a meeting is held to last: its end is not planned.
const MEETING: Duration = Duration::hours(3);

/// A meeting of the committee.
pub fn meeting(meeting: &Meeting, slug: &str) -> Event {
    Event {
        key: format!("meeting-{}", meeting.id),
        title: format!("Comité technique, séance n°{NBSP}{}", meeting.number),
        when: When::Span(meeting.starts_at, meeting.starts_at + MEETING),
        place: meeting.place.clone(),
        note: String::new(),
        path: format!("/comite/seances/{}?appel={slug}", meeting.number),
        sequence: meeting.version,
        is_cancelled: meeting.phase == Phase::Cancelled,
        mine: "Comité",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_bound_stands_on_the_last_day_in_time() {
        let bound = When::Bound(datetime!(2015-10-14 22:00 UTC));
        assert_eq!(bound.span(), (datetime!(2015-10-14 21:59 UTC), datetime!(2015-10-14 22:00 UTC)));
        assert_eq!(bound.words().replace('\u{a0}', " "), "jusqu’au mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris");
        let span = When::Span(datetime!(2015-02-12 8:30 UTC), datetime!(2015-02-12 16:00 UTC));
        assert_eq!(span.words().replace('\u{a0}', " "), "jeudi 12 février 2015, 9 h 30 à 17 h, heure de Paris");
        assert_eq!(When::Day(date!(2015 - 03 - 29)).span().1 - When::Day(date!(2015 - 03 - 29)).span().0, Duration::hours(23));
    }
}
