//! Asking somebody outside for an opinion, reminding them, taking the request back.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use time::{Duration, OffsetDateTime, Time};

use super::links;
use super::store::{self, Opinion, Wish};
use crate::access::{NumberPart, ProjectInstructor, Refusal, Status, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::input::Input;
use crate::instruction::page::{Asked, frame, layout};
use crate::journal;
use crate::kit::moment;
use crate::page::{Layout, html_with, see};
use crate::project::units;
use crate::submission::store::remember;
use crate::suspended::{self, KeptForm};

#[derive(Template)]
#[template(path = "instruction/form.html")]
struct AskPage {
    layout: Layout,
    frame: Frame,
    form: FormView,
    before: Vec<String>,
    out: (String, &'static str),
}

struct Typed {
    name: String,
    organisation: String,
    email: String,
    question: String,
    due_at: OffsetDateTime,
    is_confidential: bool,
}

fn read(sheet: &mut Sheet<'_>, now: OffsetDateTime) -> Typed {
    let (day, _) = moment::paris_parts(now + Duration::days(22));
    let proposed = moment::from_paris(day, Time::MIDNIGHT).unwrap_or(now + Duration::days(21));
    let none = String::new();
    let typed = Typed {
        name: sheet.read(Spec::new("nom", "Prénom et nom").range(0, 120), &none),
        organisation: sheet.read(Spec::new("organisation", "Organisation").range(0, 160).optional(), &none),
        email: sheet
            .read(Spec::new("courriel", "Adresse électronique").hint("Un lien personnel y est envoyé. Aucun compte n’est créé.").email().range(0, 254), &none),
        question: sheet.read(Spec::new("question", "Ce qui est demandé").hint("Une ou deux questions précises.").long(2000).optional(), &none),
        due_at: sheet.read(Spec::new("echeance", "Réponse attendue avant le").hint("Heure de Paris. Un rappel part trois jours avant.").bound(), &proposed),
        is_confidential: sheet.read(Spec::new("confidentiel", "Confidentiel\u{a0}: seuls les gestionnaires de l’appel lisent cet avis"), &false),
    };
    if typed.name.is_empty() {
        sheet.refuse("nom", "Écrire le prénom et le nom de la personne.");
    }
    if typed.email.is_empty() {
        sheet.refuse("courriel", "Écrire l’adresse électronique de la personne.");
    }
    if typed.due_at < now + Duration::hours(1) {
        sheet.refuse("echeance", "Choisir un instant à venir, dans une heure au moins.");
    } else if typed.due_at > now + Duration::days(366) {
        sheet.refuse("echeance", "Choisir un instant dans l’année qui vient.");
    }
    typed
}

fn draw(app: &App, instructor: &ProjectInstructor, sheet: Sheet<'_>, status: StatusCode) -> Result<Response, AppError> {
    let out = instructor.url("/avis");
    let form = FormView::of(sheet, ("avis", "La demande", "Envoyer la demande"), instructor.url("/avis/nouveau"), 0).back(out.clone());
    let mut frame = frame(instructor, "Demander un avis extérieur");
    let forms = [form];
    frame.alerts.extend([Alert::unsaved(&forms), Alert::errors(&forms)].into_iter().flatten());
    let [form] = forms;
    let before = vec![
        "La personne reçoit un lien qui montre le dernier dépôt, sans ce que le porteur a marqué confidentiel ni les pièces jointes, et un court formulaire. \
         Le porteur n’en sait rien."
            .to_owned(),
    ];
    html_with(status, &AskPage { layout: layout(app, instructor, "Demander un avis"), frame, form, before, out: (out, "Revenir aux avis") })
}

/// An opinion is asked on a deposit, until the examination of the dossier is over.
fn askable(instructor: &ProjectInstructor, status: Status, has_deposit: bool) -> Result<(), Refusal> {
    policy::instruct(instructor.ties(), instructor.facts())?;
    if !has_deposit {
        return Err(Refusal::Because("Le dossier n’est pas déposé\u{a0}: il n’y a rien à montrer."));
    }
    match status {
        Status::Laureate | Status::NotSelected | Status::Inadmissible | Status::Withdrawn => Err(Refusal::Because("L’examen de ce dossier est terminé.")),
        _ => Ok(()),
    }
}

/// The managers of the call prepare a request.
pub async fn show(State(app): State<App>, instructor: ProjectInstructor, Query(asked): Asked) -> Result<Response, AppError> {
    askable(&instructor, instructor.facts().status, instructor.facts().has_deposit)?;
    let mut conn = app.db.acquire().await?;
    let typed = suspended::typed(&mut conn, instructor.account(), &asked).await?;
    let mut sheet = Sheet::kept(typed.as_ref());
    read(&mut sheet, instructor.now());
    draw(&app, &instructor, sheet, StatusCode::OK)
}

/// The managers of the call send a request.
pub async fn save(State(app): State<App>, KeptForm(instructor, input): KeptForm<ProjectInstructor>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    askable(&instructor, locked.status, instructor.facts().has_deposit)?;
    let mut sheet = Sheet::of(Some(&input));
    let typed = read(&mut sheet, instructor.now());
    if sheet.has_errors() {
        return draw(&app, &instructor, sheet, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let Typed { name, organisation, email, question, due_at, is_confidential } = &typed;
    let wish = Wish { name, organisation, email, question, due_at: *due_at, is_confidential: *is_confidential };
    let id = store::ask(&mut tx, &instructor, &wish).await?;
    let opinion = store::list(&mut tx, instructor.project(), true).await?.into_iter().find(|held| held.id == id).ok_or(AppError::NotFound)?;
    links::send(&mut tx, &app, &opinion, false, instructor.now()).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "instruction_opinion_asked", &id.to_string(), instructor.now()).await?;
    let location = instructor.url("/avis?fait=envoi");
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of the call send the link again; the former one still opens.
pub async fn remind(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    turn(&app, &instructor, number, &input, true).await
}

/// The managers of the call take a request back: its links open nothing any more.
pub async fn revoke(State(app): State<App>, instructor: ProjectInstructor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    turn(&app, &instructor, number, &input, false).await
}

fn pending(opinion: &Opinion, now: OffsetDateTime, is_reminder: bool) -> Result<(), Refusal> {
    match (opinion.answered_at, opinion.revoked_at) {
        (Some(_), _) if is_reminder => Err(Refusal::Because("L’avis est déjà rendu.")),
        (_, Some(_)) => Err(Refusal::Because("La demande est déjà retirée.")),
        _ if is_reminder && now >= opinion.due_at => Err(Refusal::Because("La date limite est passée\u{a0}: faites une nouvelle demande.")),
        _ => Ok(()),
    }
}

async fn turn(app: &App, instructor: &ProjectInstructor, number: i64, input: &Input, is_reminder: bool) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::instruct(&locked.ties(instructor), &locked.facts(instructor.facts()))?;
    let all = store::list(&mut tx, instructor.project(), true).await?;
    let opinion = all.into_iter().find(|held| i64::from(held.number) == number).ok_or(AppError::NotFound)?;
    pending(&opinion, instructor.now(), is_reminder)?;
    let (act, what) = if is_reminder {
        links::send(&mut tx, app, &opinion, true, instructor.now()).await?;
        ("instruction_opinion_reminded", "relance")
    } else {
        store::revoke(&mut tx, instructor, &opinion).await?;
        ("instruction_opinion_revoked", "retrait")
    };
    journal::record(&mut tx, instructor.project(), instructor.account(), act, &opinion.id.to_string(), instructor.now()).await?;
    let location = instructor.url(&format!("/avis?fait={what}#avis-{number}"));
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
