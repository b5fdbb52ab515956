//! Figures worked out by hand, and calls with next to nothing in them.

mod common;

use common::marks;
use trame_scoring::call::{Call, Criterion, Dossier, Review, Rules};
use trame_scoring::rank::{Place, Ranked, Resampling, ranks};
use trame_scoring::score::{POINT, Sums};
use trame_scoring::severity::{Basis, Severities, Shrinkage, severities};
use trame_scoring::spread::{LEVEL, spread, spreads};
use trame_scoring::what_if::moves;

/// A call given by the scores of its reviews, in whole points, each made of 25 criteria of equal weight.
fn scored(mean_from: i32, dossiers: &[(&str, &[(&str, u8)])]) -> Call {
    let criteria = (0..25).map(|place| Criterion { key: format!("{place:02}"), weight: 1000 }).collect();
    let dossier = |(key, reviews): &(&str, &[(&str, u8)])| Dossier {
        key: (*key).to_owned(),
        reviews: reviews.iter().map(|(reviewer, score)| Review { reviewer: (*reviewer).to_owned(), marks: marks(*score) }).collect(),
    };
    let rules = Rules { coverage_threshold: 1, mean_from, seed: 2015 };
    Call::new(rules, criteria, dossiers.iter().map(dossier).collect()).expect("a call that can be read")
}

/// Points, to a millionth.
fn millionths(kept: i64) -> i64 {
    assert_eq!(kept % (POINT / 1_000_000), 0, "{kept}");
    kept / (POINT / 1_000_000)
}

fn by_reviewer(fitted: &Severities) -> Vec<(&str, i64, usize)> {
    fitted.reviewers.iter().map(|reviewer| (reviewer.reviewer.as_str(), millionths(reviewer.severity), reviewer.peers)).collect()
}

fn intervals(ranked: &[Ranked]) -> Vec<(&str, usize, usize, usize)> {
    ranked.iter().map(|ranked| (ranked.dossier.as_str(), ranked.place.place, ranked.best, ranked.worst)).collect()
}

#[test]
fn a_dossier_opens_down_to_each_mark() {
    let criterion = |key: &str, weight| Criterion { key: key.to_owned(), weight };
    let review = |reviewer: &str, marks: [Option<u8>; 3]| Review { reviewer: reviewer.to_owned(), marks: marks.to_vec() };
    let reviews = vec![review("ada", [Some(4), Some(2), None]), review("eve", [Some(2), Some(2), Some(0)]), review("ida", [None, None, Some(4)])];
    let rules = Rules { coverage_threshold: 2, mean_from: 2, seed: 1 };
    let criteria = vec![criterion("a", 2000), criterion("b", 1000), criterion("c", 1000)];
    let call = Call::new(rules, criteria, vec![Dossier { key: "d".to_owned(), reviews }]).expect("a call");
    let found = spread(&call, "d").expect("a dossier");
    // ada: (2×4 + 1×2) / (4 × 3) = 10/12; eve: (2×2 + 1×2 + 1×0) / (4 × 4) = 6/16; ida marked one criterion of two needed.
    let sums: Vec<(Sums, bool)> = found.reviews.iter().map(|review| (review.sums, review.is_counted)).collect();
    let of = |points, weight, marked| Sums { points, weight, marked };
    assert_eq!(sums, [(of(10_000, 3000, 2), true), (of(6000, 4000, 3), true), (of(4000, 1000, 1), false)]);
    let terms: Vec<_> = found.reviews[0].terms.iter().map(|term| (term.criterion.as_str(), term.weight, term.mark)).collect();
    assert_eq!(terms, [("a", 2000, Some(4)), ("b", 1000, Some(2)), ("c", 1000, None)]);
    let figures = found.figures.expect("two reviews count");
    assert_eq!((figures.min, figures.max), (375 * POINT / 10, 833_333_333_333_333));
    // 29/48 = 60.41666…, and half of 83.33… − 37.5 = 22.91666…
    assert_eq!((figures.mean, figures.median, figures.deviation), (604_166_666_666_667, 604_166_666_666_667, 229_166_666_666_667));
    assert!(found.is_disputed);
    let criteria: Vec<_> = found.criteria.iter().map(|criterion| (criterion.marks.len(), criterion.figures, criterion.is_disputed)).collect();
    let a = criteria[0].1.expect("two marks");
    assert_eq!((a.mean, a.median, a.min, a.max, a.deviation), (3 * LEVEL, 3 * LEVEL, 2 * LEVEL, 4 * LEVEL, LEVEL));
    assert_eq!(criteria.iter().map(|criterion| (criterion.0, criterion.2)).collect::<Vec<_>>(), [(2, true), (2, false), (1, false)]);
    assert_eq!(criteria[2].1.map(|figures| figures.mean), Some(0), "the review that does not count brings no mark");
}

