//! Drawn views of a document: complete drawings whose attributes say everything, since no stylesheet follows them.

use std::fmt::Write as _;

use trame_pdf::{Drawing, Figure};

use crate::framework::STAKEHOLDER;
use crate::framework::content::{Content, Unit};
use crate::kit::french::count;
use crate::kit::words::excerpt;

/// Most names in a cell; the others are counted, and are in the table of actors.
const MOST: usize = 12;
const LEFT: usize = 62;
const COLUMN: usize = 150;
const LINE: usize = 14;
/// Letters of a name that a column holds.
const LETTERS: usize = 24;

const INFLUENCE: [&str; 4] = ["faible", "moyenne", "forte", "décisive"];
const INTEREST: [&str; 4] = ["faible", "moyen", "fort", "moteur du projet"];

const INK: &str = "#1e2529";
const SOFT: &str = "#535b5f";
const WOAD: &str = "#0f4c5c";
const RULE: &str = "#cfc8b8";

/// A drawn view, and the item that it illustrates.
#[derive(Debug)]
pub(super) struct View {
    /// Key of the item.
    pub(super) item: &'static str,
    /// Its caption and its alternative.
    pub(super) figure: Figure,
    /// Itself.
    pub(super) drawing: Drawing,
}

/// Every drawn view of a dossier.
pub(super) fn all(content: &Content) -> Vec<View> {
    stakeholder_grid(content).map(|(figure, drawing)| View { item: "map", figure, drawing }).into_iter().collect()
}

/// Influence against interest, when at least one actor has a place; the table of actors says the same.
fn stakeholder_grid(content: &Content) -> Option<(Figure, Drawing)> {
    let level = |unit: &Unit, key: &str| unit.text(key).parse::<usize>().ok().filter(|level| (1..=4).contains(level));
    let placed: Vec<(usize, usize, &Unit)> =
        content.rows(STAKEHOLDER.kind).filter_map(|unit| Some((level(unit, "influence")?, level(unit, "interest")?, unit))).collect();
    if placed.is_empty() {
        return None;
    }
    let cell = |influence: usize, interest: usize| placed.iter().filter(move |(one, other, _)| (*one, *other) == (influence, interest)).map(|(.., unit)| *unit);
    let mut body = String::new();
    let mut top = 4;
    for influence in (1..=4).rev() {
        let fullest = (1..=4).map(|interest| cell(influence, interest).count()).max().unwrap_or(0);
        let lines = fullest.clamp(2, MOST) + usize::from(fullest > MOST);
        let height = 10 + LINE * lines;
        text(&mut body, (LEFT - 8, top + height / 2 + 3), ("end", 10, SOFT, ""), INFLUENCE[influence - 1]);
        for interest in 1..=4 {
            let here: Vec<&Unit> = cell(influence, interest).collect();
            names(&mut body, (LEFT + COLUMN * (interest - 1), top, height), &here);
        }
        top += height;
    }
    for (index, label) in INTEREST.iter().enumerate() {
        text(&mut body, (LEFT + COLUMN * index + COLUMN / 2, top + 14), ("middle", 10, SOFT, ""), label);
    }
    text(&mut body, (LEFT - 8, top + 14), ("end", 10, INK, " font-weight=\"700\""), "Influence ↑");
    text(&mut body, (LEFT + COLUMN * 4, top + 30), ("end", 10, INK, " font-weight=\"700\""), "Intérêt →");
    let (width, height) = (LEFT + COLUMN * 4 + 2, top + 36);
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"Noto Sans\">{body}</svg>");
    Some((figure(&placed, content.rows(STAKEHOLDER.kind).count()), Drawing { name: "grille".to_owned(), svg }))
}

fn figure(placed: &[(usize, usize, &Unit)], total: usize) -> Figure {
    let strong = placed.iter().filter(|(influence, interest, _)| *influence >= 3 && *interest >= 3).count();
    let finding =
        format!("{} sur {total} ont une place\u{a0}; {strong} ont à la fois une forte influence et un fort intérêt", count(placed.len(), "acteur", "acteurs"));
    let mut alt = String::from("Grille d’influence et d’intérêt. ");
    for influence in (1..=4).rev() {
        for interest in (1..=4).rev() {
            let here = placed.iter().filter(|(one, other, _)| (*one, *other) == (influence, interest)).count();
            if here > 0 {
                let _ = write!(alt, "Influence {}, intérêt {}\u{a0}: {}. ", INFLUENCE[influence - 1], INTEREST[interest - 1], count(here, "acteur", "acteurs"));
            }
        }
    }
    alt.push_str("Le tableau des acteurs donne la place de chacun.");
    Figure { title: format!("Influence et intérêt\u{a0}: {finding}."), alt, drawing: "grille".to_owned(), table: None }
}

/// A cell with its names: bold for key actors, slanted outside the perimeter.
fn names(body: &mut String, (left, top, height): (usize, usize, usize), here: &[&Unit]) {
    let _ = write!(body, "<rect x=\"{left}\" y=\"{top}\" width=\"{COLUMN}\" height=\"{height}\" fill=\"none\" stroke=\"{RULE}\"/>");
    for (line, unit) in here.iter().take(MOST).enumerate() {
        let y = top + 14 + LINE * line;
        let fill = if unit.flag("is_major") { WOAD } else { "none" };
        let _ = write!(body, "<rect x=\"{}\" y=\"{}\" width=\"5\" height=\"5\" fill=\"{fill}\" stroke=\"{WOAD}\"/>", left + 7, y - 6);
        let weight = if unit.flag("is_key_actor") { " font-weight=\"700\"" } else { "" };
        let slant = if unit.flag("outside_perimeter") { " font-style=\"italic\"" } else { "" };
        text(body, (left + 16, y), ("start", 9, INK, &format!("{weight}{slant}")), &excerpt(unit.text("name"), LETTERS));
    }
    if here.len() > MOST {
        text(body, (left + 16, top + 14 + LINE * MOST), ("start", 9, SOFT, ""), &format!("et {} autres", here.len() - MOST));
    }
}

fn text(body: &mut String, (x, y): (usize, usize), (anchor, size, fill, more): (&str, usize, &str, &str), words: &str) {
    let _ = write!(body, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{fill}\"{more}>{}</text>", escaped(words));
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::Value;

    fn actor(name: &str, influence: &str, interest: &str) -> Unit {
        let mut unit = Unit::blank("stakeholder", uuid::Uuid::new_v4(), None);
        for (key, value) in [("name", name), ("influence", influence), ("interest", interest)] {
            unit.fields.insert(key.to_owned(), Value::Text(value.to_owned()));
        }
        unit
    }

    #[test]
    fn actors_without_a_place_are_counted_and_not_drawn() {
        let units = vec![actor("Verrerie <A & B>", "4", "3"), actor("Chambre", "", "2"), actor("Club", "1", "1")];
        let (figure, drawing) = stakeholder_grid(&Content { units, filled_slots: Vec::new() }).expect("a grid");
        assert!(
            figure.title.ends_with("2\u{a0}acteurs sur 3 ont une place\u{a0}; 1 ont à la fois une forte influence et un fort intérêt."),
            "{}",
            figure.title
        );
        assert!(figure.alt.contains("Influence décisive, intérêt fort\u{a0}: 1\u{a0}acteur."), "{}", figure.alt);
        assert!(drawing.svg.contains("Verrerie &lt;A &amp; B&gt;") && !drawing.svg.contains("Chambre"));
        assert!(stakeholder_grid(&Content::default()).is_none());
    }
}
