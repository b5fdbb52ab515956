//! The verdict on the pieces: admissible or not, with its reason, told to the carrier at once. It says nothing of the project itself.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::acts::back;
use super::checklist::CHECKS;
use super::page::{frame, layout};
use super::people;
use super::store::{self, Held};
use crate::access::{ProjectInstructor, Refusal, Status, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::journal;
use crate::kit::french::{count, list};
use crate::mail::instruction::{self as texts, About};
use crate::page::{Layout, html_with, see};
use crate::project::units;
use crate::submission::store::remember;
use crate::suspended::KeptForm;

#[derive(Template)]
#[template(path = "instruction/form.html")]
struct VerdictPage {
    layout: Layout,
    frame: Frame,
    form: FormView,
    before: Vec<String>,
    out: (String, &'static str),
}

/// Lines of the list not judged, and judged not to hold.
fn left(held: &Held) -> (Vec<&'static str>, Vec<&'static str>) {
    let of = |key: &str| held.checks.iter().find(|judged| judged.item == key).map(|judged| judged.judgement.as_str());
    let labels = |wanted: &dyn Fn(Option<&str>) -> bool| CHECKS.iter().filter(|check| wanted(of(check.key))).map(|check| check.label).collect();
    (labels(&|judged| judged.is_none()), labels(&|judged| judged == Some("unmet")))
}

fn read(sheet: &mut Sheet<'_>, held: &Held) -> (String, String) {
    let outcome = sheet.read(Spec::new("decision", "Décision").radios(&[("admissible", "recevable"), ("inadmissible", "irrecevable")]), &String::new());
    let reason = sheet.read(
        Spec::new("motif", "Motif").hint("Lu par l’équipe du dossier, et repris dans son courriel. Facultatif quand tout est rempli.").long(4000).optional(),
        &String::new(),
    );
    if outcome.is_empty() {
        sheet.refuse("decision", "Choisir une décision.");
    }
    let (_, unmet) = left(held);
    if reason.chars().count() < 3 && outcome == "inadmissible" {
        sheet.refuse("motif", "Écrire le motif de l’irrecevabilité.");
    } else if reason.chars().count() < 3 && outcome == "admissible" && !unmet.is_empty() {
        sheet.refuse("motif", format!("Dire pourquoi le dossier est recevable malgré\u{a0}: {}.", list(&unmet)));
    }
    (outcome, reason)
}

fn draw(app: &App, instructor: &ProjectInstructor, held: &Held, sheet: Sheet<'_>, (status, alert): (StatusCode, Option<Alert>)) -> Result<Response, AppError> {
    let action = instructor.url("/instruction/decision");
    let out = instructor.url("/instruction");
    let form = FormView::of(sheet, ("verdict", "Décider de la recevabilité", "Décider et prévenir l’équipe"), action, held.version).back(out.clone());
    let (open, unmet) = left(held);
    let mut before = vec!["La décision ne porte que sur les pièces et les conditions. Elle est définitive, et l’équipe du dossier la lit aussitôt.".to_owned()];
    if !open.is_empty() {
        before.push(format!("{} à juger d’abord\u{a0}: {}.", count(open.len(), "point reste", "points restent"), list(&open)));
    }
    if !unmet.is_empty() {
        before.push(format!("Jugés non remplis\u{a0}: {}.", list(&unmet)));
    }
    let mut frame = frame(instructor, "Décision de recevabilité");
    let forms = [form];
    frame.alerts.extend([alert, Alert::unsaved(&forms), Alert::errors(&forms)].into_iter().flatten());
    let [form] = forms;
    html_with(status, &VerdictPage { layout: layout(app, instructor, "Décision de recevabilité"), frame, form, before, out: (out, "Revenir à l’instruction") })
}

/// The managers of the call prepare the verdict.
pub async fn show(State(app): State<App>, instructor: ProjectInstructor, axum::extract::Query(asked): super::page::Asked) -> Result<Response, AppError> {
    policy::admit(instructor.ties(), instructor.facts())?;
    let mut conn = app.db.acquire().await?;
    let held = store::held(&mut conn, instructor.project()).await?;
    let typed = crate::suspended::typed(&mut conn, instructor.account(), &asked).await?;
    let mut sheet = Sheet::kept(typed.as_ref());
    read(&mut sheet, &held);
    draw(&app, &instructor, &held, sheet, (StatusCode::OK, None))
}

/// The managers of the call decide, once every line of the list is judged; state, journal and mails are one transaction.
pub async fn save(State(app): State<App>, KeptForm(instructor, input): KeptForm<ProjectInstructor>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::admit(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let held = store::held(&mut tx, instructor.project()).await?;
    if !left(&held).0.is_empty() {
        return Err(Refusal::Because("Chaque point de la liste de recevabilité se juge avant la décision.").into());
    }
    let mut sheet = Sheet::of(Some(&input));
    let (outcome, reason) = read(&mut sheet, &held);
    if sheet.has_errors() {
        return draw(&app, &instructor, &held, sheet, (StatusCode::UNPROCESSABLE_ENTITY, None));
    }
    if seen != held.version {
        let alert = Alert::refusal("La liste a changé", "Une autre personne a modifié la liste de recevabilité. Relisez-la, puis décidez.");
        return draw(&app, &instructor, &held, sheet, (StatusCode::CONFLICT, Some(alert)));
    }
    let location = back(&instructor, "decision");
    let to = if outcome == "admissible" { Status::Admissible } else { Status::Inadmissible };
    decide(&mut tx, &app, &instructor, to, &reason).await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

async fn decide(conn: &mut PgConnection, app: &App, instructor: &ProjectInstructor, to: Status, reason: &str) -> Result<(), AppError> {
    let verdict = store::decide(conn, instructor, to, reason).await?;
    store::walk(conn, instructor.project(), to).await?;
    journal::record(conn, instructor.project(), instructor.account(), "admissibility_decided", to.as_str(), instructor.now()).await?;
    let (title, path) = (people::title(conn, instructor.project()).await?, instructor.url(""));
    let key = format!("verdict {verdict}");
    people::tell_team(conn, app, instructor.project(), ("verdict", &key), |app| {
        texts::decided(app, About { title: &title, path: &path }, to == Status::Admissible, reason)
    })
    .await?;
    Ok(())
}
