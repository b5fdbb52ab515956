//! What is known before the proposal: dossiers, reviewers, and what the call requires.

use std::fmt;
use std::sync::Arc;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The key as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<Arc<str>>> From<T> for $name {
            fn from(key: T) -> Self {
                Self(key.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

key! {
    /// What a dossier is known by, the same when the call is replayed: its number rather than its row's id.
    DossierKey
}
key! {
    /// What a reviewer is known by, the same when the call is replayed: their address rather than their row's id.
    ReviewerKey
}

/// The body for which a reviewer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body {
    /// ADEME.
    Ademe,
    /// The Région.
    Region,
    /// Any other.
    Other,
}

impl Body {
    /// All bodies.
    pub const ALL: [Self; 3] = [Self::Ademe, Self::Region, Self::Other];
}

/// How far a review that must be kept has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// Assigned, by hand or by a proposal that was accepted; not started.
    Assigned,
    /// A draft exists.
    Begun,
    /// Delivered.
    Delivered,
}

/// A review that stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who has it. Somebody who is no reviewer of the call any more still counts as a review, but for no body.
    pub reviewer: ReviewerKey,
    /// How far it has gone.
    pub held: Held,
}

/// Why a reviewer stays away from a dossier, the most certain first. Whether what is only suspected excludes is the
/// caller's choice: what is given here does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conflict {
    /// Pinned by a co-chair.
    Pinned,
    /// Declared by the reviewer.
    Declared,
    /// Suggested by the system, and confirmed.
    Confirmed,
    /// Of the dossier's own team.
    Team,
    /// Signs the dossier's engagement document.
    Signatory,
    /// Same organisation as the carrier's.
    SameOrganisation,
    /// Same domain of e-mail as somebody of the team.
    SameDomain,
    /// Their body is among the stakeholders or the financers.
    BodyInvolved,
}

/// A reviewer who must not review a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// Who.
    pub reviewer: ReviewerKey,
    /// Why; several lines for one reviewer are several reasons.
    pub conflict: Conflict,
}

/// A dossier to be reviewed. One that is no longer examined is left out, its reviews counted in [`Reviewer::elsewhere`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Key.
    pub key: DossierKey,
    /// Reviews that do not move. One whose reviewer is also excluded is neither counted nor kept: it is recused.
    pub kept: Vec<Kept>,
    /// Who must not review it.
    pub excluded: Vec<Excluded>,
    /// Themes that its reviewers had better know, written as reviewers' expertise is.
    pub themes: Vec<String>,
}

/// Somebody who may review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    /// Key.
    pub key: ReviewerKey,
    /// Body.
    pub body: Body,
    /// What they know, written as dossiers' themes are.
    pub expertise: Vec<String>,
    /// Most reviews that they accept, all counted; `Some(0)` for nobody to be added.
    pub maximum: Option<u32>,
    /// Reviews that they hold on dossiers which are not given: those of the given dossiers are counted from what is kept.
    pub elsewhere: u32,
}

/// What the call requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Reviews of each dossier, at least.
    pub reviews: u32,
    /// Bodies of which each dossier has at least one review.
    pub bodies: Vec<Body>,
}

impl Settings {
    /// So many reviews of each dossier, with one by ADEME and one by the Région.
    pub fn both_chairs(reviews: u32) -> Self {
        Self { reviews, bodies: vec![Body::Ademe, Body::Region] }
    }
}

/// What cannot be read as a question at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Two dossiers have one key.
    #[error("two dossiers have the key {0}")]
    SameDossier(DossierKey),
    /// Two reviewers have one key.
    #[error("two reviewers have the key {0}")]
    SameReviewer(ReviewerKey),
}
