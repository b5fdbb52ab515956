//! The consultation: what is said to providers, who they are, criteria, grid.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::grid::{self, Criterion, Mark};
use super::store::{self, Consultation};
use crate::access::{Dossier, TenderReader, TenderRunner, policy};
use crate::advisory::{frame, layout};
use crate::app::App;
use crate::call::form::{Change, Control, FormView, Sheet, Spec, Weight};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::page::{Layout, Tag, html_with, see};
use crate::project::units;
use crate::submission::store::remember;

const LEAD: &str =
    "L’ADEME, la Région et le comité ne voient rien de cette page avant votre choix, ni qu’elle est remplie. Après, ils lisent la seule offre retenue.";

/// Most providers of a consultation, and most criteria.
const MOST_PROVIDERS: usize = 20;
const MOST_CRITERIA: i16 = 6;

struct ProviderView {
    number: i32,
    name: String,
    tag: Tag,
    amount: String,
    when: String,
}

/// A row of the grid: a criterion, and the mark of each offer.
struct GridRow {
    label: String,
    weight: String,
    marks: Vec<(String, Control)>,
}

#[derive(Template)]
#[template(path = "advisory/consultation.html")]
struct ConsultationPage {
    layout: Layout,
    frame: Frame,
    base: String,
    providers: Vec<ProviderView>,
    removed: Vec<ProviderView>,
    forms: Vec<FormView>,
    columns: Vec<String>,
    grid: Vec<GridRow>,
    totals: Vec<String>,
    conflicts: Vec<Change>,
    may_run: bool,
    refusal: String,
    version: i32,
    operation: Uuid,
}

/// The four forms of the page, each filled or as it was posted.
struct Sheets<'a> {
    request: Sheet<'a>,
    provider: Sheet<'a>,
    criteria: Sheet<'a>,
    marks: Sheet<'a>,
    /// Version that the posted one goes on from.
    seen: i32,
}

fn request(sheet: &mut Sheet<'_>, held: &Consultation) -> (Option<time::Date>, String) {
    let by = sheet.read(Spec::new("reponse", "Dernier jour pour répondre").optional(), &held.answer_by);
    let hint = "Repris dans chaque demande envoyée par courriel, avec le cahier des charges.";
    (by, sheet.read(Spec::new("message", "Message aux prestataires").hint(hint).long(4000).optional(), &held.message))
}

fn provider(sheet: &mut Sheet<'_>) -> (String, String, String) {
    let name = sheet.read(Spec::new("nom", "Nom du prestataire").range(1, 160).personal(), &String::new());
    let address = sheet.read(Spec::new("adresse", "Adresse").range(0, 400).optional().personal(), &String::new());
    let email = sheet.read(Spec::new("courriel", "Adresse électronique").email().optional().personal(), &String::new());
    (name, address, email)
}

fn criteria(sheet: &mut Sheet<'_>, held: &Consultation) -> Vec<Criterion> {
    let mut read = Vec::new();
    for number in 1..=MOST_CRITERIA {
        let known = held.criteria.iter().find(|criterion| criterion.number == number);
        sheet.group(format!("Critère {number}"));
        let label = sheet.read(
            Spec::new(format!("critere.{number}"), "Intitulé").range(0, 160).optional(),
            &known.map(|criterion| criterion.label.clone()).unwrap_or_default(),
        );
        let weight = sheet.read(Spec::new(format!("poids.{number}"), "Poids"), &Weight(known.map_or(1000, |criterion| criterion.weight)));
        if !label.is_empty() && weight.0 < 1 {
            sheet.refuse(&format!("poids.{number}"), "Un critère pèse plus que zéro. Pour le retirer, vider son intitulé.");
        }
        if !label.is_empty() {
            read.push(Criterion { number, label, weight: weight.0 });
        }
    }
    read
}

fn marks(sheet: &mut Sheet<'_>, held: &Consultation) -> Vec<Mark> {
    let mut read = Vec::new();
    for criterion in &held.criteria {
        for tender in held.live().filter(|tender| tender.offer.is_some()) {
            let known = held.marks.iter().find(|mark| mark.tender == tender.id && mark.criterion == criterion.number);
            let name = format!("note.{}.{}", tender.id, criterion.number);
            let label = format!("{}, {}", tender.name, criterion.label);
            let typed =
                sheet.read(Spec::new(name.clone(), label).range(0, 4).optional().personal(), &known.map(|mark| mark.mark.to_string()).unwrap_or_default());
            match typed.trim() {
                "" => {}
                text => match text.parse::<i16>().ok().filter(|mark| (0..=10).contains(mark)) {
                    Some(mark) => read.push(Mark { tender: tender.id, criterion: criterion.number, mark }),
                    None => sheet.refuse(&name, "Écrire une note entière, de 0 à 10."),
                },
            }
        }
    }
    read
}

