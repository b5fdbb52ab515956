//! R1 to R136, the lines of the regulation, and what answers each: an item of the framework, a part of the application,
//! or nothing here. Their numbers are stable anchors: `#R30` lands on the question that answers it.

mod lines;

use std::collections::BTreeSet;

use super::standing::{Place, places};
use super::{COLLECTIONS, Item, Rows};

pub use lines::CHAPTERS;

/// How many lines the regulation has.
pub const COUNT: usize = 136;

/// A chapter of the regulation.
#[derive(Debug)]
pub struct Chapter {
    /// In the address: `mobilisation`.
    pub slug: &'static str,
    /// Title.
    pub title: &'static str,
    /// Its lines, in order.
    pub lines: &'static [Requirement],
}

/// A line of the regulation.
#[derive(Debug)]
pub struct Requirement {
    /// From 1 to 136.
    pub no: u8,
    /// What it says, shortened.
    pub text: &'static str,
    /// What answers it.
    pub answer: Answer,
}

impl Requirement {
    /// "R30".
    pub fn code(&self) -> String {
        format!("R{}", self.no)
    }
}

/// What answers a line of the regulation.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// What the dossier holds: the items that cite the line.
    Dossier,
    /// A deliverable as a whole.
    Deliverable(u8),
    /// A part of the application, with a sentence that says how.
    Part(Part, &'static str),
    /// Nothing here: the administration, or what happens elsewhere; the sentence says so.
    Outside(&'static str),
}

/// A part of the application that answers a line of the regulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The public page of the call, at that fragment.
    Call(&'static str),
    /// The page of the dossier, at that fragment.
    Overview(&'static str),
    /// The deposit of the dossier.
    Deposit,
    /// The AMO branch.
    Mission,
    /// The subsidy file.
    Subsidy,
}

/// Every line, in order.
pub fn all() -> impl Iterator<Item = &'static Requirement> {
    CHAPTERS.iter().flat_map(|chapter| chapter.lines)
}

/// Items of the deliverables that answer a line, small tables included, in order.
pub fn answered_by(code: &str) -> Vec<Place> {
    let in_tables = |item: &Item| item.tables.iter().any(|rows| rows.items.iter().any(|column| column.requirements.contains(&code)));
    places().filter(|place| place.item.requirements.contains(&code) || in_tables(place.item)).collect()
}

/// Rows with pages of their own that answer a line: the part of their page, in order.
pub fn detailed_by(code: &str) -> Vec<(&'static Rows, &'static Item)> {
    COLLECTIONS.iter().flat_map(|rows| rows.items.iter().map(move |item| (*rows, item))).filter(|(_, item)| item.requirements.contains(&code)).collect()
}

/// Codes to anchor at each of those items: the first item of a page that cites a line bears its anchor, once.
pub fn anchors<'a>(cited: impl IntoIterator<Item = &'a [&'static str]>) -> Vec<Vec<&'static str>> {
    let mut seen = BTreeSet::new();
    cited.into_iter().map(|codes| codes.iter().copied().filter(|code| seen.insert(*code)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited() -> BTreeSet<&'static str> {
        let sections = places().map(|place| place.item).flat_map(|item| std::iter::once(item).chain(item.tables.iter().flat_map(|rows| rows.items)));
        let pages = COLLECTIONS.iter().flat_map(|rows| rows.items).flat_map(|item| std::iter::once(item).chain(item.tables.iter().flat_map(|rows| rows.items)));
        sections.chain(pages).flat_map(|item| item.requirements).copied().collect()
    }

    #[test]
    fn the_136_lines_are_listed_once_in_order() {
        let listed: Vec<usize> = all().map(|line| usize::from(line.no)).collect();
        assert_eq!(listed, (1..=COUNT).collect::<Vec<_>>());
        assert!(all().all(|line| !line.text.trim().is_empty()));
    }

    #[test]
    fn every_code_that_an_item_cites_is_a_line() {
        let known: BTreeSet<String> = all().map(Requirement::code).collect();
        for code in cited() {
            assert!(known.contains(code), "{code}");
        }
    }

    #[test]
    fn what_the_dossier_answers_is_cited_and_nothing_else_is_left_without_a_sentence() {
        let cited = cited();
        for line in all() {
            let code = line.code();
            match line.answer {
                Answer::Dossier | Answer::Deliverable(_) => assert!(cited.contains(code.as_str()), "{code} is asked nowhere"),
                Answer::Part(_, sentence) | Answer::Outside(sentence) => {
                    assert!(sentence.ends_with('.') && !cited.contains(code.as_str()), "{code}");
                }
            }
        }
    }

    #[test]
    fn every_line_asked_of_a_carrier_is_answered_by_the_dossier() {
        // R107 announces the six pieces: the page of the deposit gathers them, no question asks for it.
        for line in all().filter(|line| (26..=81).contains(&line.no) || (107..=113).contains(&line.no)) {
            assert!(matches!(line.answer, Answer::Dossier | Answer::Deliverable(_)) || line.no == 107, "{}", line.code());
        }
    }

    #[test]
    fn a_line_is_anchored_once_on_a_page_at_the_first_item_that_cites_it() {
        assert_eq!(anchors([&["R47", "R52"][..], &["R48", "R52"], &[]]), [vec!["R47", "R52"], vec!["R48"], vec![]]);
    }
}
