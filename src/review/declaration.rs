//! Before a reviewer first opens a dossier: does anything tie them to it?

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::own::{self, Own};
use super::pages::Asked;
use super::tab::{Tab, url};
use crate::access::{Dossier, ReviewAuthor, ReviewStatus, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::page::{Layout, html, see};

#[derive(Template)]
#[template(path = "review/declaration.html")]
struct DeclarationPage {
    layout: Layout,
    heading: String,
    label: String,
    /// "Financeurs", and their names.
    parties: Vec<(&'static str, Vec<String>)>,
    action: String,
    away: String,
    operation: Uuid,
}

/// The reviewer has neither said that nothing ties them to the dossier, nor begun to review it.
pub fn is_awaited(own: &Own, dossier: &Dossier) -> bool {
    let is_open = policy::review(&own.ties(dossier.ties()), &own.facts(dossier.facts())).is_ok();
    is_open && own.status == ReviewStatus::NotStarted && !own.is_declared
}

/// The question, with the organisations that the deposit names; nothing else of the dossier.
pub async fn page(app: &App, conn: &mut PgConnection, dossier: &Dossier, tab: Tab) -> Result<Response, AppError> {
    let mut by_part: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (part, organisation) in own::parties(conn, dossier.project()).await? {
        by_part.entry(part).or_default().push(organisation);
    }
    let titles = [("stakeholder", "Parties prenantes"), ("financer", "Financeurs"), ("signatory", "Signataires")];
    let head = dossier.head();
    html(&DeclarationPage {
        layout: Layout::personal(app, dossier.visitor(), format!("Avant d’évaluer, {}", head.title), "/evaluation"),
        heading: head.title.clone(),
        label: head.label.clone(),
        parties: titles.into_iter().filter_map(|(part, title)| Some((title, by_part.remove(part)?))).collect(),
        action: format!("{}?livrable={}", url(dossier, "/declaration"), tab.key()),
        away: url(dossier, "/deport"),
        operation: Uuid::new_v4(),
    })
}

/// The author of the review says that nothing ties them to the dossier, which opens it.
pub async fn save(State(app): State<App>, author: ReviewAuthor, Query(asked): Asked, input: Input) -> Result<Response, AppError> {
    let (operation, location) = (input.operation()?, Tab::read(asked.get("livrable").map(String::as_str))?.url(&author));
    let mut tx = app.db.begin().await?;
    let own = own::hold(&mut tx, &author, operation).await?;
    if let Some(done) = &own.done {
        return Ok(see(done));
    }
    policy::review(&own.ties(author.ties()), &own.facts(author.facts()))?;
    if own::declare(&mut tx, &author, &own, (operation, &location)).await? {
        journal::record(&mut tx, author.project(), author.account(), "review_declared", &own.id.to_string(), author.now()).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}
