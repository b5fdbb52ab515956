//! What the reviews of one dossier say together: figures of the scores, figures of the marks under each criterion, whether
//! they disagree, and everything that these figures are made of, down to each mark.

use std::collections::BTreeMap;

use crate::call::{Call, Dossier, Review};
use crate::score::{self, DISAGREEMENT, Figures, POINT, Sums};

/// One level of a mark, as kept: marks go from 0 to 4, figures from 0 to 100, so a level is 25 points.
pub const LEVEL: i64 = 25 * POINT;

/// Gap between the highest and the lowest mark, as kept, from which the reviews are said to disagree on a criterion: two levels.
///
/// Levels are described. One apart is a matter of reading; two apart means that a whole description, between both, was
/// skipped: one of the two did not read the same dossier. The rule needs no calculation to be checked by eye, and two marks
/// are enough for it.
pub const CRITERION_DISAGREEMENT: i64 = 2 * LEVEL;

/// A dossier, its figures, and what they are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// Key of the dossier.
    pub dossier: String,
    /// Counted reviews.
    pub counted: usize,
    /// Figures of the counted scores, as kept; none below the call's number of reviews.
    pub figures: Option<Figures>,
    /// The standard deviation reaches [`DISAGREEMENT`].
    pub is_disputed: bool,
    /// Reviews, by reviewer, counted or not.
    pub reviews: Vec<Scored>,
    /// Criteria, by key.
    pub criteria: Vec<CriterionSpread>,
}

/// A review and the making of its score: 100 × [`Sums::points`] / (4 × [`Sums::weight`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// Key of the reviewer.
    pub reviewer: String,
    /// Sums of its terms.
    pub sums: Sums,
    /// Score, as kept; none while no criterion that weighs carries a mark.
    pub score: Option<i64>,
    /// It enters the figures of the dossier.
    pub is_counted: bool,
    /// What is summed, one term by criterion, by key.
    pub terms: Vec<Term>,
}

/// What a criterion brings to the score of a review: weight × mark above, 4 × weight below; nothing at all without mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Key of the criterion.
    pub criterion: String,
    /// Weight, in thousandths.
    pub weight: i32,
    /// Mark from 0 to 4, if there is one.
    pub mark: Option<u8>,
}

/// The marks of the counted reviews under a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionSpread {
    /// Key of the criterion.
    pub criterion: String,
    /// Weight, in thousandths.
    pub weight: i32,
    /// Marks of the counted reviews, by reviewer; a review that gave none is not there.
    pub marks: Vec<(String, u8)>,
    /// Figures of these marks, as kept: points out of 100, [`LEVEL`] a level. None without mark, and none where the dossier
    /// itself has no figures. The weight plays no part in them.
    pub figures: Option<Figures>,
    /// Highest and lowest are [`CRITERION_DISAGREEMENT`] apart.
    pub is_disputed: bool,
}

/// Spreads of all the dossiers of a call, by key.
pub fn spreads(call: &Call) -> Vec<Spread> {
    let mut known = Known::default();
    call.dossiers().iter().map(|dossier| of(call, dossier, &mut known)).collect()
}

/// Spread of one dossier; none if the call has no dossier of that key.
pub fn spread(call: &Call, dossier: &str) -> Option<Spread> {
    let found = call.dossiers().iter().find(|other| other.key == dossier)?;
    Some(of(call, found, &mut Known::default()))
}

/// Figures of marks by number of each mark: there are few of those, and exact arithmetic is slow.
type Known = BTreeMap<[u16; 5], Option<Figures>>;

fn of(call: &Call, dossier: &Dossier, known: &mut Known) -> Spread {
    let reviews: Vec<Scored> = dossier.reviews.iter().map(|review| scored(call, review)).collect();
    let counted: Vec<Sums> = reviews.iter().filter(|review| review.is_counted).map(|review| review.sums).collect();
    let figures = score::figures(&counted, call.rules().mean_from);
    let criterion = |(place, criterion): (usize, &crate::call::Criterion)| {
        let marks: Vec<(String, u8)> = (dossier.reviews.iter().zip(&reviews))
            .filter(|(_, scored)| scored.is_counted)
            .filter_map(|(review, _)| Some((review.reviewer.clone(), review.marks[place]?)))
            .collect();
        let figures = figures.and_then(|_| of_marks(&marks, known));
        let is_disputed = figures.is_some_and(|figures| figures.max - figures.min >= CRITERION_DISAGREEMENT);
        CriterionSpread { criterion: criterion.key.clone(), weight: criterion.weight, marks, figures, is_disputed }
    };
    let criteria = call.criteria().iter().enumerate().map(criterion).collect();
    Spread {
        dossier: dossier.key.clone(),
        counted: counted.len(),
        figures,
        is_disputed: figures.is_some_and(|figures| figures.deviation >= DISAGREEMENT),
        reviews,
        criteria,
    }
}

fn scored(call: &Call, review: &Review) -> Scored {
    let sums = call.sums(review);
    let term = |(criterion, mark): (&crate::call::Criterion, &Option<u8>)| Term { criterion: criterion.key.clone(), weight: criterion.weight, mark: *mark };
    Scored {
        reviewer: review.reviewer.clone(),
        sums,
        score: sums.score(),
        is_counted: call.is_counted(&sums),
        terms: call.criteria().iter().zip(&review.marks).map(term).collect(),
    }
}

/// A mark is the score of a review of this criterion alone, whatever its weight.
fn of_marks(marks: &[(String, u8)], known: &mut Known) -> Option<Figures> {
    let mut numbers = [0_u16; 5];
    for (_, mark) in marks {
        numbers[usize::from(*mark)] += 1;
    }
    *known.entry(numbers).or_insert_with(|| {
        let alone: Vec<Sums> = marks.iter().map(|(_, mark)| Sums::of([(1, Some(*mark))])).collect();
        score::figures(&alone, 1)
    })
}
