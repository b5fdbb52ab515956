//! A planned meeting changes its date or its place, or is cancelled; those who may come are told.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::agenda::{self, Posted};
use super::model::{Meeting, Phase};
use super::summons::{Summons, summon};
use super::{store, web, write};
use crate::access::{BoardReader, CallManager, NumberPart};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::at;
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::mail::meeting::{About, Said};
use crate::page::see;

/// Reads why a meeting is cancelled.
pub fn reason(sheet: &mut Sheet<'_>) -> String {
    let why =
        sheet.read(Spec::new("motif", "Motif").hint("Part par courriel à tous ceux qui peuvent venir. Ne rien y dire d’un dossier.").long(500), &String::new());
    if why.is_empty() {
        sheet.refuse("motif", "Écrire le motif.");
    }
    why
}

/// The forms of a planned meeting, for its managers.
pub fn forms((base, query): (&str, &str), meeting: &Meeting, moved: Option<Sheet<'_>>, cancelled: Option<Sheet<'_>>) -> Vec<FormView> {
    let date = moved.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = web::planning(&mut sheet, Some(meeting.starts_at), &meeting.place);
        sheet
    });
    let cancelling = cancelled.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = reason(&mut sheet);
        sheet
    });
    vec![
        FormView::of(date, ("deplacer", "Changer la date ou le lieu", "Enregistrer et prévenir"), format!("{base}/date{query}"), meeting.version)
            .intro("Tous ceux qui peuvent venir sont prévenus par un avis et un courriel, avec le fichier d’agenda.")
            .back(format!("{base}{query}"))
            .main_if(false),
        FormView::of(cancelling, ("annuler", "Annuler la séance", "Annuler la séance"), format!("{base}/annulation{query}"), meeting.version)
            .intro("Ses dossiers attendent alors une autre séance. Une séance annulée ne se rétablit pas.")
            .back(format!("{base}{query}"))
            .main_if(false),
    ]
}

/// Tells who may come of what a manager did.
pub async fn tell(conn: &mut PgConnection, app: &App, manager: &CallManager, (meeting, said): (&Meeting, Said)) -> sqlx::Result<()> {
    let call = manager.call();
    let name = format!("{} {}", call.title, call.edition);
    let about = About { meeting, call: &name, slug: &call.slug };
    summon(conn, app, &Summons { call: call.id, about, said, by: Some(manager.account()) }, manager.now()).await
}

/// The managers of the call change when and where a planned meeting takes place.
pub async fn save(
    State(app): State<App>,
    manager: CallManager,
    reader: BoardReader,
    NumberPart(number): NumberPart,
    input: Input,
) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, &[Phase::Planned]).await?;
    let mut sheet = Sheet::of(Some(&input));
    let (starts_at, place) = web::planning(&mut sheet, Some(meeting.starts_at), &meeting.place);
    if starts_at.is_some_and(|at| at <= manager.now()) {
        sheet.refuse("starts_at", "Cette date est passée.");
    }
    if let Some(status) = sheet.verdict(seen == meeting.version) {
        return agenda::again(&app, &mut tx, &reader, &meeting, (status, Posted::Moved(sheet))).await;
    }
    let location = at(&manager.call().slug, &format!("{}/{number}?fait=1", web::HERE));
    if let Some(starts_at) = starts_at.filter(|at| (*at, &place) != (meeting.starts_at, &meeting.place)) {
        write::shift(&mut tx, &meeting, starts_at, &place).await?;
        let moved = store::meeting(&mut tx, manager.call().id, number).await?;
        tell(&mut tx, &app, &manager, (&moved, Said::Moved)).await?;
    }
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "meeting_moved", subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of the call cancel a planned meeting, with why.
pub async fn cancel(
    State(app): State<App>,
    manager: CallManager,
    reader: BoardReader,
    NumberPart(number): NumberPart,
    input: Input,
) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, &[Phase::Planned]).await?;
    let mut sheet = Sheet::of(Some(&input));
    let why = reason(&mut sheet);
    if sheet.has_errors() {
        return agenda::again(&app, &mut tx, &reader, &meeting, (StatusCode::UNPROCESSABLE_ENTITY, Posted::Cancelled(sheet))).await;
    }
    write::cancel(&mut tx, &manager, &meeting, &why).await?;
    let cancelled = store::meeting(&mut tx, manager.call().id, number).await?;
    tell(&mut tx, &app, &manager, (&cancelled, Said::Cancelled)).await?;
    let location = at(&manager.call().slug, &format!("{}/{number}?fait=1", web::HERE));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "meeting_cancelled", subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
