//! Private notes of the administration: written and read by who instructs the dossier, changed by their author alone.

pub mod store;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::acts::back;
use super::page::{Asked, Back, draw, frame, layout, shown};
use crate::access::{NumberPart, ProjectInstructor, Refusal, policy};
use crate::app::App;
use crate::call::frame::Frame;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::words::clean;
use crate::page::{Layout, html_with, see};
use crate::project::units;
use crate::submission::store::remember;

/// Longest note, in characters.
const LONGEST: usize = 4000;

#[derive(Template)]
#[template(path = "instruction/note.html")]
struct NotePage {
    layout: Layout,
    frame: Frame,
    action: String,
    back: String,
    text: String,
    error: String,
    version: i32,
    operation: Uuid,
}

/// What was typed, or why it is refused.
fn read(input: &Input) -> Result<String, String> {
    match clean(input.get("note"), LONGEST) {
        Ok(text) if text.is_empty() => Err("Écrire la note avant de l’enregistrer.".to_owned()),
        Ok(text) => Ok(text),
        Err(sentence) => Err(sentence.to_string()),
    }
}

/// The managers of the call write a note about the dossier.
pub async fn write(State(app): State<App>, instructor: ProjectInstructor, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::instruct(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let text = match read(&input) {
        Ok(text) => text,
        Err(sentence) => {
            let shown = shown(&mut tx, &instructor).await?;
            return draw(&app, &instructor, shown, Back::Note(input.get("note").to_owned(), sentence), (StatusCode::UNPROCESSABLE_ENTITY, None));
        }
    };
    let location = format!("{}#notes", back(&instructor, "note"));
    let id = store::add(&mut tx, &instructor, &text).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "instruction_noted", &id.to_string(), instructor.now()).await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The author of a note opens it to change it.
pub async fn show(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart, Query(_): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let note = store::own(&mut conn, &instructor, number).await?.ok_or(AppError::NotFound)?;
    page(&app, &instructor, number, (&note.text, String::new(), note.version), StatusCode::OK)
}

fn page(app: &App, instructor: &ProjectInstructor, number: i64, (text, error, version): (&str, String, i32), status: StatusCode) -> Result<Response, AppError> {
    let base = instructor.url("/instruction");
    html_with(
        status,
        &NotePage {
            layout: layout(app, instructor, "Modifier une note"),
            frame: frame(instructor, "Modifier une note"),
            action: format!("{base}/notes/{number}"),
            back: format!("{base}#notes"),
            text: text.to_owned(),
            error,
            version,
            operation: Uuid::new_v4(),
        },
    )
}

/// The author of a note changes it, or takes it back.
pub async fn edit(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::instruct(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let note = store::own(&mut tx, &instructor, number).await?.ok_or(AppError::NotFound)?;
    if note.version != seen {
        return Err(Refusal::Because("Cette note a changé dans une autre fenêtre. Rechargez-la, puis recommencez.").into());
    }
    let location = format!("{}#notes", back(&instructor, "note"));
    if input.get("act") == "retirer" {
        store::remove(&mut tx, &instructor, number).await?;
    } else {
        match read(&input) {
            Ok(text) => store::change(&mut tx, &instructor, number, &text).await?,
            Err(sentence) => return page(&app, &instructor, number, (input.get("note"), sentence, seen), StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
    journal::record(&mut tx, instructor.project(), instructor.account(), "instruction_noted", &number.to_string(), instructor.now()).await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
