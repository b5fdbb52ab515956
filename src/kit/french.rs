//! French as it is written: plurals, numbers, amounts, lists, sentences that refuse, and the plain
//! letters that search and addresses compare.

use crate::kit::values::Cents;
use crate::kit::words::{excerpt, is_hidden};
use std::fmt::Display;

/// No-break space: before a unit, `:` and `»`, after `«`.
pub const NBSP: char = '\u{a0}';
/// Narrow no-break space: between thousands, before `;`, `!` and `?`.
pub const NNBSP: char = '\u{202f}';
/// Longest slug, in characters.
pub const SLUG_MAX: usize = 80;

/// Longest part of a typed text that a sentence repeats, in characters.
const QUOTED_MAX: usize = 60;

/// A French sentence fit to be shown as it is: why something typed was refused, and what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Sentence(String);

impl Sentence {
    /// A whole sentence, with its full stop.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What to write (no full stop), then what was typed, shortened and without control characters:
    /// "Écrire les ETP en chiffres, par exemple 0,3. Vous avez écrit « 0;3 »."
    pub fn asked(what: &str, typed: &str) -> Self {
        let visible: String = typed.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
        match excerpt(&visible, QUOTED_MAX) {
            quoted if quoted.trim().is_empty() => Self(format!("{what}.")),
            quoted => Self(format!("{what}. Vous avez écrit «{NBSP}{quoted}{NBSP}».")),
        }
    }

    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A number and its noun: "0 dossier", "1 dossier", "2 dossiers". French plurals begin at two.
pub fn count(n: impl TryInto<i64>, singular: &str, plural: &str) -> String {
    let n = n.try_into().unwrap_or(i64::MAX);
    let noun = if n.unsigned_abs() < 2 { singular } else { plural };
    format!("{}{NBSP}{noun}", thousands(n))
}

/// A whole number in groups of three: "18 600"; the minus is the typographic one.
pub fn thousands(n: i64) -> String {
    let sign = if n < 0 { "−" } else { "" };
    format!("{sign}{}", grouped(&n.unsigned_abs().to_string()))
}

/// An amount: "18 600 €", or "18 600,50 €" when there are cents.
pub fn euros(amount: Cents) -> String {
    let cents = amount.get();
    let sign = if cents < 0 { "−" } else { "" };
    let whole = grouped(&(cents.unsigned_abs() / 100).to_string());
    match cents.unsigned_abs() % 100 {
        0 => format!("{sign}{whole}{NBSP}€"),
        rest => format!("{sign}{whole},{rest:02}{NBSP}€"),
    }
}

/// A number with a comma and at most `places` decimals, rounded half away from zero, without
/// useless zeros: "0,3". Takes a float or a canonical text with a dot; any other text comes back
/// unchanged.
pub fn decimal(number: impl Display, places: usize) -> String {
    let text = number.to_string();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return text;
    }
    let (whole, fraction) = rounded(whole, fraction, places);
    let sign = if negative && (whole != "0" || !fraction.is_empty()) { "−" } else { "" };
    let comma = if fraction.is_empty() { "" } else { "," };
    format!("{sign}{}{comma}{fraction}", grouped(&whole))
}

/// A percentage, already out of a hundred: "12,5 %".
pub fn percent(number: impl Display, places: usize) -> String {
    format!("{}{NBSP}%", decimal(number, places))
}

/// A file size in decimal units: "812 octets", "184 ko", "2,4 Mo", "1,1 Go".
pub fn bytes(size: u64) -> String {
    const KILO: u64 = 1_000;
    let rounded_to = |unit: u64| size / unit + u64::from(size % unit >= unit / 2);
    let tenths = |n: u64| decimal(format!("{}.{}", n / 10, n % 10), 1);
    if size < KILO {
        count(size, "octet", "octets")
    } else if rounded_to(KILO) < KILO {
        format!("{}{NBSP}ko", rounded_to(KILO))
    } else if rounded_to(100 * KILO) < 10 * KILO {
        format!("{}{NBSP}Mo", tenths(rounded_to(100 * KILO)))
    } else {
        format!("{}{NBSP}Go", tenths(rounded_to(100 * KILO * KILO)))
    }
}

