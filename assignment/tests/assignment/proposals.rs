//! Proposals read by hand.

use std::collections::BTreeSet;

use trame_assignment::{
    Body, Cause, Conflict, Dossier, Fault, Held, Load, Missing, Need, Proposal, Reason, Refusal, Refused, Review, Reviewer, Settings, propose,
};

use crate::common::{accepted, away, dossier, dossiers, kept, reviewer, reviewers};

fn three(dossiers: &[Dossier], reviewers: &[Reviewer]) -> Proposal {
    propose(dossiers, reviewers, &Settings::both_chairs(3)).expect("keys differ")
}

fn loads(proposal: &Proposal) -> Vec<u32> {
    proposal.loads.iter().map(|load| load.after).collect()
}

fn added(proposal: &Proposal) -> Vec<(&str, &str)> {
    proposal.added().map(|(dossier, reviewer)| (dossier.as_str(), reviewer.as_str())).collect()
}

/// The call of the demonstration's size: forty dossiers, twelve reviewers, five conflicts.
fn call() -> (Vec<Dossier>, Vec<Reviewer>) {
    let mut dossiers = dossiers(40);
    let conflicts = [(0, "A1"), (0, "R1"), (7, "A3"), (19, "R4"), (39, "O2")];
    for (place, key) in conflicts {
        dossiers[place].excluded.push(away(key, Conflict::Declared));
    }
    let mut reviewers = reviewers(5, 5, 2);
    for (place, reviewer) in reviewers.iter_mut().enumerate() {
        reviewer.expertise = vec![["eau", "énergie", "matières"][place % 3].to_owned()];
    }
    for (place, dossier) in dossiers.iter_mut().enumerate() {
        dossier.themes = vec![["eau", "énergie", "matières"][place % 3].to_owned()];
    }
    (dossiers, reviewers)
}

#[test]
fn forty_dossiers_go_to_twelve_reviewers_ten_each_around_five_conflicts() {
    let (dossiers, reviewers) = call();
    let proposal = three(&dossiers, &reviewers);
    assert!(proposal.is_complete());
    assert_eq!(loads(&proposal), [10; 12]);
    assert_eq!(proposal.added().count(), 120);
    let refused: Vec<(&str, &str)> =
        proposal.dossiers.iter().flat_map(|plan| plan.refused.iter().map(|refused| (plan.dossier.as_str(), refused.reviewer.as_str()))).collect();
    assert_eq!(refused, [("D001", "A1"), ("D001", "R1"), ("D008", "A3"), ("D020", "R4"), ("D040", "O2")]);
    assert!(refused.iter().all(|pair| !added(&proposal).contains(pair)));
    let expert = proposal.dossiers.iter().flat_map(|plan| &plan.reviews).filter(|review| review.reasons.iter().any(|why| matches!(why, Reason::Expertise(_))));
    assert!(expert.count() >= 110, "nearly everybody reads what they know");
}

#[test]
fn the_lot_mixes_who_reviews_with_whom() {
    let (mut dossiers, mut reviewers) = call();
    for dossier in &mut dossiers {
        dossier.themes.clear();
    }
    for reviewer in &mut reviewers {
        reviewer.expertise.clear();
    }
    let proposal = three(&dossiers, &reviewers);
    let together: BTreeSet<(&str, &str)> = proposal
        .dossiers
        .iter()
        .flat_map(|plan| plan.reviews.iter().flat_map(move |one| plan.reviews.iter().map(move |other| (one.reviewer.as_str(), other.reviewer.as_str()))))
        .filter(|(one, other)| one < other)
        .collect();
    assert!(together.len() >= 45, "{} pairs of 66 meet on a dossier", together.len());
}

