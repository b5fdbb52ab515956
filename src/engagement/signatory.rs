//! One signatory, for the team: its answers, its links, its contact, its signature on paper.

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::links::{self, Why};
use super::model::{Answer, AnswerKind, Signatory, State};
use super::page::{self, tag};
use super::{answers, reminders, store, weights};
use crate::access::{Dossier, EngagementManager, NumberPart, ProjectReader, Refusal, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, Tag, html, html_with, see};
use crate::project::attachments::short_digest;
use crate::project::files::ACCEPTED;
use crate::project::sections::Asked;
use crate::project::units::{self, Locked};
use crate::submission::store::remember;

struct AnswerView {
    when: String,
    text: String,
    reason: String,
    number: i32,
    digest: String,
    scan: Option<String>,
}

/// What was typed on the page and refused.
#[derive(Debug, Default)]
pub struct Typed {
    /// Contact's name and address, when their form was posted.
    pub contact: Option<(String, String)>,
    /// Signature on paper: name, function, day.
    pub paper: [String; 3],
    /// Control and sentence.
    pub faults: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "engagement/signatory.html")]
struct SignatoryPage {
    layout: Layout,
    base: String,
    here: String,
    heading: String,
    organisation: String,
    tag: Tag,
    detail: String,
    alert: Option<(&'static str, String, String)>,
    facts: Vec<(&'static str, String)>,
    answers: Vec<AnswerView>,
    commitment: Option<String>,
    contact: String,
    email: String,
    /// Word of the button that writes to them, or why none does.
    send: Result<&'static str, &'static str>,
    links: String,
    can_take_out: bool,
    has_paper: bool,
    versions: Vec<i32>,
    upload: String,
    typed: Typed,
    accepted: &'static str,
    refusal: String,
    version: i32,
    operation: Uuid,
}

impl SignatoryPage {
    fn error(&self, id: &str) -> &str {
        self.typed.faults.iter().find(|(at, _)| *at == id).map_or("", |(_, sentence)| sentence)
    }
}

fn view(answer: &Answer, dossier: &Dossier) -> AnswerView {
    let how = if answer.is_paper { "sur papier" } else { "par son lien" };
    let text = match answer.kind {
        AnswerKind::Signed => {
            let day = answer.signed_on.filter(|_| answer.is_paper).map(|day| format!(", le {}", moment::day(day))).unwrap_or_default();
            format!("{}, {}, a signé {how}{day} au nom de\u{a0}: {}", answer.name, answer.function, answer.organisation)
        }
        AnswerKind::Declined => "A décliné".to_owned(),
        AnswerKind::Withdrawn if answer.is_paper => "L’équipe a retiré la signature sur papier".to_owned(),
        AnswerKind::Withdrawn => "A retiré sa signature".to_owned(),
    };
    AnswerView {
        when: moment::full(answer.at),
        text,
        reason: answer.reason.clone(),
        number: answer.number,
        digest: short_digest(&answer.digest),
        scan: answer.scan.map(|id| dossier.url(&format!("/pieces/{id}"))),
    }
}

/// Why a link does not leave now, or the word of the button that sends it.
fn sending(signatory: &Signatory, has_document: bool, now: time::OffsetDateTime) -> Result<&'static str, &'static str> {
    match signatory.state() {
        _ if signatory.email.is_empty() => Err("Sans adresse électronique, aucun lien ne peut partir."),
        _ if !has_document => Err("Publiez d’abord une version du document."),
        State::Declined | State::Withdrawn => Err("Ce partenaire a dit non\u{a0}: on ne le relance pas. Son lien lui permet de changer d’avis."),
        _ if !signatory.is_rested(now) => Err("Un courriel est déjà parti depuis moins d’un jour."),
        State::ToInvite => Ok("Inviter"),
        State::Signed => Ok("Renvoyer son lien"),
        _ if signatory.has_stopped => Err("Ce partenaire ne souhaite plus recevoir de rappel."),
        _ => Ok("Relancer"),
    }
}

/// Page of a signatory, with what was typed and refused.
async fn draw(
    app: &App,
    conn: &mut PgConnection,
    (dossier, id): (&Dossier, i64),
    typed: Typed,
    alert: Option<(&'static str, String, String)>,
) -> Result<SignatoryPage, AppError> {
    let signatory = store::signatory(conn, dossier.project(), id).await?.ok_or(AppError::NotFound)?;
    let documents = store::documents(conn, dossier.project()).await?;
    let content = units::load(conn, dossier.project(), &["stakeholder", "commitment"]).await?;
    let actor = content.row("stakeholder", signatory.stakeholder);
    let commitment = signatory.commitment.and_then(|row| content.row("commitment", row));
    let living = links::living(conn, id, (dossier.now(), dossier.facts().closes_at)).await?;
    let refusal = policy::manage_engagement(dossier.ties(), dossier.facts(), dossier.now()).err();
    let (tag, detail) = tag(&signatory);
    let now = dossier.now();
    let base = dossier.url("/engagement");
    let typed_contact = typed.contact.clone();
    let (contact, email) = typed_contact.unwrap_or_else(|| (signatory.contact.clone(), signatory.email.clone()));
    let mut facts = vec![
        ("Rôle", actor.map_or("fiche d’acteur retirée", |unit| unit.text("role")).to_owned()),
        ("Poids", weights::sentence(actor, commitment)),
        ("Demandé", signatory.asked.zip(signatory.asked_at).map(|(number, at)| format!("version {number}, {}", moment::near(at, now))).unwrap_or_default()),
        ("Lien ouvert", signatory.opened_at.map(|at| moment::near(at, now)).unwrap_or_default()),
        ("Dernier courriel", signatory.mailed_at.map(|at| moment::near(at, now)).unwrap_or_default()),
        ("Rappels", if signatory.reminders == 0 { String::new() } else { signatory.reminders.to_string() }),
        ("À savoir", if signatory.has_stopped { "ne souhaite plus recevoir de rappel".to_owned() } else { String::new() }),
    ];
    facts.retain(|(_, text)| !text.is_empty());
    Ok(SignatoryPage {
        layout: Layout::dossier(app, dossier, format!("Signataire, {}", signatory.organisation), ""),
        here: format!("{base}/signataires/{id}"),
        heading: dossier.head().title.clone(),
        organisation: signatory.organisation.clone(),
        tag,
        detail,
        alert: alert.or_else(|| orphan(&signatory, commitment.is_some())),
        facts,
        answers: signatory.answers.iter().rev().map(|answer| view(answer, dossier)).collect(),
        commitment: commitment.map(|unit| dossier.url(&format!("/engagements/{}", unit.row))),
        contact,
        email,
        send: sending(&signatory, !documents.is_empty(), now),
        links: if living == 0 { String::new() } else { count(living, "lien s’ouvre", "liens s’ouvrent") },
        can_take_out: signatory.signature().is_none(),
        has_paper: signatory.signature().is_some_and(|signature| signature.is_paper),
        versions: documents.iter().map(|document| document.number).filter(|number| signatory.signature().is_none_or(|held| held.number < *number)).collect(),
        upload: format!("{base}/signataires/{id}/papier"),
        typed,
        accepted: ACCEPTED,
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        version: signatory.version,
        operation: Uuid::new_v4(),
        base,
    })
}

/// A signature whose commitment somebody took out of the dossier.
fn orphan(signatory: &Signatory, has_commitment: bool) -> Option<(&'static str, String, String)> {
    let sentence = "La signature reste ici, mais ne compte plus dans l’avancement du dossier.";
    (signatory.signature().is_some() && !has_commitment).then(|| ("warn", "Sa fiche d’engagement a été retirée".to_owned(), sentence.to_owned()))
}

/// The team reads a signatory.
pub async fn show(Shared(app): Shared<App>, reader: ProjectReader, NumberPart(id): NumberPart, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let done = asked.get("fait").map_or("", String::as_str);
    let alert = match done {
        "envoi" => Some(("Lien envoyé", "Le courriel est dans la file d’envoi.")),
        "contact" => Some(("Contact enregistré", "Si l’adresse a changé, les liens envoyés à l’ancienne ne s’ouvrent plus.")),
        "liens" => Some(("Liens annulés", "Plus aucun lien déjà envoyé à ce partenaire ne s’ouvre.")),
        "papier" => Some(("Signature enregistrée", "Elle est jointe à la fiche d’engagement de ce partenaire.")),
        "annulee" => Some(("Signature sur papier retirée", "Elle reste dans l’historique ci-dessous, et ne compte plus.")),
        _ => None,
    };
    let alert = alert.map(|(heading, sentence)| ("ok", heading.to_owned(), sentence.to_owned()));
    html(&draw(&app, &mut conn, (&reader, id), Typed::default(), alert).await?)
}

/// The page again, with what was refused.
pub async fn refuse(app: &App, dossier: &Dossier, id: i64, status: StatusCode, (typed, sentence): (Typed, &str)) -> Result<Response, AppError> {
    let alert = (!sentence.is_empty()).then(|| ("bad", "Rien n’est changé".to_owned(), sentence.to_owned()));
    let mut conn = app.db.acquire().await?;
    html_with(status, &draw(app, &mut conn, (dossier, id), typed, alert).await?)
}

const STALE: &str = "Une autre personne vient de modifier ce signataire. Relisez-le avant de recommencer.";

/// An act on a signatory, under the dossier's lock.
pub struct Held {
    /// The transaction.
    pub tx: sqlx::Transaction<'static, sqlx::Postgres>,
    /// The dossier.
    pub locked: Locked,
    /// The signatory.
    pub signatory: Signatory,
    /// Operation of the form.
    pub operation: Uuid,
}

/// Locks the dossier for an act on a signatory; or where the same form led before.
pub async fn hold(app: &App, manager: &EngagementManager, id: i64, operation: Uuid) -> Result<Result<Held, Response>, AppError> {
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(Err(see(&done)));
    }
    policy::manage_engagement(&locked.ties(manager), &locked.facts(manager.facts()), manager.now())?;
    let signatory = store::signatory(&mut tx, manager.project(), id).await?.ok_or(AppError::NotFound)?;
    Ok(Ok(Held { tx, locked, signatory, operation }))
}

/// Ends an act: journal, operation, and back to the page.
async fn close(mut held: Held, manager: &EngagementManager, act: &str, location: &str) -> Result<Response, AppError> {
    journal::record(&mut held.tx, manager.project(), manager.account(), act, &held.signatory.id.to_string(), manager.now()).await?;
    remember(&mut held.tx, manager.project(), manager.account(), held.operation, location).await?;
    held.tx.commit().await?;
    Ok(see(location))
}

fn at(manager: &EngagementManager, id: i64, done: &str) -> String {
    manager.url(&format!("/engagement/signataires/{id}?fait={done}"))
}

/// Who writes deliverable 4 changes the contact of a signatory.
pub async fn change(Shared(app): Shared<App>, manager: EngagementManager, NumberPart(id): NumberPart, input: Input) -> Result<Response, AppError> {
    let seen = input.version()?;
    let mut held = match hold(&app, &manager, id, input.operation()?).await? {
        Ok(held) => held,
        Err(done) => return Ok(done),
    };
    let (typed_contact, typed_email) = (input.trimmed("contact"), input.trimmed("email"));
    let (contact, email) = (page::read_contact(&typed_contact), page::read_email(&typed_email));
    let (Ok(contact), Ok(email)) = (&contact, &email) else {
        let faults = contact.err().map(|sentence| ("contact", sentence)).into_iter().chain(email.err().map(|sentence| ("email", sentence))).collect();
        let typed = Typed { contact: Some((typed_contact, typed_email)), faults, ..Typed::default() };
        return refuse(&app, &manager, id, StatusCode::UNPROCESSABLE_ENTITY, (typed, "")).await;
    };
    if !store::change_contact(&mut held.tx, &manager, &held.signatory, (contact.as_str(), email.as_ref()), seen).await? {
        return refuse(&app, &manager, id, StatusCode::CONFLICT, (Typed::default(), STALE)).await;
    }
    close(held, &manager, "engagement_contact", &at(&manager, id, "contact")).await
}

/// Who writes deliverable 4 invites a signatory, reminds it, or sends its link again; once a day at most.
pub async fn send(Shared(app): Shared<App>, manager: EngagementManager, NumberPart(id): NumberPart, input: Input) -> Result<Response, AppError> {
    let mut held = match hold(&app, &manager, id, input.operation()?).await? {
        Ok(held) => held,
        Err(done) => return Ok(done),
    };
    let has_document = !store::documents(&mut held.tx, manager.project()).await?.is_empty();
    sending(&held.signatory, has_document, manager.now()).map_err(Refusal::Because)?;
    let location = if input.get("retour") == "liste" { manager.url("/engagement?fait=envoi#signataires") } else { at(&manager, id, "envoi") };
    if held.signatory.state() == State::ToInvite {
        page::invite(&mut held.tx, &app, &manager, id).await?;
        remember(&mut held.tx, manager.project(), manager.account(), held.operation, &location).await?;
        held.tx.commit().await?;
        return Ok(see(&location));
    }
    links::room(&mut held.tx, manager.project(), 1, manager.now()).await?;
    let place = links::place(&mut held.tx, manager.project(), manager.account()).await?;
    if held.signatory.state() == State::Signed {
        links::send(&mut held.tx, &app, (&place, manager.account()), &held.signatory, (Why::Again, &[]), manager.now()).await?;
        return close(held, &manager, "engagement_invited", &location).await;
    }
    reminders::remind(&mut held.tx, &app, (&place, manager.account()), std::slice::from_ref(&held.signatory), manager.now()).await?;
    remember(&mut held.tx, manager.project(), manager.account(), held.operation, &location).await?;
    held.tx.commit().await?;
    Ok(see(&location))
}

/// Who writes deliverable 4 ends every link already sent to a signatory.
pub async fn revoke(Shared(app): Shared<App>, manager: EngagementManager, NumberPart(id): NumberPart, input: Input) -> Result<Response, AppError> {
    let mut held = match hold(&app, &manager, id, input.operation()?).await? {
        Ok(held) => held,
        Err(done) => return Ok(done),
    };
    links::revoke(&mut held.tx, id, manager.now()).await?;
    close(held, &manager, "engagement_revoked", &at(&manager, id, "liens")).await
}

/// Who writes deliverable 4 takes out of the list an organisation that has not signed.
pub async fn take_out(Shared(app): Shared<App>, manager: EngagementManager, NumberPart(id): NumberPart, input: Input) -> Result<Response, AppError> {
    let seen = input.version()?;
    let mut held = match hold(&app, &manager, id, input.operation()?).await? {
        Ok(held) => held,
        Err(done) => return Ok(done),
    };
    if held.signatory.signature().is_some() {
        let sentence = "Ce partenaire a signé\u{a0}: sa signature reste attachée au texte signé. Lui seul peut la retirer, par son lien.";
        return Err(AppError::Refused(Refusal::Because(sentence)));
    }
    if !store::take_out(&mut held.tx, &manager, id, seen).await? {
        return refuse(&app, &manager, id, StatusCode::CONFLICT, (Typed::default(), STALE)).await;
    }
    close(held, &manager, "engagement_removed", &manager.url("/engagement?fait=sorti#signataires")).await
}

/// Who writes deliverable 4 takes back a signature on paper that the team recorded.
pub async fn cancel_paper(Shared(app): Shared<App>, manager: EngagementManager, NumberPart(id): NumberPart, input: Input) -> Result<Response, AppError> {
    let mut held = match hold(&app, &manager, id, input.operation()?).await? {
        Ok(held) => held,
        Err(done) => return Ok(done),
    };
    let location = at(&manager, id, "annulee");
    let Some(signature) = held.signatory.signature().filter(|signature| signature.is_paper) else { return Ok(see(&location)) };
    let documents = store::documents(&mut held.tx, manager.project()).await?;
    let document = documents.iter().find(|document| document.number == signature.number).ok_or_else(|| anyhow::anyhow!("a signature without its version"))?;
    answers::cancel_paper(&mut held.tx, &manager, (&held.signatory, document), (&mut held.locked, held.operation)).await?;
    held.tx.commit().await?;
    Ok(see(&location))
}
