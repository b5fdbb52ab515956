//! Flow types: the list by domain and family, and the page of a type with its outlets and its sources.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use trame_synergies::flow::Domain;
use trame_synergies::nomenclature::{FlowType, NafVersion, Nomenclature, Rule, Table, Treatment, TypeId, Usage, spaced};

use super::frame::{Address, Choice, Frame, Reader, Search, Slice, address, asked, french, hundredths, slice};
use super::lists::List;
use crate::access::{KeyPart, Visitor};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::kit::french::{decimal, list};
use crate::page::{Layout, html};

const LEAD: &str = "Ce qu’un flux est, avec les mots de tous les jours. Chaque type dit son unité, la distance à laquelle un échange perd la moitié de son intérêt, \
    et le rayon dans lequel plusieurs acteurs peuvent agir ensemble.";

/// Synonyms shown in the list.
const FEW: usize = 4;

/// A row: a type under its family.
struct TypeRow {
    key: String,
    label: String,
    domain: &'static str,
    family: String,
    family_key: String,
    /// First of its family on the page.
    opens: bool,
    unit: &'static str,
    half: String,
    pooling: String,
    waste: String,
    synonyms: String,
}

#[derive(Template)]
#[template(path = "nomenclature/types.html")]
struct TypesPage {
    layout: Layout,
    frame: Frame,
    words: String,
    domains: Vec<Choice>,
    list: Slice<TypeRow>,
    is_filtered: bool,
}

/// Name of a domain, and its key in addresses.
pub fn domain(domain: Domain) -> (&'static str, &'static str) {
    match domain {
        Domain::Water => ("eau", "Eau"),
        Domain::Energy => ("energie", "Énergie"),
        Domain::Material => ("matiere", "Matière"),
        Domain::Service => ("service", "Service"),
    }
}

const DOMAINS: [Domain; 4] = [Domain::Water, Domain::Energy, Domain::Material, Domain::Service];

/// A unit in words.
pub fn unit(unit: &str) -> &'static str {
    match unit {
        "t" => "t/an",
        "m3" => "m³/an",
        "MWh" => "MWh/an",
        _ => "fréquence",
    }
}

/// Types of every family, families in their order, domain by domain.
pub fn by_family(tables: &Nomenclature) -> Vec<(TypeId, &FlowType)> {
    let mut all: Vec<(TypeId, &FlowType)> = (0_u16..).map(TypeId).zip(tables.types()).collect();
    all.sort_by_key(|(id, kind)| (DOMAINS.iter().position(|domain| *domain == kind.domain), tables.family(*id), !kind.is_family(), *id));
    all
}

fn prefixes(kind: &FlowType) -> String {
    kind.waste_prefixes.iter().map(|prefix| spaced(prefix)).collect::<Vec<_>>().join(", ")
}

fn row(tables: &Nomenclature, id: TypeId, kind: &FlowType) -> TypeRow {
    let family = tables.get(tables.family(id));
    let few: Vec<&str> = kind.synonyms.iter().take(FEW).map(String::as_str).collect();
    let rest = kind.synonyms.len().saturating_sub(FEW);
    let synonyms = french(&if rest > 0 { format!("{}… et {rest} autres", few.join(", ")) } else { few.join(", ") });
    TypeRow {
        key: kind.code.clone(),
        label: french(&kind.label),
        domain: domain(kind.domain).1,
        family: french(&family.label),
        family_key: family.code.clone(),
        opens: false,
        unit: unit(&kind.unit),
        half: decimal(kind.half_km, 1),
        pooling: decimal(kind.pooling_km, 1),
        waste: prefixes(kind),
        synonyms,
    }
}

/// Anybody reads the flow types.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, Query(query): Address) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let tables = reader.tables.nomenclature();
    let (words, wanted) = (asked(&query, "q"), asked(&query, "domaine"));
    let search = Search::read(words);
    let finds = |id: TypeId, kind: &FlowType| {
        let mut codes: Vec<&str> = kind.waste_prefixes.iter().map(String::as_str).collect();
        codes.push(&kind.code);
        let family = &tables.get(tables.family(id)).label;
        let texts: Vec<&str> = [&kind.label, family].into_iter().chain(&kind.synonyms).map(String::as_str).collect();
        (wanted.is_empty() || domain(kind.domain).0 == wanted) && search.finds(&codes, &texts)
    };
    let found: Vec<TypeRow> =
        by_family(tables).into_iter().filter(|(id, kind)| !kind.is_family() && finds(*id, kind)).map(|(id, kind)| row(tables, id, kind)).collect();
    let here = address("/nomenclatures/flux", &[("q", words), ("domaine", wanted)]);
    let mut list = slice(found, asked(&query, "apres"), |row| row.key.clone(), &here);
    let mut former = String::new();
    for row in &mut list.rows {
        row.opens = former != row.family_key;
        former.clone_from(&row.family_key);
    }
    let domains = Choice::among(DOMAINS.map(domain).map(|(key, label)| (key.to_owned(), label.to_owned())), wanted);
    html(&TypesPage {
        layout: reader.layout(&app, "Types de flux"),
        frame: Frame::list(List::of(Table::Types), LEAD, &reader).done(&query),
        words: words.to_owned(),
        domains,
        is_filtered: !words.is_empty() || !wanted.is_empty(),
        list,
    })
}

/// A rule seen from one of its ends.
struct EndRow {
    key: String,
    label: String,
    compat: String,
    treatment: &'static str,
    caution: String,
    number: u16,
    /// It holds for a whole family.
    is_lent: bool,
}

