//! The French sentence that justifies a lead, made from its components alone, and what is left to ask.

use std::fmt::Write as _;

use crate::flow::{Direction, Domain, Evidence, Flow};
use crate::nomenclature::{Nomenclature, Treatment};
use crate::pool::Pool;
use crate::score::{Assessment, Nature};

/// No-break space: before a colon, a percent sign, a unit, and inside French guillemets.
const NB: char = '\u{a0}';

/// What a visit should find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// On the side of the output or of the input.
    pub side: Direction,
    /// What.
    pub about: Unknown,
}

/// A datum that counts for half as long as nobody gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// Flow type.
    Kind,
    /// Yearly quantity.
    Quantity,
    /// Months.
    Months,
    /// Position.
    Position,
    /// Temperature of a heat flow.
    Temperature,
    /// Quality of a water flow.
    Quality,
    /// Deduced from statistics: to be confirmed.
    Evidence,
}

impl Question {
    /// « quantité à préciser (offre) ».
    pub fn text(self) -> String {
        let about = match self.about {
            Unknown::Kind => "type de flux à préciser",
            Unknown::Quantity => "quantité à préciser",
            Unknown::Months => "période à préciser",
            Unknown::Position => "emplacement à préciser",
            Unknown::Temperature => "température à préciser",
            Unknown::Quality => "qualité de l’eau à préciser",
            Unknown::Evidence => "estimation statistique à confirmer",
        };
        format!("{about} ({})", if self.side == Direction::Out { "offre" } else { "besoin" })
    }
}

/// What is missing of a pair, the output's side first.
pub fn questions(tables: &Nomenclature, output: &Flow, input: &Flow) -> Vec<Question> {
    [output, input].into_iter().flat_map(|flow| unknowns(tables, flow).into_iter().map(|about| Question { side: flow.direction, about })).collect()
}

/// What is missing of a flow.
pub fn unknowns(tables: &Nomenclature, flow: &Flow) -> Vec<Unknown> {
    let is_heat = flow.kind.is_some_and(|kind| tables.get(kind).temperature.0.is_some());
    let all = [
        (Unknown::Kind, flow.kind.is_none()),
        (Unknown::Quantity, flow.domain != Domain::Service && flow.known_quantity().is_none()),
        (Unknown::Months, flow.known_months().is_none()),
        (Unknown::Position, flow.position.is_none()),
        (Unknown::Temperature, is_heat && flow.temperature.is_none()),
        (Unknown::Quality, flow.domain == Domain::Water && flow.quality.is_none()),
        (Unknown::Evidence, flow.evidence == Evidence::Statistics),
    ];
    all.into_iter().filter(|(_, is_missing)| *is_missing).map(|(about, _)| about).collect()
}

/// The whole sentence: nature, distance, quantities, period, evidence, caution, score.
pub fn reason(tables: &Nomenclature, output: &Flow, input: &Flow, found: &Assessment<'_>) -> String {
    let mut text = format!("{} → {}. ", name(tables, output), name(tables, input));
    let parts = [
        ("Nature", nature(tables, found)),
        ("Distance", distance(found)),
        ("Quantités", quantities(output, input)),
        ("Période", period(output, input)),
        ("Fiabilité", evidence(output, input)),
    ];
    for (title, part) in parts.iter().filter(|(_, part)| !part.is_empty()) {
        let _ = write!(text, "{title}{NB}: {part}. ");
    }
    if let Nature::Rule(rule) = found.nature
        && !rule.caution.is_empty()
    {
        let caution = rule.caution.trim_end_matches('.');
        let _ = match caution.strip_prefix("Vérifier ") {
            Some(what) => write!(text, "À vérifier{NB}: {what}. "),
            None => write!(text, "À vérifier{NB}: {caution}. "),
        };
    }
    let _ = write!(text, "Indice {}/100.", found.score);
    text
}

/// The sentence that justifies a group: how many actors, how close, how much, since when they could act together.
pub fn pool(tables: &Nomenclature, flows: &[Flow], pool: &Pool) -> String {
    let kind = tables.get(pool.kind);
    let what = match (pool.direction, kind.domain) {
        (_, Domain::Service) => "ont le même besoin de service",
        (Direction::Out, _) => "ont le même flux à évacuer",
        (Direction::In, _) => "ont le même besoin",
    };
    let mut text = format!("{}. {}{NB}acteurs {what}", kind.label.replace('\'', "’"), pool.actors);
    match pool.radius_km {
        Some(km) => {
            let _ = write!(text, ", à {} les uns des autres en médiane (repère{NB}: {}). ", kilometres(km), kilometres(kind.pooling_km));
        }
        None => text.push_str(", à des emplacements à préciser. "),
    }
    if kind.domain != Domain::Service {
        let known = pool.members.iter().filter(|at| flows[**at].known_quantity().is_some()).count();
        let _ = match pool.total {
            Some(total) => write!(text, "Quantités connues de {known} sur {}{NB}: {}. ", pool.members.len(), magnitude(total, kind.domain)),
            None => write!(text, "Quantités à préciser. "),
        };
    }
    if !pool.offers.is_empty() {
        let _ = write!(text, "Capacité offerte par {}{NB}d’entre eux. ", pool.offers.len());
    }
    let _ = write!(text, "Indice {}/100.", pool.score);
    text
}

fn name(tables: &Nomenclature, flow: &Flow) -> String {
    flow.kind.map_or_else(|| format!("«{NB}{}{NB}»", flow.label.trim()), |kind| tables.get(kind).label.replace('\'', "’"))
}

