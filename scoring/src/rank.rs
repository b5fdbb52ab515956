//! Places with ties as ties, and the interval of a place: how far it would move, had other reviews been drawn.
//!
//! **Place.** One more than the number of strictly greater means, on the means as kept: exact fractions rounded once, so that
//! equal fractions tie, and tied dossiers share their place.
//!
//! **Interval.** [`REPLICATES`] times, reviews are drawn again for each dossier, with replacement, and all dossiers are placed
//! again by the means so drawn; the 5 % lowest and the 5 % highest places of each dossier are left out, and the interval is what
//! remains. Nine times out of ten, reviews like these would have placed the dossier there. On ranks from resampling and what
//! they may say: Goldstein and Spiegelhalter, « League tables and their limitations », JRSS A 159, 1996; Hall and Miller, « Using
//! the bootstrap to quantify the authority of an empirical ranking », Annals of Statistics 37, 2009.
//!
//! What is drawn is the call's choice, [`Resampling`]:
//!
//! - [`Resampling::SharedGaps`]: to the mean of a dossier of n reviews, the mean of n gaps drawn among the gaps of all the
//!   dossiers. A gap is score − mean of its dossier, times √(n / (n − 1)): gaps to a mean made of the same scores are too small
//!   by that much. On simulated calls of 40 dossiers, 12 reviewers and 3 reviews each, 90–91 % of the intervals hold the rank of
//!   the true worths (see the tests). It supposes that all dossiers are about as hard to agree on.
//! - [`Resampling::OwnReviews`]: the mean of n − 1 reviews drawn among the n of the dossier (n − 1 so that the variance is, on
//!   average, that of the mean: Rao and Wu, « Resampling inference with complex survey data », JASA 83, 1988). It supposes
//!   nothing, but three reviews say little of their own spread, and two that agree by chance say that there is none: on the same
//!   calls, only 81 % of the intervals hold the true rank.
//! - A dossier of one review is drawn by shared gaps in both. If no dossier has two reviews, nothing is known of any spread, and
//!   intervals go from the first place to the last.
//! - A drawn mean stays within 0 and 100. A dossier that leaves its own place more often than not has its interval widened to it.
//!
//! **Cost.** [`REPLICATES`] × dossiers × log(dossiers): about 20 ms for 40 dossiers, 80 ms for 200; 8 s and 160 MB for 10 000,
//! which is for a task in the background, its result kept for as long as no mark moves.
//!
//! **Same figures for ever.** The draws of a dossier come from the `ChaCha8` keystream under the key SHA-256([`DOMAIN`], seed of the
//! call, key of the dossier): a published algorithm, not a library's choice, pinned by a test on its words. So they depend neither
//! on positions nor on the other dossiers, and a dossier more or less changes the draws of no other.

use std::cmp::Reverse;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use crate::call::Call;
use crate::score::{self, FULL, Sums, TOP};

/// Times that the reviews are drawn again.
pub const REPLICATES: usize = 2000;
/// Replicates left out on each side of an interval: 5 %.
pub const LEFT_OUT: usize = REPLICATES / 20;
/// What the key of a keystream starts with, so that it serves nothing else.
pub const DOMAIN: &str = "trame rank 1";

/// What is drawn again for a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling {
    /// Gaps of all the dossiers around its mean: the interval that is right nine times out of ten.
    SharedGaps,
    /// Its own reviews: narrower than it should be when they are few.
    OwnReviews,
}

/// Place of a dossier among those of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// One more than the number of strictly greater means.
    pub place: usize,
    /// Dossiers that share this place, this one included: 1 when there is no tie.
    pub sharing: usize,
}

/// A dossier in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// Key of the dossier.
    pub dossier: String,
    /// Mean, as kept.
    pub mean: i64,
    /// Reviews that it is made of.
    pub counted: usize,
    /// Its place.
    pub place: Place,
    /// Best place of the 90 % interval; never after the place itself.
    pub best: usize,
    /// Worst place of the 90 % interval; never before the place itself.
    pub worst: usize,
}

