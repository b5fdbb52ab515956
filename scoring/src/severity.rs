//! Severity of the reviewers, by an additive model, and the calibrated score of a dossier, shown beside the raw one, never instead.
//!
//! **Model.** score(d, r) = level + effect of dossier d + severity of reviewer r + residual, in points out of 100, over the
//! counted reviews of the dossiers that have figures. Dossiers are fixed effects: nothing pulls a dossier towards the others.
//! Reviewers are random effects of mean 0: with few reviews, a severity is pulled towards 0, which is the shrinkage.
//! The estimates are the best linear unbiased ones (Robinson, « That BLUP is a good thing », Statistical Science 6, 1991), and
//! are the only numbers for which both of these hold, which a page can check by hand:
//!
//! - calibrated score of d = mean, over its reviews, of (score − severity of the reviewer);
//! - severity of r = Σ over the reviews of r of (score − calibrated score of the dossier) / (reviews of r + k).
//!
//! A negative severity is a severe reviewer, a positive one a lenient reviewer. k is the variance of the residuals over that of
//! the severities: the number of reviews at which a gap is believed for one half. A calibrated score is not bounded to 0–100.
//!
//! **k** is estimated from the call by Henderson's third method (Biometrics 9, 1953; Searle and others, *Variance
//! Components*, 1992, chapter 5), unbiased for unequal numbers of reviews and in closed form; it is rounded to a thousandth, then
//! used as rounded. With V = Σ (score − mean of the dossier)², and R what the differences between reviewers explain of it:
//! variance of the residuals = (V − R) / residual freedom; variance of the severities = (R − reviewer freedom × that) / T,
//! T being Σ over the reviews of (1 − 1/number of reviews of the dossier). Where that is no better than chance (variance of the
//! severities not above 0), no severity is stated: all are 0. Under [`LEAST_RESIDUAL_FREEDOM`] or [`LEAST_REVIEWER_FREEDOM`],
//! two variances cannot be told apart and k is [`USUAL_K`]. A call may also publish its k beforehand.
//!
//! A standard error takes k for known. On simulated calls of 40 dossiers, 12 reviewers and 3 reviews each, calibrated scores are
//! a fifth nearer to the truth where severities are as wide as residuals, and no farther where there are none (see the tests).
//! Computing takes a few milliseconds for such a call, 20 ms for 200 dossiers and 20 reviewers, 6 s for 10 000 and 200.
//!
//! **Groups.** Two reviewers compare only through dossiers they share, directly or by steps. Where nothing joins two groups, each
//! severity is relative to its own group, in which severities add up to 0, and nothing says which group is the harder: a page
//! says so from [`Severities::groups`] and [`Reviewer::peers`]. Who shares no dossier has severity 0 and a wide standard error.
//!
//! **Part of a call.** Fitted on [`Call::seen`], severities are those of the reviews seen, and differ from those of the whole.

mod model;

use self::model::{Design, Fit};
use crate::call::Call;

/// Freedom of the residuals (reviews − dossiers − reviewers + groups) from which k is estimated.
pub const LEAST_RESIDUAL_FREEDOM: usize = 10;
/// Freedom of the reviewers (reviewers − groups) from which k is estimated.
pub const LEAST_REVIEWER_FREEDOM: usize = 3;
/// k where the call is too small to estimate it, in thousandths: 4, as if severities were half as wide as residuals. A gap is
/// believed for one half at four reviews. It is a convention, on the side of caution.
pub const USUAL_K: i64 = 4000;
/// Bounds of k, in thousandths: under the first, one review would be believed entirely; over the second, none at all.
pub const K_BOUNDS: (i64, i64) = (1, 1_000_000);

/// Where k comes from, as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrinkage {
    /// Estimated from the call.
    Estimated,
    /// Published beforehand, in thousandths; brought within [`K_BOUNDS`].
    Published(i64),
}

/// Where k came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Estimated from the call.
    Estimated,
    /// The gaps between reviewers are no wider than chance makes them: no severity is stated, calibrated scores are raw ones.
    Chance,
    /// Too few reviews to estimate it: [`USUAL_K`].
    TooFew,
    /// Published beforehand.
    Published,
}

/// Severities of the reviewers of a call and calibrated scores of its dossiers. Points are kept as in [`crate::score`].
/// Severities, errors and deviations are rounded to a millionth of a point: beyond, digits would tell of the computation, not of
/// the reviews. All the rest is made of severities as rounded, so that it can be made again from what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severities {
    /// k, in thousandths; none where no severity is stated.
    pub k: Option<i64>,
    /// Where k came from.
    pub basis: Basis,
    /// Standard deviation of the residuals, as kept; none if every dossier has one review only.
    pub residual_deviation: Option<i64>,
    /// Standard deviation of the severities, as kept: that of the residuals over √k; 0 where no severity is stated.
    pub reviewer_deviation: Option<i64>,
    /// Reviews − dossiers − reviewers + groups.
    pub residual_freedom: usize,
    /// Reviewers − groups.
    pub reviewer_freedom: usize,
    /// Groups of reviewers that no dossier joins.
    pub groups: usize,
    /// General level: mean of the calibrated scores, as kept; none without dossier.
    pub level: Option<i64>,
    /// Reviewers, by key.
    pub reviewers: Vec<Reviewer>,
    /// Dossiers that have figures, by key.
    pub dossiers: Vec<Calibrated>,
}

