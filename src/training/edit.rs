//! A training, for the managers of its call: its programme, who is enrolled and who waits, its papers, its cancellation.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::manage::{HERE, tag};
use super::model::{Course, Seat, Seats, Session};
use super::roster::{DayView, PersonView, day_views, person_view};
use super::store::{self, Enrolled};
use super::{enrolling, people, programme, write};
use crate::access::{CallManager, NumberPart, Refusal};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, Frame, at, layout};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::mail::training::{self as texts, About};
use crate::page::{Layout, Tag, html_with, see};
use crate::suspended::{self, KeptForm};

#[derive(Template)]
#[template(path = "training/edit.html")]
struct EditPage {
    layout: Layout,
    frame: Frame,
    tag: Tag,
    seats: String,
    list: String,
    days: Vec<DayView>,
    sheet: String,
    enrolled: Vec<PersonView>,
    waiting: Vec<PersonView>,
    form: FormView,
    /// The form of a cancellation; nothing once it is cancelled.
    cancel: Option<FormView>,
    /// Why it is cancelled.
    reason: String,
    restore: String,
    version: i32,
    operation: Uuid,
}

/// Which form was posted, as it was read.
enum Posted<'a> {
    Programme(Sheet<'a>, i32),
    Cancellation(Sheet<'a>),
}

fn reason(sheet: &mut Sheet<'_>) -> String {
    let spec = Spec::new("motif", "Motif").hint("Une phrase, que reçoivent les personnes inscrites ou en attente.").range(3, 500);
    let reason = sheet.read(spec, &String::new());
    if reason.chars().count() < 3 {
        sheet.refuse("motif", "Écrire le motif en quelques mots.");
    }
    reason
}

/// The form of the programme: as held, or as it came back.
fn programme_form(manager: &CallManager, course: &Course, seats: Seats, typed: Option<(Sheet<'_>, i32)>) -> FormView {
    let (sheet, seen) = typed.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        programme::read(&mut sheet, course, seats);
        (sheet, course.training.version)
    });
    let action = at(&manager.call().slug, &format!("{HERE}/{}", course.training.number));
    FormView::of(sheet, ("programme", "Programme", "Enregistrer le programme"), action, seen).intro(
        "Un changement de jour, d’heure ou de lieu est dit par courriel aux personnes inscrites ou en attente. Remplir la dernière fiche ajoute une journée.",
    )
}

/// The form of a cancellation; nothing once it is cancelled.
fn cancel_form(manager: &CallManager, course: &Course, typed: Option<Sheet<'_>>) -> Option<FormView> {
    let training = &course.training;
    let sheet = typed.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        reason(&mut sheet);
        sheet
    });
    let base = format!("{HERE}/{}", training.number);
    let form = FormView::of(
        sheet,
        ("annuler", "Annuler la formation", "Annuler la formation"),
        at(&manager.call().slug, &format!("{base}/annulation")),
        training.version,
    );
    let intro = "Les personnes inscrites ou en attente sont prévenues. Leur inscription est gardée, si la formation est rétablie.";
    training.cancelled_at.is_none().then(|| form.back(at(&manager.call().slug, &base)).intro(intro).main_if(false))
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    course: &Course,
    posted: Option<Posted<'_>>,
    (status, done): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let (slug, training) = (&manager.call().slug, &course.training);
    let seats = store::seats(conn, manager.call().id).await?.get(&training.id).copied().unwrap_or_default();
    let all = store::enrolled(conn, training.id, manager.account()).await?;
    let came = store::attendance(conn, training.id).await?;
    let base = format!("{HERE}/{}", training.number);
    let (typed, cancelled) = match posted {
        Some(Posted::Programme(sheet, seen)) => (Some((sheet, seen)), None),
        Some(Posted::Cancellation(sheet)) => (None, Some(sheet)),
        None => (None, None),
    };
    let form = programme_form(manager, course, seats, typed);
    let cancel = cancel_form(manager, course, cancelled);
    let forms: Vec<&FormView> = std::iter::once(&form).chain(cancel.as_ref()).collect();
    let frame = alerts(Frame::of(manager, training.title.clone(), HERE).lead(course.span()), &forms, done);
    let person = |line: &Enrolled| person_view(manager, course, line, &came);
    let page = EditPage {
        layout: layout(app, manager, &training.title),
        frame,
        tag: tag(course, manager.now()),
        seats: course.seats(seats, manager.now()),
        list: at(slug, HERE),
        days: day_views(manager, course, &came),
        sheet: at(slug, &format!("{base}/emargement.pdf")),
        enrolled: all.iter().filter(|line| line.seat != Seat::Waiting).map(person).collect(),
        waiting: all.iter().filter(|line| line.seat == Seat::Waiting).map(person).collect(),
        form,
        cancel,
        reason: training.cancel_reason.clone(),
        restore: at(slug, &format!("{base}/annulation")),
        version: training.version,
        operation: Uuid::new_v4(),
    };
    html_with(status, &page)
}

