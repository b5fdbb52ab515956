//! What changed between two texts, word by word, as people who reread it would say.

use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// Two long texts that share nothing are compared this long at most; what is found by then is right, only less fine.
const PATIENCE: Duration = Duration::from_millis(300);

/// A stretch of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// In both texts.
    Same(String),
    /// In the new text only.
    Inserted(String),
    /// In the old text only.
    Removed(String),
    /// In both texts, too long to be repeated: it is left out.
    Skipped,
}

impl Part {
    /// Its words; none for what is left out.
    pub fn text(&self) -> &str {
        match self {
            Self::Same(text) | Self::Inserted(text) | Self::Removed(text) => text,
            Self::Skipped => "",
        }
    }

    /// "same", "inserted", "removed", "skipped": what templates and scripts compare.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Same(_) => "same",
            Self::Inserted(_) => "inserted",
            Self::Removed(_) => "removed",
            Self::Skipped => "skipped",
        }
    }
}

/// A run of tokens replaced by another; either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Tokens of the old text.
    pub old: Range<usize>,
    /// Tokens of the new text.
    pub new: Range<usize>,
}

/// Words, runs of white space, and signs one by one; joined again, they are the text.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = kind_of(first);
        let end = match kind {
            Sort::Sign => first.len_utf8(),
            _ => rest.find(|c| kind_of(c) != kind).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(end);
        found.push(token);
        rest = after;
    }
    found
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Sort {
    Word,
    Space,
    Sign,
}

fn kind_of(c: char) -> Sort {
    if c.is_whitespace() {
        Sort::Space
    } else if c.is_alphanumeric() || is_mark(c) {
        Sort::Word
    } else {
        Sort::Sign
    }
}

/// Combining accents, joiners and variation selectors: they belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Is the token a word, not a space nor a sign?
pub(super) fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(|c| kind_of(c) == Sort::Word)
}

/// What turns the old tokens into the new ones, in order, without overlap; crumbs between two changes belong to them.
pub(super) fn edits(old: &[&str], new: &[&str]) -> Vec<Edit> {
    let deadline = Instant::now() + PATIENCE;
    let ops = capture_diff_slices_deadline(Algorithm::Patience, old, new, Some(deadline));
    // Only what is equal is read: the places of insertions beside deletions are not always in order.
    let equal = ops.iter().filter(|op| matches!(op, DiffOp::Equal { .. })).map(|op| (op.old_range(), op.new_range()));
    let mut found: Vec<Edit> = Vec::new();
    let mut at = (0, 0);
    for (same_old, same_new) in equal.chain([(old.len()..old.len(), new.len()..new.len())]) {
        if at != (same_old.start, same_new.start) {
            found.push(Edit { old: at.0..same_old.start, new: at.1..same_new.start });
        }
        at = (same_old.end, same_new.end);
    }
    rounded(found, old, new)
}

/// Joins two changes when what is between them is smaller than both: "de" kept by chance inside a rewritten sentence.
fn rounded(edits: Vec<Edit>, old: &[&str], new: &[&str]) -> Vec<Edit> {
    let length = |tokens: &[&str]| tokens.iter().map(|token| token.len()).sum::<usize>();
    let weight = |edit: &Edit| length(&old[edit.old.clone()]).max(length(&new[edit.new.clone()]));
    let mut kept: Vec<Edit> = Vec::new();
    for mut edit in edits {
        // Joining may make the change before heavy enough to take in what is before it.
        while let Some(last) = kept.pop_if(|last| {
            let between = &old[last.old.end..edit.old.start];
            let is_crumb = length(between) <= weight(last).min(weight(&edit));
            is_crumb && !between.iter().any(|token| token.contains('\n'))
        }) {
            edit = Edit { old: last.old.start..edit.old.end, new: last.new.start..edit.new.end };
        }
        kept.push(edit);
    }
    kept
}

/// Compares two texts.
pub fn compare(old: &str, new: &str) -> Vec<Part> {
    let (old, new) = (tokens(old), tokens(new));
    let mut parts = Vec::new();
    let mut at = 0;
    let mut push = |text: String, part: fn(String) -> Part| {
        if !text.is_empty() {
            parts.push(part(text));
        }
    };
    for edit in edits(&old, &new) {
        push(old[at..edit.old.start].concat(), Part::Same);
        push(old[edit.old.clone()].concat(), Part::Removed);
        push(new[edit.new].concat(), Part::Inserted);
        at = edit.old.end;
    }
    push(old[at..].concat(), Part::Same);
    parts
}

