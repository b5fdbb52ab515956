//! The acts of the instruction before its verdict: open the examination, name the officer, judge the list.

use axum::extract::State;
use axum::response::Response;
use sqlx::PgConnection;

use super::page::{Back, Shown, draw, read_checks, read_officer, shown};
use super::people;
use super::store;
use crate::access::{ProjectInstructor, Status, policy};
use crate::app::App;
use crate::call::form::Sheet;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::ids::AccountId;
use crate::mail::instruction::{self as texts, About};
use crate::page::see;
use crate::project::units::{self, Locked};
use crate::submission::store::remember;

/// Where an act of the instruction leads.
pub fn back(instructor: &ProjectInstructor, what: &str) -> String {
    instructor.url(&format!("/instruction?fait={what}"))
}

/// The dossier under its lock, and everything that the page shows.
async fn hold(conn: &mut PgConnection, instructor: &ProjectInstructor, input: &Input) -> Result<(Locked, Shown), AppError> {
    let locked = units::lock(conn, instructor.project(), input.operation()?).await?;
    policy::instruct(&locked.ties(instructor), &locked.facts(instructor.facts()))?;
    Ok((locked, shown(conn, instructor).await?))
}

/// The managers of the call judge the list, at any time before the verdict and after: it is theirs.
pub async fn check(State(app): State<App>, instructor: ProjectInstructor, input: Input) -> Result<Response, AppError> {
    let seen = input.version()?;
    let mut tx = app.db.begin().await?;
    let (locked, shown) = hold(&mut tx, &instructor, &input).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let mut sheet = Sheet::of(Some(&input));
    let judged = read_checks(&mut sheet, &shown);
    if let Some(status) = sheet.verdict(seen == shown.held.version) {
        let next = if status == axum::http::StatusCode::CONFLICT { shown.held.version } else { seen };
        return draw(&app, &instructor, shown, Back::Checks(sheet, next), (status, None));
    }
    let location = back(&instructor, "liste");
    if !sheet.changes.is_empty() {
        store::save_checks(&mut tx, &instructor, &judged).await?;
        journal::record(&mut tx, instructor.project(), instructor.account(), "instruction_checked", &sheet.notes(), instructor.now()).await?;
    }
    remember(&mut tx, instructor.project(), instructor.account(), input.operation()?, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of the call name who instructs, among them.
pub async fn name_officer(State(app): State<App>, instructor: ProjectInstructor, input: Input) -> Result<Response, AppError> {
    let seen = input.version()?;
    let mut tx = app.db.begin().await?;
    let (locked, shown) = hold(&mut tx, &instructor, &input).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let mut sheet = Sheet::of(Some(&input));
    let officer = read_officer(&mut sheet, &shown);
    if let Some(status) = sheet.verdict(seen == shown.held.version) {
        let next = if status == axum::http::StatusCode::CONFLICT { shown.held.version } else { seen };
        return draw(&app, &instructor, shown, Back::Officer(sheet, next), (status, None));
    }
    let location = back(&instructor, "charge");
    if !sheet.changes.is_empty() {
        store::name_officer(&mut tx, &instructor, officer.parse::<AccountId>().ok()).await?;
        journal::record(&mut tx, instructor.project(), instructor.account(), "instruction_assigned", &officer, instructor.now()).await?;
    }
    remember(&mut tx, instructor.project(), instructor.account(), input.operation()?, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of the call open the examination of the pieces, after the bound of the dossier; its team is told by mail.
pub async fn open(State(app): State<App>, instructor: ProjectInstructor, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::open_admissibility(&locked.ties(&instructor), &locked.facts(instructor.facts()), instructor.now())?;
    let location = back(&instructor, "ouverture");
    store::walk(&mut tx, instructor.project(), Status::Admissibility).await?;
    store::opened(&mut tx, &instructor).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "admissibility_opened", "", instructor.now()).await?;
    let officer = store::held(&mut tx, instructor.project()).await?.officer.map(|(_, name)| name);
    let (title, path) = (people::title(&mut tx, instructor.project()).await?, instructor.url(""));
    let key = format!("admissibility {}", instructor.project());
    people::tell_team(&mut tx, &app, instructor.project(), ("admissibility", &key), |app| {
        texts::admissibility_opened(app, About { title: &title, path: &path }, officer.as_deref())
    })
    .await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