impl Sheets<'_> {
    fn held(held: &Consultation) -> Self {
        let mut sheets = Self { request: Sheet::of(None), provider: Sheet::of(None), criteria: Sheet::of(None), marks: Sheet::of(None), seen: held.version };
        request(&mut sheets.request, held);
        provider(&mut sheets.provider);
        criteria(&mut sheets.criteria, held);
        marks(&mut sheets.marks, held);
        sheets
    }
}

/// The team reads its consultation.
pub async fn show(State(app): State<App>, reader: TenderReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = store::consultation(&mut conn, &reader).await?;
    drop(conn);
    let done = asked.get("fait").map(|_| Alert::done("Enregistré", "Personne hors de l’équipe ne le lit avant votre choix."));
    draw(&app, &reader, &held, Sheets::held(&held), (StatusCode::OK, done))
}

fn draw(app: &App, reader: &Dossier, held: &Consultation, sheets: Sheets<'_>, (status, done): (StatusCode, Option<Alert>)) -> Result<Response, AppError> {
    let action = reader.url("/amo/consultation");
    let may = policy::run_consultation(reader.ties(), reader.facts());
    let is_open = may.is_ok() && held.choice.is_none();
    let conflicts = sheets.marks.conflicts();
    let (grid, mark_errors) = rows(held, &sheets.marks);
    let seen = sheets.seen;
    let forms = if is_open {
        let of = |sheet, words, is_main| FormView::of(sheet, words, action.clone(), seen).main_if(is_main);
        vec![
            of(sheets.provider, ("prestataire", "Ajouter un prestataire", "Ajouter"), held.tenders.is_empty()),
            of(sheets.request, ("demande", "Ce qui est dit à tous", "Enregistrer la demande"), false),
            of(sheets.criteria, ("criteres", "Vos critères de comparaison", "Enregistrer les critères"), false)
                .intro("Six au plus, les vôtres. Un poids double compte deux fois. Un intitulé vidé retire le critère et ses notes."),
        ]
    } else {
        Vec::new()
    };
    let mut frame = frame(reader, "Consultation des prestataires", "/amo/consultation").lead(LEAD);
    let errors = Alert::errors(&forms).or_else(|| {
        let heading = "Une note est à corriger".to_owned();
        let alert =
            Alert { class: "bad", heading, sentence: "Rien n’est enregistré pour l’instant.".to_owned(), links: mark_errors.clone(), is_focused: true };
        (!mark_errors.is_empty()).then_some(alert)
    });
    frame.alerts.extend([done, errors, Alert::conflict(&forms)].into_iter().flatten());
    let offers: Vec<_> = held.live().filter(|tender| tender.offer.is_some()).collect();
    let total = |tender: &&store::Tender| grid::total(&held.criteria, &held.marks, tender.id).map_or_else(|| "incomplet".to_owned(), grid::words);
    let page = ConsultationPage {
        layout: layout(app, reader, "Consultation"),
        base: action,
        providers: held.live().map(|tender| view(held, tender)).collect(),
        removed: held.tenders.iter().filter(|tender| tender.is_removed).map(|tender| view(held, tender)).collect(),
        columns: offers.iter().map(|tender| tender.name.clone()).collect(),
        totals: offers.iter().map(total).collect(),
        grid,
        conflicts,
        forms,
        may_run: is_open,
        refusal: match (may.err(), &held.choice) {
            (Some(refusal), _) => refusal.sentence(),
            (None, Some(_)) => "Une offre est retenue\u{a0}: la consultation se lit, elle ne se modifie plus. Le choix se reprend à la page Choix.".to_owned(),
            (None, None) => String::new(),
        },
        version: seen,
        operation: Uuid::new_v4(),
        frame,
    };
    html_with(status, &page)
}

/// Rows of the grid, from the controls as they are; and what is wrong with them.
fn rows(held: &Consultation, sheet: &Sheet<'_>) -> (Vec<GridRow>, Vec<(String, String)>) {
    let controls: Vec<&Control> = sheet.groups.iter().flat_map(|group| &group.controls).collect();
    let errors = controls
        .iter()
        .filter(|control| !control.error.is_empty())
        .map(|control| (format!("#{}", control.id), format!("{}\u{a0}: {}", control.label, control.error)));
    let errors = errors.collect();
    let width = held.live().filter(|tender| tender.offer.is_some()).count();
    let names: Vec<String> = held.live().filter(|tender| tender.offer.is_some()).map(|tender| tender.name.clone()).collect();
    if width == 0 {
        return (Vec::new(), errors);
    }
    let row = |(criterion, controls): (&Criterion, &[&Control])| GridRow {
        label: criterion.label.clone(),
        weight: Weight(criterion.weight).text(),
        marks: names.iter().cloned().zip(controls.iter().map(|control| (*control).clone())).collect(),
    };
    (held.criteria.iter().zip(controls.chunks(width)).map(row).collect(), errors)
}

