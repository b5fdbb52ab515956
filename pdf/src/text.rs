//! Text as the fonts can draw it: signs that none of them holds are replaced, and counted; words that no line can hold
//! may be cut.

use std::collections::BTreeMap;

use serde_json::Value;

/// In the place of a sign that the fonts do not hold.
pub(crate) const REPLACEMENT: char = '\u{25a1}';

/// Longest run of signs that a line of the narrowest column holds.
const LONGEST: usize = 24;
/// A word made of letters may be hyphenated: it is cut only when nobody could write it.
const LONGEST_WORD: usize = 32;
const CUT_EVERY: usize = 10;

/// Signs replaced, with how many times each was.
pub(crate) type Replaced = BTreeMap<char, usize>;

/// Makes every text of a value drawable; keys are the application's own.
pub(crate) fn scrub(value: &mut Value, holds: &dyn Fn(char) -> bool, replaced: &mut Replaced) {
    match value {
        Value::String(text) => {
            let drawable = drawable(text, holds, replaced);
            *text = breakable(&drawable);
        }
        Value::Array(values) => values.iter_mut().for_each(|value| scrub(value, holds, replaced)),
        Value::Object(fields) => fields.values_mut().for_each(|value| scrub(value, holds, replaced)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Marks of direction, joiners and variation selectors draw nothing by themselves; without the sign that they bend they
/// would only hide what a text says.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A text without the signs that the fonts do not hold.
pub(crate) fn drawable(text: &str, holds: &dyn Fn(char) -> bool, replaced: &mut Replaced) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_joined = false;
    for c in text.chars() {
        if matches!(c, '\t' | '\n' | '\u{2028}' | '\u{2029}' | '\u{85}') {
            out.push(' ');
        } else if is_silent(c) || c.is_control() {
            // A joiner after a replaced sign: what follows is a part of the same drawing.
            is_joined = c == '\u{200d}' && out.ends_with(REPLACEMENT);
            continue;
        } else if holds(c) {
            out.push(c);
        } else {
            let is_modifier = matches!(c, '\u{1f3fb}'..='\u{1f3ff}') && out.ends_with(REPLACEMENT);
            if !is_joined && !is_modifier {
                *replaced.entry(c).or_default() += 1;
                out.push(REPLACEMENT);
            }
        }
        is_joined = false;
    }
    out
}

/// Lets very long words be cut at the end of a line, after their punctuation first.
fn breakable(text: &str) -> String {
    let is_too_long = |word: &str| {
        let length = word.chars().count();
        length > LONGEST_WORD || (length > LONGEST && !word.chars().all(char::is_alphabetic))
    };
    if !text.split_whitespace().any(is_too_long) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for piece in text.split_inclusive(char::is_whitespace) {
        if is_too_long(piece.trim_end()) { cut(piece, &mut out) } else { out.push_str(piece) }
    }
    out
}

fn cut(word: &str, out: &mut String) {
    let mut run = 0;
    let mut signs = word.chars().peekable();
    while let Some(c) = signs.next() {
        out.push(c);
        run += 1;
        let may_cut = matches!(c, '/' | '.' | '_' | '?' | '&' | '=' | ',' | ';' | ':' | '@' | ')' | '-') || run >= CUT_EVERY;
        if may_cut && signs.peek().is_some_and(|next| !next.is_whitespace() && !is_mark(*next)) {
            out.push('\u{200b}');
            run = 0;
        }
    }
}

/// A combining mark stays with its letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubbed(text: &str) -> (String, usize) {
        let mut value = Value::String(text.to_owned());
        let mut replaced = Replaced::new();
        scrub(&mut value, &|c| c.is_ascii() || "éà’□".contains(c), &mut replaced);
        (value.as_str().unwrap_or_default().to_owned(), replaced.values().sum())
    }

    #[test]
    fn a_sign_without_a_drawing_is_replaced_and_counted() {
        assert_eq!(scrubbed("gain 😀 à voir"), ("gain □ à voir".to_owned(), 1));
        assert_eq!(scrubbed("👩\u{200d}👩\u{200d}👧 et 👍🏽"), ("□ et □".to_owned(), 2));
    }

    #[test]
    fn marks_of_direction_and_controls_are_gone() {
        assert_eq!(scrubbed("a\u{202e}b\u{feff}c\u{0}d\te"), ("abcd e".to_owned(), 0));
    }

    #[test]
    fn only_words_that_no_line_holds_may_be_cut() {
        assert_eq!(scrubbed("anticonstitutionnellement").0, "anticonstitutionnellement");
        assert_eq!(scrubbed("a/b c").0, "a/b c");
        assert_eq!(scrubbed("https://exemple.org/une/adresse").0, "https:\u{200b}/\u{200b}/\u{200b}exemple.\u{200b}org/\u{200b}une/\u{200b}adresse");
        let long = scrubbed(&"a".repeat(20_000)).0;
        assert_eq!(long.chars().filter(|c| *c == 'a').count(), 20_000);
        assert!(long.split('\u{200b}').all(|piece| piece.len() <= CUT_EVERY));
    }
}