fn alerts(mut frame: Frame, forms: &[&FormView], done: Option<Alert>) -> Frame {
    frame = frame.alert(done);
    for form in forms {
        let form = std::slice::from_ref(*form);
        frame = frame.alert(Alert::unsaved(form)).alert(Alert::errors(form)).alert(Alert::conflict(form));
    }
    frame
}

/// The managers of a call see a training and who is enrolled.
pub async fn show(State(app): State<App>, manager: CallManager, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let course = store::course(&mut conn, manager.call().id, number).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let posted = typed.as_ref().map(|input| {
        let mut sheet = Sheet::kept(Some(input));
        programme::read(&mut sheet, &course, Seats::default());
        let seen = sheet.seen(course.training.version);
        Posted::Programme(sheet, seen)
    });
    let done = asked.0.get("fait").map(|what| match what.as_str() {
        "cree" => Alert::done("Formation créée", "Les personnes des dossiers la voient et s’y inscrivent dès l’ouverture des inscriptions."),
        "annulee" => Alert::done("Formation annulée", "Les personnes inscrites ou en attente sont prévenues. Elle peut être rétablie ci-dessous."),
        "retablie" => Alert::done("Formation rétablie", "Les personnes inscrites ou en attente sont prévenues."),
        "presences" => Alert::done("Présences enregistrées", "Les attestations et les pages des dossiers sont à jour."),
        _ => Alert::done("Enregistré", "La page publique et les calendriers sont à jour."),
    });
    page(&app, &mut conn, &manager, &course, posted, (StatusCode::OK, done)).await
}

/// The managers of a call change a training; more seats go at once to those who wait.
pub async fn save(State(app): State<App>, NumberPart(number): NumberPart, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let call = manager.call();
    let course = enrolling::hold(&mut tx, call.id, number).await?;
    let seats = store::seats(&mut tx, call.id).await?.get(&course.training.id).copied().unwrap_or_default();
    let mut sheet = Sheet::of(Some(&input));
    let new = programme::read(&mut sheet, &course, seats);
    if course.is_past(manager.now()) && new.training.capacity != course.training.capacity {
        // More seats would go to people who can no longer come.
        sheet.refuse("capacity", "La formation est terminée ou annulée\u{a0}: le nombre de places ne change plus.");
    }
    if let Some(status) = sheet.verdict(seen == course.training.version) {
        let next = if status == StatusCode::CONFLICT { course.training.version } else { seen };
        return page(&app, &mut tx, &manager, &course, Some(Posted::Programme(sheet, next)), (status, None)).await;
    }
    let location = at(&call.slug, &format!("{HERE}/{number}?fait=1"));
    if !sheet.changes.is_empty() {
        let is_moved = programme::is_moved(&course, &new);
        write::save(&mut tx, &manager, &course, &new).await?;
        let course = store::course(&mut tx, call.id, number).await?;
        let about = About { course: &course, slug: &call.slug };
        if is_moved && !course.is_past(manager.now()) {
            people::tell_all(&mut tx, &app, about, &format!("changed {}", course.training.version), texts::changed).await?;
        }
        let lines = enrolling::release(&mut tx, &app, (&course, &call.slug), manager.now()).await?;
        people::record(&mut tx, lines, manager.now()).await?;
        let subject = format!("{number}\n{}", sheet.notes());
        calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "training_changed", subject: &subject }).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of a call cancel a training, with a reason, or restore it; not once somebody was recorded as present.
pub async fn cancel(State(app): State<App>, NumberPart(number): NumberPart, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let call = manager.call();
    let course = enrolling::hold(&mut tx, call.id, number).await?;
    let is_restored = input.get("act") == "retablir";
    if is_restored == course.training.cancelled_at.is_none() || seen != course.training.version {
        let alert = Alert { is_focused: true, ..Alert::refusal("La formation a changé", "Une autre personne l’a modifiée entre-temps. La voici à jour.") };
        return page(&app, &mut tx, &manager, &course, None, (StatusCode::CONFLICT, Some(alert))).await;
    }
    if course.days().any(Session::is_recorded) {
        return Err(Refusal::Because("Des présences y sont notées\u{a0}: cette formation a eu lieu.").into());
    }
    let mut sheet = Sheet::of(Some(&input));
    let reason = if is_restored { String::new() } else { reason(&mut sheet) };
    if sheet.has_errors() {
        return page(&app, &mut tx, &manager, &course, Some(Posted::Cancellation(sheet)), (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
    }
    write::cancel(&mut tx, &manager, &course, (!is_restored).then_some(reason.as_str())).await?;
    let course = store::course(&mut tx, call.id, number).await?;
    let about = About { course: &course, slug: &call.slug };
    people::tell_all(&mut tx, &app, about, &format!("cancelled {}", course.training.version), |app, about, _| texts::cancelled(app, about, is_restored))
        .await?;
    let lines = enrolling::release(&mut tx, &app, (&course, &call.slug), manager.now()).await?;
    people::record(&mut tx, lines, manager.now()).await?;
    let (act, done) = if is_restored { ("training_restored", "retablie") } else { ("training_cancelled", "annulee") };
    let location = at(&call.slug, &format!("{HERE}/{number}?fait={done}"));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &number.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
