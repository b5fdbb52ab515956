//! A flow boiled down to what scoring reads: small, interned, computed once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::flow::{Direction, Domain, Evidence, Flow, Position};
use crate::nomenclature::{Nomenclature, TypeId};
use crate::suggest::{Asked, THRESHOLD, suggest};

/// Mean radius of the Earth, km (IUGG).
pub const EARTH_KM: f64 = 6371.0088;

/// Kilometres of one degree of latitude.
pub const DEGREE_KM: f64 = EARTH_KM * std::f64::consts::PI / 180.0;

/// What the likeliest type of a flow without type counts for.
pub const GUESS: f64 = 0.85;

/// Types a flow without type is tried as.
pub const GUESSES: usize = 3;

/// What a purpose counts for, times the compatibility of the rule that tells it.
pub const PURPOSE: f64 = 0.85;

/// Purposes a need is tried as.
const PURPOSES: usize = 3;

/// Under this compatibility what is bought tells nothing of the purpose.
const LEAST_PURPOSE: f64 = 0.70;

/// Under this confidence a type is not even tried.
const LEAST_CONFIDENCE: u8 = 15;

/// The lowest class of water quality: used.
const WORST: u8 = 1;

/// Words that say nothing of what a flow is.
const NOISE: [&str; 32] = [
    "avec",
    "besoin",
    "cherche",
    "cherchons",
    "chez",
    "dans",
    "dechet",
    "dechets",
    "des",
    "disponible",
    "donne",
    "entre",
    "environ",
    "les",
    "mois",
    "nos",
    "notre",
    "par",
    "pas",
    "petit",
    "plus",
    "pour",
    "produit",
    "recherche",
    "reste",
    "sans",
    "semaine",
    "sous",
    "sur",
    "tonnes",
    "une",
    "vers",
];

/// What scoring reads of a flow.
#[derive(Debug, Clone)]
pub struct Facts {
    pub(crate) actor: u32,
    pub(crate) kind: Option<TypeId>,
    /// Of a flow without type, those its label may mean; of one whose type was suggested, its rival; and how much each counts.
    guesses: Box<[(TypeId, f64)]>,
    /// Of a need: what its activity does with what it asks for, and how much each counts.
    purposes: Box<[(TypeId, f64)]>,
    pub(crate) domain: Domain,
    /// Yearly, strictly positive.
    pub(crate) quantity: Option<f64>,
    /// The power of ten of the quantity, shifted above zero; 0 when unknown.
    pub(crate) magnitude: u8,
    /// Never empty.
    pub(crate) months: Option<u16>,
    pub(crate) confidence: f64,
    pub(crate) place: Option<Place>,
    pub(crate) temperature: Option<f64>,
    pub(crate) quality: Option<u8>,
    /// First four digits of the waste code.
    pub(crate) sub_chapter: Option<u16>,
    pub(crate) is_hazardous: bool,
    /// The actor grows, rears, fishes, or makes food, drinks or feed.
    pub(crate) feeds: bool,
    /// Its label speaks of food, feed or drinking water.
    pub(crate) is_eaten: bool,
    /// A bit per word and for the sub-chapter: no common bit, nothing in common.
    pub(crate) signature: u64,
    /// Hashes of the telling words of the label, sorted.
    pub(crate) words: Box<[u32]>,
    /// The types that its activity usually takes, of a need; that it usually gives, of an offer. Shared by all flows of one activity.
    usual: Option<Arc<[u64]>>,
}

/// Whether a set of types, a bit each, holds that one.
pub(crate) fn has_bit(bits: &[u64], kind: TypeId) -> bool {
    bits.get(usize::from(kind.0) / 64).is_some_and(|word| word >> (kind.0 % 64) & 1 == 1)
}

/// What each activity usually takes and gives, read once.
#[derive(Debug, Default)]
pub(crate) struct Usual<'a> {
    known: HashMap<(&'a str, Direction), Arc<[u64]>>,
}

impl<'a> Usual<'a> {
    fn of(&mut self, tables: &Nomenclature, naf: &'a str, direction: Direction) -> Arc<[u64]> {
        let read = || {
            let mut bits = vec![0_u64; tables.types().len().div_ceil(64)];
            for (at, kind) in tables.types().iter().enumerate() {
                let is_usual = if direction == Direction::Out { kind.is_given_by(naf) } else { kind.is_taken_by(naf) };
                bits[at / 64] |= u64::from(is_usual) << (at % 64);
            }
            bits.into()
        };
        Arc::clone(self.known.entry((naf, direction)).or_insert_with(read))
    }
}

/// A position and its point on the unit sphere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) latitude: f64,
    point: [f64; 3],
}

impl Place {
    pub(crate) fn new(position: Position) -> Option<Self> {
        let Position { latitude, longitude } = position;
        let is_on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let (phi, lambda) = (latitude.to_radians(), longitude.to_radians());
        is_on_earth.then(|| Self { latitude, point: [phi.cos() * lambda.cos(), phi.cos() * lambda.sin(), phi.sin()] })
    }

