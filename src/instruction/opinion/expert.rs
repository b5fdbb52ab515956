//! The page of somebody asked for an opinion: one deposit to read, one short form. No account, no script, nothing else of the dossier.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use uuid::Uuid;

use super::links::{self, Expert};
use super::{VERDICTS, shown, store};
use crate::access::{Arrival, TokenPart};
use crate::account::guest::Guest;
use crate::account::throttle;
use crate::app::App;
use crate::engagement::partner::{closed, discreet, paged};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::kit::words::clean;
use crate::page::{Layout, filters, see};
use crate::project::units;
use crate::submission::SectionRead;
use crate::submission::store::remember;

/// What was typed and refused.
#[derive(Debug, Default)]
struct Typed {
    verdict: String,
    reasons: String,
    faults: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "instruction/expert.html")]
struct ExpertPage {
    layout: Layout,
    path: String,
    project: i64,
    call: String,
    title: String,
    label: String,
    facts: Vec<(&'static str, String)>,
    question: String,
    readers: &'static str,
    /// The opinion given: its word, when, its reasons.
    given: Option<(&'static str, String, String)>,
    is_over: bool,
    verdicts: Vec<(&'static str, &'static str)>,
    typed: Typed,
    sections: Vec<SectionRead>,
    operation: Uuid,
}

impl ExpertPage {
    fn error(&self, id: &str) -> &str {
        self.typed.faults.iter().find(|(at, _)| *at == id).map_or("", |(_, sentence)| sentence)
    }
}

/// The holder of a link; or the one page that unknown, expired and revoked links all lead to.
async fn holder(app: &App, guest: &Guest, token: &str, now: time::OffsetDateTime) -> Result<Result<Expert, Response>, AppError> {
    let mut conn = app.db.acquire().await?;
    if let Some(expert) = links::find(&mut conn, token, now).await? {
        return Ok(Ok(expert));
    }
    throttle::count(&mut conn, &throttle::link(guest), now).await?;
    Ok(Err(closed(app)?))
}

async fn draw(app: &App, expert: &Expert, token: &str, (status, typed): (StatusCode, Typed)) -> Result<Response, AppError> {
    let opinion = expert.opinion();
    let mut conn = app.db.acquire().await?;
    let sections = shown::sections(&mut conn, opinion.submission).await?;
    drop(conn);
    let word = |key: &str| VERDICTS.iter().find(|(held, _)| *held == key).map_or("", |(_, word)| word);
    let given = opinion.verdict.as_deref().zip(opinion.answered_at).map(|(verdict, at)| (word(verdict), moment::full(at), opinion.reasons.clone()));
    paged(
        status,
        &ExpertPage {
            layout: Layout::public(app, format!("Avis demandé, {}", expert.title())),
            path: format!("/avis/{token}"),
            project: expert.project().get(),
            call: expert.call().to_owned(),
            title: expert.title().to_owned(),
            label: expert.label().to_owned(),
            facts: vec![
                ("Demandé à", opinion.who()),
                ("Par", format!("{}, {}", expert.sender().0, expert.sender().1)),
                ("Réponse possible", format!("jusqu’au {}", moment::until(opinion.due_at))),
                ("Dépôt", format!("n°\u{a0}{}", opinion.reference)),
            ],
            question: opinion.question.clone(),
            readers: if opinion.is_confidential {
                "Confidentiel\u{a0}: seuls les gestionnaires de l’appel lisent votre avis."
            } else {
                "Votre avis est lu par les gestionnaires de l’appel, les évaluateurs du dossier et le comité technique, jamais par le porteur."
            },
            is_over: given.is_none() && !expert.may_answer(),
            given,
            verdicts: VERDICTS.to_vec(),
            typed,
            sections,
            operation: Uuid::new_v4(),
        },
    )
}

/// Whoever holds the link reads the deposit, and the opinion once given.
pub async fn show(State(app): State<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, method: Method) -> Result<Response, AppError> {
    let expert = match holder(&app, &guest, &token, now).await? {
        Ok(expert) => expert,
        Err(closed) => return Ok(closed),
    };
    // Filters of mail servers ask for the head of a link: that is nobody reading it.
    if method == Method::GET {
        let mut conn = app.db.acquire().await?;
        links::opened(&mut conn, &expert).await?;
    }
    draw(&app, &expert, &token, (StatusCode::OK, Typed::default())).await
}

fn read(input: &Input) -> Typed {
    let mut typed = Typed { verdict: input.get("avis").to_owned(), reasons: input.get("motifs").replace("\r\n", "\n"), faults: Vec::new() };
    if VERDICTS.iter().all(|(key, _)| *key != typed.verdict) {
        typed.faults.push(("avis", "Choisir un avis\u{a0}: favorable, réservé ou défavorable.".to_owned()));
    }
    match clean(&typed.reasons, 10_000) {
        Ok(text) if text.chars().count() < 3 => typed.faults.push(("motifs", "Écrire les motifs de votre avis.".to_owned())),
        Ok(text) => typed.reasons = text,
        Err(sentence) => typed.faults.push(("motifs", sentence.to_string())),
    }
    typed
}

/// Whoever holds the link gives one opinion, until its due instant; sent twice, it is one.
pub async fn save(State(app): State<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let expert = match holder(&app, &guest, &token, now).await? {
        Ok(expert) => expert,
        Err(closed) => return Ok(closed),
    };
    let operation = input.operation()?;
    let location = format!("/avis/{token}#etat");
    let mut typed = read(&input);
    if !expert.may_answer() && expert.opinion().answered_at.is_none() {
        typed.faults.clear();
        typed.faults.push(("avis", format!("L’avis était attendu jusqu’au {}. Il n’a pas été reçu.", moment::until(expert.opinion().due_at))));
        return draw(&app, &expert, &token, (StatusCode::FORBIDDEN, typed)).await;
    }
    if !typed.faults.is_empty() && expert.opinion().answered_at.is_none() {
        return draw(&app, &expert, &token, (StatusCode::UNPROCESSABLE_ENTITY, typed)).await;
    }
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, expert.project(), operation).await?;
    if locked.done.is_some() {
        return Ok(discreet(see(&location)));
    }
    if store::answer(&mut tx, expert.opinion().id, (&typed.verdict, &typed.reasons), now).await? {
        let asker = expert.opinion().account;
        journal::record(&mut tx, expert.project(), asker, "instruction_opinion_given", &expert.opinion().id.to_string(), now).await?;
        links::tell(&mut tx, &app, &expert).await?;
        // The secret of the link is kept nowhere: the same sending leads to where it came from.
        remember(&mut tx, expert.project(), asker, operation, "/avis").await?;
        tx.commit().await?;
    }
    Ok(discreet(see(&location)))
}
