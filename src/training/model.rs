//! A training as plain data: its days, its seats, who came.

use time::{Date, OffsetDateTime, Time};

use crate::access::policy::training::Course as Rules;
use crate::kit::french::{NBSP, count};
use crate::kit::moment;
use crate::page::Tag;

/// A training of a call.
#[derive(Debug, Clone)]
pub struct Training {
    /// Id.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Title (R101).
    pub title: String,
    /// What is said of it (R102).
    pub note: String,
    /// Who gives it (R99).
    pub trainer: String,
    /// Place.
    pub place: String,
    /// Address of the place.
    pub address: String,
    /// How to come there.
    pub access: String,
    /// Persons.
    pub capacity: i32,
    /// Beginning of the enrolment.
    pub opens_at: Option<OffsetDateTime>,
    /// Its end, exclusive.
    pub closes_at: Option<OffsetDateTime>,
    /// Cancelled.
    pub cancelled_at: Option<OffsetDateTime>,
    /// Why.
    pub cancel_reason: String,
    /// Version.
    pub version: i32,
}

/// A day of a training (R103).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id; zero for the one to add.
    pub id: i64,
    /// Training.
    pub training: i64,
    /// Day.
    pub day: Date,
    /// Beginning, in Paris.
    pub starts: Time,
    /// End, in Paris.
    pub ends: Time,
    /// Its own place, or nothing.
    pub place: String,
    /// Subject.
    pub note: String,
    /// Taken out.
    pub is_cancelled: bool,
    /// Version of its attendance; zero before it is recorded.
    pub attendance_version: i32,
}

impl Session {
    /// The instant of an hour of that day. An hour that the clocks skip is refused when it is typed.
    fn at(&self, time: Time) -> OffsetDateTime {
        moment::from_paris(self.day, time).unwrap_or_else(|_| moment::bound_before(self.day))
    }

    /// When it begins.
    pub fn starts_at(&self) -> OffsetDateTime {
        self.at(self.starts)
    }

    /// When it ends.
    pub fn ends_at(&self) -> OffsetDateTime {
        self.at(self.ends)
    }

    /// "9 h 30 à 17 h".
    pub fn hours(&self) -> String {
        format!("{} à {}", moment::hour(self.starts_at()), moment::hour(self.ends_at()))
    }

    /// "jeudi 12 février 2015, 9 h 30 à 17 h".
    pub fn when(&self) -> String {
        format!("{}, {}", moment::day(self.day), self.hours())
    }

    /// Its attendance is recorded.
    pub fn is_recorded(&self) -> bool {
        self.attendance_version > 0
    }
}

/// A training with its days, in order.
#[derive(Debug, Clone)]
pub struct Course {
    /// Training.
    pub training: Training,
    /// Days, those taken out included.
    pub sessions: Vec<Session>,
}

impl Course {
    /// Days that take place.
    pub fn days(&self) -> impl DoubleEndedIterator<Item = &Session> {
        self.sessions.iter().filter(|session| !session.is_cancelled)
    }

    /// A day that takes place, by its id.
    pub fn day(&self, id: i64) -> Option<&Session> {
        self.days().find(|session| session.id == id)
    }

    /// Where a day takes place.
    pub fn place<'a>(&'a self, session: &'a Session) -> &'a str {
        if session.place.is_empty() { &self.training.place } else { &session.place }
    }

    /// What the rules need to know.
    pub fn rules(&self) -> Rules {
        let last = self.days().max_by_key(|session| session.ends_at());
        Rules {
            is_cancelled: self.training.cancelled_at.is_some(),
            opens_at: self.training.opens_at,
            closes_at: self.training.closes_at,
            last_begins_at: last.map(Session::starts_at),
            ends_at: last.map(Session::ends_at),
        }
    }

    /// It is over, or will not take place.
    pub fn is_past(&self, now: OffsetDateTime) -> bool {
        let rules = self.rules();
        rules.is_cancelled || rules.ends_at.is_some_and(|end| end <= now)
    }

    /// Its seats in a few words: those left, or who had one once it is over.
    pub fn seats(&self, seats: Seats, now: OffsetDateTime) -> String {
        if self.is_past(now) { count(seats.enrolled, "personne inscrite", "personnes inscrites") } else { seats.sentence(self.training.capacity) }
    }

