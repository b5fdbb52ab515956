//! Declaring a conflict of interest: the dossier is erased for the person, everywhere, from that instant.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use super::{own, store};
use crate::access::{ProjectVisitor, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::words;
use crate::page::{Layout, html, html_with, see};

/// Longest reason, in characters.
const LONGEST: usize = 500;

#[derive(Template)]
#[template(path = "review/recusal.html")]
struct RecusalPage {
    layout: Layout,
    heading: String,
    label: String,
    action: String,
    back: String,
    has_review: bool,
    reason: String,
    error: String,
    version: i64,
    operation: Uuid,
}

fn page(app: &App, visitor: &ProjectVisitor, reason: String, error: String) -> RecusalPage {
    let head = visitor.head();
    let has_review = visitor.ties().review.is_some();
    let here = if has_review { "/evaluation" } else { "/comite" };
    RecusalPage {
        layout: Layout::personal(app, visitor.visitor(), format!("Déclarer un conflit d’intérêts, {}", head.title), here),
        heading: head.title.clone(),
        label: head.label.clone(),
        action: format!("/evaluation/{}/deport", head.id),
        back: if has_review { format!("/evaluation/{}", head.id) } else { visitor.url("") },
        has_review,
        reason,
        error,
        version: head.content_version,
        operation: Uuid::new_v4(),
    }
}

/// The administration reads what a recusal does before declaring one; the team has none to declare.
pub async fn show(State(app): State<App>, visitor: ProjectVisitor) -> Result<Response, AppError> {
    if visitor.is_team() {
        return Err(AppError::NotFound);
    }
    html(&page(&app, &visitor, String::new(), String::new()))
}

/// Whoever follows the dossier for the administration declares a conflict; sent twice, it lands on the same page.
pub async fn save(State(app): State<App>, person: Visitor, visitor: Result<ProjectVisitor, AppError>, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = own::recused_by(&mut tx, person.account, operation).await? {
        return Ok(see(&done));
    }
    let visitor = visitor?;
    if visitor.is_team() {
        return Err(AppError::NotFound);
    }
    let reason = match words::clean(input.get("motif"), LONGEST) {
        Ok(reason) => reason,
        Err(sentence) => {
            let typed = input.get("motif").chars().filter(|c| !words::is_hidden(*c)).collect();
            return html_with(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &visitor, typed, sentence.to_string()));
        }
    };
    let location = if visitor.ties().review.is_some() { "/evaluation" } else { "/comite" };
    let location = format!("{location}?appel={}", visitor.head().call_slug);
    journal::lock(&mut tx, visitor.project()).await?;
    if let Some(done) = own::recused_by(&mut tx, person.account, operation).await? {
        return Ok(see(&done));
    }
    if own::recuse(&mut tx, &visitor, &reason, operation, &location).await? {
        store::recompute_project(&mut tx, visitor.project()).await?;
        let review = visitor.head().review.map(|review| review.to_string()).unwrap_or_default();
        journal::record(&mut tx, visitor.project(), visitor.account(), "recused", &review, visitor.now()).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}
