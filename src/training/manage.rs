//! The trainings of a call, for its managers: those there are, and a new one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{Course, Seats};
use super::{programme, store, write};
use crate::access::CallManager;
use crate::app::App;
use crate::call::form::{FormView, Sheet};
use crate::call::frame::{Alert, Asked, Frame, at, layout};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::page::{Layout, Tag, html_with, see};
use crate::suspended::{self, KeptForm};

/// Address of the page.
pub const HERE: &str = "/appel/formations";

/// A training of the list.
struct TrainingView {
    href: String,
    title: String,
    span: String,
    seats: String,
    tag: Tag,
}

#[derive(Template)]
#[template(path = "training/manage.html")]
struct ManagePage {
    layout: Layout,
    frame: Frame,
    trainings: Vec<TrainingView>,
    form: FormView,
    public: String,
}

/// State of a training, as a tag.
pub fn tag(course: &Course, now: OffsetDateTime) -> Tag {
    let rules = course.rules();
    let closes_at = rules.closes_at.into_iter().chain(rules.last_begins_at).min();
    let (class, word) = match (rules.is_cancelled, rules.ends_at, rules.opens_at, closes_at) {
        (true, ..) => ("bad", "Annulée"),
        (_, None, ..) => ("todo", "Dates à fixer"),
        (_, Some(end), ..) if end <= now => ("off", "Terminée"),
        (_, _, Some(opens), _) if now < opens => ("todo", "Inscriptions à venir"),
        (_, _, _, Some(closes)) if now >= closes => ("doing", "Inscriptions closes"),
        _ => ("doing", "Inscriptions ouvertes"),
    };
    Tag { class, word }
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    sheet: Option<Sheet<'_>>,
    (status, done): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let call = manager.call();
    let courses = store::courses(conn, call.id, None).await?;
    let seats = store::seats(conn, call.id).await?;
    let sheet = sheet.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        programme::read(&mut sheet, &programme::blank(""), Seats::default());
        sheet
    });
    let form = FormView::of(sheet, ("nouvelle", "Prévoir une formation", "Créer la formation"), at(&call.slug, HERE), 0).intro(
        "La première journée se fixe ici, les suivantes sur la page de la formation. Seules les personnes des dossiers de l’appel s’y inscrivent (R100).",
    );
    let view = |course: &Course| TrainingView {
        href: at(&call.slug, &format!("{HERE}/{}", course.training.number)),
        title: course.training.title.clone(),
        span: course.span(),
        seats: course.seats(seats.get(&course.training.id).copied().unwrap_or_default(), manager.now()),
        tag: tag(course, manager.now()),
    };
    let frame = Frame::of(manager, "Formations", HERE)
        .lead("Programme, inscriptions, présences. Les formations ne sont ni obligatoires, ni notées.")
        .alert(done)
        .alert(Alert::unsaved(std::slice::from_ref(&form)))
        .alert(Alert::errors(std::slice::from_ref(&form)));
    let page = ManagePage {
        layout: layout(app, manager, "Formations"),
        trainings: courses.iter().map(view).collect(),
        public: format!("/appels/{}/calendrier", call.slug),
        frame,
        form,
    };
    html_with(status, &page)
}

/// The managers of a call see its trainings.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let sheet = typed.as_ref().map(|input| {
        let mut sheet = Sheet::kept(Some(input));
        programme::read(&mut sheet, &programme::blank(""), Seats::default());
        sheet
    });
    page(&app, &mut conn, &manager, sheet, (StatusCode::OK, None)).await
}

/// The managers of a call create a training.
pub async fn save(State(app): State<App>, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let mut sheet = Sheet::of(Some(&input));
    let new = programme::read(&mut sheet, &programme::blank(""), Seats::default());
    // A form without one of these controls is not one of ours: it holds nothing to correct, and creates nothing.
    if new.training.title.is_empty() {
        sheet.refuse("title", "Écrire l’intitulé.");
    }
    if new.sessions.is_empty() && !sheet.has_errors() {
        sheet.refuse("day-0", "Écrire le jour.");
    }
    if sheet.has_errors() {
        return page(&app, &mut tx, &manager, Some(sheet), (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
    }
    let (_, number) = write::create(&mut tx, &manager, &new).await?;
    let location = at(&manager.call().slug, &format!("{HERE}/{number}?fait=cree"));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "training_created", subject: &number.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
