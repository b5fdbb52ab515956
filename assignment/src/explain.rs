//! Why each review, why not others, and what lacks: read from the result, not from the way to it.

use crate::canon::Problem;
use crate::input::{Body, ReviewerKey};
use crate::proposal::{DossierPlan, Load, Missing, Need, Proposal, Reason, Refusal, Refused, Review};

/// The result, and what it is read with.
struct Result<'a> {
    problem: &'a Problem<'a>,
    after: Vec<u32>,
}

pub fn proposal(problem: &Problem, added: &[(usize, usize)]) -> Proposal {
    let mut after = problem.before.clone();
    let mut by_dossier = vec![Vec::new(); problem.dossiers.len()];
    for (dossier, reviewer) in added {
        after[*reviewer] += 1;
        by_dossier[*dossier].push(*reviewer);
    }
    let result = Result { problem, after };
    let dossiers = by_dossier.into_iter().enumerate().map(|(dossier, added)| result.plan(dossier, added)).collect();
    let loads = problem.reviewers.iter().enumerate().map(|(place, reviewer)| Load {
        reviewer: reviewer.key.clone(),
        before: problem.before[place],
        after: result.after[place],
        maximum: reviewer.maximum,
    });
    Proposal { dossiers, loads: loads.collect() }
}

impl Result<'_> {
    fn plan(&self, dossier: usize, mut added: Vec<usize>) -> DossierPlan {
        added.sort_unstable();
        let row = self.problem.row(dossier);
        let kept = (0..row.len()).filter(|reviewer| row[*reviewer].kept.is_some());
        let on: Vec<usize> = kept.chain(added).collect();
        // The first review of a required body stands for it.
        let standing = |body: &Body| on.iter().copied().find(|reviewer| self.problem.reviewers[*reviewer].body == *body);
        let standing: Vec<usize> = self.problem.bodies.iter().filter_map(standing).collect();
        let mut reviews: Vec<Review> = on.iter().map(|reviewer| self.review((dossier, *reviewer), &on, standing.contains(reviewer))).collect();
        let strangers = self.problem.strangers[dossier].iter();
        reviews.splice(0..0, strangers.map(|(reviewer, held)| Review { reviewer: (*reviewer).clone(), kept: Some(*held), reasons: Vec::new() }));
        reviews.sort_by(|one, other| (one.kept.is_none(), &one.reviewer).cmp(&(other.kept.is_none(), &other.reviewer)));
        let missing = self.missing(dossier, &on);
        DossierPlan { dossier: self.problem.dossiers[dossier].key.clone(), reviews, refused: self.refused(dossier, &on), missing }
    }

    fn review(&self, (dossier, reviewer): (usize, usize), on: &[usize], stands_for_body: bool) -> Review {
        let (pair, person) = (self.problem.pair(dossier, reviewer), self.problem.reviewers[reviewer]);
        let mut reasons = Vec::new();
        if stands_for_body {
            reasons.push(Reason::Body(person.body));
        }
        let shared = self.shared(dossier, reviewer);
        if pair.kept.is_none() {
            let only = stands_for_body.then_some(person.body);
            let least = self.others(dossier, on, only).map(|other| self.after[other]).min();
            match least {
                None => reasons.push(Reason::OnlyChoice),
                Some(least) if self.after[reviewer] <= least => reasons.push(Reason::LeastLoaded),
                Some(_) if shared.is_empty() => reasons.push(Reason::Lot),
                Some(_) => {}
            }
        }
        if !shared.is_empty() {
            reasons.push(Reason::Expertise(shared));
        }
        Review { reviewer: person.key.clone(), kept: pair.kept, reasons }
    }

    /// Those who could be added to a dossier, of one body or of all.
    fn others(&self, dossier: usize, on: &[usize], body: Option<Body>) -> impl Iterator<Item = usize> {
        let is_open = move |other: &usize| self.problem.pair(dossier, *other).is_open() && !on.contains(other) && !self.is_full(*other);
        (0..self.problem.reviewers.len()).filter(move |other| body.is_none_or(|body| self.problem.reviewers[*other].body == body)).filter(is_open)
    }

    fn is_full(&self, reviewer: usize) -> bool {
        self.problem.reviewers[reviewer].maximum.is_some_and(|maximum| self.after[reviewer] >= maximum)
    }

    fn shared(&self, dossier: usize, reviewer: usize) -> Vec<String> {
        if self.problem.pair(dossier, reviewer).shared == 0 {
            return Vec::new();
        }
        let known = &self.problem.reviewers[reviewer].expertise;
        let mut shared: Vec<String> = self.problem.dossiers[dossier].themes.iter().filter(|theme| known.contains(theme)).cloned().collect();
        shared.sort_unstable();
        shared.dedup();
        shared
    }

    fn refused(&self, dossier: usize, on: &[usize]) -> Vec<Refused> {
        let refusal = |reviewer: usize| {
            let conflicts = &self.problem.pair(dossier, reviewer).conflicts;
            if !conflicts.is_empty() {
                return Some(Refusal::Conflict(conflicts.clone()));
            }
            let maximum = self.problem.reviewers[reviewer].maximum.filter(|_| self.is_full(reviewer) && !on.contains(&reviewer))?;
            Some(Refusal::AtMaximum(maximum))
        };
        let key = |reviewer: usize| -> ReviewerKey { self.problem.reviewers[reviewer].key.clone() };
        (0..self.problem.reviewers.len()).filter_map(|reviewer| Some(Refused { reviewer: key(reviewer), refusal: refusal(reviewer)? })).collect()
    }

    fn missing(&self, dossier: usize, on: &[usize]) -> Vec<Missing> {
        let is_met = |body: &Body| on.iter().any(|reviewer| self.problem.reviewers[*reviewer].body == *body);
        let bodies = self.problem.bodies.iter().filter(|body| !is_met(body)).map(|body| Need::Body(*body));
        let held = u32::try_from(on.len() + self.problem.strangers[dossier].len()).unwrap_or(u32::MAX);
        let short = Some(self.problem.reviews.saturating_sub(held)).filter(|short| *short > 0).map(Need::Reviews);
        bodies.chain(short).map(|need| self.lack(dossier, on, need)).collect()
    }

    fn lack(&self, dossier: usize, on: &[usize], need: Need) -> Missing {
        let mut missing = Missing { need, reviewers: 0, in_conflict: 0, at_maximum: 0 };
        for (place, reviewer) in self.problem.reviewers.iter().enumerate() {
            let is_asked = match need {
                Need::Body(body) => reviewer.body == body,
                Need::Reviews(_) => true,
            };
            if is_asked && !on.contains(&place) {
                let is_away = !self.problem.pair(dossier, place).conflicts.is_empty();
                missing.reviewers += 1;
                missing.in_conflict += u32::from(is_away);
                missing.at_maximum += u32::from(!is_away && self.is_full(place));
            }
        }
        missing
    }
}
