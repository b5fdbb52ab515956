//! The opinions of a dossier, for who may read them: its managers all of them, reviewers and committee those given and not
//! confidential.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use uuid::Uuid;

use super::store::{self, Opinion};
use crate::access::{OpinionReader, policy};
use crate::app::App;
use crate::error::AppError;
use crate::instruction::page::Asked;
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html};
use crate::project;

struct OpinionView {
    number: i32,
    who: String,
    tag: Tag,
    facts: Vec<(&'static str, String)>,
    question: String,
    reasons: String,
    may_remind: bool,
    may_revoke: bool,
}

#[derive(Template)]
#[template(path = "instruction/opinions.html")]
struct OpinionsPage {
    layout: Layout,
    over: String,
    base: String,
    done: Option<(&'static str, &'static str)>,
    opinions: Vec<OpinionView>,
    is_manager: bool,
    may_ask: bool,
    operation: Uuid,
}

/// Managers, reviewers of the dossier and committee read its opinions; nobody who stays away from it, nor its team.
pub async fn show(State(app): State<App>, reader: OpinionReader, Query(asked): Asked) -> Result<Response, AppError> {
    let is_manager = policy::instruct(reader.ties(), reader.facts()).is_ok();
    let mut conn = app.db.acquire().await?;
    project::store::record_staff_read(&mut conn, &reader).await?;
    let opinions = store::list(&mut conn, reader.project(), is_manager).await?;
    let done = asked.get("fait").filter(|_| is_manager).map(|what| match what.as_str() {
        "envoi" => ("Demande envoyée", "Un lien personnel est parti à cette adresse."),
        "relance" => ("Rappel envoyé", "Un nouveau lien est parti\u{a0}; le précédent s’ouvre encore."),
        _ => ("Demande retirée", "Ses liens ne s’ouvrent plus."),
    });
    html(&OpinionsPage {
        layout: Layout::dossier(&app, &reader, "Avis extérieurs", ""),
        over: reader.head().title.clone(),
        base: reader.url(""),
        done,
        opinions: opinions.into_iter().map(|opinion| view(&reader, opinion, is_manager)).collect(),
        is_manager,
        may_ask: is_manager && !matches!(reader.told_status(), crate::access::Status::Withdrawn),
        operation: Uuid::new_v4(),
    })
}

fn view(reader: &OpinionReader, opinion: Opinion, is_manager: bool) -> OpinionView {
    let now = reader.now();
    let mut facts = vec![("Sur le dépôt", format!("n°\u{a0}{}", opinion.reference))];
    if let Some(at) = opinion.answered_at {
        facts.push(("Rendu", moment::full(at)));
    } else {
        facts.push(("À rendre", format!("jusqu’au {}", moment::until(opinion.due_at))));
    }
    if is_manager {
        facts.push(("Demandé", format!("par {}, {}", opinion.by, moment::full(opinion.at))));
        facts.push(("Adresse", opinion.email.clone()));
        facts.push((
            "Lu par",
            if opinion.is_confidential { "les gestionnaires seuls" } else { "les gestionnaires, les évaluateurs du dossier et le comité" }.to_owned(),
        ));
        if opinion.answered_at.is_none() {
            facts.push(("Lien", opinion.opened_at.map_or_else(|| "pas encore ouvert".to_owned(), |at| format!("ouvert {}", moment::near(at, now)))));
        }
    }
    let is_pending = is_manager && opinion.answered_at.is_none() && opinion.revoked_at.is_none();
    OpinionView {
        number: opinion.number,
        who: opinion.who(),
        tag: opinion.tag(now),
        facts,
        may_remind: is_pending && now < opinion.due_at,
        may_revoke: is_manager && opinion.revoked_at.is_none(),
        question: opinion.question,
        reasons: opinion.reasons,
    }
}
