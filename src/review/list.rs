//! A reviewer's own list: what is left to do, by when, and where a review is most needed.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::draw;
use super::pages::Asked;
use super::score;
use super::store::{self, Assigned, Summary};
use crate::access::{CallReviewer, ReviewStatus, policy};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{NBSP, count};
use crate::kit::moment;
use crate::page::{Layout, Tag, html};

/// Rows of a page.
const SHOWN: usize = 50;

struct RowView {
    id: i64,
    title: String,
    label: String,
    dossier: Tag,
    review: Tag,
    note: String,
    done: String,
    score: String,
    rates: String,
}

#[derive(Template)]
#[template(path = "review/list.html")]
struct ListPage {
    layout: Layout,
    call: String,
    calls: Vec<(String, String, bool)>,
    counts: String,
    recused: String,
    next: Option<(i64, String, String)>,
    rows: Vec<RowView>,
    caption: String,
    rule: String,
    more: Option<String>,
    is_first: bool,
    first: String,
    domains: String,
}

/// A reviewer of the call sees the dossiers to review, and only those.
pub async fn show(State(app): State<App>, reviewer: CallReviewer, Query(asked): Asked) -> Result<Response, AppError> {
    let after = asked.get("apres").and_then(|key| key.split_once('-')).and_then(|(done, number)| Some((done == "1", number.parse().ok()?)));
    let limit = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
    let mut conn = app.db.acquire().await?;
    let summary = store::summary(&mut conn, &reviewer).await?;
    let mut rows = store::assigned(&mut conn, &reviewer, after.unwrap_or((false, 0)), limit).await?;
    let calls = store::calls(&mut conn, &reviewer).await?;
    drop(conn);
    let has_more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    let call = reviewer.call();
    let first = format!("/evaluation?appel={}", call.slug);
    let more =
        rows.last().filter(|_| has_more).map(|row| format!("{first}&apres={}-{}", i32::from(row.review == ReviewStatus::Delivered.as_str()), row.number));
    let due = summary.due_at.map(|at| format!("À rendre le {}", moment::full(at))).unwrap_or_default();
    let run = (format!("Appel {} {}", call.title, call.edition), due);
    let views = rows.into_iter().map(|row| view(row, &summary, call.is_published)).collect::<Result<Vec<_>, _>>()?;
    html(&ListPage {
        layout: Layout { run, ..Layout::personal(&app, reviewer.visitor(), "Évaluations", "/evaluation") },
        call: format!("{} {}", call.title, call.edition),
        calls: calls.into_iter().map(|(slug, label)| (slug.clone(), label, slug == call.slug)).collect(),
        counts: format!("{} sur {}", count(summary.delivered, "évaluation rendue", "évaluations rendues"), summary.total),
        recused: if summary.recused == 0 { String::new() } else { count(summary.recused, "dossier", "dossiers") },
        caption: if more.is_none() && after.is_none() { count(views.len(), "dossier affecté", "dossiers affectés") } else { "Dossiers affectés".to_owned() },
        rule: format!(
            "Le score est le vôtre, visible de vous seul tant que l’évaluation n’est pas rendue. Sous {} notés sur {}, il n’entre pas dans les moyennes.",
            count(summary.coverage_threshold, "critère", "critères"),
            summary.criteria
        ),
        next: next(summary),
        rows: views,
        more,
        is_first: after.is_none(),
        domains: format!("/evaluation/domaines?appel={}", call.slug),
        first,
    })
}

fn next(summary: Summary) -> Option<(i64, String, String)> {
    let (id, title) = summary.next.zip(summary.next_title)?;
    let reason = match summary.next_delivered.unwrap_or(0) {
        0 => "Personne ne l’a encore évalué.".to_owned(),
        n => format!("C’est le moins évalué de votre liste\u{a0}: {}.", count(n, "évaluation rendue", "évaluations rendues")),
    };
    Some((id, title, reason))
}

fn view(row: Assigned, summary: &Summary, is_published: bool) -> Result<RowView, AppError> {
    let status = store::review_status(&row.review)?;
    let apart = if row.unassessable == 0 { String::new() } else { format!(", {}", count(row.unassessable, "non évaluable", "non évaluables")) };
    let note = match (status, row.is_late) {
        (_, true) => "Modifiée après remise".to_owned(),
        (ReviewStatus::Draft, false) if row.delivered_at.is_some() => "Rouverte".to_owned(),
        _ => String::new(),
    };
    Ok(RowView {
        id: row.id,
        dossier: Tag::of(policy::told_to_reviewer(store::status(&row.status)?, is_published)),
        review: draw::tag(status),
        note,
        done: format!("{} sur {}{apart}", row.marked, summary.criteria),
        score: row.score.map_or_else(|| "–".to_owned(), score::shown),
        rates: row.progress.iter().map(|rate| format!("{rate}{NBSP}%")).collect::<Vec<_>>().join(", "),
        title: row.title,
        label: row.label,
    })
}
