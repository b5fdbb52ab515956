//! Who reviewed what, and the fit of the severities to it. No result depends on the order of reviewers, dossiers or reviews.

use std::collections::BTreeMap;

use super::{Basis, K_BOUNDS, LEAST_RESIDUAL_FREEDOM, LEAST_REVIEWER_FREEDOM, Shrinkage, USUAL_K};
use crate::call::Call;
use crate::exact::{Matrix, count, solve, sum};
use crate::score::{self, POINT};

/// Who reviewed what.
pub struct Design<'call> {
    pub reviewers: Vec<&'call str>,
    pub panels: Vec<Panel<'call>>,
    /// Groups of reviewers that no dossier joins.
    pub groups: usize,
    /// Others in the group of each reviewer.
    pub peers: Vec<usize>,
}

/// A dossier that has figures, and its counted reviews: place of the reviewer, score as kept.
pub struct Panel<'call> {
    pub dossier: &'call str,
    pub mean: i64,
    pub seats: Vec<(usize, i64)>,
}

impl<'call> Design<'call> {
    pub fn of(call: &'call Call) -> Self {
        let counted: Vec<_> = call.dossiers().iter().map(|dossier| (dossier, call.counted(dossier))).collect();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (review, _) in counted.iter().flat_map(|(_, reviews)| reviews) {
            places.insert(&review.reviewer, 0);
        }
        places.values_mut().enumerate().for_each(|(place, value)| *value = place);
        let panel = |(dossier, reviews): &(&'call crate::call::Dossier, Vec<(&crate::call::Review, score::Sums)>)| {
            let sums: Vec<_> = reviews.iter().map(|(_, sums)| *sums).collect();
            let seats = reviews.iter().filter_map(|(review, sums)| Some((places[review.reviewer.as_str()], sums.score()?))).collect();
            Some(Panel { dossier: &dossier.key, mean: score::mean_of(&sums)?, seats })
        };
        let panels: Vec<Panel> = counted.iter().filter_map(panel).collect();
        let (groups, peers) = groups(places.len(), &panels);
        Self { reviewers: places.into_keys().collect(), panels, groups, peers }
    }

    fn reviews(&self) -> usize {
        self.panels.iter().map(|panel| panel.seats.len()).sum()
    }

    /// Reviews − dossiers: what is left once each dossier has its mean.
    fn freedom(&self) -> usize {
        self.reviews() - self.panels.len()
    }

    pub fn reviewer_freedom(&self) -> usize {
        self.reviewers.len() - self.groups
    }

    pub fn residual_freedom(&self) -> usize {
        self.freedom() - self.reviewer_freedom()
    }
}

/// Number of groups, and number of others in the group of each reviewer.
fn groups(reviewers: usize, panels: &[Panel]) -> (usize, Vec<usize>) {
    let mut group: Vec<usize> = (0..reviewers).collect();
    for panel in panels {
        for pair in panel.seats.windows(2) {
            let (left, right) = (group[pair[0].0], group[pair[1].0]);
            if left != right {
                group.iter_mut().filter(|group| **group == right).for_each(|group| *group = left);
            }
        }
    }
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for group in &group {
        *sizes.entry(*group).or_default() += 1;
    }
    (sizes.len(), group.iter().map(|group| sizes[group] - 1).collect())
}

/// The normal equations once the dossiers are taken out, in points: S · severities = totals.
struct Equations {
    /// S: on the diagonal Σ (1 − 1/n) over the reviewer's dossiers, elsewhere −Σ 1/n over the dossiers shared; n reviews each.
    comparisons: Matrix,
    /// For each reviewer, Σ (score − mean of the dossier).
    totals: Vec<f64>,
    /// Σ (score − mean of the dossier)².
    variation: f64,
    /// Σ of the diagonal of S.
    trace: f64,
}

impl Equations {
    fn of(design: &Design) -> Self {
        let size = design.reviewers.len();
        let mut shared: Vec<BTreeMap<usize, Vec<f64>>> = vec![BTreeMap::new(); size];
        let mut gaps: Vec<Vec<f64>> = vec![Vec::new(); size];
        for panel in &design.panels {
            let share = 1.0 / count(panel.seats.len());
            let mean = sum(panel.seats.iter().map(|seat| points(seat.1))) * share;
            for (reviewer, score) in &panel.seats {
                gaps[*reviewer].push(points(*score) - mean);
                for (other, _) in &panel.seats {
                    let part = if reviewer == other { 1.0 - share } else { -share };
                    shared[*reviewer].entry(*other).or_default().push(part);
                }
            }
        }
        let mut comparisons = vec![vec![0.0; size]; size];
        for (row, shared) in comparisons.iter_mut().zip(&shared) {
            for (other, parts) in shared {
                row[*other] = sum(parts.iter().copied());
            }
        }
        Self {
            trace: sum((0..size).map(|place| comparisons[place][place])),
            totals: gaps.iter().map(|gaps| sum(gaps.iter().copied())).collect(),
            variation: sum(gaps.iter().flatten().map(|gap| gap * gap)),
            comparisons,
        }
    }

