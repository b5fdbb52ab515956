//! What a partner may also say, each on a page of its own: no, no longer, and no more reminders.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::answers::{self, Outcome};
use super::links::{self, Partner};
use super::partner::{discreet, holder, paged, tell};
use crate::access::{Arrival, TokenPart};
use crate::account::guest::Guest;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::words;
use crate::page::{Layout, see};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// Which page is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Saying {
    Decline,
    Withdraw,
    Reminders,
}

#[derive(Template)]
#[template(path = "engagement/said.html")]
struct SaidPage {
    layout: Layout,
    path: String,
    title: String,
    carrier: String,
    organisation: String,
    saying: Saying,
    has_signed: bool,
    has_stopped: bool,
    refusal: String,
    reason: String,
    error: String,
    operation: Uuid,
}

impl SaidPage {
    fn is(&self, name: &str) -> bool {
        matches!((self.saying, name), (Saying::Decline, "decline") | (Saying::Withdraw, "withdraw") | (Saying::Reminders, "reminders"))
    }
}

fn page(app: &App, partner: &Partner, token: &str, saying: Saying) -> SaidPage {
    let (title, place) = (
        match saying {
            Saying::Decline => "Décliner",
            Saying::Withdraw => "Retirer ma signature",
            Saying::Reminders => "Rappels",
        },
        partner.place(),
    );
    let refusal = if saying == Saying::Reminders { None } else { partner.may_answer().err() };
    SaidPage {
        layout: Layout::public(app, format!("{title}, document d’engagement")),
        path: format!("/engagement/{token}"),
        title: place.title.clone(),
        carrier: place.carrier.clone(),
        organisation: partner.signatory().organisation.clone(),
        saying,
        has_signed: partner.signatory().signature().is_some(),
        has_stopped: partner.signatory().has_stopped,
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        reason: String::new(),
        error: String::new(),
        operation: Uuid::new_v4(),
    }
}

async fn ask(app: &App, guest: &Guest, token: &str, now: time::OffsetDateTime, saying: Saying) -> Result<Response, AppError> {
    match holder(app, guest, token, now).await? {
        Ok(partner) => paged(StatusCode::OK, &page(app, &partner, token, saying)),
        Err(closed) => Ok(closed),
    }
}

/// Whoever holds the link is asked why they decline.
pub async fn ask_decline(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival) -> Result<Response, AppError> {
    ask(&app, &guest, &token, now, Saying::Decline).await
}

/// Whoever holds the link and signed is asked to confirm that they take the signature back.
pub async fn ask_withdraw(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival) -> Result<Response, AppError> {
    ask(&app, &guest, &token, now, Saying::Withdraw).await
}

/// Whoever holds the link reads whether reminders may come: opening this page changes nothing.
pub async fn ask_reminders(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival) -> Result<Response, AppError> {
    ask(&app, &guest, &token, now, Saying::Reminders).await
}

/// Whoever holds the link declines, with a reason, until the bound.
pub async fn decline(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    let operation = input.operation()?;
    let mut asked = page(&app, &partner, &token, Saying::Decline);
    if !asked.refusal.is_empty() {
        asked.reason = input.get("motif").chars().filter(|c| !words::is_hidden(*c)).collect();
        return paged(StatusCode::FORBIDDEN, &asked);
    }
    let reason = match words::clean(input.get("motif"), LONGEST) {
        Ok(reason) if reason.is_empty() => Err("Écrire pourquoi, en quelques mots\u{a0}: la structure porteuse pourra en tenir compte.".to_owned()),
        Ok(reason) => Ok(reason),
        Err(sentence) => Err(sentence.to_string()),
    };
    let reason = match reason {
        Ok(reason) => reason,
        Err(sentence) => {
            asked.reason = input.get("motif").chars().filter(|c| !words::is_hidden(*c)).collect();
            asked.error = sentence;
            return paged(StatusCode::UNPROCESSABLE_ENTITY, &asked);
        }
    };
    let mut tx = app.db.begin().await?;
    if let Outcome::Kept(Some(id)) = answers::decline(&mut tx, &token, &partner, &reason, operation).await? {
        let sentence = format!("{} décline le document d’engagement.", partner.signatory().organisation);
        tell(&mut tx, &app, &partner, (id, &sentence, &reason)).await?;
    }
    tx.commit().await?;
    Ok(discreet(see(&format!("/engagement/{token}#etat"))))
}

/// Whoever holds the link takes the signature back, until the bound.
pub async fn withdraw(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    let operation = input.operation()?;
    let asked = page(&app, &partner, &token, Saying::Withdraw);
    if !asked.refusal.is_empty() {
        return paged(StatusCode::FORBIDDEN, &asked);
    }
    let mut tx = app.db.begin().await?;
    if let Outcome::Kept(Some(id)) = answers::withdraw(&mut tx, &token, &partner, operation).await? {
        let sentence = format!("{} a retiré sa signature du document d’engagement.", partner.signatory().organisation);
        tell(&mut tx, &app, &partner, (id, &sentence, "")).await?;
    }
    tx.commit().await?;
    Ok(discreet(see(&format!("/engagement/{token}#etat"))))
}

/// Whoever holds the link refuses reminders, or accepts them again.
pub async fn reminders(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    input.operation()?;
    let is_stop = input.get("rappels") != "oui";
    if is_stop != partner.signatory().has_stopped {
        let mut tx = app.db.begin().await?;
        journal::lock(&mut tx, partner.project()).await?;
        links::set_reminders(&mut tx, &partner, is_stop).await?;
        let act = if is_stop { "engagement_reminders_stopped" } else { "engagement_reminders_resumed" };
        journal::record(&mut tx, partner.project(), partner.sender(), act, &partner.signatory().id.to_string(), now).await?;
        tx.commit().await?;
    }
    Ok(discreet(see(&format!("/engagement/{token}/rappels"))))
}
