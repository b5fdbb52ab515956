//! Proofs that a person may do a thing now. A handler receives one; nothing else can make one.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use time::OffsetDateTime;
use uuid::Uuid;

use super::policy::{self, Facts, Refusal, Status, Ties};
use super::store;
use super::visitor::{Caller, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::framework::aims::{Aim, Spot};
use crate::framework::belonging::Part;
use crate::kit::ids::{AccountId, CallId, ProjectId, ReviewId, SubmissionId};

/// What every page of a dossier shows or needs of it, read with the rights.
#[derive(Debug, Clone)]
pub struct ProjectHead {
    /// Dossier.
    pub id: ProjectId,
    /// Its call.
    pub call: CallId,
    /// Slug of the call.
    pub call_slug: String,
    /// Short title of the call.
    pub call_title: String,
    /// "2014-2015".
    pub edition: String,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Carrier and place: "Syndicat mixte Rives de Charente, Jarnac (16)".
    pub label: String,
    /// Kept standing, as JSON.
    pub standing: String,
    /// Grows with each saved change.
    pub content_version: i64,
    /// Its value at the last deposit.
    pub deposited_version: Option<i64>,
    /// Last deposit.
    pub submission: Option<SubmissionId>,
    /// The person's own review.
    pub review: Option<ReviewId>,
}

/// A person before a dossier that they may open: the common part of every proof.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub(super) visitor: Visitor,
    pub(super) ties: Ties,
    pub(super) facts: Facts,
    pub(super) aims: Vec<Aim>,
    pub(super) head: ProjectHead,
    pub(super) now: OffsetDateTime,
}

impl Dossier {
    /// The person.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The person's account.
    pub fn account(&self) -> AccountId {
        self.visitor.account
    }

    /// Bonds between both.
    pub fn ties(&self) -> &Ties {
        &self.ties
    }

    /// Facts of the dossier.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The dossier.
    pub fn head(&self) -> &ProjectHead {
        &self.head
    }

    /// The dossier's id.
    pub fn project(&self) -> ProjectId {
        self.head.id
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// Address of the dossier, followed by that path.
    pub fn url(&self, path: &str) -> String {
        format!("/dossiers/{}{path}", self.head.id)
    }

    /// Has the draft changed since the last deposit?
    pub fn has_undeposited_changes(&self) -> bool {
        self.head.deposited_version.is_some_and(|deposited| deposited < self.head.content_version)
    }

    /// State that this person is told.
    pub fn told_status(&self) -> Status {
        policy::told_status(&self.ties, &self.facts)
    }

    /// May the person write something of the draft now?
    pub fn may_edit(&self) -> Result<(), Refusal> {
        policy::edit(&self.ties, &self.facts, self.now)
    }

    /// May the person write what belongs to those deliverables now?
    pub fn may_write(&self, part: Part) -> Result<(), Refusal> {
        policy::write(&self.ties, &self.facts, part, self.now)
    }

    /// What requests for correction reopen now.
    pub fn aims(&self) -> &[Aim] {
        &self.aims
    }

    /// May the person write that now, as part of the draft or because a request for correction aims at it?
    pub fn may_correct(&self, part: Part, spot: Spot<'_>) -> Result<(), Refusal> {
        policy::write_or_correct(&self.ties, &self.facts, (part, spot), &self.aims, self.now)
    }

    /// May the person comment what belongs to those deliverables?
    pub fn may_comment(&self, part: Part) -> Result<(), Refusal> {
        policy::comment(&self.ties, &self.facts, part)
    }

    /// May the person deposit now?
    pub fn may_deposit(&self) -> Result<(), Refusal> {
        policy::deposit(&self.ties, &self.facts, self.now)
    }

    /// May the person fill the draft from another dossier now?
    pub fn may_copy(&self) -> Result<(), Refusal> {
        policy::copy(&self.ties, &self.facts, self.now)
    }

    /// Is the person of the team?
    pub fn is_team(&self) -> bool {
        policy::team(&self.ties, &self.facts).is_ok()
    }
}

/// Somebody before a dossier, before anything is known of either: a statement that reads the rights and a page together
/// asks `dossier_seat` with it, and the proof comes from what that answered.
#[derive(Debug)]
pub struct ProjectKnock<P> {
    caller: Caller,
    project: ProjectId,
    proof: PhantomData<fn() -> P>,
}

impl<P: sealed::Proof> ProjectKnock<P> {
    /// What the database keeps of the session's secret.
    pub fn token(&self) -> &[u8] {
        &self.caller.token
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.caller.now
    }

    /// The dossier asked for.
    pub fn project(&self) -> ProjectId {
        self.project
    }

