//! What is proposed, and why. Typed only: the words belong to the page.

use crate::input::{Body, Conflict, DossierKey, Held, ReviewerKey};

/// Who should review what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// One for each dossier, in the order of their keys.
    pub dossiers: Vec<DossierPlan>,
    /// One for each reviewer, in the order of their keys.
    pub loads: Vec<Load>,
}

impl Proposal {
    /// The reviews that it adds to what is kept, in the order of the keys.
    pub fn added(&self) -> impl Iterator<Item = (&DossierKey, &ReviewerKey)> {
        self.dossiers.iter().flat_map(|plan| plan.added().map(|review| (&plan.dossier, &review.reviewer)))
    }

    /// Nothing lacks anywhere.
    pub fn is_complete(&self) -> bool {
        self.dossiers.iter().all(|plan| plan.missing.is_empty())
    }
}

/// A dossier's reviews, with what stands in the way of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierPlan {
    /// The dossier.
    pub dossier: DossierKey,
    /// What is kept, then what is proposed, each in the order of the reviewers' keys.
    pub reviews: Vec<Review>,
    /// Reviewers who cannot be proposed, in the order of their keys. Whoever is in neither list could be added by hand.
    pub refused: Vec<Refused>,
    /// What it lacks; empty when all is well.
    pub missing: Vec<Missing>,
}

impl DossierPlan {
    /// The reviews that are proposed.
    pub fn added(&self) -> impl Iterator<Item = &Review> {
        self.reviews.iter().filter(|review| review.kept.is_none())
    }
}

/// A reviewer of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Who.
    pub reviewer: ReviewerKey,
    /// How far it has gone when it was there before; none for what is proposed.
    pub kept: Option<Held>,
    /// Why this person, the weightiest first. Empty only for what is kept.
    pub reasons: Vec<Reason>,
}

/// Why a reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The dossier's review by a body that the call requires. One review of each required body has it.
    Body(Body),
    /// Nobody else could: of the required body where the review is for it, of all otherwise.
    OnlyChoice,
    /// Nobody who could take the place ends with fewer reviews.
    LeastLoaded,
    /// Themes of the dossier that the reviewer knows, in their order.
    Expertise(Vec<String>),
    /// Others were as good: drawn by lot, the same each time.
    Lot,
}

/// A pair that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Who.
    pub reviewer: ReviewerKey,
    /// Why.
    pub refusal: Refusal,
}

/// Why a pair cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Conflict of interest, the most certain reason first.
    Conflict(Vec<Conflict>),
    /// The reviewer has as many reviews as they accept, those proposed included.
    AtMaximum(u32),
}

/// Something that a dossier lacks, and what became of those who could have given it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// What lacks.
    pub need: Need,
    /// Reviewers who could have filled it and are not on the dossier: of the body, or of all.
    pub reviewers: u32,
    /// Of these, how many are in conflict of interest.
    pub in_conflict: u32,
    /// Of these, how many have as many reviews as they accept. Nobody is in neither number.
    pub at_maximum: u32,
}

impl Missing {
    /// The one word for it.
    pub fn cause(&self) -> Cause {
        match (self.in_conflict, self.at_maximum) {
            (0, 0) => Cause::Nobody,
            (_, 0) => Cause::AllInConflict,
            (0, _) => Cause::AllAtMaximum,
            _ => Cause::ConflictsAndMaxima,
        }
    }
}

/// What a dossier may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A review by this body.
    Body(Body),
    /// So many reviews.
    Reviews(u32),
}

/// Why a need is not filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// There is nobody, or nobody who is not on the dossier already.
    Nobody,
    /// Each is in conflict of interest.
    AllInConflict,
    /// Each has as many reviews as they accept.
    AllAtMaximum,
    /// Some are in conflict, the others have as many reviews as they accept.
    ConflictsAndMaxima,
}

/// What a reviewer carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Who.
    pub reviewer: ReviewerKey,
    /// Reviews held before, elsewhere included.
    pub before: u32,
    /// Reviews held once the proposal is accepted.
    pub after: u32,
    /// Most that they accept. What is kept may already be beyond it.
    pub maximum: Option<u32>,
}
