//! The page of a partner: one document to read, one form to sign it. No account, no script, and nothing else of the dossier.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::header::HeaderName;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use uuid::Uuid;

use super::answers::{self, Outcome, Signer};
use super::changes::{self, Piece};
use super::links::{self, Partner};
use super::model::{AnswerKind, Document};
use crate::access::{Arrival, Refusal, Status, TokenPart};
use crate::account::guest::Guest;
use crate::account::throttle;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::moment;
use crate::kit::values::Line;
use crate::mail::engagement as texts;
use crate::mail::{self, Mail};
use crate::page::{Layout, filters, html_with, see};
use crate::project::files::hex;

/// What was typed in the form and refused.
#[derive(Default)]
struct Typed {
    name: String,
    function: String,
    organisation: String,
    has_consent: bool,
    faults: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "engagement/partner.html")]
struct PartnerPage {
    layout: Layout,
    path: String,
    document: Document,
    digest: String,
    published: String,
    asked_for: String,
    sender: (String, String),
    until: String,
    refusal: String,
    alert: Option<(&'static str, String, String)>,
    /// The signature of this version: by whom, when, on paper.
    signed: Option<(String, String, bool)>,
    former: Option<(i32, String)>,
    declined: String,
    diffs: Vec<(&'static str, Vec<Piece>)>,
    organisations: Vec<String>,
    has_stopped: bool,
    typed: Typed,
    operation: Uuid,
}

/// A refusal, in the words of somebody who is not of the team.
fn told(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Frozen(status) if *status != Status::Withdrawn => {
            "Le dossier a été déposé et il est examiné\u{a0}: on ne peut plus signer ni décliner.".to_owned()
        }
        other => other.sentence(),
    }
}

impl PartnerPage {
    fn error(&self, id: &str) -> &str {
        self.typed.faults.iter().find(|(at, _)| *at == id).map_or("", |(_, sentence)| sentence)
    }
}

#[derive(Template)]
#[template(path = "engagement/closed.html")]
struct ClosedPage {
    layout: Layout,
}

/// Such a page belongs to one person: no search engine keeps it.
pub fn discreet(mut response: Response) -> Response {
    response.headers_mut().insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow, noarchive"));
    response
}

/// A page of a link, with its status.
pub fn paged(status: StatusCode, template: &impl Template) -> Result<Response, AppError> {
    html_with(status, template).map(discreet)
}

/// The holder of a link; or the one page that unknown, expired and revoked links all lead to.
///
/// # Errors
/// 429 when links that do not exist are tried one after the other.
pub async fn holder(app: &App, guest: &Guest, token: &str, now: time::OffsetDateTime) -> Result<Result<Partner, Response>, AppError> {
    let mut conn = app.db.acquire().await?;
    if let Some(partner) = links::find(&mut conn, token, now).await? {
        return Ok(Ok(partner));
    }
    throttle::count(&mut conn, &throttle::link(guest), now).await?;
    Ok(Err(closed(app)?))
}

/// The page of a link that does not open.
pub fn closed(app: &App) -> Result<Response, AppError> {
    paged(StatusCode::NOT_FOUND, &ClosedPage { layout: Layout::public(app, "Ce lien ne s’ouvre pas") })
}

fn page(app: &App, partner: &Partner, token: &str, typed: Typed, alert: Option<(&'static str, String, String)>) -> Result<PartnerPage, AppError> {
    let document = partner.document()?.clone();
    let signatory = partner.signatory();
    let signature = signatory.signature();
    let signed =
        signature.filter(|held| held.number == document.number).map(|held| (format!("{}, {}", held.name, held.function), moment::full(held.at), held.is_paper));
    let former = signature.filter(|held| held.number != document.number).and_then(|held| Some((held, partner.version(held.number)?)));
    let last = signatory.answers.last().filter(|answer| answer.number == document.number);
    let declined = match last.map(|answer| (answer.kind, moment::date(answer.at))) {
        Some((AnswerKind::Declined, day)) => format!("Vous avez décliné le {day}. Vous pouvez encore signer."),
        Some((AnswerKind::Withdrawn, day)) => format!("Vous avez retiré votre signature le {day}. Vous pouvez encore signer de nouveau."),
        _ => String::new(),
    };
    Ok(PartnerPage {
        layout: Layout::public(app, format!("Document d’engagement, {}", document.text.title)),
        path: format!("/engagement/{token}"),
        digest: hex(&document.digest),
        published: moment::date(document.at),
        asked_for: signatory.organisation.clone(),
        sender: partner.place().sender.clone(),
        until: moment::until(partner.place().closes_at),
        refusal: partner.may_answer().err().map(|refusal| told(&refusal)).unwrap_or_default(),
        alert,
        signed,
        former: former.map(|(held, _)| (held.number, moment::date(held.at))),
        declined,
        diffs: former.map(|(_, old)| diffs(old, &document)).unwrap_or_default(),
        organisations: partner.organisations().unwrap_or_default().to_vec(),
        has_stopped: signatory.has_stopped,
        typed,
        operation: Uuid::new_v4(),
        document,
    })
}

fn diffs(old: &Document, new: &Document) -> Vec<(&'static str, Vec<Piece>)> {
    let parts = old.text.parts().into_iter().zip(new.text.parts()).filter(|(old, new)| old.1 != new.1);
    parts.map(|((heading, old), (_, new))| (heading, changes::between(old, new))).collect()
}

/// Whoever holds the link reads the document and their own state.
pub async fn show(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, method: Method) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    let mut conn = app.db.acquire().await?;
    // Filters of mail servers ask for the head of a link: that is nobody reading it.
    if method == Method::GET {
        links::opened(&mut conn, &partner).await?;
    }
    let known = partner.signatory().answers.iter().rev().find(|answer| answer.kind == AnswerKind::Signed);
    let typed = Typed {
        name: known.map_or_else(|| partner.signatory().contact.clone(), |answer| answer.name.clone()),
        function: known.map(|answer| answer.function.clone()).unwrap_or_default(),
        organisation: known.map_or_else(|| partner.signatory().organisation.clone(), |answer| answer.organisation.clone()),
        ..Typed::default()
    };
    paged(StatusCode::OK, &page(&app, &partner, &token, typed, None)?)
}

impl Typed {
    fn of(input: &Input) -> Self {
        let [name, function, organisation] = ["nom", "fonction", "organisation"].map(|field| input.trimmed(field));
        Self { name, function, organisation, has_consent: input.get("accord") == "oui", faults: Vec::new() }
    }

