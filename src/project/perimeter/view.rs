//! What the page of the perimeter shows: sentences, figures, results of a search, zones and boxes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::change::{AUTHORITY, KIND};
use super::figures::{self, Figures, rounded};
use super::store::Done;
use super::web::Sight;
use super::zone::Zone;
use crate::access::Dossier;
use crate::error::url_encode;
use crate::framework::content::Content;
use crate::kit::french::{count, thousands};
use crate::kit::territory::epci::{self, Epci};
use crate::kit::territory::{self, Commune, search};

/// Communes found shown on a page.
const PAGE: usize = 20;
/// EPCI found shown.
const GROUPS: usize = 8;

/// What was just done, with the way back.
pub(super) struct DoneView {
    pub(super) operation: Uuid,
    pub(super) sentence: String,
}

/// One figure: its name, its value, what it rests on.
pub(super) struct FigureView {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) note: String,
}

/// An EPCI of the perimeter.
pub(super) struct CoverageView {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) held: String,
    pub(super) is_whole: bool,
    pub(super) missing: usize,
    pub(super) names: String,
}

/// What a search found.
pub(super) struct Found {
    pub(super) groups: Vec<GroupFound>,
    pub(super) communes: Vec<CommuneFound>,
    pub(super) range: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) more_groups: usize,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.communes.is_empty()
    }
}

pub(super) struct GroupFound {
    pub(super) epci: Epci,
    pub(super) detail: String,
    pub(super) held: usize,
}

pub(super) struct CommuneFound {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) detail: String,
    pub(super) is_in: bool,
}

/// What the map shows and where one may go from there.
pub(super) struct ZoneView {
    pub(super) key: &'static str,
    pub(super) title: String,
    pub(super) departments: Vec<LinkView>,
    pub(super) groups: Vec<LinkView>,
    pub(super) whole: Option<LinkView>,
    pub(super) held_elsewhere: usize,
}

pub(super) struct LinkView {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) is_current: bool,
}

/// Communes of an EPCI, as boxes to tick.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) boxes: Vec<BoxView>,
}

pub(super) struct BoxView {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) detail: String,
    pub(super) is_in: bool,
}

pub(super) fn count_sentence(figures: &Figures) -> String {
    match figures.communes {
        0 => "Aucune commune choisie.".to_owned(),
        n => format!("{} dans le périmètre, {}.", count(n, "commune", "communes"), figures.people()),
    }
}

/// What an operation did, whatever was changed since.
pub(super) fn done_sentence(done: &Done, content: &Content) -> String {
    let is_authority = |row: &Uuid| content.row(AUTHORITY, *row).is_some();
    if done.added.first().is_some_and(is_authority) {
        return format!("{} au tableau.", count(done.added.len(), "collectivité ajoutée", "collectivités ajoutées"));
    }
    let named = |row: &Uuid| content.row(KIND, *row).map(|unit| territory::label(unit.text("commune")));
    let one = if done.added.len() == 1 { done.added.first().and_then(named) } else { None };
    match (done.added.len(), done.removed.len(), one) {
        (1, 0, Some(name)) => format!("{name}\u{a0}: ajoutée au périmètre."),
        (added, 0, _) => format!("{} au périmètre.", count(added, "commune ajoutée", "communes ajoutées")),
        (0, removed, _) => format!("{} du périmètre.", count(removed, "ligne retirée", "lignes retirées")),
        (added, removed, _) => format!("{}, {}.", count(added, "commune ajoutée", "communes ajoutées"), count(removed, "retirée", "retirées")),
    }
}

pub(super) fn kept_sentence(kept: &[String]) -> String {
    if kept.is_empty() {
        return String::new();
    }
    let names: Vec<String> = kept.iter().take(6).map(|code| territory::label(code)).collect();
    let more = if kept.len() > names.len() { ", et d’autres" } else { "" };
    format!("Gardées, car une autre personne vient de modifier leur ligne\u{a0}: {}{more}. Relisez, puis retirez de nouveau si besoin.", names.join(", "))
}

pub(super) fn figure_views(figures: &Figures) -> Vec<FigureView> {
    let unknown = "inconnue".to_owned();
    let unpeopled =
        if figures.unpeopled == 0 { String::new() } else { format!("sans {}", count(figures.unpeopled, "commune non publiée", "communes non publiées")) };
    let area = figures.area.map(|area| format!("{}\u{a0}km²", rounded(area)));
    let missing = "les contours de certaines communes ne sont pas chargés";
    let by_area =
        |value: Option<String>| (value.clone().unwrap_or_else(|| unknown.clone()), if value.is_some() || figures.communes == 0 { "" } else { missing });
    let (area, area_note) = by_area(area);
    let (density, _) = by_area(figures.density().map(|density| format!("{}\u{a0}habitants au km²", rounded(density))));
    let (actor_density, _) = by_area(figures.actor_density().map(|density| format!("{} pour 100\u{a0}km²", rounded(density))));
    let mut actors = vec![count(figures.outside, "hors du périmètre", "hors du périmètre")];
    if figures.unplaced > 0 {
        actors.push(format!("{} sans commune", figures.unplaced));
    }
    if figures.contradictory > 0 {
        actors.push(format!("{} «\u{a0}hors du périmètre\u{a0}» dont la commune est dedans, à vérifier", figures.contradictory));
    }
    let jobs_note = match figures.jobs {
        figures::Jobs { known: 0, .. } => "aucun effectif saisi dans les fiches".to_owned(),
        jobs => format!("d’après {}, {} sans effectif", count(jobs.known, "classe d’effectif", "classes d’effectif"), jobs.unknown),
    };
    let view = |label, value, note: &str| FigureView { label, value, note: note.to_owned() };
    vec![
        view("Communes", thousands(i64::try_from(figures.communes).unwrap_or(0)), &figures.epci_sentence()),
        view("Population", figures.people(), &unpeopled),
        view("Superficie", area, area_note),
        view("Densité", density, ""),
        view("Acteurs économiques", count(figures.inside, "dans le périmètre", "dans le périmètre"), &actors.join(", ")),
        view("Densité d’acteurs", actor_density, "parmi ceux saisis dans le dossier"),
        view("Emplois de ces acteurs", figures.jobs.sentence().unwrap_or_else(|| "inconnus".to_owned()), &jobs_note),
    ]
}