    /// Square of the straight line through the Earth, km²: never longer than the way over it.
    pub(crate) fn chord_squared(&self, other: &Self) -> f64 {
        let [x, y, z] = [0, 1, 2].map(|axis| self.point[axis] - other.point[axis]);
        EARTH_KM * EARTH_KM * (x * x + y * y + z * z)
    }

    /// Great-circle distance, km: the haversine, by the chord.
    pub(crate) fn distance(&self, other: &Self) -> f64 {
        let half = (self.chord_squared(other).sqrt() / (2.0 * EARTH_KM)).min(1.0);
        2.0 * EARTH_KM * half.asin()
    }
}

/// Great-circle distance between two positions, km; nothing when one is not on Earth.
pub fn distance_km(a: Position, b: Position) -> Option<f64> {
    Some(Place::new(a)?.distance(&Place::new(b)?))
}

impl Facts {
    /// Reads one flow; `actor` is its number among the actors.
    pub(crate) fn new(tables: &Nomenclature, flow: &Flow, actor: u32) -> Self {
        Self::with(&mut Usual::default(), tables, flow, actor)
    }

    fn with<'a>(usual: &mut Usual<'a>, tables: &Nomenclature, flow: &'a Flow, actor: u32) -> Self {
        let mut facts = Self {
            purposes: Box::default(),
            signature: 0,
            actor,
            kind: flow.kind,
            guesses: if flow.kind.is_none() { guesses(tables, flow) } else { rival(tables, flow) },
            domain: flow.domain,
            quantity: flow.known_quantity(),
            magnitude: magnitude(flow.known_quantity()),
            months: flow.known_months(),
            confidence: confidence(flow.evidence),
            place: flow.position.and_then(Place::new),
            temperature: flow.temperature.filter(|degrees| degrees.is_finite()),
            quality: flow.quality.filter(|_| !is_effluent(tables, flow)),
            sub_chapter: flow.waste_code.as_deref().and_then(|code| code.get(..4)?.parse().ok()),
            is_hazardous: flow.is_hazardous || flow.kind.is_some_and(|kind| tables.get(kind).is_hazardous),
            feeds: flow.activity.as_deref().is_some_and(|naf| ["01", "03", "10", "11"].iter().any(|division| naf.starts_with(division))),
            is_eaten: is_eaten(&flow.label),
            words: words(&flow.label),
            usual: flow.activity.as_deref().map(|naf| usual.of(tables, naf, flow.direction)),
        };
        facts.signature = facts.words.iter().chain(&facts.sub_chapter.map(u32::from)).fold(0, |bits, word| bits | 1_u64 << (word % 64));
        if flow.direction == Direction::In && facts.usual.is_some() {
            facts.purposes = facts.purposes(tables);
        }
        facts
    }

    /// A need is often told by what is bought today: lime at a sewage works neutralises, silica at a cement works makes clinker. What
    /// else does may serve. The rule from the one to the other says how surely.
    fn purposes(&self, tables: &Nomenclature) -> Box<[(TypeId, f64)]> {
        let mut purposes: Vec<(TypeId, f64)> = Vec::new();
        for (kind, share) in self.kinds() {
            let is_known = |other: TypeId| self.kinds().any(|(known, _)| known == other);
            for outlet in
                tables.outlets(kind).iter().filter(|outlet| self.is_usual(outlet.input) && !is_known(outlet.input) && is_use(tables, kind, outlet.input))
            {
                let worth = share * PURPOSE * tables.rules()[outlet.rule].compat;
                match purposes.iter_mut().find(|(known, _)| *known == outlet.input) {
                    Some((_, held)) => *held = held.max(worth),
                    None if tables.rules()[outlet.rule].compat >= LEAST_PURPOSE => purposes.push((outlet.input, worth)),
                    None => {}
                }
            }
        }
        purposes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        purposes.truncate(PURPOSES);
        purposes.into()
    }

    /// Whether its activity usually takes, or gives, a flow of that type.
    pub(crate) fn is_usual(&self, kind: TypeId) -> bool {
        self.usual.as_ref().is_some_and(|bits| has_bit(bits, kind))
    }

    /// Adds the types that its activity usually takes or gives.
    pub(crate) fn add_usual(&self, all: &mut Vec<u64>) {
        let own = self.usual.as_deref().unwrap_or_default();
        all.resize(all.len().max(own.len()), 0);
        for (all, own) in all.iter_mut().zip(own) {
            *all |= own;
        }
    }

    /// Its type, when there is no doubt.
    pub(crate) fn sure(&self) -> Option<TypeId> {
        self.kind.filter(|_| self.guesses.is_empty() && self.purposes.is_empty())
    }

    /// Whether it is read so only by what its activity does.
    pub(crate) fn is_purpose(&self, kind: TypeId) -> bool {
        self.purposes.iter().any(|(known, _)| *known == kind)
    }

    /// Its type, or those it may be of, and how much each counts.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (TypeId, f64)> + Clone + '_ {
        self.kind.map(|kind| (kind, 1.0)).into_iter().chain(self.guesses.iter().copied()).chain(self.purposes.iter().copied())
    }
}

