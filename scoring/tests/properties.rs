//! What must hold for every call.

mod common;

use std::collections::BTreeMap;

use common::marks;
use proptest::prelude::*;
use trame_scoring::call::{Call, Criterion, Dossier, Review, Rules};
use trame_scoring::rank::{Ranked, Resampling, ranks};
use trame_scoring::score::POINT;
use trame_scoring::severity::{Basis, Severities, Shrinkage, severities};
use trame_scoring::spread::{Spread, spreads};
use trame_scoring::what_if::{Move, moves};

/// Parts of a call, before they are read.
#[derive(Debug, Clone)]
struct Typed {
    rules: Rules,
    criteria: Vec<Criterion>,
    dossiers: Vec<Dossier>,
}

impl Typed {
    fn call(&self) -> Call {
        Call::new(self.rules, self.criteria.clone(), self.dossiers.clone()).expect("a call that can be read")
    }
}

/// Calls of some reviewers, dossiers and criteria, with marks missing, thin reviews, and dossiers without review.
fn calls() -> impl Strategy<Value = Typed> {
    let sizes = (1..5_usize, 1..7_usize, 0..9_usize, 0..3_i32, 1..3_i32, any::<u64>());
    sizes.prop_flat_map(|(criteria, reviewers, dossiers, coverage, mean_from, seed)| {
        let rules = Rules { coverage_threshold: coverage, mean_from, seed };
        let marks = proptest::collection::vec(proptest::option::weighted(0.8, 0..=4_u8), criteria);
        let review = proptest::option::weighted(0.5, marks);
        let dossier = proptest::collection::vec(review, reviewers);
        let weights = proptest::collection::vec(0..=3000_i32, criteria);
        (weights, proptest::collection::vec(dossier, dossiers)).prop_map(move |(weights, dossiers)| Typed {
            rules,
            criteria: weights.iter().enumerate().map(|(place, weight)| Criterion { key: format!("c{place}"), weight: *weight }).collect(),
            dossiers: dossiers.iter().enumerate().map(|(place, reviews)| dossier_of(place, reviews)).collect(),
        })
    })
}

fn dossier_of(place: usize, reviews: &[Option<Vec<Option<u8>>>]) -> Dossier {
    let review = |(place, marks): (usize, &Option<Vec<Option<u8>>>)| Some(Review { reviewer: format!("r{place}"), marks: marks.clone()? });
    Dossier { key: format!("d{place}"), reviews: reviews.iter().enumerate().filter_map(review).collect() }
}

/// Every figure that the crate makes.
type All = (Vec<Spread>, [Severities; 2], [Vec<Ranked>; 2], Vec<Move>);

fn all(call: &Call) -> All {
    let other = moves(call, &[("c0", 500)]).expect("every call here has this criterion");
    let fitted = [Shrinkage::Estimated, Shrinkage::Published(2500)].map(|shrinkage| severities(call, shrinkage));
    (spreads(call), fitted, both(call), other)
}

fn both(call: &Call) -> [Vec<Ranked>; 2] {
    [Resampling::SharedGaps, Resampling::OwnReviews].map(|resampling| ranks(call, resampling))
}

/// The same rows in another order: rotated, then read from the end.
fn turned(typed: &Typed, turn: usize) -> Typed {
    fn turn_rows<Row>(rows: &mut [Row], turn: usize) {
        rows.rotate_left(turn % rows.len().max(1));
        rows.reverse();
    }
    let mut other = typed.clone();
    turn_rows(&mut other.criteria, turn);
    turn_rows(&mut other.dossiers, turn);
    for dossier in &mut other.dossiers {
        turn_rows(&mut dossier.reviews, turn + 1);
        dossier.reviews.iter_mut().for_each(|review| turn_rows(&mut review.marks, turn));
    }
    other
}

/// Other names, whose order is the reverse one: what database ids become when rows are inserted backwards.
fn renamed(typed: &Typed) -> Typed {
    let rename = |key: &str| format!("{}{}", &key[..1], 9 - key[1..].parse::<u8>().expect("a digit"));
    let mut other = typed.clone();
    for dossier in &mut other.dossiers {
        dossier.key = rename(&dossier.key);
        dossier.reviews.iter_mut().for_each(|review| review.reviewer = rename(&review.reviewer));
    }
    other
}

