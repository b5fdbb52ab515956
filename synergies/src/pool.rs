//! Mutualisation: flows of one type that several actors near each other could handle together.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::median;
use crate::facts::{DEGREE_KM, Place, confidence};
use crate::flow::{Direction, Domain, Flow};
use crate::nomenclature::{Nomenclature, TypeId};
use crate::score::NEUTRAL;

/// Actors it takes to make a group.
pub const LEAST: usize = 2;

/// Shares of the score of a group: number of actors, proximity, volume, timing, confidence.
pub const SHARES: [f64; 5] = [0.35, 0.25, 0.20, 0.10, 0.10];

/// A group of flows of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Type.
    pub kind: TypeId,
    /// The same need, or the same output.
    pub direction: Direction,
    /// Places in the flows, by reference.
    pub members: Vec<usize>,
    /// « Capacité offerte »: places of the offers of the service that is needed; empty otherwise.
    pub offers: Vec<usize>,
    /// Distinct actors among members and offers.
    pub actors: usize,
    /// « Gisement groupé »: outputs whose sum may reach the threshold of an outlet.
    pub is_deposit: bool,
    /// Median distance to the medoid, km; nothing when no site is placed.
    pub radius_km: Option<f64>,
    /// Sum of the known yearly quantities of the members.
    pub total: Option<f64>,
    /// What the score is made of.
    pub components: Components,
    /// 0 to 100.
    pub score: u8,
}

/// The five components of a group, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Components {
    /// Grows with the number of actors.
    pub crowd: f64,
    /// P: 1 on the spot, 0.5 at the pooling radius.
    pub proximity: f64,
    /// V: 1 when the sum of the known quantities reaches the threshold of the domain.
    pub volume: f64,
    /// T: share of the year common to at least half of the actors.
    pub timing: f64,
    /// C: mean of the members.
    pub confidence: f64,
}

impl Components {
    /// In the order of [`SHARES`].
    pub fn values(&self) -> [f64; 5] {
        let Self { crowd, proximity, volume, timing, confidence } = *self;
        [crowd, proximity, volume, timing, confidence]
    }

    /// 0 to 100.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
    fn score(&self) -> u8 {
        let sum: f64 = self.values().iter().zip(SHARES).map(|(value, weight)| weight * value).sum();
        (100.0 * sum).round().clamp(0.0, 100.0) as u8
    }
}

/// Grows with the number of actors, fast at first.
#[expect(clippy::cast_precision_loss, reason = "a count of actors")]
fn crowd(actors: usize) -> f64 {
    1.0 - (-(actors as f64 - 1.0) / 3.0).exp()
}

/// Yearly quantity, in the unit of the domain, at which V is 1: about a full lorry a week, a small treatment unit, a small boiler.
fn threshold(domain: Domain) -> Option<f64> {
    match domain {
        Domain::Water => Some(10_000.0),
        Domain::Energy | Domain::Material => Some(1_000.0),
        Domain::Service => None,
    }
}

/// Every group of two actors or more, best first, then more actors, then the references. The order of the flows changes nothing.
pub fn pools(tables: &Nomenclature, flows: &[Flow]) -> Vec<Pool> {
    let mut order: Vec<usize> = (0..flows.len()).collect();
    order.sort_by(|&a, &b| flows[a].reference.cmp(&flows[b].reference));
    let mut by_type: BTreeMap<(TypeId, Direction), Vec<usize>> = BTreeMap::new();
    for at in order {
        if let Some(kind) = flows[at].kind {
            // Offers of a service stand with its needs.
            let direction = if flows[at].domain == Domain::Service { Direction::In } else { flows[at].direction };
            by_type.entry((kind, direction)).or_default().push(at);
        }
    }
    let mut pools: Vec<Pool> = Vec::new();
    for ((kind, direction), members) in by_type {
        let radius = tables.get(kind).pooling_km;
        pools.extend(gather(flows, &members, radius).iter().filter_map(|group| pool(tables, flows, (kind, direction), group)));
    }
    let reference = |pool: &Pool| pool.members.first().or(pool.offers.first()).map(|&at| flows[at].reference.as_str());
    pools.sort_by(|a, b| b.score.cmp(&a.score).then(b.actors.cmp(&a.actors)).then_with(|| (reference(a), a.kind).cmp(&(reference(b), b.kind))));
    pools
}

type Cells = BTreeMap<(i64, i64), Vec<usize>>;

/// Neighbouring cells of the grid hold together; what spreads over more than three cells is cut around its fullest ones.
/// Flows without position make a group of their own.
fn gather(flows: &[Flow], members: &[usize], radius_km: f64) -> Vec<Vec<usize>> {
    let mut cells = Cells::new();
    let mut unplaced = Vec::new();
    for &at in members {
        match flows[at].position.and_then(|position| Place::new(position).map(|_| position)) {
            Some(position) => cells.entry(cell(position.latitude, position.longitude, radius_km)).or_default().push(at),
            None => unplaced.push(at),
        }
    }
    let mut groups: Vec<Vec<usize>> = components(cells).into_iter().flat_map(|component| cut(flows, component)).collect();
    groups.push(unplaced);
    groups
}

