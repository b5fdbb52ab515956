//! Influence against interest: sixteen cells, each a list of marks, as tall as the fullest cell of its row.

use super::mark::{Actor, MarkView};
use crate::kit::french::count;

/// Most marks in one cell; the others are said, and are in the table.
const MOST: usize = 12;
const LEFT: i32 = 92;
const COLUMN: i32 = 216;
const LINE: i32 = 26;
const PAD: i32 = 10;
const TOP: i32 = 8;

/// Influence in words, from 1.
pub const INFLUENCE: [&str; 4] = ["1, faible", "2, moyenne", "3, forte", "4, décisive"];
/// Interest in words, from 1.
pub const INTEREST: [&str; 4] = ["1, faible", "2, moyen", "3, fort", "4, moteur"];

/// A cell, where marks are dropped.
#[derive(Debug)]
pub struct CellView {
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// Height.
    pub height: i32,
    /// Values that a drop posts.
    pub set: String,
    /// What it means, for voice.
    pub label: String,
    /// Column and row, from 1, upwards.
    pub at: (u8, u8),
    /// "et 3 autres".
    pub more: String,
}

/// The grid, ready for the template.
#[derive(Debug, Default)]
pub struct Grid {
    /// Width of the drawing.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// Width of a cell.
    pub column: i32,
    /// Cells.
    pub cells: Vec<CellView>,
    /// Marks.
    pub marks: Vec<MarkView>,
    /// Labels of the rows: text and middle.
    pub rows: Vec<(&'static str, i32)>,
    /// Labels of the columns: text and middle.
    pub columns: Vec<(&'static str, i32)>,
    /// Marks that found no place.
    pub hidden: usize,
    /// One sentence on what it shows.
    pub said: String,
}

/// Draws those actors that have a place.
pub fn grid(actors: &[Actor<'_>]) -> Grid {
    let mut grid = Grid { width: LEFT + 4 * COLUMN + 2, column: COLUMN, ..Grid::default() };
    let within = |influence: u8, interest: u8| actors.iter().filter(move |actor| actor.place() == Some((influence, interest)));
    let mut y = TOP;
    for influence in (1..=4_u8).rev() {
        let fullest = (1..=4).map(|interest| within(influence, interest).count()).max().unwrap_or(0);
        let lines = fullest.clamp(2, MOST) + usize::from(fullest > MOST);
        let height = 2 * PAD + LINE * i32::try_from(lines).unwrap_or(0);
        for interest in 1..=4_u8 {
            let x = LEFT + COLUMN * i32::from(interest - 1);
            let here: Vec<&Actor<'_>> = within(influence, interest).collect();
            let hidden = here.len().saturating_sub(MOST);
            grid.hidden += hidden;
            for (line, actor) in (0..).zip(here.iter().take(MOST)) {
                grid.marks.push(MarkView::of(actor, (x + 20, y + PAD + LINE / 2 + LINE * line), (172, 1), (interest, influence)));
            }
            grid.cells.push(CellView {
                x,
                y,
                height,
                set: format!("influence={influence}&interest={interest}"),
                label: format!("Influence {}, intérêt {}", INFLUENCE[usize::from(influence) - 1], INTEREST[usize::from(interest) - 1]),
                at: (interest, influence),
                more: if hidden == 0 { String::new() } else { format!("et {}", count(hidden, "autre", "autres")) },
            });
        }
        grid.rows.push((INFLUENCE[usize::from(influence) - 1], y + height / 2));
        y += height;
    }
    grid.columns = (0..).zip(INTEREST).map(|(index, label)| (label, LEFT + COLUMN * index + COLUMN / 2)).collect();
    grid.height = y + 46;
    grid.said = said(actors);
    grid
}

fn said(actors: &[Actor<'_>]) -> String {
    let strong = actors.iter().filter(|actor| actor.place().is_some_and(|(influence, interest)| influence >= 3 && interest >= 3)).count();
    let quiet = actors.iter().filter(|actor| actor.place().is_some_and(|(influence, interest)| influence >= 3 && interest < 3)).count();
    format!(
        "{}, à associer de près\u{202f}; {}, à convaincre.",
        count(strong, "acteur influent et intéressé", "acteurs influents et intéressés"),
        count(quiet, "acteur influent et peu intéressé", "acteurs influents et peu intéressés")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::{Content, Unit, Value};
    use crate::project::stakeholders::mark::actors;
    use uuid::Uuid;

    fn content(n: u128) -> Content {
        let units = (0..n).map(|row| {
            let mut unit = Unit::blank("stakeholder", Uuid::from_u128(row + 1), None);
            unit.fields.insert("name".to_owned(), Value::Text(format!("Acteur {row}")));
            unit.fields.insert("influence".to_owned(), Value::Text("4".to_owned()));
            unit.fields.insert("interest".to_owned(), Value::Text(if row % 3 == 0 { "1" } else { "4" }.to_owned()));
            unit
        });
        Content { units: units.collect(), filled_slots: Vec::new() }
    }

    #[test]
    fn marks_never_overlap_and_never_leave_their_cell() {
        let content = content(40);
        let grid = grid(&actors(&content));
        for mark in &grid.marks {
            let cell = grid.cells.iter().find(|cell| cell.at == mark.at).expect("cell");
            assert!(mark.x > cell.x && mark.x + 180 < cell.x + grid.column && mark.y - 13 >= cell.y && mark.y + 13 <= cell.y + cell.height);
            let others = grid.marks.iter().filter(|other| other.row != mark.row && other.at == mark.at);
            assert!(others.into_iter().all(|other| (other.y - mark.y).abs() >= 24));
        }
    }

    #[test]
    fn what_is_not_drawn_is_counted() {
        let content = content(40);
        let grid = grid(&actors(&content));
        assert_eq!(grid.marks.len() + grid.hidden, 40);
        assert_eq!(grid.hidden, 2 + 14);
        assert!(grid.cells.iter().any(|cell| cell.more == "et 14\u{a0}autres"));
    }
}
