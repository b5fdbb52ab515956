//! One instance: its day, its reference, its text, what it says of each dossier; recorded once it says its word of all.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::chain::{self, HERE};
use super::store::{self, Instance, Outcome};
use super::write;
use crate::access::{CallManager, NumberPart, Refusal};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, Frame, at, layout};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, filters, html_with, see};
use crate::suspended::{self, KeptForm};

struct OutcomeView {
    number: i32,
    title: String,
    label: String,
    former: &'static str,
    result: &'static str,
    note: String,
}

#[derive(Template)]
#[template(path = "decision/instance.html")]
struct InstancePage {
    layout: Layout,
    frame: Frame,
    back: String,
    form: Option<FormView>,
    action: String,
    facts: Vec<(&'static str, String)>,
    text: String,
    outcomes: Vec<OutcomeView>,
    away: String,
    version: i32,
    operation: Uuid,
}

/// What the form says of the dossiers that the manager follows.
type Results = Vec<(i64, Option<String>, String)>;

fn read(sheet: &mut Sheet<'_>, instance: &Instance, outcomes: &[Outcome]) -> (Option<time::Date>, String, String, Results) {
    let (held_on, reference, text) = chain::read(sheet, Some(instance));
    let mut options = vec![(String::new(), "pas encore".to_owned())];
    options.extend(instance.kind.results().iter().map(|(key, word)| ((*key).to_owned(), (*word).to_owned())));
    let mut results = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        let project = outcome.project;
        sheet.group(format!("N°\u{a0}{}, {}", outcome.number, outcome.title));
        let former = instance.kind.former().map(|former| (former.word(), former.said(outcome.former.as_deref())));
        let hint = former.map(|(who, said)| format!("{who}\u{a0}: {}.", said.to_lowercase())).unwrap_or_default();
        let result =
            sheet.read(Spec::new(format!("result-{project}"), "Décision").hint(hint).among(options.clone()), &outcome.result.clone().unwrap_or_default());
        let note = sheet.read(Spec::new(format!("note-{project}"), "Motif ou réserve").range(0, 1000).optional(), &outcome.note);
        results.push((project, Some(result).filter(|result| !result.is_empty()), note));
    }
    (held_on, reference, text, results)
}

fn view(instance: &Instance, outcome: &Outcome) -> OutcomeView {
    OutcomeView {
        number: outcome.number,
        title: outcome.title.clone(),
        label: outcome.label.clone(),
        former: instance.kind.former().map_or("", |former| former.said(outcome.former.as_deref())),
        result: instance.kind.said(outcome.result.as_deref()),
        note: outcome.note.clone(),
    }
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    instance: &Instance,
    (status, alert, sheet): (StatusCode, Option<Alert>, Option<(Sheet<'_>, i32)>),
) -> Result<Response, AppError> {
    let slug = &manager.call().slug;
    let (outcomes, away) = store::outcomes(conn, manager, instance).await?;
    let path = format!("{HERE}/instances/{}", instance.id);
    let form = instance.recorded_at.is_none().then(|| {
        let (sheet, seen) = sheet.unwrap_or_else(|| {
            let mut sheet = Sheet::of(None);
            let _ = read(&mut sheet, instance, &outcomes);
            (sheet, instance.version)
        });
        FormView::of(sheet, ("enregistrer", "Ce que dit l’instance", "Enregistrer"), at(slug, &path), seen)
    });
    let shown = form.as_slice();
    let frame =
        Frame::of(manager, instance.kind.word(), HERE).alert(alert).alert(Alert::unsaved(shown)).alert(Alert::errors(shown)).alert(Alert::conflict(shown));
    let mut facts = vec![("Date", moment::day(instance.held_on)), ("Référence", instance.reference.clone())];
    facts.extend(instance.recorded_at.map(|at| ("Arrêtée le", moment::full(at))));
    html_with(
        status,
        &InstancePage {
            layout: layout(app, manager, instance.kind.word()),
            frame,
            back: at(slug, HERE),
            form,
            action: at(slug, &path),
            facts,
            text: instance.text.clone(),
            outcomes: outcomes.iter().map(|outcome| view(instance, outcome)).collect(),
            away: if away == 0 { String::new() } else { count(away, "dossier", "dossiers") },
            version: instance.version,
            operation: Uuid::new_v4(),
        },
    )
}

/// An instance of the manager's call; minutes stand for that of a meeting.
async fn find(conn: &mut PgConnection, manager: &CallManager, number: i64) -> Result<Instance, AppError> {
    let found = store::instances(conn, manager.call().id, Some(number)).await?;
    found.into_iter().find(|instance| instance.meeting.is_none()).ok_or(AppError::NotFound)
}

/// The managers of a call see what an instance says of the dossiers that they follow.
pub async fn show(State(app): State<App>, manager: CallManager, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let instance = find(&mut conn, &manager, number).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let outcomes = store::outcomes(&mut conn, &manager, &instance).await?.0;
    let kept = typed.as_ref().map(|input| {
        let mut sheet = Sheet::kept(Some(input));
        let _ = read(&mut sheet, &instance, &outcomes);
        let seen = sheet.seen(instance.version);
        (sheet, seen)
    });
    let done = asked.0.contains_key("fait").then(|| Alert::done("Enregistré", "Ce que dit l’instance est à jour."));
    draw(&app, &mut conn, &manager, &instance, (StatusCode::OK, done, kept)).await
}

/// The managers of a call write what an instance says, then record it.
pub async fn save(State(app): State<App>, NumberPart(number): NumberPart, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let instance = find(&mut tx, &manager, number).await?;
    if instance.recorded_at.is_some() {
        return Err(Refusal::Because("Cette instance est arrêtée\u{a0}: ce qu’elle a dit ne change plus.").into());
    }
    let is_record = input.get("act") == "arreter";
    if is_record {
        if seen != instance.version {
            let alert = Alert::refusal("L’instance a changé", "Une autre personne l’a modifiée. La voici à jour\u{a0}: relisez-la avant de l’arrêter.");
            return draw(&app, &mut tx, &manager, &instance, (StatusCode::CONFLICT, Some(alert), None)).await;
        }
        if !write::record_instance(&mut tx, &manager, &instance).await? {
            let alert =
                Alert {
                    class: "bad", is_focused: true, ..Alert::refusal("L’instance n’est pas arrêtée", "Il manque sa décision sur un dossier au moins.")
                };
            return draw(&app, &mut tx, &manager, &instance, (StatusCode::UNPROCESSABLE_ENTITY, Some(alert), None)).await;
        }
    } else {
        let outcomes = store::outcomes(&mut tx, &manager, &instance).await?.0;
        let mut sheet = Sheet::of(Some(&input));
        let (held_on, reference, text, results) = read(&mut sheet, &instance, &outcomes);
        if let Some(status) = sheet.verdict(seen == instance.version) {
            let next = if status == StatusCode::CONFLICT { instance.version } else { seen };
            return draw(&app, &mut tx, &manager, &instance, (status, None, Some((sheet, next)))).await;
        }
        write::save_instance(&mut tx, &instance, (held_on.unwrap_or(instance.held_on), &reference, &text), &results).await?;
    }
    let act = if is_record { "instance_recorded" } else { "instance_saved" };
    let location = at(&manager.call().slug, &format!("{HERE}/instances/{number}?fait=1"));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &number.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
