//! A proposal of assignments: computed over the whole call, shown with its reasons, accepted box by box by the same act as
//! assignments by hand. It moves nothing that exists.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use trame_assignment::{
    Body, Cause, Conflict, Dossier, DossierPlan, Excluded, Held, Kept, Load, Missing, Need, Proposal, Reason, Refusal, Reviewer as Candidate, Settings, propose,
};
use uuid::Uuid;

use super::conflict::{Cause as Tie, Known, Named};
use super::expertise;
use super::frame::{Asked, Frame, at, layout};
use super::store as calls;
use super::store::assignments::{self as store, Line, Person};
use crate::access::{CallManager, ReviewStatus};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{NBSP, count, fold};
use crate::page::{Layout, html};

/// The page that the proposal is accepted in.
const TABLE: &str = "/appel/affectations";

#[derive(Template)]
#[template(path = "call/proposal.html")]
struct ProposalPage {
    layout: Layout,
    frame: Frame,
    back: String,
    action: String,
    version: i32,
    operation: Uuid,
    added: usize,
    summary: String,
    rows: Vec<RowView>,
    loads: Vec<LoadView>,
    is_full: bool,
}

/// A dossier that something is proposed for, or that lacks somebody.
struct RowView {
    number: i32,
    href: String,
    title: String,
    kept: String,
    proposed: Vec<ProposedView>,
    missing: Vec<String>,
    refused: Vec<String>,
}

struct ProposedView {
    value: String,
    name: String,
    reasons: String,
}

struct LoadView {
    name: String,
    body: &'static str,
    before: u32,
    after: u32,
}

/// The body that somebody reviews for, from the organisation written on their account.
fn body(organisation: &str) -> Body {
    let folded = fold(organisation);
    let mut words = folded.split(|letter: char| !letter.is_alphanumeric());
    if words.clone().any(|word| word == "ademe") {
        Body::Ademe
    } else if words.any(|word| matches!(word, "region" | "regional" | "regionale")) {
        Body::Region
    } else {
        Body::Other
    }
}

fn body_name(body: Body) -> &'static str {
    match body {
        Body::Ademe => "ADEME",
        Body::Region => "Région",
        Body::Other => "autre",
    }
}

/// What a proposal is made from: dossiers and reviewers by their keys, which outlive a replay.
struct Case<'a> {
    lines: &'a [Line],
    reviewers: &'a [Person],
}

impl<'a> Case<'a> {
    fn key(line: &Line) -> String {
        format!("{}\n{}\n{}", line.title, line.label, line.number)
    }

    fn dossier(&self, line: &Line) -> Dossier {
        let email: HashMap<i64, &str> = self.reviewers.iter().map(|reviewer| (reviewer.id, reviewer.email.as_str())).collect();
        let held = |(account, status): (&i64, &String)| {
            let held = match ReviewStatus::parse(status)? {
                ReviewStatus::NotStarted => Held::Assigned,
                ReviewStatus::Draft => Held::Begun,
                ReviewStatus::Delivered => Held::Delivered,
                ReviewStatus::Recused => return None,
            };
            Some(Kept { reviewer: (*email.get(account)?).into(), held })
        };
        let kept = line.reviewers.iter().zip(&line.states).filter_map(held).collect();
        Dossier { key: Self::key(line).as_str().into(), kept, excluded: self.excluded(line), themes: line.themes.clone() }
    }

    /// Whoever stays away, is of the team, or might have to stay away until a manager sets the suggestion aside: a proposal
    /// does not count on them.
    fn excluded(&self, line: &Line) -> Vec<Excluded> {
        let named = Named::of(line);
        let mut excluded = Vec::new();
        for reviewer in self.reviewers {
            let mut away = |conflict| excluded.push(Excluded { reviewer: reviewer.email.as_str().into(), conflict });
            if line.recused.contains(&reviewer.id) {
                away(Conflict::Declared);
            } else if line.team.contains(&reviewer.id) {
                away(Conflict::Team);
            } else if !line.reviewers.contains(&reviewer.id) {
                // A person put there by hand in spite of a suggestion stays.
                for suspicion in named.suspicions(&Known::of(reviewer)) {
                    away(suggested(suspicion.cause));
                }
            }
        }
        excluded
    }

