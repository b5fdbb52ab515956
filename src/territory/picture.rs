//! A picture of the territory: what it shows in one sentence, its drawing, its signs, and the same in tables.

use askama::Template;
use trame_pdf::{Drawing, Face};

use super::sheet::{Mark, SMALL, Sheet, WIDTH, hatches, tenths};
use super::sign::Sign;
use crate::kit::lettering::{clean, lines, wide};

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// Where it leads, below the dossier; nothing when it leads nowhere.
    pub href: String,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, href: String::new() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    /// A link.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// The same data as a drawing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Caption.
    pub caption: String,
    /// Heads, and whether their column holds figures.
    pub heads: Vec<(&'static str, bool)>,
    /// Rows; the first cell names the row.
    pub rows: Vec<Vec<Cell>>,
}

/// An entry of the key, drawn in 24 by 14.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its sign.
    pub marks: Vec<Mark>,
    /// What it means.
    pub label: String,
}

impl Entry {
    /// A sign and what it means.
    pub fn new(marks: Vec<Mark>, label: impl Into<String>) -> Self {
        Self { marks, label: label.into() }
    }
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// In an address, and before the names of its hatchings.
    pub key: String,
    /// What it is.
    pub heading: String,
    /// What it shows: the finding.
    pub said: String,
    /// How to read it, what was grouped or left out.
    pub notes: Vec<String>,
    /// What it shows, for who does not see it.
    pub alt: String,
    /// Drawing.
    pub sheet: Sheet,
    /// Key.
    pub legend: Vec<Entry>,
    /// The same data.
    pub tables: Vec<Table>,
}

/// An entry of the key at its place.
#[derive(Debug)]
struct Placed<'a> {
    x: String,
    y: String,
    entry: &'a Entry,
}

/// What surrounds a drawing in a file of its own.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Above: title, then lines.
    pub head: Vec<String>,
    /// Below.
    pub foot: Vec<String>,
}

#[derive(Template)]
#[template(path = "territory/picture.svg", escape = "html")]
struct File<'a> {
    picture: &'a Picture,
    fonts: &'static str,
    head: Vec<(String, String)>,
    foot: Vec<(String, String)>,
    top: String,
    inner: String,
    height: String,
    legend: Vec<Placed<'a>>,
}

/// Fonts of a file read anywhere, and of the documents.
const ANYWHERE: &str = "Avenir Next, Segoe UI, Noto Sans, DejaVu Sans Condensed, sans-serif";
const PAPER: &str = "Noto Sans";
/// From one line to the next.
const LINE: f64 = 17.0;
/// Room around the words of a file.
const MARGIN: f64 = 10.0;

