//! A reviewer proposes that given points be corrected, and reads what became of what they proposed.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::pages::Asked;
use super::tab::url;
use crate::access::CorrectionWisher;
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::input::Input;
use crate::instruction::correction::choice::{self, Chosen, Group};
use crate::instruction::correction::store::{self as corrections, Correction};
use crate::instruction::correction::wishes::{self, Wish};
use crate::instruction::{people, store as instruction};
use crate::journal;
use crate::kit::moment;
use crate::kit::words::clean;
use crate::mail::instruction::{self as texts, About};
use crate::page::{Layout, Tag, filters, html_with, see};
use crate::project::units;
use crate::submission;
use crate::submission::store::remember;
use crate::suspended::{self, KeptForm};

/// Longest message, in characters.
const LONGEST: usize = 4000;

struct WishView {
    heading: String,
    tag: Tag,
    message: String,
    aims: Vec<String>,
    end: String,
}

#[derive(Template)]
#[template(path = "review/wish.html")]
struct WishPage {
    layout: Layout,
    heading: String,
    label: String,
    back: String,
    action: String,
    wishes: Vec<WishView>,
    groups: Vec<Group>,
    points_error: String,
    message: String,
    message_error: String,
    is_done: bool,
    is_suspended: bool,
    operation: Uuid,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    chosen: Chosen,
    message: String,
    message_error: String,
    is_done: bool,
    is_suspended: bool,
}

impl Typed {
    fn read(input: &Input, content: &Content) -> Self {
        let chosen = Chosen::read(input, content);
        let (message, message_error) = match clean(input.get("message"), LONGEST) {
            Ok(message) if message.chars().count() < 3 => (message, "Dire en quelques mots ce qui est à corriger.".to_owned()),
            Ok(message) => (message, String::new()),
            Err(sentence) => (input.get("message").to_owned(), sentence.to_string()),
        };
        Self { chosen, message, message_error, ..Self::default() }
    }
}

async fn deposited(conn: &mut PgConnection, wisher: &CorrectionWisher) -> Result<Content, AppError> {
    let last = instruction::last_deposit(conn, wisher.project()).await?.ok_or(AppError::NotFound)?;
    Ok(submission::snapshot(conn, last).await?.content())
}

fn view(wish: Wish, asked: &[Correction], content: &Content, now: time::OffsetDateTime) -> WishView {
    let end = wish.decided.as_ref().map(|decision| match asked.iter().find(|held| Some(held.id) == decision.correction) {
        Some(held) => format!(
            "Demande n°\u{a0}{} au porteur, réponse attendue jusqu’au {}\u{a0}: {}.",
            held.number,
            moment::until(held.due_at),
            held.tag(now).word.to_lowercase()
        ),
        None => format!("Motif\u{a0}: {}", decision.reason),
    });
    WishView {
        heading: format!("Proposition n°\u{a0}{}, {}", wish.number, moment::full(wish.at)),
        tag: wish.tag(),
        aims: wish.aims.iter().map(|aim| choice::named(aim, content).0).collect(),
        message: wish.message,
        end: end.unwrap_or_default(),
    }
}

async fn draw(app: &App, conn: &mut PgConnection, wisher: &CorrectionWisher, (content, typed): (&Content, Typed)) -> Result<Response, AppError> {
    let asked = corrections::list(conn, wisher.project()).await?;
    let mut own = wishes::list(conn, wisher.project()).await?;
    own.retain(|wish| wish.account == wisher.account());
    let is_refused = !typed.chosen.error.is_empty() || !typed.message_error.is_empty();
    let head = wisher.head();
    let page = WishPage {
        layout: Layout::personal(app, wisher.visitor(), format!("Proposer une correction, {}", head.title), "/evaluation"),
        heading: head.title.clone(),
        label: head.label.clone(),
        back: url(wisher, ""),
        action: url(wisher, "/corrections"),
        wishes: own.into_iter().map(|wish| view(wish, &asked, content, wisher.now())).collect(),
        groups: choice::groups(content, &typed.chosen.keys),
        points_error: typed.chosen.error,
        message: typed.message,
        message_error: typed.message_error,
        is_done: typed.is_done,
        is_suspended: typed.is_suspended,
        operation: Uuid::new_v4(),
    };
    html_with(if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// A reviewer of the dossier, while it is examined, sees what they proposed to correct.
pub async fn show(State(app): State<App>, wisher: CorrectionWisher, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let content = deposited(&mut conn, &wisher).await?;
    let mut typed = Typed { is_done: asked.contains_key("fait"), ..Typed::default() };
    if let Some(input) = suspended::typed(&mut conn, wisher.account(), &asked).await? {
        let kept = Typed::read(&input, &content);
        typed = Typed { chosen: Chosen { error: String::new(), ..kept.chosen }, message_error: String::new(), is_suspended: true, ..kept };
    }
    draw(&app, &mut conn, &wisher, (&content, typed)).await
}

/// A reviewer of the dossier proposes a correction to who instructs it, told by mail; the team is told nothing.
pub async fn save(State(app): State<App>, KeptForm(wisher, input): KeptForm<CorrectionWisher>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let location = url(&wisher, "/corrections?fait=1");
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, wisher.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    crate::access::policy::wish_correction(&locked.ties(&wisher), &locked.facts(wisher.facts()))?;
    let content = deposited(&mut tx, &wisher).await?;
    let typed = Typed::read(&input, &content);
    if !typed.chosen.error.is_empty() || !typed.message_error.is_empty() {
        return draw(&app, &mut tx, &wisher, (&content, typed)).await;
    }
    let (id, number) = wishes::propose(&mut tx, &wisher, &typed.chosen.aims, &typed.message).await?;
    journal::record(&mut tx, wisher.project(), wisher.account(), "review_correction_proposed", &number.to_string(), wisher.now()).await?;
    let title = people::title(&mut tx, wisher.project()).await?;
    let path = wisher.url(&format!("/corrections/propositions/{number}"));
    let words = texts::correction_wished(&app, About { title: &title, path: &path }, &wisher.visitor().name);
    let people = people::instructing(&mut tx, wisher.head().call, wisher.project()).await?;
    people::tell(&mut tx, &people, ("correction_wished", &format!("correction wished {id}")), &words).await?;
    remember(&mut tx, wisher.project(), wisher.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
