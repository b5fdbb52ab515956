//! What the pictures are drawn from: the flows and leads of a dossier in one domain or all, its synergies, what was decided.

use std::collections::{BTreeMap, HashMap};

use trame_synergies::flow::{Direction, Domain, Flow};
use trame_synergies::leads::Lead;
use trame_synergies::nomenclature::TypeId;
use uuid::Uuid;

use super::sign;
use crate::framework::content::Content;
use crate::kit::french::{decimal, thousands};
use crate::leads::analysis::Analysis;
use crate::leads::decision::{Choice, Decisions, Subject};
use crate::leads::quantity;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// What the engine found.
    pub found: &'a Analysis,
    /// One domain, or all.
    pub domain: Option<Domain>,
    /// Synergies and perimeter, at least.
    pub content: &'a Content,
    /// What was decided.
    pub decisions: &'a Decisions,
}

/// A synergy of the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synergy {
    /// Row.
    pub row: Uuid,
    /// Title.
    pub title: String,
    /// Substitution, not mutualisation.
    pub is_substitution: bool,
    /// `lead`, `study`, `implemented`, `abandoned`; nothing when it was not said.
    pub status: String,
    /// Who gives and who takes.
    pub ends: Option<(Uuid, Uuid)>,
}

/// What an actor's flows weigh.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weight {
    /// Flows of each domain.
    pub domains: BTreeMap<Domain, usize>,
    /// Order of magnitude of each domain whose quantity is known, from 1 (under one unit a year) to 6 (over 10 000).
    pub classes: BTreeMap<Domain, usize>,
}

impl Weight {
    /// Domain of the most flows; among equals, of the biggest ones.
    pub fn domain(&self) -> Domain {
        let rank = |(domain, count): &(&Domain, &usize)| (**count, self.classes.get(*domain).copied().unwrap_or(0), std::cmp::Reverse(**domain));
        self.domains.iter().max_by_key(rank).map_or(Domain::Material, |(domain, _)| *domain)
    }

    /// The highest order of magnitude; zero when no quantity is known.
    pub fn class(&self) -> usize {
        self.classes.values().max().copied().unwrap_or(0)
    }

    /// Flows of every domain.
    pub fn flows(&self) -> usize {
        self.domains.values().sum()
    }
}

/// Orders of magnitude, in the unit of a domain a year.
pub const CLASSES: [&str; 7] = ["inconnu", "moins de 1", "1 à 10", "10 à 100", "100 à 1\u{a0}000", "1\u{a0}000 à 10\u{a0}000", "plus de 10\u{a0}000"];

/// Order of magnitude of a quantity.
pub fn class(quantity: f64) -> usize {
    [1.0, 10.0, 100.0, 1_000.0, 10_000.0].iter().filter(|bound| quantity >= **bound).count() + 1
}

impl<'a> Sight<'a> {
    /// Is a domain looked at?
    pub fn sees(&self, domain: Domain) -> bool {
        self.domain.is_none_or(|asked| asked == domain)
    }

    /// Flows looked at, with their places.
    pub fn flows(self) -> impl Iterator<Item = (usize, &'a Flow)> {
        self.found.read.flows.iter().enumerate().filter(move |(_, flow)| self.sees(flow.domain))
    }

