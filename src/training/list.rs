//! The trainings of a call, for the people of its carriers: when, where, how many seats, and where one is with each.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::manage::tag;
use super::model::{Course, Seat};
use super::store::{self, Own};
use crate::access::{CallPlace, TrainingGuest};
use crate::app::App;
use crate::call::frame::at;
use crate::error::AppError;
use crate::kit::french::{NBSP, count};
use crate::page::{Layout, Tag, html};

/// Address of the page.
pub const HERE: &str = "/formations";

/// A training of the list.
struct TrainingView {
    href: String,
    title: String,
    span: String,
    place: String,
    seats: String,
    tag: Tag,
    mine: Option<(Tag, String)>,
    is_past: bool,
}

#[derive(Template)]
#[template(path = "training/list.html")]
struct ListPage {
    layout: Layout,
    over: String,
    coming: Vec<TrainingView>,
    past: Vec<TrainingView>,
    calendar: String,
    network: String,
    questions: String,
}

/// Masthead and running head of a page for the participants of a call.
pub fn layout(app: &App, guest: &TrainingGuest, title: impl Into<String>) -> Layout {
    Layout { run: (over(guest.call()), String::new()), ..Layout::personal(app, guest.visitor(), title, HERE) }
}

/// "Appel EIT 2014-2015".
pub fn over(call: &CallPlace) -> String {
    format!("Appel {} {}", call.title, call.edition)
}

/// Where one is with a training: tag, and a few words.
pub fn mine(course: &Course, own: Option<&Own>) -> Option<(Tag, String)> {
    let own = own?;
    let total = course.days().count();
    let attended = own.attended.len();
    let followed = if attended == 0 { String::new() } else { format!("{} sur {total}", count(attended, "journée suivie", "journées suivies")) };
    match own.seat {
        Seat::Enrolled => Some((Tag { class: "done", word: "Inscrit" }, followed)),
        Seat::Waiting => Some((Tag { class: "warn", word: "En attente" }, format!("rang{NBSP}{}", own.ahead + 1))),
        Seat::Withdrawn if attended > 0 => Some((Tag { class: "off", word: "Place rendue" }, followed)),
        Seat::Withdrawn => None,
    }
}

/// The people of the carriers see the trainings of their call.
pub async fn show(State(app): State<App>, guest: TrainingGuest) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = guest.call();
    let courses = store::courses(&mut conn, call.id, None).await?;
    let seats = store::seats(&mut conn, call.id).await?;
    let own = store::own(&mut conn, call.id, guest.account()).await?;
    drop(conn);
    let view = |course: &Course| TrainingView {
        href: at(&call.slug, &format!("{HERE}/{}", course.training.number)),
        title: course.training.title.clone(),
        span: course.span(),
        place: course.training.place.clone(),
        seats: course.seats(seats.get(&course.training.id).copied().unwrap_or_default(), guest.now()),
        tag: tag(course, guest.now()),
        mine: mine(course, own.iter().find(|own| own.training == course.training.id)),
        is_past: course.is_past(guest.now()),
    };
    let (past, coming): (Vec<_>, Vec<_>) = courses.iter().map(view).partition(|training| training.is_past);
    html(&ListPage {
        layout: layout(&app, &guest, "Formations"),
        over: over(call),
        coming,
        past,
        calendar: format!("/appels/{}/calendrier", call.slug),
        network: at(&call.slug, "/reseau"),
        questions: at(&call.slug, "/questions"),
    })
}
