//! iCalendar files (RFC 5545): instants in UTC, which every calendar program reads alike and which no summer time moves; names that
//! never change, a number that grows with each change, and cancelled days that say so.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use icalendar::{Calendar, Class, Component as _, DatePerhapsTime, Event as Entry, EventLike as _, EventStatus, Property};
use time::{Duration, OffsetDateTime};

use super::event::{Event, When};
use crate::app::App;
use crate::error::url_encode;

/// How often a program that follows a feed is asked to come back.
const REFRESH: &str = "PT6H";

fn instant(at: OffsetDateTime) -> DatePerhapsTime {
    at.into()
}

/// Host of the public address: what makes a name unique.
fn host(app: &App) -> &str {
    let address = &app.config.base_url;
    let after = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    after.split('/').next().unwrap_or(after)
}

fn entry(app: &App, event: &Event, now: OffsetDateTime) -> Entry {
    let mut entry = Entry::with_uid(&format!("{}@{}", event.key, host(app)));
    entry.summary(&event.title).sequence(u32::try_from(event.sequence).unwrap_or_default()).class(Class::Public).status(if event.is_cancelled {
        EventStatus::Cancelled
    } else {
        EventStatus::Confirmed
    });
    entry.add_property("DTSTAMP", stamp(now));
    match event.when {
        When::Day(day) => entry.starts(day).ends(day + Duration::DAY),
        when => {
            let (start, end) = when.span();
            entry.starts(instant(start)).ends(instant(end))
        }
    };
    // A bound or a whole day takes nobody's time.
    let is_busy = matches!(event.when, When::Span(start, end) if end - start > Duration::MINUTE) && !event.is_cancelled;
    entry.add_property("TRANSP", if is_busy { "OPAQUE" } else { "TRANSPARENT" });
    if !event.place.is_empty() {
        entry.location(&event.place);
    }
    if !event.note.is_empty() {
        entry.description(&event.note);
    }
    if !event.path.is_empty() {
        entry.url(&app.link(&event.path));
    }
    entry
}

/// "20150212T083000Z".
fn stamp(at: OffsetDateTime) -> String {
    crate::kit::moment::iso(at).replace(['-', ':'], "")
}

/// The text of a calendar of that name.
pub fn text(app: &App, name: &str, events: &[Event], now: OffsetDateTime) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in
        [("VERSION", "2.0"), ("PRODID", "-//Trame//Calendrier//FR"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH"), ("X-PUBLISHED-TTL", REFRESH)]
    {
        calendar.append_property(Property::new(key, value));
    }
    calendar.append_property(Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done());
    calendar.name(&icalendar_name(name));
    for event in events {
        calendar.push(entry(app, event, now));
    }
    calendar.to_string()
}

/// A calendar's name on one line: `X-WR-CALNAME` is written as it comes.
fn icalendar_name(name: &str) -> String {
    name.replace(char::is_control, " ").replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,")
}

/// A calendar as an answer; a file of that name.
pub fn answer(app: &App, (file, name): (&str, &str), events: &[Event], now: OffsetDateTime) -> Response {
    let mut response = text(app, name, events, now).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}.ics\"", url_encode(file).replace('/', "-")));
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    response
}
