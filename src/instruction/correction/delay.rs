//! Another due instant for a request that waits: with its reason, its trace, and a mail to the team.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use time::{Duration, OffsetDateTime};

use super::page::{Said, draw};
use super::store::{self, Correction};
use crate::access::{NumberPart, ProjectInstructor, Refusal, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::error::AppError;
use crate::input::Input;
use crate::instruction::people;
use crate::journal;
use crate::mail::instruction::{self as texts, About};
use crate::page::see;
use crate::project::units;
use crate::submission::store::remember;

/// The due instant and the reason, as typed or as held.
fn read(sheet: &mut Sheet<'_>, correction: &Correction, now: OffsetDateTime) -> (OffsetDateTime, String) {
    let hint = "Instant à partir duquel plus rien ne s’écrit, heure de Paris. L’équipe en est prévenue, et un rappel repart trois jours avant.";
    let due_at = sheet.read(Spec::new("echeance", "Réponse attendue avant le").hint(hint).bound(), &correction.due_at);
    let reason = sheet.read(Spec::new("motif_delai", "Motif").hint("Une phrase, lue par l’équipe du dossier.").range(3, 500), &String::new());
    if due_at == correction.due_at {
        sheet.refuse("echeance", "La date limite est déjà celle-ci.");
    } else if due_at < now + Duration::hours(1) {
        sheet.refuse("echeance", "Choisir un instant à venir, dans une heure au moins.");
    } else if due_at > now + Duration::days(366) {
        sheet.refuse("echeance", "Choisir un instant dans l’année qui vient.");
    }
    if reason.chars().count() < 3 {
        sheet.refuse("motif_delai", "Écrire le motif en quelques mots.");
    }
    (due_at, reason)
}

/// The form, below a request that waits.
pub fn form(action: &str, correction: &Correction, now: OffsetDateTime, typed: Option<Sheet<'_>>) -> FormView {
    let sheet = typed.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        read(&mut sheet, correction, now);
        sheet
    });
    FormView::of(sheet, ("delai", "Changer la date limite", "Changer la date limite"), format!("{action}/delai"), correction.version).main_if(false)
}

/// The managers of the call give a request that waits another due instant; its team is told by mail.
pub async fn save(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let location = instructor.url(&format!("/corrections/{number}"));
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::instruct(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let correction = store::find(&mut tx, instructor.project(), number).await?;
    if !correction.is_awaited() {
        return Err(Refusal::Because("Cette demande n’attend plus de réponse\u{a0}: sa date limite ne change plus.").into());
    }
    let mut sheet = Sheet::of(Some(&input));
    let (due_at, reason) = read(&mut sheet, &correction, instructor.now());
    if let Some(status) = sheet.verdict(seen == correction.version) {
        let trouble = if status == StatusCode::CONFLICT { "Une autre personne a modifié cette demande. Comparez avant d’enregistrer." } else { "" };
        return draw(&app, &mut tx, &instructor, number, Said { status, trouble, delay: Some(sheet), ..Said::default() }).await;
    }
    let trace = store::delay(&mut tx, &instructor, &correction, (due_at, &reason)).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "correction_delayed", &number.to_string(), instructor.now()).await?;
    let title = people::title(&mut tx, instructor.project()).await?;
    let said = texts::Delay { number: correction.number, old: correction.due_at, new: due_at, reason: &reason };
    people::tell_team(&mut tx, &app, instructor.project(), ("correction_delayed", &format!("correction delay {trace}")), |app| {
        texts::correction_delayed(app, About { title: &title, path: &location }, &said)
    })
    .await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
