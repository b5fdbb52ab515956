//! What the managers of a call do to a dossier: record, extend, invite its owner, note a recusal, keep its letter.

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::dossier::{Held, Part, draw, extension, held, owner as owner_form, record, recusal};
use super::form::Sheet;
use super::frame::at;
use super::owner;
use super::store::dossier as store;
use crate::access::{ProjectManager, Refusal, Status};
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::AccountId;
use crate::kit::values::Email;
use crate::mail::{self, Mail, texts};
use crate::page::see;
use crate::project::attachments::send;
use crate::project::files;
use crate::project::units::{self, Locked};
use crate::review;
use crate::submission::store::remember;
use crate::suspended::KeptForm;

/// Where an act leads.
pub(super) fn back(manager: &ProjectManager, what: &str) -> String {
    format!("/appel/dossiers/{}?fait={what}", manager.project())
}

/// Sends the form back with what was typed.
pub(super) fn again(
    app: &App,
    manager: &ProjectManager,
    held: Held,
    (part, sheet, seen): (Part, Sheet<'_>, i32),
    status: StatusCode,
) -> Result<Response, AppError> {
    let next = if status == StatusCode::CONFLICT { held.facts.version } else { seen };
    draw(app, manager, held, Some((part, sheet, next)), (status, None))
}

/// The dossier under its lock, and everything that its page shows.
async fn hold(conn: &mut PgConnection, manager: &ProjectManager, operation: Uuid) -> Result<(Locked, Held), AppError> {
    let locked = units::lock(conn, manager.project(), operation).await?;
    Ok((locked, held(conn, manager).await?))
}

/// The managers of a call record the title, the manifestation and the eligibility of a dossier, at any time.
pub async fn save_record(State(app): State<App>, KeptForm(manager, input): KeptForm<ProjectManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let (locked, held) = hold(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let mut sheet = Sheet::of(Some(&input));
    let new = record(&mut sheet, &held.facts);
    if let Some(status) = sheet.verdict(seen == held.facts.version) {
        return again(&app, &manager, held, (Part::Record, sheet, seen), status);
    }
    let location = back(&manager, "fiche");
    if !sheet.changes.is_empty() {
        store::save_facts(&mut tx, &manager, &new).await?;
        journal::record(&mut tx, manager.project(), manager.account(), "recorded", &sheet.notes(), manager.now()).await?;
    }
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of a call give a dossier its own bound while it is being written; its team is told by mail.
pub async fn extend(State(app): State<App>, KeptForm(manager, input): KeptForm<ProjectManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let (locked, held) = hold(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    if !matches!(locked.status, Status::Draft | Status::Deposited) {
        return Err(Refusal::Frozen(locked.status).into());
    }
    let mut sheet = Sheet::of(Some(&input));
    let (until, reason) = extension(&mut sheet, &held.facts);
    let is_fresh = seen == held.facts.version;
    if is_fresh && sheet.changes.is_empty() && !sheet.has_errors() {
        sheet.refuse("extended_until", "Le délai est déjà celui-ci.");
    }
    if let Some(status) = sheet.verdict(is_fresh) {
        return again(&app, &manager, held, (Part::Extension, sheet, seen), status);
    }
    let location = back(&manager, "delai");
    if !sheet.changes.is_empty() {
        let decision = store::extend(&mut tx, &manager, until, &reason).await?;
        journal::record(&mut tx, manager.project(), manager.account(), "extended", &sheet.notes(), manager.now()).await?;
        let path = manager.url("");
        let of = format!("{}, {} {}", held.facts.title, manager.head().call_title, manager.head().edition);
        let said = texts::Deadline { of: &of, bound: until.unwrap_or(held.facts.common_bound), reason: &reason, path: &path };
        let (subject, body) = texts::deadline_changed(&app, &said);
        for member in store::addressees(&mut tx, manager.project(), manager.now()).await? {
            let key = format!("deadline {decision} {}", member.id);
            mail::queue(&mut tx, &Mail { kind: "deadline", recipient: &member.email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
        }
    }
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of a call invite the owner of an eligible dossier (R3).
pub async fn invite(State(app): State<App>, KeptForm(manager, input): KeptForm<ProjectManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let (locked, held) = hold(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    if held.facts.notified_on.is_none() {
        return Err(Refusal::Because("L’éligibilité n’est pas notifiée\u{a0}: le dossier n’a pas encore de porteur (R3).").into());
    }
    let mut sheet = Sheet::of(Some(&input));
    let email = owner_form(&mut sheet);
    let (Ok(email), false) = (Email::read(&email), sheet.has_errors()) else {
        return again(&app, &manager, held, (Part::Owner, sheet, seen), StatusCode::UNPROCESSABLE_ENTITY);
    };
    owner::give(&mut tx, &app, manager.project(), &email, (manager.account(), manager.now())).await?;
    let location = back(&manager, "porteur");
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of a call note that somebody stays away from a dossier, themselves included.
pub async fn recuse(State(app): State<App>, KeptForm(manager, input): KeptForm<ProjectManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let (locked, held) = hold(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let mut sheet = Sheet::of(Some(&input));
    let (account, reason) = recusal(&mut sheet, &held.people);
    if account.is_empty() {
        sheet.refuse("account", "Choisir la personne.");
    }
    if !reason.is_empty() && reason.chars().count() < 3 {
        sheet.refuse("recusal_reason", "Écrire le motif en quelques mots.");
    }
    let (Ok(account), false) = (account.parse::<AccountId>(), sheet.has_errors()) else {
        return again(&app, &manager, held, (Part::Recusal, sheet, seen), StatusCode::UNPROCESSABLE_ENTITY);
    };
    // Whoever notes their own recusal no longer sees the dossier.
    let location = if account == manager.account() { at(&manager.head().call_slug, "/appel") } else { back(&manager, "deports") };
    if store::pin(&mut tx, &manager, account, &reason).await? {
        review::store::recompute_project(&mut tx, manager.project()).await?;
        let subject = format!("project {} account {account}", manager.project());
        journal::record_call(&mut tx, manager.head().call, manager.account(), "recusal_pinned", &subject, manager.now()).await?;
    }
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of a call keep the letter of manifestation of a dossier.
pub async fn keep_letter(State(app): State<App>, manager: ProjectManager, form: Multipart) -> Result<Response, AppError> {
    match receive_letter(&app, &manager, form).await {
        Ok(location) => Ok(see(&location)),
        Err(refused) => Ok(refused.back_to(format!("/appel/dossiers/{}#lettre", manager.project()), "Revenir à la page du dossier")),
    }
}

async fn receive_letter(app: &App, manager: &ProjectManager, mut form: Multipart) -> Result<String, AppError> {
    let cut = |_| AppError::BadRequest("L’envoi du fichier a été interrompu. Recommencez.");
    let mut operation = None;
    let mut received = None;
    while let Some(field) = form.next_field().await.map_err(cut)? {
        match field.name() {
            Some("operation") => operation = Uuid::try_parse(&field.text().await.map_err(cut)?).ok(),
            Some("piece") if field.file_name().is_some_and(|name| !name.is_empty()) => received = Some(files::receive(&app.config.data, field).await?),
            _ => {}
        }
    }
    let received = received.ok_or_else(|| AppError::Unprocessable("Choisir un fichier à joindre.".to_owned()))?;
    let kept = keep(app, manager, operation, &received).await;
    if !matches!(kept, Ok((_, true))) {
        let _ = tokio::fs::remove_file(files::path(&app.config.data, &received.file)).await;
    }
    Ok(kept?.0)
}

/// Where to go, and whether the file is now named by a row.
async fn keep(app: &App, manager: &ProjectManager, operation: Option<Uuid>, received: &files::Received) -> Result<(String, bool), AppError> {
    let operation = operation.ok_or(AppError::BadRequest("Le formulaire n’indique pas son opération. Rechargez la page et recommencez."))?;
    let location = back(manager, "lettre");
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = locked.done {
        return Ok((done, false));
    }
    store::keep_letter(&mut tx, manager, received).await?;
    journal::record(&mut tx, manager.project(), manager.account(), "attached", store::LETTER, manager.now()).await?;
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok((location, true))
}

/// The managers of a call download the letter of manifestation of a dossier.
pub async fn letter(State(app): State<App>, manager: ProjectManager) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = store::letter(&mut conn, manager.project()).await?.ok_or(AppError::NotFound)?;
    drop(conn);
    send(&app, &found.file, &found.name, &found.mime, found.size).await
}