    /// What given severities explain of the variation: Σ severity × total.
    fn explained(&self, severities: &[f64]) -> f64 {
        sum(severities.iter().zip(&self.totals).map(|(severity, total)| severity * total))
    }

    /// S + k.
    fn shrunk(&self, k: f64) -> Matrix {
        let mut matrix = self.comparisons.clone();
        (0..matrix.len()).for_each(|place| matrix[place][place] += k);
        matrix
    }
}

/// Severities as fitted, in the order of the design's reviewers; figures as kept.
pub struct Fit {
    pub k: Option<i64>,
    pub basis: Basis,
    pub severities: Vec<i64>,
    pub errors: Vec<Option<i64>>,
    pub residual_deviation: Option<i64>,
    pub reviewer_deviation: Option<i64>,
}

impl Fit {
    pub fn of(design: &Design, shrinkage: Shrinkage) -> Self {
        let equations = Equations::of(design);
        match shrinkage {
            Shrinkage::Published(k) => Self::under(design, &equations, (k, Basis::Published)),
            Shrinkage::Estimated if !is_estimable(design) => Self::under(design, &equations, (USUAL_K, Basis::TooFew)),
            Shrinkage::Estimated => Self::estimated(design, &equations),
        }
    }

    /// Henderson's third method, then the severities under the k that it gives.
    fn estimated(design: &Design, equations: &Equations) -> Self {
        let explained = equations.explained(&solve(&equations.comparisons, &equations.totals));
        let residual = ((equations.variation - explained) / count(design.residual_freedom())).max(0.0);
        let reviewer = (explained - count(design.reviewer_freedom()) * residual) / equations.trace;
        if reviewer <= 0.0 {
            return Self::chance(design, equations);
        }
        let mut fit = Self::under(design, equations, (thousandths(residual / reviewer), Basis::Estimated));
        fit.state_errors(equations, residual);
        fit
    }

    /// Severities under a given k; the variance of the residuals is then (variation − explained) / (reviews − dossiers), the
    /// restricted maximum likelihood one for that k.
    fn under(design: &Design, equations: &Equations, (k, basis): (i64, Basis)) -> Self {
        let k = k.clamp(K_BOUNDS.0, K_BOUNDS.1);
        let severities = solve(&equations.shrunk(ratio(k)), &equations.totals);
        let mut fit = Self {
            k: Some(k),
            basis,
            severities: severities.iter().map(|severity| kept(*severity)).collect(),
            errors: vec![None; severities.len()],
            residual_deviation: None,
            reviewer_deviation: None,
        };
        if basis != Basis::Estimated && design.freedom() > 0 {
            let left = (equations.variation - equations.explained(&severities)).max(0.0);
            fit.state_errors(equations, left / count(design.freedom()));
        }
        fit
    }

    /// No severity beyond chance: the variation is all residual.
    fn chance(design: &Design, equations: &Equations) -> Self {
        let size = design.reviewers.len();
        Self {
            k: None,
            basis: Basis::Chance,
            severities: vec![0; size],
            errors: vec![None; size],
            residual_deviation: Some(kept((equations.variation / count(design.freedom())).sqrt())),
            reviewer_deviation: Some(0),
        }
    }

    fn state_errors(&mut self, equations: &Equations, variance: f64) {
        let Some(k) = self.k.map(ratio) else { return };
        let matrix = equations.shrunk(k);
        for place in 0..matrix.len() {
            let mut unit = vec![0.0; matrix.len()];
            unit[place] = 1.0;
            self.errors[place] = Some(kept((variance * solve(&matrix, &unit)[place]).sqrt()));
        }
        self.residual_deviation = Some(kept(variance.sqrt()));
        self.reviewer_deviation = Some(kept((variance / k).sqrt()));
    }
}

fn is_estimable(design: &Design) -> bool {
    design.residual_freedom() >= LEAST_RESIDUAL_FREEDOM && design.reviewer_freedom() >= LEAST_REVIEWER_FREEDOM
}

#[expect(clippy::cast_precision_loss, reason = "a kept figure is below 2⁵³")]
fn points(kept: i64) -> f64 {
    kept as f64 / POINT as f64
}

/// A kept figure, to a millionth of a point.
#[expect(clippy::cast_possible_truncation, reason = "severities are within some hundreds of points")]
fn kept(points: f64) -> i64 {
    (points * 1e6).round() as i64 * (POINT / 1_000_000)
}

#[expect(clippy::cast_possible_truncation, reason = "brought within bounds by the next step, as a saturated cast is")]
fn thousandths(k: f64) -> i64 {
    (k * 1000.0).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "at most a million")]
fn ratio(thousandths: i64) -> f64 {
    thousandths as f64 / 1000.0
}
