//! Events as pages show them, month by month.

use time::{Date, OffsetDateTime};

use super::event::{Event, When};
use crate::kit::moment;
use crate::page::Tag;

/// An event, as shown.
#[derive(Debug)]
pub struct EventView {
    /// Title.
    pub title: String,
    /// Its page, for who may open it.
    pub href: String,
    /// When, in words.
    pub when: String,
    /// When, for `<time datetime>`.
    pub iso: String,
    /// Where, or nothing.
    pub place: String,
    /// What it is to the reader.
    pub tag: Option<Tag>,
    /// The next one.
    pub is_next: bool,
    /// Over.
    pub is_past: bool,
}

/// Events of a month.
#[derive(Debug)]
pub struct MonthView {
    /// Anchor.
    pub id: String,
    /// Title.
    pub title: String,
    /// Its events.
    pub events: Vec<EventView>,
}

fn view(event: &Event, now: OffsetDateTime, next: Option<&str>, is_signed_in: bool) -> EventView {
    let tag = match (event.is_cancelled, event.mine) {
        (true, _) => Some(Tag { class: "bad", word: "Annulée" }),
        (_, "") => None,
        (_, word) => Some(Tag { class: if word == "En attente" { "warn" } else { "done" }, word }),
    };
    let is_open = is_signed_in && !event.mine.is_empty();
    EventView {
        title: event.title.clone(),
        href: if is_open { event.path.clone() } else { String::new() },
        when: event.when.words(),
        iso: event.when.iso(),
        place: event.place.clone(),
        tag,
        is_next: next == Some(event.key.as_str()),
        is_past: event.when.span().1 <= now,
    }
}

/// "Octobre 2015".
fn month(day: Date) -> String {
    let words = moment::day(day);
    let named = words.split([' ', '\u{a0}']).skip(2).collect::<Vec<_>>().join(" ");
    let mut letters = named.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Events by month, in their order.
pub fn months(events: &[Event], now: OffsetDateTime, is_signed_in: bool) -> Vec<MonthView> {
    let next = events.iter().find(|event| event.when.span().1 > now && !event.is_cancelled).map(|event| event.key.as_str());
    let mut months: Vec<MonthView> = Vec::new();
    for event in events {
        let day = match event.when {
            When::Day(day) => day,
            when => moment::paris_parts(when.span().0).0,
        };
        let id = format!("m-{}", &moment::iso_day(day)[..7]);
        if months.last().is_none_or(|month| month.id != id) {
            months.push(MonthView { id, title: month(day), events: Vec::new() });
        }
        if let Some(month) = months.last_mut() {
            month.events.push(view(event, now, next, is_signed_in));
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_month_is_named_with_its_year() {
        assert_eq!(month(date!(2015 - 10 - 14)), "Octobre 2015");
        assert_eq!(month(date!(2015 - 03 - 01)), "Mars 2015");
    }
}
