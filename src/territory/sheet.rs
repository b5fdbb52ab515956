//! A drawing as a list of shapes and words; one template writes them, for the page, for a file and for paper.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use trame_pdf::Face;
use trame_synergies::flow::Domain;

use super::sign::{self, Sign};
use crate::kit::lettering::{clean, wide};

/// Text.
pub const INK: &str = "#1e2529";
/// Second text.
pub const SOFT: &str = "#535b5f";
/// Borders.
pub const EDGE: &str = "#6f6c62";
/// Hairlines.
pub const RULE: &str = "#cfc8b8";
/// Behind words.
pub const PAPER: &str = "#fff";

/// White that lets what lies behind be guessed.
const VEIL: &str = "veil";

/// Width of every drawing.
pub const WIDTH: f64 = 800.0;
/// Size of words, and of the smaller ones.
pub const SIZE: f64 = 12.5;
/// Of what accompanies.
pub const SMALL: f64 = 11.5;

/// A shape.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shape {
    /// Path.
    pub d: String,
    /// Colour inside, or nothing.
    pub fill: &'static str,
    /// Hatching inside, in the place of the colour.
    pub hatch: Option<&'static Sign>,
    /// Colour of its line, or nothing.
    pub stroke: &'static str,
    /// Width of its line.
    pub width: f64,
    /// Pattern of its line.
    pub dash: &'static str,
    /// Said under the pointer.
    pub title: String,
}

impl Shape {
    /// Filled with a colour.
    pub fn filled(d: String, fill: &'static str) -> Self {
        Self { d, fill, ..Self::default() }
    }

    /// Filled with the hatching of a sign, and its edge.
    pub fn hatched(d: String, sign: &'static Sign) -> Self {
        Self { d, hatch: Some(sign), stroke: sign.edge, width: 1.0, ..Self::default() }
    }

    /// A line.
    pub fn line(d: String, stroke: &'static str, width: f64) -> Self {
        Self { d, stroke, width, ..Self::default() }
    }

    /// The same with a line around.
    #[must_use]
    pub fn edged(self, stroke: &'static str, width: f64) -> Self {
        Self { stroke, width, ..self }
    }

    /// The same with a patterned line.
    #[must_use]
    pub fn dashed(self, dash: &'static str) -> Self {
        Self { dash, ..self }
    }

    /// The same, said so under the pointer.
    #[must_use]
    pub fn titled(self, title: &str) -> Self {
        Self { title: clean(title), ..self }
    }

    /// What fills it, in the picture of that key.
    pub fn paint(&self, key: &str) -> String {
        match self.hatch {
            Some(sign) => format!("url(#{key}-{})", sign.key),
            None if self.fill.is_empty() => "none".to_owned(),
            None if self.is_veil() => PAPER.to_owned(),
            None => self.fill.to_owned(),
        }
    }

    /// Only pales what lies behind.
    pub fn is_veil(&self) -> bool {
        self.fill == VEIL
    }

    /// Width of its line, as written.
    pub fn line_width(&self) -> String {
        tenths(self.width)
    }
}

/// Words.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Where.
    pub x: f64,
    /// Base line.
    pub y: f64,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// Size.
    pub size: f64,
    /// Colour.
    pub fill: &'static str,
    /// Weight and slant.
    pub face: Face,
    /// Upwards: read from the bottom.
    pub is_upright: bool,
    /// Themselves.
    pub words: String,
}

impl Words {
    /// Words of the usual size.
    pub fn at((x, y): (f64, f64), anchor: &'static str, words: &str) -> Self {
        Self { x, y, anchor, size: SIZE, fill: INK, face: Face::default(), is_upright: false, words: clean(words) }
    }

    /// The same in another size.
    #[must_use]
    pub fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// The same, bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { face: Face { is_bold: true, ..self.face }, ..self }
    }

    /// The same, slanted.
    #[must_use]
    pub fn slanted(self) -> Self {
        Self { face: Face { is_slanted: true, ..self.face }, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub fn tinted(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }

    /// Where, as written.
    pub fn place(&self) -> (String, String) {
        (tenths(self.x), tenths(self.y))
    }

    /// Size, as written.
    pub fn height(&self) -> String {
        tenths(self.size)
    }

    /// Left, top, right, bottom.
    pub fn area(&self) -> [f64; 4] {
        let room = wide(&self.words, self.size, self.face);
        let left = match self.anchor {
            "middle" => self.x - room / 2.0,
            "end" => self.x - room,
            _ => self.x,
        };
        [left, self.y - self.size * 0.85, left + room, self.y + self.size * 0.25]
    }
}

/// A shape or words.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A shape.
    Shape(Shape),
    /// Words.
    Words(Words),
}

