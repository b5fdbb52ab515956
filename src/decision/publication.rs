//! The letters of the results: written from two templates, previewed for each recipient, prepared by one person.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::chain::HERE as CHAIN;
use super::forms::{correctable, correction, correction_form, held, letters_form, read};
use super::held::{self as kept, Letter, Publication};
use super::letters::fill;
use super::model::Kind;
use super::store::{self, Decided};
use super::write::{self, Prepared};
use crate::access::{CallManager, Refusal, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet};
use crate::call::frame::{Alert, Asked, Frame, at, layout};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::{count, list};
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html_with, see};
use crate::suspended::{self, KeptForm};

/// Address of the page.
pub const HERE: &str = "/appel/decisions/publication";

/// A letter, for each person who receives it.
pub(super) struct LetterView {
    pub(super) project: i64,
    pub(super) title: String,
    tag: Tag,
    recipients: String,
    subject: String,
    body: String,
}

/// A publication and its letters.
pub(super) struct PublicationView {
    id: i64,
    what: &'static str,
    when: String,
    who: String,
    reason: String,
    pub(super) letters: Vec<LetterView>,
}

#[derive(Template)]
#[template(path = "decision/publication.html")]
struct PublicationPage {
    layout: Layout,
    frame: Frame,
    back: String,
    action: String,
    publish: String,
    form: Option<FormView>,
    pending: Option<PublicationView>,
    /// Why this person may not publish it; empty when they may.
    refusal: String,
    version: i32,
    past: Vec<PublicationView>,
    away: String,
    corrected: Option<FormView>,
    laureates: String,
    operations: [Uuid; 2],
}

fn letter_view(letter: &Letter) -> LetterView {
    let people: Vec<String> = letter.names.iter().zip(&letter.emails).map(|(name, email)| format!("{name} ({email})")).collect();
    let class = if letter.result == "retained" { "done" } else { "off" };
    LetterView {
        project: letter.project,
        title: letter.title.clone(),
        tag: Tag { class, word: Kind::Council.said(Some(&letter.result)) },
        recipients: if people.is_empty() { "personne\u{a0}: aucun porteur n’a de compte".to_owned() } else { list(&people) },
        subject: letter.subject.clone(),
        body: letter.body.clone(),
    }
}

fn view(publication: &Publication, letters: &[Letter], away: &[i64]) -> PublicationView {
    let who = publication.publisher.as_ref().map(|name| format!(", publiées par {name}")).unwrap_or_default();
    PublicationView {
        id: publication.id,
        what: if publication.corrects.is_some() { "Lettre corrigée" } else { "Résultats" },
        when: moment::full(publication.published_at.unwrap_or(publication.prepared_at)),
        who: format!("lettres préparées par {}{who}", publication.preparer),
        reason: publication.reason.clone(),
        letters: letters.iter().filter(|letter| !away.contains(&letter.project)).map(letter_view).collect(),
    }
}

/// What comes back with the page: a form that could not be read.
enum Posted<'a> {
    Letters(Sheet<'a>, i32),
    Correction(Sheet<'a>),
}

pub(super) async fn draw(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    (status, alert): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    page(app, conn, manager, (status, alert, None)).await
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    (status, alert, posted): (StatusCode, Option<Alert>, Option<Posted<'_>>),
) -> Result<Response, AppError> {
    let call = manager.call();
    let away = store::away(conn, manager).await?;
    let publications = kept::publications(conn, call.id).await?;
    let decided = store::decided(conn, call.id).await?;
    let mut past = Vec::new();
    let mut pending = None;
    for publication in &publications {
        let letters = kept::letters(conn, publication.id).await?;
        let view = view(publication, &letters, &away);
        if publication.published_at.is_some() { past.push(view) } else { pending = Some((publication, view)) }
    }
    let (sheet, corrected) = match posted {
        Some(Posted::Letters(sheet, seen)) => (Some((sheet, seen)), None),
        Some(Posted::Correction(sheet)) => (None, Some(sheet)),
        None => (None, None),
    };
    let waiting = pending.as_ref().map(|(publication, _)| *publication);
    let form = letters_form(manager, waiting, decided.len(), sheet);
    let corrected = if waiting.is_none() { correction_form(&call.slug, &past, corrected) } else { None };
    let shown: Vec<&FormView> = form.iter().chain(&corrected).collect();
    let errors = shown.iter().find_map(|form| Alert::errors(std::slice::from_ref(*form)));
    let conflict = shown.iter().find_map(|form| Alert::conflict(std::slice::from_ref(*form)));
    let unsaved = shown.iter().find_map(|form| Alert::unsaved(std::slice::from_ref(*form)));
    let frame = Frame::of(manager, "Lettres et publication", CHAIN)
        .lead("Une personne prépare, une autre publie. La publication fait tout en une fois\u{a0}: états, lettres, courriels, liste des lauréats.")
        .alert(alert)
        .alert(unsaved)
        .alert(errors)
        .alert(conflict);
    let refusal = waiting.and_then(|publication| policy::publish(publication.prepared_by, manager.account()).err());
    html_with(
        status,
        &PublicationPage {
            layout: layout(app, manager, "Publication des résultats"),
            frame,
            back: at(&call.slug, CHAIN),
            action: at(&call.slug, HERE),
            publish: at(&call.slug, &format!("{HERE}/publier")),
            version: waiting.map_or(0, |publication| publication.version),
            form,
            refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
            pending: pending.map(|(_, view)| view),
            past,
            away: if away.is_empty() { String::new() } else { count(away.len(), "dossier", "dossiers") },
            corrected,
            laureates: if call.is_published { format!("/appels/{}/laureats", call.slug) } else { String::new() },
            operations: std::array::from_fn(|_| Uuid::new_v4()),
        },
    )
}

/// The managers of a call see the letters of the dossiers that they follow, for each recipient.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let done = match asked.0.get("fait").map(String::as_str) {
        Some("publie") => Some(Alert::done("Résultats publiés", "Les porteurs sont prévenus par courriel, et la liste des lauréats est publique.")),
        Some("abandon") => Some(Alert::done("Lettres abandonnées", "Rien n’est parti.")),
        Some(_) => Some(Alert::done("Lettres préparées", "Relisez-les ci-dessous. Une autre personne les publie.")),
        None => None,
    };
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?.filter(|input| input.get("act") == "preparer");
    let pending = pending(&mut conn, &manager).await?;
    let posted = typed.as_ref().map(|input| {
        let mut sheet = Sheet::kept(Some(input));
        let _ = read(&mut sheet, &held(&manager, pending.as_ref()));
        let seen = sheet.seen(0);
        Posted::Letters(sheet, seen)
    });
    page(&app, &mut conn, &manager, (StatusCode::OK, done, posted)).await
}

