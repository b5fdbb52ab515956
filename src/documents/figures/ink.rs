//! A drawing, written element by element.

use std::fmt::Write as _;

use trame_pdf::{Drawing, Face, width};

use crate::kit::lettering;
use crate::project::stakeholders::mark::{Actor, Bond, outline};

pub(super) const INK: &str = "#1e2529";
pub(super) const SOFT: &str = "#535b5f";
pub(super) const WOAD: &str = "#0f4c5c";
pub(super) const EDGE: &str = "#6f6c62";
pub(super) const GREEN: &str = "#2c6535";
pub(super) const WALNUT: &str = "#6a4930";
pub(super) const TINT: &str = "#e4eff1";

/// Size of the names, and from one line to the next.
pub(super) const NAME: f64 = 7.5;
pub(super) const LINE: f64 = 8.6;
/// Marks of the screen are reduced by that much.
const REDUCED: f64 = 0.6;

/// How a text is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    pub(super) anchor: &'static str,
    pub(super) size: f64,
    pub(super) fill: &'static str,
    pub(super) face: Face,
    /// White behind the letters, over a map.
    pub(super) has_halo: bool,
}

impl Voice {
    /// Sans, from that point, of that size.
    pub(super) fn of(anchor: &'static str, size: f64) -> Self {
        Self { anchor, size, fill: INK, face: Face::default(), has_halo: false }
    }

    pub(super) fn bold(self) -> Self {
        Self { face: Face { is_bold: true, ..self.face }, ..self }
    }

    pub(super) fn in_ink(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }
}

/// The elements of a drawing.
#[derive(Debug, Default)]
pub(super) struct Ink {
    body: String,
}

impl Ink {
    /// A shape with its attributes, as SVG says them: "path d=… fill=…".
    pub(super) fn shape(&mut self, element: &std::fmt::Arguments<'_>) {
        let _ = write!(self.body, "<{element}/>");
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), voice: Voice, words: &str) {
        let Voice { anchor, size, fill, face, has_halo } = voice;
        let weight = if face.is_bold { " font-weight=\"700\"" } else { "" };
        let slant = if face.is_slanted { " font-style=\"italic\"" } else { "" };
        if has_halo {
            let room = width(words, face) * size + 4.0;
            let left = if anchor == "middle" { x - room / 2.0 } else { x - 2.0 };
            self.shape(&format_args!(
                "rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{room:.1}\" height=\"{:.1}\" fill=\"#fff\" fill-opacity=\"0.75\"",
                y - size * 0.82,
                size * 1.1
            ));
        }
        let place = format!("x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{fill}\"");
        let _ = write!(self.body, "<text {place}{weight}{slant}>{}</text>", escaped(words));
    }

    /// An actor: its mark, and its name in lines beside it, whose middle is at the height of the mark.
    pub(super) fn actor(&mut self, actor: &Actor<'_>, (x, y): (f64, f64), lines: &[String]) {
        let (fill, letter) = match actor.bond {
            Bond::Signed => (GREEN, "#fff"),
            Bond::Prepared => ("#edb72b", INK),
            Bond::None => ("#fff", INK),
        };
        let d = outline(actor.bond, actor.weight.radius());
        self.shape(&format_args!(
            "path transform=\"translate({x:.1} {y:.1}) scale({REDUCED})\" d=\"{d}\" fill=\"{fill}\" stroke=\"{INK}\" stroke-width=\"1.25\""
        ));
        self.text((x, y + 2.2), Voice::of("middle", 6.0).bold().in_ink(letter), actor.bond.letter());
        let voice = Voice { face: face(actor), ..Voice::of("start", NAME) };
        let below = f64::from(u32::try_from(lines.len()).unwrap_or(1)) - 1.0;
        let mut base = y + 2.6 - LINE * below / 2.0;
        for line in lines {
            self.text((x + 9.0, base), voice, line);
            base += LINE;
        }
    }

    /// The drawing of that name and of that size.
    pub(super) fn dry(self, name: &str, (width, height): (u32, u32)) -> Drawing {
        let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"Noto Sans\">{}</svg>", self.body);
        Drawing { name: name.to_owned(), svg }
    }
}

/// Bold for key actors, slanted outside the perimeter.
pub(super) fn face(actor: &Actor<'_>) -> Face {
    Face { is_bold: actor.is_core(), is_slanted: actor.is_outside() }
}

/// A name in at most that many lines of that width; what would not fit is cut.
pub(super) fn lines(name: &str, room: f64, most: usize, face: Face) -> Vec<String> {
    lettering::lines(name, room / NAME, most, face)
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_escaped() {
        assert_eq!(escaped("<a href=\"x\">&\u{0}"), "&lt;a href=&quot;x&quot;&gt;&amp; ");
    }
}