    fn candidates(&self, dossiers: &[Dossier]) -> Vec<Candidate> {
        let kept = |email: &str| dossiers.iter().flat_map(|dossier| &dossier.kept).filter(|kept| kept.reviewer.as_str() == email).count();
        let candidate = |reviewer: &Person| Candidate {
            key: reviewer.email.as_str().into(),
            body: body(&reviewer.organisation),
            expertise: reviewer.expertise.clone(),
            maximum: None,
            elsewhere: u32::try_from(reviewer.assigned).unwrap_or(0).saturating_sub(u32::try_from(kept(&reviewer.email)).unwrap_or(0)),
        };
        self.reviewers.iter().map(candidate).collect()
    }

    fn propose(&self, reviews: u32) -> Result<Proposal, AppError> {
        let dossiers: Vec<Dossier> = self.lines.iter().map(|line| self.dossier(line)).collect();
        let candidates = self.candidates(&dossiers);
        Ok(propose(&dossiers, &candidates, &Settings::both_chairs(reviews)).map_err(anyhow::Error::from)?)
    }

    fn named(&self, email: &str) -> Option<&'a Person> {
        self.reviewers.iter().find(|reviewer| reviewer.email == email)
    }

    fn row(&self, plan: &DossierPlan) -> Option<RowView> {
        let line = self.lines.iter().find(|line| Self::key(line) == plan.dossier.as_str())?;
        let kept: Vec<&str> =
            plan.reviews.iter().filter(|review| review.kept.is_some()).filter_map(|review| Some(self.named(review.reviewer.as_str())?.name.as_str())).collect();
        let proposed: Vec<ProposedView> = plan
            .added()
            .filter_map(|review| {
                let reviewer = self.named(review.reviewer.as_str())?;
                let reasons = review.reasons.iter().map(reason).collect::<Vec<_>>().join(", ");
                Some(ProposedView { value: format!("{}.{}", line.id, reviewer.id), name: reviewer.name.clone(), reasons })
            })
            .collect();
        let refused =
            plan.refused.iter().filter_map(|refused| Some(format!("{}{NBSP}: {}", self.named(refused.reviewer.as_str())?.name, refusal(&refused.refusal))));
        (!proposed.is_empty() || !plan.missing.is_empty()).then(|| RowView {
            number: line.number,
            href: format!("/appel/dossiers/{}", line.id),
            title: line.title.clone(),
            kept: kept.join(", "),
            proposed,
            missing: plan.missing.iter().map(missing).collect(),
            refused: refused.collect(),
        })
    }

    fn load(&self, load: &Load) -> Option<LoadView> {
        let reviewer = self.named(load.reviewer.as_str())?;
        Some(LoadView { name: reviewer.name.clone(), body: body_name(body(&reviewer.organisation)), before: load.before, after: load.after })
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Body(body) => format!("pour {}", if *body == Body::Ademe { "l’ADEME" } else { "la Région" }),
        Reason::OnlyChoice => "seul choix possible".to_owned(),
        Reason::LeastLoaded => "parmi les moins chargés".to_owned(),
        Reason::Expertise(tags) => format!("connaît {}", expertise::named(tags).to_lowercase()),
        Reason::Lot => "tirage au sort à charge égale".to_owned(),
    }
}

fn suggested(tie: Tie) -> Conflict {
    match tie {
        Tie::Signatory => Conflict::Signatory,
        Tie::Organisation => Conflict::SameOrganisation,
        Tie::Domain => Conflict::SameDomain,
        Tie::Stakeholder | Tie::Financer => Conflict::BodyInvolved,
    }
}

fn conflict(conflict: Conflict) -> &'static str {
    match conflict {
        Conflict::Pinned | Conflict::Declared | Conflict::Confirmed => "déport",
        Conflict::Team => "membre de l’équipe",
        Conflict::Signatory => "signataire",
        Conflict::SameOrganisation => "même organisation",
        Conflict::SameDomain => "même domaine de courriel",
        Conflict::BodyInvolved => "sa structure est partie prenante ou financeur",
    }
}

/// Decided by nobody yet.
fn is_open(conflict: Conflict) -> bool {
    matches!(conflict, Conflict::Signatory | Conflict::SameOrganisation | Conflict::SameDomain | Conflict::BodyInvolved)
}

fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Conflict(all) => {
            let end = if all.iter().all(|one| is_open(*one)) { " (suggestion à confirmer ou à écarter)" } else { "" };
            format!("{}{end}", all.iter().map(|one| conflict(*one)).collect::<Vec<_>>().join(", "))
        }
        Refusal::AtMaximum(most) => format!("déjà {}", count(*most, "dossier", "dossiers")),
    }
}

fn missing(missing: &Missing) -> String {
    let what = match missing.need {
        Need::Body(body) => format!("Personne pour {}", if body == Body::Ademe { "l’ADEME" } else { "la Région" }),
        Need::Reviews(n) => format!("Il manque {}", count(n, "évaluation", "évaluations")),
    };
    let why = match missing.cause() {
        Cause::Nobody => "personne d’autre dans l’appel",
        Cause::AllInConflict => "toutes les personnes possibles sont en conflit d’intérêts, déclaré ou possible",
        Cause::AllAtMaximum => "toutes ont leur nombre de dossiers",
        Cause::ConflictsAndMaxima => "conflits d’intérêts et nombres de dossiers atteints",
    };
    format!("{what}{NBSP}: {why}.")
}

fn summary(proposal: &Proposal, rows: &[RowView]) -> String {
    let added = proposal.added().count();
    let short = rows.iter().filter(|row| !row.missing.is_empty()).count();
    match (added, short) {
        (0, 0) => "Chaque dossier a ses évaluateurs, dont l’ADEME et la Région. Il n’y a rien à proposer.".to_owned(),
        (0, short) => format!("Rien à proposer{NBSP}: {} sans solution.", count(short, "dossier reste", "dossiers restent")),
        (added, 0) => format!("{} à affecter.", count(added, "évaluation", "évaluations")),
        (added, short) => {
            format!(
                "{} à affecter{NBSP}; {} quelqu’un.",
                count(added, "évaluation", "évaluations"),
                count(short, "dossier manque encore de", "dossiers manquent encore de")
            )
        }
    }
}

/// The managers of a call are proposed who could review what, but for the dossiers that they stay away from.
pub async fn show(State(app): State<App>, manager: CallManager, _asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let counting = calls::rows::counting(&mut conn, manager.call().id).await?;
    let mut reviewers = store::people(&mut conn, &manager).await?;
    reviewers.retain(|person| person.is_reviewer);
    let ids = store::reviewable(&mut conn, &manager).await?;
    let is_full = ids.len() > store::PROPOSED_MOST;
    let lines = if is_full { Vec::new() } else { store::lines(&mut conn, &ids).await? };
    drop(conn);
    let expected = u32::try_from(counting.reviews_expected).unwrap_or(0);
    let work = move || {
        let case = Case { lines: &lines, reviewers: &reviewers };
        let proposal = case.propose(expected)?;
        let rows: Vec<RowView> = proposal.dossiers.iter().filter_map(|plan| case.row(plan)).collect();
        let loads: Vec<LoadView> = proposal.loads.iter().filter_map(|load| case.load(load)).collect();
        Ok::<_, AppError>((proposal.added().count(), summary(&proposal, &rows), rows, loads))
    };
    let (added, summary, mut rows, loads) = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)??;
    rows.sort_by_key(|row| row.number);
    let slug = &manager.call().slug;
    html(&ProposalPage {
        layout: layout(&app, &manager, "Proposition d’affectation"),
        frame: Frame::of(&manager, "Proposition d’affectation", TABLE)
            .lead("Une répartition équilibrée, avec au moins l’ADEME et la Région sur chaque dossier, sans conflit d’intérêts, de préférence entre les mains de qui connaît les domaines du dossier. Rien n’est affecté tant que vous n’enregistrez pas."),
        back: at(slug, TABLE),
        action: at(slug, TABLE),
        version: counting.version,
        operation: Uuid::new_v4(),
        added,
        summary,
        rows,
        loads,
        is_full,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_from_the_organisation() {
        for (organisation, wanted) in [
            ("ADEME", Body::Ademe),
            ("Direction régionale de l’ADEME", Body::Ademe),
            ("Région Poitou-Charentes", Body::Region),
            ("Conseil régional", Body::Region),
            ("Académie d’agriculture", Body::Other),
            ("", Body::Other),
        ] {
            assert_eq!(body(organisation), wanted, "{organisation}");
        }
    }
}