/// Rows of one radius; columns as wide at the middle of a band of one degree, so that cells of a neighbourhood line up.
#[expect(clippy::cast_possible_truncation, reason = "a few thousand cells around the Earth")]
fn cell(latitude: f64, longitude: f64, radius_km: f64) -> (i64, i64) {
    let side = radius_km.max(0.1) / DEGREE_KM;
    let middle = (latitude.floor() + 0.5).to_radians().cos().max(0.01);
    ((latitude / side).floor() as i64, (longitude * middle / side).floor() as i64)
}

fn neighbours((row, column): (i64, i64)) -> impl Iterator<Item = (i64, i64)> {
    (-1..=1).flat_map(move |up| (-1..=1).map(move |right| (row + up, column + right)))
}

/// Union-find over the cells.
fn components(cells: Cells) -> Vec<Cells> {
    let keys: Vec<(i64, i64)> = cells.keys().copied().collect();
    let mut roots: Vec<usize> = (0..keys.len()).collect();
    for (at, key) in keys.iter().enumerate() {
        for near in neighbours(*key).filter_map(|near| keys.binary_search(&near).ok()) {
            let (a, b) = (root(&mut roots, at), root(&mut roots, near));
            roots[a.max(b)] = a.min(b);
        }
    }
    let mut found: BTreeMap<usize, Cells> = BTreeMap::new();
    for (at, (key, members)) in cells.into_iter().enumerate() {
        found.entry(root(&mut roots, at)).or_default().insert(key, members);
    }
    found.into_values().collect()
}

fn root(roots: &mut [usize], mut at: usize) -> usize {
    while roots[at] != at {
        roots[at] = roots[roots[at]];
        at = roots[at];
    }
    at
}

/// A chain of cells across a département is no group: take the fullest block of three by three, and again with the rest.
fn cut(flows: &[Flow], mut cells: Cells) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    while !cells.is_empty() {
        let actors = |key: &(i64, i64)| {
            let members = neighbours(*key).filter_map(|near| cells.get(&near)).flatten();
            members.map(|&at| flows[at].actor.as_str()).collect::<BTreeSet<_>>().len()
        };
        let counted = cells.keys().map(|key| (actors(key), std::cmp::Reverse(*key))).max();
        let Some((_, std::cmp::Reverse(fullest))) = counted else { break };
        let mut group: Vec<usize> = neighbours(fullest).filter_map(|near| cells.remove(&near)).flatten().collect();
        group.sort_by(|&a, &b| flows[a].reference.cmp(&flows[b].reference));
        groups.push(group);
    }
    groups
}

fn pool(tables: &Nomenclature, flows: &[Flow], (kind, direction): (TypeId, Direction), group: &[usize]) -> Option<Pool> {
    let actors: BTreeSet<&str> = group.iter().map(|&at| flows[at].actor.as_str()).collect();
    let (members, offers): (Vec<usize>, Vec<usize>) = group.iter().copied().partition(|&at| flows[at].direction == direction);
    if actors.len() < LEAST || members.is_empty() {
        return None;
    }
    let domain = tables.get(kind).domain;
    let radius_km = radius(flows, group);
    let mut known: Vec<f64> = members.iter().filter_map(|&at| flows[at].known_quantity()).collect();
    known.sort_by(f64::total_cmp);
    let total = (!known.is_empty()).then(|| known.iter().sum::<f64>());
    let proximity = radius_km.map_or(NEUTRAL, |km| 1.0 / (1.0 + (km / tables.get(kind).pooling_km.max(0.1)).powi(2)));
    let volume = total.zip(threshold(domain)).map_or(NEUTRAL, |(total, enough)| (total.max(1.0).log10() / enough.log10()).min(1.0));
    let components = Components { crowd: crowd(actors.len()), proximity, volume, timing: timing(flows, group), confidence: mean_confidence(flows, group) };
    let is_deposit = direction == Direction::Out && domain != Domain::Service;
    Some(Pool { kind, direction, actors: actors.len(), members, offers, is_deposit, radius_km, total, components, score: components.score() })
}

/// Median distance to the member that is nearest to all.
fn radius(flows: &[Flow], group: &[usize]) -> Option<f64> {
    let places: Vec<Place> = group.iter().filter_map(|&at| flows[at].position.and_then(Place::new)).collect();
    let sum = |place: &Place| places.iter().map(|other| place.distance(other)).sum::<f64>();
    let medoid = places.iter().map(|place| (sum(place), place)).min_by(|a, b| a.0.total_cmp(&b.0))?.1;
    median(places.iter().map(|place| place.distance(medoid)).collect())
}

/// Share of the year common to at least half of the actors whose months are known.
fn timing(flows: &[Flow], group: &[usize]) -> f64 {
    let mut months: BTreeMap<&str, u16> = BTreeMap::new();
    for flow in group.iter().map(|&at| &flows[at]) {
        if let Some(known) = flow.known_months() {
            *months.entry(&flow.actor).or_default() |= known;
        }
    }
    if months.is_empty() {
        return NEUTRAL;
    }
    let is_common = |month: &u16| 2 * months.values().filter(|known| *known >> month & 1 == 1).count() >= months.len();
    (0_u16..12).filter(is_common).map(|_| 1.0 / 12.0).sum()
}

#[expect(clippy::cast_precision_loss, reason = "a count of flows")]
fn mean_confidence(flows: &[Flow], group: &[usize]) -> f64 {
    group.iter().map(|&at| confidence(flows[at].evidence)).sum::<f64>() / group.len().max(1) as f64
}
