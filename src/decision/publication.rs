//! The letters of the results: written from two templates, previewed for each recipient, prepared by one person.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::chain::HERE as CHAIN;
use super::letters::{BLANKS, LONGEST, REJECTED, RETAINED, fill, unknown_blank};
use super::model::Kind;
use super::store::{self, Decided, Letter, Publication};
use super::write::{self, Prepared};
use crate::access::{CallManager, Refusal, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
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

struct LetterView {
    project: i64,
    title: String,
    tag: Tag,
    recipients: String,
    subject: String,
    body: String,
}

struct PublicationView {
    id: i64,
    what: &'static str,
    when: String,
    who: String,
    reason: String,
    letters: Vec<LetterView>,
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

/// What a preparation says.
struct Text {
    subject: String,
    retained: String,
    rejected: String,
}

fn read(sheet: &mut Sheet<'_>, held: &Text) -> Text {
    let subject = Spec::new("subject", "Objet du courriel").hint("Le même pour tous\u{a0}: il ne dit pas le résultat.").range(0, 200);
    let subject = sheet.read(subject, &held.subject);
    let hint = format!("Se remplissent pour chaque dossier\u{a0}: {}.", list(&BLANKS));
    let retained = sheet.read(Spec::new("retained", "Lettre aux porteurs retenus").hint(hint).long(8000), &held.retained);
    let rejected = sheet.read(Spec::new("rejected", "Lettre aux porteurs non retenus").long(8000), &held.rejected);
    for (name, text) in [("retained", &retained), ("rejected", &rejected)] {
        if let Some(blank) = unknown_blank(text) {
            sheet.refuse(name, format!("«\u{a0}{blank}\u{a0}» ne se remplit pas. Employer {}.", list(&BLANKS)));
        }
    }
    Text { subject, retained, rejected }
}

fn held(manager: &CallManager, pending: Option<&Publication>) -> Text {
    pending.map_or_else(
        || Text {
            subject: format!("Résultats de l’appel {} {}", manager.call().title, manager.call().edition),
            retained: RETAINED.to_owned(),
            rejected: REJECTED.to_owned(),
        },
        |pending| Text { subject: pending.subject.clone(), retained: pending.retained.clone(), rejected: pending.rejected.clone() },
    )
}

/// A correction: of one letter, with its reason.
fn correction(sheet: &mut Sheet<'_>, dossiers: Vec<(String, String)>) -> (Option<i64>, String, String) {
    let first = dossiers.first().map(|(key, _)| key.clone()).unwrap_or_default();
    let project = sheet.read(Spec::new("project", "Dossier").among(dossiers), &first).parse().ok();
    let reason = sheet.read(Spec::new("reason", "Ce qui est corrigé").hint("Gardé avec la lettre.").range(0, 500), &String::new());
    let body = Spec::new("body", "Lettre corrigée").hint("Elle est envoyée de nouveau, une fois publiée par une autre personne. La décision, elle, ne change pas.");
    let body = sheet.read(body.long(8000), &String::new());
    if let Some(blank) = unknown_blank(&body) {
        sheet.refuse("body", format!("«\u{a0}{blank}\u{a0}» ne se remplit pas. Employer {}.", list(&BLANKS)));
    }
    (project, reason, body)
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

pub(super) async fn draw(app: &App, conn: &mut PgConnection, manager: &CallManager, (status, alert): (StatusCode, Option<Alert>)) -> Result<Response, AppError> {
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
    let publications = store::publications(conn, call.id).await?;
    let decided = store::decided(conn, call.id).await?;
    let mut past = Vec::new();
    let mut pending = None;
    for publication in &publications {
        let letters = store::letters(conn, publication.id).await?;
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

/// The form of the letters, when there is a result to publish; a correction that waits is published or given up, not rewritten.
fn letters_form(manager: &CallManager, pending: Option<&Publication>, decided: usize, posted: Option<(Sheet<'_>, i32)>) -> Option<FormView> {
    if pending.is_some_and(|pending| pending.corrects.is_some()) || (pending.is_none() && decided == 0) {
        return None;
    }
    let (sheet, seen) = posted.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = read(&mut sheet, &held(manager, pending));
        (sheet, pending.map_or(0, |pending| pending.version))
    });
    let button = if pending.is_some() { "Préparer de nouveau" } else { "Préparer les lettres" };
    let form = FormView::of(sheet, ("preparer", "Lettres", button), at(&manager.call().slug, HERE), seen).main_if(pending.is_none());
    Some(form.intro(format!("{}. Rien ne part à cette étape.", count(decided, "dossier a une décision à publier", "dossiers ont une décision à publier"))))
}

fn correction_form(slug: &str, past: &[PublicationView], posted: Option<Sheet<'_>>) -> Option<FormView> {
    let dossiers = correctable(past);
    if dossiers.is_empty() {
        return None;
    }
    let sheet = posted.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = correction(&mut sheet, dossiers);
        sheet
    });
    Some(FormView::of(sheet, ("corriger", "Corriger une lettre et l’envoyer de nouveau", "Préparer la correction"), at(slug, HERE), 0).main_if(false))
}

/// Dossiers whose letter may be corrected: those of the letters that the manager reads.
fn correctable(past: &[PublicationView]) -> Vec<(String, String)> {
    let mut dossiers: Vec<(String, String)> = past.iter().flat_map(|view| &view.letters).map(|letter| (letter.project.to_string(), letter.title.clone())).collect();
    dossiers.sort_by(|a, b| a.1.cmp(&b.1));
    dossiers.dedup();
    dossiers
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
    let publications = store::publications(conn, manager.call().id).await?;
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
    debug_assert!(text.retained.chars().count() <= LONGEST);
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
    let past: Vec<Publication> = store::publications(conn, manager.call().id).await?;
    let mut views = Vec::new();
    for publication in &past {
        views.push(view(publication, &store::letters(conn, publication.id).await?, &away));
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
