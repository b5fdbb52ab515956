//! What holds for any call: drawn instances, and for the tiny ones the best of all assignments, found by trying each.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::subsequence;
use trame_assignment::{Body, Conflict, Dossier, Held, Need, Proposal, Reason, Refusal, Reviewer, Settings, propose};

use crate::common::{accepted, away, dossier, kept, reviewer};

const THEMES: [&str; 4] = ["eau", "énergie", "matières", "services"];

/// Dossiers, reviewers, and what is required.
type Call = (Vec<Dossier>, Vec<Reviewer>, Settings);

fn themes() -> impl Strategy<Value = Vec<String>> {
    subsequence(&THEMES[..], 0..=THEMES.len()).prop_map(|themes| themes.into_iter().map(str::to_owned).collect())
}

fn a_reviewer() -> impl Strategy<Value = Reviewer> {
    let body = prop_oneof![Just(Body::Ademe), Just(Body::Region), Just(Body::Other)];
    let maximum = prop_oneof![2 => Just(None), 1 => (0_u32..4).prop_map(Some)];
    (body, themes(), maximum, 0_u32..3).prop_map(|(body, expertise, maximum, elsewhere)| Reviewer { expertise, maximum, elsewhere, ..reviewer("", body) })
}

/// A dossier whose conflicts and kept reviews are among so many reviewers, and one more who is none.
fn a_dossier(reviewers: usize) -> impl Strategy<Value = Dossier> {
    let people: Vec<String> = (0..=reviewers).map(person).collect();
    let some = |most: usize| subsequence(people.clone(), 0..=most.min(reviewers + 1));
    let held = prop_oneof![Just(Held::Assigned), Just(Held::Begun), Just(Held::Delivered)];
    (some(2), some(2), held, themes()).prop_map(|(excluded, keeping, held, themes)| Dossier {
        excluded: excluded.iter().map(|key| away(key, Conflict::Declared)).collect(),
        kept: keeping.iter().map(|key| kept(key, held)).collect(),
        themes,
        ..dossier("")
    })
}

fn person(at: usize) -> String {
    format!("r{at:02}")
}

fn call(dossiers: impl Into<prop::collection::SizeRange>, reviewers: std::ops::Range<usize>) -> impl Strategy<Value = Call> {
    let dossiers = dossiers.into();
    let people = prop::collection::vec(a_reviewer(), reviewers);
    let bodies = subsequence(&Body::ALL[..], 0..=2);
    (people, 0_u32..4, bodies).prop_flat_map(move |(mut people, reviews, bodies)| {
        for (at, reviewer) in people.iter_mut().enumerate() {
            reviewer.key = person(at).as_str().into();
        }
        let dossiers = prop::collection::vec(a_dossier(people.len()), dossiers.clone()).prop_map(|mut dossiers| {
            for (at, dossier) in dossiers.iter_mut().enumerate() {
                dossier.key = format!("d{at:02}").as_str().into();
            }
            dossiers
        });
        (dossiers, Just(people), Just(Settings { reviews, bodies }))
    })
}

fn solved((dossiers, reviewers, settings): &Call) -> Proposal {
    propose(dossiers, reviewers, settings).expect("keys differ")
}

/// Lower is better, the first number first: bodies that lack, reviews that lack (each more on one dossier weighs more),
/// loads (likewise), themes that are not known.
type Price = (usize, u32, u32, usize);

