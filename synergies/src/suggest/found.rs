//! What the tables know of a label: its stems, and how much each counts.

use super::index::Index;
use super::words::{self, Word};

/// Weight of a word no type knows: that of a rather common one.
const UNKNOWN: f64 = 1.2;

/// A stem of the label, known to the tables.
pub(super) struct Found {
    pub(super) stem: usize,
    pub(super) weight: f64,
    /// Of the words of the label it explains.
    pub(super) cover: f64,
    pub(super) is_near: bool,
}

/// The stems of the label that the types know, and the weight of all its words.
pub(super) fn found(index: &Index, label: &str) -> (Vec<Found>, f64) {
    let read = words::words(label);
    let known: Vec<Option<(usize, f64)>> = read.iter().map(|word| index.find(&word.stem).map(|at| (at, 1.0)).or_else(|| index.nearest(&word.stem))).collect();
    let factors = factors(&read, &known);
    let weight = |place: usize| factors[place] * known[place].map_or(UNKNOWN, |(at, _)| index.stems[at].weight);
    let mut found: Vec<Found> = Vec::new();
    for (place, word) in read.iter().enumerate() {
        for at in read.get(place + 1).into_iter().flat_map(|next| index.find_pair(word, next)) {
            found.push(Found { stem: at, weight: factors[place] * index.stems[at].weight, cover: weight(place) + weight(place + 1), is_near: false });
        }
        if let Some((at, like)) = known[place] {
            let weight = weight(place) * like * like;
            found.push(Found { stem: at, weight, cover: weight, is_near: like < 1.0 });
        }
    }
    found.sort_by(|a, b| a.stem.cmp(&b.stem).then(b.weight.total_cmp(&a.weight)));
    found.dedup_by_key(|found| found.stem);
    (found, (0..read.len()).map(weight).sum())
}

/// How much each word counts: the first says what the thing is, what follows "pour" what it is for, unless nothing else is understood.
fn factors(read: &[Word], known: &[Option<(usize, f64)>]) -> Vec<f64> {
    let is_telling = |place: usize| !read[place].is_generic && known[place].is_some();
    let is_understood = (0..read.len()).any(|place| !read[place].is_context && is_telling(place));
    let first = read.iter().position(|word| !word.is_generic);
    let factor = |(place, word): (usize, &Word)| match word {
        Word { is_generic: true, .. } => 0.35,
        Word { is_context: true, .. } if is_understood => 0.45,
        _ if first == Some(place) => 1.25,
        _ => 1.0,
    };
    read.iter().enumerate().map(factor).collect()
}
