//! The biggest actors of a domain: Pareto with A, B, C. Statistics are kept apart, never in the same bar.

use std::collections::BTreeMap;

use crate::flow::{Direction, Domain, Evidence, Flow};

/// Up to this cumulated share an actor is A.
pub const A_UP_TO: f64 = 0.80;

/// Up to this cumulated share an actor is B; beyond, C.
pub const B_UP_TO: f64 = 0.95;

/// Class of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Those who make the first 80 %.
    A,
    /// The next 15 %.
    B,
    /// The rest.
    C,
}

/// An actor among the biggest.
#[derive(Debug, Clone, PartialEq)]
pub struct Generator<'a> {
    /// Its reference.
    pub actor: &'a str,
    /// From 1.
    pub rank: usize,
    /// Yearly, in the unit of the domain.
    pub quantity: f64,
    /// Of the whole, 0 to 1.
    pub share: f64,
    /// With those before, 0 to 1.
    pub cumulated: f64,
    /// Class.
    pub class: Class,
}

/// A domain's biggest actors.
#[derive(Debug, Clone, PartialEq)]
pub struct Pareto<'a> {
    /// Measured, declared or known to the carrier.
    pub declared: Vec<Generator<'a>>,
    /// « estimé »: statistics only, with shares of their own; to be hatched, never added to the others.
    pub estimated: Vec<Generator<'a>>,
    /// Flows of the domain whose quantity is unknown.
    pub unknown: usize,
}

/// Ranks the actors of a domain by what leaves, or enters, their sites. Empty for services: they have no quantity.
pub fn pareto(flows: &[Flow], domain: Domain, direction: Direction) -> Pareto<'_> {
    let own = || flows.iter().filter(move |flow| flow.domain == domain && flow.direction == direction);
    Pareto {
        declared: ranked(own().filter(|flow| flow.evidence != Evidence::Statistics)),
        estimated: ranked(own().filter(|flow| flow.evidence == Evidence::Statistics)),
        unknown: own().filter(|flow| flow.known_quantity().is_none()).count(),
    }
}

fn ranked<'a>(flows: impl Iterator<Item = &'a Flow>) -> Vec<Generator<'a>> {
    let mut amounts: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for flow in flows {
        if let Some(quantity) = flow.known_quantity() {
            amounts.entry(&flow.actor).or_default().push(quantity);
        }
    }
    let mut totals: Vec<(&str, f64)> = amounts
        .into_iter()
        .map(|(actor, mut amounts)| {
            amounts.sort_by(f64::total_cmp);
            (actor, amounts.iter().sum())
        })
        .collect();
    totals.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let whole: f64 = totals.iter().map(|(_, quantity)| quantity).sum();
    let mut before = 0.0;
    let generators = (1..).zip(totals).map(|(rank, (actor, quantity))| {
        // The one that crosses 80 % is still an A: the first always is.
        let class = if before < A_UP_TO * whole {
            Class::A
        } else if before < B_UP_TO * whole {
            Class::B
        } else {
            Class::C
        };
        before += quantity;
        Generator { actor, rank, quantity, share: quantity / whole, cumulated: before / whole, class }
    });
    generators.collect()
}
