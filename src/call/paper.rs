//! A deposit received by post or by e-mail, registered by a manager with the instant of its receipt and its scan (R133, R134).

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use time::OffsetDateTime;

use super::dossier::{Part, held};
use super::form::{Sheet, Spec};
use super::records::{again, back};
use crate::access::{ProjectManager, Refusal, Status};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::moment;
use crate::page::see;
use crate::project::{files, units};
use crate::submission::store;

/// What a manager says of it: the way it came, the instant of its receipt, a note.
pub fn deposit(sheet: &mut Sheet<'_>, manager: &ProjectManager) -> (String, OffsetDateTime, String) {
    let closes_at = manager.facts().closes_at;
    let hint = format!("Cet instant compte\u{a0}: il précède la limite de ce dossier, {}.", moment::until(closes_at));
    let channel = sheet.read(Spec::new("channel", "Voie").radios(&[("paper", "courrier"), ("email", "courriel")]), &"paper".to_owned());
    let received_at = sheet.read(Spec::new("received_at", "Reçu le, heure de Paris").hint(hint), &manager.now());
    let hint = "Numéro de recommandé, objet du courriel… Le porteur la lit sur son récépissé.";
    let note = sheet.read(Spec::new("note", "Note").hint(hint).range(0, 500).optional(), &String::new());
    // An instant that could not be read has its own message.
    if sheet.has_errors() {
        return (channel, received_at, note);
    }
    if received_at > manager.now() {
        sheet.refuse("received_at", "Cette date est dans le futur. Indiquer l’instant où le dépôt est arrivé.");
    } else if received_at >= closes_at {
        let sentence = format!(
            "Le dépôt est arrivé après la limite de ce dossier, {}. Un délai propre, s’il est justifié, s’enregistre plus haut.",
            moment::until(closes_at)
        );
        sheet.refuse("received_at", sentence);
    }
    (channel, received_at, note)
}

/// The posted form, with the scan received on the way.
struct Posted {
    input: Input,
    scan: Option<files::Received>,
}

impl Posted {
    async fn read(app: &App, mut form: Multipart) -> Result<Self, AppError> {
        let cut = |_| AppError::BadRequest("L’envoi a été interrompu. Recommencez.");
        let (mut pairs, mut scan) = (Vec::new(), None);
        while let Some(field) = form.next_field().await.map_err(cut)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name != "piece" {
                pairs.push((name, field.text().await.map_err(cut)?));
            } else if field.file_name().is_some_and(|name| !name.is_empty()) {
                scan = Some(files::receive(&app.config.data, field).await?);
            }
        }
        Ok(Self { input: Input::of(pairs), scan })
    }
}

/// The managers of a call register a deposit received by post or by e-mail; what was refused comes back as typed.
pub async fn register(State(app): State<App>, manager: ProjectManager, form: Multipart) -> Result<Response, AppError> {
    let posted = Posted::read(&app, form).await?;
    let answer = enter(&app, &manager, &posted).await;
    if let (Some(scan), false) = (&posted.scan, matches!(answer, Ok((_, true)))) {
        let _ = tokio::fs::remove_file(files::path(&app.config.data, &scan.file)).await;
    }
    Ok(answer?.0)
}

/// The answer, and whether the scan is now named by a row.
async fn enter(app: &App, manager: &ProjectManager, posted: &Posted) -> Result<(Response, bool), AppError> {
    let (operation, seen) = (posted.input.operation()?, posted.input.version()?);
    let location = back(manager, "depots");
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok((see(done), false));
    }
    if !matches!(locked.status, Status::Draft | Status::Deposited) {
        return Err(Refusal::Frozen(locked.status).into());
    }
    let mut sheet = Sheet::of(Some(&posted.input));
    let (channel, received_at, note) = deposit(&mut sheet, manager);
    if sheet.has_errors() {
        let held = held(&mut tx, manager).await?;
        return Ok((again(app, manager, held, (Part::Deposit, sheet, seen), StatusCode::UNPROCESSABLE_ENTITY)?, false));
    }
    if let Some(scan) = &posted.scan {
        store::keep_scan(&mut tx, manager, scan).await?;
    }
    let content = units::load_all(&mut tx, manager.project()).await?;
    store::register(&mut tx, app, manager, (&channel, received_at, &note), &content).await?;
    store::remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok((see(&location), true))
}
