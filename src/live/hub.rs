//! The streams open in this process, and what is told to each.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

use super::place::Place;
use super::store::Present;
use crate::kit::ids::{AccountId, ProjectId};

/// Pages that one person may keep open in one process; one more closes their oldest.
const PER_ACCOUNT: usize = 8;
/// Pages that one process serves; connections stay free for everything else.
const PER_PROCESS: usize = 600;
/// News that may wait for a slow reader; one more closes the stream, whose page then asks again.
const WAITING: usize = 64;

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The process stops: come back in a moment.
    Stop,
    /// The session ended, or the person left the team.
    Gone,
    /// The same person opened too many pages since.
    Elsewhere,
}

/// A unit and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitVersion {
    /// Kind.
    pub kind: String,
    /// Row; nil for a section.
    pub row: Uuid,
    /// Version.
    pub version: i32,
}

/// News of a dossier.
#[derive(Debug, Clone)]
pub enum News {
    /// Others of the team, with what each is doing as seen from the page.
    Present(Vec<Other>),
    /// Units of the page were saved, or nobody knows which when empty.
    Saved {
        /// Which.
        units: Vec<UnitVersion>,
        /// By whom.
        account: AccountId,
        /// Their name.
        by: String,
        /// "14 h 32".
        at: String,
    },
    /// Notifications may have been missed: compare with what is stored.
    Missed,
    /// Nothing more will be told.
    End(End),
}

/// Somebody else of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Who.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// "écrit dans la question 5".
    pub sentence: String,
    /// On the same page?
    pub is_here: bool,
    /// Item being written on the same page; empty when none.
    pub item: String,
}

#[derive(Debug)]
struct Seat {
    stream: Uuid,
    project: ProjectId,
    account: AccountId,
    place: Place,
    sender: mpsc::Sender<News>,
}

#[derive(Debug, Default)]
struct Seats {
    open: HashMap<Uuid, Seat>,
    order: Vec<Uuid>,
    is_closing: bool,
}

/// Pages that follow a meeting, of those that one process serves.
const FOLLOWERS: usize = 400;

/// What the pages that follow meetings are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// That meeting moved.
    Meeting(i64),
    /// Nobody knows which.
    Any,
    /// The process stops.
    End,
}

/// The streams open in this process.
#[derive(Debug)]
pub struct Hub {
    seats: Mutex<Seats>,
    meetings: broadcast::Sender<Moved>,
    /// Names this process among those of the database.
    pub process: Uuid,
    /// Set once the process listens.
    pub(super) ears: tokio::sync::OnceCell<()>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { seats: Mutex::default(), meetings: broadcast::channel(WAITING).0, process: Uuid::new_v4(), ears: tokio::sync::OnceCell::new() }
    }
}

impl Hub {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the meetings; nothing when too many pages do, or when the process stops.
    pub fn follow_meetings(&self) -> Option<broadcast::Receiver<Moved>> {
        (!self.seats().is_closing && self.meetings.receiver_count() < FOLLOWERS).then(|| self.meetings.subscribe())
    }

    /// Tells the pages that follow meetings.
    pub fn tell_meetings(&self, moved: Moved) {
        let _ = self.meetings.send(moved);
    }

    /// Does any page follow a meeting here?
    pub fn has_followers(&self) -> bool {
        self.meetings.receiver_count() > 0
    }

    /// Opens a stream; nothing when the process is full or stopping.
    pub fn join(&self, stream: Uuid, project: ProjectId, account: AccountId, place: Place) -> Option<mpsc::Receiver<News>> {
        let mut seats = self.seats();
        if seats.is_closing || seats.open.len() >= PER_PROCESS {
            return None;
        }
        let own: Vec<Uuid> = seats.order.iter().filter(|held| seats.open.get(held).is_some_and(|seat| seat.account == account)).copied().collect();
        if own.len() >= PER_ACCOUNT {
            seats.end(own[0], End::Elsewhere);
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        seats.open.insert(stream, Seat { stream, project, account, place, sender });
        seats.order.push(stream);
        Some(receiver)
    }

    /// Forgets a stream that its reader closed.
    pub fn leave(&self, stream: Uuid) {
        self.seats().remove(stream);
    }

    /// Streams now open.
    pub fn streams(&self) -> Vec<Uuid> {
        self.seats().order.clone()
    }

    /// Streams of that dossier open here.
    pub fn streams_of(&self, project: ProjectId) -> Vec<Uuid> {
        self.seats().open.values().filter(|seat| seat.project == project).map(|seat| seat.stream).collect()
    }

    /// Dossiers that have an open page here.
    pub fn projects(&self) -> HashSet<ProjectId> {
        self.seats().open.values().map(|seat| seat.project).collect()
    }

    /// Does any open page of that dossier show one of those units?
    pub fn shows(&self, project: ProjectId, units: &[UnitVersion]) -> bool {
        self.seats().open.values().any(|seat| seat.project == project && seat.is_told(units))
    }

    /// Tells these pages who else is in their dossier; cuts those that have no row any more. They were open before the
    /// rows were read: one opened since would be taken for one that was closed.
    pub fn tell_present(&self, streams: &[Uuid], present: &[Present]) {
        let mut seats = self.seats();
        for stream in streams {
            if present.iter().any(|row| row.stream == *stream) {
                let news = seats.open.get(stream).map(|seat| News::Present(others(seat, present)));
                seats.tell(*stream, news);
            } else {
                seats.end(*stream, End::Gone);
            }
        }
    }

    /// Tells the pages that show them that units were saved.
    pub fn tell_saved(&self, project: ProjectId, units: &[UnitVersion], (account, by): (AccountId, &str), at: &str) {
        let mut seats = self.seats();
        let concerned: Vec<Uuid> = seats.open.values().filter(|seat| seat.project == project && seat.is_told(units)).map(|seat| seat.stream).collect();
        for stream in concerned {
            let news = seats.open.get(&stream).map(|seat| News::Saved {
                units: units.iter().filter(|unit| seat.place.shows(&unit.kind, unit.row)).cloned().collect(),
                account,
                by: by.to_owned(),
                at: at.to_owned(),
            });
            seats.tell(stream, news);
        }
    }

    /// Tells every page that notifications may have been missed.
    pub fn tell_missed(&self) {
        let mut seats = self.seats();
        for stream in seats.order.clone() {
            seats.tell(stream, Some(News::Missed));
        }
    }

    /// Ends the streams that are not among those still allowed.
    pub fn keep_only(&self, asked: &[Uuid], allowed: &[Uuid]) {
        let mut seats = self.seats();
        for stream in asked.iter().filter(|stream| !allowed.contains(stream)) {
            seats.end(*stream, End::Gone);
        }
    }

    /// Ends every stream: the process stops.
    pub fn close(&self) {
        let mut seats = self.seats();
        seats.is_closing = true;
        for stream in seats.order.clone() {
            seats.end(stream, End::Stop);
        }
        drop(seats);
        self.tell_meetings(Moved::End);
    }
}

impl Seat {
    /// An empty list means "too many to name".
    fn is_told(&self, units: &[UnitVersion]) -> bool {
        units.is_empty() || units.iter().any(|unit| self.place.shows(&unit.kind, unit.row))
    }
}

impl Seats {
    fn remove(&mut self, stream: Uuid) -> Option<Seat> {
        self.order.retain(|held| *held != stream);
        self.open.remove(&stream)
    }

