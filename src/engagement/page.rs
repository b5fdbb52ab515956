//! The page of the document for the team: the version in force, who was asked, who signed, how representative they are.

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::changes;
use super::document;
use super::links::{self, Why};
use super::model::{Engagement, MOST_SIGNATORIES, Setting, Signatory, State};
use super::reminders;
use super::store::{self, NewSignatory};
use super::text::{SECTION, Text};
use super::weights::{self, Figure};
use crate::access::{Dossier, EngagementManager, ProjectVisitor, Refusal, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::{Content, Unit};
use crate::input::Input;
use crate::journal;
use crate::kit::french::count;
use crate::kit::moment;
use crate::kit::values::{Email, Line};
use crate::page::{Layout, Tag, html, html_with, see};
use crate::project::draw::row_name;
use crate::project::files::hex;
use crate::project::sections::Asked;
use crate::project::units;
use crate::submission::store::remember;

/// Tag of a signatory's state.
pub fn tag(signatory: &Signatory) -> (Tag, String) {
    let state = signatory.state();
    let signed = signatory.signature().map(|signature| signature.number);
    let (class, word) = match state {
        State::ToInvite => ("todo", "À inviter"),
        State::Invited => ("doing", "Invité"),
        State::Opened => ("doing", "Vu"),
        State::Signed => ("done", "Signé"),
        State::ToSignAgain => ("warn", "À re-signer"),
        State::Declined => ("bad", "Décliné"),
        State::Withdrawn => ("off", "Signature retirée"),
    };
    let detail = match (state, signed) {
        (State::Signed, Some(number)) => format!("version {number}"),
        (State::ToSignAgain, Some(number)) => format!("a signé la version {number}"),
        (State::Declined, Some(number)) => format!("a signé la version {number}, décline la suivante"),
        _ => String::new(),
    };
    (Tag { class, word }, detail)
}

struct LineView {
    id: i64,
    organisation: String,
    contact: String,
    role: String,
    weight: String,
    tag: Tag,
    detail: String,
    when: String,
    /// Word of the button that writes to them; empty when none leaves now.
    send: &'static str,
    version: i32,
}

/// The form that puts an organisation in the list, as typed.
#[derive(Default)]
struct Typed {
    stakeholder: String,
    contact: String,
    email: String,
    faults: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "engagement/page.html")]
