//! Missing links: the activities that would make an output useful.

use trame_synergies::missing::MissingLink;

use super::Body;
use super::lines::{LinesView, line};
use crate::leads::book::{Book, Thing};
use crate::leads::filters::Filters;
use crate::leads::sieve::{Sieve, slice};

/// Missing links, most actors first: they have no score.
pub fn view(book: Book<'_>, filters: &Filters, sieve: &Sieve<'_>, is_editable: bool) -> (Body, String, Option<String>) {
    let takes = |gap: &&MissingLink| sieve.takes(&gap.outputs, None, || book.gap(gap));
    let all: Vec<&MissingLink> = book.found.missing.iter().filter(takes).collect();
    let slice = slice(all, book.base, filters, |gap| (u32::try_from(gap.actors).unwrap_or(u32::MAX), book.gap(gap).to_string()));
    let lines = slice.lines.iter().map(|gap| line(book, filters, (&book.gap(gap), &Thing::Gap(gap)), is_editable)).collect();
    (Body::Lines(LinesView { lines, is_crowd: false, couples: 0, all: String::new() }), slice.range(), slice.more)
}