    /// "5 jours, du jeudi 12 février 2015 au lundi 20 avril 2015".
    pub fn span(&self) -> String {
        let days: Vec<Date> = self.days().map(|session| session.day).collect();
        match (days.first(), days.last()) {
            (Some(first), Some(last)) if first != last => {
                format!("{}, du {} au {}", count(days.len(), "jour", "jours"), moment::day(*first), moment::day(*last))
            }
            (Some(day), _) => moment::day(*day),
            _ => "dates à fixer".to_owned(),
        }
    }
}

/// Where a person is with a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// Has a seat.
    Enrolled,
    /// Waits for one.
    Waiting,
    /// Gave it back, or never asked.
    Withdrawn,
}

impl Seat {
    /// From the database.
    pub fn parse(text: &str) -> Self {
        match text {
            "enrolled" => Self::Enrolled,
            "waiting" => Self::Waiting,
            _ => Self::Withdrawn,
        }
    }
}

/// Did somebody come on a day?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Came.
    Present,
    /// Did not.
    Absent,
    /// Did not, and said so.
    Excused,
}

impl Presence {
    /// Every answer: what is kept, and the word.
    pub const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Present, "present", "Présent"), (Self::Absent, "absent", "Absent"), (Self::Excused, "excused", "Excusé")];

    /// As kept.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(held, ..)| *held == self).map_or("", |(_, key, _)| key)
    }

    /// Word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(held, ..)| *held == self).map_or("", |(.., word)| word)
    }

    /// From the database, or from a form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, key, _)| *key == text).map(|(held, ..)| *held)
    }

    /// Tag.
    pub fn tag(self) -> Tag {
        let class = match self {
            Self::Present => "done",
            Self::Absent => "bad",
            Self::Excused => "off",
        };
        Tag { class, word: self.word() }
    }
}

/// Seats of a training: taken, and people who wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seats {
    /// Taken.
    pub enrolled: i64,
    /// Waiting.
    pub waiting: i64,
}

impl Seats {
    /// "18 places sur 24 prises, 6 libres", "Complet, 2 personnes en attente".
    pub fn sentence(&self, capacity: i32) -> String {
        let free = i64::from(capacity) - self.enrolled;
        if free > 0 {
            return format!("{} sur {capacity}", count(free, "place libre", "places libres"));
        }
        match self.waiting {
            0 => format!("complet, {capacity}{NBSP}places prises"),
            n => format!("complet, {} en attente", count(n, "personne", "personnes")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, time};

    fn session(id: i64, day: Date) -> Session {
        Session {
            id,
            training: 1,
            day,
            starts: time!(9:30),
            ends: time!(17:00),
            place: String::new(),
            note: String::new(),
            is_cancelled: false,
            attendance_version: 0,
        }
    }

    #[test]
    fn hours_are_those_of_paris_and_a_day_taken_out_bounds_nothing() {
        let day = session(1, date!(2015 - 03 - 24));
        assert_eq!((day.starts_at(), day.ends_at()), (datetime!(2015-03-24 8:30 UTC), datetime!(2015-03-24 16:00 UTC)));
        assert_eq!(day.when().replace('\u{a0}', " "), "mardi 24 mars 2015, 9 h 30 à 17 h");
        let training = Training {
            id: 1,
            number: 1,
            title: String::new(),
            note: String::new(),
            trainer: String::new(),
            place: "Poitiers".into(),
            address: String::new(),
            access: String::new(),
            capacity: 2,
            opens_at: None,
            closes_at: None,
            cancelled_at: None,
            cancel_reason: String::new(),
            version: 1,
        };
        let gone = Session { is_cancelled: true, ..session(2, date!(2015 - 04 - 20)) };
        let course = Course { training, sessions: vec![day.clone(), gone] };
        assert_eq!(course.rules().ends_at, Some(day.ends_at()));
        assert_eq!(course.span().replace('\u{a0}', " "), "mardi 24 mars 2015");
        assert_eq!(course.place(&day), "Poitiers");
        assert!(course.is_past(day.ends_at()) && !course.is_past(day.starts_at()));
    }

    #[test]
    fn seats_are_told_free_or_full() {
        let flat = |seats: Seats| seats.sentence(3).replace('\u{a0}', " ");
        assert_eq!(flat(Seats { enrolled: 1, waiting: 0 }), "2 places libres sur 3");
        assert_eq!(flat(Seats { enrolled: 3, waiting: 0 }), "complet, 3 places prises");
        assert_eq!(flat(Seats { enrolled: 3, waiting: 1 }), "complet, 1 personne en attente");
    }
}
