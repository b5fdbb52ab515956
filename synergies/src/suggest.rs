//! From words to flow types: synonyms, stems, near spellings, waste code, activity, temperature. No network, no learning.

use crate::flow::{Direction, Domain};
use crate::nomenclature::{FlowType, Nomenclature, TypeId};

mod found;
mod index;
mod words;

use found::{Found, found};
pub(crate) use index::Index;
use index::Phrase;
pub(crate) use words::fold;
pub use words::plain_words;

/// From this confidence the type is set, shown as suggested; below, the flow waits without a type.
pub const THRESHOLD: u8 = 45;

/// What a temperature alone says for a heat, among energies.
const UNNAMED_HEAT: f64 = 0.5;

/// A type so likely beside the first is tried too.
const RIVAL: f64 = 0.4;

const MOST: usize = 5;

/// Families of energies that are also matter: hydrogen, wood or recovered fuel are told as either.
const FUELS: [&str; 2] = ["gaz-combustibles", "combustibles"];

/// What is known of a flow whose type is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// As typed.
    pub label: &'a str,
    /// A bonus for types of this domain.
    pub domain: Option<Domain>,
    /// Some types are only ever needed, some only available.
    pub direction: Option<Direction>,
    /// Six digits of the European waste list.
    pub waste_code: Option<&'a str>,
    /// NAF rév. 2 code of the actor, "10.51C": a weak hint.
    pub activity: Option<&'a str>,
    /// Degrees Celsius; else the one the label tells.
    pub temperature: Option<f64>,
}

/// A type the flow may be of.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Type.
    pub kind: TypeId,
    /// 0 to 100.
    pub confidence: u8,
    /// What speaks for it most.
    pub reason: Reason,
    /// Of the first type: the next one, when the label may as well mean it, and how likely beside the first, 0 to 1.
    pub rival: Option<(TypeId, f64)>,
}

/// Why a type is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The label holds this synonym.
    Synonym(String),
    /// The label holds the words of the type's own name.
    Label(String),
    /// The label shares the roots of this phrase.
    Stem(String),
    /// The label nearly spells this phrase.
    Trigram(String),
    /// The waste code leads there.
    WasteCode(String),
    /// The activity usually supplies or needs it.
    Activity(String),
    /// The temperature falls in its range.
    Temperature(String),
}

impl Reason {
    /// A French sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Synonym(text) => format!("Le libellé contient « {text} »."),
            Self::Label(text) => format!("Le libellé reprend le nom du type : « {text} »."),
            Self::Stem(text) => format!("Le libellé a des mots en commun avec « {text} »."),
            Self::Trigram(text) => format!("Le libellé s’écrit presque comme « {text} »."),
            Self::WasteCode(code) => format!("Le code déchet {code} mène à ce type."),
            Self::Activity(naf) => format!("Ce flux est courant dans l’activité {naf}."),
            Self::Temperature(degrees) => format!("La température, {degrees} °C, est celle de ce type."),
        }
    }
}

/// What speaks for one type.
#[derive(Debug, Clone, Copy, Default)]
struct Evidence {
    /// Share of the label's words the type knows, and likeness to its best phrase; 0 to 1.
    words: f64,
    phrase: Option<usize>,
    is_near: bool,
    waste: f64,
    activity: f64,
    temperature: f64,
    total: f64,
}

