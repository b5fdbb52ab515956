//! Figures of a perimeter, computed from its communes and from the actors typed in the dossier. Nothing is estimated: a
//! figure that the data do not give is said to be unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::framework::content::{Content, Unit};
use crate::kit::french::{count, decimal, list, thousands};
use crate::kit::territory::epci::{Epci, epci};
use crate::kit::territory::outlines;
use crate::kit::territory::{self, Commune};

/// Where the figures come from, in one line.
pub const SOURCES: &str = "Communes, EPCI et population\u{a0}: INSEE et DGCL. Superficie\u{a0}: calculée sur des contours simplifiés (IGN Admin Express), \
     à quelques pour cent près. Acteurs et emplois\u{a0}: fiches du dossier.";

/// An EPCI and how many of its communes are in the perimeter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The EPCI.
    pub epci: Epci,
    /// Its communes in the perimeter.
    pub held: usize,
}

impl Coverage {
    /// Is the whole EPCI in the perimeter?
    pub fn is_whole(&self) -> bool {
        self.held >= self.epci.members
    }
}

/// Jobs told by classes of workforce.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Jobs {
    /// Sum of the lower bounds.
    pub low: u64,
    /// Sum of the upper bounds.
    pub high: u64,
    /// One class has no upper bound.
    pub is_open: bool,
    /// Actors whose class is known.
    pub known: usize,
    /// Actors whose class is not.
    pub unknown: usize,
}

impl Jobs {
    fn add(&mut self, class: &str) {
        let (low, high) = match class.strip_suffix('+') {
            Some(low) => (low, None),
            None => class.split_once('-').map_or((class, Some(class)), |(low, high)| (low, Some(high))),
        };
        let Ok(low) = low.parse::<u64>() else {
            self.unknown += 1;
            return;
        };
        self.known += 1;
        self.low += low;
        match high.and_then(|high| high.parse::<u64>().ok()) {
            Some(high) => self.high += high,
            None => self.is_open = true,
        }
    }

    /// "de 340 à 810 emplois", "au moins 2 340 emplois", "12 emplois"; nothing when no class is known.
    pub fn sentence(&self) -> Option<String> {
        let figure = |n: u64| thousands(i64::try_from(n).unwrap_or(i64::MAX));
        match self {
            Self { known: 0, .. } => None,
            Self { is_open: true, low, .. } => Some(format!("au moins {}\u{a0}emplois", figure(*low))),
            Self { low, high, .. } if low == high => Some(count(i64::try_from(*low).unwrap_or(i64::MAX), "emploi", "emplois")),
            Self { low, high, .. } => Some(format!("de {} à {}\u{a0}emplois", figure(*low), figure(*high))),
        }
    }
}

/// Figures of a perimeter.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Figures {
    /// Communes, each once.
    pub communes: usize,
    /// Inhabitants of those whose population is published.
    pub population: u64,
    /// Communes whose population is not.
    pub unpeopled: usize,
    /// EPCI touched, by name.
    pub coverage: Vec<Coverage>,
    /// Square kilometres, when every commune has an outline.
    pub area: Option<f64>,
    /// Actors typed in the dossier.
    pub actors: usize,
    /// Economic actors in the perimeter.
    pub inside: usize,
    /// Economic actors outside.
    pub outside: usize,
    /// Economic actors whose commune is not known.
    pub unplaced: usize,
    /// Actors whose box « Hors du périmètre » contradicts their commune.
    pub contradictory: usize,
    /// Jobs of the economic actors in the perimeter.
    pub jobs: Jobs,
}

/// Communes of the perimeter, each once, in the order typed.
pub fn communes(content: &Content) -> Vec<Commune> {
    let mut seen = BTreeSet::new();
    content.rows("perimeter_commune").filter_map(|row| territory::commune(row.text("commune"))).filter(|commune| seen.insert(commune.code)).collect()
}

/// Where an actor is, as far as the dossier says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the perimeter.
    Inside,
    /// Elsewhere.
    Outside,
    /// Neither a commune nor the box « Hors du périmètre ».
    Unknown,
}

/// Where an actor is: a ticked box is believed, then its commune.
pub fn place(actor: &Unit, perimeter: &BTreeSet<&str>) -> Place {
    match (actor.flag("outside_perimeter"), actor.text("commune")) {
        (true, _) => Place::Outside,
        (false, "") => Place::Unknown,
        (false, commune) if perimeter.contains(commune) => Place::Inside,
        (false, _) => Place::Outside,
    }
}

/// An economic actor: a company, or any structure with an activity code or large flows.
pub fn is_economic(actor: &Unit) -> bool {
    actor.text("kind") == "company" || actor.has("naf") || actor.flag("is_major")
}

impl Figures {
    /// With the outlines shipped: what the pages that read no outline of the database show.
    pub fn of(content: &Content) -> Self {
        Self::measured(content, |code| outlines::shipped(code).map(|outline| outline.area()))
    }

