//! « Chaînons manquants »: activities that would make the link between an output and its uses.

use std::collections::BTreeMap;

use crate::facts::distance_km;
use crate::flow::{Direction, Flow};
use crate::nomenclature::{Nomenclature, Rule, Treatment, TypeId};
use crate::score::{Settings, assess};

/// Half-distances within which a need counts as near.
pub const NEAR: f64 = 3.0;

/// Why a link is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// All known uses need a process, and the activities that run it are absent.
    Interface,
    /// No compatible need within three half-distances.
    NoOutlet,
}

/// A link to create.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingLink {
    /// Type of the outputs.
    pub kind: TypeId,
    /// Why.
    pub gap: Gap,
    /// Activities that would make the link, NAF rév. 2, the best rule first; empty when no rule names one.
    pub activities: Vec<String>,
    /// Types of need it would serve, best first.
    pub serves: Vec<TypeId>,
    /// Places of the outputs, by reference.
    pub outputs: Vec<usize>,
    /// Distinct actors.
    pub actors: usize,
    /// Gathered deposit: sum of the known yearly quantities, in the unit of the domain.
    pub total: Option<f64>,
    /// Places of compatible needs beyond three half-distances, candidate users, by reference.
    pub candidates: Vec<usize>,
}

/// Missing links of a set, most actors first, then the larger deposit, then the order of the types.
/// `present` are the activities of the perimeter that declare no flow; those of the flows count too.
pub fn missing_links(tables: &Nomenclature, settings: &Settings, flows: &[Flow], present: &[&str]) -> Vec<MissingLink> {
    let mut order: Vec<usize> = (0..flows.len()).collect();
    order.sort_by(|&a, &b| flows[a].reference.cmp(&flows[b].reference));
    let mut outputs: BTreeMap<TypeId, Vec<usize>> = BTreeMap::new();
    let mut needs: BTreeMap<TypeId, Vec<usize>> = BTreeMap::new();
    for at in order {
        let Some(kind) = flows[at].kind else { continue };
        let side = if flows[at].direction == Direction::Out { &mut outputs } else { &mut needs };
        side.entry(kind).or_default().push(at);
    }
    let activities: Vec<&str> = flows.iter().filter_map(|flow| flow.activity.as_deref()).chain(present.iter().copied()).collect();
    let search = Search { tables, settings, flows, needs, activities };
    let mut links: Vec<MissingLink> = outputs.into_iter().filter_map(|(kind, outputs)| search.link(kind, outputs)).collect();
    links.sort_by(|a, b| b.actors.cmp(&a.actors).then(b.total.unwrap_or(0.0).total_cmp(&a.total.unwrap_or(0.0))).then(a.kind.cmp(&b.kind)));
    links
}

struct Search<'a> {
    tables: &'a Nomenclature,
    settings: &'a Settings,
    flows: &'a [Flow],
    needs: BTreeMap<TypeId, Vec<usize>>,
    activities: Vec<&'a str>,
}

impl Search<'_> {
    fn link(&self, kind: TypeId, outputs: Vec<usize>) -> Option<MissingLink> {
        let absent = self.absent(kind);
        let all_process = self.outlets(kind).next().is_some() && self.outlets(kind).all(|(rule, _)| rule.treatment == Treatment::Process && self.lacks(rule));
        let lonely: Vec<usize> = outputs.iter().copied().filter(|&at| !self.has_near_need(kind, at)).collect();
        let (gap, outputs) = if all_process { (Gap::Interface, outputs) } else { (Gap::NoOutlet, lonely) };
        if outputs.is_empty() {
            return None;
        }
        let mut actors: Vec<&str> = outputs.iter().map(|&at| self.flows[at].actor.as_str()).collect();
        actors.sort_unstable();
        actors.dedup();
        let mut known: Vec<f64> = outputs.iter().filter_map(|&at| self.flows[at].known_quantity()).collect();
        known.sort_by(f64::total_cmp);
        Some(MissingLink {
            kind,
            gap,
            activities: absent,
            serves: self.outlets(kind).map(|(_, input)| input).take(5).collect(),
            actors: actors.len(),
            total: (!known.is_empty()).then(|| known.iter().sum()),
            candidates: self.candidates(kind, &outputs),
            outputs,
        })
    }

    fn outlets(&self, kind: TypeId) -> impl Iterator<Item = (&Rule, TypeId)> {
        self.tables.outlets(kind).iter().map(|outlet| (&self.tables.rules()[outlet.rule], outlet.input))
    }

    fn lacks(&self, rule: &Rule) -> bool {
        rule.interface_naf.as_deref().is_some_and(|naf| !self.activities.iter().any(|known| same_class(known, naf)))
    }

    fn absent(&self, kind: TypeId) -> Vec<String> {
        let mut absent: Vec<String> = Vec::new();
        for (rule, _) in self.outlets(kind).filter(|(rule, _)| self.lacks(rule)) {
            let naf = rule.interface_naf.clone().unwrap_or_default();
            if !absent.contains(&naf) {
                absent.push(naf);
            }
        }
        absent
    }

    /// Needs of the same type first, then of the types its rules name: siblings are no proof of an outlet.
    fn compatible(&self, kind: TypeId) -> impl Iterator<Item = usize> {
        let inputs = std::iter::once(kind).chain(self.tables.outlets(kind).iter().map(|outlet| outlet.input).filter(move |&input| input != kind));
        inputs.filter_map(|input| self.needs.get(&input)).flatten().copied()
    }

    /// Unknown positions are not held against a need.
    fn has_near_need(&self, kind: TypeId, output: usize) -> bool {
        self.compatible(kind).any(|need| self.suits(output, need) && !self.is_far(kind, output, need))
    }

    fn suits(&self, output: usize, need: usize) -> bool {
        assess(self.tables, self.settings, &self.flows[output], &self.flows[need]).is_some()
    }

    fn is_far(&self, kind: TypeId, output: usize, need: usize) -> bool {
        let both = self.flows[output].position.zip(self.flows[need].position);
        both.and_then(|(from, to)| distance_km(from, to)).is_some_and(|km| km > NEAR * self.tables.get(kind).half_km)
    }

    fn candidates(&self, kind: TypeId, outputs: &[usize]) -> Vec<usize> {
        let beyond = |&need: &usize| outputs.iter().any(|&output| self.suits(output, need)) && outputs.iter().all(|&output| self.is_far(kind, output, need));
        let mut found: Vec<usize> = self.compatible(kind).filter(beyond).collect();
        found.sort_by(|&a, &b| self.flows[a].reference.cmp(&self.flows[b].reference));
        found.dedup();
        found
    }
}

/// `38.21Z` and `3821Z` are one class; the letter and the dot do not count.
fn same_class(a: &str, b: &str) -> bool {
    let class = |code: &str| code.chars().filter(char::is_ascii_digit).take(4).collect::<String>();
    class(a) == class(b)
}
