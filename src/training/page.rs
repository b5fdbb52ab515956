//! A training, for the people of the carriers: its programme, and one's own seat in it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::enrolling;
use super::list::{HERE, layout, mine, over};
use super::manage::tag;
use super::model::{Course, Presence, Seat};
use super::store::{self, Own};
use crate::access::policy::training as policy;
use crate::access::{NumberPart, Refusal, TrainingGuest};
use crate::app::App;
use crate::call::frame::{Alert, Asked, at};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html_with, see};

/// A day, as shown.
struct DayView {
    id: i64,
    when: String,
    iso: String,
    note: String,
    place: String,
    file: String,
    /// It may still be ticked or unticked.
    is_open: bool,
    is_ticked: bool,
    /// What was recorded of one's own presence.
    presence: Option<Tag>,
}

#[derive(Template)]
#[template(path = "training/page.html")]
struct TrainingPage {
    layout: Layout,
    over: String,
    title: String,
    tag: Tag,
    span: String,
    alerts: Vec<Alert>,
    list: String,
    action: String,
    note: String,
    facts: Vec<(&'static str, String)>,
    reason: String,
    days: Vec<DayView>,
    mine: Option<(Tag, String)>,
    dossiers: Vec<(i64, String)>,
    dossier: i64,
    /// One may ask for a seat now.
    may_enrol: bool,
    /// The next seat is on the waiting list.
    is_full: bool,
    /// One has a seat or waits, and may still change that.
    may_leave: bool,
    has_others_waiting: bool,
    /// Why one may not enrol.
    refusal: String,
    /// Sentence beside the days.
    days_error: String,
    certificate: String,
    version: i32,
    operations: [Uuid; 2],
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    guest: &TrainingGuest,
    course: &Course,
    (status, alert, typed): (StatusCode, Option<Alert>, Option<&Input>),
) -> Result<Response, AppError> {
    let call = guest.call();
    let training = &course.training;
    let own = store::own(conn, call.id, guest.account()).await?.into_iter().find(|own| own.training == training.id);
    let seats = store::seats(conn, call.id).await?.get(&training.id).copied().unwrap_or_default();
    let dossiers = store::dossiers(conn, call.id, guest.account(), guest.now()).await?;
    let came = store::attendance(conn, training.id).await?;
    let seat = own.as_ref().map_or(Seat::Withdrawn, |own| own.seat);
    let enrolling = policy::enrol(guest.ties(), &course.rules(), guest.now());
    let address = |end: &str| at(&call.slug, &format!("{HERE}/{}{end}", training.number));
    let attended = own.as_ref().map_or(0, |own| own.attended.len());
    let page = TrainingPage {
        layout: layout(app, guest, training.title.clone()),
        over: over(call),
        title: training.title.clone(),
        tag: tag(course, guest.now()),
        span: course.span(),
        alerts: alert.into_iter().collect(),
        list: at(&call.slug, HERE),
        action: address(""),
        note: training.note.clone(),
        facts: facts(course, course.seats(seats, guest.now()), guest.now()),
        reason: training.cancel_reason.clone(),
        days: days(course, own.as_ref(), typed, &|end| address(end), guest, &came),
        mine: mine(course, own.as_ref()),
        dossier: own.as_ref().map(|own| own.project).or_else(|| dossiers.first().map(|(id, _)| *id)).unwrap_or_default(),
        dossiers,
        may_enrol: seat == Seat::Withdrawn && enrolling.is_ok(),
        is_full: i64::from(training.capacity) <= seats.enrolled,
        may_leave: seat != Seat::Withdrawn && policy::leave(guest.ties(), &course.rules(), guest.now()).is_ok(),
        has_others_waiting: seats.waiting > 0,
        refusal: enrolling.err().filter(|_| seat == Seat::Withdrawn).map(|refusal| refusal.sentence()).unwrap_or_default(),
        days_error: if status == StatusCode::UNPROCESSABLE_ENTITY { "Cocher au moins une journée.".to_owned() } else { String::new() },
        certificate: if policy::certificate(true, false, attended).is_ok() { address("/attestation.pdf") } else { String::new() },
        version: own.as_ref().map_or(0, |own| own.version),
        operations: std::array::from_fn(|_| Uuid::new_v4()),
    };
    html_with(status, &page)
}

fn facts(course: &Course, seats: String, now: OffsetDateTime) -> Vec<(&'static str, String)> {
    let training = &course.training;
    let bounds = match (training.opens_at.filter(|at| *at > now), training.closes_at) {
        (Some(opens), _) => format!("à partir du {}", moment::full(opens)),
        (_, Some(closes)) => format!("jusqu’au {}", moment::until(closes)),
        _ => "jusqu’au début de la dernière journée".to_owned(),
    };
    [
        ("Organisme de formation", training.trainer.clone()),
        ("Lieu", training.place.clone()),
        ("Adresse", training.address.clone()),
        ("Accès", training.access.clone()),
        ("Places", seats),
        ("Inscriptions", if course.is_past(now) { String::new() } else { bounds }),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .collect()
}

fn days(
    course: &Course,
    own: Option<&Own>,
    typed: Option<&Input>,
    address: &dyn Fn(&str) -> String,
    guest: &TrainingGuest,
    came: &std::collections::HashMap<(i64, i64), Presence>,
) -> Vec<DayView> {
    let skips = own.filter(|own| own.seat != Seat::Withdrawn).map(|own| own.skips.clone()).unwrap_or_default();
    let is_ticked = |id: i64| match typed {
        Some(input) => input.all("jour").any(|day| day == id.to_string()),
        None => !skips.contains(&id),
    };
    let view = |session: &super::model::Session| DayView {
        id: session.id,
        when: session.when(),
        iso: moment::iso(session.starts_at()),
        note: session.note.clone(),
        place: course.place(session).to_owned(),
        file: address(&format!("/journees/{}", session.id)),
        is_open: guest.now() < session.starts_at(),
        is_ticked: is_ticked(session.id),
        presence: came.get(&(session.id, guest.account().get())).map(|presence| presence.tag()),
    };
    course.days().map(view).collect()
}

/// Days on which one does not come: those that are still to come and not ticked, and of the others what was said before. Somebody
/// who enrols on the way missed those that have begun.
fn skips(course: &Course, own: Option<&Own>, input: &Input, now: OffsetDateTime) -> Vec<i64> {
    let before = own.filter(|own| own.seat != Seat::Withdrawn);
    let is_skipped = |session: &super::model::Session| {
        if now < session.starts_at() {
            !input.all("jour").any(|day| day == session.id.to_string())
        } else {
            before.is_none_or(|own| own.skips.contains(&session.id))
        }
    };
    course.days().filter(|session| is_skipped(session)).map(|session| session.id).collect()
}

/// The people of the carriers see a training of their call.
pub async fn show(State(app): State<App>, guest: TrainingGuest, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let course = store::course(&mut conn, guest.call().id, number).await?;
    let done = asked.0.get("fait").map(|what| match what.as_str() {
        "inscrit" => Alert::done("Vous êtes inscrit", "Un courriel le confirme. Chaque journée a son fichier d’agenda, ci-dessous."),
        "attente" => {
            Alert::done("Vous êtes sur la liste d’attente", "Si une place se libère, elle vous revient dans l’ordre de la liste, et un courriel vous le dit.")
        }
        "retrait" => {
            Alert::done("Votre place est rendue", "Un courriel le confirme. Tant que les inscriptions sont ouvertes, vous pouvez vous inscrire de nouveau.")
        }
        _ => Alert::done("Enregistré", "Vos journées sont à jour."),
    });
    page(&app, &mut conn, &guest, &course, (StatusCode::OK, done, None)).await
}

/// The people of the carriers enrol, say which days they come, or give their seat back.
pub async fn save(State(app): State<App>, guest: TrainingGuest, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let course = enrolling::hold(&mut tx, guest.call().id, number).await?;
    if let Some(done) = enrolling::already(&mut tx, course.training.id, operation).await? {
        return Ok(see(&done));
    }
    let own = store::own(&mut tx, guest.call().id, guest.account()).await?.into_iter().find(|own| own.training == course.training.id);
    let skips = skips(&course, own.as_ref(), &input, guest.now());
    let act = input.get("act");
    match act {
        "inscrire" => policy::enrol(guest.ties(), &course.rules(), guest.now())?,
        _ => policy::leave(guest.ties(), &course.rules(), guest.now())?,
    }
    if matches!(act, "inscrire" | "journees") && skips.len() == course.days().count() {
        return page(&app, &mut tx, &guest, &course, (StatusCode::UNPROCESSABLE_ENTITY, Some(nothing_ticked()), Some(&input))).await;
    }
    let done = match act {
        "inscrire" => {
            let project = dossier(&mut tx, &guest, &input).await?;
            if enrolling::enrol(&mut tx, &app, &guest, &course, (project, &skips)).await? == Seat::Waiting { "attente" } else { "inscrit" }
        }
        "journees" => {
            if own.as_ref().is_none_or(|own| own.version != seen) || !enrolling::skip(&mut tx, &guest, &course, &skips).await? {
                let alert = Alert {
                    is_focused: true,
                    ..Alert::refusal("Votre inscription a changé", "Elle a été modifiée ailleurs entre-temps. La voici à jour.")
                };
                return page(&app, &mut tx, &guest, &course, (StatusCode::CONFLICT, Some(alert), None)).await;
            }
            "journees"
        }
        "rendre" => {
            if !enrolling::leave(&mut tx, &app, &guest, &course).await? {
                return Err(Refusal::Because("Vous n’êtes pas inscrit à cette formation.").into());
            }
            "retrait"
        }
        _ => return Err(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.")),
    };
    let location = at(&guest.call().slug, &format!("{HERE}/{number}?fait={done}"));
    enrolling::remember(&mut tx, &guest, course.training.id, operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

fn nothing_ticked() -> Alert {
    Alert {
        class: "bad",
        links: vec![("#journees".to_owned(), "Cocher au moins une journée.".to_owned())],
        is_focused: true,
        ..Alert::refusal("Aucune journée n’est cochée", "Rien n’est enregistré pour l’instant.")
    }
}

/// The dossier for which one comes: the one chosen among one's own, or the only one.
async fn dossier(conn: &mut PgConnection, guest: &TrainingGuest, input: &Input) -> Result<i64, AppError> {
    let own = store::dossiers(conn, guest.call().id, guest.account(), guest.now()).await?;
    let asked = input.get("dossier");
    let found = if asked.is_empty() { own.first() } else { own.iter().find(|(id, _)| id.to_string() == asked) };
    found.map(|(id, _)| *id).ok_or(AppError::NotFound)
}