/// Numbers by key, whatever the order.
fn numbers(fitted: &Severities, is_renamed: bool) -> BTreeMap<String, Vec<i64>> {
    let name = |key: &str| if is_renamed { format!("{}{}", &key[..1], 9 - key[1..].parse::<u8>().expect("a digit")) } else { key.to_owned() };
    let people = fitted.reviewers.iter().map(|reviewer| (name(&reviewer.reviewer), vec![reviewer.severity, reviewer.standard_error.unwrap_or(-1)]));
    let dossiers = fitted.dossiers.iter().map(|dossier| (name(&dossier.dossier), vec![dossier.mean, dossier.calibrated, dossier.effect]));
    let whole = [fitted.k, fitted.level, fitted.residual_deviation, fitted.reviewer_deviation].map(|value| value.unwrap_or(-1));
    people.chain(dossiers).chain([("call".to_owned(), whole.to_vec())]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_rows_changes_nothing(typed in calls(), turn in 0..9_usize) {
        prop_assert_eq!(all(&typed.call()), all(&turned(&typed, turn).call()));
    }

    #[test]
    fn names_change_no_severity(typed in calls()) {
        let (one, other) = (typed.call(), renamed(&typed).call());
        for shrinkage in [Shrinkage::Estimated, Shrinkage::Published(700)] {
            prop_assert_eq!(numbers(&severities(&one, shrinkage), false), numbers(&severities(&other, shrinkage), true));
        }
    }

    #[test]
    fn only_the_ratio_of_weights_counts(typed in calls(), factor in 2..30_i32) {
        let mut heavier = typed.clone();
        heavier.criteria.iter_mut().for_each(|criterion| criterion.weight *= factor);
        let (one, other) = (typed.call(), heavier.call());
        prop_assert_eq!(both(&one), both(&other));
        prop_assert_eq!(severities(&one, Shrinkage::Estimated), severities(&other, Shrinkage::Estimated));
        let figures = |call: &Call| spreads(call).into_iter().map(|spread| (spread.figures, spread.is_disputed)).collect::<Vec<_>>();
        prop_assert_eq!(figures(&one), figures(&other));
    }

    #[test]
    fn a_missing_mark_is_never_a_zero(typed in calls()) {
        let mut wider = typed.clone();
        wider.criteria.push(Criterion { key: "z".to_owned(), weight: 5000 });
        let mut zeroed = wider.clone();
        for (dossier, other) in wider.dossiers.iter_mut().zip(&mut zeroed.dossiers) {
            dossier.reviews.iter_mut().for_each(|review| review.marks.push(None));
            other.reviews.iter_mut().for_each(|review| review.marks.push(Some(0)));
        }
        let (one, missing) = (typed.call(), wider.call());
        prop_assert_eq!(both(&one), both(&missing));
        prop_assert_eq!(severities(&one, Shrinkage::Estimated), severities(&missing, Shrinkage::Estimated));
        for (missing, zero) in spreads(&missing).iter().zip(spreads(&zeroed.call())) {
            prop_assert!(missing.criteria.iter().filter(|criterion| criterion.criterion == "z").all(|criterion| criterion.figures.is_none()));
            for (missing, zero) in missing.reviews.iter().zip(&zero.reviews) {
                prop_assert!(missing.score.is_none_or(|score| score == 0 || zero.score.is_some_and(|zero| zero < score)));
            }
        }
    }

    #[test]
    fn ties_stay_ties_and_intervals_hold_their_place(typed in calls(), twin in 0..9_usize) {
        let mut doubled = typed.clone();
        if let Some(dossier) = typed.dossiers.get(twin) {
            doubled.dossiers.push(Dossier { key: "twin".to_owned(), reviews: dossier.reviews.clone() });
        }
        for ranked in both(&doubled.call()) {
            for one in &ranked {
                prop_assert!(1 <= one.best && one.best <= one.place.place && one.place.place <= one.worst && one.worst <= ranked.len());
                prop_assert_eq!(one.place.place, 1 + ranked.iter().filter(|other| other.mean > one.mean).count());
                prop_assert_eq!(one.place.sharing, ranked.iter().filter(|other| other.mean == one.mean).count());
            }
            let place = |key: &str| ranked.iter().find(|ranked| ranked.dossier == key).map(|ranked| (ranked.mean, ranked.place));
            prop_assert_eq!(place("twin"), typed.dossiers.get(twin).and_then(|dossier| place(&dossier.key)));
        }
    }

    #[test]
    fn an_unseen_dossier_enters_nothing(typed in calls(), hidden in 0..9_usize, marks in proptest::collection::vec(0..=4_u8, 5)) {
        let is_seen = |key: &str| key != format!("d{hidden}");
        let mut without = typed.clone();
        without.dossiers.retain(|dossier| is_seen(&dossier.key));
        let mut changed = typed.clone();
        if let Some(dossier) = changed.dossiers.get_mut(hidden) {
            let marks: Vec<Option<u8>> = marks.iter().take(typed.criteria.len()).map(|mark| Some(*mark)).collect();
            dossier.reviews = (0..3).map(|place| Review { reviewer: format!("r{place}"), marks: marks.clone() }).collect();
        }
        let expected = all(&without.call());
        prop_assert_eq!(&all(&typed.call().seen(is_seen)), &expected);
        prop_assert_eq!(&all(&changed.call().seen(is_seen)), &expected);
    }

    #[test]
    fn severities_and_calibrated_scores_explain_each_other(typed in calls(), k in 100..9000_i64) {
        let fitted = severities(&typed.call(), Shrinkage::Published(k));
        let near = |left: i64, right: i64| (left - right).abs() <= 5 * (POINT / 1_000_000);
        for dossier in &fitted.dossiers {
            let count = i64::try_from(dossier.parts.len()).expect("few");
            let mean = dossier.parts.iter().map(|part| part.score - part.severity).sum::<i64>() / count;
            prop_assert!(near(mean, dossier.calibrated), "{mean} {}", dossier.calibrated);
        }
        for reviewer in &fitted.reviewers {
            let gaps: i128 = reviewer.gaps.iter().map(|gap| i128::from(gap.gap)).sum();
            let weight = i128::try_from(reviewer.gaps.len()).expect("few") * 1000 + i128::from(k);
            prop_assert!(near(i64::try_from(gaps * 1000 / weight).expect("points"), reviewer.severity), "{reviewer:?}");
        }
        let total: i64 = fitted.reviewers.iter().map(|reviewer| reviewer.severity).sum();
        prop_assert!(total.abs() <= 10 * (POINT / 1_000_000), "severities add up to {total}");
    }

    #[test]
    fn a_shifted_reviewer_moves_calibrated_scores_less(design in design(), who in 0..5_usize, shift in 1..20_u8) {
        let (people, dossiers) = design;
        let who = who % people;
        let shifted = |shift: u8| panel(people, &dossiers, |reviewer| if reviewer == who { shift } else { 0 });
        for k in [200, 4000] {
            let (one, other) = (severities(&shifted(0), Shrinkage::Published(k)), severities(&shifted(shift), Shrinkage::Published(k)));
            for (before, after) in one.dossiers.iter().zip(&other.dossiers) {
                let (raw, calibrated) = ((before.mean - after.mean).abs(), (before.calibrated - after.calibrated).abs());
                if raw > 0 {
                    prop_assert!(calibrated < raw, "raw {raw}, calibrated {calibrated}");
                }
            }
        }
    }

    #[test]
    fn constant_severities_are_recovered(design in design(), severities_given in proptest::collection::vec(0..20_u8, 5)) {
        let (people, dossiers) = design;
        let given = &severities_given[..people];
        let fitted = severities(&panel(people, &dossiers, |reviewer| given[reviewer]), Shrinkage::Estimated);
        let mean: i64 = given.iter().map(|severity| i64::from(*severity) * POINT).sum::<i64>() / i64::try_from(people).expect("few");
        if given.iter().all(|severity| *severity == given[0]) {
            prop_assert_eq!(fitted.basis, Basis::Chance);
        } else {
            prop_assert_eq!((fitted.basis, fitted.k), (Basis::Estimated, Some(1)));
        }
        for (reviewer, severity) in fitted.reviewers.iter().zip(given) {
            let expected = mean - i64::from(*severity) * POINT;
            prop_assert!((reviewer.severity - expected).abs() < POINT / 50, "{} {expected}", reviewer.severity);
        }
    }
}

/// Four or five reviewers, and 12 to 20 dossiers of a true worth from 30 to 70, each read by three reviewers that follow.
fn design() -> impl Strategy<Value = (usize, Vec<u8>)> {
    (4..=5_usize, proptest::collection::vec(30..=70_u8, 12..20))
}

/// A connected call without noise: each score is the worth of the dossier less what its reviewer takes off.
fn panel(people: usize, worths: &[u8], taken: impl Fn(usize) -> u8) -> Call {
    let review = |reviewer: usize, worth: u8| Review { reviewer: format!("r{reviewer}"), marks: marks(worth - taken(reviewer)) };
    let dossier =
        |(place, worth): (usize, &u8)| Dossier { key: format!("d{place}"), reviews: (0..3).map(|step| review((place + step) % people, *worth)).collect() };
    let criteria = (0..25).map(|place| Criterion { key: format!("c{place:02}"), weight: 1000 }).collect();
    let rules = Rules { coverage_threshold: 10, mean_from: 2, seed: 7 };
    Call::new(rules, criteria, worths.iter().enumerate().map(dossier).collect()).expect("a call that can be read")
}
