//! A first look at a pair: the best score it could reach, without reading the whole of it.

use crate::facts::Facts;
use crate::flow::{Direction, Domain};
use crate::score::{FAR, FAR_FACTOR, LIKENESS, NEUTRAL, Weights, nearness};

/// What rounding may add to a score; the margin covers what the order of the operations may change.
const HALF_UP: f64 = 0.500_001;

/// Enough of a flow to set most pairs aside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    domain: Domain,
    confidence: f64,
    /// Decimal logarithm.
    quantity: Option<f64>,
    months: Option<u16>,
    magnitude: u8,
    /// A bit per word and for the sub-chapter: no common bit, nothing in common.
    signature: u64,
}

impl Glance {
    pub(super) fn new(facts: &Facts) -> Self {
        let Facts { domain, confidence, months, magnitude, signature, .. } = *facts;
        Self { domain, confidence, quantity: facts.quantity.map(f64::log10), months, magnitude, signature }
    }
}

/// The best score a flow could reach with a type.
pub(super) struct Ceiling {
    weights: Weights,
    direction: Direction,
    own: Glance,
    /// Before likeness.
    nature: f64,
    half_km: f64,
    /// Of the bracket, all but distance, whoever the partner is.
    rest: f64,
}

impl Ceiling {
    pub(super) fn new(weights: Weights, facts: &Facts, direction: Direction, (nature, half_km): (f64, f64)) -> Self {
        let own = Glance::new(facts);
        let quantity = weights.quantity * own.quantity.map_or(NEUTRAL, |_| 1.0);
        let timing = weights.timing * own.months.map_or(NEUTRAL, |_| 1.0);
        let rest = weights.base + quantity + timing + weights.confidence * own.confidence;
        Self { weights, direction, own, nature, half_km, rest }
    }

    /// Square of the kilometres beyond which no partner could reach that score; negative when not even a neighbour could.
    pub(super) fn reach(&self, score: u8) -> f64 {
        let merit = (f64::from(score) - HALF_UP) / (100.0 * (self.nature + LIKENESS).min(1.0));
        let least = |factor: f64| (merit / factor - self.rest) / self.weights.distance.max(1e-12);
        // Where the far factor applies, only what does very well without distance.
        let nearness = match (least(1.0), least(FAR_FACTOR)) {
            (near, _) if near > FAR => near,
            (_, far) => far.min(FAR),
        };
        if nearness <= 0.0 { f64::INFINITY } else { self.half_km * self.half_km * (1.0 / nearness - 1.0) * 1.000_001 }
    }

    /// The best score with this partner, and the larger magnitude of both.
    pub(super) fn merit(&self, km_squared: f64, other: &Glance) -> (u8, u8) {
        let Weights { base, distance: _, quantity, timing, confidence } = self.weights;
        let both = self.own.quantity.zip(other.quantity).filter(|_| self.own.domain == other.domain);
        let alike = both.map_or(NEUTRAL, |(own, other)| (1.0 - 0.3 * (own - other).abs()).max(0.2));
        let common = self.own.months.zip(other.months).map_or(NEUTRAL, |(own, other)| {
            let needed = if self.direction == Direction::Out { other } else { own };
            f64::from((own & other).count_ones()) / f64::from(needed.count_ones())
        });
        let rest = base + quantity * alike + timing * common + confidence * self.own.confidence.min(other.confidence);
        let likeness = if self.own.signature & other.signature == 0 { 0.0 } else { LIKENESS };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let best = self.best(self.nature + likeness, km_squared, rest) as u8;
        (best, self.own.magnitude.max(other.magnitude))
    }

    /// Before rounding down.
    fn best(&self, nature: f64, km_squared: f64, rest: f64) -> f64 {
        let nearness = nearness(km_squared, self.half_km);
        let far = if nearness < FAR { FAR_FACTOR } else { 1.0 };
        100.0 * nature.min(1.0) * (rest + self.weights.distance * nearness) * far + HALF_UP
    }
}
