//! The ladders of heat and of water, and how an index is computed: read from the engine, never copied.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use trame_synergies::facts;
use trame_synergies::nomenclature::{COMPAT, Nomenclature, TypeId};
use trame_synergies::pool::SHARES;
use trame_synergies::score;

use super::frame::{Frame, Reader, french, hundredths};
use super::types::labels;
use crate::access::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::decimal;
use crate::page::{Layout, html};

const LEAD: &str = "Ce que l’indice d’une piste contient, et comment se comparent deux chaleurs ou deux eaux. Les poids sont les mêmes pour tous les dossiers\u{a0}; \
    ce qui n’est pas connu compte pour moitié, jamais pour zéro.";

/// What a class of water quality is, from 1 to 6.
pub fn quality(class: u8) -> &'static str {
    match class {
        6 => "potable",
        5 => "adoucie ou déminéralisée",
        4 => "industrielle filtrée",
        3 => "pluviale",
        2 => "brute ou épurée",
        _ => "usée",
    }
}

/// A step: what it is, its bounds, the types that stand on it.
struct Step {
    title: String,
    types: Vec<(String, String)>,
}

/// A part of the index: letter, what it says, its weight, how it is computed.
struct Part {
    letter: &'static str,
    name: &'static str,
    weight: String,
    text: String,
}

#[derive(Template)]
#[template(path = "nomenclature/ladders.html")]
struct LaddersPage {
    layout: Layout,
    frame: Frame,
    base: String,
    parts: Vec<Part>,
    nature: Vec<String>,
    rest: Vec<String>,
    pooling: Vec<(&'static str, String)>,
    heats: Vec<Step>,
    margin: String,
    waters: Vec<Step>,
    class_factor: String,
    sanitary: String,
}

fn two(value: f64) -> String {
    hundredths(value)
}

fn parts() -> Vec<Part> {
    let weights = score::Weights::default();
    let half = two(score::NEUTRAL);
    let quantity = format!(
        "1 moins {} par facteur de dix entre les deux quantités, {} au moins\u{a0}; {half} si l’une manque.",
        two(score::QUANTITY_SLOPE),
        two(score::QUANTITY_LEAST)
    );
    vec![
        Part {
            letter: "D",
            name: "Distance",
            weight: two(weights.distance),
            text: format!("1 ÷ (1 + (distance ÷ distance repère du type)²)\u{a0}; {half} si un lieu manque."),
        },
        Part { letter: "Q", name: "Quantité", weight: two(weights.quantity), text: quantity },
        Part {
            letter: "T",
            name: "Période",
            weight: two(weights.timing),
            text: format!("Part des mois du besoin que la sortie couvre\u{a0}; {half} si des mois manquent."),
        },
        Part {
            letter: "C",
            name: "Fiabilité",
            weight: two(weights.confidence),
            text: "De la source la plus fragile\u{a0}: mesuré ou déclaré, connaissance du porteur, statistique.".to_owned(),
        },
    ]
}

fn nature() -> Vec<String> {
    vec![
        "Même type de flux\u{a0}: 1.".to_owned(),
        format!("Règle de substitution\u{a0}: sa compatibilité, de {} à {}.", two(COMPAT.0), two(COMPAT.1)),
        format!("Deux types d’une même famille de matière, d’eau ou d’énergie, sans règle\u{a0}: {}.", two(score::SIBLING)),
        format!("Aucune règle, mais une d’un autre type de la même famille\u{a0}: sa compatibilité multipliée par {}.", two(score::KIN)),
        format!(
            "Un flux sans type\u{a0}: les {} types que ses mots rendent probables, chacun compté {} au plus selon sa confiance\u{a0}; à défaut, {} au plus selon \
             les mots communs.",
            facts::GUESSES,
            two(facts::GUESS),
            two(score::WORDS_CAP)
        ),
        format!(
            "Un type suggéré dont un autre est presque aussi probable\u{a0}: l’autre est essayé aussi, compté {} au plus selon sa confiance.",
            two(facts::GUESS)
        ),
        format!(
            "Un besoin nommé par ce que l’on achète aujourd’hui\u{a0}: l’usage que l’activité du preneur en fait est essayé aussi, compté {} fois la \
             compatibilité de la règle qui y mène.",
            two(facts::PURPOSE)
        ),
        format!("Même sous-chapitre de déchets, ou libellés semblables\u{a0}: {} de plus, 1 au plus.", two(score::LIKENESS)),
        format!("Le preneur est d’une activité qui reçoit couramment ce flux\u{a0}: {} de plus, 1 au plus.", two(score::USUAL)),
    ]
}

fn rest() -> Vec<String> {
    vec![
        format!("Une piste dont l’indice est sous {} n’est pas montrée.", score::THRESHOLD),
        format!("Très loin (D sous {}), l’indice est multiplié par {}.", two(score::FAR), decimal(score::FAR_FACTOR, 1)),
        format!("Un besoin sous {}\u{a0}% de la sortie, et sous le seuil du dossier, ne fait pas de piste.", decimal(score::CRUMB * 100.0, 0)),
        "Rien de dangereux ne va vers ce qui se mange, se donne aux bêtes ou s’épand.".to_owned(),
    ]
}

fn degrees(value: f64) -> String {
    format!("{}\u{a0}°C", decimal(value, 0))
}

fn named(tables: &Nomenclature, id: TypeId) -> (String, String) {
    (tables.get(id).code.clone(), french(&tables.get(id).label))
}

/// Types with a range, the hottest first; those of one range share a step.
fn heats(tables: &Nomenclature) -> Vec<Step> {
    let mut all: Vec<(TypeId, f64, Option<f64>)> =
        (0_u16..).map(TypeId).zip(tables.types()).filter_map(|(id, kind)| Some((id, kind.temperature.0?, kind.temperature.1))).collect();
    let top = |high: Option<f64>| high.unwrap_or(f64::INFINITY);
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(top(b.2).total_cmp(&top(a.2))).then(a.0.cmp(&b.0)));
    let mut steps: Vec<Step> = Vec::new();
    for (id, low, high) in all {
        let title = high.map_or_else(|| format!("{} et plus", degrees(low)), |high| format!("de {} à {}", degrees(low), degrees(high)));
        match steps.last_mut() {
            Some(step) if step.title == title => step.types.push(named(tables, id)),
            _ => steps.push(Step { title, types: vec![named(tables, id)] }),
        }
    }
    steps
}