fn nature(tables: &Nomenclature, found: &Assessment<'_>) -> String {
    let mut text = match found.nature {
        Nature::Identity => "même type de flux".to_owned(),
        Nature::Rule(rule) => {
            let treatment = match rule.treatment {
                Treatment::None => "sans traitement",
                Treatment::Light => "traitement léger",
                Treatment::Process => "transformation nécessaire",
            };
            let naf = rule.interface_naf.as_ref().map_or_else(String::new, |naf| format!(", activité d’interface {naf}"));
            format!("équivalence reconnue (règle{NB}{}, compatibilité{NB}{}, {treatment}{naf})", rule.number, decimal(rule.compat))
        }
        Nature::Sibling => "types voisins, de la même famille".to_owned(),
        Nature::Kin(rule) => format!("usage d’un type de la même famille (proche de la règle{NB}{})", rule.number),
        Nature::Words => "mots communs des libellés, type à préciser".to_owned(),
    };
    if let Some(purpose) = found.purpose {
        let _ = write!(text, ", besoin lu comme «{NB}{}{NB}» d’après l’activité du preneur", tables.get(purpose).label.replace('\'', "’"));
    } else if found.is_guess && found.nature != Nature::Words {
        text.push_str(", type probable d’après le libellé, à confirmer");
    }
    if found.is_alike {
        text.push_str(", libellés ou codes déchets proches");
    }
    if found.is_usual {
        text.push_str(", flux que l’activité du preneur reçoit couramment");
    }
    if found.needs_heat_pump {
        text.push_str(", relevage par pompe à chaleur");
    }
    match found.missing_classes {
        0 => (),
        1 => text.push_str(", traitement nécessaire (une classe de qualité d’eau à gagner)"),
        classes => {
            let _ = write!(text, ", traitement nécessaire ({classes}{NB}classes de qualité d’eau à gagner)");
        }
    }
    text
}

fn decimal(value: f64) -> String {
    format!("{value:.2}").replace('.', ",")
}

fn distance(found: &Assessment<'_>) -> String {
    let half = kilometres(found.half_km);
    found
        .distance_km
        .map_or_else(|| format!("à préciser (repère pour ce flux{NB}: {half})"), |km| format!("{} (repère pour ce flux{NB}: {half})", kilometres(km)))
}

/// « 8 km », « 2,5 km », « moins d’un km ».
pub fn kilometres(km: f64) -> String {
    if km < 0.95 {
        format!("moins d’un{NB}km")
    } else if km < 9.95 && (km - km.round()).abs() >= 0.05 {
        format!("{km:.1}{NB}km").replace('.', ",")
    } else {
        format!("{km:.0}{NB}km")
    }
}

fn quantities(output: &Flow, input: &Flow) -> String {
    if output.domain == Domain::Service && input.domain == Domain::Service {
        return String::new();
    }
    match (output.known_quantity(), input.known_quantity()) {
        (Some(offered), Some(needed)) if output.domain == input.domain && (offered / needed).log10().abs() <= 0.5 => {
            format!("{} pour un besoin comparable", magnitude(offered, output.domain))
        }
        (Some(offered), Some(needed)) => {
            format!("{}, pour un besoin de {}", magnitude(offered, output.domain), magnitude(needed, input.domain))
        }
        (Some(offered), None) => format!("{}, besoin à préciser", magnitude(offered, output.domain)),
        (None, Some(needed)) => format!("à préciser, pour un besoin de {}", magnitude(needed, input.domain)),
        (None, None) => "à préciser des deux côtés".to_owned(),
    }
}

/// « quelques centaines de tonnes par an ».
pub fn magnitude(quantity: f64, domain: Domain) -> String {
    let (one, many) = match domain {
        Domain::Water => ("d’un mètre cube", "mètres cubes"),
        Domain::Energy => ("d’un mégawattheure", "mégawattheures"),
        Domain::Material => ("d’une tonne", "tonnes"),
        Domain::Service => ("d’une fois", "fois"),
    };
    match quantity {
        under if under < 1.0 => format!("moins {one} par an"),
        under if under < 10.0 => format!("quelques {many} par an"),
        under if under < 100.0 => format!("quelques dizaines de {many} par an"),
        under if under < 1_000.0 => format!("quelques centaines de {many} par an"),
        under if under < 10_000.0 => format!("quelques milliers de {many} par an"),
        _ => format!("plus de 10{NB}000{NB}{many} par an"),
    }
}

fn period(output: &Flow, input: &Flow) -> String {
    let Some((offered, needed)) = output.known_months().zip(input.known_months()) else { return "à préciser".to_owned() };
    let common = (offered & needed).count_ones();
    match (common, needed.count_ones()) {
        (12, 12) => "toute l’année".to_owned(),
        (0, _) => "aucun mois commun, stockage à prévoir".to_owned(),
        (common, wanted) if common == wanted => "tous les mois du besoin".to_owned(),
        (common, wanted) => format!("{common}{NB}mois sur les {wanted}{NB}du besoin"),
    }
}

fn evidence(output: &Flow, input: &Flow) -> String {
    let name = |evidence| match evidence {
        Evidence::Measured => "mesuré",
        Evidence::Declared => "déclaré",
        Evidence::Knowledge => "connaissance du porteur",
        Evidence::Statistics => "estimé par statistique",
    };
    let (offered, needed) = (name(output.evidence), name(input.evidence));
    if offered == needed { format!("{offered} des deux côtés") } else { format!("{offered} d’un côté, {needed} de l’autre") }
}
