//! A correction that a reviewer proposes, before who instructs the dossier: sent from the page of requests, or declined here.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::choice;
use super::wishes::{self, Wish};
use crate::access::{NumberPart, ProjectInstructor, Refusal, policy};
use crate::app::App;
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::input::Input;
use crate::instruction::page::{frame, layout};
use crate::instruction::{people, store as instruction};
use crate::journal;
use crate::kit::moment;
use crate::kit::words::clean;
use crate::mail::instruction::{self as texts, About};
use crate::page::{Layout, Tag, filters, html_with, see};
use crate::project::units;
use crate::submission;
use crate::submission::store::remember;

/// Longest reason, in characters.
const LONGEST: usize = 1000;

/// Said where a proposal was decided meanwhile.
pub const DECIDED: Refusal = Refusal::Because("Cette proposition est déjà traitée.");

#[derive(Template)]
#[template(path = "instruction/wished.html")]
struct WishedPage {
    layout: Layout,
    frame: Frame,
    base: String,
    tag: Tag,
    by: String,
    message: String,
    aims: Vec<String>,
    end: String,
    is_open: bool,
    /// Why it cannot be sent now; nothing when it can.
    refusal: String,
    send: String,
    action: String,
    reason: String,
    error: String,
    operation: Uuid,
}

impl Wish {
    /// State, as a word.
    pub fn tag(&self) -> Tag {
        let (class, word) = match &self.decided {
            None => ("todo", "À traiter"),
            Some(decision) if decision.correction.is_some() => ("done", "Demandée au porteur"),
            Some(_) => ("off", "Non retenue"),
        };
        Tag { class, word }
    }
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    instructor: &ProjectInstructor,
    wish: &Wish,
    (status, reason, error): (StatusCode, &str, &str),
) -> Result<Response, AppError> {
    let last = instruction::last_deposit(conn, instructor.project()).await?.ok_or(AppError::NotFound)?;
    let content = submission::snapshot(conn, last).await?.content();
    let asking = policy::ask_correction(instructor.ties(), instructor.facts());
    let mut frame = frame(instructor, &format!("Correction proposée n°\u{a0}{}", wish.number));
    if !error.is_empty() {
        let links = vec![("#motif".to_owned(), error.to_owned())];
        frame.alerts.push(Alert { class: "bad", heading: "Rien n’a été enregistré".to_owned(), sentence: String::new(), links, is_focused: true });
    }
    let page = WishedPage {
        layout: layout(app, instructor, "Correction proposée"),
        frame,
        base: instructor.url(""),
        tag: wish.tag(),
        by: format!("{}, {}", wish.by, moment::full(wish.at)),
        message: wish.message.clone(),
        aims: wish.aims.iter().map(|aim| choice::named(aim, &content).0).collect(),
        end: wish.decided.as_ref().map(|decision| format!("{} {}", moment::full(decision.at), decision.reason).trim().to_owned()).unwrap_or_default(),
        is_open: wish.decided.is_none(),
        refusal: asking.err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        send: instructor.url(&format!("/corrections/nouvelle?proposition={}", wish.number)),
        action: instructor.url(&format!("/corrections/propositions/{}", wish.number)),
        reason: reason.to_owned(),
        error: error.to_owned(),
        operation: Uuid::new_v4(),
    };
    html_with(status, &page)
}

/// The managers of the call who do not stay away from the dossier read a correction that a reviewer proposes.
pub async fn show(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let wish = wishes::find(&mut conn, instructor.project(), number).await?;
    draw(&app, &mut conn, &instructor, &wish, (StatusCode::OK, "", "")).await
}

/// The managers of the call decline a proposal with a reason, which its author reads; the carrier knows nothing of it.
pub async fn decline(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let location = instructor.url(&format!("/corrections/propositions/{number}"));
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::instruct(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let wish = wishes::find(&mut tx, instructor.project(), number).await?;
    if wish.decided.is_some() {
        return Err(DECIDED.into());
    }
    let reason = match clean(input.get("motif"), LONGEST) {
        Ok(reason) if reason.chars().count() >= 3 => reason,
        Ok(_) => {
            return draw(&app, &mut tx, &instructor, &wish, (StatusCode::UNPROCESSABLE_ENTITY, input.get("motif"), "Écrire le motif en quelques mots.")).await;
        }
        Err(sentence) => return draw(&app, &mut tx, &instructor, &wish, (StatusCode::UNPROCESSABLE_ENTITY, input.get("motif"), sentence.as_str())).await,
    };
    wishes::decide(&mut tx, &instructor, &wish, Err(&reason)).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "instruction_wish_declined", &wish.number.to_string(), instructor.now()).await?;
    tell_author(&mut tx, &app, &instructor, &wish, &reason).await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Tells the author of a proposal what became of it; an empty reason is a request that was sent.
pub async fn tell_author(conn: &mut PgConnection, app: &App, instructor: &ProjectInstructor, wish: &Wish, reason: &str) -> sqlx::Result<()> {
    let title = people::title(conn, instructor.project()).await?;
    let path = format!("/evaluation/{}/corrections", instructor.project());
    let words = texts::correction_wish_ended(app, About { title: &title, path: &path }, reason);
    let people = people::reviewer(conn, instructor.project(), wish.account).await?;
    people::tell(conn, &people, ("correction_wish_ended", &format!("correction wish {}", wish.id)), &words).await
}