/// Price of adding those pairs (places of dossiers and reviewers), none when one of them cannot be.
fn price((dossiers, reviewers, settings): &Call, added: &BTreeSet<(usize, usize)>) -> Option<Price> {
    let mut loads: Vec<u32> = reviewers.iter().map(|reviewer| reviewer.elsewhere).collect();
    let mut news = vec![0_u32; reviewers.len()];
    let mut price = (0, 0, 0, 0);
    for (at, dossier) in dossiers.iter().enumerate() {
        let is_away = |key: &str| dossier.excluded.iter().any(|excluded| excluded.reviewer.as_str() == key);
        let is_kept = |key: &str| dossier.kept.iter().any(|kept| kept.reviewer.as_str() == key);
        let mut on: BTreeSet<&str> = dossier.kept.iter().map(|kept| kept.reviewer.as_str()).filter(|key| !is_away(key)).collect();
        for (place, reviewer) in reviewers.iter().enumerate() {
            let key = reviewer.key.as_str();
            if added.contains(&(at, place)) {
                if is_away(key) || is_kept(key) {
                    return None;
                }
                news[place] += 1;
                on.insert(key);
                price.3 += 3 - dossier.themes.iter().filter(|theme| reviewer.expertise.contains(theme)).count().min(3);
            }
            loads[place] += u32::from(on.contains(key));
        }
        let has = |body: Body| reviewers.iter().any(|reviewer| reviewer.body == body && on.contains(reviewer.key.as_str()));
        price.0 += settings.bodies.iter().filter(|body| !has(**body)).count();
        price.1 += steps(settings.reviews.saturating_sub(u32::try_from(on.len()).expect("few")));
    }
    let is_beyond = |place: usize| reviewers[place].maximum.is_some_and(|maximum| news[place] > 0 && loads[place] > maximum);
    price.2 = loads.iter().map(|load| steps(*load)).sum();
    (!(0..reviewers.len()).any(is_beyond)).then_some(price)
}

/// One, then two more, then three more…
fn steps(number: u32) -> u32 {
    number * (number + 1) / 2
}

fn places((dossiers, reviewers, _): &Call, proposal: &Proposal) -> BTreeSet<(usize, usize)> {
    let dossier = |key: &_| dossiers.iter().position(|dossier| dossier.key == *key).expect("a dossier that was given");
    let reviewer = |key: &_| reviewers.iter().position(|reviewer| reviewer.key == *key).expect("a reviewer who was given");
    proposal.added().map(|(at, place)| (dossier(at), reviewer(place))).collect()
}

