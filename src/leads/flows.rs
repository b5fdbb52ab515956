//! The flows of a dossier as the engine reads them, each with what it was made from.

use std::collections::{BTreeMap, HashMap};

use trame_synergies::flow::{Direction, Domain, Evidence, Flow, Position};
use trame_synergies::nomenclature::{Nomenclature, TypeId};
use trame_synergies::suggest::{self, Asked, Suggestion};
use uuid::Uuid;

use super::quantity::{Quantity, normalised};
use crate::framework::content::{Content, Unit};
use crate::kit::french::fold;
use crate::kit::territory;
use crate::project::draw::row_name;

/// A day after every change of the waste list.
const AS_IT_STANDS: &str = "9999-12-31";

/// Where a flow's type comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// Chosen by a person.
    Chosen,
    /// Suggested with enough confidence, and why.
    Suggested(Suggestion),
    /// Nobody knows: the best guess, if any, is under the threshold.
    Unknown(Option<Suggestion>),
}

/// Where an actor's position comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// Its own coordinates.
    Site,
    /// The town hall of its commune.
    TownHall,
    /// Nowhere.
    Nowhere,
}

/// What a flow was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Row of the flow.
    pub row: Uuid,
    /// Its version: what a form about it was drawn from.
    pub version: i32,
    /// Row of its actor.
    pub actor: Uuid,
    /// Type.
    pub typed: Typed,
    /// Position.
    pub placed: Placed,
    /// Assumption behind the quantity, or nothing.
    pub assumption: &'static str,
    /// What its actor agrees to show: `private`, `facilitator`, `partners`, `public`; empty when nothing was said.
    pub visibility: String,
}

/// An actor of the dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// Row.
    pub row: Uuid,
    /// Name.
    pub name: String,
    /// Where its site is.
    pub position: Option<Position>,
    /// How it is placed.
    pub placed: Placed,
    /// INSEE code of its commune, or nothing.
    pub commune: String,
    /// NAF code, or nothing.
    pub activity: String,
    /// Outside the perimeter.
    pub is_outside: bool,
    /// Shown to nobody outside the team.
    pub is_confidential: bool,
}

/// Flows ready for the engine; `sources[i]` is what `flows[i]` was made from.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// Flows, in the order of their references.
    pub flows: Vec<Flow>,
    /// Where they come from.
    pub sources: Vec<Source>,
    /// Actors by row.
    pub actors: BTreeMap<Uuid, Actor>,
}

