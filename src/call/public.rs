//! The public page of a call: what it wants, when, how it judges, whom to ask; and its documents.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use time::OffsetDateTime;

use super::documents::{DocumentView, views};
use super::form::Weight;
use super::regulation::{AIMS, ATTENTION, ELIGIBILITY, PIECES, Quote};
use super::store::documents;
use super::store::public::{PublicCall, PublicTraining, call};
use super::store::rows::{Contact, Criterion};
use crate::access::policy;
use crate::access::policy::training::CallTies;
use crate::access::{CalendarReader, RowPart, SlugPart};
use crate::app::App;
use crate::error::AppError;
use crate::framework::DELIVERABLES;
use crate::kit::french::{count, list, percent, thousands};
use crate::kit::moment;
use crate::kit::values::{Cents, Slug};
use crate::leads::settings::{self, Published};
use crate::page::{Layout, filters, html};
use crate::project::attachments::send;
use crate::subsidy::{Rounding, Rule, Vat};

#[derive(Template)]
#[template(path = "call/public.html")]
struct PublicPage {
    layout: Layout,
    over: String,
    heading: String,
    lead: String,
    organisers: String,
    bound: String,
    bound_iso: String,
    remaining: String,
    is_open: bool,
    objectives: String,
    aims: &'static [Quote],
    eligibility: &'static [Quote],
    attention: &'static [Quote],
    calendar: Vec<Step>,
    calendar_href: String,
    deliverables: Vec<DeliverableView>,
    pieces: &'static [(&'static str, &'static str, &'static str)],
    layers: Vec<Layer>,
    coverage: String,
    mean_from: String,
    leads: Leads,
    aid: Aid,
    trainings: Vec<Training>,
    seats: Vec<SeatView>,
    seat_count: String,
    chairs: String,
    is_by_reception: bool,
    postal_address: String,
    deposit_email: String,
    contacts: Vec<(Contact, String)>,
    documents: Vec<DocumentView>,
    /// Questions published with their answer: anchor, question, answer.
    questions: Vec<(i32, String, String)>,
    /// Where whoever may asks another; empty for others.
    ask: String,
    /// Where the managers answer; empty for others.
    answer: String,
    /// Address of the list; empty before the publication.
    laureates: String,
}

/// A date of the calendar.
struct Step {
    label: &'static str,
    text: String,
    iso: String,
    requirement: &'static str,
}

struct DeliverableView {
    no: u8,
    title: &'static str,
    lead: &'static str,
    asked: String,
    items: Vec<ItemView>,
}

struct ItemView {
    title: &'static str,
    requirements: String,
    not_expected: &'static str,
}

/// Criteria of one layer: those of the deliverables, those of the whole.
struct Layer {
    id: &'static str,
    title: &'static str,
    rows: Vec<CriterionView>,
}

struct CriterionView {
    code: String,
    label: String,
    judged: String,
    requirement: String,
    weight: String,
    share: String,
    levels: Vec<String>,
}

/// How the score of a lead is computed.
struct Leads {
    formula: String,
    weights: Vec<(&'static str, String, &'static str)>,
    floors: String,
}

struct Aid {
    scheme: String,
    cap: String,
    rate: String,
    most: String,
    vat: &'static str,
}

struct Training {
    title: String,
    note: String,
    trainer: String,
    /// Day, as people and as programs read it, place, subject.
    days: Vec<(String, String, String, String)>,
}

struct SeatView {
    body: String,
    seats: Vec<(String, bool)>,
    requirement: String,
}

/// Anybody reads the page of a call; a template has none.
pub async fn show(State(app): State<App>, reader: CalendarReader) -> Result<Response, AppError> {
    let slug = reader.call().slug.clone();
    let mut conn = app.db.acquire().await?;
    let found = call(&mut conn, &slug).await?;
    drop(conn);
    let title = format!("{} {}", found.presentation.short_title, found.presentation.edition);
    let layout = Layout::open(&app, reader.visitor(), title);
    html(&page(layout, &slug, (found, reader.ties()), reader.now()))
}

/// What cannot be a slug is a page that does not exist, without asking the database.
fn public_slug(text: &str) -> Result<String, AppError> {
    Slug::read(text).map(String::from).map_err(|_| AppError::NotFound)
}

/// Anybody downloads a document of a call.
pub async fn download(State(app): State<App>, SlugPart(slug): SlugPart, RowPart(document): RowPart) -> Result<Response, AppError> {
    let slug = public_slug(&slug)?;
    let mut conn = app.db.acquire().await?;
    let found = documents::stored(&mut conn, &slug, document).await?.ok_or(AppError::NotFound)?;
    drop(conn);
    send(&app, &found.file, &found.name, &found.mime, found.size).await
}