    /// With areas in square kilometres from elsewhere.
    pub fn measured(content: &Content, area: impl Fn(&str) -> Option<f64>) -> Self {
        let communes = communes(content);
        let mut figures = Self { communes: communes.len(), ..Self::default() };
        figures.population = communes.iter().filter_map(|commune| commune.population).map(u64::from).sum();
        figures.unpeopled = communes.iter().filter(|commune| commune.population.is_none()).count();
        figures.coverage = coverage(&communes);
        if !communes.is_empty() {
            figures.area = communes.iter().map(|commune| area(commune.code)).sum();
        }
        figures.count_actors(content, &communes.iter().map(|commune| commune.code).collect());
        figures
    }

    fn count_actors(&mut self, content: &Content, perimeter: &BTreeSet<&str>) {
        for actor in content.rows("stakeholder").filter(|row| !row.is_blank()) {
            self.actors += 1;
            if actor.flag("outside_perimeter") && perimeter.contains(actor.text("commune")) {
                self.contradictory += 1;
            }
            if !is_economic(actor) {
                continue;
            }
            match place(actor, perimeter) {
                Place::Inside => {
                    self.inside += 1;
                    self.jobs.add(actor.text("headcount"));
                }
                Place::Outside => self.outside += 1,
                Place::Unknown => self.unplaced += 1,
            }
        }
    }

    /// Inhabitants for a square kilometre.
    pub fn density(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "inhabitants")]
        let people = self.population as f64;
        self.area.filter(|area| *area > 0.0 && self.unpeopled == 0).map(|area| people / area)
    }

    /// Economic actors in the perimeter for a hundred square kilometres.
    pub fn actor_density(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "actors of one dossier")]
        let actors = self.inside as f64;
        self.area.filter(|area| *area > 0.0).map(|area| actors * 100.0 / area)
    }

    /// "70 223 habitants".
    pub fn people(&self) -> String {
        count(i64::try_from(self.population).unwrap_or(i64::MAX), "habitant", "habitants")
    }

    /// "2 EPCI, dont 1 en entier".
    pub fn epci_sentence(&self) -> String {
        let whole = self.coverage.iter().filter(|epci| epci.is_whole()).count();
        match self.coverage.len() {
            0 => "aucun EPCI".to_owned(),
            1 if whole == 1 => "1\u{a0}EPCI, en entier".to_owned(),
            1 => "1\u{a0}EPCI, en partie".to_owned(),
            n if whole == n => format!("{n}\u{a0}EPCI, en entier"),
            n if whole == 0 => format!("{n}\u{a0}EPCI, en partie"),
            n => format!("{n}\u{a0}EPCI, dont {whole} en entier"),
        }
    }
}

/// EPCI of those communes, by name.
fn coverage(communes: &[Commune]) -> Vec<Coverage> {
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for commune in communes {
        *held.entry(commune.epci).or_default() += 1;
    }
    let mut coverage: Vec<Coverage> = held.into_iter().filter_map(|(code, held)| Some(Coverage { epci: epci(code)?, held })).collect();
    coverage.sort_by_key(|coverage| coverage.epci.name);
    coverage
}

/// A number of square kilometres, or a density, as precise as it deserves.
pub fn rounded(number: f64) -> String {
    decimal(format!("{number:.*}", usize::from(number < 10.0)), 1)
}

/// What is computed beside one of questions 1 to 4, or nothing.
pub fn beside(content: &Content, question: &str) -> String {
    match question {
        "q1" => beside_perimeter(&Figures::of(content)),
        "q2" => beside_actors(&Figures::of(content)),
        "q3" => beside_density(&Figures::of(content)),
        "q4" => super::authorities::beside(content),
        _ => String::new(),
    }
}

fn beside_perimeter(figures: &Figures) -> String {
    if figures.communes == 0 {
        return String::new();
    }
    let mut parts = vec![count(figures.communes, "commune", "communes"), figures.people()];
    parts.extend(figures.area.map(|area| format!("{}\u{a0}km²", rounded(area))));
    parts.extend(figures.density().map(|density| format!("{}\u{a0}habitants au km²", rounded(density))));
    let source = if figures.area.is_some() { "INSEE, DGCL\u{202f}; superficie d’après des contours simplifiés de l’IGN" } else { "INSEE, DGCL" };
    format!("{}\u{202f}; {}. Sources\u{a0}: {source}.", parts.join(", "), figures.epci_sentence())
}

fn beside_actors(figures: &Figures) -> String {
    if figures.actors == 0 {
        return String::new();
    }
    let total = count(figures.actors, "acteur saisi", "acteurs saisis");
    if figures.communes == 0 {
        return format!("{total} dans le dossier. Choisissez les communes pour savoir combien sont dans le périmètre.");
    }
    let mut parts = vec![format!("{} dans le périmètre", figures.inside), format!("{} hors du périmètre", figures.outside)];
    if figures.unplaced > 0 {
        parts.push(format!("{} sans commune", figures.unplaced));
    }
    format!("{total} dans le dossier. Acteurs économiques\u{a0}: {}.", list(&parts))
}

