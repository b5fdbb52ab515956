//! The page of a request for correction: what is asked, what was answered as a comparison of two deposits, how it ended.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::choice;
use super::delay;
use super::store::{self, Correction};
use crate::access::{Dossier, NumberPart, ProjectVisitor, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet};
use crate::error::AppError;
use crate::instruction::compare::{Compared, compare};
use crate::instruction::page::AskedView;
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html, html_with};
use crate::submission;

#[derive(Template)]
#[template(path = "instruction/correction.html")]
struct CorrectionPage {
    layout: Layout,
    over: String,
    heading: String,
    base: String,
    back: (String, &'static str),
    trouble: String,
    tag: Tag,
    facts: Vec<(&'static str, String)>,
    message: String,
    aims: Vec<(String, String)>,
    answer: Option<(String, String)>,
    compared: Vec<Compared>,
    both: Option<(String, String)>,
    end: Option<(String, String)>,
    /// The person may say that it is corrected; otherwise why not, when a team reads it.
    may_answer: bool,
    answer_refusal: String,
    typed: String,
    may_close: bool,
    delay: Option<FormView>,
    is_answered: bool,
    action: String,
    version: i32,
    operation: Uuid,
}

#[derive(Template)]
#[template(path = "instruction/corrections.html")]
struct ListPage {
    layout: Layout,
    over: String,
    back: (String, &'static str),
    rows: Vec<AskedView>,
    ask: Option<String>,
}

fn way_back(dossier: &Dossier) -> (String, &'static str) {
    if dossier.is_team() { (dossier.url(""), "Revenir au dossier") } else { (dossier.url("/instruction"), "Revenir à l’instruction") }
}

/// The team of a dossier and who instructs it see its requests for correction.
pub async fn list(State(app): State<App>, visitor: ProjectVisitor) -> Result<Response, AppError> {
    policy::read_corrections(visitor.ties(), visitor.facts())?;
    let mut conn = app.db.acquire().await?;
    let rows = store::list(&mut conn, visitor.project()).await?;
    let may_ask = policy::ask_correction(visitor.ties(), visitor.facts()).is_ok();
    html(&ListPage {
        layout: Layout::dossier(&app, &visitor, "Demandes de correction", ""),
        over: visitor.head().title.clone(),
        back: way_back(&visitor),
        rows: rows.iter().map(|correction| correction.view(&visitor)).collect(),
        ask: may_ask.then(|| visitor.url("/corrections/nouvelle")),
    })
}

/// The team of a dossier and who instructs it read a request for correction.
pub async fn show(State(app): State<App>, visitor: ProjectVisitor, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    policy::read_corrections(visitor.ties(), visitor.facts())?;
    let mut conn = app.db.acquire().await?;
    draw(&app, &mut conn, &visitor, number, Said::default()).await
}

/// The page again, with why nothing was kept and what was typed.
pub async fn refused(app: &App, dossier: &Dossier, number: i64, (status, trouble, typed): (StatusCode, &str, &str)) -> Result<Response, AppError> {
    policy::read_corrections(dossier.ties(), dossier.facts())?;
    let mut conn = app.db.acquire().await?;
    draw(app, &mut conn, dossier, number, Said { status, trouble, typed, delay: None }).await
}

/// The page again, because it changed meanwhile.
pub async fn back_to(app: &App, dossier: &Dossier, number: i64, trouble: &str) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    draw(app, &mut conn, dossier, number, Said { status: StatusCode::CONFLICT, trouble, ..Said::default() }).await
}

/// What the answer changed in what was asked.
async fn compared(conn: &mut PgConnection, correction: &Correction) -> Result<Vec<Compared>, AppError> {
    let Some(answered) = &correction.answered else { return Ok(Vec::new()) };
    let (old, new) = (submission::snapshot(conn, correction.submission).await?, submission::snapshot(conn, answered.submission).await?);
    let aims = correction.aims.clone();
    // Two long texts take a while: no other request waits for it.
    Ok(tokio::task::spawn_blocking(move || compare(&old, &new, Some(&aims))).await.map_err(anyhow::Error::from)?)
}

/// What a sending left, over the page as it is.
#[derive(Debug, Default)]
pub struct Said<'a> {
    /// Status.
    pub status: StatusCode,
    /// Why nothing was kept.
    pub trouble: &'a str,
    /// Words of an answer, as typed.
    pub typed: &'a str,
    /// Another due instant, as typed.
    pub delay: Option<Sheet<'a>>,
}

/// Draws the page of a request, with what a sending left.
pub async fn draw(app: &App, conn: &mut PgConnection, dossier: &Dossier, number: i64, said: Said<'_>) -> Result<Response, AppError> {
    let Said { status, trouble, typed, delay } = said;
    let correction = store::find(conn, dossier.project(), number).await?;
    let delays = store::delays(conn, &correction).await?;
    let content = submission::snapshot(conn, correction.submission).await?.content();
    let compared = compared(conn, &correction).await?;
    let is_team = dossier.is_team();
    let answering = policy::answer_correction(dossier.ties(), dossier.facts(), correction.due_at, dossier.now());
    let may_close = correction.closed.is_none() && policy::instruct(dossier.ties(), dossier.facts()).is_ok();
    let both = correction.answered.as_ref().map(|answered| {
        let no = |reference: &str| reference.rsplit('-').next().unwrap_or_default().to_owned();
        let (old, new) = (no(&correction.reference), no(&answered.reference));
        (dossier.url(&format!("/comparaison?de={old}&a={new}")), format!("Comparer tout le dépôt {old} et le dépôt {new}"))
    });
    let named = |aim| {
        let (label, path) = choice::named(aim, &content);
        (label, if is_team { dossier.url(&path) } else { String::new() })
    };
    let action = dossier.url(&format!("/corrections/{number}"));
    let moved = delays.iter().map(|held| {
        let text = format!(
            "du {} au {}, par {}, {}. {}",
            moment::until(held.old),
            moment::until(held.new),
            held.by,
            moment::near(held.at, dossier.now()),
            held.reason
        );
        ("Date limite changée", text)
    });
    let page = CorrectionPage {
        layout: Layout::dossier(app, dossier, format!("Demande de correction n°\u{a0}{number}"), ""),
        over: dossier.head().title.clone(),
        heading: format!("Demande de correction n°\u{a0}{number}"),
        base: dossier.url(""),
        back: way_back(dossier),
        trouble: trouble.to_owned(),
        tag: correction.tag(dossier.now()),
        facts: [
            ("Demandée", format!("par {}, {}", correction.by, moment::full(correction.at))),
            ("Sur le dépôt", format!("n°\u{a0}{}", correction.reference)),
            ("Réponse attendue", format!("jusqu’au {}", moment::until(correction.due_at))),
        ]
        .into_iter()
        .chain(moved)
        .collect(),
        aims: correction.aims.iter().map(named).collect(),
        answer: correction
            .answered
            .as_ref()
            .map(|answered| (format!("{}, {}, dépôt n°\u{a0}{}", answered.by, moment::full(answered.at), answered.reference), answered.text.clone())),
        compared,
        both,
        end: correction.closed.as_ref().map(|closed| (format!("{}, {}", closed.by, moment::full(closed.at)), closed.text.clone())),
        may_answer: correction.is_awaited() && answering.is_ok(),
        answer_refusal: answering.err().filter(|_| is_team && correction.is_awaited()).map(|refusal| refusal.sentence()).unwrap_or_default(),
        typed: typed.to_owned(),
        may_close,
        is_answered: correction.answered.is_some(),
        delay: (may_close && correction.is_awaited()).then(|| delay::form(&action, &correction, dossier.now(), delay)),
        action,
        version: correction.version,
        message: correction.message,
        operation: Uuid::new_v4(),
    };
    html_with(status, &page)
}
