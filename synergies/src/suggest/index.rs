//! The words of every type, inverted: from a stem to the phrases and types that hold it.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::words::{Word, dropped, telling, words};
use crate::nomenclature::{FlowType, TypeId};

/// A synonym of a type, or a piece of its label.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) kind: TypeId,
    pub(super) text: String,
    /// Its telling words.
    pub(super) folded: String,
    /// The words it loses as noise although they make it narrower.
    pub(super) dropped: Vec<String>,
    pub(super) is_label: bool,
    /// Sum of the weights of its stems, and one for each dropped word.
    pub(super) weight: f64,
}

/// A stem: where it is, how rare it is.
#[derive(Debug)]
pub(super) struct Stem {
    pub(super) text: String,
    /// Written as one word in the tables, not joined from two.
    pub(super) is_word: bool,
    pub(super) phrases: Vec<usize>,
    /// Types that hold it, and how many of their phrases do.
    pub(super) types: Vec<(TypeId, f64)>,
    pub(super) weight: f64,
}

/// What the words of the types lead to.
#[derive(Debug)]
pub(crate) struct Index {
    pub(super) phrases: Vec<Phrase>,
    pub(super) stems: Vec<Stem>,
    by_text: HashMap<String, usize>,
    trigrams: HashMap<[u8; 3], Vec<usize>>,
}

impl Index {
    /// Reads the labels and synonyms of types; a family has none of its own.
    pub(crate) fn new(types: &[FlowType]) -> Self {
        let mut index = Self { phrases: Vec::new(), stems: Vec::new(), by_text: HashMap::new(), trigrams: HashMap::new() };
        for (id, kind) in (0_u16..).zip(types).filter(|(_, kind)| !kind.is_family()) {
            index.add_label(TypeId(id), &kind.label);
            for synonym in &kind.synonyms {
                index.add(TypeId(id), synonym, false);
            }
        }
        index.weigh(types.len());
        index
    }

    /// The pieces of a label; a lone word after the first piece only completes the head: "organiques" of "Autres acides (nitrique, organiques)".
    fn add_label(&mut self, kind: TypeId, label: &str) {
        let head = words(label).first().map(|word| word.folded.clone()).unwrap_or_default();
        for (place, piece) in label.split([',', '(', ')', ':', ';']).map(str::trim).enumerate() {
            if place > 0 && words(piece).len() == 1 {
                self.add(kind, &format!("{head} {piece}"), true);
            } else {
                self.add(kind, piece, true);
            }
        }
    }

    fn add(&mut self, kind: TypeId, text: &str, is_label: bool) {
        let read = words(text);
        if read.is_empty() {
            return;
        }
        if let [first, second] = read.as_slice() {
            // "big bag" is also typed "bigbag"; two words side by side say more than both apart.
            let joined = words(&format!("{}{}", first.folded, second.folded));
            self.enter(kind, text, is_label, &joined);
            let pair = Word { stem: pair(&first.stem, &second.stem), ..first.clone() };
            self.enter(kind, text, is_label, &[pair]);
        }
        self.enter(kind, text, is_label, &read);
        for word in &read {
            let at = self.stem_at(&word.stem);
            self.stems[at].is_word = true;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few words")]
    fn enter(&mut self, kind: TypeId, text: &str, is_label: bool, read: &[Word]) {
        let place = self.phrases.len();
        let dropped = dropped(text);
        let weight = if is_label { 0.0 } else { dropped.len() as f64 };
        self.phrases.push(Phrase { kind, text: text.to_owned(), folded: telling(read), dropped, is_label, weight });
        let stems: BTreeSet<&str> = read.iter().map(|word| word.stem.as_str()).collect();
        for stem in stems {
            let at = self.stem_at(stem);
            self.stems[at].phrases.push(place);
        }
    }

    fn stem_at(&mut self, text: &str) -> usize {
        if let Some(&at) = self.by_text.get(text) {
            return at;
        }
        let at = self.stems.len();
        self.by_text.insert(text.to_owned(), at);
        self.stems.push(Stem { text: text.to_owned(), is_word: false, phrases: Vec::new(), types: Vec::new(), weight: 0.0 });
        at
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    fn weigh(&mut self, types: usize) {
        self.stems.sort_by(|a, b| a.text.cmp(&b.text));
        self.by_text = self.stems.iter().enumerate().map(|(at, stem)| (stem.text.clone(), at)).collect();
        for (at, stem) in self.stems.iter_mut().enumerate() {
            for &phrase in &stem.phrases {
                let kind = self.phrases[phrase].kind;
                match stem.types.last_mut() {
                    Some((last, count)) if *last == kind => *count += 1.0,
                    _ => stem.types.push((kind, 1.0)),
                }
            }
            stem.weight = (types as f64 / stem.types.len() as f64).ln().max(0.3);
            for &phrase in &stem.phrases {
                self.phrases[phrase].weight += stem.weight;
            }
            for trigram in trigrams(&stem.text) {
                self.trigrams.entry(trigram).or_default().push(at);
            }
        }
    }

    /// The stem itself.
    pub(super) fn find(&self, stem: &str) -> Option<usize> {
        self.by_text.get(stem).copied()
    }

    /// Two words side by side, as one or as the tables have them.
    pub(super) fn find_pair(&self, first: &Word, second: &Word) -> impl Iterator<Item = usize> {
        let joined = words(&format!("{}{}", first.folded, second.folded));
        let as_one = joined.first().and_then(|word| self.find(&word.stem)).filter(|&at| self.stems[at].is_word);
        as_one.into_iter().chain(self.find(&pair(&first.stem, &second.stem)))
    }

    /// The stem most like a mistyped one, and how like, 0 to 1.
    pub(super) fn nearest(&self, text: &str) -> Option<(usize, f64)> {
        let asked = trigrams(text);
        if text.len() < 4 {
            return None;
        }
        let mut shared: HashMap<usize, u16> = HashMap::new();
        for trigram in &asked {
            for &at in self.trigrams.get(trigram).map_or(&[][..], Vec::as_slice) {
                *shared.entry(at).or_default() += 1;
            }
        }
        let like = |at: usize, count: u16| {
            let others = u16::try_from(trigrams(&self.stems[at].text).len()).unwrap_or(u16::MAX);
            2.0 * f64::from(count) / (f64::from(others) + f64::from(u16::try_from(asked.len()).unwrap_or(u16::MAX)))
        };
        let ranked = shared
            .into_iter()
            .filter(|&(at, _)| self.stems[at].text.len() >= 4 && self.stems[at].text.as_bytes()[0] == text.as_bytes()[0])
            .map(|(at, count)| (at, like(at, count)));
        ranked.filter(|&(_, like)| like >= 0.65).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }
}

fn pair(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

/// The trigrams of a word, its edges marked.
fn trigrams(text: &str) -> HashSet<[u8; 3]> {
    let marked: Vec<u8> = [b'^'].into_iter().chain(text.bytes()).chain([b'$']).collect();
    marked.windows(3).map(|three| [three[0], three[1], three[2]]).collect()
}