    /// Leads whose output is looked at, best first.
    pub fn leads(self) -> impl Iterator<Item = &'a Lead> {
        self.found.leads.iter().filter(move |lead| self.sees(self.found.flow(lead.from).domain))
    }

    /// Name of an actor.
    pub fn name(&self, actor: Uuid) -> &'a str {
        self.found.read.actors.get(&actor).map_or("acteur retiré", |actor| actor.name.as_str())
    }

    /// Row of the actor of a flow.
    pub fn actor(&self, at: usize) -> Uuid {
        self.found.source(at).actor
    }

    /// Name of a type.
    pub fn kind(&self, kind: TypeId) -> String {
        self.found.tables.get(kind).label.replace('\'', "’")
    }

    /// What a flow is called: its type, else its own words.
    pub fn called(&self, at: usize) -> String {
        let flow = self.found.flow(at);
        flow.kind.map_or_else(|| flow.label.clone(), |kind| self.kind(kind))
    }

    /// Actors that have flows looked at.
    pub fn weights(self) -> BTreeMap<Uuid, Weight> {
        let mut sums: BTreeMap<(Uuid, Domain), f64> = BTreeMap::new();
        let mut weights: BTreeMap<Uuid, Weight> = BTreeMap::new();
        for (at, flow) in self.flows() {
            let actor = self.actor(at);
            *weights.entry(actor).or_default().domains.entry(flow.domain).or_default() += 1;
            if let Some(quantity) = flow.known_quantity() {
                *sums.entry((actor, flow.domain)).or_default() += quantity;
            }
        }
        for ((actor, domain), sum) in sums {
            if let Some(weight) = weights.get_mut(&actor) {
                weight.classes.insert(domain, class(sum));
            }
        }
        weights
    }

    /// Synergies of the dossier, those given up left out.
    pub fn synergies(&self) -> Vec<Synergy> {
        let all = self.content.rows("synergy").filter(|unit| !unit.is_blank() && unit.text("status") != "abandoned");
        all.map(|unit| Synergy {
            row: unit.row,
            title: unit.text("title").to_owned(),
            is_substitution: unit.text("kind") == "substitution",
            status: unit.text("status").to_owned(),
            ends: unit.row_of("emitter").zip(unit.row_of("receiver")),
        })
        .collect()
    }

    /// Types that a substitution links: those of the lead that it comes from, else of the best lead between its actors, else of
    /// their only flows.
    pub fn types_of(&self, synergy: &Synergy) -> Option<(TypeId, TypeId)> {
        let find = |code: &str| self.found.tables.find(code);
        let kinds = |lead: &Lead| self.found.flow(lead.from).kind.zip(self.found.flow(lead.to).kind);
        let mut promoted = self.decisions.each().filter(|(_, decision)| decision.choice == Choice::Promoted && decision.synergy == Some(synergy.row));
        let rows: HashMap<Uuid, usize> = self.found.read.sources.iter().enumerate().map(|(at, source)| (source.row, at)).collect();
        let of_subject = |subject: Subject| match subject {
            Subject::Type(out, input) => find(&out).zip(find(&input)),
            Subject::Pair(from, to) => self.found.flow(*rows.get(&from)?).kind.zip(self.found.flow(*rows.get(&to)?).kind),
            Subject::Group(..) | Subject::Gap(_) => None,
        };
        promoted.find_map(|(subject, _)| of_subject(subject)).or_else(|| {
            let (emitter, receiver) = synergy.ends?;
            let between = |lead: &&Lead| (self.actor(lead.from), self.actor(lead.to)) == (emitter, receiver);
            self.found.leads.iter().find(between).and_then(kinds).or_else(|| Some((self.only(emitter, Direction::Out)?, self.only(receiver, Direction::In)?)))
        })
    }

    /// The type of an actor's flows in that direction, when they have only one.
    fn only(&self, actor: Uuid, direction: Direction) -> Option<TypeId> {
        let own = self.found.read.flows.iter().enumerate().filter(|(at, flow)| flow.direction == direction && self.actor(*at) == actor);
        let mut kinds: Vec<Option<TypeId>> = own.map(|(_, flow)| flow.kind).collect();
        kinds.dedup();
        if let [Some(kind)] = kinds.as_slice() { Some(*kind) } else { None }
    }
}

/// "3 400 t/an", with a decimal under ten; nothing when it is unknown.
pub fn amount(quantity: Option<f64>, domain: Domain) -> String {
    quantity.map(|quantity| format!("{}\u{a0}{}", figure(quantity), quantity::unit(domain))).unwrap_or_default()
}

/// A quantity: whole, with a decimal under ten.
pub fn figure(quantity: f64) -> String {
    if quantity < 10.0 { decimal(format!("{quantity:.1}"), 1) } else { thousands(whole(quantity)) }
}

#[expect(clippy::cast_possible_truncation, reason = "quantities of a territory")]
fn whole(quantity: f64) -> i64 {
    quantity.round() as i64
}

