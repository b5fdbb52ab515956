//! The meetings of a call: those held and to come, the next steps, and for its managers a new one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{Meeting, Phase};
use super::store::{self, Rules};
use super::tasks::{TaskView, views};
use super::{moving, steps, write};
use crate::access::{BoardReader, CallManager, CallSeat};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, at};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::moment;
use crate::mail::meeting::Said;
use crate::page::{Layout, Tag, html_with, see};

/// Address of the page.
pub const HERE: &str = "/comite/seances";

/// A meeting of the list.
struct MeetingView {
    href: String,
    name: String,
    when: String,
    place: String,
    tag: Tag,
}

#[derive(Template)]
#[template(path = "meeting/meetings.html")]
struct MeetingsPage {
    layout: Layout,
    over: String,
    board: String,
    alerts: Vec<Alert>,
    meetings: Vec<MeetingView>,
    tasks: Vec<TaskView>,
    task_action: String,
    forms: Vec<FormView>,
}

/// Tag of a phase.
pub fn tag(phase: Phase) -> Tag {
    let class = match phase {
        Phase::Planned => "todo",
        Phase::Open => "doing",
        Phase::Closed => "warn",
        Phase::Approved => "done",
        Phase::Cancelled => "off",
    };
    Tag { class, word: phase.word() }
}

/// Masthead and running head of a meeting's page.
pub fn layout(app: &App, reader: &BoardReader, title: impl Into<String>) -> Layout {
    let call = reader.call();
    Layout {
        run: (format!("Appel {} {} · comité technique", call.title, call.edition), String::new()),
        ..Layout::personal(app, reader.visitor(), title, "/comite")
    }
}

fn view(call: &CallSeat, meeting: &Meeting) -> MeetingView {
    MeetingView {
        href: at(&call.slug, &format!("{HERE}/{}", meeting.number)),
        name: format!("Séance n°\u{a0}{}", meeting.number),
        when: moment::full(meeting.starts_at),
        place: meeting.place.clone(),
        tag: tag(meeting.phase),
    }
}

pub(super) fn planning(sheet: &mut Sheet<'_>, at: Option<OffsetDateTime>, place: &str) -> (Option<OffsetDateTime>, String) {
    let starts_at = sheet.read(Spec::new("starts_at", "Date et heure").hint("Heure de Paris."), &at);
    (starts_at, sheet.read(Spec::new("place", "Lieu").optional(), &place.to_owned()))
}

fn ruling(sheet: &mut Sheet<'_>, rules: Rules) -> (i32, bool) {
    let quorum = Spec::new("quorum", "Quorum").hint("Nombre d’organismes à représenter pour ouvrir la séance. Zéro\u{a0}: aucun quorum.").range(0, 50);
    (sheet.read(quorum, &rules.quorum), sheet.read(Spec::new("votes", "L’appel prévoit un vote par siège"), &rules.has_votes))
}

/// Which form was posted, as it was read.
enum Posted<'a> {
    Plan(Sheet<'a>),
    Rules(Sheet<'a>),
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    reader: &BoardReader,
    posted: Option<Posted<'_>>,
    (status, done): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let call = reader.call();
    let meetings = store::meetings(conn, call.id).await?;
    let tasks = steps::tasks(conn, call.id, None, reader.account()).await?;
    let mut forms = Vec::new();
    if call.is_manager {
        let (rules, committee_at, place) = store::rules(conn, call.id).await?;
        let (plan, settings) = match posted {
            Some(Posted::Plan(sheet)) => (Some(sheet), None),
            Some(Posted::Rules(sheet)) => (None, Some(sheet)),
            None => (None, None),
        };
        let plan = plan.unwrap_or_else(|| {
            let mut sheet = Sheet::of(None);
            let _ = planning(&mut sheet, committee_at.filter(|_| meetings.is_empty()), &place);
            sheet
        });
        let settings = settings.unwrap_or_else(|| {
            let mut sheet = Sheet::of(None);
            let _ = ruling(&mut sheet, rules);
            sheet
        });
        let action = at(&call.slug, HERE);
        forms.push(FormView::of(plan, ("planifier", "Prévoir une séance", "Prévoir la séance"), action.clone(), rules.version).intro(
            "L’ordre du jour est proposé\u{a0}: les dossiers évalués dont les évaluations s’écartent d’abord, puis un ordre qui fait peu sortir et rentrer. Tous ceux qui peuvent venir sont aussitôt conviés, par un avis et un courriel, avec le fichier d’agenda.",
        ));
        forms.push(FormView::of(settings, ("regles", "Règles de séance", "Enregistrer les règles"), action, rules.version).main_if(false));
    }
    let alerts = done.into_iter().chain(Alert::errors(&forms)).chain(Alert::conflict(&forms)).collect();
    html_with(
        status,
        &MeetingsPage {
            layout: layout(app, reader, "Séances du comité technique"),
            over: format!("Appel {} {}", call.title, call.edition),
            board: at(&call.slug, "/comite"),
            alerts,
            meetings: meetings.iter().map(|meeting| view(call, meeting)).collect(),
            tasks: views(tasks, reader, true),
            task_action: at(&call.slug, &format!("{HERE}/taches")),
            forms,
        },
    )
}

/// The committee and the managers of the call see its meetings, and the next steps that they may read.
pub async fn show(State(app): State<App>, reader: BoardReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let done = asked.0.contains_key("fait").then(|| Alert::done("Enregistré", "Les séances à venir suivent ces règles."));
    page(&app, &mut conn, &reader, None, (StatusCode::OK, done)).await
}

/// The managers of the call plan a meeting, or set the rules that new meetings start from.
pub async fn save(State(app): State<App>, manager: CallManager, reader: BoardReader, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let locked = calls::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let slug = &manager.call().slug;
    let mut sheet = Sheet::of(Some(&input));
    match input.get("act") {
        "planifier" => {
            let (starts_at, place) = planning(&mut sheet, None, "");
            let Some(starts_at) = starts_at.filter(|_| !sheet.has_errors()) else {
                return page(&app, &mut tx, &reader, Some(Posted::Plan(sheet)), (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
            };
            let number = write::plan(&mut tx, &manager, starts_at, &place).await?;
            let planned = store::meeting(&mut tx, manager.call().id, number.into()).await?;
            moving::tell(&mut tx, &app, &manager, (&planned, Said::Convened)).await?;
            let location = at(slug, &format!("{HERE}/{number}"));
            calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "meeting_planned", subject: &number.to_string() }).await?;
            tx.commit().await?;
            Ok(see(&location))
        }
        "regles" => {
            let (rules, ..) = store::rules(&mut tx, manager.call().id).await?;
            let (quorum, has_votes) = ruling(&mut sheet, rules);
            if let Some(status) = sheet.verdict(seen == rules.version) {
                return page(&app, &mut tx, &reader, Some(Posted::Rules(sheet)), (status, None)).await;
            }
            let location = at(slug, &format!("{HERE}?fait=1"));
            write::set_rules(&mut tx, &manager, quorum, has_votes).await?;
            calls::settle(&mut tx, &manager, &Act { operation, location: &location, act: "meeting_rules_changed", subject: &sheet.notes() }).await?;
            tx.commit().await?;
            Ok(see(&location))
        }
        _ => Err(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.")),
    }
}
