//! What other weights would change, for the same marks. Nothing is written: a call goes in and is left as it is.

use crate::call::{Call, Fault};
use crate::rank::{self, Place};

/// A dossier under both sets of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Key of the dossier.
    pub dossier: String,
    /// Mean, as kept, and place under the weights of the call; none where it has no figures.
    pub before: Option<(i64, Place)>,
    /// The same under the other weights; none if its marked criteria weigh nothing any more.
    pub after: Option<(i64, Place)>,
    /// Places won (positive) or lost (negative); 0 where one of both is missing.
    pub climbed: i64,
}

/// Every dossier of a call, by key, before and after a change of weights (in thousandths); criteria that are not named keep theirs.
pub fn moves(call: &Call, weights: &[(&str, i32)]) -> Result<Vec<Move>, Fault> {
    let other = call.weighed(weights)?;
    let (before, after) = (standings(call), standings(&other));
    let step = |(dossier, (before, after)): (&crate::call::Dossier, (&Standing, &Standing))| Move {
        dossier: dossier.key.clone(),
        before: *before,
        after: *after,
        climbed: before.zip(*after).map_or(0, |(before, after)| climbed(before.1, after.1)),
    };
    Ok(call.dossiers().iter().zip(before.iter().zip(&after)).map(step).collect())
}

type Standing = Option<(i64, Place)>;

/// For each dossier of the call, its mean and place.
fn standings(call: &Call) -> Vec<Standing> {
    let means = rank::means(call);
    let kept: Vec<i64> = means.iter().map(|entry| entry.mean).collect();
    let mut placed = means.iter().zip(rank::places(&kept)).peekable();
    let standing = |dossier: &crate::call::Dossier| placed.next_if(|(entry, _)| entry.dossier == dossier.key).map(|(entry, place)| (entry.mean, place));
    call.dossiers().iter().map(standing).collect()
}

fn climbed(before: Place, after: Place) -> i64 {
    let place = |place: Place| i64::try_from(place.place).unwrap_or(i64::MAX);
    place(before) - place(after)
}