/// The publication that waits.
pub(super) async fn pending(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Option<Publication>> {
    let publications = kept::publications(conn, manager.call().id).await?;
    Ok(publications.into_iter().find(|publication| publication.published_at.is_none()))
}

/// The managers of a call prepare the letters, correct one that was published, or give up those that wait.
pub async fn save(State(app): State<App>, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let waiting = pending(&mut tx, &manager).await?;
    let (act, done, id) = match input.get("act") {
        "preparer" => match prepare(&app, &mut tx, &manager, waiting.as_ref(), &input).await? {
            Ok(id) => ("letters_prepared", "1", id),
            Err(response) => return Ok(response),
        },
        "corriger" => match correct(&app, &mut tx, &manager, waiting.as_ref(), &input).await? {
            Ok(id) => ("letter_corrected", "1", id),
            Err(response) => return Ok(response),
        },
        "abandonner" => {
            let waiting = waiting.ok_or(Refusal::Because("Aucune lettre n’attend d’être publiée."))?;
            write::abandon(&mut tx, &manager, waiting.id).await?;
            ("letters_abandoned", "abandon", waiting.id)
        }
        _ => return Err(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.")),
    };
    let location = at(&manager.call().slug, &format!("{HERE}?fait={done}"));
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

async fn prepare(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    waiting: Option<&Publication>,
    input: &Input,
) -> Result<Result<i64, Response>, AppError> {
    if waiting.is_some_and(|waiting| waiting.corrects.is_some()) {
        return Err(Refusal::Because("Une lettre corrigée attend d’être publiée ou abandonnée.").into());
    }
    let decided = store::decided(conn, manager.call().id).await?;
    if decided.is_empty() {
        return Err(Refusal::Because("Aucune décision n’est à publier.").into());
    }
    let seen = input.version()?;
    let version = waiting.map_or(0, |waiting| waiting.version);
    let mut sheet = Sheet::of(Some(input));
    let text = read(&mut sheet, &held(manager, waiting));
    if let Some(status) = sheet.verdict(seen == version) {
        let next = if status == StatusCode::CONFLICT { version } else { seen };
        return page(app, conn, manager, (status, None, Some(Posted::Letters(sheet, next)))).await.map(Err);
    }
    let letters: Vec<(Decided, String)> = decided
        .into_iter()
        .map(|decided| {
            let body = fill(if decided.result == "retained" { &text.retained } else { &text.rejected }, &decided);
            (decided, body)
        })
        .collect();
    let prepared = Prepared { corrects: None, subject: &text.subject, retained: &text.retained, rejected: &text.rejected, letters: &letters };
    Ok(Ok(write::prepare(conn, manager, waiting.map(|waiting| waiting.id), &prepared).await?))
}

async fn correct(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    waiting: Option<&Publication>,
    input: &Input,
) -> Result<Result<i64, Response>, AppError> {
    if waiting.is_some() {
        return Err(Refusal::Because("Des lettres attendent déjà d’être publiées ou abandonnées.").into());
    }
    let away = store::away(conn, manager).await?;
    let past: Vec<Publication> = kept::publications(conn, manager.call().id).await?;
    let mut views = Vec::new();
    for publication in &past {
        views.push(view(publication, &kept::letters(conn, publication.id).await?, &away));
    }
    let mut sheet = Sheet::of(Some(input));
    let (project, reason, body) = correction(&mut sheet, correctable(&views));
    let found = match project.filter(|_| !sheet.has_errors()) {
        Some(project) => store::published(conn, manager.call().id, project).await?,
        None => None,
    };
    let Some(decided) = found else {
        return page(app, conn, manager, (StatusCode::UNPROCESSABLE_ENTITY, None, Some(Posted::Correction(sheet)))).await.map(Err);
    };
    let corrected = views.iter().find(|view| view.letters.iter().any(|letter| letter.project == decided.project)).map_or(0, |view| view.id);
    let subject = past.iter().find(|publication| publication.id == corrected).map(|publication| publication.subject.clone()).unwrap_or_default();
    let body = fill(&body, &decided);
    let letters = [(decided, body.clone())];
    let prepared = Prepared { corrects: Some((corrected, &reason)), subject: &subject, retained: &body, rejected: &body, letters: &letters };
    Ok(Ok(write::prepare(conn, manager, None, &prepared).await?))
}
