//! The stream of a session: it says that something moved, never what. Each page then asks, by its reader's own rights.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

use super::store;
use crate::access::{BoardReader, NumberPart};
use crate::app::App;
use crate::error::AppError;
use crate::live::ears;
use crate::live::hub::Moved;

/// The committee and the managers of the call are told when the session moves, as long as the page is open.
pub async fn follow(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let meeting = store::meeting(&mut conn, reader.call().id, number).await?;
    drop(conn);
    ears::listen(&app).await?;
    let mut news = app.live.follow_meetings().ok_or(AppError::Unavailable)?;
    let (tell, told) = mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let moved = tokio::select! {
                moved = news.recv() => moved,
                () = tell.closed() => return,
            };
            match moved {
                Ok(Moved::Meeting(id)) if id != meeting.id => {}
                // News missed are news too.
                Ok(Moved::Meeting(_) | Moved::Any) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                    let _ = tell.try_send("seance");
                }
                Ok(Moved::End) | Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            }
        }
    });
    let hello = tokio_stream::once(Event::default().event("ouvert").data("{}"));
    let events = hello.chain(ReceiverStream::new(told).map(|name| Event::default().event(name).data("{}")));
    let body = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    Ok(([(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")], body).into_response())
}
