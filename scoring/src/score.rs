//! The score of a review and the figures of a dossier, in exact arithmetic (design §7).
//!
//! A review's score is Σ weight × note / (4 × Σ weight), over the criteria that carry a note, brought to 100. A criterion
//! judged « non évaluable », or left without note, leaves both sums: the other weights are thereby renormalised.
//! Every figure is computed as a fraction and rounded once, half up, to a whole number of 10⁻¹³ of a point: equal
//! fractions give equal numbers, so ties are ties.

use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};

/// One point out of 100, as kept.
pub const POINT: i64 = 10_000_000_000_000;
/// A hundred points, as kept.
pub const FULL: i64 = 100 * POINT;
/// Highest note.
pub const TOP: i64 = 4;
/// Standard deviation, as kept, from which the reviews of a dossier are said to disagree: 12.5 points, half a note of each
/// criterion.
pub const DISAGREEMENT: i64 = 125 * POINT / 10;

/// What the notes of one review add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Σ weight × note, weights in thousandths.
    pub points: i64,
    /// Σ weight, in thousandths.
    pub weight: i64,
    /// Criteria that carry a note.
    pub marked: i32,
}

impl Sums {
    /// Adds up weights (in thousandths) and notes from 0 to 4; a criterion without note adds nothing.
    pub fn of(notes: impl IntoIterator<Item = (i32, Option<u8>)>) -> Self {
        let mut sums = Self::default();
        for (weight, note) in notes {
            let Some(note) = note else { continue };
            sums.points += i64::from(weight) * i64::from(note);
            sums.weight += i64::from(weight);
            sums.marked += 1;
        }
        sums
    }

    /// Score as kept; none while no criterion that weighs carries a note.
    pub fn score(&self) -> Option<i64> {
        self.exact().map(|exact| rounded(&exact))
    }

    /// Is it broad enough to enter the dossier's figures?
    pub fn is_broad(&self, coverage_threshold: i32) -> bool {
        self.marked >= coverage_threshold && self.weight > 0
    }

    /// Share of the full score: Σ weight × note / (4 × Σ weight).
    pub(crate) fn exact(&self) -> Option<BigRational> {
        (self.weight > 0).then(|| BigRational::new(self.points.into(), (TOP * self.weight).into()))
    }
}

/// Figures of a dossier, as kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Mean of the scores.
    pub mean: i64,
    /// Median: the middle score, or the mean of both middle ones.
    pub median: i64,
    /// Lowest score.
    pub min: i64,
    /// Highest score.
    pub max: i64,
    /// Standard deviation of the population: the root of the mean of the squared gaps to the mean. All the reviews of the
    /// dossier are there, they are no sample: the division is by their number, not by one less.
    pub deviation: i64,
}

/// Figures made of the reviews that count, from `mean_from` reviews on; none below.
pub fn figures(reviews: &[Sums], mean_from: i32) -> Option<Figures> {
    let mut scores: Vec<BigRational> = reviews.iter().filter_map(Sums::exact).collect();
    if scores.is_empty() || i32::try_from(scores.len()).is_ok_and(|count| count < mean_from) {
        return None;
    }
    scores.sort_unstable();
    let mean = mean(&scores);
    let gaps: Vec<BigRational> = scores.iter().map(|score| (score - &mean) * (score - &mean)).collect();
    let middle = scores.len() / 2;
    let median = if scores.len() % 2 == 1 { scores[middle].clone() } else { self::mean(&scores[middle - 1..=middle]) };
    Some(Figures {
        mean: rounded(&mean),
        median: rounded(&median),
        min: rounded(&scores[0]),
        max: rounded(&scores[scores.len() - 1]),
        deviation: rounded_root(&self::mean(&gaps)),
    })
}

/// Mean of the scores of some reviews, as kept: the one of [`Figures`]; none of none.
pub(crate) fn mean_of(reviews: &[Sums]) -> Option<i64> {
    let scores: Vec<BigRational> = reviews.iter().filter_map(Sums::exact).collect();
    (!scores.is_empty()).then(|| rounded(&mean(&scores)))
}

fn mean(values: &[BigRational]) -> BigRational {
    let sum = values.iter().fold(BigRational::zero(), |sum, value| sum + value);
    sum / BigRational::from_integer(values.len().into())
}

/// A share of the full score, as kept: rounded half up.
fn rounded(share: &BigRational) -> i64 {
    let half = BigRational::new(1.into(), 2.into());
    let kept = share * BigRational::from_integer(FULL.into()) + half;
    kept.floor().to_integer().to_i64().unwrap_or(FULL)
}

