//! The choice of an offer, with its reasons; taken back, with why, until the subsidy file is deposited.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::grid;
use super::store::{self, Consultation, Undone};
use crate::access::{Dossier, Refusal, TenderReader, TenderRunner, policy};
use crate::advisory::{frame, layout};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::page::{Layout, filters, html_with, see};
use crate::project::units;
use crate::submission::store::remember;

#[derive(Template)]
#[template(path = "advisory/choice.html")]
struct ChoicePage {
    layout: Layout,
    frame: Frame,
    base: String,
    subsidy: String,
    form: Option<FormView>,
    retained: Option<(String, String, String, String)>,
    undone: Vec<(String, String, String, String)>,
    has_offers: bool,
    may_place: bool,
    refusal: String,
}

/// The offer chosen, or the empty text.
fn read(sheet: &mut Sheet<'_>, held: &Consultation) -> (i64, String) {
    let offers = held.live().filter(|tender| tender.offer.is_some()).map(|tender| {
        let total = grid::total(&held.criteria, &held.marks, tender.id).map(|total| format!(", {} sur 10", grid::words(total))).unwrap_or_default();
        let amount = tender.offer.map(|offer| offer.words()).unwrap_or_default();
        (tender.id.to_string(), format!("{}, {amount}{total}", tender.name))
    });
    let options: Vec<(String, String)> = std::iter::once((String::new(), "choisir une offre".to_owned())).chain(offers).collect();
    let chosen = sheet.read(Spec::new("offre", "Offre retenue").among(options).personal(), &String::new());
    if chosen.is_empty() {
        sheet.refuse("offre", "Choisir l’offre retenue.");
    }
    let hint = "Ces raisons restent dans l’équipe\u{a0}: elles comparent des offres que l’administration ne lit pas.";
    let reason = sheet.read(Spec::new("motif", "Raisons du choix").hint(hint).long(4000).personal(), &String::new());
    if !reason.is_empty() && reason.chars().count() < 3 {
        sheet.refuse("motif", "Écrire quelques mots.");
    }
    (chosen.parse().unwrap_or_default(), reason)
}

fn read_undoing(sheet: &mut Sheet<'_>) -> String {
    let hint = "La trace du choix et de cette raison reste. La consultation se rouvre, et l’administration ne lit plus d’offre.";
    sheet.read(Spec::new("motif", "Pourquoi reprendre ce choix").hint(hint).long(2000).personal(), &String::new())
}

/// The team reads the choice.
pub async fn show(State(app): State<App>, reader: TenderReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = store::consultation(&mut conn, &reader).await?;
    let undone = store::undone(&mut conn, &reader).await?;
    drop(conn);
    let mut sheet = Sheet::of(None);
    if held.choice.is_some() {
        read_undoing(&mut sheet);
    } else {
        read(&mut sheet, &held);
    }
    let done = asked.get("fait").map(|what| match what.as_str() {
        "repris" => Alert::done("Choix repris", "La consultation est rouverte. Si une personne du prestataire est dans l’équipe, retirez-la à la page Équipe."),
        _ => Alert::done("Offre retenue", "L’administration lit désormais cette offre, et elle seule."),
    });
    draw(&app, &reader, &held, undone, (sheet, StatusCode::OK, done))
}

fn draw(
    app: &App,
    reader: &Dossier,
    held: &Consultation,
    undone: Vec<Undone>,
    (sheet, status, done): (Sheet<'_>, StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let base = reader.url("/amo");
    let action = format!("{base}/choix");
    let may = policy::run_consultation(reader.ties(), reader.facts());
    let is_founded = reader.facts().mission.subsidy.is_deposited();
    let has_offers = held.live().any(|tender| tender.offer.is_some());
    let form = match (&may, &held.choice, is_founded) {
        (Ok(()), None, _) if has_offers => Some(FormView::of(sheet, ("choix", "Retenir une offre", "Retenir cette offre"), action, held.version)),
        (Ok(()), Some(_), false) => Some(FormView::of(sheet, ("reprise", "Reprendre le choix", "Reprendre le choix"), action, held.version).main_if(false)),
        _ => None,
    };
    let mut frame = frame(reader, "Choix du prestataire", "/amo/choix").lead("Le choix est le vôtre\u{a0}: ni l’ADEME ni la Région n’y participent.");
    frame.alerts.extend(done);
    frame.alerts.extend(form.as_ref().and_then(|form| Alert::errors(std::slice::from_ref(form))));
    let retained = held.choice.as_ref().and_then(|choice| {
        let tender = held.tenders.iter().find(|tender| tender.id == choice.tender)?;
        let amount = tender.offer.map(|offer| offer.words()).unwrap_or_default();
        Some((tender.name.clone(), amount, format!("{}, {}", choice.name, moment::full(choice.at)), choice.reason.clone()))
    });
    let page = ChoicePage {
        layout: layout(app, reader, "Choix du prestataire"),
        frame,
        form,
        retained,
        undone: undone
            .into_iter()
            .map(|past| {
                let until = format!("du {} au {}, reprise par {}", moment::date(past.at), moment::date(past.undone_at), past.by);
                (past.provider, until, past.reason, past.undone_reason)
            })
            .collect(),
        has_offers,
        subsidy: reader.url("/subvention"),
        may_place: policy::place_consultant(reader.ties(), reader.facts()).is_ok(),
        refusal: match (may.err(), is_founded && held.choice.is_some()) {
            (Some(refusal), _) => refusal.sentence(),
            (None, true) => FOUNDED.to_owned(),
            (None, false) => String::new(),
        },
        base,
    };
    html_with(status, &page)
}

const FOUNDED: &str = "La demande de subvention est déposée\u{a0}: elle repose sur ce choix, qui ne se reprend plus.";

/// The carriers retain an offer, or take their choice back.
pub async fn save(State(app): State<App>, runner: TenderRunner, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, runner.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::run_consultation(&locked.ties(&runner), &locked.facts(runner.facts()))?;
    let held = store::consultation(&mut tx, &runner).await?;
    let is_undoing = input.get("act") == "reprise";
    if is_undoing != held.choice.is_some() {
        return Err(Refusal::Because("Ce choix a changé dans une autre fenêtre. Relisez la page, puis recommencez.").into());
    }
    let mut sheet = Sheet::of(Some(&input));
    let (chosen, reason) = if is_undoing { (0, read_undoing(&mut sheet)) } else { read(&mut sheet, &held) };
    if sheet.has_errors() {
        let undone = store::undone(&mut tx, &runner).await?;
        return draw(&app, &runner, &held, undone, (sheet, StatusCode::UNPROCESSABLE_ENTITY, None));
    }
    let (act, what) = if is_undoing { ("tender_unchosen", "repris") } else { ("tender_chosen", "choix") };
    if is_undoing {
        if crate::subsidy::state(&mut tx, runner.project()).await?.is_deposited() {
            return Err(Refusal::Because(FOUNDED).into());
        }
        store::undo(&mut tx, &runner, &reason).await?;
    } else {
        store::choose(&mut tx, &runner, chosen, &reason).await?;
    }
    let location = runner.url(&format!("/amo/choix?fait={what}"));
    journal::record(&mut tx, runner.project(), runner.account(), act, &chosen.to_string(), runner.now()).await?;
    remember(&mut tx, runner.project(), runner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