/// Whoever offers treated water still says "usée" of it: its type knows better.
fn is_effluent(tables: &Nomenclature, flow: &Flow) -> bool {
    flow.quality == Some(WORST)
        && flow.kind.is_some_and(|kind| tables.get(kind).quality.is_some_and(|class| class > WORST) && tables.get(tables.family(kind)).code == "effluents")
}

/// The best suggestion counts for [`GUESS`], the others in proportion of their confidence.
fn guesses(tables: &Nomenclature, flow: &Flow) -> Box<[(TypeId, f64)]> {
    let asked = Asked {
        label: &flow.label,
        domain: Some(flow.domain),
        direction: Some(flow.direction),
        waste_code: flow.waste_code.as_deref(),
        activity: flow.activity.as_deref(),
        temperature: flow.temperature,
    };
    let found = suggest(tables, &asked);
    let best = f64::from(found.first().map_or(0, |found| found.confidence).max(THRESHOLD));
    let likely = found.iter().filter(|found| found.confidence >= LEAST_CONFIDENCE && tables.get(found.kind).domain.may_be(flow.domain)).take(GUESSES);
    likely.map(|found| (found.kind, GUESS * f64::from(found.confidence) / best)).collect()
}

fn rival(tables: &Nomenclature, flow: &Flow) -> Box<[(TypeId, f64)]> {
    let rival = flow.rival.filter(|&(kind, _)| Some(kind) != flow.kind && tables.get(kind).domain.may_be(flow.domain));
    rival.map(|(kind, share)| (kind, GUESS * share.clamp(0.0, 1.0))).into_iter().collect()
}

/// A use, that nobody supplies: matter for matter, water for water. Not among energies: a wood boiler takes no oil.
fn is_use(tables: &Nomenclature, asked: TypeId, purpose: TypeId) -> bool {
    let (asked, purpose) = (tables.get(asked), tables.get(purpose));
    purpose.naf_out.is_empty() && asked.domain == purpose.domain && asked.domain != Domain::Energy
}

/// The power of ten of a quantity, shifted above zero; 0 when unknown.
fn magnitude(quantity: Option<f64>) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 50..=150")]
    let shifted = |quantity: f64| (quantity.log10().floor().clamp(-50.0, 50.0) + 100.0) as u8;
    quantity.map_or(0, shifted)
}

/// Measured or declared 1, the carrier's knowledge 0.8, statistics 0.4.
pub fn confidence(evidence: Evidence) -> f64 {
    match evidence {
        Evidence::Measured | Evidence::Declared => 1.0,
        Evidence::Knowledge => 0.8,
        Evidence::Statistics => 0.4,
    }
}

/// Numbers the actors in order of appearance.
pub(crate) fn read_all(tables: &Nomenclature, flows: &[Flow], order: &[u32]) -> Vec<Facts> {
    let mut actors: HashMap<&str, u32> = HashMap::new();
    let mut usual = Usual::default();
    let read = order.iter().map(|&at| {
        let flow = &flows[at as usize];
        let next = u32::try_from(actors.len()).unwrap_or(u32::MAX);
        Facts::with(&mut usual, tables, flow, *actors.entry(&flow.actor).or_insert(next))
    });
    read.collect()
}

/// Share of common words, 0 to 1: twice the common over the sum (Dice).
pub(crate) fn overlap(a: &[u32], b: &[u32]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let common = a.iter().filter(|word| b.binary_search(word).is_ok()).count();
    #[expect(clippy::cast_precision_loss, reason = "a label has few words")]
    let share = (2 * common) as f64 / (a.len() + b.len()) as f64;
    share
}

fn is_eaten(label: &str) -> bool {
    let folded: String = label.to_lowercase().chars().map(plain).collect();
    ["aliment", "potable", "fourrage", "litiere", "abreuv", "denree"].iter().any(|word| folded.contains(word))
}

fn words(label: &str) -> Box<[u32]> {
    let folded: String = label.to_lowercase().chars().map(plain).collect();
    let tokens = folded.split(|c: char| !c.is_alphanumeric());
    let telling = tokens.filter(|word| word.len() > 2 && !word.starts_with(|c: char| c.is_ascii_digit()) && !NOISE.contains(word));
    let mut hashes: Vec<u32> = telling.map(|word| hash(word.trim_end_matches(['s', 'x', 'e']))).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.into()
}

fn plain(c: char) -> char {
    match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        _ => c,
    }
}

/// FNV-1a: the same everywhere.
fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