struct EngagementPage {
    layout: Layout,
    base: String,
    dossier: String,
    heading: String,
    alert: Option<(&'static str, String, String)>,
    current: Option<(i32, String, String, String)>,
    draft: String,
    hindrances: Vec<(&'static str, String)>,
    older: Vec<(i32, String)>,
    lines: Vec<LineView>,
    summary: String,
    remindable: usize,
    actors: Vec<(String, String)>,
    has_actors: bool,
    typed: Typed,
    figures: Vec<Figure>,
    others: String,
    setting: Setting,
    reminder_day: String,
    refusal: String,
    version: i32,
    operation: Uuid,
}

impl EngagementPage {
    fn error(&self, id: &str) -> &str {
        self.typed.faults.iter().find(|(at, _)| *at == id).map_or("", |(_, sentence)| sentence)
    }
}

/// The team reads the document and its signatories; the administration, when deliverable 4 is shown to it, who signed what.
pub async fn show(Shared(app): Shared<App>, visitor: ProjectVisitor, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    if !visitor.is_team() {
        return document::shared(&app, &mut conn, &visitor).await;
    }
    let alert = asked.get("fait").and_then(|done| told(done, asked.get("n").and_then(|n| n.parse().ok()).unwrap_or(0)));
    html(&page(&app, &mut conn, &visitor, Typed::default(), alert).await?)
}

/// What was just done, said once.
fn told(done: &str, n: u32) -> Option<(&'static str, String, String)> {
    let (heading, sentence) = match done {
        "publie" => ("Version publiée", format!("La version {n} est celle que les partenaires lisent et signent désormais.")),
        "relances" if n == 0 => {
            return Some((
                "warn",
                "Aucun rappel envoyé".to_owned(),
                "Chacun a déjà reçu un courriel depuis moins d’un jour, ou n’est plus à relancer.".to_owned(),
            ));
        }
        "relances" => ("Rappels envoyés", format!("{} dans la file d’envoi.", count(n, "courriel est", "courriels sont"))),
        "envoi" => ("Lien envoyé", "Le courriel est dans la file d’envoi.".to_owned()),
        "ajout" => ("Organisation ajoutée", "Elle est dans la liste. Rien ne lui a été envoyé.".to_owned()),
        "reglages" => ("Réglages enregistrés", "Ils valent pour tous les partenaires de ce document.".to_owned()),
        "sorti" => ("Organisation sortie de la liste", "Ses liens ne s’ouvrent plus.".to_owned()),
        _ => return None,
    };
    Some(("ok", heading.to_owned(), sentence))
}

/// Rows of the dossier that the page draws on.
async fn rows(conn: &mut PgConnection, dossier: &Dossier) -> Result<Content, AppError> {
    units::load(conn, dossier.project(), &[SECTION, "perimeter_commune", "stakeholder", "commitment"]).await
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    dossier: &Dossier,
    typed: Typed,
    alert: Option<(&'static str, String, String)>,
) -> Result<EngagementPage, AppError> {
    let engagement = store::engagement(conn, dossier.project()).await?;
    let content = rows(conn, dossier).await?;
    let draft = store::draft_of(conn, dossier.project(), &content).await?;
    let refusal = policy::manage_engagement(dossier.ties(), dossier.facts(), dossier.now()).err();
    let closes_at = dossier.facts().closes_at;
    let fed: Vec<Uuid> = engagement.signed().filter_map(|(signatory, _)| signatory.commitment).collect();
    let others = content.rows("commitment").filter(|unit| unit.has("signed_on") && !fed.contains(&unit.row)).count();
    Ok(EngagementPage {
        layout: Layout::dossier(app, dossier, "Document d’engagement", ""),
        base: dossier.url("/engagement"),
        dossier: dossier.url(""),
        heading: dossier.head().title.clone(),
        alert,
        current: engagement.current().map(|held| (held.number, moment::full(held.at), held.by.clone(), hex(&held.digest))),
        draft: drift(&engagement, &draft),
        hindrances: draft.hindrances(),
        older: engagement.documents.iter().skip(1).map(|held| (held.number, moment::date(held.at))).collect(),
        lines: engagement.signatories.iter().map(|signatory| line(signatory, &engagement, &content, dossier)).collect(),
        summary: summary(&engagement),
        remindable: engagement.remindable(dossier.now()).count(),
        actors: free_actors(&engagement, &content),
        has_actors: content.rows("stakeholder").next().is_some(),
        typed,
        figures: if engagement.signed().next().is_some() { weights::figures(&engagement, &content) } else { Vec::new() },
        others: if others == 0 { String::new() } else { count(others, "autre engagement signé", "autres engagements signés") },
        setting: engagement.setting,
        reminder_day: moment::date(closes_at - reminders::BEFORE),
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        version: engagement.current().map_or(0, |held| held.number),
        operation: Uuid::new_v4(),
    })
}

/// Whether the text written now differs from the version in force, and by how much.
fn drift(engagement: &Engagement, draft: &Text) -> String {
    let Some(current) = engagement.current() else { return String::new() };
    let parts = draft.parts().into_iter().zip(current.text.parts()).filter(|(new, old)| new.1 != old.1);
    let told: Vec<String> = parts.map(|((heading, new), (_, old))| format!("{heading}\u{a0}: {}", changes::summary(&changes::between(old, new)))).collect();
    told.join("\u{202f}; ")
}

fn line(signatory: &Signatory, engagement: &Engagement, content: &Content, dossier: &Dossier) -> LineView {
    let now = dossier.now();
    let actor = content.row("stakeholder", signatory.stakeholder);
    let commitment = signatory.commitment.and_then(|row| content.row("commitment", row));
    let (tag, detail) = tag(signatory);
    let last = signatory.answers.last().filter(|_| !matches!(signatory.state(), State::ToInvite | State::Invited | State::Opened)).map(|answer| answer.at);
    let can_invite = signatory.state() == State::ToInvite && !signatory.email.is_empty() && engagement.current().is_some();
    LineView {
        id: signatory.id,
        organisation: signatory.organisation.clone(),
        contact: signatory.contact.clone(),
        role: actor.map_or("", |unit| unit.text("role")).to_owned(),
        weight: weights::sentence(actor, commitment),
        tag,
        detail,
        when: last.or(signatory.opened_at).or(signatory.asked_at).map(|at| moment::near(at, now)).unwrap_or_default(),
        send: match signatory.unremindable(now) {
            None => "Relancer",
            Some(_) if can_invite => "Inviter",
            Some(_) => "",
        },
        version: signatory.version,
    }
}

fn summary(engagement: &Engagement) -> String {
    let in_state = |wanted: fn(State) -> bool| engagement.signatories.iter().filter(|signatory| wanted(signatory.state())).count();
    // Who signed an earlier version is counted among the signatures: asking again is not awaiting a first answer.
    let again = in_state(|state| state == State::ToSignAgain);
    let pending = in_state(State::is_pending) - again;
    let former = if again == 0 { String::new() } else { format!(", dont {again} d’une version précédente, à signer de nouveau") };
    let signed = count(engagement.signed().count(), "signature", "signatures");
    let all = count(engagement.signatories.len(), "organisation", "organisations");
    let rest = if pending == 0 { String::new() } else { format!(", {} en attente", count(pending, "réponse", "réponses")) };
    format!("{signed} sur {all}{former}{rest}")
}

/// Actors of the dossier that are not in the list yet.
fn free_actors(engagement: &Engagement, content: &Content) -> Vec<(String, String)> {
    let is_free = |unit: &&Unit| !unit.text("name").is_empty() && engagement.signatories.iter().all(|signatory| signatory.stakeholder != unit.row);
    content.rows("stakeholder").filter(is_free).map(|unit| (unit.row.to_string(), row_name(unit))).collect()
}

/// Who writes deliverable 4 chooses what partners see and whether a reminder leaves by itself.
pub async fn settle(Shared(app): Shared<App>, manager: EngagementManager, input: Input) -> Result<Response, AppError> {
    let choice = Setting { names_signatories: input.get("noms") == "oui", reminds: input.get("rappel") == "oui", version: input.version()? };
    let location = manager.url("/engagement?fait=reglages");
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::manage_engagement(&locked.ties(&manager), &locked.facts(manager.facts()), manager.now())?;
    if !store::choose(&mut tx, &manager, choice).await? {
        drop(tx);
        let alert =
            ("warn", "Réglages inchangés".to_owned(), "Une autre personne vient de les changer. Relisez-les avant d’enregistrer les vôtres.".to_owned());
        let mut conn = app.db.acquire().await?;
        return html_with(StatusCode::CONFLICT, &page(&app, &mut conn, &manager, Typed::default(), Some(alert)).await?);
    }
    journal::record(&mut tx, manager.project(), manager.account(), "engagement_settings", "", manager.now()).await?;
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// What the form of a new signatory holds, once read.
struct Read {
    stakeholder: Uuid,
    organisation: String,
    contact: Line<120>,
    email: Option<Email>,
}

impl Typed {
    fn of(input: &Input) -> Self {
        let [stakeholder, contact, email] = ["stakeholder", "contact", "email"].map(|name| input.trimmed(name));
        Self { stakeholder, contact, email, faults: Vec::new() }
    }

    fn read(&mut self, content: &Content, is_sent: bool) -> Option<Read> {
        let row = Uuid::try_parse(&self.stakeholder).ok().and_then(|row| content.row("stakeholder", row)).filter(|unit| !unit.text("name").is_empty());
        if row.is_none() {
            self.faults.push(("stakeholder", "Choisir une organisation parmi les acteurs du dossier.".to_owned()));
        }
        let contact = read_contact(&self.contact).map_err(|sentence| self.faults.push(("contact", sentence))).ok();
        let email = read_email(&self.email).map_err(|sentence| self.faults.push(("email", sentence))).ok();
        if is_sent && email == Some(None) {
            self.faults.push(("email", "Écrire l’adresse à laquelle envoyer le lien.".to_owned()));
        }
        if !self.faults.is_empty() {
            return None;
        }
        Some(Read { stakeholder: row?.row, organisation: row_name(row?), contact: contact?, email: email? })
    }
}

/// Name of a contact.
pub fn read_contact(typed: &str) -> Result<Line<120>, String> {
    Line::read(typed).map_err(|_| "Écrire le prénom et le nom de la personne, en 120\u{a0}caractères au plus.".to_owned())
}

/// Address of a contact; none when its signature is awaited on paper.
pub fn read_email(typed: &str) -> Result<Option<Email>, String> {
    if typed.is_empty() { Ok(None) } else { Email::read(typed).map(Some).map_err(|sentence| sentence.to_string()) }
}

/// Who writes deliverable 4 puts an organisation in the list, and writes to it at once if asked.
pub async fn add(Shared(app): Shared<App>, manager: EngagementManager, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let is_sent = input.get("envoyer") == "oui";
    let mut typed = Typed::of(&input);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::manage_engagement(&locked.ties(&manager), &locked.facts(manager.facts()), manager.now())?;
    let content = units::load(&mut tx, manager.project(), &["stakeholder"]).await?;
    let Some(read) = typed.read(&content, is_sent) else { return again(&app, &manager, typed).await };
    let engagement = store::engagement(&mut tx, manager.project()).await?;
    if engagement.signatories.len() >= MOST_SIGNATORIES {
        return Err(AppError::Unprocessable(format!("La liste accepte {MOST_SIGNATORIES} organisations au plus. Sortez-en une avant d’en ajouter une autre.")));
    }
    let new = NewSignatory { stakeholder: read.stakeholder, organisation: &read.organisation, contact: read.contact.as_str(), email: read.email.as_ref() };
    let Some(id) = store::add(&mut tx, &manager, &new).await? else {
        typed.faults.push(("stakeholder", "Cette organisation est déjà dans la liste.".to_owned()));
        return again(&app, &manager, typed).await;
    };
    journal::record(&mut tx, manager.project(), manager.account(), "engagement_added", &id.to_string(), manager.now()).await?;
    if is_sent {
        invite(&mut tx, &app, &manager, id).await?;
    }
    let location = manager.url(&format!("/engagement?fait={}#signataires", if is_sent { "envoi" } else { "ajout" }));
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

async fn again(app: &App, manager: &EngagementManager, typed: Typed) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(app, &mut conn, manager, typed, None).await?)
}

/// Sends the first link to a signatory: the version in force becomes the one that it is asked to sign.
pub async fn invite(conn: &mut PgConnection, app: &App, manager: &EngagementManager, id: i64) -> Result<(), AppError> {
    let documents = store::documents(conn, manager.project()).await?;
    let current = documents.first().ok_or(Refusal::Because("Publiez d’abord une version du document\u{a0}: un lien mène toujours à un texte publié."))?;
    let signatory = store::signatory(conn, manager.project(), id).await?.ok_or(AppError::NotFound)?;
    links::room(conn, manager.project(), 1, manager.now()).await?;
    store::ask(conn, &[id], current.id, manager.now()).await?;
    let place = links::place(conn, manager.project(), manager.account()).await?;
    links::send(conn, app, (&place, manager.account()), &signatory, (Why::Invitation, &[]), manager.now()).await?;
    Ok(journal::record(conn, manager.project(), manager.account(), "engagement_invited", &id.to_string(), manager.now()).await?)
}

/// Who writes deliverable 4 reminds everybody who is awaited, a person a day at most.
pub async fn remind_all(Shared(app): Shared<App>, manager: EngagementManager, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::manage_engagement(&locked.ties(&manager), &locked.facts(manager.facts()), manager.now())?;
    let mut awaited = store::signatories(&mut tx, manager.project(), None).await?;
    awaited.retain(|signatory| signatory.unremindable(manager.now()).is_none());
    links::room(&mut tx, manager.project(), awaited.len(), manager.now()).await?;
    let place = links::place(&mut tx, manager.project(), manager.account()).await?;
    reminders::remind(&mut tx, &app, (&place, manager.account()), &awaited, manager.now()).await?;
    let location = manager.url(&format!("/engagement?fait=relances&n={}#signataires", awaited.len()));
    remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