/// "M 3, É 1": flows of each domain.
pub fn told(weight: &Weight) -> String {
    weight.domains.iter().map(|(domain, count)| format!("{} {count}", sign::of(*domain).label)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub mod sample {
    //! A territory for the tests of the pictures.

    use std::sync::Arc;

    use trame_synergies::nomenclature::Nomenclature;
    use trame_synergies::score::Settings;

    use super::*;
    use crate::framework::content::{Unit, Value};
    use crate::leads::flows::{Forgetful, read};

    /// A row of that kind.
    pub fn row(kind: &str, no: u128, fields: &[(&str, &str)]) -> Unit {
        let mut unit = Unit::blank(kind, Uuid::from_u128(no), None);
        for (key, value) in fields {
            unit.fields.insert((*key).to_owned(), Value::Text((*value).to_owned()));
        }
        unit
    }

    /// That many actors around Cognac: each gives wood chips and needs litter, cartons leave them all.
    pub fn content(actors: u128) -> Content {
        let communes = ["16102", "16089", "16167", "16366"];
        let mut units: Vec<Unit> = communes.iter().zip(9_000..).map(|(code, no)| row("perimeter_commune", no, &[("commune", code)])).collect();
        for no in 1..=actors {
            let name = if no % 5 == 0 { format!("Acteur {no}, coopérative agricole et viticole des Borderies") } else { format!("Acteur {no}") };
            let commune = communes[usize::try_from(no % 3).unwrap_or(0)];
            units.push(row("stakeholder", no, &[("name", &name), ("commune", commune), ("kind", "company")]));
            let (actor, amount) = (Uuid::from_u128(no).to_string(), (no * no * 10).to_string());
            let flow = |no: u128, direction: &str, domain: &str, kind: &str, rest: &[(&str, &str)]| {
                let mut fields = vec![("actor", actor.as_str()), ("direction", direction), ("domain", domain), ("label", kind), ("type", kind)];
                fields.extend_from_slice(rest);
                row("flow", no, &fields)
            };
            units.push(flow(1_000 + no, "out", "material", "cartons", &[("quantity", &amount), ("unit", "t"), ("evidence", "declared")]));
            units.push(flow(2_000 + no, "in", "service", "gardiennage", &[]));
            if no % 2 == 0 {
                units.push(flow(3_000 + no, "in", "material", "cartons", &[("quantity", "40"), ("unit", "t"), ("evidence", "statistics")]));
                units.push(flow(4_000 + no, "out", "energy", "vapeur-haute", &[("quantity", "900"), ("unit", "MWh")]));
            } else {
                units.push(flow(5_000 + no, "in", "energy", "vapeur-basse", &[]));
            }
        }
        Content { units, filled_slots: Vec::new() }
    }

    /// What the engine finds in it.
    pub fn found(content: &Content) -> Analysis {
        let tables = Nomenclature::shared();
        let read = read(&tables, content, &Forgetful);
        Analysis::of(Arc::clone(&tables), Settings::default(), read)
    }

    /// Looks at a territory of that many actors.
    pub fn with<T>(actors: u128, domain: Option<Domain>, work: impl FnOnce(Sight<'_>) -> T) -> T {
        let content = content(actors);
        let (found, decisions) = (found(&content), Decisions::default());
        work(Sight { found: &found, domain, content: &content, decisions: &decisions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_an_order_of_magnitude() {
        assert_eq!([0.5, 1.0, 99.0, 100.0, 9_999.0, 10_000.0].map(class), [1, 2, 3, 4, 5, 6]);
        assert_eq!(amount(Some(3_400.4), Domain::Material), "3\u{202f}400\u{a0}t/an");
        assert_eq!((amount(Some(2.54), Domain::Water).as_str(), amount(None, Domain::Water).as_str()), ("2,5\u{a0}m³/an", ""));
    }

    #[test]
    fn an_actor_is_of_the_domain_of_most_of_its_flows() {
        sample::with(4, None, |sight| {
            let weights = sight.weights();
            assert_eq!(weights.len(), 4);
            let two = &weights[&Uuid::from_u128(2)];
            assert_eq!((two.domain(), two.flows(), told(two).as_str()), (Domain::Material, 4, "énergie 1, matière 2, service 1"));
            assert_eq!(two.class(), 4, "900 MWh outweigh 80 t");
        });
        sample::with(4, Some(Domain::Energy), |sight| {
            assert!(sight.weights().values().all(|weight| weight.domain() == Domain::Energy));
            assert!(sight.leads().all(|lead| sight.found.flow(lead.from).domain == Domain::Energy) && sight.leads().count() > 0);
        });
    }
}