    /// The proof, from the `head` and `standing` that `dossier_seat` answered to this very knock; nothing without a session.
    ///
    /// # Errors
    /// When nobody is signed in, when the dossier is unknown, or when the policy refuses.
    pub fn admit(&self, found: Option<(String, Option<String>)>) -> Result<P, AppError> {
        let dossier = self.dossier(found)?;
        P::rule(&dossier)?;
        Ok(P::proven(dossier))
    }

    /// Both, before any rule.
    fn dossier(&self, found: Option<(String, Option<String>)>) -> Result<Dossier, AppError> {
        let (head, standing) = found.ok_or_else(|| self.caller.sign_in())?;
        store::dossier(&head, self.project, standing, self.caller.now)
    }
}

impl<P: sealed::Proof> FromRequestParts<App> for ProjectKnock<P> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let project = path_part(parts, app, "id").await?;
        Ok(Self { caller: Caller::from_request_parts(parts, app).await?, project, proof: PhantomData })
    }
}

/// A part of the path, unreadable ones being pages that do not exist.
#[expect(clippy::disallowed_types, reason = "the only place that reads ids from a path")]
async fn path_part<T: FromStr>(parts: &mut Parts, app: &App, name: &str) -> Result<T, AppError> {
    let axum::extract::Path(path) = axum::extract::Path::<HashMap<String, String>>::from_request_parts(parts, app).await.map_err(|_| AppError::NotFound)?;
    path.get(name).and_then(|part| part.parse().ok()).ok_or(AppError::NotFound)
}

/// A sending that needs a proof: the proof, or why not, to somebody who still reads the dossier and is owed the text back.
#[derive(Debug)]
pub enum Sending<P> {
    /// May be done.
    Allowed(P),
    /// May not, now.
    Refused(Box<ProjectVisitor>, Refusal),
}

impl<P: std::ops::Deref<Target = Dossier>> Sending<P> {
    /// The dossier, either way.
    pub fn dossier(&self) -> &Dossier {
        match self {
            Self::Allowed(proof) => proof,
            Self::Refused(visitor, _) => visitor,
        }
    }
}

pub(super) mod sealed {
    use super::{Dossier, Refusal};

    /// What a proof of a dossier is made of; nothing outside makes one.
    pub trait Proof: Sized {
        /// The rule.
        fn rule(dossier: &Dossier) -> Result<(), Refusal>;
        /// The proof, once the rule holds.
        fn proven(dossier: Dossier) -> Self;
    }
}

impl<P: sealed::Proof> FromRequestParts<App> for Sending<P> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let knock = ProjectKnock::<P>::from_request_parts(parts, app).await?;
        let mut conn = app.db.acquire().await?;
        let dossier = knock.dossier(store::dossier_head(&mut conn, &knock).await?)?;
        match P::rule(&dossier) {
            Ok(()) => Ok(Self::Allowed(P::proven(dossier))),
            Err(Refusal::NotYours) => Err(AppError::NotFound),
            Err(refusal) => {
                policy::open(&dossier.ties, &dossier.facts)?;
                Ok(Self::Refused(Box::new(ProjectVisitor(dossier)), refusal))
            }
        }
    }
}

macro_rules! project_proofs {
    ($($(#[$doc:meta])* $name:ident = $rule:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(Dossier);

        impl std::ops::Deref for $name {
            type Target = Dossier;

            fn deref(&self) -> &Dossier {
                &self.0
            }
        }

        impl FromRequestParts<App> for $name {
            type Rejection = AppError;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
                let knock = ProjectKnock::<Self>::from_request_parts(parts, app).await?;
                let mut conn = app.db.acquire().await?;
                let found = store::dossier_head(&mut conn, &knock).await?;
                knock.admit(found)
            }
        }

        impl sealed::Proof for $name {
            fn rule(dossier: &Dossier) -> Result<(), Refusal> {
                let rule: fn(&Dossier) -> Result<(), Refusal> = $rule;
                rule(dossier)
            }

            fn proven(dossier: Dossier) -> Self {
                Self(dossier)
            }
        }
    )+};
}

