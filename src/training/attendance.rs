//! Attendance of a day, for the managers: a line for each person enrolled, recorded together and corrected whenever a mistake is seen.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::manage::HERE;
use super::model::{Course, Presence, Seat, Session};
use super::store::{self, Enrolled};
use super::{enrolling, recording};
use crate::access::policy::training as policy;
use crate::access::{CallManager, KeyPart, NumberPart};
use crate::app::App;
use crate::call::frame::{Alert, Asked, Frame, at, layout};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::page::{Layout, html_with, see};
use crate::suspended::{self, KeptForm};

/// Somebody of the sheet.
struct LineView {
    account: i64,
    name: String,
    organisation: String,
    dossier: String,
    /// They said that they would not come.
    is_skipped: bool,
    /// Answer shown: as typed, or as recorded.
    answer: String,
    /// What is recorded, when it is not what was typed.
    held: String,
}

impl LineView {
    fn is(&self, answer: &str) -> bool {
        self.answer == answer
    }
}

#[derive(Template)]
#[template(path = "training/attendance.html")]
struct AttendancePage {
    layout: Layout,
    frame: Frame,
    back: String,
    action: String,
    sheet: String,
    lines: Vec<LineView>,
    answers: [(&'static str, &'static str); 4],
    version: i32,
    operation: Uuid,
}

const ANSWERS: [(&str, &str); 4] = [("present", "Présent"), ("absent", "Absent"), ("excused", "Excusé"), ("", "Non noté")];

/// Who is on the sheet of a day: who has a seat, and whoever was recorded.
fn expected(all: Vec<Enrolled>, session: i64, came: &HashMap<(i64, i64), Presence>) -> Vec<Enrolled> {
    let mut expected: Vec<Enrolled> = all.into_iter().filter(|line| line.seat == Seat::Enrolled || came.contains_key(&(session, line.account))).collect();
    expected.sort_by_key(|line| crate::kit::french::fold(&line.name));
    expected
}

fn session(course: &Course, key: &str) -> Result<Session, AppError> {
    key.parse().ok().and_then(|id| course.day(id)).cloned().ok_or(AppError::NotFound)
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    (course, session): (&Course, &Session),
    (status, alert, typed): (StatusCode, Option<Alert>, Option<&Input>),
) -> Result<Response, AppError> {
    let came = store::attendance(conn, course.training.id).await?;
    let people = expected(store::enrolled(conn, course.training.id, manager.account()).await?, session.id, &came);
    let slug = &manager.call().slug;
    let line = |person: Enrolled| {
        let held = came.get(&(session.id, person.account)).map_or("", |presence| presence.key());
        let answer = typed.map_or(held, |input| input.get(&format!("p-{}", person.account)));
        LineView {
            account: person.account,
            is_skipped: person.skips.contains(&session.id),
            dossier: person.title.unwrap_or_else(|| "Déport".to_owned()),
            name: person.name,
            organisation: person.organisation,
            held: if answer == held { String::new() } else { ANSWERS.iter().find(|(key, _)| *key == held).map_or("", |(_, word)| *word).to_owned() },
            answer: answer.to_owned(),
        }
    };
    let base = format!("{HERE}/{}", course.training.number);
    let frame = Frame::of(manager, format!("Présences du {}", crate::kit::moment::day(session.day)), HERE).lead(course.training.title.clone()).alert(alert);
    let page = AttendancePage {
        layout: layout(app, manager, "Présences"),
        frame,
        back: at(slug, &base),
        action: at(slug, &format!("{base}/presences/{}", session.id)),
        sheet: at(slug, &format!("{base}/emargement.pdf")),
        lines: people.into_iter().map(line).collect(),
        answers: ANSWERS,
        version: session.attendance_version,
        operation: Uuid::new_v4(),
    };
    html_with(status, &page)
}

/// The managers of a call see who came on a day of a training, from its beginning on.
pub async fn show(
    State(app): State<App>,
    manager: CallManager,
    NumberPart(number): NumberPart,
    KeyPart(key): KeyPart,
    asked: Asked,
) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let course = store::course(&mut conn, manager.call().id, number).await?;
    let session = session(&course, &key)?;
    policy::record(manager.call().is_manager, &course.rules(), session.starts_at(), manager.now())?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let alert = typed.as_ref().map(|_| {
        Alert::refusal("Votre saisie est revenue", "La session avait expiré pendant l’envoi\u{a0}: rien n’est enregistré. Relisez, puis enregistrez.")
    });
    page(&app, &mut conn, &manager, (&course, &session), (StatusCode::OK, alert, typed.as_ref())).await
}

/// The managers of a call record who came on a day, or correct it.
pub async fn save(
    State(app): State<App>,
    NumberPart(number): NumberPart,
    KeyPart(key): KeyPart,
    KeptForm(manager, input): KeptForm<CallManager>,
) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let call = manager.call();
    let course = enrolling::hold(&mut tx, call.id, number).await?;
    let session = session(&course, &key)?;
    policy::record(call.is_manager, &course.rules(), session.starts_at(), manager.now())?;
    if seen != session.attendance_version {
        let sentence = "Une autre personne a noté des présences entre-temps. Votre saisie est gardée ci-dessous, à côté de ce qui est enregistré. Choisissez.";
        let alert = Alert { is_focused: true, ..Alert::refusal("Deux saisies à la fois", sentence) };
        return page(&app, &mut tx, &manager, (&course, &session), (StatusCode::CONFLICT, Some(alert), Some(&input))).await;
    }
    let came = store::attendance(&mut tx, course.training.id).await?;
    let people = expected(store::enrolled(&mut tx, course.training.id, manager.account()).await?, session.id, &came);
    let answers: Vec<(i64, Option<Presence>)> =
        people.iter().map(|person| (person.account, Presence::parse(input.get(&format!("p-{}", person.account))))).collect();
    recording::save(&mut tx, &manager, (&course, &session), &answers).await?;
    let location = at(&call.slug, &format!("{HERE}/{number}?fait=presences"));
    let subject = format!("{number} {}", session.id);
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "training_attendance", subject: &subject }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
