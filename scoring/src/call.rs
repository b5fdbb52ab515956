//! A call as plain data: criteria, dossiers, reviews, marks. Checked and put in canonical order once, when it is made.
//!
//! Keys are the caller's. They name people and dossiers in the results, they put the results in order, and the key of a dossier
//! seeds its part of the [bootstrap](crate::rank). They must therefore be *stable*: the same dossier keeps its key when the
//! call is typed again in another order. A database id given by order of insertion is not; a deposit number drawn from the
//! organisation, an e-mail address or a random identifier that is exported with the data is.

use std::collections::BTreeSet;

use crate::score::{Sums, TOP};

/// A criterion of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Its stable key.
    pub key: String,
    /// Its weight, in thousandths: 1000 is a weight of 1. Only ratios of weights count.
    pub weight: i32,
}

/// A review, with a mark or none under each criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Stable key of the person who wrote it.
    pub reviewer: String,
    /// Marks from 0 to 4, in the order in which the criteria are given; none where « non évaluable » or left blank.
    pub marks: Vec<Option<u8>>,
}

/// A dossier and the reviews delivered on it, recusals left out by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Its stable key.
    pub key: String,
    /// Reviews delivered, whether broad enough or not.
    pub reviews: Vec<Review>,
}

/// What the call has published about the making of its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Criteria that a review must mark to be counted.
    pub coverage_threshold: i32,
    /// Counted reviews from which a dossier has figures, at least 1.
    pub mean_from: i32,
    /// Seed of the resampling: fixed once for the call, so that anybody finds the same intervals again.
    pub seed: u64,
}

/// A call whose every part was checked, in canonical order: criteria, dossiers and reviews by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    rules: Rules,
    criteria: Vec<Criterion>,
    dossiers: Vec<Dossier>,
}

/// Why a call cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Two criteria have the same key.
    #[error("criterion {0} is there twice")]
    CriterionTwice(String),
    /// A weight is negative.
    #[error("criterion {0} has a negative weight")]
    NegativeWeight(String),
    /// A weight is given to a criterion that the call has not.
    #[error("criterion {0} is unknown")]
    UnknownCriterion(String),
    /// Two dossiers have the same key.
    #[error("dossier {0} is there twice")]
    DossierTwice(String),
    /// Somebody reviewed the same dossier twice.
    #[error("dossier {dossier} has two reviews by {reviewer}")]
    ReviewerTwice {
        /// Key of the dossier.
        dossier: String,
        /// Key of the reviewer.
        reviewer: String,
    },
    /// A review has not exactly one place for each criterion, or a mark above 4.
    #[error("the review of dossier {dossier} by {reviewer} does not fit the criteria")]
    Marks {
        /// Key of the dossier.
        dossier: String,
        /// Key of the reviewer.
        reviewer: String,
    },
}

impl Call {
    /// Reads a call. The order of criteria, dossiers and reviews tells nothing and is forgotten.
    pub fn new(rules: Rules, mut criteria: Vec<Criterion>, mut dossiers: Vec<Dossier>) -> Result<Self, Fault> {
        check_criteria(&criteria)?;
        let mut order: Vec<usize> = (0..criteria.len()).collect();
        order.sort_by(|left, right| criteria[*left].key.cmp(&criteria[*right].key));
        criteria.sort_by(|left, right| left.key.cmp(&right.key));
        for dossier in &mut dossiers {
            check_dossier(dossier, criteria.len())?;
            dossier.reviews.sort_by(|left, right| left.reviewer.cmp(&right.reviewer));
            for review in &mut dossier.reviews {
                review.marks = order.iter().map(|place| review.marks[*place]).collect();
            }
        }
        dossiers.sort_by(|left, right| left.key.cmp(&right.key));
        if let Some(twice) = dossiers.windows(2).find(|pair| pair[0].key == pair[1].key) {
            return Err(Fault::DossierTwice(twice[0].key.clone()));
        }
        Ok(Self { rules, criteria, dossiers })
    }

    /// The same call as if the other dossiers had never been: what a reader kept from some dossiers by conflicts of interest
    /// must be served from, for every figure.
    ///
    /// Nothing of an unseen dossier then enters anything: no mean, no place, no bound of an interval, no severity. So no
    /// subtraction finds it: two figures served to this reader are two functions of the dossiers seen, and so is their
    /// difference; a mark given on an unseen dossier moves neither. The price is that the severity of a reviewer is that of
    /// the reviews seen, and differs from one reader to another: a page says so. A reader to whom a figure of the whole call
    /// were served beside one of the part could subtract them; the caller must never do that, nor share between readers a
    /// result kept in memory.
    #[must_use]
    pub fn seen(&self, is_seen: impl Fn(&str) -> bool) -> Self {
        let dossiers = self.dossiers.iter().filter(|dossier| is_seen(&dossier.key)).cloned().collect();
        Self { rules: self.rules, criteria: self.criteria.clone(), dossiers }
    }

    /// The same marks under other weights (in thousandths); criteria that are not named keep theirs. This call is left as it is.
    pub fn weighed(&self, weights: &[(&str, i32)]) -> Result<Self, Fault> {
        let mut other = self.clone();
        for (key, weight) in weights {
            let criterion = other.criteria.iter_mut().find(|criterion| criterion.key == *key);
            criterion.ok_or_else(|| Fault::UnknownCriterion((*key).to_owned()))?.weight = *weight;
        }
        check_criteria(&other.criteria)?;
        Ok(other)
    }