fn page(layout: Layout, slug: &str, (call, ties): (PublicCall, &CallTies), now: OffsetDateTime) -> PublicPage {
    let bound = call.dates.deposit_bound;
    let texts = &call.presentation;
    let chairs: Vec<&str> = call.seats.iter().filter(|(.., is_chair)| *is_chair).map(|(_, label, ..)| label.as_str()).collect();
    PublicPage {
        layout,
        over: format!("Appel à manifestation d’intérêt · {} · {} · phase 1", texts.territory, texts.edition),
        heading: texts.title.clone(),
        lead: texts.summary.clone(),
        organisers: texts.organisers.clone(),
        bound: moment::until(bound),
        bound_iso: moment::iso(moment::last_second_before(bound)),
        remaining: moment::remaining(now, bound).unwrap_or_default(),
        is_open: now < bound,
        objectives: texts.objectives.clone(),
        aims: AIMS,
        eligibility: ELIGIBILITY,
        attention: ATTENTION,
        calendar: calendar(&call),
        deliverables: deliverables(),
        pieces: PIECES,
        layers: layers(&call.criteria),
        coverage: format!("{} sur {}", call.coverage_threshold, call.criteria.len()),
        mean_from: count(call.mean_from, "évaluation", "évaluations"),
        leads: leads(&call.leads),
        aid: aid(&call),
        trainings: trainings(&call),
        calendar_href: format!("/appels/{slug}/calendrier"),
        seat_count: count(call.seats.len(), "siège", "sièges"),
        chairs: list(&chairs),
        seats: seats(&call),
        is_by_reception: call.postal_rule == "reception",
        postal_address: call.postal_address,
        deposit_email: call.deposit_email,
        contacts: call.contacts,
        questions: call.questions,
        ask: if policy::asking::ask(ties).is_ok() { format!("/questions?appel={slug}") } else { String::new() },
        answer: if ties.is_manager { format!("/appel/questions?appel={slug}") } else { String::new() },
        documents: views(slug, call.documents),
        laureates: call.dates.results_published_at.filter(|at| *at <= now).map(|_| format!("/appels/{slug}/laureats")).unwrap_or_default(),
    }
}

fn calendar(call: &PublicCall) -> Vec<Step> {
    let dates = &call.dates;
    let day = |label, day: Option<time::Date>, requirement| day.map(|day| Step { label, text: moment::day(day), iso: moment::iso_day(day), requirement });
    let bound = |label, bound: Option<OffsetDateTime>, requirement| {
        bound
            .map(|bound| Step { label, text: format!("jusqu’au {}", moment::until(bound)), iso: moment::iso(moment::last_second_before(bound)), requirement })
    };
    let place = if dates.committee_place.is_empty() { String::new() } else { format!(", {}", dates.committee_place) };
    let mut steps: Vec<Step> = [
        day("Lancement de l’appel", dates.launched_on, "R1"),
        bound("Manifestation d’intérêt", dates.manifestation_bound, "R2"),
        day("Notification de l’éligibilité", dates.notified_on, "R3"),
    ]
    .into_iter()
    .flatten()
    .collect();
    steps.extend(call.trainings.iter().flat_map(PublicTraining::days).filter_map(|(date, ..)| day("Journée de formation", Some(date), "R103")));
    steps.extend(bound("Dépôt des dossiers", Some(dates.deposit_bound), "R107, R132"));
    steps.extend(dates.review_due_at.map(|at| Step {
        label: "Évaluations rendues",
        text: format!("le {} au plus tard", moment::full(at)),
        iso: moment::iso(at),
        requirement: "",
    }));
    steps.extend(dates.committee_at.map(|at| Step {
        label: "Comité technique",
        text: format!("{}{place}", moment::full(at)),
        iso: moment::iso(at),
        requirement: "R119",
    }));
    steps.extend(day("Comité de gestion du fonds", dates.fund_committee_on, "R130"));
    steps.extend(day("Commission permanente, décision des élus", dates.council_on, "R131"));
    steps
}

fn deliverables() -> Vec<DeliverableView> {
    DELIVERABLES
        .iter()
        .map(|deliverable| {
            let items: Vec<ItemView> = deliverable
                .sections
                .iter()
                .filter(|section| !section.is_added())
                .flat_map(|section| section.items)
                .map(|item| ItemView { title: item.title, requirements: item.requirements.join(", "), not_expected: item.not_expected })
                .collect();
            DeliverableView {
                no: deliverable.no,
                title: deliverable.title,
                lead: deliverable.lead,
                asked: count(items.len(), "point demandé", "points demandés"),
                items,
            }
        })
        .collect()
}

