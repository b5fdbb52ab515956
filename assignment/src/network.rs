//! The question as a flow of least cost: a unit goes from a dossier, by one of its bodies where one is required, to a
//! reviewer, then to the sink; or straight to the sink, and the review lacks. A conflict is an arc that does not exist.

use crate::canon::Problem;
use crate::flow::{Flow, SINK};
use crate::input::Body;
use crate::weights::{Weights, small};

/// Dossiers pushed together: the fewer, the shorter each search; the more, the fewer networks to build.
const GROUP: usize = 32;

struct Network<'a> {
    problem: &'a Problem<'a>,
    weights: Weights,
    flow: Flow,
    /// Arc, dossier, reviewer.
    pairs: Vec<(usize, usize, usize)>,
    /// Arcs of each reviewer to the sink, a review each, dearer and dearer.
    loads: Vec<Vec<usize>>,
}

/// The reviews to add: dossier, reviewer.
pub fn solve(problem: &Problem) -> Vec<(usize, usize)> {
    let Network { flow, pairs, .. } = Network::solved(problem, GROUP);
    pairs.into_iter().filter(|(arc, ..)| flow.through(*arc) == 1).map(|(_, dossier, reviewer)| (dossier, reviewer)).collect()
}

/// The node of a reviewer.
fn node(reviewer: usize) -> usize {
    reviewer + 1
}

impl<'a> Network<'a> {
    fn solved(problem: &'a Problem<'a>, group: usize) -> Self {
        let reviewers = problem.reviewers.len();
        let loads = vec![Vec::new(); reviewers];
        let mut network = Self { problem, weights: Weights::of(problem), flow: Flow::new(reviewers), pairs: Vec::new(), loads };
        let dossiers: Vec<usize> = (0..problem.dossiers.len()).collect();
        for group in dossiers.chunks(group) {
            let supplies: Vec<(usize, i64)> = group.iter().filter_map(|dossier| network.dossier(*dossier)).collect();
            network.raise_loads(supplies.iter().map(|(_, supply)| supply).sum());
            network.flow.push(&supplies);
        }
        network
    }

    /// Adds a dossier; returns its node and how many reviews it may be given: what lacks, or a review by each body that
    /// lacks, whichever is more.
    fn dossier(&mut self, dossier: usize) -> Option<(usize, i64)> {
        let (short, unmet) = (i64::from(self.problem.short(dossier)), self.problem.unmet(dossier));
        let slots = short.min(small(self.problem.reviewers.len())).max(small(unmet.len()));
        if slots == 0 {
            return None;
        }
        let here = self.flow.node();
        for left in 1..=slots {
            self.flow.arc(here, SINK, 1, self.weights.nothing((left + short - slots).max(0)));
        }
        let bodies: Vec<(Body, usize)> = unmet.into_iter().map(|body| (body, self.flow.node())).collect();
        for (_, body) in &bodies {
            self.flow.arc(here, *body, 1, 0);
            self.flow.arc(here, *body, slots, self.weights.body);
        }
        self.pairs(dossier, here, &bodies);
        Some((here, slots))
    }

    fn pairs(&mut self, dossier: usize, here: usize, bodies: &[(Body, usize)]) {
        let key = &self.problem.dossiers[dossier].key;
        for (place, pair) in self.problem.row(dossier).iter().enumerate().filter(|(_, pair)| pair.is_open()) {
            let reviewer = self.problem.reviewers[place];
            let cost = self.weights.pair(pair, key, &reviewer.key);
            let (from, toll) = match bodies.iter().find(|(body, _)| *body == reviewer.body) {
                Some((_, node)) => (*node, 0),
                None => (here, self.weights.body),
            };
            let arc = self.flow.arc(from, node(place), 1, cost + toll);
            self.pairs.push((arc, dossier, place));
        }
    }

    /// Gives each reviewer as many arcs as the next push may use: it adds to loads and never takes back.
    fn raise_loads(&mut self, supply: i64) {
        for (place, arcs) in self.loads.iter_mut().enumerate() {
            let taken: i64 = arcs.iter().map(|arc| self.flow.through(*arc)).sum();
            let enough = u32::try_from(taken + supply).unwrap_or(u32::MAX).min(self.problem.room(place));
            for held in u32::try_from(arcs.len()).unwrap_or(u32::MAX)..enough {
                let cost = self.weights.load(self.problem.before[place].saturating_add(held));
                arcs.push(self.flow.arc(node(place), SINK, 1, cost));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::{Conflict, Dossier, Excluded, Held, Kept, Reviewer, Settings};

    fn themes(drawn: u32) -> Vec<String> {
        (0..4_u32).filter(|theme| drawn >> theme & 1 == 1).map(|theme| theme.to_string()).collect()
    }

    fn dossier(at: usize, drawn: u32) -> Dossier {
        let reviewer = |shift: u32| format!("{}", drawn >> shift & 7).as_str().into();
        let kept = if drawn & 1 == 0 { vec![Kept { reviewer: reviewer(1), held: Held::Begun }] } else { Vec::new() };
        let excluded = [4, 7].map(|shift| Excluded { reviewer: reviewer(shift), conflict: Conflict::Team });
        Dossier { key: format!("{at:02}").as_str().into(), kept, excluded: excluded.into(), themes: themes(drawn >> 10) }
    }

    fn reviewer(at: usize, drawn: u32) -> Reviewer {
        let maximum = (drawn & 0x30 == 0).then_some(drawn >> 8 & 15);
        Reviewer { key: at.to_string().as_str().into(), body: Body::ALL[at % 3], expertise: themes(drawn), maximum, elsewhere: drawn >> 6 & 3 }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn groups_are_as_good_as_a_single_push(
            dossiers in prop::collection::vec(any::<u32>(), 0..25),
            reviewers in prop::collection::vec(any::<u32>(), 0..8),
            reviews in 0_u32..4,
        ) {
            let dossiers: Vec<Dossier> = dossiers.into_iter().enumerate().map(|(at, drawn)| dossier(at, drawn)).collect();
            let reviewers: Vec<Reviewer> = reviewers.into_iter().enumerate().map(|(at, drawn)| reviewer(at, drawn)).collect();
            let settings = Settings::both_chairs(reviews);
            let problem = Problem::read(&dossiers, &reviewers, &settings).expect("keys differ");
            let cost = |group: usize| Network::solved(&problem, group).flow.cost();
            let whole = cost(1000);
            prop_assert_eq!(cost(1), whole);
            prop_assert_eq!(cost(4), whole);
        }
    }
}