/// The square root of a squared share, as kept: rounded half up. With y = √(4v), ⌊√v + ½⌋ is ⌊(⌊y⌋ + 1) / 2⌋ exactly.
fn rounded_root(squared: &BigRational) -> i64 {
    let full = BigRational::from_integer(FULL.into());
    let scaled = squared * &full * &full * BigRational::from_integer(4.into());
    scaled.floor().to_integer().sqrt().to_i64().map_or(FULL, |root| i64::midpoint(root, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn equal(notes: &[Option<u8>]) -> Sums {
        Sums::of(notes.iter().map(|note| (1000, *note)))
    }

    #[test]
    fn a_score_is_the_weighted_share_of_the_highest_notes() {
        for (notes, kept) in [
            (vec![], None),
            (vec![None, None], None),
            (vec![Some(0)], Some(0)),
            (vec![Some(4), Some(4)], Some(FULL)),
            (vec![Some(3), Some(2)], Some(625 * POINT / 10)),
            (vec![Some(3), Some(2), None], Some(625 * POINT / 10)),
            (vec![Some(1), Some(0), Some(0)], Some(83_333_333_333_333)),
            (vec![Some(2), Some(0), Some(0)], Some(166_666_666_666_667)),
        ] {
            assert_eq!(equal(&notes).score(), kept, "{notes:?}");
        }
        assert_eq!(Sums::of([(3000, Some(4)), (1000, Some(0))]).score(), Some(75 * POINT));
        assert_eq!(Sums::of([(0, Some(4))]).score(), None, "a criterion without weight decides nothing");
    }

    #[test]
    fn coverage_counts_notes_only() {
        let ten = vec![Some(2); 10];
        assert!(equal(&ten).is_broad(10));
        assert!(!equal(&ten[1..]).is_broad(10));
        assert!(!equal(&[&ten[1..], &[None, None]].concat()).is_broad(10));
    }

    #[test]
    fn figures_are_known_by_hand() {
        let reviews = [equal(&[Some(2)]), equal(&[Some(4)]), equal(&[Some(3)]), equal(&[Some(3)])];
        let all = figures(&reviews, 2).expect("four reviews");
        assert_eq!((all.mean, all.median, all.min, all.max), (75 * POINT, 75 * POINT, 50 * POINT, FULL));
        // Gaps of 25 points twice over four reviews: the root of 312.5.
        assert_eq!(all.deviation, 176_776_695_296_637);
        assert_eq!(figures(&reviews[..1], 2), None);
        assert_eq!(figures(&reviews[..1], 1).expect("one").deviation, 0);
        assert_eq!(figures(&[], 1), None);
    }

    #[test]
    fn a_mean_is_rounded_once() {
        // 1/6, 1/6 and 2/3 make exactly 1/3, as two reviews at 1/3 do: rounding each first would part them.
        let sixth = Sums { points: 2, weight: 3, marked: 1 };
        let two_thirds = Sums { points: 8, weight: 3, marked: 1 };
        let third = Sums { points: 4, weight: 3, marked: 1 };
        let mean = |reviews: &[Sums]| figures(reviews, 2).expect("figures").mean;
        assert_eq!(mean(&[sixth, sixth, two_thirds]), mean(&[third, third]));
    }

    fn notes() -> impl Strategy<Value = Vec<(i32, Option<u8>)>> {
        proptest::collection::vec((1..=5000_i32, proptest::option::of(0..=4_u8)), 1..14)
    }

    proptest! {
        #[test]
        fn order_changes_nothing(notes in notes(), others in proptest::collection::vec(notes(), 1..6)) {
            let backwards = |notes: &[(i32, Option<u8>)]| Sums::of(notes.iter().rev().copied());
            prop_assert_eq!(Sums::of(notes.iter().copied()), backwards(&notes));
            let reviews: Vec<Sums> = others.iter().map(|notes| Sums::of(notes.iter().copied())).collect();
            let reversed: Vec<Sums> = reviews.iter().rev().copied().collect();
            prop_assert_eq!(figures(&reviews, 1), figures(&reversed, 1));
        }

        #[test]
        fn only_the_ratio_of_weights_counts(notes in notes(), factor in 1..20_i32) {
            let scaled = Sums::of(notes.iter().map(|(weight, note)| (weight * factor, *note)));
            prop_assert_eq!(Sums::of(notes.iter().copied()).score(), scaled.score());
        }

        #[test]
        fn a_missing_note_is_never_a_zero(notes in notes(), weight in 1..=5000_i32) {
            let sums = Sums::of(notes.iter().copied());
            let with = |note| Sums::of(notes.iter().copied().chain([(weight, note)]));
            prop_assert_eq!(with(None), sums);
            if sums.score().is_some_and(|score| score > 0) {
                prop_assert!(with(Some(0)).score() < sums.score());
            }
        }

        #[test]
        fn scores_stay_in_bounds_and_in_order(reviews in proptest::collection::vec(notes(), 1..8)) {
            let reviews: Vec<Sums> = reviews.iter().map(|notes| Sums::of(notes.iter().copied())).collect();
            if let Some(all) = figures(&reviews, 1) {
                prop_assert!(0 <= all.min && all.min <= all.median && all.median <= all.max && all.max <= FULL);
                prop_assert!(all.min <= all.mean && all.mean <= all.max && 0 <= all.deviation && all.deviation <= FULL / 2);
            }
        }

        #[test]
        fn ties_stay_ties(reviews in proptest::collection::vec(notes(), 1..5), times in 2..4_usize) {
            let reviews: Vec<Sums> = reviews.iter().map(|notes| Sums::of(notes.iter().copied())).collect();
            let repeated: Vec<Sums> = (0..times).flat_map(|_| reviews.iter().copied()).collect();
            prop_assert_eq!(figures(&reviews, 1), figures(&repeated, 1));
        }
    }
}
