//! A dossier as the managers of its call see it: manifestation, eligibility, bound, owner, deposits, reviews, recusals.

mod forms;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

pub use self::forms::{Part, extension, owner, record, recusal};
use self::forms::{forms, kept};
use super::form::{FormView, Sheet};
use super::frame::{Alert, Asked, Frame, at, tabs};
use super::store::dossier::{self as store, Assigned, Facts, Member, Person};
use crate::access::{ProjectManager, ReviewStatus, Status};
use crate::app::App;
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, Tag, html_with};
use crate::project::files::{ACCEPTED, size_text};
use crate::project::store::role_name;
use crate::submission::store::{Deposit, deposits};
use crate::suspended;

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
        team: store::team(conn, project, manager.now()).await?,
        invited: store::invited_owner(conn, project, manager.now()).await?,
        letter: store::letter(conn, project).await?.map(|letter| (letter.name, letter.size)),
        deposits: deposits(conn, project).await?,
        reviews: store::reviews(conn, project).await?,
    })
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
    frame.alerts.extend([done, Alert::unsaved(&forms), Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten());
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
        tag: Tag::of(manager.told_status()),
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
            "correction" => "complément demandé",
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
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    drop(conn);
    let done = asked.0.get("fait").map(|what| match what.as_str() {
        "delai" => Alert::done("Délai enregistré", "L’équipe est prévenue par courriel."),
        "porteur" => Alert::done("Porteur invité", "Un courriel est parti à son adresse."),
        "depots" => Alert::done("Dépôt enregistré", "Il est figé et numéroté ; l’équipe reçoit son récépissé."),
        "deports" => Alert::done("Déport noté", "Cette personne ne voit plus le dossier."),
        _ => Alert::done("Enregistré", "Le dossier est à jour."),
    });
    let kept = kept(typed.as_ref(), &manager, &held);
    draw(&app, &manager, held, kept, (StatusCode::OK, done))
}
