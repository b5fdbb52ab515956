//! Leads between the dossiers of a call. Only public flows of actors that are not confidential come in; a company that two
//! dossiers describe is one actor; a pair holds two flows of different dossiers.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use trame_synergies::aggregate::{SynergyType, synergy_types};
use trame_synergies::explain;
use trame_synergies::flow::{Direction, Domain, Flow};
use trame_synergies::leads::{BEST, Index, Lead};
use trame_synergies::nomenclature::{Nomenclature, TypeId};
use trame_synergies::pool::{Pool, pools};
use trame_synergies::score::{Settings, assess};
use uuid::Uuid;

use super::store::Territory;
use crate::access::policy;
use crate::framework::content::{Content, Unit};
use crate::framework::flow_type;
use crate::kit::french::fold;
use crate::kit::ids::ProjectId;
use crate::leads::flows::{self, Memory};
use crate::leads::settings::Published;

/// Actors from which an aggregate shows its values.
pub const LEAST: usize = 3;

/// A public flow of a dossier.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Place of the dossier among those of the view.
    pub territory: usize,
    /// Name of the actor.
    pub actor: String,
}

/// What the dossiers of a call could exchange with each other.
#[derive(Debug)]
pub struct View {
    /// Dossiers read.
    pub territories: Vec<Territory>,
    /// Settings of the call.
    pub published: Published,
    /// Tables of the engine.
    pub tables: Arc<Nomenclature>,
    /// Public flows.
    pub flows: Vec<Flow>,
    /// Where each comes from.
    pub origins: Vec<Origin>,
    /// Leads between dossiers, best first.
    pub leads: Vec<Lead>,
    /// The same by types.
    pub types: Vec<SynergyType>,
    /// Groups that span at least two dossiers.
    pub pools: Vec<Pool>,
}

impl View {
    /// Reads the flows and runs the engine: some time, off the async threads.
    pub fn of(
        tables: Arc<Nomenclature>,
        published: Published,
        territories: Vec<Territory>,
        contents: &HashMap<ProjectId, Content>,
        memory: &impl Memory,
    ) -> Self {
        let (mut flows, mut origins) = (Vec::new(), Vec::new());
        for (at, territory) in territories.iter().enumerate() {
            if let Some(content) = contents.get(&territory.id) {
                read(&tables, content, (at, territory), memory, &mut flows, &mut origins);
            }
        }
        let settings = published.settings();
        let leads = between(&tables, settings, &flows, &origins);
        let types = synergy_types(&flows, &leads);
        let spans = |pool: &Pool| pool.members.iter().chain(&pool.offers).map(|at| origins[*at].territory).collect::<BTreeSet<_>>().len() > 1;
        let pools = pools(&tables, &flows).into_iter().filter(spans).collect();
        Self { territories, published, tables, flows, origins, leads, types, pools }
    }

    /// The dossier of a flow.
    pub fn territory(&self, flow: usize) -> &Territory {
        &self.territories[self.origins[flow].territory]
    }

    /// The sentence that justifies a lead: orders of magnitude only.
    pub fn reason(&self, lead: Lead) -> String {
        let (from, to) = (&self.flows[lead.from], &self.flows[lead.to]);
        assess(&self.tables, &self.published.settings(), from, to).map_or_else(String::new, |found| explain::reason(&self.tables, from, to, &found))
    }

    /// Numbers of the dossiers that a group spans.
    pub fn dossiers(&self, pool: &Pool) -> Vec<i32> {
        let numbers: BTreeSet<i32> = pool.members.iter().chain(&pool.offers).map(|at| self.territory(*at).number).collect();
        numbers.into_iter().collect()
    }

    /// Name of a type.
    pub fn kind(&self, kind: TypeId) -> String {
        flow_type::label(&self.tables.get(kind).code)
    }

    /// An amount of several actors as a magnitude; hidden under three actors, and when nobody knows.
    pub fn amount(&self, kind: TypeId, actors: usize, total: Option<f64>) -> String {
        let domain = self.tables.get(kind).domain;
        match total {
            _ if domain == Domain::Service => String::new(),
            _ if actors < LEAST => "moins de trois acteurs".to_owned(),
            Some(total) => explain::magnitude(total, domain),
            None => "inconnu".to_owned(),
        }
    }
}

/// "12", or that there are fewer than three.
pub fn crowd(actors: usize) -> String {
    if actors < LEAST { "moins de trois".to_owned() } else { actors.to_string() }
}

/// Adds the public flows of a dossier.
fn read(
    tables: &Nomenclature,
    content: &Content,
    (at, territory): (usize, &Territory),
    memory: &impl Memory,
    flows: &mut Vec<Flow>,
    origins: &mut Vec<Origin>,
) {
    let same: HashMap<Uuid, String> = content.rows("stakeholder").map(|unit| (unit.row, identity(unit))).collect();
    let found = flows::read(tables, content, memory);
    for (mut flow, source) in found.flows.into_iter().zip(found.sources) {
        let Some(actor) = found.actors.get(&source.actor) else { continue };
        if !policy::region_flow(&source.visibility, actor.is_confidential) {
            continue;
        }
        flow.reference = format!("{}:{}", territory.number, flow.reference);
        flow.actor = same.get(&actor.row).cloned().unwrap_or_default();
        flows.push(flow);
        origins.push(Origin { territory: at, actor: actor.name.clone() });
    }
}

/// What tells that two dossiers describe one company: its SIRET, else its name and commune.
fn identity(unit: &Unit) -> String {
    match unit.text("siret") {
        "" => format!("{}|{}", fold(unit.text("name")), unit.text("commune")),
        siret => siret.to_owned(),
    }
}

/// Leads between two dossiers, the ten best of each side, best first. The engine knows no dossier: it is given the outputs of one
/// and the inputs of the others, dossier after dossier.
fn between(tables: &Nomenclature, settings: Settings, flows: &[Flow], origins: &[Origin]) -> Vec<Lead> {
    let territories: BTreeSet<usize> = origins.iter().map(|origin| origin.territory).collect();
    let mut found: Vec<Lead> = Vec::new();
    for territory in territories {
        let is_in = |at: &usize| (origins[*at].territory == territory) == (flows[*at].direction == Direction::Out);
        let places: Vec<usize> = (0..flows.len()).filter(is_in).collect();
        let part: Vec<Flow> = places.iter().map(|at| flows[*at].clone()).collect();
        let leads = Index::new(tables, settings, &part).leads();
        found.extend(leads.into_iter().map(|lead| Lead { from: places[lead.from], to: places[lead.to], score: lead.score }));
    }
    best(flows, found)
}

/// Those among the ten best of their output or of their input.
fn best(flows: &[Flow], mut leads: Vec<Lead>) -> Vec<Lead> {
    let magnitude = |lead: &Lead| [lead.from, lead.to].into_iter().filter_map(|at| flows[at].known_quantity()).fold(0.0, f64::max);
    leads.sort_by(|a, b| {
        let names = |lead: &Lead| (&flows[lead.from].reference, &flows[lead.to].reference);
        b.score.cmp(&a.score).then(magnitude(b).total_cmp(&magnitude(a))).then_with(|| names(a).cmp(&names(b)))
    });
    let mut seen: [HashMap<usize, usize>; 2] = [HashMap::new(), HashMap::new()];
    leads.retain(|lead| {
        let mut is_best = false;
        for (side, at) in seen.iter_mut().zip([lead.from, lead.to]) {
            let count = side.entry(at).or_default();
            *count += 1;
            is_best |= *count <= BEST;
        }
        is_best
    });
    leads
}
