//! The leads of a dossier with what was decided of them: found by their subject, named and told in French.

use std::fmt::Write as _;

use trame_synergies::aggregate::SynergyType;
use trame_synergies::explain;
use trame_synergies::flow::{Direction, Domain};
use trame_synergies::leads::Lead;
use trame_synergies::missing::{Gap, MissingLink, NEAR};
use trame_synergies::nomenclature::{Activities, NafVersion};
use trame_synergies::pool::Pool;
use trame_synergies::score::Assessment;
use uuid::Uuid;

use super::analysis::Analysis;
use super::decision::{Choice, Decisions, Subject};
use super::words;
use crate::kit::french::{NBSP, count, fold, list};

/// What the engine found, and what people decided.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    /// Address of the dossier.
    pub base: &'a str,
    /// What the engine found.
    pub found: &'a Analysis,
    /// What people decided.
    pub decisions: &'a Decisions,
}

/// What a subject stands for, as the engine finds it now.
#[derive(Debug, Clone, Copy)]
pub enum Thing<'a> {
    /// A pair and its components.
    Pair(Lead, Assessment<'a>),
    /// A type of synergy.
    Kind(&'a SynergyType),
    /// A group.
    Pool(&'a Pool),
    /// A missing link.
    Gap(&'a MissingLink),
}

impl Thing<'_> {
    /// 0 to 100; nothing for a missing link.
    pub fn score(&self) -> Option<u8> {
        match self {
            Self::Pair(lead, _) => Some(lead.score),
            Self::Kind(kind) => Some(kind.best),
            Self::Pool(pool) => Some(pool.score),
            Self::Gap(_) => None,
        }
    }

    /// Places of its flows.
    pub fn flows(&self) -> Vec<usize> {
        match self {
            Self::Pair(lead, _) => vec![lead.from, lead.to],
            Self::Kind(kind) => once(kind.leads.iter().map(|lead| lead.from).chain(kind.leads.iter().map(|lead| lead.to))),
            Self::Pool(pool) => pool.members.iter().chain(&pool.offers).copied().collect(),
            Self::Gap(gap) => gap.outputs.clone(),
        }
    }
}

/// Without what was already met.
pub fn once<T: PartialEq + Copy>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut met, one| {
        if !met.contains(&one) {
            met.push(one);
        }
        met
    })
}

impl<'a> Book<'a> {
    /// Address of a lead's page.
    pub fn href(&self, subject: &Subject) -> String {
        format!("{}/pistes/{subject}", self.base)
    }

    /// Address of a flow's row.
    pub fn flow_href(&self, at: usize) -> String {
        format!("{}/flux/{}", self.base, self.found.source(at).row)
    }

    /// Address of the row of a flow's actor.
    pub fn actor_href(&self, at: usize) -> String {
        format!("{}/acteurs/{}", self.base, self.found.source(at).actor)
    }