impl Picture {
    /// Signs whose hatching the drawing or its key uses.
    pub fn hatches(&self) -> Vec<&'static Sign> {
        hatches(self.sheet.marks.iter().chain(self.legend.iter().flat_map(|entry| &entry.marks))).into_values().collect()
    }

    /// Itself as a file that says everything: colours, words, and who may see it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn file(&self, around: &Around) -> Result<String, askama::Error> {
        self.laid(around, ANYWHERE).render()
    }

    /// Itself for a document: drawing and key; its size in points for a page's width.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn drawing(&self, width: u32) -> Result<(Drawing, [u32; 2]), askama::Error> {
        let file = self.laid(&Around::default(), PAPER);
        let height = file.height.parse::<f64>().unwrap_or(WIDTH) * f64::from(width) / WIDTH;
        let drawing = Drawing { name: format!("territoire-{}", self.key), svg: file.render()? };
        Ok((drawing, [width, whole(height)]))
    }

    fn laid<'a>(&'a self, around: &Around, fonts: &'static str) -> File<'a> {
        let (head, top) = written(&around.head, MARGIN);
        let below = top + self.sheet.height + if self.legend.is_empty() { 0.0 } else { 8.0 };
        let (legend, below) = placed(&self.legend, below);
        let (foot, height) = written(&around.foot, below);
        File { picture: self, fonts, head, foot, top: tenths(top), inner: tenths(self.sheet.height), height: tenths(height), legend }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page of a thousand points")]
fn whole(value: f64) -> u32 {
    value.ceil().max(1.0) as u32
}

/// Base lines of those words from that height, and where they end.
fn written(words: &[String], from: f64) -> (Vec<(String, String)>, f64) {
    let room = (WIDTH - 2.0 * MARGIN) / SMALL;
    let all: Vec<String> = words.iter().flat_map(|words| lines(&clean(words), room, 4, Face::default())).collect();
    let mut y = if all.is_empty() { from - MARGIN } else { from };
    let laid = all
        .into_iter()
        .map(|line| {
            y += LINE;
            (tenths(y - 4.0), line)
        })
        .collect::<Vec<_>>();
    let end = if laid.is_empty() { y.max(0.0) } else { y + MARGIN };
    (laid, end)
}

/// Entries of a key in lines, and where they end.
fn placed(legend: &[Entry], from: f64) -> (Vec<Placed<'_>>, f64) {
    let (mut x, mut y) = (0.0, from);
    let mut placed = Vec::new();
    for entry in legend {
        let room = 30.0 + wide(&entry.label, SMALL, Face::default()) * 1.06 + 18.0;
        if x > 0.0 && x + room > WIDTH {
            (x, y) = (0.0, y + LINE);
        }
        placed.push(Placed { x: tenths(x), y: tenths(y), entry });
        x += room;
    }
    let end = if placed.is_empty() { y } else { y + LINE + MARGIN };
    (placed, end)
}

#[cfg(test)]
mod tests {
    use super::super::sheet::{Shape, Words, rectangle};
    use super::super::sign::ALL;
    use super::*;

    fn picture() -> Picture {
        let mut sheet = Sheet { height: 100.0, ..Sheet::default() };
        sheet.shape(Shape::hatched(rectangle([0.0, 0.0, 10.0, 10.0]), &ALL[1]).titled("<i>\"&\u{0}"));
        sheet.words(Words::at((5.0, 5.0), "start", "Verrerie <A & B>\u{b}"));
        let legend = (0..12).map(|no| Entry::new(vec![Mark::Shape(Shape::hatched(rectangle([0.0, 2.0, 24.0, 12.0]), &ALL[0]))], format!("Entrée {no}")));
        Picture { key: "essai".to_owned(), sheet, legend: legend.collect(), ..Picture::default() }
    }

    #[test]
    fn a_file_escapes_what_people_wrote_and_holds_what_it_names() {
        let around = Around { head: vec!["Boucles <x>".to_owned()], foot: vec!["Visibilité\u{a0}: équipe du dossier".to_owned()] };
        let svg = picture().file(&around).expect("a file");
        assert!(svg.contains("Verrerie &#60;A &#38; B&#62; ") && svg.contains("Boucles &#60;x&#62;") && svg.contains("équipe du dossier"), "{svg}");
        assert!(!svg.contains("<i>") && !svg.contains(|c: char| c.is_control() && c != '\n'), "{svg}");
        assert_eq!(svg.matches("<pattern id=\"essai-").count(), 2);
        for used in ["url(#essai-energie)", "url(#essai-eau)"] {
            assert!(svg.contains(used), "{svg}");
        }
        assert!(!svg.contains("class=") && !svg.contains("style=") && !svg.contains("href"), "{svg}");
    }

    #[test]
    fn the_key_lies_below_the_drawing_and_within_its_width() {
        let picture = picture();
        let (placed, end) = placed(&picture.legend, 108.0);
        assert!(placed.iter().all(|entry| entry.y.parse::<f64>().is_ok_and(|y| (108.0..end).contains(&y))));
        assert!(placed.iter().any(|entry| entry.y != placed[0].y), "more than one line");
        let (drawing, size) = picture.drawing(400).expect("a drawing");
        assert!(drawing.svg.contains("viewBox=\"0 0 800 ") && size[0] == 400 && size[1] > 50, "{size:?}");
    }
}
