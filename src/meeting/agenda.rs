//! A meeting: its agenda proposed and placed by hand, who is there, its next steps, the way to its session and its minutes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::lines::{self, Item, Line, Reader};
use super::model::{Guest, Meeting, Phase, quorum};
use super::tasks::{self, TaskView};
use super::{moving, steps, store, web, write};
use crate::access::{BoardReader, CallManager, NumberPart};
use crate::app::App;
use crate::call::form::{FormView, Sheet};
use crate::call::frame::{Alert, Asked, at};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, Tag, html_with, see};
use crate::review::score::{DISAGREEMENT, shown};

/// A dossier of the agenda, as shown.
#[derive(Debug)]
pub struct ItemView {
    /// Dossier.
    pub project: i64,
    /// Number within the call.
    pub number: i32,
    /// Place.
    pub position: i32,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// "68, écart-type 14".
    pub scores: String,
    /// The reviews disagree.
    pub is_disagreed: bool,
    /// Opinion.
    pub opinion: &'static str,
    /// Before the room.
    pub is_current: bool,
    /// Who of those present stays away.
    pub away: String,
}

impl ItemView {
    /// A dossier as its reader sees it.
    pub fn of(item: &Item, current: Option<i64>) -> Self {
        Self {
            project: item.project,
            number: item.number,
            position: item.position,
            title: item.title.clone(),
            label: item.label.clone(),
            scores: item.scores.map(|(mean, deviation)| format!("{}, écart-type {}", shown(mean), shown(deviation))).unwrap_or_default(),
            is_disagreed: item.scores.is_some_and(|(_, deviation)| deviation >= DISAGREEMENT),
            opinion: item.opinion.map_or("", super::model::Opinion::word),
            is_current: current == Some(item.project),
            away: item.away.join(", "),
        }
    }
}

/// What is shown around a meeting.
#[derive(Debug)]
pub struct Head {
    /// "Séance n° 2".
    pub name: String,
    /// Call.
    pub over: String,
    /// When and where.
    pub when: String,
    /// State.
    pub tag: Tag,
    /// Address of the meeting, and what follows the call in an address.
    pub base: String,
    /// `?appel=…`.
    pub query: String,
    /// Address of the list.
    pub list: String,
}

impl Head {
    /// The head of a meeting.
    pub fn of(reader: &BoardReader, meeting: &Meeting) -> Self {
        let call = reader.call();
        let place = if meeting.place.is_empty() { String::new() } else { format!(", {}", meeting.place) };
        Self {
            name: format!("Séance n°\u{a0}{}", meeting.number),
            over: format!("Appel {} {} · comité technique", call.title, call.edition),
            when: format!("{}{place}", moment::full(meeting.starts_at)),
            tag: web::tag(meeting.phase),
            base: format!("{}/{}", web::HERE, meeting.number),
            query: format!("?appel={}", call.slug),
            list: at(&call.slug, web::HERE),
        }
    }
}

#[derive(Template)]
#[template(path = "meeting/agenda.html")]
struct AgendaPage {
    layout: Layout,
    head: Head,
    alerts: Vec<Alert>,
    items: Vec<ItemView>,
    /// Lines « Déport », after the others: their place would say something of the dossier.
    away: Vec<()>,
    movements: String,
    guests: Vec<Guest>,
    quorum: String,
    has_quorum: bool,
    tasks: Vec<TaskView>,
    /// The form of a next step, then those of a planned meeting.
    forms: Vec<FormView>,
    /// Why it will not take place.
    reason: String,
    /// Its calendar file.
    file: String,
    task_action: String,
    may_arrange: bool,
    may_attend: bool,
    may_open: bool,
    is_open: bool,
    has_minutes: bool,
    version: i32,
    operations: [Uuid; 4],
}