project_proofs! {
    /// May open the dossier's page: the team, and the administration of its call when not recused.
    ProjectVisitor = |d| policy::open(&d.ties, &d.facts);
    /// Is of the team: reads everything of the draft.
    ProjectReader = |d| policy::team(&d.ties, &d.facts);
    /// May change something of the draft now; what exactly, a [`super::PartWriter`] proves under the dossier's lock.
    ProjectEditor = |d| policy::edit(&d.ties, &d.facts, d.now);
    /// May write something of the dossier now: the draft until its bound, or what a request for correction reopened.
    ProjectWriter = |d| policy::write_something(&d.ties, &d.facts, d.now);
    /// May publish the engagement document and ask for signatures now.
    EngagementManager = |d| policy::manage_engagement(&d.ties, &d.facts, d.now);
    /// May deposit now.
    ProjectDepositor = |d| policy::deposit(&d.ties, &d.facts, d.now);
    /// May manage the team and what is shown before the deposit.
    ProjectOwner = |d| policy::manage_team(&d.ties, &d.facts);
    /// May read the deposits.
    DepositReader = |d| policy::read_deposit(&d.ties, &d.facts);
    /// May instruct the dossier for the call: check-list, corrections, notes, labels, opinions asked.
    ProjectInstructor = |d| policy::instruct(&d.ties, &d.facts);
    /// May propose that points of the dossier be corrected.
    CorrectionWisher = |d| policy::wish_correction(&d.ties, &d.facts);
    /// May read the opinions of people outside that are not confidential.
    OpinionReader = |d| policy::opinions(&d.ties, &d.facts);
    /// May open the lesson of the dossier; who is not of the team sees only what was proposed.
    LessonReader = |d| policy::read_lesson(&d.ties, &d.facts);
    /// May write the lesson of the dossier.
    LessonEditor = |d| policy::write_lesson(&d.ties, &d.facts);
    /// May take the lesson of the dossier back; proposing it asks for more, under the dossier's lock.
    LessonOwner = |d| policy::own_lesson(&d.ties, &d.facts);
    /// May open the page of the AMO branch.
    MissionReader = |d| policy::read_mission(&d.ties, &d.facts);
    /// May read the terms of reference of the AMO.
    TermsReader = |d| policy::read_terms(&d.ties, &d.facts);
    /// May write them, and submit them to the expertise.
    TermsWriter = |d| policy::write_terms(&d.ties, &d.facts);
    /// May read who was asked, the offers and their comparison.
    TenderReader = |d| policy::read_tenders(&d.ties, &d.facts);
    /// May ask providers, record offers, compare, choose.
    TenderRunner = |d| policy::run_consultation(&d.ties, &d.facts);
    /// May read the retained offer, whatever else.
    RetainedReader = |d| policy::read_retained(&d.ties, &d.facts);
    /// May invite the retained consultant, and say until when.
    ConsultantHost = |d| policy::place_consultant(&d.ties, &d.facts);
    /// May read the subsidy file.
    SubsidyReader = |d| policy::read_subsidy(&d.ties, &d.facts);
    /// May prepare the subsidy file; whether it still changes is asked under the dossier's lock, where a deposit sent twice is known.
    SubsidyWriter = |d| policy::run_consultation(&d.ties, &d.facts);
    /// May deposit the subsidy file, as long as it changes.
    SubsidyDepositor = |d| policy::run_consultation(&d.ties, &d.facts).and_then(|()| policy::manage_team(&d.ties, &d.facts));
    /// May read the bank details.
    BankReader = |d| policy::read_bank(&d.ties, &d.facts);
    /// May record what the fund said.
    SubsidyRecorder = |d| policy::record_subsidy(&d.ties, &d.facts);
    /// May read one of the dossier's threads, or more.
    ThreadsVisitor = |d| policy::read_threads(&d.ties, &d.facts);
    /// May write a review of the dossier now.
    ReviewAuthor = |d| policy::review(&d.ties, &d.facts);
    /// May read the reviews of others and what is computed from them.
    ScoreReader = |d| policy::scores(&d.ties, &d.facts);
    /// May read what the instances said of the dossier.
    DecisionReader = |d| policy::decision(&d.ties, &d.facts);
    /// May open phase 2 from the dossier.
    PhaseOpener = |d| policy::go_on(&d.ties, &d.facts);
    /// May manage the dossier for the call.
    ProjectManager = |d| policy::manage(&d.ties, &d.facts);
}

impl From<&ProjectEditor> for ProjectWriter {
    /// Whoever writes the draft writes something of the dossier.
    fn from(editor: &ProjectEditor) -> Self {
        Self(editor.0.clone())
    }
}

macro_rules! path_parts {
    ($($(#[$doc:meta])* $name:ident($type:ty) = $part:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub $type);

        impl FromRequestParts<App> for $name {
            type Rejection = AppError;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
                path_part(parts, app, $part).await.map(Self)
            }
        }
    )+};
}

path_parts! {
    /// Row named in the path; it opens nothing by itself.
    RowPart(Uuid) = "row";
    /// Slug of a public call.
    SlugPart(String) = "slug";
    /// Secret of a link.
    TokenPart(String) = "token";
    /// Key of something in the dossier: a deliverable, a collection, a slot.
    KeyPart(String) = "key";
    /// Number of something in its list.
    NumberPart(i64) = "number";
}
