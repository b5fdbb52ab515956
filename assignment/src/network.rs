//! The question as a flow of least cost: a unit goes from the source to a dossier, to one of its bodies where one is
//! required, to a reviewer, to the sink. A conflict is an edge that does not exist.

use ac_library::MinCostFlowGraph;

use crate::canon::Problem;
use crate::input::Body;
use crate::weights::{Weights, needed};

const SOURCE: usize = 0;
const SINK: usize = 1;

/// The reviews to add: dossier, reviewer.
pub fn solve(problem: &Problem) -> Vec<(usize, usize)> {
    let weights = Weights::of(problem);
    let mut steps = first_steps(problem);
    loop {
        let added = flow(problem, &weights, &steps);
        let mut taken = vec![0_u32; problem.reviewers.len()];
        for (_, reviewer) in &added {
            taken[*reviewer] += 1;
        }
        // Where nobody is held back by the number of steps, more of them would change nothing: the costs are convex.
        let mut is_held_back = false;
        for (reviewer, steps) in steps.iter_mut().enumerate() {
            if taken[reviewer] == *steps && *steps < problem.room(reviewer).min(open(problem, reviewer)) {
                *steps = steps.saturating_mul(2);
                is_held_back = true;
            }
        }
        if !is_held_back {
            return added;
        }
    }
}

/// Dossiers that a reviewer could take.
fn open(problem: &Problem, reviewer: usize) -> u32 {
    count((0..problem.dossiers.len()).filter(|dossier| problem.pair(*dossier, reviewer).is_open()).count())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How many reviews each reviewer may be given in the first network: a little more than an even share of all, or of what
/// their body owes. Each is an edge, so giving everybody as many as there are dossiers would cost much and help nobody.
fn first_steps(problem: &Problem) -> Vec<u32> {
    let dossiers = 0..problem.dossiers.len();
    let slots: i64 = dossiers.clone().map(|dossier| slots(problem, dossier).0).sum();
    let everybody = share(problem, slots, |_| true);
    let owed = |body: Body| dossiers.clone().filter(|dossier| problem.unmet(*dossier).contains(&body)).count();
    let bodies = Body::ALL.map(|body| share(problem, i64::try_from(owed(body)).unwrap_or(i64::MAX), |held| held == body));
    let reviewers = problem.reviewers.iter().zip(&problem.before);
    reviewers
        .map(|(reviewer, before)| {
            let level = everybody.max(bodies[reviewer.body as usize]);
            u32::try_from(level - i64::from(*before)).unwrap_or_default().max(1)
        })
        .collect()
}

/// The load at which those reviewers would be if all were even, and a little more.
fn share(problem: &Problem, slots: i64, is_counted: impl Fn(Body) -> bool) -> i64 {
    let loads = problem.reviewers.iter().zip(&problem.before).filter(|(reviewer, _)| is_counted(reviewer.body)).map(|(_, before)| i64::from(*before));
    let (number, sum) = loads.fold((0, slots), |(number, sum), load| (number + 1, sum + load));
    let level = sum / number.max(1);
    level + level / 8 + 2
}

/// How many reviews to add to a dossier at most, how many of these count as reviews that lack, and the bodies that lack.
fn slots(problem: &Problem, dossier: usize) -> (i64, i64, Vec<Body>) {
    let (short, unmet) = (needed(problem, dossier), problem.unmet(dossier));
    (short.max(i64::try_from(unmet.len()).unwrap_or(i64::MAX)), short, unmet)
}

/// A network under construction.
struct Network<'a> {
    problem: &'a Problem<'a>,
    weights: &'a Weights,
    graph: MinCostFlowGraph<i64>,
    next: usize,
    total: i64,
    pairs: Vec<(usize, usize, usize)>,
}

fn flow(problem: &Problem, weights: &Weights, steps: &[u32]) -> Vec<(usize, usize)> {
    let nodes = 2 + problem.reviewers.len() + problem.dossiers.len() * (1 + problem.bodies.len());
    let first = 2 + problem.reviewers.len();
    let mut network = Network { problem, weights, graph: MinCostFlowGraph::new(nodes), next: first, total: 0, pairs: Vec::new() };
    for dossier in 0..problem.dossiers.len() {
        network.dossier(dossier);
    }
    for (reviewer, steps) in steps.iter().enumerate() {
        for held in 0..(*steps).min(problem.room(reviewer)) {
            let cost = weights.load(problem.before[reviewer].saturating_add(held));
            network.graph.add_edge(2 + reviewer, SINK, 1, cost);
        }
    }
    network.graph.add_edge(SOURCE, SINK, network.total, weights.nothing());
    network.graph.flow(SOURCE, SINK, network.total);
    let graph = network.graph;
    network.pairs.into_iter().filter(|(edge, ..)| graph.get_edge(*edge).flow == 1).map(|(_, dossier, reviewer)| (dossier, reviewer)).collect()
}

impl Network<'_> {
    fn node(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn dossier(&mut self, dossier: usize) {
        let (slots, short, unmet) = slots(self.problem, dossier);
        if slots == 0 {
            return;
        }
        let here = self.node();
        for slot in 0..slots {
            self.graph.add_edge(SOURCE, here, 1, self.weights.review((short - slot).max(0)));
        }
        self.total += slots;
        let bodies: Vec<(Body, usize)> = unmet.into_iter().map(|body| (body, self.node())).collect();
        for (_, body) in &bodies {
            self.graph.add_edge(here, *body, 1, 0);
            self.graph.add_edge(here, *body, slots, self.weights.body);
        }
        self.reviewers(dossier, here, &bodies);
    }

    fn reviewers(&mut self, dossier: usize, here: usize, bodies: &[(Body, usize)]) {
        let key = &self.problem.dossiers[dossier].key;
        for (place, pair) in self.problem.row(dossier).iter().enumerate().filter(|(_, pair)| pair.is_open()) {
            let reviewer = self.problem.reviewers[place];
            let cost = self.weights.pair(pair, key, &reviewer.key);
            let (from, toll) = match bodies.iter().find(|(body, _)| *body == reviewer.body) {
                Some((_, node)) => (*node, 0),
                None => (here, self.weights.body),
            };
            let edge = self.graph.add_edge(from, 2 + place, 1, cost + toll);
            self.pairs.push((edge, dossier, place));
        }
    }
}
