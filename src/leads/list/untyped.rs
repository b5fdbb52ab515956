//! Flows whose type nobody chose: those the engine could not type first, then those to confirm.

use trame_synergies::suggest::Suggestion;
use uuid::Uuid;

use super::Body;
use crate::leads::analysis::Analysis;
use crate::leads::book::Book;
use crate::leads::filters::Filters;
use crate::leads::flows::Typed;
use crate::leads::sieve::{Sieve, slice};
use crate::leads::words;

/// A flow to type.
pub struct UntypedLine {
    /// Row of the flow.
    pub row: Uuid,
    /// Its words.
    pub label: String,
    /// Its page.
    pub href: String,
    /// Who, which way: "Malterie, matière, sortant".
    pub actor: String,
    /// Nobody knows: the guess, if any, is too weak to be used.
    pub is_unknown: bool,
    /// Name of the guessed type, or nothing.
    pub guess: String,
    /// "92 %".
    pub confidence: String,
    /// Why.
    pub reason: String,
    /// Version of the row.
    pub version: i32,
    /// Operation of its form.
    pub operation: Uuid,
}

/// The queue.
pub struct UntypedView {
    /// Lines.
    pub lines: Vec<UntypedLine>,
    /// Names of the types.
    pub names: Vec<String>,
}

/// How many flows wait for somebody to say their type.
pub fn waiting(found: &Analysis) -> usize {
    found.read.sources.iter().filter(|source| source.typed != Typed::Chosen).count()
}

/// The queue: no type first, then the least certain suggestions.
pub fn view(book: Book<'_>, filters: &Filters, sieve: &Sieve<'_>) -> (Body, String, Option<String>) {
    let waiting = (0..book.found.read.flows.len()).filter(|at| book.found.source(*at).typed != Typed::Chosen && sieve.takes_flows(&[*at]));
    let mut all: Vec<(u32, usize)> = waiting.map(|at| (rank(&book.found.source(at).typed), at)).collect();
    all.sort_by_key(|(rank, at)| (std::cmp::Reverse(*rank), *at));
    let slice = slice(all, book.base, filters, |(rank, at)| (*rank, book.found.source(*at).row.to_string()));
    let lines = slice.lines.iter().map(|(_, at)| line(book, *at)).collect();
    let names = words::type_names(&book.found.tables);
    (Body::Untyped(UntypedView { lines, names }), slice.range(), slice.more)
}

/// The less is known, the higher.
fn rank(typed: &Typed) -> u32 {
    match typed {
        Typed::Unknown(None) => 300,
        Typed::Unknown(Some(guess)) => 300 - u32::from(guess.confidence),
        Typed::Suggested(guess) => 150 - u32::from(guess.confidence),
        Typed::Chosen => 0,
    }
}

fn line(book: Book<'_>, at: usize) -> UntypedLine {
    let (flow, source) = (book.found.flow(at), book.found.source(at));
    let guess: Option<&Suggestion> = match &source.typed {
        Typed::Suggested(guess) | Typed::Unknown(Some(guess)) => Some(guess),
        Typed::Unknown(None) | Typed::Chosen => None,
    };
    UntypedLine {
        row: source.row,
        label: flow.label.clone(),
        href: book.flow_href(at),
        actor: format!("{}, {}, {}", book.actor_name(at), words::lowered(words::domain_name(flow.domain)), words::side(flow)),
        is_unknown: matches!(source.typed, Typed::Unknown(_)),
        guess: guess.map_or_else(String::new, |guess| words::type_name(&book.found.tables, guess.kind)),
        confidence: guess.map_or_else(String::new, |guess| format!("{}\u{a0}%", guess.confidence)),
        reason: guess.map_or_else(String::new, |guess| words::reason(&guess.reason)),
        version: source.version,
        operation: Uuid::new_v4(),
    }
}
