//! Delivering a review, with a last look at it, and opening it again.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::draw;
use super::grid::{Grid, Line, Value};
use super::own::{self, Own};
use super::store;
use super::tab::{Tab, url};
use crate::access::{ReviewAuthor, ReviewStatus, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::french::count;
use crate::page::{Layout, html, html_with, see};

struct LineView {
    code: String,
    label: String,
    href: String,
    value: String,
    comment: String,
    is_missing: bool,
}

#[derive(Template)]
#[template(path = "review/deliver.html")]
struct DeliverPage {
    layout: Layout,
    heading: String,
    base: String,
    lines: Vec<LineView>,
    missing: usize,
    missing_text: String,
    opinion: String,
    total: String,
    is_broad: bool,
    coverage: String,
    has_marks: bool,
    has_moved: bool,
    rule: String,
    version: i32,
    operation: Uuid,
}

/// The author of the review looks at it once more before delivering it.
pub async fn show(State(app): State<App>, author: ReviewAuthor) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let own = own::own(&mut conn, &author).await?;
    if own.status == ReviewStatus::Delivered {
        return Ok(see(&url(&author, "")));
    }
    let grid = own::grid(&mut conn, author.head().call, &own).await?;
    html(&page(&app, &author, &own, &grid, false))
}

fn page(app: &App, author: &ReviewAuthor, own: &Own, grid: &Grid, has_moved: bool) -> DeliverPage {
    let sums = grid.sums();
    let line = |line: &Line| LineView {
        code: line.code.clone(),
        label: line.label.clone(),
        href: format!("{}#k{}", line.deliverable.map_or(Tab::Whole, Tab::Deliverable).url(author), line.id),
        value: Value::shown(line.mark.value),
        comment: line.mark.comment.clone(),
        is_missing: line.mark.value.is_none(),
    };
    let lines: Vec<LineView> = grid.lines.iter().map(line).collect();
    let missing = lines.iter().filter(|line| line.is_missing).count();
    DeliverPage {
        layout: draw::layout(app, author, own, None, "Rendre l’évaluation"),
        heading: author.head().title.clone(),
        base: url(author, ""),
        missing,
        missing_text: count(missing, "critère sans note", "critères sans note"),
        lines,
        opinion: grid.opinion.comment.clone(),
        total: grid.total(),
        is_broad: sums.is_broad(own.coverage_threshold),
        coverage: format!("{} sur {}", count(sums.marked, "critère noté", "critères notés"), grid.lines.len()),
        has_marks: sums.score().is_some(),
        has_moved,
        rule: draw::rule(own, grid),
        version: own.version,
        operation: Uuid::new_v4(),
    }
}

/// The author delivers the review: it enters the dossier's figures if it is broad enough.
pub async fn save(State(app): State<App>, author: ReviewAuthor, input: Input) -> Result<Response, AppError> {
    let (operation, seen, location) = (input.operation()?, input.version()?, url(&author, ""));
    let mut tx = app.db.begin().await?;
    let own = own::hold(&mut tx, &author, operation).await?;
    if let Some(done) = &own.done {
        return Ok(see(done));
    }
    policy::review(&own.ties(author.ties()), &own.facts(author.facts()))?;
    if own.status == ReviewStatus::Delivered {
        return Ok(see(&location));
    }
    let grid = own::grid(&mut tx, author.head().call, &own).await?;
    if own.version != seen {
        return html_with(StatusCode::CONFLICT, &page(&app, &author, &own, &grid, true));
    }
    if grid.sums().score().is_none() {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &author, &own, &grid, false));
    }
    own::turn(&mut tx, &author, &own, ReviewStatus::Delivered, (operation, &location)).await?;
    store::recompute_project(&mut tx, author.project()).await?;
    journal::record(&mut tx, author.project(), author.account(), "review_delivered", &own.id.to_string(), author.now()).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The author opens a delivered review again, while the evaluation is open: it leaves the figures until it is delivered.
pub async fn reopen(State(app): State<App>, author: ReviewAuthor, input: Input) -> Result<Response, AppError> {
    let (operation, location) = (input.operation()?, url(&author, ""));
    let mut tx = app.db.begin().await?;
    let own = own::hold(&mut tx, &author, operation).await?;
    if let Some(done) = &own.done {
        return Ok(see(done));
    }
    policy::review(&own.ties(author.ties()), &own.facts(author.facts()))?;
    if own.status != ReviewStatus::Delivered {
        return Ok(see(&location));
    }
    own::turn(&mut tx, &author, &own, ReviewStatus::Draft, (operation, &location)).await?;
    store::recompute_project(&mut tx, author.project()).await?;
    journal::record(&mut tx, author.project(), author.account(), "review_reopened", &own.id.to_string(), author.now()).await?;
    tx.commit().await?;
    Ok(see(&location))
}
