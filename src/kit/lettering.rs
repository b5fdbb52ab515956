//! Words of a drawing: how wide they are, how they are cut into lines. The widths are those of the documents' sans, which
//! the fonts of the screen hardly exceed.

use trame_pdf::{Face, width};

/// Width of words written that big.
pub fn wide(words: &str, size: f64, face: Face) -> f64 {
    width(words, face) * size
}

/// Words in at most that many lines of that width, for a size of one; what would not fit is cut.
pub fn lines(words: &str, room: f64, most: usize, face: Face) -> Vec<String> {
    let fits = |line: &str| width(line, face) <= room;
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}")).filter(|line| fits(line));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(last)) => *last = longer,
            _ => lines.push(word.to_owned()),
        }
    }
    let is_cut = lines.len() > most;
    lines.truncate(most);
    for (index, line) in lines.iter_mut().enumerate() {
        if (is_cut && index + 1 == most) || !fits(line) {
            *line = cut(line, &fits);
        }
    }
    lines
}

/// Words on one line of that width, for a size of one: as they are when they fit, else cut.
pub fn line(words: &str, room: f64, face: Face) -> String {
    let fits = |line: &str| width(line, face) <= room;
    if fits(words) { words.to_owned() } else { cut(words, &fits) }
}

fn cut(line: &str, fits: &impl Fn(&str) -> bool) -> String {
    let mut kept = line.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
    while !kept.is_empty() && !fits(&format!("{kept}…")) {
        kept.pop();
    }
    format!("{}…", kept.trim_end())
}

/// Words that an SVG may hold: signs that XML refuses are spaces.
pub fn clean(words: &str) -> String {
    words.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_before_they_are_cut() {
        let plain = Face::default();
        assert_eq!(lines("Verrerie des Borderies", 26.0, 2, plain), ["Verrerie des Borderies"]);
        assert_eq!(lines("Communauté de communes de Jarnac", 10.6, 2, plain), ["Communauté de", "communes de Jarnac"]);
        let cut = lines("Communauté de communes de Jarnac et de ses environs", 10.6, 2, plain);
        assert!(cut.len() == 2 && cut[1].ends_with('…'), "{cut:?}");
        let endless = lines(&"A".repeat(300), 10.6, 3, plain);
        assert!(endless.len() == 1 && width(&endless[0], plain) <= 10.6, "{endless:?}");
        assert!(lines("", 10.0, 2, plain).is_empty());
        assert_eq!(line("Verrerie", 26.0, plain), "Verrerie");
        assert!(line("Verrerie des Borderies", 6.0, plain).ends_with('…'));
    }

    #[test]
    fn signs_that_xml_refuses_are_spaces() {
        assert_eq!(clean("a\u{0}b\u{b}c\u{ffff}<d>"), "a b c <d>");
    }
}
