//! A message at its own address: it leads to its place in its thread; its author words it again there, or takes it back.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::post::{self, WORDING};
use super::store::{self, Held};
use super::view::title;
use super::write::{finish, read};
use crate::access::{NumberPart, Refusal, Thread, ThreadsVisitor, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::moment;
use crate::page::{Layout, html_with, see};
use crate::project::units;
use crate::submission::store::remember;
use crate::suspended::{self, KeptForm};

#[derive(Template)]
#[template(path = "messages/message.html")]
struct MessagePage {
    layout: Layout,
    over: String,
    thread: &'static str,
    back: String,
    action: String,
    until: String,
    text: String,
    error: String,
    version: i32,
    operation: Uuid,
}

/// The message of that number, in a thread that this person reads.
async fn held(conn: &mut PgConnection, visitor: &ThreadsVisitor, number: i64) -> Result<Held, AppError> {
    let held = store::find(conn, visitor.project(), number).await?.ok_or(AppError::NotFound)?;
    policy::read_thread(visitor.ties(), visitor.facts(), held.thread)?;
    Ok(held)
}

fn place(visitor: &ThreadsVisitor, thread: Thread) -> String {
    visitor.url(&format!("/messages/{}", thread.path()))
}

/// Who reads the thread is led to the message; its author words it again within some minutes.
pub async fn show(
    State(app): State<App>,
    visitor: ThreadsVisitor,
    NumberPart(number): NumberPart,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = held(&mut conn, &visitor, number).await?;
    let typed = suspended::typed(&mut conn, visitor.account(), &asked).await?;
    let is_editing = typed.is_some() || asked.contains_key("modifier");
    if !is_editing || wordable(&visitor, &held).is_err() {
        return Ok(see(&format!("{}?autour={number}#m-{number}", place(&visitor, held.thread))));
    }
    let text = typed.map_or_else(|| held.text.clone(), |input| input.get("texte").to_owned());
    page(&app, &visitor, &held, (StatusCode::OK, &text, String::new()))
}

fn page(app: &App, visitor: &ThreadsVisitor, held: &Held, (status, text, error): (StatusCode, &str, String)) -> Result<Response, AppError> {
    html_with(
        status,
        &MessagePage {
            layout: Layout::dossier(app, visitor, "Modifier un message", ""),
            over: visitor.head().title.clone(),
            thread: title(held.thread),
            back: format!("{}?autour={}#m-{}", place(visitor, held.thread), held.id, held.id),
            action: visitor.url(&format!("/messages/{}", held.id)),
            until: moment::hour(held.created_at + WORDING),
            text: text.to_owned(),
            error,
            version: held.version,
            operation: Uuid::new_v4(),
        },
    )
}

/// May this person word that message again now?
fn wordable(visitor: &ThreadsVisitor, held: &Held) -> Result<(), Refusal> {
    own(visitor, held)?;
    if held.created_at + WORDING > visitor.now() {
        Ok(())
    } else {
        Err(Refusal::Because("Un message se modifie pendant un quart d’heure. Vous pouvez encore le retirer, ou en écrire un autre."))
    }
}

fn own(visitor: &ThreadsVisitor, held: &Held) -> Result<(), Refusal> {
    policy::write_thread(visitor.ties(), visitor.facts(), held.thread)?;
    match (held.account == visitor.account(), held.is_removed) {
        (true, false) => Ok(()),
        (true, true) => Err(Refusal::Because("Ce message est déjà retiré.")),
        (false, _) => Err(Refusal::Because("Seule la personne qui a écrit un message le modifie ou le retire.")),
    }
}

/// The author of a message words it again, for a quarter of an hour.
pub async fn edit(State(app): State<App>, NumberPart(number): NumberPart, KeptForm(visitor, input): KeptForm<ThreadsVisitor>) -> Result<Response, AppError> {
    let (operation, version) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, visitor.project(), operation).await?;
    let held = held(&mut tx, &visitor, number).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    wordable(&visitor, &held)?;
    let text = match read(&input, false) {
        Ok(text) => text,
        Err(sentence) => return page(&app, &visitor, &held, (StatusCode::UNPROCESSABLE_ENTITY, input.get("texte"), sentence)),
    };
    if !post::edit(&mut tx, (number, version), (visitor.account(), &text), visitor.now()).await? {
        let sentence = "Ce message a changé dans un autre onglet. Votre texte est ici\u{a0}: relisez, puis enregistrez.".to_owned();
        return page(&app, &visitor, &held, (StatusCode::CONFLICT, &text, sentence));
    }
    let location = format!("{}?fait=modifie&autour={number}#m-{number}", place(&visitor, held.thread));
    finish(&mut tx, &visitor, ("message_edited", held.thread, number)).await?;
    remember(&mut tx, visitor.project(), visitor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The author of a message takes it back: its text and files go, its place stays, with who had read it.
pub async fn remove(State(app): State<App>, visitor: ThreadsVisitor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, visitor.project(), operation).await?;
    let held = held(&mut tx, &visitor, number).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    own(&visitor, &held)?;
    if !post::remove(&mut tx, number, visitor.account(), visitor.now()).await? {
        return Err(AppError::NotFound);
    }
    post::hush(&mut tx, number, visitor.now()).await?;
    let location = format!("{}?fait=retire&autour={number}#m-{number}", place(&visitor, held.thread));
    finish(&mut tx, &visitor, ("message_removed", held.thread, number)).await?;
    remember(&mut tx, visitor.project(), visitor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
