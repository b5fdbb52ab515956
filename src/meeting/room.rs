//! Who is in the room: written by the managers, before and during the session; and the opening of the session.

use axum::extract::State;
use axum::response::Response;

use super::model::{Phase, quorum};
use super::{store, web, write};
use crate::access::{CallManager, NumberPart, Refusal};
use crate::app::App;
use crate::call::frame::at;
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::page::see;

/// The managers of the call write who is there, until the session is closed.
pub async fn attend(State(app): State<App>, manager: CallManager, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, &[Phase::Planned, Phase::Open]).await?;
    let accounts: Vec<i64> = input.all("present").filter_map(|account| account.parse().ok()).collect();
    write::attend(&mut tx, &manager, &meeting, &accounts).await?;
    let location = at(&manager.call().slug, &format!("{}/{number}?fait=1#presents", web::HERE));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "meeting_attended", subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of the call open the session, once enough organisations are represented; one session at a time.
pub async fn open(State(app): State<App>, manager: CallManager, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, &[Phase::Planned]).await?;
    let call = manager.call();
    let guests = store::guests(&mut tx, call.id, meeting.id).await?;
    if !quorum(&guests, meeting.quorum).0 {
        return Err(Refusal::Because("Le quorum n’est pas atteint. Indiquez les présents, puis ouvrez la séance.").into());
    }
    if store::meetings(&mut tx, call.id).await?.iter().any(|other| other.phase == Phase::Open) {
        return Err(Refusal::Because("Une autre séance de l’appel est en cours.").into());
    }
    write::open(&mut tx, &manager, &meeting).await?;
    let location = at(&call.slug, &format!("{}/{number}/direct", web::HERE));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "meeting_opened", subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
