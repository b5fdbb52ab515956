//! Pairs and groups as a list, the best first, each with its parts and the act that costs one click.

use trame_synergies::explain;
use trame_synergies::leads::Lead;
use trame_synergies::pool::Pool;
use uuid::Uuid;

use super::Body;
use crate::leads::book::{Book, Thing};
use crate::leads::decision::{Choice, Subject};
use crate::leads::filters::Filters;
use crate::leads::score::{self, Part};
use crate::leads::sieve::{Sieve, slice};
use crate::leads::words;
use crate::page::Tag;

/// A lead as a line.
pub struct Line {
    /// Key.
    pub key: String,
    /// Its page.
    pub href: String,
    /// 0 to 100; nothing for a missing link.
    pub score: Option<u8>,
    /// Title.
    pub title: String,
    /// Who is concerned.
    pub actors: String,
    /// What justifies it.
    pub sentence: String,
    /// What to ask, or nothing.
    pub missing: String,
    /// State.
    pub tag: Tag,
    /// Why it was set aside, and by whom; or who kept it.
    pub note: String,
    /// Components.
    pub parts: Vec<Part>,
    /// Kept in one click, from here.
    pub keep: Option<Keep>,
}

/// A form of one button.
pub struct Keep {
    /// Where it is posted.
    pub action: String,
    /// Last decision seen.
    pub seen: i64,
    /// Operation.
    pub operation: Uuid,
}

/// The list.
pub struct LinesView {
    /// Lines.
    pub lines: Vec<Line>,
    /// Are groups of two actors left out?
    pub is_crowd: bool,
    /// How many such groups wait.
    pub couples: usize,
    /// The same with them.
    pub all: String,
}

type Drawn = (Body, String, Option<String>);

/// Pairs.
pub fn pairs(book: Book<'_>, filters: &Filters, sieve: &Sieve<'_>, is_editable: bool) -> Drawn {
    let takes = |lead: &Lead| sieve.takes(&[lead.from, lead.to], Some(lead.score), || book.pair(*lead));
    let all: Vec<Lead> = book.found.leads.iter().copied().filter(takes).collect();
    let slice = slice(all, book.base, filters, |lead| (u32::from(lead.score), book.pair(*lead).to_string()));
    let things = slice.lines.iter().filter_map(|lead| Some((book.pair(*lead), Thing::Pair(*lead, book.found.assess(*lead)?))));
    let lines = things.map(|(subject, thing)| line(book, filters, (&subject, &thing), is_editable)).collect();
    (Body::Lines(LinesView { lines, is_crowd: false, couples: 0, all: String::new() }), slice.range(), slice.more)
}

/// Groups, of three actors or more unless couples are asked for.
pub fn pools(book: Book<'_>, filters: &Filters, sieve: &Sieve<'_>, is_editable: bool) -> Drawn {
    let is_taken = |pool: &&Pool| sieve.takes(&Thing::Pool(pool).flows(), Some(pool.score), || book.pool(pool));
    let (crowds, couples): (Vec<&Pool>, Vec<&Pool>) = book.found.pools.iter().filter(is_taken).partition(|pool| filters.has_couples || pool.actors > 2);
    let slice = slice(crowds, book.base, filters, |pool| (u32::from(pool.score), book.pool(pool).to_string()));
    let lines = slice.lines.iter().map(|pool| line(book, filters, (&book.pool(pool), &Thing::Pool(pool)), is_editable)).collect();
    let all = format!("{}/pistes{}", book.base, Filters { has_couples: true, after: None, ..filters.clone() }.query());
    (Body::Lines(LinesView { lines, is_crowd: !filters.has_couples, couples: couples.len(), all }), slice.range(), slice.more)
}

/// A lead, told.
pub fn line(book: Book<'_>, filters: &Filters, (subject, thing): (&Subject, &Thing<'_>), is_editable: bool) -> Line {
    let (choice, href) = (book.choice(subject), book.href(subject));
    let keep = (is_editable && choice == Choice::Open).then(|| Keep {
        action: format!("{href}{}", filters.query_with("depuis=liste")),
        seen: book.decisions.of(subject).map_or(0, |decision| decision.id),
        operation: Uuid::new_v4(),
    });
    Line {
        key: subject.to_string(),
        score: thing.score(),
        title: book.title(thing),
        actors: book.actors(thing),
        sentence: book.sentence(thing),
        missing: missing(book, thing),
        tag: words::tag(choice),
        note: note(book, subject),
        parts: parts(book, thing),
        keep,
        href,
    }
}

fn parts(book: Book<'_>, thing: &Thing<'_>) -> Vec<Part> {
    let found = book.found;
    match thing {
        Thing::Pair(lead, assessed) => score::pair(&found.settings.weights, (found.flow(lead.from), found.flow(lead.to)), assessed).parts,
        Thing::Pool(pool) => score::group(pool, &found.read.flows).parts,
        Thing::Kind(_) | Thing::Gap(_) => Vec::new(),
    }
}

/// What to ask about a pair.
fn missing(book: Book<'_>, thing: &Thing<'_>) -> String {
    let Thing::Pair(lead, _) = thing else { return String::new() };
    let asked = explain::questions(&book.found.tables, book.found.flow(lead.from), book.found.flow(lead.to));
    asked.into_iter().map(explain::Question::text).collect::<Vec<_>>().join("\u{202f}; ")
}

fn note(book: Book<'_>, subject: &Subject) -> String {
    match book.decisions.of(subject) {
        Some(decision) if decision.choice == Choice::Dismissed => format!("par {}\u{a0}: {}", decision.author, decision.reason),
        Some(decision) if decision.choice != Choice::Open => format!("par {}", decision.author),
        _ => String::new(),
    }
}