    /// Name of a flow's actor.
    pub fn actor_name(&self, at: usize) -> &'a str {
        self.found.actor(at).map_or("(acteur retiré)", |actor| actor.name.as_str())
    }

    /// What was last decided.
    pub fn choice(&self, subject: &Subject) -> Choice {
        self.decisions.of(subject).map_or(Choice::Open, |decision| decision.choice)
    }

    /// Subject of a pair.
    pub fn pair(&self, lead: Lead) -> Subject {
        Subject::Pair(self.found.source(lead.from).row, self.found.source(lead.to).row)
    }

    /// Subject of a type of synergy.
    pub fn kind(&self, kind: &SynergyType) -> Subject {
        let code = |id| self.found.tables.get(id).code.clone();
        Subject::Type(code(kind.out), code(kind.r#in))
    }

    /// Subject of a group.
    pub fn pool(&self, pool: &Pool) -> Subject {
        self.decisions.group(self.found, pool)
    }

    /// Subject of a missing link.
    pub fn gap(&self, gap: &MissingLink) -> Subject {
        Subject::Gap(self.found.tables.get(gap.kind).code.clone())
    }

    /// What a subject stands for now; nothing when the engine no longer finds it.
    pub fn find(&self, subject: &Subject) -> Option<Thing<'a>> {
        let found = self.found;
        match subject {
            Subject::Pair(from, to) => {
                let (from, to) = (found.place(*from)?, found.place(*to)?);
                let assessed = found.assess(Lead { from, to, score: 0 })?;
                Some(Thing::Pair(Lead { from, to, score: assessed.score }, assessed))
            }
            Subject::Type(..) => found.types.iter().find(|kind| self.kind(kind) == *subject).map(Thing::Kind),
            Subject::Group(code, direction, row) => {
                let (kind, at) = (found.tables.find(code)?, found.place(*row)?);
                let holds = |pool: &&Pool| pool.kind == kind && pool.direction == *direction && (pool.members.contains(&at) || pool.offers.contains(&at));
                found.pools.iter().find(holds).map(Thing::Pool)
            }
            Subject::Gap(_) => found.missing.iter().find(|gap| self.gap(gap) == *subject).map(Thing::Gap),
        }
    }

    /// The subject under which decisions about the same thing are kept.
    pub fn settled(&self, subject: Subject, thing: Option<&Thing<'_>>) -> Subject {
        if let Some(Thing::Pool(pool)) = thing { self.pool(pool) } else { subject }
    }

    /// Title of a lead, in the words of who described the flows; by its types when it gathers several.
    pub fn title(&self, thing: &Thing<'_>) -> String {
        let name = |kind| words::type_name(&self.found.tables, kind);
        match thing {
            Thing::Pair(lead, _) => format!("{} → {}", self.found.flow(lead.from).label, self.found.flow(lead.to).label),
            Thing::Kind(kind) if kind.out == kind.r#in => format!("{}, de l’un à l’autre", name(kind.out)),
            Thing::Kind(kind) => format!("{} → {}", name(kind.out), words::lowered(&name(kind.r#in))),
            Thing::Pool(pool) => format!("{}\u{a0}: {}", name(pool.kind), pooled(pool, self.found.tables.get(pool.kind).domain)),
            Thing::Gap(gap) => name(gap.kind),
        }
    }

    /// Who is concerned: "Malterie → Ferme des Rives, 8 km", "4 acteurs : A, B, C et D".
    pub fn actors(&self, thing: &Thing<'_>) -> String {
        let Thing::Pair(lead, assessed) = thing else {
            let names = self.names(&thing.flows());
            return format!("{}\u{a0}: {}", count(names.len(), "acteur", "acteurs"), named(&names));
        };
        let km = assessed.distance_km.map_or_else(|| ", distance inconnue".to_owned(), |km| format!(", {}", explain::kilometres(km)));
        format!("{} → {}{km}", self.actor_name(lead.from), self.actor_name(lead.to))
    }

    /// Distinct names of the actors of those flows, in the order of the alphabet.
    pub fn names(&self, flows: &[usize]) -> Vec<&'a str> {
        let actors = self.rows(flows).into_iter().filter_map(|row| self.found.read.actors.get(&row));
        let mut names: Vec<&str> = actors.map(|actor| actor.name.as_str()).collect();
        names.sort_by_cached_key(|name| fold(name));
        names
    }

    /// Distinct actors of those flows.
    pub fn rows(&self, flows: &[usize]) -> Vec<Uuid> {
        once(flows.iter().map(|at| self.found.source(*at).actor))
    }

    /// The sentence that justifies a lead.
    pub fn sentence(&self, thing: &Thing<'_>) -> String {
        let found = self.found;
        match thing {
            Thing::Pair(lead, assessed) => explain::reason(&found.tables, found.flow(lead.from), found.flow(lead.to), assessed),
            Thing::Kind(kind) => self.kind_sentence(kind),
            Thing::Pool(pool) => explain::pool(&found.tables, &found.read.flows, pool),
            Thing::Gap(gap) => self.gap_sentence(gap),
        }
    }

    fn kind_sentence(&self, kind: &SynergyType) -> String {
        let tables = &self.found.tables;
        let pairs = count(kind.pairs, "paire possible", "paires possibles");
        let mut text = format!("{} et {}, {pairs}. ", offering(kind), needing(kind));
        let known = [("offertes", kind.offered, tables.get(kind.out).domain), ("cherchées", kind.needed, tables.get(kind.r#in).domain)];
        let known: Vec<String> = known.iter().filter_map(|(side, value, domain)| Some(format!("{side}, {}", explain::magnitude((*value)?, *domain)))).collect();
        if known.is_empty() {
            text.push_str("Quantités à préciser. ");
        } else {
            let _ = write!(text, "Quantités connues\u{a0}: {}. ", known.join("\u{202f}; "));
        }
        text += &kind.median_km.map_or_else(
            || "Distance à préciser. ".to_owned(),
            |km| format!("Distance médiane\u{a0}: {} (repère\u{a0}: {}). ", explain::kilometres(km), explain::kilometres(tables.get(kind.out).half_km)),
        );
        if kind.statistics_share > 0.0 {
            let _ = write!(text, "{} des paires ne reposent que sur la statistique. ", words::share(kind.statistics_share));
        }
        format!("{text}Meilleur indice {}/100.", kind.best)
    }

    fn gap_sentence(&self, gap: &MissingLink) -> String {
        let (tables, kind) = (&self.found.tables, self.found.tables.get(gap.kind));
        let total = gap.total.map_or_else(|| "quantités à préciser".to_owned(), |total| explain::magnitude(total, kind.domain));
        if kind.domain == Domain::Service {
            let offered = count(gap.actors, "acteur offre ce service", "acteurs offrent ce service");
            return format!("{offered}. Personne ne le cherche à moins de {}.", explain::kilometres(NEAR * kind.half_km));
        }
        let mut text = format!("{}, {total}. ", count(gap.actors, "acteur a ce flux", "acteurs ont ce flux"));
        match gap.gap {
            Gap::Interface => text.push_str("Tous les usages connus demandent une transformation, et aucune activité du territoire ne la fait. "),
            Gap::NoOutlet => drop(write!(text, "Aucun besoin compatible à moins de {}. ", explain::kilometres(NEAR * kind.half_km))),
        }
        if !gap.activities.is_empty() {
            let named: Vec<String> = gap.activities.iter().take(3).map(|naf| activity(naf)).collect();
            let _ = write!(text, "Activité à trouver ou à créer\u{a0}: {}. ", named.join("\u{202f}; ").trim_end_matches('.'));
        }
        if !gap.serves.is_empty() {
            let served: Vec<String> = gap.serves.iter().map(|kind| words::lowered(&words::type_name(tables, *kind))).collect();
            let _ = write!(text, "Elle servirait à\u{a0}: {}. ", served.join("\u{202f}; "));
        }
        if !gap.candidates.is_empty() {
            let _ = write!(text, "{} plus loin. ", count(gap.candidates.len(), "besoin compatible, mais", "besoins compatibles, mais"));
        }
        text.trim_end().to_owned()
    }
}

/// "3 acteurs offrent".
fn offering(kind: &SynergyType) -> String {
    format!("{} {}", count(kind.offering, "acteur", "acteurs"), if kind.offering < 2 { "offre" } else { "offrent" })
}

/// "2 cherchent".
fn needing(kind: &SynergyType) -> String {
    format!("{}{NBSP}{}", kind.needing, if kind.needing < 2 { "cherche" } else { "cherchent" })
}

fn pooled(pool: &Pool, domain: Domain) -> &'static str {
    match (pool.direction, domain) {
        (_, Domain::Service) => "un service à partager",
        (Direction::Out, _) => "un gisement à grouper",
        (Direction::In, _) => "un besoin à grouper",
    }
}

/// "38.21Z, traitement et élimination des déchets non dangereux".
pub fn activity(naf: &str) -> String {
    Activities::shipped().find(NafVersion::Rev2, naf).map_or_else(|| naf.to_owned(), |found| format!("{naf}, {}", words::lowered(&found.label)))
}

/// "A, B, C, D, E et 4 autres".
pub fn named(names: &[&str]) -> String {
    first(names, 5)
}

/// The first names, and how many others.
pub fn first(names: &[&str], shown: usize) -> String {
    if names.len() <= shown + 1 { list(names) } else { format!("{} et {} autres", names[..shown].join(", "), names.len() - shown) }
}