fn view(held: &Consultation, tender: &store::Tender) -> ProviderView {
    let is_retained = held.choice.as_ref().is_some_and(|choice| choice.tender == tender.id);
    ProviderView {
        number: tender.number,
        name: tender.name.clone(),
        tag: match (is_retained, tender.offer, tender.invited_at) {
            (true, ..) => Tag { class: "done", word: "Retenu" },
            (_, Some(_), _) if held.choice.is_some() => Tag { class: "off", word: "Non retenu" },
            (_, Some(_), _) => Tag { class: "doing", word: "Offre reçue" },
            (_, None, Some(_)) => Tag { class: "doing", word: "Consulté" },
            _ => Tag { class: "todo", word: "À consulter" },
        },
        amount: tender.offer.map(|offer| offer.words()).unwrap_or_default(),
        when: match (tender.offer, tender.invited_at) {
            (Some(offer), _) => format!("offre du {}", moment::day(offer.on)),
            (None, Some(at)) => format!("demande envoyée le {}", moment::date(at)),
            _ => String::new(),
        },
    }
}

/// The carriers run their consultation: one of the forms of the page.
pub async fn save(State(app): State<App>, runner: TenderRunner, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, runner.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::run_consultation(&locked.ties(&runner), &locked.facts(runner.facts()))?;
    let held = store::consultation(&mut tx, &runner).await?;
    if held.choice.is_some() {
        return Err(closed());
    }
    let mut sheets = Sheets::held(&held);
    let is_fresh = seen == held.version;
    let mut sheet = Sheet::of(Some(&input));
    let act = input.get("act").to_owned();
    let read = match act.as_str() {
        "demande" => Read::Request(request(&mut sheet, &held)),
        "prestataire" => Read::Provider(provider(&mut sheet)),
        "criteres" => Read::Criteria(criteria(&mut sheet, &held)),
        "notes" => Read::Marks(marks(&mut sheet, &held)),
        _ => return Err(AppError::NotFound),
    };
    // A provider is added whatever else changed meanwhile.
    if let Some(status) = sheet.verdict(is_fresh || matches!(read, Read::Provider(_))) {
        sheets.seen = if status == StatusCode::CONFLICT { held.version } else { seen };
        match read {
            Read::Request(_) => sheets.request = sheet,
            Read::Provider(_) => sheets.provider = sheet,
            Read::Criteria(_) => sheets.criteria = sheet,
            Read::Marks(_) => sheets.marks = sheet,
        }
        return draw(&app, &runner, &held, sheets, (status, None));
    }
    let mut location = runner.url(&format!("/amo/consultation?fait=1#{act}"));
    let act = match read {
        Read::Request((by, message)) => {
            store::settle(&mut tx, &runner, Some((by, &message))).await?;
            "tender_request"
        }
        Read::Provider((name, address, email)) => {
            if held.live().count() >= MOST_PROVIDERS {
                return Err(AppError::Unprocessable(format!("{MOST_PROVIDERS} prestataires au plus par consultation.")));
            }
            let number = store::add(&mut tx, &runner, (&name, &address, &email)).await?;
            location = runner.url(&format!("/amo/consultation/{number}"));
            "tender_added"
        }
        Read::Criteria(criteria) => {
            store::set_criteria(&mut tx, &runner, &criteria).await?;
            store::settle(&mut tx, &runner, None).await?;
            "tender_criteria"
        }
        Read::Marks(marks) => {
            store::set_marks(&mut tx, &runner, &marks).await?;
            store::settle(&mut tx, &runner, None).await?;
            "tender_marked"
        }
    };
    journal::record(&mut tx, runner.project(), runner.account(), act, "", runner.now()).await?;
    remember(&mut tx, runner.project(), runner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// What a form of the page holds.
enum Read {
    Request((Option<time::Date>, String)),
    Provider((String, String, String)),
    Criteria(Vec<Criterion>),
    Marks(Vec<Mark>),
}

/// The choice closes the consultation.
pub fn closed() -> AppError {
    crate::access::Refusal::Because("Une offre est retenue\u{a0}: la consultation ne se modifie plus. Le choix se reprend à la page Choix.").into()
}