/// A drawing, [`WIDTH`] wide.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Height.
    pub height: f64,
    /// In the order in which they are drawn.
    pub marks: Vec<Mark>,
}

impl Sheet {
    /// Draws a shape.
    pub fn shape(&mut self, shape: Shape) {
        self.marks.push(Mark::Shape(shape));
    }

    /// Writes words.
    pub fn words(&mut self, words: Words) {
        self.marks.push(Mark::Words(words));
    }

    /// Writes words over a drawing: what lies behind is paled.
    pub fn words_over(&mut self, words: Words) {
        let [left, top, right, bottom] = words.area();
        self.shape(Shape::filled(rectangle([left - 2.0, top, right + 2.0, bottom]), VEIL));
        self.words(words);
    }

    /// A disc with a letter.
    pub fn disc(&mut self, (x, y, radius): (f64, f64, f64), domain: Domain, title: &str) {
        let sign = sign::of(domain);
        self.shape(Shape::filled(circle(x, y, radius), sign.fill).edged(PAPER, 1.5).titled(title));
        self.words(Words::at((x, y + 4.2), "middle", sign.letter).bold().sized(12.0).tinted(PAPER));
    }

    /// Height, as written.
    pub fn tall(&self) -> String {
        tenths(self.height)
    }

    /// Words written, whatever their place.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.marks.iter().filter_map(|mark| if let Mark::Words(words) = mark { Some(words.words.as_str()) } else { None })
    }
}

/// Signs whose hatching those marks use, by key.
pub fn hatches<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> BTreeMap<&'static str, &'static Sign> {
    let hatch = |mark: &Mark| if let Mark::Shape(shape) = mark { shape.hatch } else { None };
    marks.into_iter().filter_map(hatch).map(|sign| (sign.key, sign)).collect()
}

/// A number of a drawing: one decimal at most.
pub fn tenths(value: f64) -> String {
    let text = format!("{value:.1}");
    let short = text.strip_suffix(".0").unwrap_or(&text);
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// A box: left, top, right, bottom.
pub fn rectangle([left, top, right, bottom]: [f64; 4]) -> String {
    let (width, height) = (tenths(right - left), tenths(bottom - top));
    format!("M{} {}h{width}v{height}h-{width}z", tenths(left), tenths(top))
}

/// A disc.
pub fn circle(x: f64, y: f64, radius: f64) -> String {
    let (r, across) = (tenths(radius), tenths(2.0 * radius));
    format!("M{} {}a{r} {r} 0 1 1 {across} 0a{r} {r} 0 1 1-{across} 0z", tenths(x - radius), tenths(y))
}

/// A broken line.
pub fn through(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (rank, (x, y)) in points.iter().enumerate() {
        let _ = write!(d, "{}{} {}", if rank == 0 { "M" } else { "L" }, tenths(*x), tenths(*y));
    }
    d
}

/// A count, in the units of a drawing.
pub fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([tenths(12.0), tenths(-0.04), tenths(3.26), tenths(-7.5)], ["12", "0", "3.3", "-7.5"]);
        assert_eq!(rectangle([1.0, 2.0, 4.5, 8.0]), "M1 2h3.5v6h-3.5z");
        assert_eq!(circle(10.0, 10.0, 4.0), "M6 10a4 4 0 1 1 8 0a4 4 0 1 1-8 0z");
        assert_eq!(through(&[(0.0, 1.0), (2.25, 3.0)]), "M0 1L2.2 3");
    }

    #[test]
    fn words_know_their_room() {
        let [left, top, right, bottom] = Words::at((100.0, 50.0), "end", "Cartons").area();
        assert!(left < 70.0 && (right - 100.0).abs() < 0.01 && top < 42.0 && bottom > 50.0);
        assert!(Words::at((0.0, 0.0), "start", "Cartons").bold().area()[2] > right - left);
    }
}