/// The types a flow may be of, best first, five at most.
pub fn suggest(tables: &Nomenclature, asked: &Asked<'_>) -> Vec<Suggestion> {
    let mut all = by_words(tables, asked.label);
    by_waste(tables, asked, &mut all);
    let temperature = asked.temperature.or_else(|| words::temperature(asked.label));
    let is_heat = asked.domain == Some(Domain::Energy);
    let heat = temperature.map(|degrees| by_temperature(tables, degrees, is_heat, &mut all));
    for (kind, evidence) in tables.types().iter().zip(&mut all) {
        evidence.activity = asked.activity.map_or(0.0, |naf| activity(kind, naf, asked.direction));
        let strong = evidence.words + evidence.waste + evidence.temperature;
        if strong > 0.0 && !kind.is_family() {
            evidence.total = strong + evidence.activity + fits(tables, kind, asked);
        } else if !kind.is_family() && evidence.activity > 0.0 && asked.label.trim().is_empty() {
            evidence.total = evidence.activity;
        }
    }
    let mut ranked: Vec<(TypeId, Evidence)> = (0_u16..).map(TypeId).zip(all).filter(|(_, evidence)| evidence.total > 0.05).collect();
    ranked.sort_by(|a, b| b.1.total.total_cmp(&a.1.total).then(a.0.cmp(&b.0)));
    ranked.truncate(MOST);
    let totals: Vec<f64> = ranked.iter().map(|(_, evidence)| evidence.total).collect();
    let suggestions = ranked.iter().enumerate().map(|(rank, (kind, evidence))| Suggestion {
        kind: *kind,
        confidence: confidence(rank, &totals),
        reason: reason(tables, asked, evidence, temperature.filter(|_| heat.is_some())),
        rival: None,
    });
    let mut suggestions: Vec<Suggestion> = suggestions.collect();
    if let [first, next, ..] = suggestions.as_mut_slice() {
        let share = f64::from(next.confidence) / f64::from(first.confidence.max(1));
        first.rival = Some((next.kind, share)).filter(|_| share >= RIVAL);
    }
    suggestions
}

/// High when the words say it and no other type is near.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
fn confidence(rank: usize, totals: &[f64]) -> u8 {
    let own = totals[rank];
    let next = if rank == 0 { totals.get(1) } else { totals.first() };
    let lead = next.map_or(1.0, |next| ((own - next) / own.max(*next)).clamp(-1.0, 1.0));
    (100.0 * (own.min(1.0) * (0.75 + 0.5 * lead)).clamp(0.0, 1.0)).round() as u8
}

/// A label, as it stands and in its telling words.
struct Typed {
    folded: String,
    telling: String,
}

impl Typed {
    fn read(label: &str) -> Self {
        Self { folded: fold(label), telling: words::telling(&words::words(label)) }
    }

    fn holds(&self, phrase: &Phrase) -> bool {
        self.telling.contains(&phrase.folded) && phrase.dropped.iter().all(|word| self.folded.contains(word.as_str()))
    }
}

fn by_words(tables: &Nomenclature, label: &str) -> Vec<Evidence> {
    let index = tables.index();
    let mut all = vec![Evidence::default(); tables.types().len()];
    let (found, asked) = found(index, label);
    if found.is_empty() {
        return all;
    }
    let mut bag = vec![0.0; all.len()];
    let mut matched = vec![(0.0, 0.0, false); index.phrases.len()];
    let telling = words::telling(&words::words(label));
    for Found { stem, weight, cover, is_near } in &found {
        let stem = &index.stems[*stem];
        for (kind, count) in &stem.types {
            bag[usize::from(kind.0)] += weight * (1.0 - 0.4 / (0.6 + count));
        }
        for &phrase in &stem.phrases {
            let (of_phrase, of_label, near) = &mut matched[phrase];
            *of_phrase += stem.weight;
            *of_label += cover;
            *near |= is_near;
        }
    }
    for (place, ((of_phrase, of_label, near), phrase)) in matched.into_iter().zip(&index.phrases).enumerate().filter(|(_, (matched, _))| matched.0 > 0.0) {
        // How much of the phrase is there, how much of the label it explains.
        let recall = of_phrase / phrase.weight;
        let cover = (of_label / asked).min(1.0);
        let likeness = recall * recall * (0.35 + 0.65 * cover);
        let evidence = &mut all[usize::from(phrase.kind.0)];
        // The phrase word for word wins over one that merely has its words.
        let exact = if phrase.folded == telling { 0.1 } else { 0.0 };
        let score = 0.6 * likeness + 0.4 * (bag[usize::from(phrase.kind.0)] / asked).min(1.0) + exact;
        if score > evidence.words {
            (evidence.words, evidence.phrase, evidence.is_near) = (score, Some(place), near);
        }
    }
    all
}

