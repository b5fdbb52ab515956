//! Leads by type of flow and type of need: what phase 1 asks for, the pairs being the evidence.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::distance_km;
use crate::flow::{Evidence, Flow};
use crate::leads::Lead;
use crate::nomenclature::TypeId;

/// A type of synergy.
#[derive(Debug, Clone, PartialEq)]
pub struct SynergyType {
    /// Type of the outputs.
    pub out: TypeId,
    /// Type of the needs.
    pub r#in: TypeId,
    /// Distinct actors that offer.
    pub offering: usize,
    /// Distinct actors that need.
    pub needing: usize,
    /// Leads.
    pub pairs: usize,
    /// Best score, 0 to 100.
    pub best: u8,
    /// Sum of the known quantities offered, each output once, in the unit of its domain; nothing when none is known.
    pub offered: Option<f64>,
    /// The same of the needs.
    pub needed: Option<f64>,
    /// Median distance of the placed pairs, km.
    pub median_km: Option<f64>,
    /// Share of pairs known by statistics alone on both sides, 0 to 1.
    pub statistics_share: f64,
    /// The leads, best first.
    pub leads: Vec<Lead>,
}

/// Groups leads by types, best score first, then more pairs, then the order of the types. Flows without type are left out.
pub fn synergy_types(flows: &[Flow], leads: &[Lead]) -> Vec<SynergyType> {
    let mut groups: BTreeMap<(TypeId, TypeId), Vec<Lead>> = BTreeMap::new();
    for lead in leads {
        if let Some(kinds) = flows[lead.from].kind.zip(flows[lead.to].kind) {
            groups.entry(kinds).or_default().push(*lead);
        }
    }
    let mut types: Vec<SynergyType> = groups.into_iter().map(|((out, input), leads)| synergy_type(flows, out, input, leads)).collect();
    types.sort_by(|a, b| b.best.cmp(&a.best).then(b.pairs.cmp(&a.pairs)).then((a.out, a.r#in).cmp(&(b.out, b.r#in))));
    types
}

fn synergy_type(flows: &[Flow], out: TypeId, input: TypeId, leads: Vec<Lead>) -> SynergyType {
    let sides = [leads.iter().map(|lead| lead.from).collect(), leads.iter().map(|lead| lead.to).collect()];
    let [offers, needs]: [BTreeSet<usize>; 2] = sides;
    let actors = |side: &BTreeSet<usize>| side.iter().map(|&at| flows[at].actor.as_str()).collect::<BTreeSet<_>>().len();
    let is_statistics = |at: usize| flows[at].evidence == Evidence::Statistics;
    let alone = leads.iter().filter(|lead| is_statistics(lead.from) && is_statistics(lead.to)).count();
    let pair_km = |lead: &Lead| distance_km(flows[lead.from].position?, flows[lead.to].position?);
    SynergyType {
        out,
        r#in: input,
        offering: actors(&offers),
        needing: actors(&needs),
        pairs: leads.len(),
        best: leads.iter().map(|lead| lead.score).max().unwrap_or(0),
        offered: sum(flows, &offers),
        needed: sum(flows, &needs),
        median_km: median(leads.iter().filter_map(pair_km).collect()),
        statistics_share: share(alone, leads.len()),
        leads,
    }
}

/// Added in the order of the amounts, so that the order of the flows changes nothing.
fn sum(flows: &[Flow], side: &BTreeSet<usize>) -> Option<f64> {
    let mut known: Vec<f64> = side.iter().filter_map(|&at| flows[at].known_quantity()).collect();
    known.sort_by(f64::total_cmp);
    (!known.is_empty()).then(|| known.iter().sum())
}

#[expect(clippy::cast_precision_loss, reason = "counts of leads")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}