/// Places of some means, in the order given.
pub fn places(means: &[i64]) -> Vec<Place> {
    let mut sorted = means.to_vec();
    sorted.sort_unstable();
    let place = |mean: &i64| {
        let below = sorted.partition_point(|other| other < mean);
        let up_to = sorted.partition_point(|other| other <= mean);
        Place { place: 1 + sorted.len() - up_to, sharing: up_to - below }
    };
    means.iter().map(place).collect()
}

/// Dossiers that have figures, by key, each with its place and the 90 % interval of it.
pub fn ranks(call: &Call, resampling: Resampling) -> Vec<Ranked> {
    let means = means(call);
    let pool = pool(&means);
    let mut drawn: Vec<Resampled> = means.iter().map(|entry| Resampled::of(call.rules().seed, resampling, entry)).collect();
    let intervals = intervals(&mut drawn, &pool);
    let kept: Vec<i64> = means.iter().map(|entry| entry.mean).collect();
    let ranked = |((entry, place), (best, worst)): ((&Standing, Place), (usize, usize))| Ranked {
        dossier: entry.dossier.to_owned(),
        mean: entry.mean,
        counted: entry.reviews.len(),
        place,
        best: best.min(place.place),
        worst: worst.max(place.place),
    };
    means.iter().zip(places(&kept)).zip(intervals).map(ranked).collect()
}

/// A dossier that has figures.
pub(crate) struct Standing<'call> {
    pub(crate) dossier: &'call str,
    pub(crate) mean: i64,
    reviews: Vec<Sums>,
}

/// Means of the dossiers that have figures, by key.
pub(crate) fn means(call: &Call) -> Vec<Standing<'_>> {
    let of = |dossier: &'_ crate::call::Dossier| -> Vec<Sums> { call.counted(dossier).into_iter().map(|(_, sums)| sums).collect() };
    let mean = |dossier| {
        let reviews = of(dossier);
        Some(Standing { dossier: &dossier.key, mean: score::mean_of(&reviews)?, reviews })
    };
    call.dossiers().iter().filter_map(mean).collect()
}

/// Gaps of the dossiers that have two reviews or more, as kept, ascending: the order of the dossiers leaves no trace.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a gap is below 2⁵³, and stays so")]
fn pool(means: &[Standing]) -> Vec<i64> {
    let mut pool = Vec::new();
    for entry in means.iter().filter(|entry| entry.reviews.len() > 1) {
        let reviews = crate::exact::count(entry.reviews.len());
        let factor = (reviews / (reviews - 1.0)).sqrt();
        pool.extend(entry.reviews.iter().filter_map(Sums::score).map(|score| ((score - entry.mean) as f64 * factor).round() as i64));
    }
    pool.sort_unstable();
    pool
}

/// A dossier whose reviews are drawn again.
struct Resampled {
    mean: i64,
    reviews: usize,
    /// Scores to draw from, ascending, where they are its own; in 2⁻³² of a kept unit: means are then in effect rounded once.
    own: Vec<u128>,
    stream: ChaCha8Rng,
}

const FINE: u32 = 32;

impl Resampled {
    fn of(seed: u64, resampling: Resampling, entry: &Standing) -> Self {
        let key = Sha256::new().chain_update(DOMAIN).chain_update(seed.to_le_bytes()).chain_update(entry.dossier).finalize();
        let reviews = entry.reviews.len();
        let is_own = resampling == Resampling::OwnReviews && reviews > 1;
        let mut own: Vec<u128> = if is_own { entry.reviews.iter().filter_map(fine).collect() } else { Vec::new() };
        own.sort_unstable();
        Self { mean: entry.mean, reviews, own, stream: ChaCha8Rng::from_seed(key.into()) }
    }

