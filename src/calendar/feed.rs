//! Calendars as files: the public one of a call, those that a program follows by a secret address, one day of a training.

use axum::extract::State;
use axum::response::Response;

use super::{event, file, store};
use crate::access::policy::training::CallTies;
use crate::access::{BoardReader, CalendarReader, FeedReader, KeyPart, NumberPart, TrainingGuest};
use crate::app::App;
use crate::error::AppError;
use crate::kit::moment;
use crate::meeting::store as meetings;
use crate::training::store as trainings;

/// Anybody follows the public calendar of a call: its dates and its trainings, the same for all.
pub async fn public(State(app): State<App>, reader: CalendarReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = reader.call();
    let events = store::of_call(&mut conn, call, &CallTies::default(), None).await?;
    drop(conn);
    let name = format!("{} {}", call.title, call.edition);
    Ok(file::answer(&app, (&format!("calendrier-{}", call.slug), &name), &events, reader.now()))
}

/// A program that has a secret address reads what its person may read now.
pub async fn follow(State(app): State<App>, reader: FeedReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (file, name, events) = match reader.call() {
        None => ("mes-formations".to_owned(), "Mes formations".to_owned(), store::of_person(&mut conn, reader.account(), reader.now()).await?),
        Some((call, ties)) => {
            let events = store::of_call(&mut conn, call, ties, Some(reader.account())).await?;
            (format!("calendrier-{}", call.slug), format!("{} {}", call.title, call.edition), events)
        }
    };
    drop(conn);
    Ok(file::answer(&app, (&file, &name), &events, reader.now()))
}

/// Who comes to the committee puts one of its meetings in their calendar; one that was cancelled says it.
pub async fn meeting(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = reader.call();
    let meeting = meetings::meeting(&mut conn, call.id, number).await?;
    drop(conn);
    let event = event::meeting(&meeting, &call.slug);
    Ok(file::answer(&app, (&format!("seance-{number}"), &event.title.clone()), &[event], reader.now()))
}

/// The people of the carriers put a day of a training in their calendar; one that was taken out says that it is cancelled.
pub async fn day(State(app): State<App>, guest: TrainingGuest, NumberPart(number): NumberPart, KeyPart(key): KeyPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = guest.call();
    let course = trainings::course(&mut conn, call.id, number).await?;
    drop(conn);
    let session = course.sessions.iter().find(|session| session.id.to_string() == key).ok_or(AppError::NotFound)?;
    let event = event::training_day(&course, session, &call.slug);
    let name = format!("formation-{}", moment::iso_day(session.day));
    Ok(file::answer(&app, (&name, &course.training.title), &[event], guest.now()))
}