    /// What was published about the making of the figures.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Criteria, by key; the marks of every review are in this order.
    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    /// Dossiers, by key, their reviews by reviewer.
    pub fn dossiers(&self) -> &[Dossier] {
        &self.dossiers
    }

    /// What the marks of a review add up to.
    pub fn sums(&self, review: &Review) -> Sums {
        Sums::of(self.criteria.iter().zip(&review.marks).map(|(criterion, mark)| (criterion.weight, *mark)))
    }

    /// Do these sums enter the figures of their dossier? They mark enough criteria, one that weighs at least.
    pub fn is_counted(&self, sums: &Sums) -> bool {
        sums.is_broad(self.rules.coverage_threshold)
    }

    /// The counted reviews of a dossier, when it has enough of them for figures; else none at all.
    pub(crate) fn counted<'call>(&self, dossier: &'call Dossier) -> Vec<(&'call Review, Sums)> {
        let all = dossier.reviews.iter().map(|review| (review, self.sums(review)));
        let counted: Vec<_> = all.filter(|(_, sums)| self.is_counted(sums)).collect();
        if self.is_enough(counted.len()) { counted } else { Vec::new() }
    }

    /// Are there enough counted reviews for figures?
    pub(crate) fn is_enough(&self, counted: usize) -> bool {
        counted > 0 && i32::try_from(counted).is_ok_and(|counted| counted >= self.rules.mean_from)
    }
}

fn check_criteria(criteria: &[Criterion]) -> Result<(), Fault> {
    let mut keys = BTreeSet::new();
    for criterion in criteria {
        if !keys.insert(criterion.key.as_str()) {
            return Err(Fault::CriterionTwice(criterion.key.clone()));
        }
        if criterion.weight < 0 {
            return Err(Fault::NegativeWeight(criterion.key.clone()));
        }
    }
    Ok(())
}

fn check_dossier(dossier: &Dossier, criteria: usize) -> Result<(), Fault> {
    let mut people = BTreeSet::new();
    for review in &dossier.reviews {
        let names = || (dossier.key.clone(), review.reviewer.clone());
        if !people.insert(review.reviewer.as_str()) {
            let (dossier, reviewer) = names();
            return Err(Fault::ReviewerTwice { dossier, reviewer });
        }
        if review.marks.len() != criteria || review.marks.iter().flatten().any(|mark| i64::from(*mark) > TOP) {
            let (dossier, reviewer) = names();
            return Err(Fault::Marks { dossier, reviewer });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { coverage_threshold: 1, mean_from: 1, seed: 0 };

    fn criterion(key: &str, weight: i32) -> Criterion {
        Criterion { key: key.to_owned(), weight }
    }

    fn dossier(key: &str, reviews: &[(&str, &[Option<u8>])]) -> Dossier {
        let review = |(reviewer, marks): &(&str, &[Option<u8>])| Review { reviewer: (*reviewer).to_owned(), marks: marks.to_vec() };
        Dossier { key: key.to_owned(), reviews: reviews.iter().map(review).collect() }
    }

    #[test]
    fn order_is_forgotten_and_marks_follow_their_criterion() {
        let typed = Call::new(
            RULES,
            vec![criterion("b", 1000), criterion("a", 3000)],
            vec![dossier("2", &[]), dossier("1", &[("eve", &[Some(1), Some(4)]), ("ada", &[None, Some(2)])])],
        );
        let sorted = Call::new(
            RULES,
            vec![criterion("a", 3000), criterion("b", 1000)],
            vec![dossier("1", &[("ada", &[Some(2), None]), ("eve", &[Some(4), Some(1)])]), dossier("2", &[])],
        );
        assert_eq!(typed, sorted);
        let call = typed.expect("a call");
        assert_eq!(call.sums(&call.dossiers()[0].reviews[1]), Sums { points: 13_000, weight: 4000, marked: 2 });
    }

    #[test]
    fn what_does_not_hold_together_is_refused() {
        let one = || vec![criterion("a", 1000)];
        let marks = |marks: &[Option<u8>]| vec![dossier("1", &[("ada", marks)])];
        let misfit = Fault::Marks { dossier: "1".to_owned(), reviewer: "ada".to_owned() };
        let twice = Fault::ReviewerTwice { dossier: "1".to_owned(), reviewer: "ada".to_owned() };
        for (criteria, dossiers, fault) in [
            (vec![criterion("a", 1), criterion("a", 2)], vec![], Fault::CriterionTwice("a".to_owned())),
            (vec![criterion("a", -1)], vec![], Fault::NegativeWeight("a".to_owned())),
            (one(), vec![dossier("1", &[]), dossier("1", &[])], Fault::DossierTwice("1".to_owned())),
            (one(), vec![dossier("1", &[("ada", &[None]), ("ada", &[None])])], twice),
            (one(), marks(&[Some(5)]), misfit.clone()),
            (one(), marks(&[]), misfit.clone()),
            (one(), marks(&[None, None]), misfit),
        ] {
            assert_eq!(Call::new(RULES, criteria, dossiers), Err(fault));
        }
        let call = Call::new(RULES, one(), vec![]).expect("a call");
        assert_eq!(call.weighed(&[("z", 1)]), Err(Fault::UnknownCriterion("z".to_owned())));
        assert_eq!(call.weighed(&[("a", -1)]), Err(Fault::NegativeWeight("a".to_owned())));
    }
}
