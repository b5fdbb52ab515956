//! Proofs that a person may write, or comment, one part of a dossier: made under its lock, demanded by every statement
//! that writes content.

use time::OffsetDateTime;

use super::place::Level;
use super::policy::{self, Facts, MOBILISATION, Refusal, Status, Ties};
use super::proofs::{EngagementManager, ProjectEditor, ProjectReader, ProjectWriter};
use crate::framework::aims::{Aim, Spot};
use crate::framework::belonging::{Part, part_of};
use crate::kit::ids::{AccountId, ProjectId};

/// May write what belongs to some deliverables of a dossier, now.
#[derive(Debug, Clone)]
pub struct PartWriter {
    account: AccountId,
    project: ProjectId,
    now: OffsetDateTime,
    part: Part,
    written: [bool; 5],
    /// What requests for correction reopened: nothing else is written. None while the draft is open.
    reopened: Option<(Vec<Aim>, OffsetDateTime)>,
}

impl PartWriter {
    /// Author of what is written.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Dossier.
    pub fn project(&self) -> ProjectId {
        self.project
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// What the proof was asked for.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The proof for the commitment that a partner's answer feeds, in the name of the account that sent the link.
    ///
    /// # Errors
    /// When the carrier itself may no longer write: the bound is past, the dossier is frozen.
    pub fn of_partner(project: ProjectId, (status, closes_at): (Status, OffsetDateTime), sender: AccountId, now: OffsetDateTime) -> Result<Self, Refusal> {
        policy::sign(status, closes_at, now)?;
        Ok(Self::of_commitments(project, sender, now))
    }

    fn of_commitments(project: ProjectId, account: AccountId, now: OffsetDateTime) -> Self {
        Self { account, project, now, part: part_of("commitment"), written: [1, 2, 3, 4, 5].map(|no| no == MOBILISATION), reopened: None }
    }

    /// What the writing must stay within, and until when: nothing while the draft is open.
    pub fn reopened(&self) -> Option<(&[Aim], OffsetDateTime)> {
        self.reopened.as_ref().map(|(aims, until)| (aims.as_slice(), *until))
    }

    /// Does the person write units of that kind?
    pub fn covers(&self, kind: &str) -> bool {
        part_of(kind).iter().any(|no| self.written[usize::from(*no) - 1])
    }
}

impl ProjectEditor {
    /// The proof for that part, from bonds and facts read again under the dossier's lock.
    ///
    /// # Errors
    /// When the person writes none of those deliverables, when the bound is past, when the dossier is frozen.
    pub fn writer(&self, ties: &Ties, facts: &Facts, part: Part) -> Result<PartWriter, Refusal> {
        policy::write(ties, facts, part, self.now())?;
        let written = [1, 2, 3, 4, 5].map(|no| policy::level(ties, no) == Some(Level::Write));
        Ok(PartWriter { account: self.account(), project: self.project(), now: self.now(), part, written, reopened: None })
    }
}

impl ProjectWriter {
    /// The proof for that part, from bonds, facts and running requests read again under the dossier's lock.
    ///
    /// # Errors
    /// When the person writes none of those deliverables, when the bound is past, when no request for correction aims at it.
    pub fn writer(&self, ties: &Ties, facts: &Facts, (part, spot): (Part, Spot<'_>), open: Vec<Aim>) -> Result<PartWriter, Refusal> {
        policy::write_or_correct(ties, facts, (part, spot), &open, self.now())?;
        let written = [1, 2, 3, 4, 5].map(|no| policy::level(ties, no) == Some(Level::Write));
        let reopened = facts.corrects_until.filter(|_| facts.status == Status::ChangesRequested).map(|until| (open, until));
        Ok(PartWriter { account: self.account(), project: self.project(), now: self.now(), part, written, reopened })
    }
}

impl EngagementManager {
    /// The proof for commitments, from bonds and facts read again under the dossier's lock.
    ///
    /// # Errors
    /// When the person no longer writes deliverable 4, when the bound is past, when the dossier is frozen.
    pub fn writer(&self, ties: &Ties, facts: &Facts) -> Result<PartWriter, Refusal> {
        policy::manage_engagement(ties, facts, self.now())?;
        Ok(PartWriter::of_commitments(self.project(), self.account(), self.now()))
    }
}

/// May comment what belongs to some deliverables of a dossier.
#[derive(Debug, Clone, Copy)]
pub struct PartCommenter {
    account: AccountId,
    project: ProjectId,
    now: OffsetDateTime,
}

impl PartCommenter {
    /// Author of the comment.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Dossier.
    pub fn project(&self) -> ProjectId {
        self.project
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }
}

impl ProjectReader {
    /// The proof for that part, from bonds read again under the dossier's lock.
    ///
    /// # Errors
    /// When the person only reads those deliverables, or is no longer of the team.
    pub fn commenter(&self, ties: &Ties, part: Part) -> Result<PartCommenter, Refusal> {
        policy::comment(ties, self.facts(), part)?;
        Ok(PartCommenter { account: self.account(), project: self.project(), now: self.now() })
    }
}