/// The best price of all.
fn best(call: &Call) -> Price {
    let pairs: Vec<(usize, usize)> = (0..call.0.len()).flat_map(|dossier| (0..call.1.len()).map(move |reviewer| (dossier, reviewer))).collect();
    let chosen = |set: u32| pairs.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, pair)| *pair).collect();
    (0..1_u32 << pairs.len()).filter_map(|set| price(call, &chosen(set))).min().expect("nothing at all is possible")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_assignment_of_a_tiny_call_is_better(call in call(1..4, 1..4)) {
        prop_assert_eq!(price(&call, &places(&call, &solved(&call))), Some(best(&call)));
    }

    #[test]
    fn no_assignment_of_two_dossiers_and_five_reviewers_is_better(call in call(2, 5..6)) {
        prop_assert_eq!(price(&call, &places(&call, &solved(&call))), Some(best(&call)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_conflict_is_proposed_nobody_goes_beyond_their_maximum_and_what_is_kept_stays(call in call(0..20, 0..12)) {
        let proposal = solved(&call);
        prop_assert!(price(&call, &places(&call, &proposal)).is_some(), "each pair that is added can be");
        for (dossier, plan) in call.0.iter().zip(&proposal.dossiers) {
            let is_away = |key: &_| dossier.excluded.iter().any(|excluded| excluded.reviewer == *key);
            let stays: BTreeMap<_, _> = dossier.kept.iter().filter(|kept| !is_away(&kept.reviewer)).map(|kept| (&kept.reviewer, kept.held)).collect();
            let shown: BTreeMap<_, _> = plan.reviews.iter().filter_map(|review| Some((&review.reviewer, review.kept?))).collect();
            prop_assert_eq!(stays, shown);
            prop_assert!(plan.reviews.iter().all(|review| !is_away(&review.reviewer)));
        }
    }

    #[test]
    fn the_order_of_what_is_given_changes_nothing((call, shuffled) in call(0..15, 0..10).prop_flat_map(|call| {
        let (mut dossiers, mut reviewers, mut settings) = call.clone();
        for dossier in &mut dossiers {
            dossier.kept.reverse();
            dossier.excluded.reverse();
            dossier.themes.reverse();
        }
        for reviewer in &mut reviewers {
            reviewer.expertise.reverse();
        }
        settings.bodies.reverse();
        (Just(call), (Just(dossiers).prop_shuffle(), Just(reviewers).prop_shuffle(), Just(settings)))
    })) {
        prop_assert_eq!(solved(&call), solved(&shuffled));
    }

    #[test]
    fn run_again_on_what_was_accepted_it_adds_nothing((dossiers, reviewers, settings) in call(0..20, 0..12)) {
        let first = propose(&dossiers, &reviewers, &settings).expect("keys differ");
        let second = propose(&accepted(&dossiers, &first), &reviewers, &settings).expect("keys differ");
        prop_assert_eq!(second.added().count(), 0);
        let missing = |proposal: &Proposal| proposal.dossiers.iter().map(|plan| plan.missing.clone()).collect::<Vec<_>>();
        prop_assert_eq!(missing(&first), missing(&second));
        prop_assert!(first.loads.iter().zip(&second.loads).all(|(first, second)| first.after == second.after && second.before == second.after));
    }

    #[test]
    fn loads_differ_by_one_at_most_when_nothing_constrains(number in 0_usize..90, people in 1_usize..12, reviews in 0_u32..5, shared in themes()) {
        let reviewers: Vec<Reviewer> = (0..people).map(|at| Reviewer { expertise: shared[..shared.len().min(at)].to_vec(), ..reviewer(&person(at), Body::Other) }).collect();
        let dossiers: Vec<Dossier> = (0..number).map(|at| Dossier { themes: shared.clone(), ..dossier(&format!("{at}")) }).collect();
        let proposal = propose(&dossiers, &reviewers, &Settings { reviews, bodies: Vec::new() }).expect("keys differ");
        let loads = || proposal.loads.iter().map(|load| load.after);
        prop_assert!(loads().max().unwrap_or_default() - loads().min().unwrap_or_default() <= 1);
        prop_assert_eq!(loads().sum::<u32>(), u32::try_from(number).expect("few") * reviews.min(u32::try_from(people).expect("few")));
    }

    #[test]
    fn what_lacks_is_said_with_what_became_of_each_reviewer(call in call(0..20, 0..12)) {
        let proposal = solved(&call);
        for plan in &proposal.dossiers {
            let on = |body: Option<Body>| {
                let is_on = |reviewer: &&Reviewer| plan.reviews.iter().any(|review| review.reviewer == reviewer.key);
                call.1.iter().filter(|reviewer| body.is_none_or(|body| reviewer.body == body)).filter(is_on).count()
            };
            let lacking: Vec<Need> = plan.missing.iter().map(|missing| missing.need).collect();
            let bodies = Body::ALL.into_iter().filter(|body| call.2.bodies.contains(body) && on(Some(*body)) == 0).map(Need::Body);
            let short = call.2.reviews.saturating_sub(u32::try_from(plan.reviews.len()).expect("few"));
            prop_assert_eq!(lacking, bodies.chain((short > 0).then_some(Need::Reviews(short))).collect::<Vec<_>>());
            for missing in &plan.missing {
                prop_assert_eq!(missing.in_conflict + missing.at_maximum, missing.reviewers, "nobody was left aside without a reason");
            }
        }
    }

    #[test]
    fn each_review_that_is_added_says_why_and_each_refusal_is_true(call in call(0..20, 0..12)) {
        let proposal = solved(&call);
        let load: BTreeMap<_, _> = proposal.loads.iter().map(|load| (&load.reviewer, load)).collect();
        for plan in &proposal.dossiers {
            prop_assert!(plan.added().all(|review| !review.reasons.is_empty()));
            for body in &call.2.bodies {
                let stand = plan.reviews.iter().filter(|review| review.reasons.contains(&Reason::Body(*body))).count();
                let lacks = plan.missing.iter().any(|missing| missing.need == Need::Body(*body));
                prop_assert_eq!(stand, usize::from(!lacks));
            }
            for refused in &plan.refused {
                prop_assert!(plan.reviews.iter().all(|review| review.reviewer != refused.reviewer));
                match &refused.refusal {
                    Refusal::Conflict(conflicts) => prop_assert_eq!(conflicts.as_slice(), [Conflict::Declared].as_slice()),
                    Refusal::AtMaximum(maximum) => prop_assert!(load[&refused.reviewer].after >= *maximum),
                }
            }
        }
    }
}
