//! The act of publication: by somebody else than who prepared the letters, everything in one transaction.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::held::{self, Letter, Publication};
use super::publication::{self, HERE};
use super::store;
use super::write;
use crate::access::{CallManager, Refusal, policy};
use crate::app::App;
use crate::call::frame::{Alert, at};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::mail::{self, Mail, texts};
use crate::page::see;

/// A manager of the call who did not prepare the letters publishes them: states, mails and the list of laureates, at once.
pub async fn save(State(app): State<App>, manager: CallManager, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let waiting = publication::pending(&mut tx, &manager).await?.ok_or(Refusal::Because("Aucune lettre n’attend d’être publiée."))?;
    policy::publish(waiting.prepared_by, manager.account())?;
    let letters = held::letters(&mut tx, waiting.id).await?;
    if seen != waiting.version || !stands(&mut tx, &manager, &waiting, &letters).await? {
        let alert = Alert::refusal(
            "Rien n’est publié",
            "Les lettres ou les décisions ont changé depuis que vous les avez lues. Les voici à jour\u{a0}: relisez-les, et faites-les préparer de nouveau s’il le faut.",
        );
        return publication::draw(&app, &mut tx, &manager, (StatusCode::CONFLICT, Some(Alert { is_focused: true, ..alert }))).await;
    }
    write::publish(&mut tx, &manager, waiting.id, &letters, waiting.corrects.is_some()).await?;
    send(&app, &mut tx, &waiting, &letters).await?;
    let location = at(&manager.call().slug, &format!("{HERE}?fait=publie"));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "results_published", subject: &waiting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Do the letters still say what was decided, of every dossier that has a decision?
async fn stands(conn: &mut PgConnection, manager: &CallManager, waiting: &Publication, letters: &[Letter]) -> Result<bool, AppError> {
    if waiting.corrects.is_some() {
        return Ok(!letters.is_empty());
    }
    let decided = store::decided(conn, manager.call().id).await?;
    let said: Vec<(i64, &str)> = letters.iter().map(|letter| (letter.project, letter.result.as_str())).collect();
    let held: Vec<(i64, &str)> = decided.iter().map(|decided| (decided.project, decided.result.as_str())).collect();
    Ok(!said.is_empty() && said.len() == held.len() && held.iter().all(|line| said.contains(line)))
}

/// One mail to each person who answers for a dossier, once.
async fn send(app: &App, conn: &mut PgConnection, waiting: &Publication, letters: &[Letter]) -> Result<(), AppError> {
    for letter in letters {
        let (subject, body) = texts::result(app, &letter.subject, &letter.body, &format!("/dossiers/{}/suite", letter.project), waiting.corrects.is_some());
        for (account, email) in letter.accounts.iter().zip(&letter.emails) {
            let key = format!("result {} {} {account}", waiting.id, letter.project);
            mail::queue(conn, &Mail { kind: "result", recipient: email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
        }
    }
    Ok(())
}