    fn read(&mut self) -> Option<Signer> {
        let name =
            Line::read(&self.name).map_err(|_| self.faults.push(("nom", "Écrire votre prénom et votre nom, en 120\u{a0}caractères au plus.".to_owned())));
        let function =
            Line::read(&self.function).map_err(|_| self.faults.push(("fonction", "Écrire votre fonction, en 120\u{a0}caractères au plus.".to_owned())));
        let organisation = Line::read(&self.organisation)
            .map_err(|_| self.faults.push(("organisation", "Écrire le nom de votre organisation, en 160\u{a0}caractères au plus.".to_owned())));
        if !self.has_consent {
            self.faults.push(("accord", "Cocher la case pour dire votre accord.".to_owned()));
        }
        if !self.faults.is_empty() {
            return None;
        }
        Some(Signer { name: name.ok()?, function: function.ok()?, organisation: organisation.ok()? })
    }
}

/// Whoever holds the link signs the version that they read, until the bound; sent twice, it is one signature.
pub async fn sign(Shared(app): Shared<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    let operation = input.operation()?;
    let mut typed = Typed::of(&input);
    let signer = typed.read();
    if let Err(refusal) = partner.may_answer() {
        let sentence = if matches!(refusal, Refusal::Closed { .. }) { refusal.late() } else { told(&refusal) };
        let alert = ("bad", "Votre signature n’a pas pu être reçue".to_owned(), sentence);
        typed.faults.clear();
        return paged(StatusCode::FORBIDDEN, &page(&app, &partner, &token, typed, Some(alert))?);
    }
    let Some(signer) = signer else { return paged(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &partner, &token, typed, None)?) };
    let mut tx = app.db.begin().await?;
    match answers::sign(&mut tx, &token, &partner, (&signer, input.get("empreinte")), operation).await? {
        Outcome::Kept(new) => {
            if new.is_some() {
                send_copy(&mut tx, &app, &token, now).await?;
            }
            tx.commit().await?;
            Ok(discreet(see(&format!("/engagement/{token}#etat"))))
        }
        Outcome::TextChanged => {
            let alert = (
                "warn",
                "Le texte a changé depuis que vous l’avez ouvert".to_owned(),
                "Rien n’est signé. Voici le texte en vigueur\u{a0}: relisez-le, puis signez.".to_owned(),
            );
            let again = links::find(&mut tx, &token, now).await?.ok_or(AppError::NotFound)?;
            paged(StatusCode::CONFLICT, &page(&app, &again, &token, Typed { has_consent: false, ..typed }, Some(alert))?)
        }
    }
}

/// To the signatory, their copy; to whoever sent the link, the news.
async fn send_copy(conn: &mut sqlx::PgConnection, app: &App, token: &str, now: time::OffsetDateTime) -> Result<(), AppError> {
    let Some(partner) = links::find(conn, token, now).await? else { return Ok(()) };
    let document = partner.document()?;
    let Some(signature) = partner.signatory().signature() else { return Ok(()) };
    let copy = texts::Copy {
        title: &document.text.title,
        signatory: (&signature.name, &signature.function, &signature.organisation),
        at: signature.at,
        number: document.number,
        content: &document.content,
        digest: &hex(&document.digest),
        path: &format!("/engagement/{token}/exemplaire?version={}", document.number),
        expires_at: partner.expires_at(),
    };
    let (subject, body) = texts::copy(app, &copy);
    let key = format!("engagement copy {}", signature.id);
    mail::queue(conn, &Mail { kind: "engagement_copy", recipient: &partner.signatory().email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    let sentence = format!("{}, {}, a signé la version {} au nom de\u{a0}: {}.", signature.name, signature.function, document.number, signature.organisation);
    tell(conn, app, &partner, (signature.id, &sentence, "")).await
}

/// Tells whoever sent the link what its holder answered.
pub async fn tell(conn: &mut sqlx::PgConnection, app: &App, partner: &Partner, (answer, sentence, reason): (i64, &str, &str)) -> Result<(), AppError> {
    let place = partner.place();
    let said = texts::Answered { title: &place.title, sentence, reason, path: &format!("/dossiers/{}/engagement", place.project) };
    let (subject, body) = texts::answered(app, &said);
    let key = format!("engagement answer {answer}");
    mail::queue(conn, &Mail { kind: "engagement_answer", recipient: &place.sender.1, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    Ok(())
}