fn waters(tables: &Nomenclature) -> Vec<Step> {
    let of = |class: u8| (0_u16..).map(TypeId).zip(tables.types()).filter(move |(_, kind)| kind.quality == Some(class)).map(|(id, _)| named(tables, id));
    (1..=6).rev().map(|class| Step { title: format!("{class}, {}", quality(class)), types: of(class).collect() }).collect()
}

fn sanitary(tables: &Nomenclature) -> String {
    let strict: Vec<TypeId> =
        (0_u16..).map(TypeId).zip(tables.types()).filter(|(_, kind)| kind.usage.is_some() && !kind.is_family()).map(|(id, _)| id).collect();
    labels(tables, &strict)
}

/// Anybody reads how an index is computed.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let tables = reader.tables.nomenclature();
    let pooling = ["Nombre d’acteurs", "Proximité", "Volume", "Période", "Fiabilité"].into_iter().zip(SHARES.map(two)).collect();
    html(&LaddersPage {
        layout: reader.layout(&app, "Échelles et indice"),
        frame: Frame::of("Échelles et indice", LEAD, "/nomenclatures/echelles"),
        base: two(score::Weights::default().base),
        parts: parts(),
        nature: nature(),
        rest: rest(),
        pooling,
        heats: heats(tables),
        margin: format!(
            "Une source sert un besoin quand elle est au moins {}\u{a0}°C plus chaude. Sinon la nature est multipliée par {}, et la piste dit «\u{a0}relevage par pompe à chaleur\u{a0}».",
            decimal(score::HEAT_MARGIN, 0),
            decimal(score::HEAT_FACTOR, 1)
        ),
        waters: waters(tables),
        class_factor: format!(
            "Chaque classe qui manque à la source multiplie la nature par {}, et la piste dit «\u{a0}traitement nécessaire\u{a0}».",
            decimal(score::CLASS_FACTOR, 1)
        ),
        sanitary: sanitary(tables),
    })
}