fn by_waste(tables: &Nomenclature, asked: &Asked<'_>, all: &mut [Evidence]) {
    let Some(code) = asked.waste_code else { return };
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let known = tables.type_of_waste(&code);
    // A code names a kind of things; among those of one family the activity says which: 02 02 02 is fish at a fishmonger's.
    let is_usual = |kind: &FlowType| asked.activity.is_some_and(|naf| activity(kind, naf, asked.direction) > 0.0);
    let is_nearer = |kind: &FlowType| {
        known.is_some_and(|known| kind.parent.is_some() && kind.parent == tables.get(known).parent && is_usual(kind) && !is_usual(tables.get(known)))
    };
    for (id, kind) in (0_u16..).map(TypeId).zip(tables.types()) {
        let shares = |length: usize| code.get(..length).is_some_and(|start| kind.waste_prefixes.iter().any(|prefix| prefix.starts_with(start)));
        all[usize::from(id.0)].waste = if known == Some(id) || is_nearer(kind) {
            0.45
        } else if shares(4) {
            0.15
        } else if shares(2) {
            0.03
        } else {
            0.0
        };
    }
}

/// Among heats, the type whose range holds the temperature takes over from the one the words named.
fn by_temperature(tables: &Nomenclature, degrees: f64, is_heat: bool, all: &mut [Evidence]) -> f64 {
    let Some(smoke) = tables.find("fumees-chaudes") else { return degrees };
    let ranges = || tables.types().iter().enumerate().filter(|(_, kind)| kind.temperature.0.is_some());
    // An energy whose temperature is told is a heat, whatever it is called.
    let least = if is_heat { UNNAMED_HEAT } else { 0.0 };
    let best = ranges().map(|(at, _)| all[at].words).fold(least, f64::max);
    for (at, kind) in ranges() {
        let (low, high) = (kind.temperature.0.unwrap_or(f64::MIN), kind.temperature.1.unwrap_or(f64::MAX));
        let own = all[at].words;
        all[at].temperature = if degrees < low || degrees >= high {
            -0.45 * own
        } else if usize::from(smoke.0) == at {
            0.2 * own
        } else {
            (0.85 * best - own).max(0.0) + 0.25 * best
        };
    }
    degrees
}

fn activity(kind: &FlowType, naf: &str, direction: Option<Direction>) -> f64 {
    let naf = naf.trim();
    let is_usual = match direction {
        Some(Direction::Out) => kind.is_given_by(naf),
        Some(Direction::In) => kind.is_taken_by(naf),
        None => kind.is_given_by(naf) || kind.is_taken_by(naf),
    };
    if is_usual { 0.10 } else { 0.0 }
}

/// Domain and direction: a nudge either way.
fn fits(tables: &Nomenclature, kind: &FlowType, asked: &Asked<'_>) -> f64 {
    let is_fuel = || kind.parent.is_some_and(|family| FUELS.contains(&tables.get(family).code.as_str()));
    let domain = asked.domain.map_or(0.0, |domain| match domain {
        _ if domain == kind.domain => 0.08,
        Domain::Material if is_fuel() => 0.08,
        Domain::Energy if kind.domain == Domain::Material => -0.3,
        _ if domain.may_be(kind.domain) => -0.08,
        _ => -0.45,
    });
    let is_odd = match asked.direction {
        Some(Direction::Out) => kind.naf_out.is_empty(),
        Some(Direction::In) => kind.naf_in.is_empty(),
        None => false,
    };
    domain - if is_odd { 0.06 } else { 0.0 }
}

fn reason(tables: &Nomenclature, asked: &Asked<'_>, evidence: &Evidence, temperature: Option<f64>) -> Reason {
    if let (Some(code), true) = (asked.waste_code, evidence.waste > evidence.words) {
        return Reason::WasteCode(code.to_owned());
    }
    if let (Some(degrees), true) = (temperature, evidence.temperature > 0.3 * evidence.words) {
        return Reason::Temperature(degrees.to_string().replace('.', ","));
    }
    let Some(phrase) = evidence.phrase.map(|place| &tables.index().phrases[place]) else {
        return Reason::Activity(asked.activity.unwrap_or_default().to_owned());
    };
    let text = phrase.text.clone();
    if evidence.is_near {
        Reason::Trigram(text)
    } else if phrase.is_label {
        Reason::Label(text)
    } else if Typed::read(asked.label).holds(phrase) {
        Reason::Synonym(text)
    } else {
        Reason::Stem(text)
    }
}