/// The same comparison without what one side alone has: what `new` shows of its changes, or `old` of what it lost.
pub fn one_side(parts: &[Part], keeps_inserted: bool) -> Vec<Part> {
    parts.iter().filter(|part| !matches!((part, keeps_inserted), (Part::Removed(_), true) | (Part::Inserted(_), false))).cloned().collect()
}

/// Keeps at most `around` characters of what is the same on each side of a change, cut between two words.
pub fn shortened(parts: Vec<Part>, around: usize) -> Vec<Part> {
    let last = parts.len().saturating_sub(1);
    let mut kept = Vec::with_capacity(parts.len());
    for (index, part) in parts.into_iter().enumerate() {
        let Part::Same(text) = &part else {
            kept.push(part);
            continue;
        };
        let wanted = if index == 0 || index == last { around } else { 2 * around };
        if text.chars().count() <= wanted + around / 2 {
            kept.push(part);
            continue;
        }
        let tokens = tokens(text);
        if index > 0 {
            kept.push(Part::Same(head(tokens.iter(), around).concat()));
        }
        kept.push(Part::Skipped);
        if index < last {
            let mut tail = head(tokens.iter().rev(), around);
            tail.reverse();
            kept.push(Part::Same(tail.concat()));
        }
    }
    kept
}

fn head<'a>(tokens: impl Iterator<Item = &'a &'a str>, around: usize) -> Vec<&'a str> {
    let mut length = 0;
    tokens
        .take_while(|token| {
            length += token.chars().count();
            length <= around
        })
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(old: &str, new: &str) -> String {
        drawn(&compare(old, new))
    }

    fn drawn(parts: &[Part]) -> String {
        let part = |part: &Part| match part {
            Part::Same(text) => text.clone(),
            Part::Inserted(text) => format!("+[{text}]"),
            Part::Removed(text) => format!("-[{text}]"),
            Part::Skipped => "…".to_owned(),
        };
        parts.iter().map(part).collect()
    }

    #[test]
    fn a_comparison_reads_as_people_would_say_it() {
        for (old, new, said) in [
            ("", "", ""),
            ("Un texte.", "Un texte.", "Un texte."),
            ("", "Tout est neuf", "+[Tout est neuf]"),
            ("Un texte.", "Un long texte.", "Un +[long ]texte."),
            ("Les cartons triés.", "Les cartons.", "Les cartons-[ triés]."),
            ("Ils prendraient.", "Ils prendraient, sous réserve.", "Ils prendraient+[, sous réserve]."),
            ("400 t par an", "500 t par an", "-[400]+[500] t par an"),
            // Rewritten whole: the small word that both happen to hold is no landmark.
            ("La gestion de notre comité", "Une équipe de six communes", "-[La gestion de notre comité]+[Une équipe de six communes]"),
            ("l’eau, l’air", "l’eau et l’air", "l’eau-[, ]+[ et ]l’air"),
        ] {
            assert_eq!(shown(old, new), said, "{old} → {new}");
        }
    }

    #[test]
    fn long_stretches_that_did_not_change_are_left_out() {
        let long = "mot ".repeat(100);
        let parts = compare(&format!("{long}ancien {long}fin"), &format!("{long}nouveau {long}fin"));
        assert_eq!(drawn(&shortened(parts, 8)), "…mot mot -[ancien]+[nouveau] mot mot…");
        let parts = compare("un court texte", "un autre court texte");
        assert_eq!(drawn(&shortened(parts.clone(), 60)), drawn(&parts));
    }

    proptest! {
        #[test]
        fn tokens_joined_are_the_text(text in any::<String>()) {
            prop_assert_eq!(tokens(&text).concat(), text);
        }

        #[test]
        fn each_side_of_a_comparison_is_its_text(old in "[ab \n.é’🌊]{0,40}|\\PC{0,30}", new in "[ab \n.é’🌊]{0,40}|\\PC{0,30}") {
            let parts = compare(&old, &new);
            let side = |keeps| one_side(&parts, keeps).iter().map(|part| part.text().to_owned()).collect::<String>();
            prop_assert_eq!(side(true), new);
            prop_assert_eq!(side(false), old);
        }

        #[test]
        fn shortening_never_loses_a_change(old in "[ab \n]{0,60}", new in "[ab \n]{0,60}", around in 0..12_usize) {
            let parts = compare(&old, &new);
            let changed = |parts: &[Part]| parts.iter().filter(|part| matches!(part, Part::Inserted(_) | Part::Removed(_))).cloned().collect::<Vec<_>>();
            prop_assert_eq!(changed(&shortened(parts.clone(), around)), changed(&parts));
        }
    }
}
