//! Minutes of a meeting: drafted from the session, amended, approved, kept as a document. Each reader has those that they
//! may read: of a dossier that one stays away from, one line, « Déport ».

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use trame_pdf::{Block, Fact, Minutes, Said as Paragraphs, Table};
use uuid::Uuid;

use super::agenda::{Head, reader_of};
use super::lines::{self, Item, Line};
use super::model::{Meeting, Phase};
use super::steps::{self, Task};
use super::{record, store, web, write};
use crate::access::{BoardReader, CallManager, NumberPart};
use crate::app::App;
use crate::call::frame::{Alert, Asked, at};
use crate::call::store::{self as calls, Act};
use crate::documents::{self, minutes as paper};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::{NBSP, count};
use crate::kit::moment;
use crate::kit::words::{clean, paragraphs};
use crate::page::{Layout, filters, html_with, see};
use crate::suspended::{self, KeptForm};

/// Longest part of the minutes.
const LONGEST: usize = 12_000;

struct PartView {
    project: i64,
    title: String,
    label: String,
    opinion: &'static str,
    text: String,
    error: String,
}

#[derive(Template)]
#[template(path = "meeting/minutes.html")]
struct MinutesPage {
    layout: Layout,
    head: Head,
    alerts: Vec<Alert>,
    opening: String,
    opening_error: String,
    parts: Vec<PartView>,
    away: Vec<()>,
    tasks: Vec<String>,
    approved: String,
    may_amend: bool,
    version: i32,
    operations: [Uuid; 2],
}

/// A text as typed, and what to correct.
type Typed = (String, String);

fn typed_in(input: &Input, name: &str, held: &str) -> Typed {
    if !input.has(name) {
        return (held.to_owned(), String::new());
    }
    match clean(input.get(name), LONGEST) {
        Ok(text) => (text, String::new()),
        Err(sentence) => (input.get(name).to_owned(), sentence.to_string()),
    }
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    reader: &BoardReader,
    meeting: &Meeting,
    (status, alert, typed): (StatusCode, Option<Alert>, Option<&Input>),
) -> Result<Response, AppError> {
    let call = reader.call();
    let lines = lines::of(conn, meeting.id, reader_of(reader)).await?;
    let tasks = steps::tasks(conn, call.id, Some(meeting.id), reader.account()).await?;
    let head = Head::of(reader, meeting);
    let text = |name: &str, held: &str| typed.map_or_else(|| (held.to_owned(), String::new()), |input| typed_in(input, name, held));
    let part = |item: &Item| {
        let (text, error) = text(&format!("texte-{}", item.project), &item.minutes);
        let opinion = item.opinion.map_or("", super::model::Opinion::word);
        PartView { project: item.project, title: item.title.clone(), label: item.label.clone(), opinion, text, error }
    };
    let (opening, opening_error) = text("ouverture", &meeting.opening);
    let is_manager = call.is_manager;
    html_with(
        status,
        &MinutesPage {
            layout: web::layout(app, reader, format!("Compte rendu, {}", head.name)),
            head,
            alerts: alert.into_iter().collect(),
            opening,
            opening_error,
            parts: lines.iter().filter_map(Line::item).map(part).collect(),
            away: lines.iter().filter(|line| line.item().is_none()).map(|_| ()).collect(),
            tasks: tasks.iter().map(task_line).collect(),
            approved: meeting.approved_at.map(moment::full).unwrap_or_default(),
            may_amend: is_manager && meeting.phase == Phase::Closed,
            version: meeting.version,
            operations: std::array::from_fn(|_| Uuid::new_v4()),
        },
    )
}

fn task_line(task: &Task) -> String {
    let about = task.title.as_ref().map(|title| format!(" («{NBSP}{title}{NBSP}»)")).unwrap_or_default();
    format!("{}{about}{NBSP}: {}, pour le {}", task.text, task.name, moment::day(task.due_on))
}

/// The committee and the managers of the call read the minutes once the session is closed.
pub async fn show(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let meeting = store::meeting(&mut conn, reader.call().id, number).await?;
    meeting.expect(&[Phase::Closed, Phase::Approved])?;
    let typed = suspended::typed(&mut conn, reader.account(), &asked.0).await?.filter(|_| meeting.phase == Phase::Closed);
    let alert = match asked.0.get("fait").map(String::as_str) {
        Some("approuve") => Some(Alert::done("Compte rendu approuvé", "Les avis sont ceux du comité. Rien n’en est visible des porteurs.")),
        Some(_) => Some(Alert::done("Enregistré", "Le compte rendu est à jour.")),
        None if typed.is_some() => {
            Some(Alert::refusal("Votre texte est revenu", "La session avait expiré pendant l’envoi\u{a0}: rien n’est enregistré. Relisez, puis enregistrez."))
        }
        None => None,
    };
    draw(&app, &mut conn, &reader, &meeting, (StatusCode::OK, alert, typed.as_ref())).await
}

