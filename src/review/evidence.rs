//! What a criterion judges, gathered beside it: the answers that enlighten it, the figures counted, the annexes.

use std::collections::BTreeMap;

use super::counts::{Counts, counts};
use super::draw::SectionView;
use super::grid::Line;
use crate::framework::COLLECTIONS;
use crate::framework::standing::places;
use crate::kit::french::count;
use crate::project::files::size_text;
use crate::submission::Snapshot;

/// What a criterion judges.
#[derive(Debug)]
pub struct Evidence {
    /// Criterion.
    pub criterion: i64,
    /// "3.2 Nombre et intensité des actions".
    pub title: String,
    /// Answers of the page: address and question.
    pub answers: Vec<(String, String)>,
    /// Figures.
    pub counts: Counts,
    /// Annexes: address, name, size.
    pub annexes: Vec<(String, String, String)>,
}

impl Evidence {
    /// "3 réponses, 4 chiffres, 1 annexe"; nothing when there is none.
    pub fn summary(&self) -> String {
        let parts = [
            (self.answers.len(), "réponse", "réponses"),
            (self.counts.figures.len(), "chiffre compté", "chiffres comptés"),
            (self.annexes.len(), "annexe", "annexes"),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(n, one, many)).collect();
        parts.join(", ")
    }
}

/// Criteria of the questions to which files are joined, by the slot of the files.
fn slots() -> BTreeMap<&'static str, &'static [&'static str]> {
    let items = places().map(|place| place.item).chain(COLLECTIONS.iter().flat_map(|rows| rows.items.iter()));
    items.filter_map(|item| Some((item.slot.as_ref()?.key, item.criteria))).collect()
}

/// What each criterion of a page judges, in the deposit.
pub fn gather<'a>(project: i64, lines: impl Iterator<Item = &'a Line>, sections: &[SectionView], snapshot: Option<&Snapshot>) -> Vec<Evidence> {
    let slots = slots();
    let judges = |code: &str, slot: &str| slots.get(slot.split(':').next().unwrap_or_default()).is_some_and(|codes| codes.contains(&code));
    let of_line = |line: &Line| {
        let files = snapshot.map_or(&[][..], |snapshot| &snapshot.files);
        let annexes = files.iter().filter(|file| judges(&line.code, &file.slot));
        Evidence {
            criterion: line.id.get(),
            title: format!("{} {}", line.code, line.label),
            answers: answers(line, sections),
            counts: snapshot.and_then(|snapshot| counts(&line.code, snapshot)).unwrap_or_default(),
            annexes: annexes.map(|file| (format!("/dossiers/{project}/pieces/{}", file.id), file.name.clone(), size_text(file.size))).collect(),
        }
    };
    lines.map(of_line).collect()
}

/// Answers of the page that enlighten a criterion: address and question.
pub fn answers(line: &Line, sections: &[SectionView]) -> Vec<(String, String)> {
    let lit = sections.iter().flat_map(|section| &section.items).filter(|item| item.is_lighting(line.id));
    lit.map(|item| (format!("#{}", item.view.anchor), item.view.title.to_string())).collect()
}