pub(super) fn coverage(figures: &Figures, held: &[Commune]) -> Vec<CoverageView> {
    let names = |code: &str| held.iter().filter(|commune| commune.epci == code).map(|commune| commune.name).collect::<Vec<_>>().join(", ");
    figures
        .coverage
        .iter()
        .map(|coverage| CoverageView {
            code: coverage.epci.code,
            name: coverage.epci.name,
            held: format!("{} sur {}", coverage.held, coverage.epci.members),
            is_whole: coverage.is_whole(),
            missing: coverage.epci.members.saturating_sub(coverage.held),
            names: names(coverage.epci.code),
        })
        .collect()
}

pub(super) fn found(reader: &Dossier, typed: &str, asked: &HashMap<String, String>, inside: &BTreeSet<&str>) -> Found {
    let (groups, communes) = (epci::search(typed), search::communes(typed));
    let pages = communes.len().div_ceil(PAGE).max(1);
    let page = asked.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).clamp(1, pages);
    let address = |page: usize| {
        let zone = asked.get("carte").map(|zone| format!("&carte={}", url_encode(zone))).unwrap_or_default();
        reader.url(&format!("/perimetre?q={}&page={page}{zone}#resultats", url_encode(typed)))
    };
    let from = (page - 1) * PAGE;
    let shown = &communes[from..communes.len().min(from + PAGE)];
    let more_groups = groups.len().saturating_sub(GROUPS);
    Found {
        range: if communes.is_empty() { String::new() } else { format!("Communes {} à {} sur {}", from + 1, from + shown.len(), communes.len()) },
        before: (page > 1).then(|| address(page - 1)),
        after: (page < pages).then(|| address(page + 1)),
        more_groups,
        groups: groups
            .into_iter()
            .take(GROUPS)
            .map(|group| GroupFound {
                held: epci::members(group.code).iter().filter(|commune| inside.contains(commune.code)).count(),
                detail: format!("EPCI, {}, {}", count(group.members, "commune", "communes"), people(group.population)),
                epci: group,
            })
            .collect(),
        communes: shown
            .iter()
            .map(|commune| CommuneFound { code: commune.code, name: commune.name, detail: commune_detail(commune), is_in: inside.contains(commune.code) })
            .collect(),
    }
}

pub(super) fn people(population: Option<u32>) -> String {
    population.map_or_else(|| "population inconnue".to_owned(), |people| count(i64::from(people), "habitant", "habitants"))
}

pub(super) fn commune_detail(commune: &Commune) -> String {
    let group = epci::epci(commune.epci).map_or("sans EPCI", |epci| epci.name);
    format!("{} {}, {group}, {}", commune.postcode, territory::department_name(commune.department), people(commune.population))
}

pub(super) fn zone_view(reader: &Dossier, sight: &Sight<'_>, typed: &str) -> ZoneView {
    let search = if typed.is_empty() { String::new() } else { format!("&q={}", url_encode(typed)) };
    let link = |zone: &Zone| LinkView {
        href: reader.url(&format!("/perimetre?carte={}{search}#carte", zone.key())),
        label: zone.title(),
        is_current: *zone == sight.zone,
    };
    let zones = sight.zone.others(sight.shown, sight.held);
    let visible: BTreeSet<&str> = sight.shown.iter().map(|commune| commune.code).collect();
    ZoneView {
        key: sight.zone.key(),
        title: sight.zone.title(),
        whole: zones.iter().find(|zone| matches!(zone, Zone::Perimeter)).map(link),
        departments: zones.iter().filter(|zone| matches!(zone, Zone::Department(_))).map(link).collect(),
        groups: zones.iter().filter(|zone| matches!(zone, Zone::Epci(_))).map(link).collect(),
        held_elsewhere: sight.held.iter().filter(|commune| !visible.contains(commune.code)).count(),
    }
}

/// Communes shown by the map, under their EPCI, as boxes.
pub(super) fn groups(shown: &[Commune], inside: &BTreeSet<&str>) -> Vec<Group> {
    let mut by_group: BTreeMap<&'static str, Vec<BoxView>> = BTreeMap::new();
    for commune in shown {
        let name = epci::epci(commune.epci).map_or("Sans EPCI", |epci| epci.name);
        by_group.entry(name).or_default().push(BoxView {
            code: commune.code,
            name: commune.name,
            detail: commune.population.map(|people| thousands(i64::from(people))).unwrap_or_default(),
            is_in: inside.contains(commune.code),
        });
    }
    by_group.into_iter().map(|(name, boxes)| Group { name, boxes }).collect()
}
