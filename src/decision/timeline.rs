//! The way of a dossier through the instances, with its letter: for who deliberates as it comes, for its team once published.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use super::model::Kind;
use super::phase_two::{self, Next};
use super::store::{self, Step};
use crate::access::{DecisionReader, policy};
use crate::app::App;
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html};
use crate::submission;

struct StepView {
    day: String,
    iso: String,
    what: String,
    detail: String,
    note: String,
}

#[derive(Template)]
#[template(path = "decision/timeline.html")]
struct TimelinePage {
    layout: Layout,
    heading: String,
    base: String,
    tag: Tag,
    steps: Vec<StepView>,
    letter: Option<(String, String, bool)>,
    laureates: String,
    next: Option<Next>,
    may_go_on: bool,
    operation: Uuid,
}

fn step(step: Step) -> StepView {
    let kind = Kind::parse(&step.kind).unwrap_or(Kind::Committee);
    let said = if step.is_recorded { kind.said(step.result.as_deref()) } else { "saisi" };
    StepView {
        day: moment::day(step.held_on),
        iso: moment::iso_day(step.held_on),
        what: format!("{}\u{a0}: {}", kind.word(), said.to_lowercase()),
        detail: step.reference,
        note: if step.is_recorded { step.note } else { String::new() },
    }
}

/// Whoever deliberates reads what the instances said as it comes; the team and the reviewers once the result is public.
pub async fn show(State(app): State<App>, reader: DecisionReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let head = reader.head();
    let mut steps: Vec<StepView> = submission::store::deposits(&mut conn, reader.project())
        .await?
        .into_iter()
        .rev()
        .map(|deposit| {
            let day = moment::paris_parts(deposit.received_at).0;
            StepView {
                day: moment::day(day),
                iso: moment::iso_day(day),
                what: "Dépôt".to_owned(),
                detail: format!("n°\u{a0}{}", deposit.reference),
                note: String::new(),
            }
        })
        .collect();
    steps.extend(store::steps(&mut conn, reader.project()).await?.into_iter().map(step));
    let is_public = policy::is_result_public(reader.facts());
    let letter = if is_public { store::last_letter(&mut conn, reader.project()).await? } else { None };
    if let Some((at, ..)) = &letter {
        let day = moment::paris_parts(*at).0;
        steps.push(StepView {
            day: moment::day(day),
            iso: moment::iso_day(day),
            what: "Publication des résultats".to_owned(),
            detail: String::new(),
            note: String::new(),
        });
    }
    let may_go_on = policy::go_on(reader.ties(), reader.facts()).is_ok();
    let next = if may_go_on { phase_two::next(&mut conn, &reader).await? } else { None };
    drop(conn);
    html(&TimelinePage {
        layout: Layout::dossier(&app, &reader, "Résultat et suite", ""),
        heading: head.title.clone(),
        base: reader.url(""),
        tag: Tag::of(reader.told_status()),
        steps,
        // The letter is to the team.
        letter: letter
            .filter(|_| reader.is_team() || policy::deliberate(reader.ties()).is_ok())
            .map(|(at, body, is_correction)| (moment::full(at), body, is_correction)),
        laureates: if is_public { format!("/appels/{}/laureats", head.call_slug) } else { String::new() },
        next,
        may_go_on,
        operation: Uuid::new_v4(),
    })
}
