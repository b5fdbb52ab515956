//! The prices of the network. One number per edge says an order of five wishes: a step of a higher wish outweighs all that
//! lower wishes can change together.
//!
//! The bounds are those of a cycle that never passes twice by one node, since a flow is best exactly when no such cycle
//! improves it: it goes by each reviewer once at most (so it adds one pair there and takes one away), and by the sink once
//! (so it changes two loads, or a load and a review that lacks, or two of these).

use crate::canon::{Pair, Problem};
use crate::input::{DossierKey, ReviewerKey};

/// Themes in common beyond this number do not weigh more.
const MOST_SHARED: usize = 3;

/// Lots go from zero to this: more of them would mix no better, and make the search twice as long.
const LAST_LOT: i64 = 7;

/// Loads beyond this weigh the same: prices stay far from the largest number.
const HEAVIEST: usize = 100_000;

/// Reviews that a dossier lacks beyond this number weigh the same, for that reason too.
const SHORTEST: u32 = 1_000;

pub struct Weights {
    /// A theme that a reviewer does not know.
    unknown: i64,
    /// A review more on a load.
    load: i64,
    /// A review that lacks.
    review: i64,
    /// A body that lacks, or a review that fills no body's want.
    pub body: i64,
    /// Most reviews on a load.
    heaviest: i64,
}

impl Weights {
    pub fn of(problem: &Problem) -> Self {
        let reviewers = small(problem.reviewers.len());
        let unknown = reviewers * LAST_LOT + 1;
        let pairs = reviewers * (unknown * small(MOST_SHARED) + LAST_LOT);
        let load = pairs + 1;
        let held = problem.before.iter().max().map_or(0, |held| usize::try_from(*held).unwrap_or(HEAVIEST));
        let heaviest = small(held.saturating_add(problem.dossiers.len()).min(HEAVIEST));
        let lower = load * heaviest + pairs;
        let review = lower + 1;
        let shortest = i64::from(problem.reviews.min(SHORTEST));
        let body = review * shortest + lower + 1;
        Self { unknown, load, review, body, heaviest }
    }

    /// A pair: themes first, then the lot.
    pub fn pair(&self, pair: &Pair, dossier: &DossierKey, reviewer: &ReviewerKey) -> i64 {
        self.unknown * small(MOST_SHARED - pair.shared.min(MOST_SHARED)) + lot(dossier, reviewer)
    }

    /// A reviewer's review, on top of so many: each costs more than the one before, so that loads are even.
    pub fn load(&self, held: u32) -> i64 {
        self.load * i64::from(held).min(self.heaviest)
    }

    /// A review that is not added, the dossier lacking so many without it. Each costs more than the one before, so that
    /// what lacks is spread. At zero it was for the sake of a body only, and it is still dearer to add it for no body.
    pub fn nothing(&self, short: i64) -> i64 {
        self.review * short.min(i64::from(SHORTEST)) + self.body
    }
}

pub fn small(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Drawn from the keys alone (FNV-1a, then a last mix of its bits): another dossier or reviewer changes no other pair's.
fn lot(dossier: &DossierKey, reviewer: &ReviewerKey) -> i64 {
    let bytes = dossier.as_str().bytes().chain([0]).chain(reviewer.as_str().bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    i64::try_from(mixed >> 61).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_fixed_and_use_their_whole_range() {
        assert_eq!(lot(&"12".into(), &"a@example.org".into()), lot(&"12".into(), &"a@example.org".into()));
        let mut times = [0_u32; 8];
        for pair in 0..8000 {
            let drawn = lot(&format!("{}", pair / 40).as_str().into(), &format!("r{}", pair % 40).as_str().into());
            times[usize::try_from(drawn).expect("a lot")] += 1;
        }
        assert!(times.iter().all(|times| (900..1100).contains(times)), "{times:?}");
    }
}
