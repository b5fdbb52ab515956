//! Documented symbioses, each a territory of flows with the exchanges that really take place, read as an import would.

use std::path::Path;

use trame_synergies::flow::{Direction, Domain, Evidence, Flow, Position};
use trame_synergies::leads::{Index, Lead};
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::score::Settings;
use trame_synergies::suggest::{Asked, THRESHOLD, suggest};

/// A day after every change of the waste list.
const AS_IT_STANDS: &str = "9999-12-31";

/// A territory and its flows, as the files have them.
pub struct Territory {
    pub name: String,
    /// The file it comes from.
    pub group: String,
    pub flows: Vec<Flow>,
    /// Names of the exchanges each flow takes part in.
    exchanges: Vec<Vec<String>>,
    /// What its actor is called, by flow.
    pub actors: Vec<String>,
}

/// A real exchange and where it stands.
pub struct Found {
    pub from: usize,
    pub to: usize,
    /// Among the leads of the output, from 1; nothing when it is no lead.
    pub rank: Option<usize>,
    /// The leads above it, best first.
    pub above: Vec<Lead>,
}

impl Territory {
    /// Real exchanges: an output and an input that share a name.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let places = |direction| (0..self.flows.len()).filter(move |&at| self.flows[at].direction == direction);
        let shared = |from: usize, to: usize| self.exchanges[from].iter().any(|name| self.exchanges[to].contains(name));
        places(Direction::Out).flat_map(|from| places(Direction::In).filter(move |&to| shared(from, to)).map(move |to| (from, to))).collect()
    }

    /// Every real exchange, ranked among the leads of its output.
    pub fn found(&self, tables: &Nomenclature) -> Vec<Found> {
        let index = Index::new(tables, Settings::default(), &self.flows);
        let leads = index.leads();
        let found = self.pairs().into_iter().map(|(from, to)| {
            let own: Vec<Lead> = leads.iter().copied().filter(|lead| lead.from == from).collect();
            let rank = own.iter().position(|lead| lead.to == to);
            Found { from, to, rank: rank.map(|rank| rank + 1), above: own[..rank.unwrap_or(own.len())].to_vec() }
        });
        found.collect()
    }

    /// "label (actor) [type]"
    pub fn told(&self, tables: &Nomenclature, at: usize) -> String {
        let kind = self.flows[at].kind.map_or("sans type", |kind| tables.get(kind).code.as_str());
        format!("{} ({}) [{kind}]", self.flows[at].label, self.actors[at])
    }
}

/// All territories, in the order of the files and of their lines.
pub fn territories(tables: &Nomenclature) -> Vec<Territory> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/symbioses");
    let mut files: Vec<_> = sure(std::fs::read_dir(folder)).map(|entry| sure(entry).path()).collect();
    files.sort();
    let mut all: Vec<Territory> = Vec::new();
    for file in files {
        let group = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let mut rows = sure(csv::ReaderBuilder::new().delimiter(b';').from_path(&file));
        for row in rows.records() {
            let row = sure(row);
            if all.last().is_none_or(|last| last.name != row[0]) {
                all.push(Territory { name: row[0].to_owned(), group: group.clone(), flows: Vec::new(), exchanges: Vec::new(), actors: Vec::new() });
            }
            let Some(territory) = all.last_mut() else { continue };
            territory.flows.push(flow(tables, &row, territory.flows.len()));
            territory.exchanges.push(row[14].split_whitespace().map(str::to_owned).collect());
            territory.actors.push(row[1].to_owned());
        }
    }
    all
}

/// A flow, from a line of a file.
pub fn flow(tables: &Nomenclature, row: &csv::StringRecord, number: usize) -> Flow {
    let text = |at: usize| Some(row[at].to_owned()).filter(|text| !text.is_empty());
    let direction = if &row[5] == "out" { Direction::Out } else { Direction::In };
    let domain = match &row[6] {
        "water" => Domain::Water,
        "energy" => Domain::Energy,
        "material" => Domain::Material,
        "service" => Domain::Service,
        other => panic!("domain {other}"),
    };
    let waste_code = text(8).map(|code| code.chars().filter(char::is_ascii_digit).collect::<String>());
    let temperature = text(11).map(|degrees| sure(degrees.parse()));
    let activity = text(2);
    let asked = Asked {
        label: &row[7],
        domain: Some(domain),
        direction: Some(direction),
        waste_code: waste_code.as_deref(),
        activity: activity.as_deref(),
        temperature,
    };
    let found = suggest(tables, &asked).into_iter().next().filter(|found| found.confidence >= THRESHOLD);
    let kind = found.as_ref().map(|found| found.kind);
    let by_list = |code: &str| tables.waste(code, AS_IT_STANDS).is_some_and(|entry| entry.is_hazardous);
    let by_code = waste_code.as_deref().map(by_list);
    Flow {
        reference: format!("F{number:03}"),
        actor: row[1].to_owned(),
        direction,
        domain,
        kind,
        rival: found.and_then(|found| found.rival),
        label: row[7].to_owned(),
        is_hazardous: row[8].ends_with('*') || by_code.unwrap_or_else(|| kind.is_some_and(|kind| tables.get(kind).is_hazardous)),
        waste_code,
        quantity: text(9).map(|quantity| sure(quantity.parse())),
        temperature,
        quality: text(12).and_then(|name| {
            ["usee", "brute", "pluviale", "industrielle", "adoucie", "potable"].iter().zip(1..).find(|(known, _)| **known == name).map(|(_, class)| class)
        }),
        months: text(13).map(|_| 0x1ff),
        evidence: Evidence::Knowledge,
        position: Some(Position { latitude: sure(row[3].parse()), longitude: sure(row[4].parse()) }),
        activity,
    }
}

/// A file of the tests that does not read is a fault of the tests.
fn sure<T, E: std::fmt::Debug>(read: Result<T, E>) -> T {
    read.unwrap_or_else(|fault| panic!("{fault:?}"))
}