#[test]
fn severities_are_known_by_hand() {
    // b links ada and bob, c links ada and cid: 2a − b/2 − c/2 = −12.5, 3b/2 − a/2 = 12.5, 3c/2 − a/2 = 0 with k = 1.
    let call = scored(1, &[("b", &[("ada", 50), ("bob", 75)]), ("c", &[("ada", 50), ("cid", 50)])]);
    let fitted = severities(&call, Shrinkage::Published(1000));
    assert_eq!(by_reviewer(&fitted), [("ada", -5_000_000, 2), ("bob", 6_666_667, 2), ("cid", -1_666_667, 2)]);
    let calibrated: Vec<_> = fitted.dossiers.iter().map(|dossier| (dossier.mean / POINT, dossier.calibrated * 3 / POINT)).collect();
    // 62.5 − (20/3 − 5)/2 = 185/3, and 50 + (5 + 5/3)/2 = 160/3 (rounded down here).
    assert_eq!(calibrated, [(62, 184), (50, 160)]);
    assert_eq!((fitted.groups, fitted.reviewer_freedom, fitted.residual_freedom, fitted.k), (1, 2, 0, Some(1000)));
    // The making of ada's severity: −5 is (50 − 61.67 + 50 − 53.33) over 2 reviews + 1.
    let gaps: Vec<_> = fitted.reviewers[0].gaps.iter().map(|gap| (gap.score, gap.calibrated, millionths(2 * gap.gap))).collect();
    assert_eq!(gaps, [(50 * POINT, fitted.dossiers[0].calibrated, -23_333_333), (50 * POINT, fitted.dossiers[1].calibrated, -6_666_667)]);
}

#[test]
fn a_standard_error_is_known_by_hand() {
    let call = scored(1, &[("x", &[("ada", 50), ("bob", 75)]), ("y", &[("ada", 75), ("bob", 100)])]);
    let fitted = severities(&call, Shrinkage::Published(1000));
    // S = (1 −1; −1 1), totals −25 and 25: ada = −25/3. Left: 625 − 2×25×25/3 = 625/3 over 2 degrees; (S + 1)⁻¹ has 2/3.
    assert_eq!(by_reviewer(&fitted), [("ada", -8_333_333, 1), ("bob", 8_333_333, 1)]);
    assert_eq!(fitted.reviewers[0].standard_error.map(millionths), Some(8_333_333));
    assert_eq!(fitted.residual_deviation.map(millionths), Some(10_206_207), "the root of 625/6");
    assert_eq!(fitted.dossiers.iter().map(|dossier| dossier.calibrated).collect::<Vec<_>>(), [625 * POINT / 10, 875 * POINT / 10]);
    assert_eq!((fitted.level, fitted.dossiers[0].effect), (Some(75 * POINT), -125 * POINT / 10));
    assert_eq!(fitted.reviewers[0].gaps[0].residual, fitted.reviewers[0].gaps[0].gap - fitted.reviewers[0].severity);
}

