//! The lines that the filters take, and the fifty that a page shows.

use std::collections::HashMap;

use super::book::Book;
use super::decision::Subject;
use super::filters::Filters;
use crate::kit::french::fold;

/// Lines on a page.
pub const PAGE: usize = 50;

/// Filters made ready for the flows of a dossier.
#[derive(Debug)]
pub struct Sieve<'a> {
    book: Book<'a>,
    filters: &'a Filters,
    words: Vec<String>,
    /// What is said of each flow; empty when no word is asked.
    texts: Vec<String>,
}

impl<'a> Sieve<'a> {
    /// The filters over the flows of that book.
    pub fn new(book: Book<'a>, filters: &'a Filters) -> Self {
        let words: Vec<String> = fold(&filters.words).split_whitespace().map(str::to_owned).collect();
        let flows = 0..if words.is_empty() { 0 } else { book.found.read.flows.len() };
        let texts = flows.map(|at| {
            let flow = book.found.flow(at);
            let kind = flow.kind.map_or("", |kind| book.found.tables.get(kind).label.as_str());
            fold(&format!("{} {kind} {} {}", flow.label, book.actor_name(at), flow.reference))
        });
        Self { texts: texts.collect(), book, filters, words }
    }

    /// Are flows asked for, one of them by its domain, one by its actor, all the words by any?
    pub fn takes_flows(&self, flows: &[usize]) -> bool {
        let found = self.book.found;
        self.filters.domain.is_none_or(|domain| flows.iter().any(|at| found.flow(*at).domain == domain))
            && self.filters.actor.is_none_or(|actor| flows.iter().any(|at| found.source(*at).actor == actor))
            && self.words.iter().all(|word| flows.iter().any(|at| self.texts[*at].contains(word)))
    }

    /// Is a lead asked for, by its flows, its score and what was decided?
    pub fn takes(&self, flows: &[usize], score: Option<u8>, subject: impl FnOnce() -> Subject) -> bool {
        score.is_none_or(|score| score >= self.filters.least)
            && self.takes_flows(flows)
            && self.filters.standing.takes(if self.book.decisions.is_empty() { super::decision::Choice::Open } else { self.book.choice(&subject()) })
    }
}

/// A page of a list: its lines, and where the next one begins.
#[derive(Debug)]
pub struct Slice<T> {
    /// Lines.
    pub lines: Vec<T>,
    /// Number of the first, from 1; zero when there is none.
    pub first: usize,
    /// Lines that the filters take.
    pub total: usize,
    /// Address of the next page.
    pub more: Option<String>,
}

/// Cuts the page that comes after the one the address names. `mark` is what a line is known by: its rank, that never grows down
/// the list, and its key. A line that left the list meanwhile is found again by its rank.
pub fn slice<T>(all: Vec<T>, base: &str, filters: &Filters, mark: impl Fn(&T) -> (u32, String)) -> Slice<T> {
    let total = all.len();
    let start = filters.after.as_ref().map_or(0, |(rank, key)| {
        let own = all.iter().position(|line| mark(line).1 == *key).map(|at| at + 1);
        own.or_else(|| all.iter().position(|line| mark(line).0 < *rank)).unwrap_or(total)
    });
    let mut lines: Vec<T> = all.into_iter().skip(start).collect();
    let has_more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let more = lines.last().filter(|_| has_more).map(|last| {
        let filters = Filters { after: Some(mark(last)), ..filters.clone() };
        format!("{base}/pistes{}", filters.query())
    });
    Slice { first: if lines.is_empty() { 0 } else { start + 1 }, lines, total, more }
}

impl<T> Slice<T> {
    /// "1 à 50 sur 62".
    pub fn range(&self) -> String {
        match self.lines.len() {
            0 => format!("aucune sur {}", self.total),
            shown => format!("{} à {} sur {}", self.first, self.first + shown - 1, self.total),
        }
    }
}

/// Actors of the dossier that have a flow, by name: the choices of the filter.
pub fn choices(book: Book<'_>) -> Vec<(String, String)> {
    let mut held: HashMap<uuid::Uuid, &str> = HashMap::new();
    for at in 0..book.found.read.flows.len() {
        held.insert(book.found.source(at).actor, book.actor_name(at));
    }
    let mut all: Vec<(String, String)> = held.into_iter().map(|(row, name)| (row.to_string(), name.to_owned())).collect();
    all.sort_by(|a, b| (fold(&a.1), &a.0).cmp(&(fold(&b.1), &b.0)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(after: Option<(u32, &str)>, all: &[(u32, String)]) -> Slice<(u32, String)> {
        let filters = Filters { after: after.map(|(rank, key)| (rank, key.to_owned())), ..Filters::default() };
        slice(all.to_vec(), "", &filters, Clone::clone)
    }

    #[test]
    fn pages_follow_each_other_even_when_a_line_left() {
        let all: Vec<(u32, String)> = (0..120).map(|n| (100 - n / 2, format!("k{n}"))).collect();
        let first = cut(None, &all);
        assert_eq!((first.range().as_str(), first.more.as_deref()), ("1 à 50 sur 120", Some("/pistes?apres=76.k49")));
        assert_eq!(cut(Some((76, "k49")), &all).lines[0].1, "k50");
        assert_eq!(cut(Some((76, "gone")), &all).lines[0].1, "k50", "the first line under that rank");
        let last = cut(Some((51, "k99")), &all);
        assert_eq!((last.range().as_str(), last.more), ("101 à 120 sur 120", None));
        assert_eq!(cut(Some((0, "gone")), &all).range(), "aucune sur 120");
    }
}
