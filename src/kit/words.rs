//! What people type: cleaned, counted, shortened, cut into paragraphs.

use crate::kit::french::{NBSP, NNBSP, Sentence, count as counted, thousands};

/// The number of words as people count them: what stands between white spaces and holds at least
/// one letter or digit. "l’eau" and "peut-être" are one word each; a lone ":" or "–" is none;
/// "18 600" is two, whatever its space.
///
/// The same in the browser:
///
/// ```js
/// function countWords(text) {
///   return text.split(/\p{White_Space}+/u)
///     .filter((word) => /[\p{Alphabetic}\p{N}]/u.test(word))
///     .length;
/// }
/// ```
pub fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// The beginning of a text on one line, at most `max_chars` characters with its "…", cut between
/// two words when it can be.
pub fn excerpt(text: &str, max_chars: usize) -> String {
    let breaks = |c: char| matches!(c, ' ' | '\n' | '\t' | '\r');
    let mut line = String::new();
    let mut length = 0;
    for word in text.split(breaks).filter(|word| !word.is_empty()) {
        let gap = usize::from(!line.is_empty());
        let room = max_chars.saturating_sub(length + gap);
        let word_length = word.chars().take(room + 1).count();
        if word_length > room {
            return shortened(line, word, max_chars);
        }
        line.extend(std::iter::repeat_n(' ', gap));
        line.push_str(word);
        length += gap + word_length;
    }
    line
}

/// Ends a line that has no room for its next word.
fn shortened(line: String, next: &str, max_chars: usize) -> String {
    let whole = if line.is_empty() { next.to_owned() } else { line };
    let mut kept: String = whole.chars().take(max_chars.saturating_sub(1)).collect();
    if let (true, Some((before, _))) = (kept.len() < whole.len(), kept.rsplit_once(' ')) {
        kept.truncate(before.len());
    }
    kept.truncate(kept.trim_end().len());
    kept.extend((max_chars > 0).then_some('…'));
    kept
}

/// A typed text made safe to keep: line ends are `\n`, control characters (except `\n` and `\t`)
/// and overrides of the writing direction are gone, ends are trimmed.
///
/// Refuses a text longer than `max_chars` characters once cleaned.
pub fn clean(text: &str, max_chars: usize) -> Result<String, Sentence> {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let visible = visible(unix);
    let cleaned = visible.trim();
    let length = cleaned.chars().count();
    if length > max_chars {
        return Err(too_long(length, max_chars));
    }
    Ok(cleaned.to_owned())
}

/// A text without what [`is_hidden`] names.
pub fn visible(text: String) -> String {
    if text.contains(is_hidden) { text.chars().filter(|c| !is_hidden(*c)).collect() } else { text }
}

/// Control characters other than `\n` and `\t`, and all that turn the writing direction (Unicode's
/// `Bidi_Control`): nobody types them, Postgres refuses one, and some of them hide what a text says.
pub fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    }
}

/// The paragraphs of a text: what blank lines separate. None is empty.
pub fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = &rest[blank_lines(rest)..];
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        for line in rest.split_inclusive('\n').take_while(|line| !line.trim().is_empty()) {
            end += line.len();
        }
        let (paragraph, after) = rest.split_at(end);
        rest = after;
        Some(paragraph.trim_end())
    })
}

/// The length in bytes of the blank lines a text begins with.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum()
}

fn too_long(length: usize, max_chars: usize) -> Sentence {
    let most = counted(max_chars, "caractère", "caractères");
    let length = thousands(i64::try_from(length).unwrap_or(i64::MAX));
    Sentence::new(format!("Écrire {most} au plus{NNBSP}; votre texte en compte{NBSP}{length}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_counted_as_people_count() {
        for (text, words) in [
            ("", 0),
            (" \n\t", 0),
            ("L’eau l'air", 2),
            ("peut-être", 1),
            ("Bilan\u{a0}: 3 sites – 2 flux\u{202f}!", 5),
            ("«\u{a0}oui\u{a0}»", 1),
            ("18\u{202f}600\u{a0}€", 2),
            ("un\u{85}deux\u{2028}trois\u{feff}", 3),
            ("½ Ⅷ 日本", 3),
        ] {
            assert_eq!(count(text), words, "{text:?}");
        }
    }

    #[test]
    fn excerpts_end_between_words() {
        for (text, max, short) in [
            ("un deux trois", 13, "un deux trois"),
            ("un deux trois", 12, "un deux…"),
            ("un deux trois", 7, "un…"),
            ("un  deux\n\ntrois", 20, "un deux trois"),
            ("anticonstitutionnel", 6, "antic…"),
            ("été été", 4, "été…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
            ("", 5, ""),
        ] {
            assert_eq!(excerpt(text, max), short, "{text:?} {max}");
        }
    }

    #[test]
    fn cleaning_removes_what_nobody_types() {
        for (typed, kept) in [
            ("  a\r\nb\rc\n", "a\nb\nc"),
            ("a\0b\u{8}c\u{7f}d\u{9b}e\tf", "abcde\tf"),
            ("\u{202e}abc\u{2066}d\u{2069}", "abcd"),
            ("\u{200f}a\u{61c}b\u{200e}", "ab"),
            ("18\u{202f}600\u{a0}€", "18\u{202f}600\u{a0}€"),
            ("\0 \0", ""),
        ] {
            assert_eq!(clean(typed, 20), Ok(kept.to_owned()), "{typed:?}");
        }
        assert_eq!(clean("éééé", 4), Ok("éééé".to_owned()));
        assert_eq!(
            clean(&"é".repeat(2_154), 2_000).expect_err("too long").as_str(),
            "Écrire 2\u{202f}000\u{a0}caractères au plus\u{202f}; votre texte en compte\u{a0}2\u{202f}154."
        );
    }

    #[test]
    fn blank_lines_separate_paragraphs() {
        let parts = |text| paragraphs(text).collect::<Vec<_>>();
        assert_eq!(parts("\n \na\nb\n\n  \nc\n"), ["a\nb", "c"]);
        assert_eq!(parts("a\r\n\r\nb"), ["a", "b"]);
        assert!(parts(" \n\n").is_empty());
    }

    proptest! {
        #[test]
        fn nothing_panics_and_limits_hold(text in any::<String>(), max in 0..50_usize) {
            prop_assert!(excerpt(&text, max).chars().count() <= max);
            prop_assert!(paragraphs(&text).all(|part| !part.trim().is_empty()));
            prop_assert!(paragraphs(&text).map(count).sum::<usize>() == count(&text));
            if let Ok(cleaned) = clean(&text, max) {
                prop_assert!(cleaned.chars().count() <= max && !cleaned.contains('\0'));
                prop_assert_eq!(clean(&cleaned, max), Ok(cleaned));
            }
        }
    }
}
