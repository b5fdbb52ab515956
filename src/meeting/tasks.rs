//! Next steps of the meetings: a person, a day, and a word when it is done.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use time::Date;
use uuid::Uuid;

use super::agenda::Posted;
use super::lines::{self, Line, Reader};
use super::model::{Meeting, Phase};
use super::steps::{self, Task};
use super::{store, web, write};
use crate::access::{BoardReader, CallManager, NumberPart};
use crate::app::App;
use crate::call::form::{Sheet, Spec};
use crate::call::frame::at;
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::moment;
use crate::page::{Tag, see};

/// A next step, as shown.
#[derive(Debug)]
pub struct TaskView {
    /// Id.
    pub id: i64,
    /// What is to be done.
    pub text: String,
    /// Dossier that it is about.
    pub title: String,
    /// Who.
    pub name: String,
    /// By when.
    pub due: String,
    /// "Séance n° 2", in a list of several meetings.
    pub meeting: String,
    /// State.
    pub tag: Tag,
    /// Done.
    pub is_done: bool,
    /// The reader may say that it is done.
    pub is_mine: bool,
    /// Of the form.
    pub operation: Uuid,
}

/// Next steps as that person reads them.
pub fn views(tasks: Vec<Task>, reader: &BoardReader, is_all: bool) -> Vec<TaskView> {
    let today = moment::paris_parts(reader.now()).0;
    let view = |task: Task| TaskView {
        id: task.id,
        title: task.title.unwrap_or_default(),
        due: moment::day(task.due_on),
        meeting: if is_all { format!("Séance n°\u{a0}{}", task.meeting) } else { String::new() },
        tag: match (task.done_at, task.due_on < today) {
            (Some(_), _) => Tag { class: "done", word: "Fait" },
            (None, true) => Tag { class: "warn", word: "En retard" },
            (None, false) => Tag { class: "todo", word: "À faire" },
        },
        is_done: task.done_at.is_some(),
        is_mine: task.account == reader.account().get() || reader.call().is_manager,
        operation: Uuid::new_v4(),
        text: task.text,
        name: task.name,
    };
    tasks.into_iter().map(view).collect()
}

/// What is asked of a new next step.
pub struct Wish {
    /// What is to be done.
    pub text: String,
    /// Who.
    pub account: i64,
    /// By when.
    pub due_on: Option<Date>,
    /// About which dossier.
    pub project: Option<i64>,
}

/// Reads a new next step: people of the committee, dossiers of the agenda that the manager follows.
pub fn wish(sheet: &mut Sheet<'_>, people: Vec<(String, String)>, dossiers: Vec<(String, String)>) -> Wish {
    let first = |options: &[(String, String)]| options.first().map(|(key, _)| key.clone()).unwrap_or_default();
    let (person, dossier) = (first(&people), first(&dossiers));
    let text = sheet.read(Spec::new("text", "Ce qu’il reste à faire").range(1, 500), &String::new());
    let account = sheet.read(Spec::new("account", "Qui s’en charge").among(people), &person).parse().unwrap_or(0);
    let due_on = sheet.read(Spec::new("due_on", "Pour le"), &None::<Date>);
    let project = sheet.read(Spec::new("project", "Dossier concerné").among(dossiers), &dossier).parse().ok();
    Wish { text, account, due_on, project }
}

/// Choices of a new next step.
pub async fn choices(conn: &mut sqlx::PgConnection, manager: &CallManager, meeting: &Meeting) -> Result<[Vec<(String, String)>; 2], AppError> {
    let call = manager.call();
    let guests = store::guests(conn, call.id, meeting.id).await?;
    let people = guests.into_iter().map(|guest| (guest.account.to_string(), guest.name)).collect();
    let reader = Reader { account: manager.account(), is_manager: true, visible: call.visible };
    let lines = lines::of(conn, meeting.id, reader).await?;
    let followed = lines.iter().filter_map(Line::item).map(|item| (item.project.to_string(), item.title.clone()));
    Ok([people, std::iter::once((String::new(), "aucun en particulier".to_owned())).chain(followed).collect()])
}

/// The managers of the call add a next step to a meeting, until its minutes are approved and after.
pub async fn add(
    State(app): State<App>,
    manager: CallManager,
    reader: BoardReader,
    NumberPart(number): NumberPart,
    input: Input,
) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, Phase::ALL).await?;
    let [people, dossiers] = choices(&mut tx, &manager, &meeting).await?;
    let mut sheet = Sheet::of(Some(&input));
    let wish = wish(&mut sheet, people, dossiers);
    if !steps::follows(&mut tx, wish.account, wish.project).await? {
        sheet.refuse("account", "Cette personne ne suit pas ce dossier\u{a0}: confier cette suite à une autre.");
    }
    let Some(due_on) = wish.due_on.filter(|_| !sheet.has_errors()) else {
        return super::agenda::again(&app, &mut tx, &reader, &meeting, (StatusCode::UNPROCESSABLE_ENTITY, Posted::Task(sheet))).await;
    };
    steps::add_task(&mut tx, &app, &manager, &meeting, (&wish.text, wish.account, due_on, wish.project)).await?;
    let location = at(&manager.call().slug, &format!("{}/{number}#taches", web::HERE));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "meeting_task_added", subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Whoever is in charge of a next step, or a manager, says that it is done or to be done again.
pub async fn finish(State(app): State<App>, reader: BoardReader, input: Input) -> Result<Response, AppError> {
    let task = input.get("tache").parse().map_err(|_| AppError::NotFound)?;
    let mut conn = app.db.acquire().await?;
    if !steps::finish_task(&mut conn, &reader, task, input.get("etat") == "fait").await? {
        return Err(AppError::NotFound);
    }
    Ok(see(&at(&reader.call().slug, &format!("{}#taches", web::HERE))))
}