fn layers(criteria: &[Criterion]) -> Vec<Layer> {
    let total: i64 = criteria.iter().map(|criterion| i64::from(criterion.weight_thousandths)).sum();
    let rows = |of_deliverables: bool| {
        criteria.iter().filter(|criterion| criterion.deliverable.is_some() == of_deliverables).map(|criterion| view(criterion, total)).collect()
    };
    let layers = [
        Layer { id: "criteres-livrables", title: "Par livrable", rows: rows(true) },
        Layer { id: "criteres-ensemble", title: "Pour l’ensemble du dossier", rows: rows(false) },
    ];
    layers.into_iter().filter(|layer| !layer.rows.is_empty()).collect()
}

fn view(criterion: &Criterion, total: i64) -> CriterionView {
    CriterionView {
        code: criterion.code.clone(),
        label: criterion.label.clone(),
        judged: criterion.deliverable.map(|no| format!("livrable {no}")).unwrap_or_default(),
        requirement: criterion.requirement.clone(),
        weight: Weight(criterion.weight_thousandths).text(),
        share: share(i64::from(criterion.weight_thousandths), total),
        levels: criterion.levels.clone(),
    }
}

/// Part of a weight in the whole: "7,1 %".
fn share(weight: i64, total: i64) -> String {
    if total == 0 {
        return String::new();
    }
    let tenths = (weight * 1000 + total / 2) / total;
    percent(format!("{}.{}", tenths / 10, tenths % 10), 1)
}

fn leads(published: &Published) -> Leads {
    let weights = settings::WEIGHTS.iter().zip(published.weights).map(|((_, _, name, says), share)| (*name, percent(share, 0), *says));
    let floors = settings::FLOORS.iter().zip(published.floors).filter(|(_, floor)| *floor > 0);
    let floors: Vec<String> = floors.map(|((_, name, unit), floor)| format!("{}, {} {unit}", name.to_lowercase(), thousands(floor.into()))).collect();
    Leads { formula: published.formula(), weights: weights.collect(), floors: list(&floors) }
}

/// The aid of a quote that reaches the ceiling.
fn most(texts: &super::store::settings::Presentation) -> String {
    let rounding = Rounding::parse(&texts.subsidy_rounding).unwrap_or(Rounding::Down);
    let rule = Rule { cap: texts.subsidy_cap, rate: texts.subsidy_rate_percent, vat: Vat::Excluded, rounding };
    rule.aid((texts.subsidy_cap, texts.subsidy_cap)).aid.to_string()
}

/// R96, R97: the most that the fund pays.
fn aid(call: &PublicCall) -> Aid {
    let texts = &call.presentation;
    let (cap, rate) = (texts.subsidy_cap, texts.subsidy_rate_percent);
    Aid {
        scheme: texts.funding_scheme.clone(),
        cap: if cap == Cents::ZERO { String::new() } else { cap.to_string() },
        rate: percent(rate, 0),
        most: most(texts),
        vat: match texts.subsidy_vat.as_str() {
            "excluded" => "Ces montants s’entendent hors taxes.",
            "included" => "Ces montants s’entendent toutes taxes comprises.",
            _ => "Le règlement ne dit pas si ces montants s’entendent hors taxes ou toutes taxes comprises\u{a0}: le demander à l’un des contacts.",
        },
    }
}

fn trainings(call: &PublicCall) -> Vec<Training> {
    let view = |training: &PublicTraining| Training {
        title: training.title.clone(),
        note: training.note.clone(),
        trainer: training.trainer.clone(),
        days: training.days().map(|(day, place, note)| (moment::day(day), moment::iso_day(day), place.to_owned(), note.to_owned())).collect(),
    };
    call.trainings.iter().map(view).collect()
}

fn seats(call: &PublicCall) -> Vec<SeatView> {
    let mut bodies: Vec<SeatView> = Vec::new();
    for (body, label, requirement, is_chair) in &call.seats {
        match bodies.iter_mut().find(|held| held.body == *body) {
            Some(held) => held.seats.push((label.clone(), *is_chair)),
            None => bodies.push(SeatView { body: body.clone(), seats: vec![(label.clone(), *is_chair)], requirement: requirement.clone() }),
        }
    }
    bodies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_to_a_tenth() {
        assert_eq!(share(1000, 14_000), "7,1\u{a0}%");
        assert_eq!(share(500, 1000), "50\u{a0}%");
        assert_eq!(share(0, 0), "");
    }
}
