//! « C’est corrigé » : what was asked, as it is now written, becomes a deposit that complements the last one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::page::refused;
use super::store::{self, Correction};
use crate::access::{NumberPart, ProjectWriter, Refusal, Sending, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::aims::{Aim, Spot};
use crate::framework::content::{Content, Unit};
use crate::input::Input;
use crate::instruction::people;
use crate::kit::words::clean;
use crate::mail::instruction::{self as texts, About};
use crate::page::see;
use crate::project::units;
use crate::submission;
use crate::submission::store::{Kept, complement, remember};

/// Longest word that goes with an answer, in characters.
const LONGEST: usize = 2000;

/// Whoever deposits the dossier says that a request is answered, until its due instant; sent twice, it is one deposit.
pub async fn save(State(app): State<App>, sending: Sending<ProjectWriter>, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let done = match &sending {
        Sending::Allowed(writer) => write(&app, writer, number, &input).await,
        Sending::Refused(_, refusal) => Err(refusal.clone().into()),
    };
    match done {
        Err(AppError::Refused(refusal)) if sending.dossier().is_team() => {
            refused(&app, sending.dossier(), number, (StatusCode::FORBIDDEN, &refusal.late(), input.get("mot"))).await
        }
        Err(AppError::Unprocessable(sentence)) => {
            refused(&app, sending.dossier(), number, (StatusCode::UNPROCESSABLE_ENTITY, &sentence, input.get("mot"))).await
        }
        other => other,
    }
}

async fn write(app: &App, writer: &ProjectWriter, number: i64, input: &Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let location = writer.url(&format!("/corrections/{number}"));
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let correction = store::find(&mut tx, writer.project(), number).await?;
    if !correction.is_awaited() {
        return Err(Refusal::Because("Cette demande n’attend plus de réponse.").into());
    }
    policy::answer_correction(&locked.ties(writer), &locked.facts(writer.facts()), correction.due_at, writer.now())?;
    let text = clean(input.get("mot"), LONGEST).map_err(|sentence| AppError::Unprocessable(sentence.to_string()))?;
    let content = units::load_all(&mut tx, writer.project()).await?;
    if content.units.iter().any(|unit| is_unreadable(unit, &correction.aims)) {
        return Err(AppError::Unprocessable("Une valeur d’un point demandé n’a pas pu être lue\u{a0}: corrigez-la, puis répondez.".to_owned()));
    }
    let kept = freeze(&mut tx, writer, (&content, &correction), &text).await?;
    store::answer(&mut tx, writer, &correction, (&kept, &text)).await?;
    tell(&mut tx, app, writer, &correction, &kept).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// What is asked and cannot be read.
fn is_unreadable(unit: &Unit, aims: &[Aim]) -> bool {
    let covers = |spot| aims.iter().any(|aim| aim.covers(spot));
    if unit.row.is_nil() {
        unit.raw.keys().any(|key| covers(Spot::Field(&unit.kind, key)))
    } else {
        !unit.raw.is_empty() && covers(Spot::Row(&unit.kind, unit.row, unit.parent))
    }
}

/// An answer that changes nothing says why.
async fn freeze(conn: &mut PgConnection, writer: &ProjectWriter, (content, correction): (&Content, &Correction), text: &str) -> Result<Kept, AppError> {
    let former = crate::instruction::store::last_deposit(conn, writer.project()).await?.ok_or(AppError::NotFound)?;
    let kept = complement(conn, writer, content, &correction.aims).await?;
    if text.is_empty() {
        let (old, new) = (submission::snapshot(conn, former).await?, submission::snapshot(conn, kept.id).await?);
        if old.has_content_of(&new) {
            return Err(AppError::Unprocessable(
                "Rien n’a changé dans les points demandés. Corrigez-les, ou dites en un mot pourquoi ils restent ainsi.".to_owned(),
            ));
        }
    }
    Ok(kept)
}

/// To the team, its new number; to who asked and to the officer, that an answer came.
async fn tell(conn: &mut PgConnection, app: &App, writer: &ProjectWriter, correction: &Correction, kept: &Kept) -> Result<(), AppError> {
    let title = people::title(conn, writer.project()).await?;
    let path = writer.url(&format!("/corrections/{}", correction.number));
    let about = About { title: &title, path: &path };
    let key = format!("correction kept {}", correction.id);
    people::tell_team(conn, app, writer.project(), ("correction_kept", &key), |app| texts::correction_kept(app, about, correction.number, &kept.reference))
        .await?;
    let instructors = people::instructors(conn, writer.project(), &[correction.account]).await?;
    let key = format!("correction answered {}", correction.id);
    people::tell(conn, &instructors, ("correction_answered", &key), &texts::correction_ended(app, about, correction.number, true)).await?;
    Ok(())
}
