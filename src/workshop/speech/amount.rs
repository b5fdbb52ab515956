//! A yearly quantity said in words: "200 t par an", "une dizaine de tonnes par mois", "3 000 m3/an". What had to be assumed is told.

use super::words::{Word, starts};
use crate::project::exchange::contract;

/// A yearly quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// How many, a year.
    pub value: f64,
    /// Key of the unit.
    pub unit: &'static str,
    /// What was assumed to make it yearly or a figure; nothing when it was said so.
    pub assumed: &'static str,
}

/// How often, what a year counts of it, and what that assumes.
#[derive(Debug, Clone, Copy)]
struct Period(f64, &'static str);

/// All that may have to be assumed.
pub const ASSUMED: [&str; 5] =
    ["quantité comprise par an", "12 mois par an", "50 semaines par an", "250 jours ouvrés par an", "milieu de l’ordre de grandeur dit"];

const YEAR: Period = Period(1.0, "");
const UNSAID: Period = Period(1.0, ASSUMED[0]);
const PERIODS: [(&str, Period); 16] = [
    ("par an", YEAR),
    ("l an", YEAR),
    ("an", YEAR),
    ("par annee", YEAR),
    ("chaque annee", YEAR),
    ("tous les ans", YEAR),
    ("annuels", YEAR),
    ("annuelles", YEAR),
    ("par mois", Period(12.0, ASSUMED[1])),
    ("mois", Period(12.0, ASSUMED[1])),
    ("tous les mois", Period(12.0, ASSUMED[1])),
    ("par semaine", Period(50.0, ASSUMED[2])),
    ("semaine", Period(50.0, ASSUMED[2])),
    ("toutes les semaines", Period(50.0, ASSUMED[2])),
    ("par jour", Period(250.0, ASSUMED[3])),
    ("jour", Period(250.0, ASSUMED[3])),
];

/// Said without a figure, the middle of the order of magnitude.
const ROUGHLY: [(&str, f64, bool); 15] = [
    ("une dizaine de", 10.0, false),
    ("une douzaine de", 12.0, false),
    ("une quinzaine de", 15.0, false),
    ("une vingtaine de", 20.0, false),
    ("une trentaine de", 30.0, false),
    ("une quarantaine de", 40.0, false),
    ("une cinquantaine de", 50.0, false),
    ("une soixantaine de", 60.0, false),
    ("une centaine de", 100.0, false),
    ("un millier de", 1_000.0, false),
    ("quelques dizaines de", 30.0, true),
    ("des dizaines de", 30.0, true),
    ("quelques centaines de", 300.0, true),
    ("des centaines de", 300.0, true),
    ("quelques milliers de", 3_000.0, true),
];

const MIDDLE: &str = ASSUMED[4];

/// Things that are counted, and stay in the words.
const COUNTED: [&str; 19] = [
    "palette", "palettes", "fut", "futs", "bidon", "bidons", "sac", "sacs", "carton", "cartons", "caisse", "caisses", "cuve", "cuves", "pieces", "unites",
    "pneus", "tourets", "bigbags",
];

/// Words that go with an amount and say no more than it does.
const ABOUT: [&str; 7] = ["environ", "pres de", "a peu pres", "autour de", "plus de", "a peine", "dans les"];

/// Takes out the first amount with its period, wherever it stands.
pub(super) fn take(words: &mut Vec<Word>) -> Option<Amount> {
    let (start, found) = (0..words.len()).find_map(|at| Some((at, read(&words[at..])?)))?;
    let held = words[start].clone();
    let Read { value, unit, factor, count, is_middle, .. } = found;
    let mut period = found.period;
    let mut left = words.clone();
    left.drain(start..start + count);
    if period.is_none() {
        period = take_period(&mut left);
    }
    // "des fûts de 200 litres": what holds, not how much there is.
    let is_container =
        start > 1 && matches!(words[start - 1].folded.as_str(), "de" | "d") && period.is_none() && held.folded.starts_with(|c: char| c.is_ascii_digit());
    if is_container {
        return None;
    }
    strip_about(&mut left, start);
    let Period(times, assumed) = period.unwrap_or(UNSAID);
    *words = left;
    Some(Amount { value: value * factor * times, unit, assumed: if is_middle { MIDDLE } else { assumed } })
}

struct Read {
    value: f64,
    unit: &'static str,
    factor: f64,
    /// Words to take out.
    count: usize,
    period: Option<Period>,
    is_middle: bool,
}

/// An amount that begins here.
fn read(words: &[Word]) -> Option<Read> {
    let (value, used, glued, is_middle) = number(words)?;
    let next = words.get(used);
    let (text, at) = if glued.is_empty() { (next?.folded.as_str(), used + 1) } else { (glued.as_str(), used) };
    let (name, each) = text.split_once('/').map_or((text, None), |(name, each)| (name, Some(each)));
    let period = match each {
        Some(each) => Some(PERIODS.iter().find(|(said, _)| *said == each)?.1),
        None => None,
    };
    if glued.is_empty() && COUNTED.contains(&name) {
        return Some(Read { value, unit: "u", factor: 1.0, count: used, period, is_middle });
    }
    let (unit, factor, more) = unit(name, words.get(at..).unwrap_or_default())?;
    let mut count = at + more;
    // "200 t de sciures": the link goes with the amount.
    count += usize::from(words.get(count).is_some_and(|word| matches!(word.folded.as_str(), "de" | "d")));
    Some(Read { value, unit, factor, count, period, is_middle })
}

/// Key of a unit, what one is worth in it, and the words that follow and belong to it.
fn unit(name: &str, after: &[Word]) -> Option<(&'static str, f64, usize)> {
    let cubes = ["cube", "cubes"].iter().find_map(|cube| starts(after, cube));
    match name {
        "kt" => return Some(("t", 1_000.0, 0)),
        "hl" => return Some(("L", 100.0, 0)),
        "metre" | "metres" => return cubes.map(|more| ("m3", 1.0, more)),
        "h" | "heures" | "heure" => return Some(("h", 1.0, 0)),
        _ => {}
    }
    let key = contract::unit(name).filter(|key| !matches!(*key, "other" | "u" | "h"))?;
    // A bare "m" is a length.
    (!matches!(name, "m" | "nm")).then_some((key, 1.0, 0))
}

/// A number, the words it takes, what is glued to it, and whether it is the middle of a span.
fn number(words: &[Word]) -> Option<(f64, usize, String, bool)> {
    if let Some((value, is_middle, count)) = ROUGHLY.iter().find_map(|(said, value, is_middle)| Some((*value, *is_middle, starts(words, said)?))) {
        return Some((value, count, String::new(), is_middle));
    }
    let (mut value, glued) = figure(&words.first()?.folded)?;
    let mut used = 1;
    if !glued.is_empty() {
        let span = glued.strip_prefix('-').and_then(figure);
        return Some(span.map_or((value, used, glued, false), |(high, glued)| (f64::midpoint(value, high), used, glued, false)));
    }
    // "12 000": groups of three digits.
    while let Some(group) = words.get(used).map(|word| word.folded.as_str()).filter(|word| value.fract() == 0.0 && is_group(word)) {
        value = value * 1_000.0 + group[..3].parse::<f64>().ok()?;
        used += 1;
        if group.len() > 3 {
            return Some((value, used, group[3..].to_owned(), false));
        }
    }
    // "200 à 300".
    if words.get(used).is_some_and(|word| word.folded == "a")
        && let Some((high, more, glued, _)) = words.get(used + 1..).and_then(number)
    {
        return Some((f64::midpoint(value, high), used + 1 + more, glued, false));
    }
    Some((value, used, String::new(), false))
}

fn is_group(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits == 3
}

/// "200", "1,5", "1.200" (as people write thousands), "200t", "3m3/an".
fn figure(word: &str) -> Option<(f64, String)> {
    let end = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.'))).unwrap_or(word.len());
    let (digits, glued) = word.split_at(end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let is_thousands = digits.split_once('.').is_some_and(|(head, tail)| head != "0" && tail.len() == 3);
    let plain = if is_thousands { digits.replace('.', "") } else { digits.replace(',', ".") };
    Some((plain.trim_end_matches('.').parse().ok()?, glued.to_owned()))
}

fn take_period(words: &mut Vec<Word>) -> Option<Period> {
    // A bare "an", "mois" or "jour" only follows a stroke.
    let said = || PERIODS.iter().filter(|(said, _)| said.contains(' ') || said.starts_with("annuel"));
    for at in 0..words.len() {
        if let Some((count, period)) = said().filter_map(|(said, period)| Some((starts(&words[at..], said)?, *period))).max_by_key(|(count, _)| *count) {
            words.drain(at..at + count);
            return Some(period);
        }
    }
    None
}

/// "environ" before the place of the amount.
fn strip_about(words: &mut Vec<Word>, place: usize) {
    for about in ABOUT {
        let length = about.split(' ').count();
        if let Some(at) = place.checked_sub(length).filter(|at| words.get(*at..place).is_some_and(|before| starts(before, about).is_some())) {
            words.drain(at..place);
            return;
        }
    }
}