/// A reviewer and the making of their severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    /// Key of the reviewer.
    pub reviewer: String,
    /// Points given more than others to the same dossiers, as kept; negative = severe.
    pub severity: i64,
    /// Standard error of the severity, as kept: √(variance of the residuals × place of the reviewer on the diagonal of
    /// (S + k)⁻¹), S being the comparisons made. None where no severity is stated, or where residuals are unknown.
    pub standard_error: Option<i64>,
    /// Other reviewers to whom dossiers join this one, directly or by steps.
    pub peers: usize,
    /// Reviews that count, one gap each, by dossier.
    pub gaps: Vec<Gap>,
}

/// What a review says of the severity of its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Key of the dossier.
    pub dossier: String,
    /// Score given, as kept.
    pub score: i64,
    /// Calibrated score of the dossier, as kept.
    pub calibrated: i64,
    /// Score − calibrated score.
    pub gap: i64,
    /// Gap − severity: what the model does not explain.
    pub residual: i64,
}

/// A dossier and the making of its calibrated score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibrated {
    /// Key of the dossier.
    pub dossier: String,
    /// Mean of its scores, as kept: the raw one.
    pub mean: i64,
    /// Mean − mean of the severities below, as kept.
    pub calibrated: i64,
    /// Calibrated score − general level.
    pub effect: i64,
    /// Its reviews, by reviewer.
    pub parts: Vec<Part>,
}

/// What a review brings to a calibrated score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Key of the reviewer.
    pub reviewer: String,
    /// Score given, as kept.
    pub score: i64,
    /// Severity of the reviewer, as kept.
    pub severity: i64,
}

/// Fits the model to a call.
pub fn severities(call: &Call, shrinkage: Shrinkage) -> Severities {
    let design = Design::of(call);
    let fit = Fit::of(&design, shrinkage);
    let mut dossiers: Vec<Calibrated> = design.panels.iter().map(|panel| calibrated(panel, &design, &fit)).collect();
    let level = mean(dossiers.iter().map(|dossier| dossier.calibrated));
    for dossier in &mut dossiers {
        dossier.effect = dossier.calibrated - level.unwrap_or_default();
    }
    Severities {
        k: fit.k,
        basis: fit.basis,
        residual_deviation: fit.residual_deviation,
        reviewer_deviation: fit.reviewer_deviation,
        residual_freedom: design.residual_freedom(),
        reviewer_freedom: design.reviewer_freedom(),
        groups: design.groups,
        level,
        reviewers: reviewers(&design, &fit, &dossiers),
        dossiers,
    }
}

fn calibrated(panel: &model::Panel, design: &Design, fit: &Fit) -> Calibrated {
    let part = |(reviewer, score): &(usize, i64)| Part { reviewer: design.reviewers[*reviewer].to_owned(), score: *score, severity: fit.severities[*reviewer] };
    let parts: Vec<Part> = panel.seats.iter().map(part).collect();
    let severity = mean(parts.iter().map(|part| part.severity)).unwrap_or_default();
    Calibrated { dossier: panel.dossier.to_owned(), mean: panel.mean, calibrated: panel.mean - severity, effect: 0, parts }
}

fn reviewers(design: &Design, fit: &Fit, dossiers: &[Calibrated]) -> Vec<Reviewer> {
    let named = |(place, key): (usize, &&str)| Reviewer {
        reviewer: (*key).to_owned(),
        severity: fit.severities[place],
        standard_error: fit.errors[place],
        peers: design.peers[place],
        gaps: Vec::new(),
    };
    let mut reviewers: Vec<Reviewer> = design.reviewers.iter().enumerate().map(named).collect();
    for (panel, dossier) in design.panels.iter().zip(dossiers) {
        for (place, score) in &panel.seats {
            let reviewer = &mut reviewers[*place];
            let gap = score - dossier.calibrated;
            let (key, residual) = (dossier.dossier.clone(), gap - reviewer.severity);
            reviewer.gaps.push(Gap { dossier: key, score: *score, calibrated: dossier.calibrated, gap, residual });
        }
    }
    reviewers
}

/// Mean of kept figures, rounded half up; none of nothing.
fn mean(kept: impl ExactSizeIterator<Item = i64>) -> Option<i64> {
    let count = i128::try_from(kept.len()).ok().filter(|count| *count > 0)?;
    let sum: i128 = kept.map(i128::from).sum();
    i64::try_from((2 * sum + count).div_euclid(2 * count)).ok()
}