#[test]
fn what_is_done_stays_and_only_what_lacks_is_added() {
    let mut dossiers = dossiers(2);
    dossiers[0].kept = vec![kept("A1", Held::Delivered), kept("A2", Held::Begun)];
    dossiers[1].kept = vec![kept("A1", Held::Assigned), kept("A2", Held::Delivered), kept("O1", Held::Begun)];
    let proposal = three(&dossiers, &reviewers(2, 1, 1));
    assert_eq!(added(&proposal), [("D001", "R1"), ("D002", "R1")], "the fourth review of D002 is for the Région");
    assert_eq!(
        proposal.dossiers[0].reviews,
        [
            Review { reviewer: "A1".into(), kept: Some(Held::Delivered), reasons: vec![Reason::Body(Body::Ademe)] },
            Review { reviewer: "A2".into(), kept: Some(Held::Begun), reasons: Vec::new() },
            Review { reviewer: "R1".into(), kept: None, reasons: vec![Reason::Body(Body::Region), Reason::OnlyChoice] },
        ]
    );
    let again = three(&accepted(&dossiers, &proposal), &reviewers(2, 1, 1));
    assert_eq!(added(&again), []);
    assert_eq!(loads(&again), loads(&proposal));
}

#[test]
fn loads_are_evened_with_what_is_held_already() {
    let mut reviewers = reviewers(2, 2, 0);
    reviewers[0].elsewhere = 5;
    let proposal = propose(&dossiers(6), &reviewers, &Settings { reviews: 2, bodies: Vec::new() }).expect("keys differ");
    assert_eq!(proposal.loads[0], Load { reviewer: "A1".into(), before: 5, after: 5, maximum: None });
    assert_eq!(loads(&proposal), [5, 4, 4, 4]);
}

#[test]
fn expertise_decides_between_equal_loads_and_is_said() {
    let mut dossiers = dossiers(2);
    dossiers[0].themes = vec!["eau".to_owned(), "boues".to_owned(), "eau".to_owned()];
    dossiers[1].themes = vec!["énergie".to_owned()];
    let mut reviewers = reviewers(2, 0, 0);
    reviewers[0].expertise = vec!["énergie".to_owned()];
    reviewers[1].expertise = vec!["eau".to_owned(), "boues".to_owned()];
    let proposal = propose(&dossiers, &reviewers, &Settings { reviews: 1, bodies: vec![Body::Ademe] }).expect("keys differ");
    assert_eq!(added(&proposal), [("D001", "A2"), ("D002", "A1")]);
    let both = Reason::Expertise(vec!["boues".to_owned(), "eau".to_owned()]);
    assert_eq!(proposal.dossiers[0].reviews[0].reasons, [Reason::Body(Body::Ademe), Reason::LeastLoaded, both]);
}

#[test]
fn a_body_all_in_conflict_lacks_and_the_number_is_reached_all_the_same() {
    let mut one = dossier("D1");
    one.excluded = vec![away("R1", Conflict::Pinned), away("R1", Conflict::SameDomain), away("R2", Conflict::Team)];
    let proposal = three(&[one], &reviewers(2, 2, 1));
    let plan = &proposal.dossiers[0];
    assert_eq!(added(&proposal), [("D1", "A1"), ("D1", "A2"), ("D1", "O1")]);
    assert_eq!(plan.missing, [Missing { need: Need::Body(Body::Region), reviewers: 2, in_conflict: 2, at_maximum: 0 }]);
    assert_eq!(plan.missing[0].cause(), Cause::AllInConflict);
    assert_eq!(
        plan.refused,
        [
            Refused { reviewer: "R1".into(), refusal: Refusal::Conflict(vec![Conflict::Pinned, Conflict::SameDomain]) },
            Refused { reviewer: "R2".into(), refusal: Refusal::Conflict(vec![Conflict::Team]) },
        ]
    );
}

#[test]
fn what_lacks_is_spread_over_the_dossiers() {
    let mut reviewers = reviewers(2, 2, 0);
    for reviewer in &mut reviewers {
        reviewer.maximum = Some(2);
    }
    let proposal = propose(&dossiers(4), &reviewers, &Settings { reviews: 3, bodies: Vec::new() }).expect("keys differ");
    assert!(proposal.dossiers.iter().all(|plan| plan.reviews.len() == 2), "two each rather than three and none");
    let missing = Missing { need: Need::Reviews(1), reviewers: 2, in_conflict: 0, at_maximum: 2 };
    assert!(proposal.dossiers.iter().all(|plan| plan.missing == [missing]));
    assert_eq!(missing.cause(), Cause::AllAtMaximum);
    assert_eq!(proposal.dossiers[0].refused[0].refusal, Refusal::AtMaximum(2));
}