#[test]
fn a_call_with_next_to_nothing_has_plain_figures() {
    let none = scored(1, &[]);
    let fitted = severities(&none, Shrinkage::Estimated);
    assert_eq!((fitted.basis, fitted.level, fitted.reviewers.len(), fitted.dossiers.len()), (Basis::TooFew, None, 0, 0));
    assert!(ranks(&none, Resampling::SharedGaps).is_empty() && spreads(&none).is_empty());

    let unread = scored(1, &[("x", &[])]);
    assert_eq!(spread(&unread, "x").map(|found| (found.figures, found.counted)), Some((None, 0)));
    assert_eq!(spread(&unread, "y"), None);
    assert!(ranks(&unread, Resampling::SharedGaps).is_empty());

    let one = scored(1, &[("x", &[("ada", 40)])]);
    let fitted = severities(&one, Shrinkage::Estimated);
    assert_eq!((by_reviewer(&fitted), fitted.reviewers[0].standard_error), (vec![("ada", 0, 0)], None));
    assert_eq!(fitted.dossiers[0].calibrated, 40 * POINT);
    assert_eq!(intervals(&ranks(&one, Resampling::SharedGaps)), [("x", 1, 1, 1)]);

    let alone = scored(1, &[("x", &[("ada", 40)]), ("y", &[("ada", 90)])]);
    assert_eq!(by_reviewer(&severities(&alone, Shrinkage::Estimated)), [("ada", 0, 0)]);
    assert_eq!(intervals(&ranks(&alone, Resampling::OwnReviews)), [("x", 2, 1, 2), ("y", 1, 1, 2)], "nothing is known of a spread");
}

#[test]
fn equal_scores_state_no_severity() {
    let reviews: &[(&str, u8)] = &[("ada", 60), ("bob", 60), ("cid", 60), ("dan", 60)];
    let fitted = severities(&scored(1, &[("p", reviews), ("q", reviews), ("r", reviews), ("s", reviews), ("t", reviews)]), Shrinkage::Estimated);
    assert_eq!((fitted.basis, fitted.k, fitted.reviewer_deviation), (Basis::Chance, None, Some(0)));
    assert!(fitted.reviewers.iter().all(|reviewer| reviewer.severity == 0 && reviewer.standard_error.is_none()));
    assert!(fitted.dossiers.iter().all(|dossier| dossier.calibrated == 60 * POINT && dossier.effect == 0));
}

#[test]
fn groups_that_no_dossier_joins_are_each_their_own_scale() {
    // cid and dan give 40 points less than ada and bob do, on other dossiers: nothing says that they are harder.
    let call = scored(1, &[("x", &[("ada", 80), ("bob", 90)]), ("y", &[("cid", 40), ("dan", 50)]), ("z", &[("eve", 10)])]);
    let fitted = severities(&call, Shrinkage::Estimated);
    assert_eq!((fitted.groups, fitted.k, fitted.basis), (3, Some(4000), Basis::TooFew));
    // (1/2 + 4) a − b/2 … with totals ∓5: ±5 / (1 + 4).
    let expected = [("ada", -1_000_000, 1), ("bob", 1_000_000, 1), ("cid", -1_000_000, 1), ("dan", 1_000_000, 1), ("eve", 0, 0)];
    assert_eq!(by_reviewer(&fitted), expected);
    assert!(fitted.dossiers.iter().all(|dossier| dossier.calibrated == dossier.mean));
    assert!(fitted.reviewers[4].standard_error > fitted.reviewers[0].standard_error, "compared with nobody, known least");
}