#[derive(Template)]
#[template(path = "nomenclature/type.html")]
struct TypePage {
    layout: Layout,
    frame: Frame,
    facts: Vec<(&'static str, String)>,
    synonyms: Vec<String>,
    family: Option<(String, String)>,
    types: Vec<(String, String)>,
    outlets: Vec<EndRow>,
    sources: Vec<EndRow>,
    edit: Option<String>,
    past: String,
}

/// What an output undergoes, in words.
pub fn treatment(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::None => "sans traitement",
        Treatment::Light => "traitement léger",
        Treatment::Process => "transformation",
    }
}

fn ends(tables: &Nomenclature, pairs: impl Iterator<Item = (TypeId, TypeId, TypeId)>) -> Vec<EndRow> {
    let found = pairs.filter_map(|(other, out, input)| tables.rule(out, input).map(|rule| (other, rule, rule.out != out || rule.r#in != input)));
    let end = |(other, rule, is_lent): (TypeId, &Rule, bool)| EndRow {
        key: tables.get(other).code.clone(),
        label: french(&tables.get(other).label),
        compat: hundredths(rule.compat),
        treatment: treatment(rule.treatment),
        caution: french(&rule.caution),
        number: rule.number,
        is_lent,
    };
    let mut rows: Vec<EndRow> = found.map(end).collect();
    rows.sort_by(|a, b| b.compat.cmp(&a.compat).then(a.label.cmp(&b.label)));
    rows
}

fn activities(reader: &Reader, prefixes: &[String]) -> String {
    let named = |prefix: &String| match reader.tables.activities().find(NafVersion::Rev2, prefix) {
        Some(activity) => format!("{prefix} {}", activity.label),
        None => prefix.clone(),
    };
    prefixes.iter().map(named).collect::<Vec<_>>().join("\u{202f}; ")
}

fn facts(reader: &Reader, kind: &FlowType) -> Vec<(&'static str, String)> {
    let degrees = |value: f64| format!("{}\u{a0}°C", decimal(value, 0));
    let heat = match kind.temperature {
        (Some(low), Some(high)) => format!("de {} à {}", degrees(low), degrees(high)),
        (Some(low), None) => format!("{} et plus", degrees(low)),
        (None, Some(high)) => format!("jusqu’à {}", degrees(high)),
        (None, None) => String::new(),
    };
    let usage = kind.usage.map_or("", |usage| match usage {
        Usage::Food => "alimentation humaine\u{a0}: rien de dangereux n’y va",
        Usage::Feed => "alimentation animale\u{a0}: rien de dangereux n’y va",
        Usage::Farming => "sols et cultures\u{a0}: rien de dangereux n’y va",
    });
    let all = [
        ("Code", kind.code.clone()),
        ("Domaine", domain(kind.domain).1.to_owned()),
        ("Unité", unit(&kind.unit).to_owned()),
        ("Distance repère", format!("{}\u{a0}km\u{a0}: l’intérêt d’un échange y est réduit de moitié", decimal(kind.half_km, 1))),
        ("Rayon de mutualisation", format!("{}\u{a0}km", decimal(kind.pooling_km, 1))),
        ("Usage", usage.to_owned()),
        ("Température", heat),
        ("Qualité de l’eau", kind.quality.map(|class| format!("classe {class}, {}", super::ladders::quality(class))).unwrap_or_default()),
        ("Codes déchets", prefixes(kind)),
        ("Souvent produit par", activities(reader, &kind.naf_out)),
        ("Souvent recherché par", activities(reader, &kind.naf_in)),
        ("Danger", if kind.is_hazardous { "dangereux par nature".to_owned() } else { String::new() }),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// Anybody reads a flow type, where it may go and where it may come from.
pub async fn one(State(app): State<App>, visitor: Option<Visitor>, KeyPart(key): KeyPart, Query(query): Address) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let tables = reader.tables.nomenclature();
    let id = tables.find(&key).ok_or(AppError::NotFound)?;
    let kind = tables.get(id);
    html(&page(&app, &reader, (id, kind), &query))
}

fn page(app: &App, reader: &Reader, (id, kind): (TypeId, &FlowType), query: &HashMap<String, String>) -> TypePage {
    let tables = reader.tables.nomenclature();
    let ids = || (0_u16..).map(TypeId).zip(tables.types());
    let leaves = || ids().filter(|(_, kind)| !kind.is_family()).map(|(id, _)| id);
    let named = |id: TypeId| (tables.get(id).code.clone(), french(&tables.get(id).label));
    let lead =
        if kind.is_family() { "Une famille de types de flux." } else { "Un type de flux, les mots qui y mènent, et les règles qui le relient aux autres." };
    let code = url_encode(&kind.code);
    TypePage {
        layout: reader.layout(app, &french(&kind.label)),
        frame: Frame::of(french(&kind.label), lead, "/nomenclatures/flux").done(query),
        facts: facts(reader, kind),
        synonyms: kind.synonyms.iter().map(|synonym| french(synonym)).collect(),
        family: kind.parent.map(named),
        types: if kind.is_family() { ids().filter(|(_, each)| each.parent == Some(id)).map(|(each, _)| named(each)).collect() } else { Vec::new() },
        outlets: ends(tables, leaves().map(|other| (other, id, other))),
        sources: ends(tables, leaves().map(|other| (other, other, id))),
        edit: reader.is_expert.then(|| format!("/nomenclatures/modifier?liste=flux&cle={code}")),
        past: format!("/nomenclatures/historique?liste=flux&cle={code}"),
    }
}

/// Labels of types, "a, b et c".
pub fn labels(tables: &Nomenclature, ids: &[TypeId]) -> String {
    list(&ids.iter().map(|id| french(&tables.get(*id).label)).collect::<Vec<_>>())
}
