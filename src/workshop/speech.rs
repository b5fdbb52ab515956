//! A line of a workshop, as people say it: direction, quantity, temperature, and the words that remain.

mod amount;
mod turns;
mod words;

use trame_synergies::flow::Direction;

pub use amount::{ASSUMED, Amount};
use words::{Word, joined, words};

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// From the words when they tell it; nothing otherwise.
    pub direction: Option<Direction>,
    /// What is left of the words: what it is.
    pub label: String,
    /// A yearly quantity.
    pub amount: Option<Amount>,
    /// Degrees Celsius.
    pub temperature: Option<f64>,
}

/// Reads a line.
pub fn read(line: &str) -> Said {
    let mut words = words(line);
    let temperature = temperature(&words);
    let direction = turns::take(&mut words);
    let amount = amount::take(&mut words);
    Said { direction, label: label(&words), amount, temperature }
}

/// What a label never begins with: articles and small words that the verb or the amount leaves behind.
const EDGES: [&str; 28] = [
    "de", "du", "des", "d", "l", "la", "le", "les", "un", "une", "a", "en", "et", "ou", "y", "aussi", "donc", "alors", "bien", "sur", "beaucoup", "plein",
    "pas", "mal", "notre", "nos", "mon", "mes",
];

fn label(words: &[Word]) -> String {
    let is_edge = |word: &&Word| word.folded.is_empty() || EDGES.contains(&word.folded.as_str());
    let skipped = words.iter().take_while(is_edge).count();
    // Nothing but small words: they are what was said.
    let words = if skipped == words.len() { words } else { &words[skipped..] };
    joined(words).trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '!' | '?' | '-' | '–')).to_owned()
}

/// "60°", "80-90 °C", "à 60 degrés", "-20°".
fn temperature(words: &[Word]) -> Option<f64> {
    let at = words.iter().position(|word| word.raw.contains(['°', 'º']) || matches!(word.folded.as_str(), "degre" | "degres"))?;
    let own = words[at].raw.split(['°', 'º']).next().unwrap_or_default();
    let has_digits = |text: &&str| text.contains(|c: char| c.is_ascii_digit());
    let text = Some(own).filter(has_digits).or_else(|| words.get(at.checked_sub(1)?).map(|word| word.raw.as_str()).filter(has_digits))?;
    let text = text.replace(',', ".");
    let (sign, span) = text.strip_prefix('-').map_or((1.0, text.as_str()), |rest| (-1.0, rest));
    let values: Vec<f64> = span.split(['-', '/']).filter_map(|part| part.parse().ok()).collect();
    match values.as_slice() {
        [one] => Some(sign * one),
        [low, high] => Some(f64::midpoint(sign * low, *high)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