/// Remembers the suggestions already made: they depend on nothing but what was asked.
pub trait Memory {
    /// The suggestion for that question, made once.
    fn suggestion(&self, tables: &Nomenclature, asked: &Asked<'_>) -> Option<Suggestion>;
}

/// No memory: every suggestion is made again.
#[derive(Debug)]
pub struct Forgetful;

impl Memory for Forgetful {
    fn suggestion(&self, tables: &Nomenclature, asked: &Asked<'_>) -> Option<Suggestion> {
        suggest::suggest(tables, asked).into_iter().next()
    }
}

/// Reads the flows of a dossier. Those without actor, direction, domain or label are left out: they are not described yet.
pub fn read(tables: &Nomenclature, content: &Content, memory: &impl Memory) -> Read {
    let actors: BTreeMap<Uuid, Actor> = content.rows("stakeholder").map(|unit| (unit.row, actor(unit))).collect();
    let mut pairs: Vec<(Flow, Source)> = content.rows("flow").filter_map(|unit| flow(tables, unit, &actors, memory)).collect();
    apart(&mut pairs);
    pairs.sort_by(|(a, _), (b, _)| a.reference.cmp(&b.reference));
    let (flows, sources) = pairs.into_iter().unzip();
    Read { flows, sources, actors }
}

/// Two flows of one reference: the rows tell them apart.
fn apart(pairs: &mut [(Flow, Source)]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (flow, _) in pairs.iter() {
        *seen.entry(flow.reference.clone()).or_default() += 1;
    }
    for (flow, source) in pairs.iter_mut().filter(|(flow, _)| seen.get(&flow.reference).is_some_and(|count| *count > 1)) {
        flow.reference = format!("{} ({})", flow.reference, &source.row.simple().to_string()[26..]);
    }
}

/// An actor, as its row tells it.
pub fn actor(unit: &Unit) -> Actor {
    let own = number(unit, "lat").zip(number(unit, "lon")).map(|(latitude, longitude)| Position { latitude, longitude });
    let hall = || territory::commune(unit.text("commune"))?.position().map(|(x, y)| Position { latitude: degrees(y), longitude: degrees(x) });
    let (position, placed) = match own {
        Some(own) => (Some(own), Placed::Site),
        None => hall().map_or((None, Placed::Nowhere), |hall| (Some(hall), Placed::TownHall)),
    };
    Actor {
        row: unit.row,
        name: row_name(unit),
        position,
        placed,
        commune: unit.text("commune").to_owned(),
        activity: unit.text("naf").to_owned(),
        is_outside: unit.flag("outside_perimeter"),
        is_confidential: unit.flag("confidential"),
    }
}

fn degrees(ten_thousandths: i32) -> f64 {
    f64::from(ten_thousandths) / 10_000.0
}

/// A number kept as its canonical text.
fn number(unit: &Unit, key: &str) -> Option<f64> {
    unit.text(key).parse().ok().filter(|number: &f64| number.is_finite())
}

fn flow(tables: &Nomenclature, unit: &Unit, actors: &BTreeMap<Uuid, Actor>, memory: &impl Memory) -> Option<(Flow, Source)> {
    let actor = actors.get(&unit.row_of("actor")?)?;
    let (direction, domain) = (direction(unit.text("direction"))?, domain(unit.text("domain"))?);
    let label = Some(unit.text("label")).filter(|label| !label.is_empty())?;
    let waste_code = Some(unit.text("waste_code").chars().filter(char::is_ascii_digit).collect::<String>()).filter(|code| code.len() == 6);
    let temperature = number(unit, "temperature");
    let activity = Some(actor.activity.clone()).filter(|code| !code.is_empty());
    let asked =
        Asked { label, domain: Some(domain), direction: Some(direction), waste_code: waste_code.as_deref(), activity: activity.as_deref(), temperature };
    let typed = typed(tables, unit, &asked, memory);
    let kind = match &typed {
        Typed::Chosen => tables.find(unit.text("type")),
        Typed::Suggested(found) => Some(found.kind),
        Typed::Unknown(_) => None,
    };
    let rival = if let Typed::Suggested(found) = &typed { found.rival } else { None };
    let quantity = number(unit, "quantity").and_then(|value| normalised(domain, value, unit.text("unit")));
    let is_hazardous = is_hazardous(tables, unit, waste_code.as_deref(), kind);
    let source = Source {
        row: unit.row,
        version: unit.version,
        actor: actor.row,
        typed,
        placed: actor.placed,
        assumption: quantity.as_ref().map_or("", |quantity: &Quantity| quantity.assumption),
        visibility: unit.text("visibility").to_owned(),
    };
    let flow = Flow {
        reference: unit.reference(),
        actor: actor.row.to_string(),
        direction,
        domain,
        kind,
        rival,
        label: label.to_owned(),
        is_hazardous,
        quantity: quantity.map(|quantity| quantity.value),
        temperature,
        quality: quality(unit.text("quality")),
        months: months(unit.many("months")),
        evidence: evidence(unit.text("evidence")),
        position: actor.position,
        activity,
        waste_code,
    };
    Some((flow, source))
}

fn typed(tables: &Nomenclature, unit: &Unit, asked: &Asked<'_>, memory: &impl Memory) -> Typed {
    if tables.find(unit.text("type")).is_some() {
        return Typed::Chosen;
    }
    match memory.suggestion(tables, asked) {
        Some(found) if found.confidence >= suggest::THRESHOLD => Typed::Suggested(found),
        other => Typed::Unknown(other),
    }
}

/// By the star typed, by the entry of the list, or by the type itself.
fn is_hazardous(tables: &Nomenclature, unit: &Unit, code: Option<&str>, kind: Option<TypeId>) -> bool {
    let by_list = |code: &str| tables.waste(code, AS_IT_STANDS).is_some_and(|entry| entry.is_hazardous);
    unit.text("waste_code").ends_with('*') || code.is_some_and(by_list) || code.is_none() && kind.is_some_and(|kind| tables.get(kind).is_hazardous)
}

/// Direction of that key.
pub fn direction(key: &str) -> Option<Direction> {
    match key {
        "in" => Some(Direction::In),
        "out" => Some(Direction::Out),
        _ => None,
    }
}

/// Domain of that key.
pub fn domain(key: &str) -> Option<Domain> {
    match key {
        "water" => Some(Domain::Water),
        "energy" => Some(Domain::Energy),
        "material" => Some(Domain::Material),
        "service" => Some(Domain::Service),
        _ => None,
    }
}

/// An origin not stated is the carrier's knowledge: it is the carrier who types.
fn evidence(key: &str) -> Evidence {
    match key {
        "measured" => Evidence::Measured,
        "declared" => Evidence::Declared,
        "statistics" => Evidence::Statistics,
        _ => Evidence::Knowledge,
    }
}

/// The quality ladder of water, 1 (used) to 6 (drinking).
fn quality(key: &str) -> Option<u8> {
    ["usee", "brute", "pluviale", "industrielle", "adoucie", "potable"].iter().zip(1..).find(|(name, _)| fold(key) == **name).map(|(_, class)| class)
}

fn months(many: &[String]) -> Option<u16> {
    let mask =
        many.iter().filter_map(|month| month.parse::<u16>().ok()).filter(|month| (1..=12).contains(month)).fold(0, |mask, month| mask | 1 << (month - 1));
    (mask > 0).then_some(mask)
}
