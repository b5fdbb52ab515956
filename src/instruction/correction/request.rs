//! Asking for a correction: the points, a message, a due instant.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::choice::{self, Chosen, Group};
use super::store::{self, Request};
use super::wished::{DECIDED, tell_author};
use super::wishes::{self, Wish};
use crate::access::{ProjectInstructor, policy};
use crate::app::App;
use crate::call::form::{Control, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::framework::aims::Aim;
use crate::framework::content::Content;
use crate::input::Input;
use crate::instruction::page::{Asked, frame, layout};
use crate::instruction::{people, store as instruction};
use crate::journal;
use crate::kit::moment;
use crate::mail::instruction::{self as texts, About};
use crate::page::{Layout, html_with, see};
use crate::project::units;
use crate::submission;
use crate::submission::store::remember;
use crate::suspended::{self, KeptForm};

#[derive(Template)]
#[template(path = "instruction/request.html")]
struct RequestPage {
    layout: Layout,
    frame: Frame,
    base: String,
    action: String,
    /// The proposal that it goes on from: number and reviewer.
    wish: Option<(i32, String)>,
    groups: Vec<Group>,
    points_error: String,
    controls: Vec<Control>,
    undeposited: bool,
    operation: Uuid,
}

/// What was typed.
struct Typed {
    chosen: Chosen,
    message: String,
    due_at: OffsetDateTime,
    controls: Vec<Control>,
    has_errors: bool,
}

/// Fifteen days from now, at the end of the day in Paris.
fn proposed(now: OffsetDateTime) -> OffsetDateTime {
    let (day, _) = moment::paris_parts(now + Duration::days(16));
    moment::from_paris(day, Time::MIDNIGHT).unwrap_or(now + Duration::days(15))
}

fn read(input: Option<&Input>, mut sheet: Sheet<'_>, (content, wish): (&Content, Option<&Wish>), now: OffsetDateTime) -> Typed {
    let proposed_message = wish.map(|wish| wish.message.clone()).unwrap_or_default();
    let message =
        sheet.read(Spec::new("message", "Ce qui est demandé").hint("Lu par l’équipe du dossier, et repris dans son courriel.").long(4000), &proposed_message);
    let hint = "Instant à partir duquel plus rien ne s’écrit, heure de Paris. Un rappel part trois jours avant.";
    let due_at = sheet.read(Spec::new("echeance", "Réponse attendue avant le").hint(hint).bound(), &proposed(now));
    if message.chars().count() < 3 {
        sheet.refuse("message", "Dire en quelques mots ce qui est à corriger.");
    }
    if due_at < now + Duration::hours(1) {
        sheet.refuse("echeance", "Choisir un instant à venir, dans une heure au moins.");
    } else if due_at > now + Duration::days(366) {
        sheet.refuse("echeance", "Choisir un instant dans l’année qui vient.");
    }
    let chosen = match (input, wish) {
        (Some(input), _) => Chosen::read(input, content),
        (None, Some(wish)) => Chosen { keys: wish.aims.iter().map(Aim::key).collect(), ..Chosen::default() },
        (None, None) => Chosen::default(),
    };
    let has_errors = sheet.has_errors() || !chosen.error.is_empty();
    let controls = sheet.groups.into_iter().flat_map(|group| group.controls).collect();
    Typed { chosen, message, due_at, controls, has_errors }
}

fn draw(app: &App, instructor: &ProjectInstructor, (content, wish): (&Content, Option<&Wish>), typed: Typed, status: StatusCode) -> Result<Response, AppError> {
    let mut frame = frame(instructor, "Demander une correction");
    if typed.has_errors {
        let links = typed.controls.iter().filter(|control| !control.error.is_empty()).map(|control| (format!("#{}", control.id), control.error.clone()));
        let points = (!typed.chosen.error.is_empty()).then(|| ("#points".to_owned(), typed.chosen.error.clone()));
        frame.alerts.push(Alert {
            class: "bad",
            heading: "La demande n’est pas partie".to_owned(),
            sentence: "À corriger\u{a0}:".to_owned(),
            links: points.into_iter().chain(links).collect(),
            is_focused: true,
        });
    }
    html_with(
        status,
        &RequestPage {
            layout: layout(app, instructor, "Demander une correction"),
            frame,
            base: instructor.url(""),
            action: instructor.url("/corrections/nouvelle"),
            wish: wish.map(|wish| (wish.number, wish.by.clone())),
            groups: choice::groups(content, &typed.chosen.keys),
            points_error: typed.chosen.error,
            controls: typed.controls,
            undeposited: instructor.has_undeposited_changes(),
            operation: Uuid::new_v4(),
        },
    )
}

async fn deposited(conn: &mut PgConnection, instructor: &ProjectInstructor) -> Result<Content, AppError> {
    let last = instruction::last_deposit(conn, instructor.project()).await?.ok_or(AppError::NotFound)?;
    Ok(submission::snapshot(conn, last).await?.content())
}

/// The reviewer's proposal that a request goes on from, still to be decided.
async fn wished(conn: &mut PgConnection, instructor: &ProjectInstructor, number: &str) -> Result<Option<Wish>, AppError> {
    if number.is_empty() {
        return Ok(None);
    }
    let wish = wishes::find(conn, instructor.project(), number.parse().map_err(|_| AppError::NotFound)?).await?;
    if wish.decided.is_some() { Err(DECIDED.into()) } else { Ok(Some(wish)) }
}

/// The managers of the call choose the points to correct, in the last deposit.
pub async fn show(State(app): State<App>, instructor: ProjectInstructor, Query(asked): Asked) -> Result<Response, AppError> {
    policy::ask_correction(instructor.ties(), instructor.facts())?;
    let mut conn = app.db.acquire().await?;
    let content = deposited(&mut conn, &instructor).await?;
    let kept = suspended::typed(&mut conn, instructor.account(), &asked).await?;
    let number = kept.as_ref().map_or_else(|| asked.get("proposition").map_or("", String::as_str), |input| input.get("proposition"));
    let wish = wished(&mut conn, &instructor, number).await?;
    drop(conn);
    let mut typed = read(kept.as_ref(), Sheet::kept(kept.as_ref()), (&content, wish.as_ref()), instructor.now());
    // A link beside a question leads here with that question ticked.
    typed.chosen.keys.extend(asked.get("point").cloned());
    draw(&app, &instructor, (&content, wish.as_ref()), typed, StatusCode::OK)
}

/// The managers of the call ask for a correction: the state, the journal and the mails to the team are one transaction.
pub async fn save(State(app): State<App>, KeptForm(instructor, input): KeptForm<ProjectInstructor>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::ask_correction(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let content = deposited(&mut tx, &instructor).await?;
    let wish = wished(&mut tx, &instructor, input.get("proposition")).await?;
    let typed = read(Some(&input), Sheet::of(Some(&input)), (&content, wish.as_ref()), instructor.now());
    if typed.has_errors {
        return draw(&app, &instructor, (&content, wish.as_ref()), typed, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let request = Request { aims: &typed.chosen.aims, message: &typed.message, due_at: typed.due_at };
    let (id, number) = store::ask(&mut tx, &instructor, locked.status, &request).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "correction_requested", &number.to_string(), instructor.now()).await?;
    let title = people::title(&mut tx, instructor.project()).await?;
    let path = instructor.url(&format!("/corrections/{number}"));
    let aims: Vec<String> = typed.chosen.aims.iter().map(|aim| choice::named(aim, &content).0).collect();
    let said = texts::Correction { number, aims: &aims, message: &typed.message, due_at: typed.due_at };
    let key = format!("correction {id}");
    people::tell_team(&mut tx, &app, instructor.project(), ("correction", &key), |app| {
        texts::correction(app, About { title: &title, path: &path }, &said, false)
    })
    .await?;
    if let Some(wish) = &wish {
        wishes::decide(&mut tx, &instructor, wish, Ok(id)).await?;
        tell_author(&mut tx, &app, &instructor, wish, "").await?;
    }
    remember(&mut tx, instructor.project(), instructor.account(), operation, &path).await?;
    tx.commit().await?;
    Ok(see(&path))
}
