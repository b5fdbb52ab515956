//! The comparison of two deposits of a dossier, as a page.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::compare::{Compared, compare, tally};
use super::page::Asked;
use super::reading;
use crate::access::DepositReader;
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::ids::SubmissionId;
use crate::kit::moment;
use crate::page::{Layout, html};
use crate::project;
use crate::submission;
use crate::submission::store::{Deposit, deposits};

#[derive(Template)]
#[template(path = "instruction/comparison.html")]
struct ComparisonPage {
    layout: Layout,
    over: String,
    base: String,
    action: String,
    /// Number, label, chosen as the old one, chosen as the new one.
    deposits: Vec<(i32, String, bool, bool)>,
    lead: String,
    compared: Vec<Compared>,
    is_alone: bool,
}

/// Whoever may read the deposits compares two of them: by default the last one with the one before.
pub async fn show(State(app): State<App>, reader: DepositReader, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let all = deposits(&mut conn, reader.project()).await?;
    let wanted = |name: &str| asked.get(name).and_then(|number| number.parse::<i32>().ok());
    let find = |number: i32| all.iter().find(|held| held.number == number).ok_or(AppError::NotFound);
    let new = wanted("a").map_or_else(|| all.first().ok_or(AppError::NotFound), find)?;
    let old = match wanted("de") {
        Some(number) => find(number)?,
        None => all.iter().find(|held| held.number < new.number).unwrap_or(new),
    };
    if !reader.is_team() {
        project::store::record_staff_read(&mut conn, &reader).await?;
    }
    reading::read(&mut conn, &reader, SubmissionId(old.id.max(new.id))).await?;
    let (before, after) = (submission::snapshot(&mut conn, SubmissionId(old.id)).await?, submission::snapshot(&mut conn, SubmissionId(new.id)).await?);
    drop(conn);
    let compared = tokio::task::spawn_blocking(move || compare(&before, &after, None)).await.map_err(anyhow::Error::from)?;
    let label = |deposit: &Deposit| format!("n°\u{a0}{}, {}", deposit.reference, moment::date(deposit.received_at));
    html(&ComparisonPage {
        layout: Layout::dossier(&app, &reader, "Comparer deux dépôts", "/depot"),
        over: reader.head().title.clone(),
        base: reader.url(""),
        action: reader.url("/comparaison"),
        lead: lead(old, new, &compared),
        is_alone: all.len() < 2,
        deposits: all.iter().map(|held| (held.number, label(held), held.number == old.number, held.number == new.number)).collect(),
        compared,
    })
}

fn lead(old: &Deposit, new: &Deposit, compared: &[Compared]) -> String {
    if old.number == new.number {
        return "Choisissez deux dépôts différents.".to_owned();
    }
    let changed = match tally(compared) {
        0 => "rien ne diffère".to_owned(),
        n => count(n, "point diffère", "points diffèrent"),
    };
    format!("Du dépôt n°\u{a0}{} au dépôt n°\u{a0}{}\u{a0}: {changed}.", old.reference, new.reference)
}