/// Which form of the page was posted, as it was read.
pub enum Posted<'a> {
    /// None.
    Nothing,
    /// A next step.
    Task(Sheet<'a>),
    /// Another date or place.
    Moved(Sheet<'a>),
    /// Why it is cancelled.
    Cancelled(Sheet<'a>),
}

/// Who reads, for the statements.
pub fn reader_of(reader: &BoardReader) -> Reader {
    Reader { account: reader.account(), is_manager: reader.call().is_manager, visible: reader.call().visible }
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    reader: &BoardReader,
    meeting: &Meeting,
    (status, alert, posted): (StatusCode, Option<Alert>, Posted<'_>),
) -> Result<Response, AppError> {
    let call = reader.call();
    let lines = lines::of(conn, meeting.id, reader_of(reader)).await?;
    let guests = store::guests(conn, call.id, meeting.id).await?;
    let tasks = steps::tasks(conn, call.id, Some(meeting.id), reader.account()).await?;
    let head = Head::of(reader, meeting);
    let (task, moved, cancelled) = match posted {
        Posted::Nothing => (None, None, None),
        Posted::Task(sheet) => (Some(sheet), None, None),
        Posted::Moved(sheet) => (None, Some(sheet), None),
        Posted::Cancelled(sheet) => (None, None, Some(sheet)),
    };
    let mut forms: Vec<FormView> = task_form(reader, &head, (&lines, &guests), task).into_iter().collect();
    if call.is_manager && meeting.phase == Phase::Planned {
        forms.extend(moving::forms((&head.base, &head.query), meeting, moved, cancelled));
    }
    let (has_quorum, sentence) = quorum(&guests, meeting.quorum);
    let is_manager = call.is_manager;
    let alerts = alert.into_iter().chain(Alert::errors(&forms)).chain(Alert::conflict(&forms)).collect();
    html_with(
        status,
        &AgendaPage {
            layout: web::layout(app, reader, head.name.clone()),
            head,
            alerts,
            items: lines.iter().filter_map(Line::item).map(|item| ItemView::of(item, meeting.current)).collect(),
            away: lines.iter().filter(|line| line.item().is_none()).map(|_| ()).collect(),
            movements: exits(&lines),
            has_quorum,
            quorum: sentence,
            guests,
            tasks: tasks::views(tasks, reader, false),
            forms,
            reason: meeting.cancel_reason.clone(),
            file: format!("{}/{}/agenda.ics?appel={}", web::HERE, meeting.number, call.slug),
            task_action: at(&call.slug, &format!("{}/taches", web::HERE)),
            may_arrange: is_manager && meeting.phase == Phase::Planned,
            may_attend: is_manager && matches!(meeting.phase, Phase::Planned | Phase::Open),
            may_open: is_manager && meeting.phase == Phase::Planned,
            is_open: meeting.phase == Phase::Open,
            has_minutes: matches!(meeting.phase, Phase::Closed | Phase::Approved),
            version: meeting.version,
            operations: std::array::from_fn(|_| Uuid::new_v4()),
        },
    )
}

/// The form of a next step, for the managers.
fn task_form(reader: &BoardReader, head: &Head, (lines, guests): (&[Line], &[Guest]), sheet: Option<Sheet<'_>>) -> Option<FormView> {
    let sheet = sheet.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let people = guests.iter().map(|guest| (guest.account.to_string(), guest.name.clone())).collect();
        let followed = lines.iter().filter_map(Line::item).map(|item| (item.project.to_string(), item.title.clone()));
        let dossiers = std::iter::once((String::new(), "aucun en particulier".to_owned())).chain(followed).collect();
        let _ = tasks::wish(&mut sheet, people, dossiers);
        sheet
    });
    let action = format!("{}/taches{}", head.base, head.query);
    reader.call().is_manager.then(|| FormView::of(sheet, ("suite", "Ajouter une suite", "Ajouter"), action, 0).main_if(false))
}

/// How many of those present leave or enter along the agenda that the reader follows.
fn exits(lines: &[Line]) -> String {
    let mut out: &[String] = &[];
    let mut moved = 0;
    for item in lines.iter().filter_map(Line::item) {
        moved += out.iter().filter(|name| !item.away.contains(name)).count() + item.away.iter().filter(|name| !out.contains(name)).count();
        out = &item.away;
    }
    if moved == 0 { String::new() } else { count(moved, "sortie ou entrée pour déport", "sorties ou entrées pour déport") }
}

/// The committee and the managers of the call see a meeting; who stays away from a dossier sees only « Déport ».
pub async fn show(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let meeting = store::meeting(&mut conn, reader.call().id, number).await?;
    let done = asked.0.contains_key("fait").then(|| Alert::done("Enregistré", "La séance est à jour."));
    draw(&app, &mut conn, &reader, &meeting, (StatusCode::OK, done, Posted::Nothing)).await
}

/// The page again, with the form that could not be read.
pub async fn again(
    app: &App,
    conn: &mut PgConnection,
    reader: &BoardReader,
    meeting: &Meeting,
    (status, posted): (StatusCode, Posted<'_>),
) -> Result<Response, AppError> {
    draw(app, conn, reader, meeting, (status, None, posted)).await
}

/// The managers of the call place the dossiers by hand, take some off, or ask for the proposal again, before the session.
pub async fn save(
    State(app): State<App>,
    manager: CallManager,
    reader: BoardReader,
    NumberPart(number): NumberPart,
    input: Input,
) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, &[Phase::Planned]).await?;
    let location = at(&manager.call().slug, &format!("{}/{number}?fait=1", web::HERE));
    let is_proposal = input.get("act") == "proposer";
    if is_proposal {
        write::propose(&mut tx, &manager, meeting.id).await?;
    } else {
        if seen != meeting.version {
            let alert =
                Alert::refusal("L’ordre du jour a changé", "Une autre personne l’a modifié pendant que vous le lisiez. Le voici à jour\u{a0}: recommencez.");
            return draw(&app, &mut tx, &reader, &meeting, (StatusCode::CONFLICT, Some(alert), Posted::Nothing)).await;
        }
        let lines = lines::of(&mut tx, meeting.id, reader_of(&reader)).await?;
        let places = placed(&lines, &input);
        let removed: Vec<i64> =
            lines.iter().filter_map(Line::item).map(|item| item.project).filter(|project| input.get(&format!("retirer-{project}")) == "oui").collect();
        write::arrange(&mut tx, &meeting, &places, &removed).await?;
    }
    let act = if is_proposal { "meeting_proposed" } else { "meeting_arranged" };
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Places asked for, as places of the whole agenda: the dossiers that the manager follows share the places that they hold,
/// the others do not move.
fn placed(lines: &[Line], input: &Input) -> Vec<(i64, i32)> {
    let held: Vec<(i32, &Item)> = (1..).zip(lines).filter_map(|(place, line)| Some((place, line.item()?))).collect();
    let asked = |item: &Item| input.get(&format!("place-{}", item.project)).trim().parse().ok().filter(|n| (1..=500).contains(n)).unwrap_or(item.position);
    let mut wanted: Vec<&Item> = held.iter().map(|(_, item)| *item).collect();
    // Who is moved to a place goes before who held it, or after when it comes from above.
    wanted.sort_by_key(|item| {
        let place = asked(item);
        (place, (item.position - place).signum().min(0).abs(), place == item.position)
    });
    held.iter().zip(wanted).map(|((place, _), item)| (item.project, *place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(project: i64, position: i32) -> Line {
        let tally = super::super::model::Tally::default();
        Line::Whole(Box::new(Item {
            project,
            number: 1,
            title: String::new(),
            label: String::new(),
            position,
            opinion: None,
            reserves: String::new(),
            debate: String::new(),
            note: String::new(),
            minutes: String::new(),
            version: 1,
            scores: None,
            tally,
            vote: None,
            away: Vec::new(),
        }))
    }

    fn order(lines: &[Line], pairs: &[(&str, &str)]) -> Vec<i64> {
        let input = Input::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        let mut places = placed(lines, &input);
        places.sort_by_key(|(_, place)| *place);
        places.into_iter().map(|(project, _)| project).collect()
    }

    #[test]
    fn a_dossier_goes_where_it_is_sent_and_hidden_ones_keep_their_place() {
        let lines = [line(10, 1), line(11, 2), line(12, 3), line(13, 4)];
        assert_eq!(order(&lines, &[("place-13", "1")]), [13, 10, 11, 12]);
        assert_eq!(order(&lines, &[("place-10", "3")]), [11, 12, 10, 13]);
        assert_eq!(order(&lines, &[("place-10", "x"), ("place-11", "0")]), [10, 11, 12, 13]);
        let lines = [line(10, 1), Line::Away { project: 99 }, line(11, 2)];
        let input = Input::of(vec![("place-11".to_owned(), "1".to_owned())]);
        assert_eq!(placed(&lines, &input), [(11, 1), (10, 3)]);
    }
}
