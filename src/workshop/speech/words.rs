//! A line cut into words, each as typed and folded.

use crate::kit::french::fold;

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As typed, its punctuation and its apostrophe included.
    pub(super) raw: String,
    /// Lower case, without accents, apostrophe nor punctuation around.
    pub(super) folded: String,
}

impl Word {
    fn new(raw: &str) -> Self {
        let folded = fold(raw).trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        Self { raw: raw.to_owned(), folded }
    }

    /// Ends with an apostrophe: the next word follows without a space.
    fn is_elided(&self) -> bool {
        self.raw.ends_with(['\'', '’'])
    }
}

/// Words of a line, in order; an elided article is a word.
pub(super) fn words(line: &str) -> Vec<Word> {
    let mut found = Vec::new();
    for token in line.split_whitespace() {
        let mut rest = token;
        // "j'ai", "d’eau", but not the end of a quotation.
        while let Some(at) = rest.find(['\'', '’']).filter(|at| *at > 0) {
            let end = at + rest[at..].chars().next().map_or(1, char::len_utf8);
            if end == rest.len() {
                break;
            }
            found.push(Word::new(&rest[..end]));
            rest = &rest[end..];
        }
        found.push(Word::new(rest));
    }
    found
}

/// The words again, as they were typed.
pub(super) fn joined(words: &[Word]) -> String {
    let mut text = String::new();
    for word in words {
        text.push_str(&word.raw);
        if !word.is_elided() {
            text.push(' ');
        }
    }
    text.trim_end().to_owned()
}

/// Do these words begin so?
pub(super) fn starts(words: &[Word], turn: &str) -> Option<usize> {
    let mut count = 0;
    for expected in turn.split(' ') {
        if words.get(count)?.folded != expected {
            return None;
        }
        count += 1;
    }
    Some(count)
}
