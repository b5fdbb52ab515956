//! The page of a dossier's instruction: what is computed, what is judged, who instructs, what is asked, what is noted.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::checklist::{CHECKS, Evidence, JUDGEMENTS};
use super::correction::store::{self as corrections, Correction};
use super::correction::wishes::{self, Wish};
use super::labels::store::{self as labels, Label};
use super::notes::store::{self as notes, Note};
use super::opinion::store::{self as opinions, Opinion};
use super::people::{self, Manager};
use super::store::{self, Held, Judged};
use crate::access::{Dossier, ProjectInstructor, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame, tabs};
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html_with};

/// Query of a page.
pub type Asked = Query<HashMap<String, String>>;

/// A form of the page that was refused: the check-list, the officer, or the text of a new note.
#[derive(Debug)]
pub enum Back<'a> {
    /// Nothing was posted.
    None,
    /// The check-list, and the version it goes on from.
    Checks(Sheet<'a>, i32),
    /// The officer.
    Officer(Sheet<'a>, i32),
    /// A note: as typed, and why it was refused.
    Note(String, String),
}

/// A request for correction or for an opinion, in a list.
#[derive(Debug)]
pub struct AskedView {
    /// Number.
    pub number: i32,
    /// Address.
    pub href: String,
    /// State.
    pub tag: Tag,
    /// In one line.
    pub sentence: String,
}

struct NoteView {
    number: i64,
    by: String,
    when: String,
    text: String,
    may_edit: bool,
}

#[derive(Template)]
#[template(path = "instruction/page.html")]
struct InstructionPage {
    layout: Layout,
    frame: Frame,
    base: String,
    tag: Tag,
    facts: Vec<(&'static str, String)>,
    verdict: Option<(Tag, String, String)>,
    /// Why the examination may not be opened now, when it is not.
    opening: Option<String>,
    may_open: bool,
    may_decide: bool,
    may_ask: bool,
    ask_refusal: String,
    checks: FormView,
    officer: FormView,
    corrections: Vec<AskedView>,
    wishes: Vec<AskedView>,
    opinions: Vec<AskedView>,
    labels: Vec<(Label, bool)>,
    labels_href: String,
    notes: Vec<NoteView>,
    note: String,
    note_error: String,
    version: i32,
    operation: Uuid,
}

/// Everything that the page shows.
pub struct Shown {
    /// Officer, check-list, verdict.
    pub held: Held,
    /// Managers who may instruct.
    pub managers: Vec<Manager>,
    evidence: Evidence,
    corrections: Vec<Correction>,
    wishes: Vec<Wish>,
    opinions: Vec<Opinion>,
    labels: Vec<(Label, bool)>,
    notes: Vec<Note>,
}

/// Reads everything that the page shows.
pub async fn shown(conn: &mut PgConnection, instructor: &ProjectInstructor) -> Result<Shown, AppError> {
    let project = instructor.project();
    Ok(Shown {
        held: store::held(conn, project).await?,
        managers: people::managers(conn, instructor.head().call, project).await?,
        evidence: store::evidence(conn, instructor).await?,
        corrections: corrections::list(conn, project).await?,
        wishes: wishes::list(conn, project).await?,
        opinions: opinions::list(conn, project, true).await?,
        labels: labels::of_project(conn, instructor).await?,
        notes: notes::list(conn, instructor).await?,
    })
}

/// The managers of the call who do not stay away from the dossier see its instruction.
pub async fn show(State(app): State<App>, instructor: ProjectInstructor, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    crate::project::store::record_staff_read(&mut conn, &instructor).await?;
    let shown = shown(&mut conn, &instructor).await?;
    drop(conn);
    let done = asked.get("fait").map(|what| match what.as_str() {
        "ouverture" => Alert::done("Examen ouvert", "L’équipe du dossier est prévenue par courriel."),
        "charge" => Alert::done("Personne chargée de l’instruction enregistrée", "Elle reçoit les réponses et les rappels de ce dossier."),
        "decision" => Alert::done("Recevabilité décidée", "L’équipe du dossier est prévenue par courriel."),
        "note" => Alert::done("Note enregistrée", "Seuls les gestionnaires de l’appel la lisent."),
        "etiquettes" => Alert::done("Étiquettes enregistrées", "Seuls les gestionnaires de l’appel les voient."),
        _ => Alert::done("Liste enregistrée", "Elle reste entre gestionnaires de l’appel."),
    });
    draw(&app, &instructor, shown, Back::None, (StatusCode::OK, done))
}

/// Draws the page, with the posted form as it came back.
pub fn draw(
    app: &App,
    instructor: &ProjectInstructor,
    shown: Shown,
    back: Back<'_>,
    (status, done): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let held = &shown.held;
    let (mut checks_sheet, mut officer_sheet, mut note) = ((Sheet::of(None), held.version), (Sheet::of(None), held.version), (String::new(), String::new()));
    let (mut has_checks, mut has_officer) = (false, false);
    match back {
        Back::None => {}
        Back::Checks(sheet, seen) => (checks_sheet, has_checks) = ((sheet, seen), true),
        Back::Officer(sheet, seen) => (officer_sheet, has_officer) = ((sheet, seen), true),
        Back::Note(text, error) => note = (text, error),
    }
    if !has_checks {
        read_checks(&mut checks_sheet.0, &shown);
    }
    if !has_officer {
        read_officer(&mut officer_sheet.0, &shown);
    }
    let base = instructor.url("/instruction");
    let checks = FormView::of(checks_sheet.0, ("recevabilite", "Liste de recevabilité", "Enregistrer la liste"), base.clone(), checks_sheet.1)
        .intro("À côté de chaque point\u{a0}: ce que le service calcule du dernier dépôt, puis votre jugement. Le calcul n’oblige à rien.");
    let officer = FormView::of(officer_sheet.0, ("charge", "Chargé de l’instruction", "Enregistrer"), format!("{base}/charge"), officer_sheet.1)
        .back(base)
        .main_if(false);
    let mut frame = frame(instructor, "Instruction du dossier");
    let forms = [checks, officer];
    frame.alerts.extend([done, Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten());
    let [checks, officer] = forms;
    html_with(status, &page(app, instructor, shown, frame, (checks, officer, note)))
}

fn page(
    app: &App,
    instructor: &ProjectInstructor,
    shown: Shown,
    frame: Frame,
    (checks, officer, note): (FormView, FormView, (String, String)),
) -> InstructionPage {
    let (ties, facts, now) = (instructor.ties(), instructor.facts(), instructor.now());
    let opening = policy::open_admissibility(ties, facts, now);
    let asking = policy::ask_correction(ties, facts);
    InstructionPage {
        layout: layout(app, instructor, "Instruction"),
        tag: Tag::of(facts.status),
        facts: summary(instructor, &shown),
        verdict: shown.held.verdict.as_ref().map(|verdict| {
            let tag = if verdict.outcome == "admissible" { Tag { class: "done", word: "Recevable" } } else { Tag { class: "bad", word: "Irrecevable" } };
            (tag, format!("{}, {}, sur le dépôt n°\u{a0}{}", verdict.by, moment::full(verdict.at), verdict.deposit), verdict.reason.clone())
        }),
        may_open: opening.is_ok(),
        opening: opening.err().filter(|_| !facts.status.is_examined()).map(|refusal| refusal.sentence()),
        may_decide: policy::admit(ties, facts).is_ok(),
        may_ask: asking.is_ok(),
        ask_refusal: asking.err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        corrections: shown.corrections.iter().map(|correction| correction.view(instructor)).collect(),
        wishes: shown.wishes.iter().map(|wish| wish_view(instructor, wish)).collect(),
        opinions: shown.opinions.iter().map(|opinion| opinion.view(instructor)).collect(),
        labels_href: format!("/appel/etiquettes?appel={}", instructor.head().call_slug),
        labels: shown.labels,
        notes: shown.notes.into_iter().map(|note| note_view(instructor, note)).collect(),
        note: note.0,
        note_error: note.1,
        version: shown.held.version,
        operation: Uuid::new_v4(),
        base: instructor.url(""),
        frame,
        checks,
        officer,
    }
}

fn wish_view(instructor: &ProjectInstructor, wish: &Wish) -> AskedView {
    let href = instructor.url(&format!("/corrections/propositions/{}", wish.number));
    AskedView { number: wish.number, href, tag: wish.tag(), sentence: format!("par {}, {}", wish.by, moment::near(wish.at, instructor.now())) }
}

fn summary(instructor: &ProjectInstructor, shown: &Shown) -> Vec<(&'static str, String)> {
    let deposit = shown.evidence.received.as_ref().map_or_else(|| "aucun".to_owned(), |(at, reference)| format!("n°\u{a0}{reference}, {}", moment::full(*at)));
    let judged = shown.held.checks.iter().filter(|check| !check.judgement.is_empty()).count();
    vec![
        ("Dépôt", deposit),
        ("Limite de ce dossier", moment::until(instructor.facts().closes_at)),
        ("Instruction", shown.held.officer.as_ref().map_or_else(|| "personne pour l’instant".to_owned(), |(_, name)| name.clone())),
        ("Liste", format!("{judged} points jugés sur {}", CHECKS.len())),
    ]
}

fn note_view(instructor: &ProjectInstructor, note: Note) -> NoteView {
    NoteView {
        number: note.id,
        may_edit: note.account == instructor.account().get(),
        when: match note.edited_at {
            Some(at) => format!("{}, modifiée {}", moment::near(note.at, instructor.now()), moment::near(at, instructor.now())),
            None => moment::near(note.at, instructor.now()),
        },
        by: note.by,
        text: note.text,
    }
}

/// The frame of a page of the instruction.
pub fn frame(dossier: &Dossier, heading: &str) -> Frame {
    let head = dossier.head();
    Frame {
        over: format!("Appel {} {} · dossier n°\u{a0}{} · {}", head.call_title, head.edition, head.number, head.title),
        heading: heading.to_owned(),
        lead: head.label.clone(),
        tabs: tabs(&head.call_slug, "/appel"),
        alerts: Vec::new(),
    }
}

/// The masthead of a page of the instruction.
pub fn layout(app: &App, dossier: &Dossier, title: &str) -> Layout {
    let head = dossier.head();
    Layout {
        run: (format!("Appel {} {} · gestion", head.call_title, head.edition), format!("Dépôt jusqu’au {}", moment::until(dossier.facts().closes_at))),
        ..Layout::personal(app, dossier.visitor(), format!("{title}, {}", head.title), "/appel")
    }
}

/// Reads the check-list, or fills it from what is held.
pub fn read_checks(sheet: &mut Sheet<'_>, shown: &Shown) -> Vec<Judged> {
    let mut judged = Vec::new();
    for check in &CHECKS {
        let held = shown.held.checks.iter().find(|held| held.item == check.key);
        let computed = check.computed(&shown.evidence);
        let verdict = match computed.is_met {
            Some(true) => "oui",
            Some(false) => "non",
            None => "indéterminé",
        };
        sheet.group(format!("{} · {}", check.requirement, check.label));
        let options = JUDGEMENTS.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned())).collect();
        let judgement = sheet.read(
            Spec::new(format!("jugement.{}", check.key), "Votre jugement").hint(format!("{verdict}, {}", computed.sentence)).among(options),
            &held.map(|held| held.judgement.clone()).unwrap_or_default(),
        );
        let note = sheet.read(
            Spec::new(format!("note.{}", check.key), "Note").range(0, 1000).optional().personal(),
            &held.map(|held| held.note.clone()).unwrap_or_default(),
        );
        if judgement.is_empty() && !note.is_empty() {
            sheet.refuse(&format!("jugement.{}", check.key), "Choisir un jugement pour garder la note.");
        }
        if !judgement.is_empty() {
            judged.push(Judged { item: check.key.to_owned(), judgement, note });
        }
    }
    judged
}

/// Reads the officer, or fills it from what is held.
pub fn read_officer(sheet: &mut Sheet<'_>, shown: &Shown) -> String {
    let name = |manager: &Manager| if manager.organisation.is_empty() { manager.name.clone() } else { format!("{}, {}", manager.name, manager.organisation) };
    let people = shown.managers.iter().map(|manager| (manager.id.to_string(), name(manager)));
    let options = std::iter::once((String::new(), "personne pour l’instant".to_owned())).chain(people).collect();
    let held = shown.held.officer.as_ref().map(|(id, _)| id.to_string()).filter(|id| shown.managers.iter().any(|manager| manager.id.to_string() == *id));
    sheet.read(
        Spec::new("charge", "Personne").hint("Reçoit les réponses et les rappels. L’équipe du dossier lit son nom.").among(options),
        &held.unwrap_or_default(),
    )
}