#[test]
fn the_dossier_that_lacks_most_comes_first_even_with_fewer_reviewers_than_it_lacks() {
    let mut dossiers = dossiers(2);
    dossiers[0].kept = vec![kept("gone", Held::Delivered)];
    let mut reviewers = reviewers(2, 0, 0);
    for reviewer in &mut reviewers {
        reviewer.maximum = Some(1);
    }
    let proposal = propose(&dossiers, &reviewers, &Settings { reviews: 4, bodies: Vec::new() }).expect("keys differ");
    assert_eq!(proposal.dossiers.iter().map(|plan| plan.reviews.len()).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_scarce_body_goes_to_the_dossiers_that_lack_it() {
    let mut dossiers = dossiers(2);
    dossiers[0].kept = vec![kept("R1", Held::Delivered)];
    let mut reviewers = reviewers(3, 2, 0);
    reviewers[3].maximum = Some(1);
    reviewers[4].maximum = Some(1);
    let proposal = three(&dossiers, &reviewers);
    assert!(proposal.is_complete());
    assert!(added(&proposal).contains(&("D002", "R2")) && !added(&proposal).contains(&("D001", "R2")));
}

#[test]
fn nobody_at_all_is_said_and_too_few_reviewers_too() {
    let proposal = three(&dossiers(1), &[]);
    let needs: Vec<(Need, Cause)> = proposal.dossiers[0].missing.iter().map(|missing| (missing.need, missing.cause())).collect();
    assert_eq!(needs, [(Need::Body(Body::Ademe), Cause::Nobody), (Need::Body(Body::Region), Cause::Nobody), (Need::Reviews(3), Cause::Nobody)]);
    let proposal = three(&dossiers(1), &reviewers(1, 1, 0));
    assert_eq!(proposal.dossiers[0].missing, [Missing { need: Need::Reviews(1), reviewers: 0, in_conflict: 0, at_maximum: 0 }]);
    assert_eq!(three(&[], &reviewers(1, 1, 0)).dossiers, []);
    let without_end = propose(&dossiers(1), &reviewers(2, 1, 0), &Settings::both_chairs(u32::MAX)).expect("keys differ");
    assert_eq!(without_end.added().count(), 3);
}

#[test]
fn a_recused_review_and_one_of_a_former_reviewer() {
    let mut one = dossier("D1");
    one.kept = vec![kept("A1", Held::Begun), kept("gone", Held::Delivered)];
    one.excluded = vec![away("A1", Conflict::Declared), away("never", Conflict::Declared)];
    let proposal = three(&[one], &reviewers(2, 1, 1));
    assert_eq!(added(&proposal), [("D1", "A2"), ("D1", "R1")], "the former reviewer's review counts, the recused one does not");
    assert_eq!(proposal.dossiers[0].reviews[0], Review { reviewer: "gone".into(), kept: Some(Held::Delivered), reasons: Vec::new() });
    assert_eq!(proposal.loads[0].before, 0);
}

#[test]
fn a_single_reviewer_of_a_body_takes_all_that_the_body_owes() {
    let proposal = three(&dossiers(60), &reviewers(9, 1, 2));
    assert!(proposal.is_complete());
    assert_eq!(proposal.loads.iter().find(|load| load.reviewer.as_str() == "R1").map(|load| load.after), Some(60));
    let others: BTreeSet<u32> = proposal.loads.iter().filter(|load| load.reviewer.as_str() != "R1").map(|load| load.after).collect();
    assert_eq!(others, BTreeSet::from([10, 11]));
}

#[test]
fn two_of_one_key_are_refused() {
    let settings = Settings::both_chairs(3);
    assert_eq!(propose(&[dossier("x"), dossier("x")], &[], &settings), Err(Fault::SameDossier("x".into())));
    let twins = [reviewer("y", Body::Ademe), reviewer("y", Body::Other)];
    assert_eq!(propose(&[], &twins, &settings), Err(Fault::SameReviewer("y".into())));
}