/// "a, b et c"; empty for nothing.
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

/// A sentence that goes on after a colon: "écrire un nombre". Initials keep their capitals: "ETP".
pub fn uncapitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(letters).collect(),
        _ => sentence.to_owned(),
    }
}

/// "d’Orée", "de Nantes", "d’Yvetot", "de Yaoundé". Names in h keep "de": never wrong to the eye,
/// where eliding an aspirated h is.
pub fn de(name: &str) -> String {
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    let folded = fold(name);
    let mut letters = folded.chars();
    let elides = match (letters.next(), letters.next()) {
        (Some('y'), next) => !next.is_some_and(is_vowel),
        (first, _) => first.is_some_and(is_vowel),
    };
    if elides { format!("d’{name}") } else { format!("de {name}") }
}

/// Lower case, without accents, with plain apostrophes and spaces: what search compares.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        }
    }
    folded
}

/// A text made fit for an address: "Île-de-France, phase 2" → "ile-de-france-phase-2". At most
/// [`SLUG_MAX`] characters; empty when the text has no Latin letter or digit.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in fold(text).chars() {
        if slug.len() == SLUG_MAX {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The plain letters of a lower-case character, nothing for a combining accent, `None` when it is
/// already plain.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{300}'..='\u{36f}' => "",
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '’' | '‘' | 'ʼ' => "'",
        NBSP | NNBSP => " ",
        _ => return None,
    })
}

/// Digits in groups of three from the right.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (rank, digit) in digits.chars().enumerate() {
        if rank > 0 && (digits.len() - rank).is_multiple_of(3) {
            text.push(NNBSP);
        }
        text.push(digit);
    }
    text
}

