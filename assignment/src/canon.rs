//! The question in one order only, whatever the order it came in: dossiers and reviewers by key, pairs in a table.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::{Body, Conflict, Dossier, Fault, Held, Kept, Reviewer, ReviewerKey, Settings};

/// A dossier before a reviewer.
#[derive(Debug, Clone, Default)]
pub struct Pair {
    /// Sorted; empty where the reviewer may review.
    pub conflicts: Vec<Conflict>,
    /// Never where there is a conflict.
    pub kept: Option<Held>,
    /// Themes in common.
    pub shared: usize,
}

impl Pair {
    /// A review may be added.
    pub fn is_open(&self) -> bool {
        self.kept.is_none() && self.conflicts.is_empty()
    }
}

/// What is to be solved. Dossiers and reviewers go by their place in these lists.
pub struct Problem<'a> {
    /// By key.
    pub dossiers: Vec<&'a Dossier>,
    /// By key.
    pub reviewers: Vec<&'a Reviewer>,
    /// Reviews kept, of those who are no reviewers any more, by dossier.
    pub strangers: Vec<BTreeMap<&'a ReviewerKey, Held>>,
    /// Reviews held by each reviewer before the proposal.
    pub before: Vec<u32>,
    /// Required bodies, sorted.
    pub bodies: Vec<Body>,
    /// Reviews of each dossier, at least.
    pub reviews: u32,
    pairs: Vec<Pair>,
}

impl<'a> Problem<'a> {
    pub fn read(dossiers: &'a [Dossier], reviewers: &'a [Reviewer], settings: &Settings) -> Result<Self, Fault> {
        let dossiers = sorted(dossiers, |dossier| &dossier.key).map_err(|key| Fault::SameDossier(key.clone()))?;
        let reviewers = sorted(reviewers, |reviewer| &reviewer.key).map_err(|key| Fault::SameReviewer(key.clone()))?;
        let expertise: Vec<BTreeSet<&str>> = reviewers.iter().map(|reviewer| reviewer.expertise.iter().map(String::as_str).collect()).collect();
        let places: BTreeMap<&ReviewerKey, usize> = reviewers.iter().enumerate().map(|(place, reviewer)| (&reviewer.key, place)).collect();
        let mut before: Vec<u32> = reviewers.iter().map(|reviewer| reviewer.elsewhere).collect();
        let mut pairs = Vec::with_capacity(dossiers.len() * reviewers.len());
        let mut strangers = Vec::with_capacity(dossiers.len());
        for dossier in &dossiers {
            let themes: BTreeSet<&str> = dossier.themes.iter().map(String::as_str).collect();
            let mut row: Vec<Pair> = expertise.iter().map(|known| Pair { shared: themes.intersection(known).count(), ..Pair::default() }).collect();
            strangers.push(fill(&mut row, dossier, &places));
            for (pair, load) in row.iter().zip(&mut before) {
                *load = load.saturating_add(u32::from(pair.kept.is_some()));
            }
            pairs.append(&mut row);
        }
        let bodies: BTreeSet<Body> = settings.bodies.iter().copied().collect();
        Ok(Self { dossiers, reviewers, strangers, before, bodies: bodies.into_iter().collect(), reviews: settings.reviews, pairs })
    }

    pub fn pair(&self, dossier: usize, reviewer: usize) -> &Pair {
        &self.row(dossier)[reviewer]
    }

    /// A dossier before each reviewer.
    pub fn row(&self, dossier: usize) -> &[Pair] {
        &self.pairs[dossier * self.reviewers.len()..][..self.reviewers.len()]
    }

    /// Reviews that a dossier lacks.
    pub fn short(&self, dossier: usize) -> u32 {
        let kept = self.row(dossier).iter().filter(|pair| pair.kept.is_some()).count() + self.strangers[dossier].len();
        self.reviews.saturating_sub(u32::try_from(kept).unwrap_or(u32::MAX))
    }

    /// Required bodies that a dossier lacks.
    pub fn unmet(&self, dossier: usize) -> Vec<Body> {
        let is_met = |body: Body| self.row(dossier).iter().zip(&self.reviewers).any(|(pair, reviewer)| pair.kept.is_some() && reviewer.body == body);
        self.bodies.iter().copied().filter(|body| !is_met(*body)).collect()
    }

    /// Reviews that a reviewer still accepts.
    pub fn room(&self, reviewer: usize) -> u32 {
        self.reviewers[reviewer].maximum.map_or(u32::MAX, |maximum| maximum.saturating_sub(self.before[reviewer]))
    }
}

/// By key; the key that two have is the error.
fn sorted<T, K: Ord>(things: &[T], key: impl Fn(&T) -> &K) -> Result<Vec<&T>, &K> {
    let mut things: Vec<&T> = things.iter().collect();
    things.sort_by(|one, other| key(one).cmp(key(other)));
    match things.windows(2).find(|two| key(two[0]) == key(two[1])) {
        Some(two) => Err(key(two[0])),
        None => Ok(things),
    }
}

/// Writes a dossier's conflicts and kept reviews in its row; returns the kept reviews of those who are no reviewers.
fn fill<'a>(row: &mut [Pair], dossier: &'a Dossier, places: &BTreeMap<&ReviewerKey, usize>) -> BTreeMap<&'a ReviewerKey, Held> {
    let mut away: BTreeMap<&ReviewerKey, BTreeSet<Conflict>> = BTreeMap::new();
    for excluded in &dossier.excluded {
        away.entry(&excluded.reviewer).or_default().insert(excluded.conflict);
    }
    let mut held: BTreeMap<&'a ReviewerKey, Held> = BTreeMap::new();
    for Kept { reviewer, held: state } in dossier.kept.iter().filter(|kept| !away.contains_key(&kept.reviewer)) {
        let most = held.entry(reviewer).or_insert(*state);
        *most = (*most).max(*state);
    }
    for (reviewer, conflicts) in away {
        if let Some(place) = places.get(reviewer) {
            row[*place].conflicts = conflicts.into_iter().collect();
        }
    }
    held.retain(|reviewer, state| match places.get(reviewer) {
        Some(place) => {
            row[*place].kept = Some(*state);
            false
        }
        None => true,
    });
    held
}