    fn end(&mut self, stream: Uuid, end: End) {
        if let Some(seat) = self.remove(stream) {
            let _ = seat.sender.try_send(News::End(end));
        }
    }

    fn tell(&mut self, stream: Uuid, news: Option<News>) {
        let Some((seat, news)) = self.open.get(&stream).zip(news) else { return };
        if seat.sender.try_send(news).is_err() {
            self.remove(stream);
        }
    }
}

/// Others of the team, one line for each person: the page shared rather than another, what is written rather than nothing.
fn others(seat: &Seat, present: &[Present]) -> Vec<Other> {
    let mut found: Vec<Other> = Vec::new();
    for row in present.iter().filter(|row| row.account != seat.account) {
        let Some(place) = Place::parse(&row.page) else { continue };
        let is_here = place.key == seat.place.key;
        let item = if is_here { row.item.clone() } else { String::new() };
        let other = Other { account: row.account, name: row.name.clone(), sentence: place.sentence(&row.item, &seat.place), is_here, item };
        match found.iter_mut().find(|held| held.account == other.account) {
            Some(held) if (other.is_here, !other.item.is_empty()) > (held.is_here, !held.item.is_empty()) => *held = other,
            Some(_) => {}
            None => found.push(other),
        }
    }
    found.sort_by_key(|other| !other.is_here);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub_of(n: usize) -> (Hub, Vec<(Uuid, mpsc::Receiver<News>)>) {
        let hub = Hub::default();
        let place = Place::parse("organisation.animation").expect("a section");
        let streams = (0..n)
            .map(|_| {
                let stream = Uuid::new_v4();
                (stream, hub.join(stream, ProjectId(1), AccountId(1), place.clone()).expect("a seat"))
            })
            .collect();
        (hub, streams)
    }

    #[test]
    fn one_page_too_many_closes_the_oldest() {
        let (hub, mut streams) = hub_of(PER_ACCOUNT + 1);
        assert_eq!(hub.streams().len(), PER_ACCOUNT);
        assert!(matches!(streams[0].1.try_recv(), Ok(News::End(End::Elsewhere))));
        assert!(streams[1].1.try_recv().is_err());
    }

    #[test]
    fn a_reader_who_does_not_read_is_let_go() {
        let (hub, _streams) = hub_of(1);
        for _ in 0..=WAITING {
            hub.tell_missed();
        }
        assert!(hub.streams().is_empty());
    }

    #[test]
    fn a_process_that_stops_ends_its_streams_and_opens_no_other() {
        let (hub, mut streams) = hub_of(2);
        hub.close();
        assert!(streams.iter_mut().all(|(_, receiver)| matches!(receiver.try_recv(), Ok(News::End(End::Stop)))));
        assert!(hub.join(Uuid::new_v4(), ProjectId(1), AccountId(1), Place::parse("organisation.animation").expect("a section")).is_none());
    }

    #[test]
    fn one_line_for_each_person_the_nearest_page_first() {
        let place = Place::parse("organisation.animation").expect("a section");
        let seat = Seat { stream: Uuid::nil(), project: ProjectId(1), account: AccountId(1), place, sender: mpsc::channel(1).0 };
        let row = |account, name: &str, page: &str, item: &str| Present {
            stream: Uuid::new_v4(),
            account: AccountId(account),
            name: name.to_owned(),
            page: page.to_owned(),
            item: item.to_owned(),
        };
        let present = [
            row(1, "Ana", "organisation.animation", ""),
            row(2, "Bob", "organisation.gouvernance", "q13"),
            row(3, "Cléo", "organisation.gouvernance", ""),
            row(3, "Cléo", "organisation.animation", "q5"),
        ];
        let said: Vec<String> = others(&seat, &present).into_iter().map(|other| format!("{} {}", other.name, other.sentence)).collect();
        assert_eq!(said, ["Cléo écrit dans la question\u{a0}5", "Bob écrit dans «\u{a0}Gouvernance\u{a0}»"]);
    }
}