fn beside_density(figures: &Figures) -> String {
    if figures.communes == 0 || figures.inside == 0 {
        return String::new();
    }
    let mut sentence = count(figures.inside, "acteur économique saisi", "acteurs économiques saisis");
    sentence.push_str(" dans le périmètre");
    if let Some(density) = figures.actor_density() {
        let _ = write!(sentence, ", soit {} pour 100\u{a0}km²", rounded(density));
    }
    if let Some(jobs) = figures.jobs.sentence() {
        let _ = write!(sentence, "\u{202f}; {jobs} d’après leurs classes d’effectif");
        if figures.jobs.unknown > 0 {
            let _ = write!(sentence, " ({} sans effectif)", count(figures.jobs.unknown, "fiche", "fiches"));
        }
    }
    format!("{sentence}. Source\u{a0}: fiches du dossier, pas un recensement.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::Value;
    use uuid::Uuid;

    fn unit(kind: &str, pairs: &[(&str, &str)]) -> Unit {
        let mut unit = Unit::blank(kind, Uuid::now_v7(), None);
        for (key, value) in pairs {
            let value = if *value == "oui" { Value::Flag(true) } else { Value::Text((*value).to_owned()) };
            unit.fields.insert((*key).to_owned(), value);
        }
        unit
    }

    fn cognac_and_jarnac() -> Content {
        let mut content = Content::default();
        for code in ["16102", "16167", "16102"] {
            content.units.push(unit("perimeter_commune", &[("commune", code)]));
        }
        content
    }

    #[test]
    fn a_commune_typed_twice_counts_once() {
        let figures = Figures::of(&cognac_and_jarnac());
        let people = ["16102", "16167"].iter().filter_map(|code| territory::commune(code)?.population).map(u64::from).sum::<u64>();
        assert_eq!((figures.communes, figures.population), (2, people));
        assert_eq!(figures.coverage.iter().map(|epci| (epci.epci.code, epci.held, epci.is_whole())).collect::<Vec<_>>(), [("200070514", 2, false)]);
        assert_eq!(figures.epci_sentence(), "1\u{a0}EPCI, en partie");
        assert!(figures.area.is_some_and(|area| (20.0..40.0).contains(&area)), "{:?}", figures.area);
        assert!(figures.density().is_some() && figures.jobs.sentence().is_none());
    }

    #[test]
    fn an_unknown_area_is_not_invented() {
        let mut content = cognac_and_jarnac();
        content.units.push(unit("perimeter_commune", &[("commune", "33063")]));
        let figures = Figures::of(&content);
        assert_eq!((figures.communes, figures.area, figures.density(), figures.actor_density()), (3, None, None, None));
        assert!(!beside(&content, "q1").contains("km²"));
    }

    #[test]
    fn actors_are_placed_by_their_box_then_their_commune() {
        let mut content = cognac_and_jarnac();
        for pairs in [
            &[("name", "A"), ("kind", "company"), ("commune", "16102"), ("headcount", "20-49")][..],
            &[("name", "B"), ("kind", "company"), ("commune", "16167"), ("headcount", "2000+"), ("outside_perimeter", "oui")],
            &[("name", "C"), ("kind", "company"), ("commune", "17300"), ("headcount", "50-99")],
            &[("name", "D"), ("kind", "company")],
            &[("name", "E"), ("kind", "association"), ("commune", "16102")],
            &[("name", "F"), ("kind", "public_body"), ("naf", "36.00Z"), ("commune", "16102"), ("headcount", "0")],
            &[("name", "G"), ("kind", "company"), ("commune", "16102")],
        ] {
            content.units.push(unit("stakeholder", pairs));
        }
        let figures = Figures::of(&content);
        assert_eq!((figures.actors, figures.inside, figures.outside, figures.unplaced, figures.contradictory), (7, 3, 2, 1, 1));
        assert_eq!(figures.jobs, Jobs { low: 20, high: 49, is_open: false, known: 2, unknown: 1 });
        assert_eq!(
            beside(&content, "q2").replace('\u{a0}', " "),
            "7 acteurs saisis dans le dossier. Acteurs économiques : 3 dans le périmètre, 2 hors du périmètre et 1 sans commune."
        );
        assert!(beside(&content, "q3").replace('\u{a0}', " ").contains("de 20 à 49 emplois d’après leurs classes d’effectif (1 fiche sans effectif)"));
    }

    #[test]
    fn jobs_are_a_range_never_a_guess() {
        let jobs = |classes: &[&str]| {
            let mut jobs = Jobs::default();
            for class in classes {
                jobs.add(class);
            }
            jobs.sentence().map(|sentence| sentence.replace(['\u{a0}', '\u{202f}'], " "))
        };
        assert_eq!(jobs(&[""]), None);
        assert_eq!(jobs(&["0"]).as_deref(), Some("0 emploi"));
        assert_eq!(jobs(&["100-199", "250-499", ""]).as_deref(), Some("de 350 à 698 emplois"));
        assert_eq!(jobs(&["2000+", "20-49"]).as_deref(), Some("au moins 2 020 emplois"));
    }
}
