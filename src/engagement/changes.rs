//! What changed between two texts, word by word: for those who are asked to sign again.

use crate::kit::french::count;
use crate::kit::words;

/// Most words that may differ before the whole is shown as replaced.
const MOST: usize = 1_500;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// In both.
    Kept,
    /// In the new text only.
    Added,
    /// In the old text only.
    Removed,
}

/// A run of words that share a fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Fate.
    pub fate: Fate,
    /// Words, with the spaces after them.
    pub text: String,
}

impl Piece {
    /// Is it in the new text only? (templates compare no enum)
    pub fn is_added(&self) -> bool {
        self.fate == Fate::Added
    }

    /// Is it in the old text only?
    pub fn is_removed(&self) -> bool {
        self.fate == Fate::Removed
    }
}

/// The new text and what left the old one, in reading order.
pub fn between(old: &str, new: &str) -> Vec<Piece> {
    let (old, new) = (tokens(old), tokens(new));
    let head = old.iter().zip(&new).take_while(|(a, b)| same(a, b)).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let (left, right) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut pieces = Pieces::default();
    new[..head].iter().for_each(|word| pieces.push(Fate::Kept, word));
    let (mut at, mut to) = (0, 0);
    for (i, j) in common(left, right) {
        left[at..i].iter().for_each(|word| pieces.push(Fate::Removed, word));
        right[to..j].iter().for_each(|word| pieces.push(Fate::Added, word));
        pieces.push(Fate::Kept, right[j]);
        (at, to) = (i + 1, j + 1);
    }
    left[at..].iter().for_each(|word| pieces.push(Fate::Removed, word));
    right[to..].iter().for_each(|word| pieces.push(Fate::Added, word));
    new[new.len() - tail..].iter().for_each(|word| pieces.push(Fate::Kept, word));
    pieces.0
}

/// "12 mots ajoutés, 3 mots retirés", or that only the layout changed.
pub fn summary(pieces: &[Piece]) -> String {
    let of = |fate| pieces.iter().filter(|piece| piece.fate == fate).map(|piece| words::count(&piece.text)).sum::<usize>();
    match (of(Fate::Added), of(Fate::Removed)) {
        (0, 0) => "ponctuation ou mise en page".to_owned(),
        (added, 0) => count(added, "mot ajouté", "mots ajoutés"),
        (0, removed) => count(removed, "mot retiré", "mots retirés"),
        (added, removed) => format!("{}, {}", count(added, "mot ajouté", "mots ajoutés"), count(removed, "mot retiré", "mots retirés")),
    }
}

/// Each change as a line of plain text, the first ones only: « l’ancien » devient « le nouveau ».
pub fn lines(pieces: &[Piece], most: usize) -> Vec<String> {
    let quoted = |text: &str| format!("«\u{a0}{}\u{a0}»", words::excerpt(text.trim(), 240));
    let mut found = Vec::new();
    let mut rest = pieces.iter().filter(|piece| !piece.text.trim().is_empty()).peekable();
    while let Some(piece) = rest.next() {
        let line = match piece.fate {
            Fate::Kept => continue,
            Fate::Added => format!("ajouté\u{a0}: {}", quoted(&piece.text)),
            Fate::Removed => match rest.next_if(|next| next.is_added()) {
                Some(next) => format!("{} devient {}", quoted(&piece.text), quoted(&next.text)),
                None => format!("retiré\u{a0}: {}", quoted(&piece.text)),
            },
        };
        found.push(line);
    }
    if found.len() > most {
        let more = found.len() - most;
        found.truncate(most);
        found.push(format!("et {}", count(more, "autre changement", "autres changements")));
    }
    found
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, fate: Fate, word: &str) {
        match self.0.last_mut().filter(|piece| piece.fate == fate) {
            Some(piece) => piece.text.push_str(word),
            None => self.0.push(Piece { fate, text: word.to_owned() }),
        }
    }
}

/// Words, each with the white space after it; what precedes the first word belongs to it.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut has_word, mut in_gap) = (0, false, false);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            in_gap = has_word;
        } else {
            if in_gap {
                found.push(&text[start..at]);
                (start, in_gap) = (at, false);
            }
            has_word = true;
        }
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

fn same(one: &str, other: &str) -> bool {
    one.trim() == other.trim()
}

