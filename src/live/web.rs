//! The stream of a page of a dossier, and the word its browser says of what is being written.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use super::hub::{End, News, Other, UnitVersion};
use super::place::Place;
use super::{ears, store};
use crate::access::ProjectReader;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;

/// The row of a stream goes when its reader does.
struct Leaving {
    app: App,
    stream: Uuid,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.app.live.leave(self.stream);
        let (db, stream) = (self.app.db.clone(), self.stream);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            // A row that stays behind fades by itself.
            if let Ok(mut conn) = db.acquire().await {
                let _ = store::leave(&mut conn, stream).await;
            }
        });
    }
}

/// The team is told who is in the dossier and what is saved on the page of `?page=`, as long as the page is open.
pub async fn stream(State(app): State<App>, reader: ProjectReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let place = asked.get("page").and_then(|key| Place::parse(key)).ok_or(AppError::BadRequest("Cette page du dossier n’existe pas."))?;
    ears::listen(&app).await?;
    let stream = Uuid::new_v4();
    let project = reader.project();
    let mut conn = app.db.acquire().await?;
    store::arrive(&mut conn, &reader, &place, stream).await?;
    let leaving = Leaving { app: app.clone(), stream };
    let news = app.live.join(stream, project, reader.account(), place.clone()).ok_or(AppError::Unavailable)?;
    let hello = hello(&stream, &store::versions(&mut conn, project, &place).await?);
    let present = store::present(&mut conn, project, app.now()).await?;
    drop(conn);
    app.live.tell_present(&[stream], &present);
    let events = tokio_stream::once(hello).chain(ReceiverStream::new(news).map(move |news| {
        let _ = &leaving;
        event(&news)
    }));
    let body = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    Ok(([(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")], body).into_response())
}

/// The team says what is being written on a page that is open.
pub async fn mark(State(app): State<App>, reader: ProjectReader, input: Input) -> Result<Response, AppError> {
    let stream = Uuid::try_parse(input.get("flux")).map_err(|_| AppError::BadRequest("Cette page du dossier n’est pas ouverte."))?;
    let mut conn = app.db.acquire().await?;
    if let Some(place) = store::page_of(&mut conn, &reader, stream).await?.and_then(|key| Place::parse(&key)) {
        let item = if reader.may_edit().is_ok() { place.item(input.get("champ")).unwrap_or_default() } else { "" };
        store::mark(&mut conn, &reader, stream, item).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn hello(stream: &Uuid, versions: &[(String, Uuid, i32)]) -> Event {
    let units: Vec<Json> = versions.iter().map(|(kind, row, version)| json!([kind, row, version])).collect();
    named("ouvert", &json!({ "flux": stream, "units": units }))
}

fn event(news: &News) -> Event {
    match news {
        News::Present(others) => named("presents", &others.iter().map(other).collect()),
        News::Saved { units, account, by, at } => {
            let units: Vec<Json> = units.iter().map(|UnitVersion { kind, row, version }| json!([kind, row, version])).collect();
            named("enregistre", &json!({ "units": units, "account": account, "by": by, "at": at }))
        }
        News::Missed => named("manque", &json!({})),
        News::End(end) => named(
            "fin",
            &Json::from(match end {
                End::Stop => "arret",
                End::Gone => "acces",
                End::Elsewhere => "ailleurs",
            }),
        ),
    }
}

fn other(other: &Other) -> Json {
    json!({ "account": other.account, "name": other.name, "sentence": other.sentence, "here": other.is_here, "item": other.item })
}

fn named(name: &str, data: &Json) -> Event {
    Event::default().event(name).data(data.to_string())
}
