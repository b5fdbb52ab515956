//! Asking for a correction: the points, a message, a due instant.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::choice::{self, Group};
use super::store::{self, Wish};
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

/// Most points of one request.
const MOST: usize = 60;

#[derive(Template)]
#[template(path = "instruction/request.html")]
struct RequestPage {
    layout: Layout,
    frame: Frame,
    base: String,
    action: String,
    groups: Vec<Group>,
    points_error: String,
    controls: Vec<Control>,
    undeposited: bool,
    operation: Uuid,
}

/// What was typed.
struct Typed {
    aims: Vec<Aim>,
    chosen: Vec<String>,
    points_error: String,
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

fn read(input: Option<&Input>, mut sheet: Sheet<'_>, content: &Content, now: OffsetDateTime) -> Typed {
    let message =
        sheet.read(Spec::new("message", "Ce qui est demandé").hint("Lu par l’équipe du dossier, et repris dans son courriel.").long(4000), &String::new());
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
    let chosen: Vec<String> = input.map_or_else(Vec::new, |input| input.all("point").map(str::to_owned).collect());
    let mut aims: Vec<Aim> = chosen.iter().filter_map(|key| Aim::parse(key)).collect();
    aims.sort();
    aims.dedup();
    let points_error = match (input, aims.is_empty(), aims.len() > MOST) {
        (None, ..) => String::new(),
        _ if chosen.iter().any(|key| Aim::parse(key).is_none_or(|aim| !choice::is_held(&aim, content))) => {
            "Un point choisi n’est pas dans le dernier dépôt. Choisissez dans la liste.".to_owned()
        }
        (_, true, _) => "Choisir au moins un point\u{a0}: seuls les points choisis se rouvrent.".to_owned(),
        (_, _, true) => format!("Choisir {MOST} points au plus par demande."),
        _ => String::new(),
    };
    let has_errors = sheet.has_errors() || !points_error.is_empty();
    let controls = sheet.groups.into_iter().flat_map(|group| group.controls).collect();
    Typed { aims, chosen, points_error, message, due_at, controls, has_errors }
}

fn draw(
    app: &App,
    instructor: &ProjectInstructor,
    content: &Content,
    typed: Typed,
    (status, alert): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let mut frame = frame(instructor, "Demander une correction");
    if typed.has_errors {
        let links = typed.controls.iter().filter(|control| !control.error.is_empty()).map(|control| (format!("#{}", control.id), control.error.clone()));
        let points = (!typed.points_error.is_empty()).then(|| ("#points".to_owned(), typed.points_error.clone()));
        frame.alerts.push(Alert {
            class: "bad",
            heading: "La demande n’est pas partie".to_owned(),
            sentence: "À corriger\u{a0}:".to_owned(),
            links: points.into_iter().chain(links).collect(),
            is_focused: true,
        });
    }
    frame.alerts.extend(alert);
    html_with(
        status,
        &RequestPage {
            layout: layout(app, instructor, "Demander une correction"),
            frame,
            base: instructor.url(""),
            action: instructor.url("/corrections/nouvelle"),
            groups: choice::groups(content, &typed.chosen),
            points_error: typed.points_error,
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

/// The managers of the call choose the points to correct, in the last deposit.
pub async fn show(State(app): State<App>, instructor: ProjectInstructor, Query(asked): Asked) -> Result<Response, AppError> {
    policy::ask_correction(instructor.ties(), instructor.facts())?;
    let mut conn = app.db.acquire().await?;
    let content = deposited(&mut conn, &instructor).await?;
    let kept = suspended::typed(&mut conn, instructor.account(), &asked).await?;
    drop(conn);
    let mut typed = read(kept.as_ref(), Sheet::kept(kept.as_ref()), &content, instructor.now());
    // A link beside a question leads here with that question ticked.
    typed.chosen.extend(asked.get("point").cloned());
    draw(&app, &instructor, &content, typed, (StatusCode::OK, None))
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
    let typed = read(Some(&input), Sheet::of(Some(&input)), &content, instructor.now());
    if typed.has_errors {
        return draw(&app, &instructor, &content, typed, (StatusCode::UNPROCESSABLE_ENTITY, None));
    }
    let wish = Wish { aims: &typed.aims, message: &typed.message, due_at: typed.due_at };
    let (id, number) = store::ask(&mut tx, &instructor, locked.status, &wish).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "correction_requested", &number.to_string(), instructor.now()).await?;
    let title = people::title(&mut tx, instructor.project()).await?;
    let path = instructor.url(&format!("/corrections/{number}"));
    let aims: Vec<String> = typed.aims.iter().map(|aim| choice::named(aim, &content).0).collect();
    let said = texts::Correction { number, aims: &aims, message: &typed.message, due_at: typed.due_at };
    let key = format!("correction {id}");
    people::tell_team(&mut tx, &app, instructor.project(), ("correction", &key), |app| {
        texts::correction(app, About { title: &title, path: &path }, &said, false)
    })
    .await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &path).await?;
    tx.commit().await?;
    Ok(see(&path))
}
