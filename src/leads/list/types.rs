//! Types of synergies: from a type of flow to a type of need, what phase 1 asks for.

use trame_synergies::aggregate::SynergyType;
use trame_synergies::explain;

use crate::leads::book::{Book, Thing, first};
use crate::leads::filters::Filters;
use crate::leads::sieve::{Sieve, Slice, slice as cut};
use crate::leads::words;
use crate::page::Tag;

/// A type of synergy as a line.
pub struct TypeLine {
    /// Key.
    pub key: String,
    /// "Drêches de brasserie → alimentation animale".
    pub title: String,
    /// Its page.
    pub href: String,
    /// Actors who offer, and who need.
    pub sides: (String, String),
    /// Names of both.
    pub names: (String, String),
    /// Pairs.
    pub pairs: usize,
    /// Best score.
    pub best: u8,
    /// Known quantities: offered, needed.
    pub known: (String, String),
    /// Median distance.
    pub distance: String,
    /// Share of the pairs that rest on statistics alone.
    pub statistics: String,
    /// State.
    pub tag: Tag,
}

/// The table.
pub struct TypesView {
    /// Lines.
    pub lines: Vec<TypeLine>,
}

/// The page of types that the filters take.
pub fn slice<'a>(book: Book<'a>, filters: &Filters, sieve: &Sieve<'_>) -> Slice<&'a SynergyType> {
    let takes = |kind: &&SynergyType| sieve.takes(&Thing::Kind(kind).flows(), Some(kind.best), || book.kind(kind));
    let all = book.found.types.iter().filter(takes).collect();
    cut(all, book.base, filters, |kind| (u32::from(kind.best), book.kind(kind).to_string()))
}

/// Those lines, told.
pub fn view(book: Book<'_>, kinds: &[&SynergyType]) -> TypesView {
    TypesView { lines: kinds.iter().map(|kind| line(book, kind)).collect() }
}

fn line(book: Book<'_>, kind: &SynergyType) -> TypeLine {
    let (subject, tables) = (book.kind(kind), &book.found.tables);
    let names = |side: Vec<usize>| first(&book.names(&side), 3);
    TypeLine {
        key: subject.to_string(),
        title: book.title(&Thing::Kind(kind)),
        href: book.href(&subject),
        sides: (sides(kind.offering, "offre", "offrent"), sides(kind.needing, "cherche", "cherchent")),
        names: (names(kind.leads.iter().map(|lead| lead.from).collect()), names(kind.leads.iter().map(|lead| lead.to).collect())),
        pairs: kind.pairs,
        best: kind.best,
        known: (words::magnitude(kind.offered, tables.get(kind.out).domain), words::magnitude(kind.needed, tables.get(kind.r#in).domain)),
        distance: kind.median_km.map(explain::kilometres).unwrap_or_default(),
        statistics: words::share(kind.statistics_share),
        tag: words::tag(book.choice(&subject)),
    }
}

fn sides(n: usize, one: &str, many: &str) -> String {
    format!("{n}\u{a0}{}", if n < 2 { one } else { many })
}
