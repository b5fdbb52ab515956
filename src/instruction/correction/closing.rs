//! Closing a request: the answer is enough, it is not, or the request is taken back. The dossier goes on when none is left.

use axum::extract::State;
use axum::response::Response;

use super::page::back_to;
use super::store;
use crate::access::{NumberPart, ProjectInstructor, Refusal};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::instruction::people;
use crate::journal;
use crate::kit::words::clean;
use crate::mail::instruction::{self as texts, About};
use crate::page::see;
use crate::project::units;
use crate::submission::store::remember;

/// The managers of the call close a request of the dossier; its team is told by mail.
pub async fn save(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let location = instructor.url(&format!("/corrections/{number}"));
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let correction = store::find(&mut tx, instructor.project(), number).await?;
    if correction.closed.is_some() {
        return Err(Refusal::Because("Cette demande est déjà close.").into());
    }
    if correction.version != seen {
        drop(tx);
        return back_to(&app, &instructor, number, "Une réponse est arrivée, ou une autre personne a modifié cette demande. Relisez-la avant de la clore.")
            .await;
    }
    let (outcome, sentence) = match (input.get("issue"), correction.answered.is_some()) {
        ("accepted", true) => ("accepted", "la correction est acceptée"),
        ("insufficient", true) => ("insufficient", "la correction est jugée insuffisante"),
        ("cancelled", false) => ("cancelled", "la demande est annulée"),
        _ => return Err(AppError::Unprocessable("Choisir comment la demande se clôt.".to_owned())),
    };
    let text = clean(input.get("mot"), 2000).map_err(|sentence| AppError::Unprocessable(sentence.to_string()))?;
    store::close(&mut tx, &instructor, &correction, (outcome, &text)).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "correction_closed", &format!("{number} {outcome}"), instructor.now()).await?;
    let title = people::title(&mut tx, instructor.project()).await?;
    let key = format!("correction closed {}", correction.id);
    people::tell_team(&mut tx, &app, instructor.project(), ("correction_closed", &key), |app| {
        texts::correction_closed(app, About { title: &title, path: &location }, correction.number, (sentence, &text))
    })
    .await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
