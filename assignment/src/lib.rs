//! Who reviews which dossier: a proposal that a person then adjusts and accepts, every choice explained.
//!
//! Pure and deterministic: no clock, no database, no chance; the order of what is given changes nothing. What matters, in
//! this order, each strictly before the next:
//! 1. each dossier has a review by each body that the call requires;
//! 2. each dossier has its number of reviews, and what lacks is spread rather than heaped on one dossier;
//! 3. loads are even, what people already hold counted;
//! 4. reviewers know the themes of the dossier;
//! 5. what is still equal is drawn by a lot that depends on the keys only. It mixes who reviews with whom, without which
//!    the severities of two reviewers could not be compared.
//!
//! A conflict of interest is never crossed and what is kept never moves, whatever lacks because of it.

mod canon;
mod explain;
mod flow;
pub mod input;
mod network;
pub mod proposal;
mod weights;

pub use input::{Body, Conflict, Dossier, DossierKey, Excluded, Fault, Held, Kept, Reviewer, ReviewerKey, Settings};
pub use proposal::{Cause, DossierPlan, Load, Missing, Need, Proposal, Reason, Refusal, Refused, Review};

/// Proposes who reviews what. Run again on an accepted proposal, it adds nothing.
pub fn propose(dossiers: &[Dossier], reviewers: &[Reviewer], settings: &Settings) -> Result<Proposal, Fault> {
    let problem = canon::Problem::read(dossiers, reviewers, settings)?;
    let added = network::solve(&problem);
    Ok(explain::proposal(&problem, &added))
}