/// The managers of the call amend the minutes, or approve them.
pub async fn save(
    State(app): State<App>,
    reader: BoardReader,
    NumberPart(number): NumberPart,
    KeptForm(manager, input): KeptForm<CallManager>,
) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, &[Phase::Closed]).await?;
    if seen != meeting.version {
        let alert = Alert::refusal(
            "Le compte rendu a changé",
            "Une autre personne l’a enregistré avant vous. Votre saisie est gardée ci-dessous, sans être enregistrée\u{a0}: enregistrer la remplace.",
        );
        return draw(&app, &mut tx, &reader, &meeting, (StatusCode::CONFLICT, Some(Alert { is_focused: true, ..alert }), Some(&input))).await;
    }
    let is_approval = input.get("act") == "approuver";
    if is_approval {
        let reference = format!("Comité technique, séance n°\u{a0}{}", meeting.number);
        let held_on = moment::paris_parts(meeting.opened_at.unwrap_or(meeting.starts_at)).0;
        record::approve(&mut tx, &manager, &meeting, &reference, held_on).await?;
    } else {
        let lines = lines::of(&mut tx, meeting.id, reader_of(&reader)).await?;
        let (opening, error) = typed_in(&input, "ouverture", &meeting.opening);
        let parts: Vec<(i64, Typed)> =
            lines.iter().filter_map(Line::item).map(|item| (item.project, typed_in(&input, &format!("texte-{}", item.project), &item.minutes))).collect();
        if !error.is_empty() || parts.iter().any(|(_, (_, error))| !error.is_empty()) {
            let alert = Alert { class: "bad", is_focused: true, ..Alert::refusal("Rien n’est enregistré", "Un texte est à corriger, ci-dessous.") };
            return draw(&app, &mut tx, &reader, &meeting, (StatusCode::UNPROCESSABLE_ENTITY, Some(alert), Some(&input))).await;
        }
        let parts: Vec<(i64, String)> = parts.into_iter().map(|(project, (text, _))| (project, text)).collect();
        record::write_minutes(&mut tx, &meeting, &opening, &parts).await?;
    }
    let (act, done) = if is_approval { ("meeting_approved", "approuve") } else { ("meeting_amended", "1") };
    let location = at(&manager.call().slug, &format!("{}/{number}/compte-rendu?fait={done}", web::HERE));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

fn said(text: &str) -> Vec<Paragraphs> {
    let paragraphs: Vec<Vec<String>> = paragraphs(text).map(|paragraph| paragraph.lines().map(str::to_owned).collect()).collect();
    if paragraphs.is_empty() { Vec::new() } else { vec![Paragraphs { label: String::new(), paragraphs }] }
}

fn document(head: &Head, meeting: &Meeting, lines: &[Line], tasks: &[Task]) -> Minutes {
    let is_draft = meeting.phase != Phase::Approved;
    let mut facts = vec![Fact::new("Séance", head.when.clone())];
    facts.extend(meeting.approved_at.map(|at| Fact::new("Compte rendu approuvé", moment::full(at))));
    let mut blocks = vec![Block { title: "Ouverture".to_owned(), said: said(&meeting.opening), ..Block::default() }];
    for item in lines.iter().filter_map(Line::item) {
        let opinion = item.opinion.map(|opinion| Fact::new("Avis", opinion.word()));
        let facts = std::iter::once(Fact::new("Dossier", format!("n°{NBSP}{}, {}", item.number, item.label))).chain(opinion).collect();
        blocks.push(Block { title: item.title.clone(), facts, said: said(&item.minutes), ..Block::default() });
    }
    let away = lines.iter().filter(|line| line.item().is_none()).count();
    if away > 0 {
        blocks.push(Block { title: "Déport".to_owned(), text: vec![format!("{}.", count(away, "dossier", "dossiers"))], ..Block::default() });
    }
    if !tasks.is_empty() {
        let heads = ["Suite", "Par", "Pour le"].map(|head| (head.to_owned(), false)).to_vec();
        let row = |task: &Task| {
            let about = task.title.as_ref().map(|title| format!(" ({title})")).unwrap_or_default();
            vec![format!("{}{about}", task.text), task.name.clone(), moment::day(task.due_on)]
        };
        let table = Table::new("Suites à donner", heads, tasks.iter().map(row).collect(), "");
        blocks.push(Block { title: "Suites".to_owned(), tables: vec![table], ..Block::default() });
    }
    Minutes {
        name: format!("Compte rendu, {}", head.name),
        over: head.over.clone(),
        title: head.name.clone(),
        mark: if is_draft { "Projet de compte rendu".to_owned() } else { "Compte rendu approuvé".to_owned() },
        is_draft,
        facts,
        blocks,
    }
}

/// The committee and the managers of the call keep the minutes that they may read as a document.
pub async fn print(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart, asked: documents::Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = reader.call();
    let meeting = store::meeting(&mut conn, call.id, number).await?;
    meeting.expect(&[Phase::Closed, Phase::Approved])?;
    let lines = lines::of(&mut conn, meeting.id, reader_of(&reader)).await?;
    let tasks = steps::tasks(&mut conn, call.id, Some(meeting.id), reader.account()).await?;
    drop(conn);
    let head = Head::of(&reader, &meeting);
    let minutes = document(&head, &meeting, &lines, &tasks);
    let printed = paper::Printed {
        minutes,
        at: meeting.approved_at.or(meeting.closed_at).unwrap_or(meeting.starts_at),
        name: format!("compte-rendu-{}-seance-{number}", call.slug),
        back: at(&call.slug, &format!("{}/{number}/compte-rendu", web::HERE)),
        query: head.query.clone(),
    };
    paper::serve(&app, web::layout(&app, &reader, "Document en préparation"), &asked, printed).await
}
