//! The biggest actors by domain and direction: declared first, what is estimated apart.

use trame_synergies::flow::{Direction, Domain};
use trame_synergies::generators::{Class, Generator, pareto};
use uuid::Uuid;

use super::Body;
use crate::kit::french::count;
use crate::leads::book::Book;
use crate::leads::filters::Filters;
use crate::leads::sieve::slice;
use crate::leads::words::{DOMAINS, quantity, share};

/// Actors shown of each domain, before one asks for all of them.
const FIRST: usize = 10;

/// The biggest actors of a domain, in one direction.
pub struct Chart {
    /// "Matière, ce qui sort des sites".
    pub title: String,
    /// Anchor in the page.
    pub anchor: String,
    /// « Le premier porte 40 %, les trois premiers portent 78 %. »
    pub sentence: String,
    /// Declared, known or measured.
    pub declared: Vec<Ranked>,
    /// From statistics alone.
    pub estimated: Vec<Ranked>,
    /// Flows without quantity.
    pub unknown: String,
    /// All of them: words and address.
    pub all: Option<(String, String)>,
}

/// An actor in its rank.
pub struct Ranked {
    /// From 1.
    pub rank: usize,
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Yearly quantity.
    pub quantity: String,
    /// Of the whole.
    pub share: String,
    /// With those before.
    pub cumulated: String,
    /// A, B or C.
    pub class: &'static str,
}

/// The charts.
pub struct GeneratorsView {
    /// One per domain and direction that has quantities.
    pub charts: Vec<Chart>,
}

/// Every domain at a glance, or one of them whole.
pub fn view(book: Book<'_>, filters: &Filters) -> (Body, String, Option<String>) {
    if let (Some(domain), Some(direction)) = (filters.domain, filters.direction) {
        let ranks = pareto(&book.found.read.flows, domain, direction).declared;
        let slice = slice(ranks, book.base, filters, |generator| (u32::MAX - u32::try_from(generator.rank).unwrap_or(0), generator.actor.to_owned()));
        let (range, more) = (slice.range(), slice.more);
        let chart = chart(book, (domain, direction), Some(slice.lines));
        return (Body::Generators(GeneratorsView { charts: chart.into_iter().collect() }), range, more);
    }
    let sides = DOMAINS.iter().flat_map(|(domain, ..)| [(*domain, Direction::Out), (*domain, Direction::In)]);
    let asked =
        sides.filter(|(domain, direction)| filters.domain.is_none_or(|held| held == *domain) && filters.direction.is_none_or(|held| held == *direction));
    let charts = asked.filter_map(|side| chart(book, side, None)).collect();
    (Body::Generators(GeneratorsView { charts }), String::new(), None)
}

fn chart(book: Book<'_>, (domain, direction): (Domain, Direction), page: Option<Vec<Generator<'_>>>) -> Option<Chart> {
    let found = pareto(&book.found.read.flows, domain, direction);
    if found.declared.is_empty() && found.estimated.is_empty() {
        return None;
    }
    let (_, key, name, _) = DOMAINS.iter().find(|(held, ..)| *held == domain)?;
    let (side, word) = if direction == Direction::Out { ("ce qui sort des sites", "sortant") } else { ("ce qui entre dans les sites", "entrant") };
    let is_cut = page.is_none() && found.declared.len() > FIRST;
    let ranked = |all: &[Generator<'_>]| all.iter().map(|generator| ranked(book, domain, generator)).collect::<Vec<_>>();
    let shown = |all: &[Generator<'_>]| ranked(&all[..all.len().min(FIRST)]);
    Some(Chart {
        title: format!("{name}, {side}"),
        anchor: format!("{key}-{word}"),
        sentence: sentence(&found.declared),
        declared: page.map_or_else(|| shown(&found.declared), |page| ranked(&page)),
        estimated: shown(&found.estimated),
        unknown: match found.unknown {
            0 => String::new(),
            n => format!("{} sans quantité connue, hors de ce classement.", count(n, "flux", "flux")),
        },
        all: is_cut.then(|| {
            let words = format!("Les {} acteurs de ce classement", found.declared.len());
            let asked = Filters { domain: Some(domain), direction: Some(direction), view: crate::leads::filters::View::Generators, ..Filters::default() };
            (words, format!("{}/pistes{}", book.base, asked.query()))
        }),
    })
}

/// Concentration is the message.
fn sentence(ranks: &[Generator<'_>]) -> String {
    match ranks {
        [] => "Aucune quantité déclarée ni connue\u{a0}: seulement des estimations.".to_owned(),
        [_] => "Un seul acteur a une quantité connue.".to_owned(),
        [first, second] => format!("Le premier porte {}, les deux premiers {}.", share(first.share), share(second.cumulated)),
        [first, _, third, ..] => format!("Le premier porte {}, les trois premiers portent {}.", share(first.share), share(third.cumulated)),
    }
}

fn ranked(book: Book<'_>, domain: Domain, generator: &Generator<'_>) -> Ranked {
    let actor = Uuid::try_parse(generator.actor).ok().and_then(|row| book.found.read.actors.get(&row));
    Ranked {
        rank: generator.rank,
        name: actor.map_or_else(|| "(acteur retiré)".to_owned(), |actor| actor.name.clone()),
        href: format!("{}/acteurs/{}", book.base, generator.actor),
        quantity: quantity(generator.quantity, domain),
        share: share(generator.share),
        cumulated: share(generator.cumulated),
        class: match generator.class {
            Class::A => "A",
            Class::B => "B",
            Class::C => "C",
        },
    }
}
