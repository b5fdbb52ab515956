//! How long a proposal takes. `cargo test --release -p trame-assignment -- --include-ignored speed --nocapture`.

use std::time::{Duration, Instant};

use trame_assignment::{Conflict, Settings, propose};

use crate::common::{away, dossiers, reviewers};

/// Time of a proposal for so many dossiers and reviewers, with themes, and one conflict in twenty pairs.
fn measured(number: usize, people: usize) -> Duration {
    let themes = ["eau", "énergie", "matières", "services", "déchets", "chaleur"];
    let mut reviewers = reviewers(people * 2 / 5, people * 2 / 5, people - people * 2 / 5 * 2);
    for (place, reviewer) in reviewers.iter_mut().enumerate() {
        reviewer.expertise = vec![themes[place % 6].to_owned(), themes[(place * 5 + 1) % 6].to_owned()];
    }
    let mut dossiers = dossiers(number);
    for (place, dossier) in dossiers.iter_mut().enumerate() {
        dossier.themes = vec![themes[place * 7 % 6].to_owned(), themes[place / 6 % 6].to_owned()];
        dossier.excluded =
            (0..people).filter(|other| (place * 31 + other * 17) % 20 == 0).map(|at| away(reviewers[at].key.as_str(), Conflict::Declared)).collect();
    }
    let start = Instant::now();
    let proposal = propose(&dossiers, &reviewers, &Settings::both_chairs(3)).expect("keys differ");
    let took = start.elapsed();
    assert!(proposal.is_complete() && proposal.added().count() == number * 3);
    println!("{number} dossiers, {people} reviewers: {took:?}");
    took
}

#[test]
fn a_call_of_forty_dossiers_is_immediate() {
    assert!(measured(40, 12) < Duration::from_secs(1));
}

#[test]
#[ignore = "a measure: only the optimised program has this speed"]
fn a_thousand_dossiers_take_less_than_a_second() {
    assert!(measured(1_000, 40) < Duration::from_secs(1));
}

#[test]
#[ignore = "a measure"]
fn ten_thousand_dossiers_are_done_too() {
    measured(10_000, 40);
}