    /// A mean drawn again, as kept.
    fn draw(&mut self, pool: &[i64]) -> i64 {
        if self.own.is_empty() { self.by_gaps(pool) } else { self.by_reviews() }
    }

    fn by_gaps(&mut self, pool: &[i64]) -> i64 {
        if pool.is_empty() {
            return self.mean;
        }
        let sum: i64 = (0..self.reviews).map(|_| pool[below(&mut self.stream, pool.len())]).sum();
        let count = i64::try_from(self.reviews).unwrap_or(i64::MAX);
        (self.mean + (2 * sum + count).div_euclid(2 * count)).clamp(0, FULL)
    }

    fn by_reviews(&mut self) -> i64 {
        let draws = self.reviews - 1;
        let sum: u128 = (0..draws).map(|_| self.own[below(&mut self.stream, self.own.len())]).sum();
        let draws = draws as u128;
        i64::try_from((sum + (draws << (FINE - 1))) / (draws << FINE)).unwrap_or(FULL)
    }
}

/// A score in 2⁻³² of a kept unit, rounded half up.
fn fine(sums: &Sums) -> Option<u128> {
    let (points, weight) = (u128::try_from(sums.points).ok()?, u128::try_from(TOP * sums.weight).ok()?);
    let full = u128::try_from(FULL).ok()? << FINE;
    (weight > 0).then(|| (2 * points * full + weight) / (2 * weight))
}

/// A whole number below a bound, from one word of the stream: ⌊word × bound / 2³²⌋.
fn below(stream: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u128::from(stream.next_u32()) * bound as u128) >> 32) as usize
}

/// Bounds of the places of each dossier over all the replicates, 5 % left out on each side; all places where nothing is known.
fn intervals(drawn: &mut [Resampled], pool: &[i64]) -> Vec<(usize, usize)> {
    if pool.is_empty() {
        return vec![(1, drawn.len()); drawn.len()];
    }
    let mut found = vec![Vec::with_capacity(REPLICATES); drawn.len()];
    let mut order: Vec<(i64, usize)> = Vec::with_capacity(drawn.len());
    for _ in 0..REPLICATES {
        order.clear();
        order.extend(drawn.iter_mut().enumerate().map(|(dossier, resampled)| (resampled.draw(pool), dossier)));
        order.sort_unstable_by_key(|(mean, _)| Reverse(*mean));
        let mut place = 0;
        for (above, (mean, dossier)) in order.iter().enumerate() {
            if above == 0 || order[above - 1].0 != *mean {
                place = u32::try_from(above + 1).unwrap_or(u32::MAX);
            }
            found[*dossier].push(place);
        }
    }
    let bounds = |places: &mut Vec<u32>| {
        places.sort_unstable();
        (places[LEFT_OUT] as usize, places[REPLICATES - 1 - LEFT_OUT] as usize)
    };
    found.iter_mut().map(bounds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_a_place_and_the_next_one_is_skipped() {
        let found: Vec<(usize, usize)> = places(&[58, 76, 47, 58, 61]).iter().map(|place| (place.place, place.sharing)).collect();
        assert_eq!(found, [(3, 2), (1, 1), (5, 1), (3, 2), (2, 1)]);
        assert_eq!(places(&[]), []);
    }

    /// If this fails, every interval ever published would change: find another way.
    #[test]
    fn the_stream_never_changes() {
        let entry = Standing { dossier: "Grand Angoulême", mean: 0, reviews: vec![] };
        let mut stream = Resampled::of(2015, Resampling::SharedGaps, &entry).stream;
        let words = [(); 4].map(|()| stream.next_u32());
        assert_eq!(words, [4_245_830_428, 355_247_882, 166_230_086, 3_579_664_760]);
        // The ChaCha8 keystream of the zero key, as published (Strombergson's test vectors, 256 bits, 8 rounds, TC1).
        assert_eq!(ChaCha8Rng::from_seed([0; 32]).next_u32().to_le_bytes(), [0x3e, 0x00, 0xef, 0x2f]);
    }
}