/// Rounds the digits around a decimal point; the results have no useless zeros.
fn rounded(whole: &str, fraction: &str, places: usize) -> (String, String) {
    let kept = places.min(fraction.len());
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(kept)).collect();
    let mut carry = fraction.as_bytes().get(kept).is_some_and(|&next| next >= b'5');
    for digit in digits.iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *digit == b'9';
        *digit = if carry { b'0' } else { *digit + 1 };
    }
    let digits: String = carry.then_some('1').into_iter().chain(digits.into_iter().map(char::from)).collect();
    let (whole, fraction) = digits.split_at(digits.len() - kept);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        significant => significant,
    };
    (whole.to_owned(), fraction.trim_end_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sentence_goes_on_after_a_colon_without_its_capital() {
        for (sentence, after) in [("Écrire un nombre.", "écrire un nombre."), ("ETP à corriger.", "ETP à corriger."), ("À corriger", "à corriger"), ("", "")]
        {
            assert_eq!(uncapitalized(sentence), after);
        }
    }

    #[test]
    fn a_plural_begins_at_two() {
        for (n, text) in
            [(0, "0\u{a0}dossier"), (1, "1\u{a0}dossier"), (-1, "−1\u{a0}dossier"), (2, "2\u{a0}dossiers"), (12_345, "12\u{202f}345\u{a0}dossiers")]
        {
            assert_eq!(count(n, "dossier", "dossiers"), text);
        }
        assert_eq!(count(3_usize, "mot", "mots"), "3\u{a0}mots");
    }

    #[test]
    fn thousands_are_separated_by_narrow_spaces() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (3_400, "3\u{202f}400"),
            (-1_234_567, "−1\u{202f}234\u{202f}567"),
            (i64::MIN, "−9\u{202f}223\u{202f}372\u{202f}036\u{202f}854\u{202f}775\u{202f}808"),
        ] {
            assert_eq!(thousands(n), text);
        }
    }

    #[test]
    fn amounts_show_cents_only_when_there_are_some() {
        for (cents, text) in
            [(0, "0\u{a0}€"), (5, "0,05\u{a0}€"), (1_860_000, "18\u{202f}600\u{a0}€"), (1_860_050, "18\u{202f}600,50\u{a0}€"), (-120, "−1,20\u{a0}€")]
        {
            assert_eq!(euros(Cents::new(cents)), text);
        }
    }

    #[test]
    fn decimals_take_a_comma_and_round() {
        for (number, places, text) in [
            ("0.3", 2, "0,3"),
            ("12.50", 2, "12,5"),
            ("0.005", 2, "0,01"),
            ("9.995", 2, "10"),
            ("999.96", 1, "1\u{202f}000"),
            ("1234.5", 0, "1\u{202f}235"),
            ("-0.001", 2, "0"),
            ("-1.5", 1, "−1,5"),
            ("007", 1, "7"),
            ("NaN", 1, "NaN"),
            ("", 1, ""),
            ("1.2.3", 1, "1.2.3"),
        ] {
            assert_eq!(decimal(number, places), text, "{number}");
        }
        assert_eq!(decimal(0.3, 2), "0,3");
        assert_eq!(percent(12.5, 1), "12,5\u{a0}%");
    }

    #[test]
    fn sizes_change_unit_in_time() {
        for (size, text) in [
            (0, "0\u{a0}octet"),
            (812, "812\u{a0}octets"),
            (184_200, "184\u{a0}ko"),
            (999_499, "999\u{a0}ko"),
            (999_600, "1\u{a0}Mo"),
            (2_400_000, "2,4\u{a0}Mo"),
            (999_960_000, "1\u{a0}Go"),
            (1_100_000_000, "1,1\u{a0}Go"),
            (u64::MAX, "18\u{202f}446\u{202f}744\u{202f}073,7\u{a0}Go"),
        ] {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn lists_end_with_et() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a et b");
        assert_eq!(list(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b et c");
    }

    #[test]
    fn de_elides_before_a_vowel() {
        for (name, text) in [
            ("Orée", "d’Orée"),
            ("Évreux", "d’Évreux"),
            ("Œuilly", "d’Œuilly"),
            ("Nantes", "de Nantes"),
            ("Yvetot", "d’Yvetot"),
            ("Yaoundé", "de Yaoundé"),
            ("Y", "d’Y"),
            ("Honfleur", "de Honfleur"),
            ("", "de "),
        ] {
            assert_eq!(de(name), text);
        }
    }

    #[test]
    fn folding_keeps_only_plain_letters() {
        assert_eq!(fold("Été à l’Œuvre\u{a0}!"), "ete a l'oeuvre !");
        assert_eq!(fold("E\u{301}te\u{301}"), "ete");
        assert_eq!(slug("Île-de-France, phase 2 !"), "ile-de-france-phase-2");
        assert_eq!(slug("«\u{a0}L’eau\u{a0}»"), "l-eau");
        assert_eq!(slug("日本"), "");
        assert_eq!(slug(&"ab ".repeat(50)).len(), 80);
    }

    #[test]
    fn a_refusal_says_what_to_write_and_repeats_what_was_typed() {
        let ask = "Écrire les ETP en chiffres, par exemple 0,3";
        assert_eq!(Sentence::asked(ask, "0;3").as_str(), "Écrire les ETP en chiffres, par exemple 0,3. Vous avez écrit «\u{a0}0;3\u{a0}».");
        assert_eq!(Sentence::asked(ask, " \0 ").as_str(), "Écrire les ETP en chiffres, par exemple 0,3.");
        assert!(Sentence::asked(ask, &"x".repeat(1000)).as_str().ends_with("xx…\u{a0}»."));
        assert!(!Sentence::asked(ask, "a\u{202e}b").as_str().contains('\u{202e}'));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in any::<String>(), n in any::<i64>(), x in any::<f64>(), places in 0..40_usize) {
            let _ = (decimal(&text, places), decimal(x, places), de(&text), slug(&text), thousands(n), euros(Cents::new(n)));
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
