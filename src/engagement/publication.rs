//! Publishing a version: what changes is read before it is frozen, and who signed before is asked to sign again, or not.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::changes::{self, Piece};
use super::links::{self, Why};
use super::model::{Document, Engagement, MOST_VERSIONS, Signatory, State};
use super::page::tag;
use super::store;
use super::text::{self, Text};
use crate::access::{Dossier, EngagementManager};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::page::{Layout, Tag, filters, html, html_with, see};
use crate::project::files::hex;
use crate::project::units::{self, Act};

/// Changes told in a mail.
const TOLD: usize = 12;

struct Choice {
    id: i64,
    organisation: String,
    contact: String,
    tag: Tag,
    detail: String,
    is_on: bool,
    note: &'static str,
}

#[derive(Template)]
#[template(path = "engagement/publication.html")]
struct PublicationPage {
    layout: Layout,
    base: String,
    dossier: String,
    heading: String,
    number: i32,
    alert: String,
    is_same: bool,
    hindrances: Vec<(&'static str, String)>,
    parts: Vec<(&'static str, String)>,
    diffs: Vec<(&'static str, String, Vec<Piece>)>,
    choices: Vec<Choice>,
    fingerprint: String,
    operation: Uuid,
}

/// Digest of what the page shows, so that a text changed meanwhile is never published unread.
fn fingerprint(text: &Text, number: i32) -> String {
    hex(&text::digest(&text.canonical(number)))
}

fn diffs(old: &Text, new: &Text) -> Vec<(&'static str, String, Vec<Piece>)> {
    let parts = old.parts().into_iter().zip(new.parts()).filter(|(old, new)| old.1 != new.1);
    parts
        .map(|((heading, old), (_, new))| {
            let pieces = changes::between(old, new);
            (heading, changes::summary(&pieces), pieces)
        })
        .collect()
}

/// Who is asked about the new text: those who hold a signature or have been asked, but those who said no.
fn choices(engagement: &Engagement) -> Vec<Choice> {
    let is_asked = |signatory: &&Signatory| signatory.state() != State::ToInvite && (signatory.asked.is_some() || signatory.signature().is_some());
    engagement
        .signatories
        .iter()
        .filter(is_asked)
        .map(|signatory| {
            let (tag, detail) = tag(signatory);
            Choice {
                id: signatory.id,
                organisation: signatory.organisation.clone(),
                contact: signatory.contact.clone(),
                tag,
                detail,
                is_on: !matches!(signatory.state(), State::Declined | State::Withdrawn) && is_writable(signatory),
                note: if signatory.email.is_empty() {
                    "sans adresse, à prévenir autrement"
                } else if is_writable(signatory) {
                    ""
                } else {
                    "ne souhaite plus de rappel, aucun courriel ne partira"
                },
            }
        })
        .collect()
}

/// A new text is announced to whoever signed the former one, and to others unless they refused reminders.
fn is_writable(signatory: &Signatory) -> bool {
    !signatory.email.is_empty() && (!signatory.has_stopped || signatory.signature().is_some())
}

async fn page(app: &App, conn: &mut PgConnection, dossier: &Dossier, alert: &str) -> Result<PublicationPage, AppError> {
    let engagement = store::engagement(conn, dossier.project()).await?;
    let draft = store::draft(conn, dossier.project()).await?;
    let number = engagement.current().map_or(0, |document| document.number) + 1;
    Ok(PublicationPage {
        layout: Layout::dossier(app, dossier, "Publier le document d’engagement", ""),
        base: dossier.url("/engagement"),
        dossier: dossier.url(""),
        heading: dossier.head().title.clone(),
        number,
        alert: alert.to_owned(),
        is_same: engagement.current().is_some_and(|document| document.text == draft),
        hindrances: draft.hindrances(),
        parts: draft.parts().into_iter().map(|(heading, text)| (heading, text.to_owned())).collect(),
        diffs: engagement.current().map(|document| diffs(&document.text, &draft)).unwrap_or_default(),
        choices: choices(&engagement),
        fingerprint: fingerprint(&draft, number),
        operation: Uuid::new_v4(),
    })
}

/// Who writes deliverable 4 reads what a new version would hold.
pub async fn show(Shared(app): Shared<App>, manager: EngagementManager) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    html(&page(&app, &mut conn, &manager, "").await?)
}

/// Who writes deliverable 4 publishes a version, and asks for signatures of it.
pub async fn publish(Shared(app): Shared<App>, manager: EngagementManager, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let writer = manager.writer(&locked.ties(&manager), &locked.facts(manager.facts()))?;
    let engagement = store::engagement(&mut tx, manager.project()).await?;
    let draft = store::draft(&mut tx, manager.project()).await?;
    let number = engagement.current().map_or(0, |document| document.number) + 1;
    let refusal = if input.get("empreinte") != fingerprint(&draft, number) {
        Some((StatusCode::CONFLICT, "Le texte ou la version a changé depuis que vous avez ouvert cette page. Relisez avant de publier."))
    } else if !draft.hindrances().is_empty() {
        Some((StatusCode::UNPROCESSABLE_ENTITY, "Il manque une partie du texte."))
    } else if engagement.current().is_some_and(|document| document.text == draft) {
        Some((StatusCode::UNPROCESSABLE_ENTITY, "Le texte est le même que celui de la version en vigueur\u{a0}: il n’y a rien à publier."))
    } else if number > MOST_VERSIONS {
        Some((StatusCode::UNPROCESSABLE_ENTITY, "Ce document a déjà 99 versions. La dernière reste celle que les partenaires signent."))
    } else {
        None
    };
    if let Some((status, sentence)) = refusal {
        drop(tx);
        let mut conn = app.db.acquire().await?;
        return html_with(status, &page(&app, &mut conn, &manager, sentence).await?);
    }
    let (id, number) = store::publish(&mut tx, &manager, &draft).await?;
    let chosen: Vec<i64> = input.all("signataire").filter_map(|id| id.parse().ok()).collect();
    announce(&mut tx, &app, &manager, (&engagement, &draft), (id, &chosen)).await?;
    let location = manager.url(&format!("/engagement?fait=publie&n={number}"));
    let subject = number.to_string();
    let act = Act { by: &writer, operation, location: &location, act: "engagement_published", subject: &subject };
    units::write(&mut tx, &locked, &act, &[]).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Asks the chosen signatories to sign the new version. Whoever has not signed is asked the version in force in any case: no
/// link ever leads to a text that was replaced and never signed.
async fn announce(
    conn: &mut PgConnection,
    app: &App,
    manager: &EngagementManager,
    (engagement, draft): (&Engagement, &Text),
    (document, chosen): (i64, &[i64]),
) -> Result<(), AppError> {
    let is_concerned = |signatory: &&Signatory| signatory.asked.is_some() || signatory.signature().is_some();
    let is_chosen = |signatory: &Signatory| chosen.contains(&signatory.id);
    let concerned: Vec<&Signatory> = engagement.signatories.iter().filter(is_concerned).collect();
    let is_open = |signatory: &Signatory| signatory.signature().is_none() && !matches!(signatory.state(), State::Declined | State::Withdrawn);
    let asked: Vec<i64> = concerned.iter().filter(|signatory| is_chosen(signatory) || is_open(signatory)).map(|signatory| signatory.id).collect();
    store::ask(conn, &asked, document, manager.now()).await?;
    let written: Vec<&Signatory> = concerned.into_iter().filter(|signatory| is_chosen(signatory) && is_writable(signatory)).collect();
    links::room(conn, manager.project(), written.len(), manager.now()).await?;
    let told = engagement.current().map(|former| lines(former, draft)).unwrap_or_default();
    let place = links::place(conn, manager.project(), manager.account()).await?;
    for signatory in written {
        links::send(conn, app, (&place, manager.account()), signatory, (Why::NewVersion, &told), manager.now()).await?;
    }
    Ok(())
}

/// What changed, as lines of a mail.
fn lines(former: &Document, draft: &Text) -> Vec<String> {
    let parts = former.text.parts().into_iter().zip(draft.parts()).filter(|(old, new)| old.1 != new.1);
    parts
        .flat_map(|((heading, old), (_, new))| changes::lines(&changes::between(old, new), TOLD).into_iter().map(move |line| format!("{heading}, {line}")))
        .collect()
}