#[test]
fn intervals_of_own_reviews_are_known_by_hand() {
    let ranks = |call: &Call| ranks(call, Resampling::OwnReviews);
    let sure = scored(2, &[("x", &[("ada", 40), ("bob", 40)]), ("y", &[("ada", 70), ("bob", 70)]), ("z", &[("ada", 90)])]);
    assert_eq!(intervals(&ranks(&sure)), [("x", 2, 2, 2), ("y", 1, 1, 1)], "without spread, a place is certain; z has one review of two");

    // x is 40 or 60 once in two, y always 50: tied, and each is first or second.
    let tied = scored(2, &[("x", &[("ada", 40), ("bob", 60)]), ("y", &[("ada", 50), ("bob", 50)])]);
    assert_eq!(intervals(&ranks(&tied)), [("x", 1, 1, 2), ("y", 1, 1, 2)]);
    assert!(ranks(&tied).iter().all(|ranked| ranked.place == Place { place: 1, sharing: 2 } && ranked.counted == 2));

    // x is 51 for sure, six others are 0 or 100: none of them is above once in 64, all of them once in 64. First by its mean,
    // x is so placed too seldom to be within the 90 %, and its interval is widened to the place it has.
    let other: &[(&str, u8)] = &[("ada", 0), ("bob", 100)];
    let wide = [("a", other), ("b", other), ("c", other), ("d", other), ("e", other), ("f", other), ("x", &[("ada", 51), ("bob", 51)])];
    let found = ranks(&scored(2, &wide));
    assert_eq!(intervals(&found)[6], ("x", 1, 1, 6));
    assert!(intervals(&found)[..6].iter().all(|(_, place, best, worst)| (*place, *best, *worst) == (2, 1, 6)));

    // One review borrows the gaps of the others: z (50) moves by ∓10 × √2 around x, which is 40 or 60.
    let borrowed = scored(1, &[("x", &[("ada", 40), ("bob", 60)]), ("z", &[("ada", 50)])]);
    assert_eq!(intervals(&ranks(&borrowed)), [("x", 1, 1, 2), ("z", 1, 1, 2)]);
}

#[test]
fn intervals_of_shared_gaps_are_known_by_hand() {
    let ranks = |call: &Call| ranks(call, Resampling::SharedGaps);
    // Gaps of w are ±10 × √2, none elsewhere: half of the pool. Two of them move x and y (one point apart) past each other; z is
    // 40 points below, w 40 above, and the widest move is 14.1 each way.
    let two = |key, low, high| (key, [("ada", low), ("bob", high)]);
    let rows = [two("w", 80, 100), two("x", 50, 50), two("y", 49, 49), two("z", 9, 9)];
    let call = scored(2, &rows.each_ref().map(|(key, reviews)| (*key, reviews.as_slice())));
    assert_eq!(intervals(&ranks(&call)), [("w", 1, 1, 1), ("x", 2, 2, 3), ("y", 3, 2, 3), ("z", 4, 4, 4)]);
    let sure = scored(2, &[("x", &[("ada", 40), ("bob", 40)]), ("y", &[("ada", 70), ("bob", 70)])]);
    assert_eq!(intervals(&ranks(&sure)), [("x", 2, 2, 2), ("y", 1, 1, 1)], "without spread, a place is certain");
}

#[test]
fn other_weights_move_places_and_change_nothing() {
    let criterion = |key: &str| Criterion { key: key.to_owned(), weight: 1000 };
    let dossier = |key: &str, marks: [u8; 2]| Dossier {
        key: key.to_owned(),
        reviews: vec![Review { reviewer: "ada".to_owned(), marks: marks.iter().map(|mark| Some(*mark)).collect() }],
    };
    let rules = Rules { coverage_threshold: 1, mean_from: 1, seed: 0 };
    let dossiers = vec![dossier("x", [4, 0]), dossier("y", [1, 4]), Dossier { key: "z".to_owned(), reviews: vec![] }];
    let call = Call::new(rules, vec![criterion("a"), criterion("b")], dossiers).expect("a call");
    let before = call.clone();
    let place = |place| Place { place, sharing: 1 };
    // y leads by 5/8 to 1/2; with a three times heavier, x leads by 12/16 to 7/16.
    let found = moves(&call, &[("a", 3000)]).expect("known criteria");
    assert_eq!(found[0].before.zip(found[0].after), Some(((50 * POINT, place(2)), (75 * POINT, place(1)))));
    assert_eq!(found[1].before.zip(found[1].after), Some(((625 * POINT / 10, place(1)), (4375 * POINT / 100, place(2)))));
    assert_eq!((found[2].before, found[2].after), (None, None));
    assert_eq!(found.iter().map(|step| step.climbed).collect::<Vec<_>>(), [1, -1, 0]);
    let weightless = moves(&call, &[("a", 0), ("b", 0)]).expect("known criteria");
    assert!(weightless.iter().all(|step| step.after.is_none() && step.climbed == 0));
    assert_eq!(call, before);
}
