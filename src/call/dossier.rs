//! A dossier as the managers of its call see it: manifestation, eligibility, bound, owner, deposits, reviews, recusals.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::form::{FormView, Sheet, Spec};
use super::frame::{Alert, Asked, Frame, at, tabs};
use super::paper;
use super::store::dossier::{self as store, Assigned, Facts, Member, Person};
use super::store::{NOT_ELIGIBLE, is_notifiable};
use crate::access::{ProjectManager, ReviewStatus, Status};
use crate::app::App;
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, Tag, html_with};
use crate::project::files::{ACCEPTED, size_text};
use crate::project::store::role_name;
use crate::submission::store::{Deposit, deposits};

#[derive(Template)]
#[template(path = "call/dossier.html")]
struct DossierPage {
    layout: Layout,
    frame: Frame,
    base: String,
    project: i64,
    tag: Tag,
    facts: Vec<(&'static str, String)>,
    forms: Vec<FormView>,
    letter: Option<(String, String)>,
    accepted: &'static str,
    team: Vec<(String, String, &'static str)>,
    invited: String,
    deposits: Vec<DepositView>,
    reviews: Vec<ReviewView>,
    assignments: String,
    recusals: Vec<(String, String, &'static str, String)>,
    version: i32,
    operation: Uuid,
}

struct DepositView {
    reference: String,
    href: String,
    when: String,
    channel: &'static str,
    by: String,
    note: String,
}

struct ReviewView {
    name: String,
    organisation: String,
    tag: Tag,
    delivered: String,
}

/// A form of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Title, manifestation, eligibility.
    Record,
    /// The dossier's own bound.
    Extension,
    /// Its owner.
    Owner,
    /// Somebody who stays away.
    Recusal,
    /// A deposit received by post or by e-mail.
    Deposit,
}

/// Everything that the page shows.
pub struct Held {
    /// What the manager records.
    pub facts: Facts,
    /// People of the call, with the recusals.
    pub people: Vec<Person>,
    team: Vec<Member>,
    invited: Option<String>,
    letter: Option<(String, i64)>,
    deposits: Vec<Deposit>,
    reviews: Vec<Assigned>,
}

/// Reads everything that the page shows.
pub async fn held(conn: &mut PgConnection, manager: &ProjectManager) -> Result<Held, AppError> {
    let project = manager.project();
    Ok(Held {
        facts: store::facts(conn, project).await?,
        people: store::people(conn, manager.head().call, project).await?,
        team: store::team(conn, project).await?,
        invited: store::invited_owner(conn, project, manager.now()).await?,
        letter: store::letter(conn, project).await?.map(|letter| (letter.name, letter.size)),
        deposits: deposits(conn, project).await?,
        reviews: store::reviews(conn, project).await?,
    })
}

/// Title, manifestation and eligibility (R2, R3, R17, R18).
pub fn record(sheet: &mut Sheet<'_>, held: &Facts) -> Facts {
    let facts = Facts {
        title: sheet.read(Spec::new("title", "Titre du projet").range(0, 160), &held.title),
        manifested_on: sheet.read(Spec::new("manifested_on", "Manifestation reçue le (R2)").optional(), &held.manifested_on),
        manifestation: sheet.read(
            Spec::new("manifestation", "Résumé de la manifestation").hint("Le porteur le retrouve dans son dossier (R27).").long(8000).optional().personal(),
            &held.manifestation,
        ),
        is_reducing_impact: sheet.read(
            Spec::new("is_reducing_impact", "Diminution globale des impacts environnementaux des activités du territoire (R17)"),
            &held.is_reducing_impact,
        ),
        is_collective: sheet
            .read(Spec::new("is_collective", "Projet collectif et collaboratif, avec l’ensemble des parties prenantes (R18)"), &held.is_collective),
        notified_on: sheet.read(Spec::new("notified_on", "Éligibilité notifiée le (R3)").optional(), &held.notified_on),
        ..held.clone()
    };
    if !is_notifiable(facts.notified_on, facts.is_reducing_impact, facts.is_collective) {
        sheet.refuse("notified_on", NOT_ELIGIBLE);
    }
    facts
}

/// The dossier's own bound and its reason.
pub fn extension(sheet: &mut Sheet<'_>, held: &Facts) -> (Option<OffsetDateTime>, String) {
    let hint = "Instant à partir duquel plus rien n’est accepté pour ce dossier. Vide\u{a0}: le délai propre est retiré.";
    let until = sheet.read(Spec::new("extended_until", "Délai propre, heure de Paris").hint(hint).optional().bound(), &held.extended_until);
    let changes = sheet.changes.len();
    let reason =
        sheet.read(Spec::new("reason", "Motif du délai").hint("Une phrase, gardée avec la décision et envoyée à l’équipe.").range(3, 500), &String::new());
    sheet.changes.truncate(changes);
    if !reason.is_empty() && reason.chars().count() < 3 {
        sheet.refuse("reason", "Écrire le motif en quelques mots.");
    }
    if until.is_some_and(|until| until <= held.common_bound) {
        sheet.refuse("extended_until", format!("Choisir un instant après la limite de l’appel, {}.", moment::until(held.common_bound)));
    }
    (until, reason)
}

/// Address of the owner.
pub fn owner(sheet: &mut Sheet<'_>) -> String {
    sheet.read(
        Spec::new("owner", "Adresse électronique du porteur")
            .hint("Avec un compte existant, le dossier s’y ajoute aussitôt\u{a0}; sinon une invitation part.")
            .email(),
        &String::new(),
    )
}

/// Who stays away, and why.
pub fn recusal(sheet: &mut Sheet<'_>, people: &[Person]) -> (String, String) {
    let free = people.iter().filter(|person| person.origin.is_none());
    let name = |person: &Person| if person.organisation.is_empty() { person.name.clone() } else { format!("{}, {}", person.name, person.organisation) };
    let options = std::iter::once((String::new(), "Choisir une personne".to_owned())).chain(free.map(|person| (person.id.to_string(), name(person)))).collect();
    let account = sheet.read(Spec::new("account", "Personne en déport").among(options), &String::new());
    let reason = sheet.read(Spec::new("recusal_reason", "Motif du déport").hint("Une phrase, lue par les seuls gestionnaires.").range(3, 500), &String::new());
    (account, reason)
}

fn filled<'a>(part: Part, manager: &ProjectManager, held: &Held) -> Sheet<'a> {
    let mut sheet = Sheet::of(None);
    match part {
        Part::Record => drop(record(&mut sheet, &held.facts)),
        Part::Extension => drop(extension(&mut sheet, &held.facts)),
        Part::Owner => drop(owner(&mut sheet)),
        Part::Recusal => drop(recusal(&mut sheet, &held.people)),
        Part::Deposit => drop(paper::deposit(&mut sheet, manager)),
    }
    sheet
}

/// Where the others are acts on a page of their own, this one is received with its file, at the deposits' address.
fn action(part: Part, manager: &ProjectManager, id: &str) -> String {
    let page = format!("/appel/dossiers/{}", manager.project());
    match part {
        // The record is the page's own form; the others are acts below it.
        Part::Record => page,
        Part::Deposit => manager.url("/depots"),
        Part::Extension | Part::Owner | Part::Recusal => format!("{page}/{id}"),
    }
}

fn words(part: Part, held: &Held) -> ((&'static str, &'static str, &'static str), String) {
    match part {
        Part::Record => (("fiche", "Manifestation et éligibilité", "Enregistrer"), String::new()),
        Part::Extension => {
            let intro = match held.facts.extended_until {
                Some(until) => format!("Ce dossier a son propre délai, jusqu’au {}.", moment::until(until)),
                None => "Un délai propre rouvre la saisie et le dépôt pour ce seul dossier.".to_owned(),
            };
            (("delai", "Délai propre au dossier", "Enregistrer le délai"), intro)
        }
        Part::Owner => (("porteur", "Inviter un porteur", "Inviter"), String::new()),
        Part::Recusal => (
            ("deports", "Noter un déport", "Noter le déport"),
            "La personne ne voit plus ce dossier nulle part, et son évaluation éventuelle ne compte plus. C’est définitif.".to_owned(),
        ),
        Part::Deposit => (
            ("recu", "Dépôt reçu par courrier ou par courriel", "Enregistrer ce dépôt"),
            "Le contenu saisi dans le dossier est figé avec le dépôt (R133, R134).".to_owned(),
        ),
    }
}

const PARTS: [Part; 5] = [Part::Record, Part::Extension, Part::Deposit, Part::Owner, Part::Recusal];

fn forms(manager: &ProjectManager, held: &Held, mut posted: Option<(Part, Sheet<'_>, i32)>) -> Vec<FormView> {
    let is_open = matches!(manager.facts().status, Status::Draft | Status::Deposited);
    let may_invite = held.facts.notified_on.is_some();
    let offered = |part: &Part| match part {
        Part::Extension | Part::Deposit => is_open,
        Part::Owner => may_invite,
        Part::Record | Part::Recusal => true,
    };
    PARTS
        .into_iter()
        .filter(offered)
        .map(|part| {
            let (sheet, seen) = match posted.take_if(|(held, ..)| *held == part) {
                Some((_, sheet, seen)) => (sheet, seen),
                None => (filled(part, manager, held), held.facts.version),
            };
            let is_conflict = seen == held.facts.version && !sheet.has_errors();
            let conflicts = if is_conflict { sheet.changes.clone() } else { Vec::new() };
            let (title, intro) = words(part, held);
            let page = format!("/appel/dossiers/{}", manager.project());
            let form =
                FormView::of(sheet, title, action(part, manager, title.0), seen).back(page).intro(intro).against(conflicts).main_if(part == Part::Record);
            if part == Part::Deposit { form.with_file("Copie numérisée", ACCEPTED) } else { form }
        })
        .collect()
}

/// Draws the page, with the posted form as it came back.
pub fn draw(
    app: &App,
    manager: &ProjectManager,
    held: Held,
    posted: Option<(Part, Sheet<'_>, i32)>,
    (status, done): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let forms = forms(manager, &held, posted);
    let project = manager.head();
    let closes_at = manager.facts().closes_at;
    let mut frame = Frame {
        over: format!("Appel {} {} · dossier n°\u{a0}{}", project.call_title, project.edition, project.number),
        heading: held.facts.title.clone(),
        lead: held.facts.label.clone(),
        tabs: tabs(&project.call_slug, "/appel"),
        alerts: Vec::new(),
    };
    frame.alerts.extend([done, Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten());
    let base = manager.url("");
    let origin = |person: &Person| match person.origin.as_deref() {
        Some("declared") => "déclaré",
        Some("suggested") => "suggéré",
        _ => "noté par un gestionnaire",
    };
    let recusals = held.people.iter().filter(|person| person.origin.is_some());
    let page = DossierPage {
        layout: Layout {
            run: (format!("Appel {} {} · gestion", project.call_title, project.edition), format!("Dépôt jusqu’au {}", moment::until(closes_at))),
            ..Layout::personal(app, manager.visitor(), format!("{}, gestion", held.facts.title), "/appel")
        },
        project: manager.project().get(),
        tag: Tag::of(manager.facts().status),
        facts: summary(manager, &held.facts),
        recusals: recusals
            .map(|person| (person.name.clone(), person.organisation.clone(), origin(person), person.reason.clone().unwrap_or_default()))
            .collect(),
        letter: held.letter.map(|(name, size)| (name, size_text(size))),
        accepted: ACCEPTED,
        team: held.team.into_iter().map(|member| (member.name, member.email, role_name(&member.role))).collect(),
        invited: held.invited.unwrap_or_default(),
        deposits: held.deposits.into_iter().map(|deposit| deposit_view(&base, deposit)).collect(),
        reviews: held.reviews.into_iter().map(review_view).collect::<Result<_, _>>()?,
        assignments: at(&project.call_slug, &format!("/appel/affectations?apres={}", project.number - 1)),
        version: held.facts.version,
        operation: Uuid::new_v4(),
        frame,
        forms,
        base,
    };
    html_with(status, &page)
}

fn summary(manager: &ProjectManager, facts: &Facts) -> Vec<(&'static str, String)> {
    let day = |day: Option<Date>| day.map_or_else(|| "pas encore".to_owned(), moment::day);
    let frozen = match manager.facts().status {
        Status::Draft | Status::Deposited => "pas ouverte".to_owned(),
        Status::Withdrawn | Status::Inadmissible => "sans objet".to_owned(),
        _ => "ouverte\u{a0}: le dernier dépôt est figé".to_owned(),
    };
    vec![("Manifestation", day(facts.manifested_on)), ("Éligibilité notifiée", day(facts.notified_on)), ("Évaluation", frozen)]
}

fn deposit_view(base: &str, deposit: Deposit) -> DepositView {
    DepositView {
        href: format!("{base}/depots/{}", deposit.number),
        when: moment::full(deposit.received_at),
        channel: match deposit.channel.as_str() {
            "paper" => "par courrier",
            "email" => "par courriel",
            _ => "en ligne",
        },
        by: deposit.depositor,
        note: deposit.note,
        reference: deposit.reference,
    }
}

fn review_view(review: Assigned) -> Result<ReviewView, AppError> {
    let status = ReviewStatus::parse(&review.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
    let (class, word) = match status {
        ReviewStatus::NotStarted => ("todo", "Pas commencée"),
        ReviewStatus::Draft => ("doing", "Commencée"),
        ReviewStatus::Delivered => ("done", "Rendue"),
        ReviewStatus::Recused => ("off", "Déport"),
    };
    let delivered = review.delivered_at.filter(|_| status == ReviewStatus::Delivered).map(moment::date).unwrap_or_default();
    Ok(ReviewView { name: review.name, organisation: review.organisation, tag: Tag { class, word }, delivered })
}

/// The managers of a call see each of its dossiers, but for those that they stay away from.
pub async fn show(State(app): State<App>, manager: ProjectManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = held(&mut conn, &manager).await?;
    drop(conn);
    let done = asked.0.get("fait").map(|what| match what.as_str() {
        "delai" => Alert::done("Délai enregistré", "L’équipe est prévenue par courriel."),
        "porteur" => Alert::done("Porteur invité", "Un courriel est parti à son adresse."),
        "depots" => Alert::done("Dépôt enregistré", "Il est figé et numéroté ; l’équipe reçoit son récépissé."),
        "deports" => Alert::done("Déport noté", "Cette personne ne voit plus le dossier."),
        _ => Alert::done("Enregistré", "Le dossier est à jour."),
    });
    draw(&app, &manager, held, None, (StatusCode::OK, done))
}