/// Pairs of words that both texts share, in order (Myers); none when they differ too much to be compared.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let most = (old.len() + new.len()).min(MOST);
    // For each diagonal `k`, kept at `k + most + 1`, how far in the old text the best path has come.
    let mut reach = vec![0_usize; 2 * most + 3];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=most {
        trace.push(reach[most + 1 - edits..=most + 1 + edits].to_vec());
        for step in 0..=edits {
            let k = most + 1 + 2 * step - edits;
            let is_down = step == 0 || (step != edits && reach[k - 1] < reach[k + 1]);
            let mut x = if is_down { reach[k + 1] } else { reach[k - 1] + 1 };
            let mut y = x + most + 1 - k;
            while x < old.len() && y < new.len() && same(old[x], new[y]) {
                (x, y) = (x + 1, y + 1);
            }
            reach[k] = x;
            if x >= old.len() && y >= new.len() {
                return backtrack(&trace, (old.len(), new.len()));
            }
        }
    }
    Vec::new()
}

fn backtrack(trace: &[Vec<usize>], (mut x, mut y): (usize, usize)) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (edits, row) in trace.iter().enumerate().rev() {
        // In this row diagonal `k` is at `k + edits`.
        let k = x + edits - y;
        let at = |index: usize| row.get(index).copied().unwrap_or(0);
        let is_down = k == 0 || (k != 2 * edits && at(k - 1) < at(k + 1));
        let (from, before) = if is_down { (k + 1, at(k + 1)) } else { (k.saturating_sub(1), at(k.saturating_sub(1))) };
        let (start_x, start_y) = if edits == 0 { (0, 0) } else { (before, before + edits - from) };
        let snake_x = if edits == 0 {
            0
        } else if is_down {
            start_x
        } else {
            start_x + 1
        };
        while x > snake_x {
            (x, y) = (x - 1, y - 1);
            pairs.push((x, y));
        }
        (x, y) = (start_x, start_y);
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(old: &str, new: &str) -> String {
        between(old, new)
            .iter()
            .map(|piece| match piece.fate {
                Fate::Kept => piece.text.clone(),
                Fate::Added => format!("[+{}]", piece.text),
                Fate::Removed => format!("[-{}]", piece.text),
            })
            .collect()
    }

    #[test]
    fn words_that_changed_are_told_and_the_rest_is_kept() {
        for (old, new, shown) in [
            ("", "", ""),
            ("un deux trois", "un deux trois", "un deux trois"),
            ("un deux trois", "un quatre trois", "un [-deux ][+quatre ]trois"),
            ("un deux", "un deux trois", "un deux [+trois]"),
            ("un deux trois", "deux trois", "[-un ]deux trois"),
            ("a b c a b b a", "c b a b a c", "[-a b ]c [+b ]a b [-b ]a [+c]"),
            ("un\n\ndeux", "un deux", "un deux"),
            ("", "un deux", "[+un deux]"),
        ] {
            assert_eq!(marked(old, new), shown, "{old:?} {new:?}");
        }
        assert_eq!(summary(&between("un deux trois", "un quatre cinq trois")), "2\u{a0}mots ajoutés, 1\u{a0}mot retiré");
        assert_eq!(summary(&between("un", "un")), "ponctuation ou mise en page");
    }

    #[test]
    fn changes_are_told_in_plain_lines_and_the_last_ones_counted() {
        let pieces = between("un deux trois quatre cinq", "un 2 trois cinq six");
        assert_eq!(lines(&pieces, 9), ["«\u{a0}deux\u{a0}» devient «\u{a0}2\u{a0}»", "retiré\u{a0}: «\u{a0}quatre\u{a0}»", "ajouté\u{a0}: «\u{a0}six\u{a0}»"]);
        assert_eq!(lines(&pieces, 1), ["«\u{a0}deux\u{a0}» devient «\u{a0}2\u{a0}»", "et 2\u{a0}autres changements"]);
    }

    #[test]
    fn texts_that_share_nothing_are_compared_in_bounded_time() {
        let words = |letter: &str| (0..6_000).map(|n| format!("{letter}{n}")).collect::<Vec<_>>().join(" ");
        let (old, new) = (words("a"), words("b"));
        let pieces = between(&old, &new);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[1].text, new);
    }

    proptest! {
        #[test]
        fn both_texts_are_found_again(old in "[abc ]{0,60}", new in "[abc ]{0,60}") {
            let pieces = between(&old, &new);
            let words = |fate| pieces.iter().filter(|piece| piece.fate == Fate::Kept || piece.fate == fate)
                .flat_map(|piece| piece.text.split_whitespace()).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(Fate::Added), new.split_whitespace().collect::<Vec<_>>().join(" "));
            prop_assert_eq!(words(Fate::Removed), old.split_whitespace().collect::<Vec<_>>().join(" "));
        }

        #[test]
        fn nothing_panics(old in any::<String>(), new in any::<String>()) {
            let _ = (summary(&between(&old, &new)), lines(&between(&old, &new), 5));
        }
    }
}
