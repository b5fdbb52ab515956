//! The study as pictures: the means as bars, in the order of the ranking; the intervals of rank, one line a dossier, from its best
//! to its worst place, a dot where it stands; the marks by criterion, the darker the higher.

use std::fmt::Write as _;

use trame_scoring::rank::Ranked;

/// Lines drawn; the table has them all.
pub const DRAWN: usize = 40;
const LEFT: usize = 300;
const RIGHT: usize = 20;
const WIDTH: usize = 760;
const HEAD: usize = 34;
const STEP: usize = 24;
/// Letters of a title that fit at its left.
const LETTERS: usize = 38;

/// The picture.
pub struct Drawing {
    /// Height, in its own units; the width is 760.
    pub height: usize,
    /// Vertical marks: abscissa and place.
    pub marks: Vec<(String, usize)>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Where the axis ends.
    pub bottom: usize,
}

/// A dossier.
pub struct Line {
    /// Title, shortened.
    pub title: String,
    /// Ordinate of its text.
    pub y: usize,
    /// The interval.
    pub path: String,
    /// Abscissa and ordinate of the dot.
    pub dot: (String, usize),
}

/// Draws the first dossiers of the ranking; `titles` are theirs.
pub fn draw(ranked: &[Ranked], titles: &[&str]) -> Drawing {
    let shown = ranked.len().min(DRAWN);
    let last = ranked[..shown].iter().map(|ranked| ranked.worst).max().unwrap_or(1).max(2);
    let x = |place: usize| {
        let span = f64::from(u32::try_from(WIDTH - LEFT - RIGHT).unwrap_or(1));
        let part = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        format!("{:.1}", part(LEFT) + span * (part(place) - 1.0) / (part(last) - 1.0))
    };
    let bottom = HEAD + STEP * shown;
    let step = [1, 2, 5, 10, 20, 50, 100].into_iter().find(|step| last / step <= 12).unwrap_or(200);
    let marks = std::iter::once(1).chain((1..=last / step).map(|k| k * step).filter(|place| *place > 1)).map(|place| (x(place), place)).collect();
    let lines = ranked[..shown].iter().zip(titles).enumerate().map(|(row, (ranked, title))| {
        let y = HEAD + STEP * row + STEP / 2;
        let (best, worst) = (x(ranked.best), x(ranked.worst));
        let mut path = format!("M{best} {y}H{worst}");
        for end in [best, worst] {
            let _ = write!(path, "M{end} {}v8", y - 4);
        }
        Line { title: short(title), y: y + 4, path, dot: (x(ranked.place.place), y) }
    });
    Drawing { height: bottom + 12, marks, lines: lines.collect(), bottom }
}

/// The ranking: a bar a dossier, as long as its mean.
pub struct Bars {
    /// Height, in its own units; the width is 760.
    pub height: usize,
    /// Vertical marks: abscissa and score.
    pub marks: Vec<(usize, usize)>,
    /// Dossiers, best first.
    pub rows: Vec<Bar>,
    /// Where the axis ends.
    pub bottom: usize,
}

/// A dossier of the ranking.
pub struct Bar {
    /// Rank and title, shortened.
    pub title: String,
    /// Ordinate of its text.
    pub y: usize,
    /// The bar.
    pub path: String,
    /// Mean, and the abscissa of its text.
    pub mean: (String, usize),
}

/// Abscissa of a score out of 100, and room for what is written after it.
fn at_score(score: usize) -> usize {
    LEFT + (WIDTH - LEFT - 50) * score.min(100) / 100
}

/// Draws the first dossiers of the ranking: rank, title, mean as a whole number and as read.
pub fn bars(ranked: &[(String, String, i64, String)]) -> Bars {
    let shown = ranked.len().min(DRAWN);
    let bottom = HEAD + STEP * shown;
    let bar = |(row, (rank, title, mean, read)): (usize, &(String, String, i64, String))| {
        let (y, end) = (HEAD + STEP * row, at_score(usize::try_from(*mean).unwrap_or(0)));
        Bar { title: short(&format!("{rank}. {title}")), y: y + 16, path: format!("M{LEFT} {}H{end}v14H{LEFT}z", y + 5), mean: (read.clone(), end + 6) }
    };
    Bars {
        height: bottom + 12,
        marks: [0, 25, 50, 75, 100].into_iter().map(|score| (at_score(score), score)).collect(),
        rows: ranked[..shown].iter().enumerate().map(bar).collect(),
        bottom,
    }
}

/// The marks by criterion: a square for each, the darker the higher.
pub struct Heat {
    /// Height, in its own units; the width is 760.
    pub height: usize,
    /// Codes of the criteria and their abscissas.
    pub heads: Vec<(String, usize)>,
    /// Dossiers.
    pub rows: Vec<HeatLine>,
    /// Width of a square.
    pub side: usize,
}

/// A dossier of it.
pub struct HeatLine {
    /// Title, shortened.
    pub title: String,
    /// Ordinate of its squares.
    pub y: usize,
    /// Abscissa of each square, its level, its mean, whether the reviews disagree.
    pub cells: Vec<(usize, u8, String, bool)>,
}

/// A dossier under each criterion: its title, then level, mean, and whether the reviews disagree.
pub type HeatRow<'a> = (&'a str, Vec<(u8, String, bool)>);

/// Draws the first dossiers under each criterion.
pub fn heat(codes: &[&str], rows: Vec<HeatRow<'_>>) -> Heat {
    let side = (WIDTH - LEFT) / codes.len().max(1);
    let line = |(row, (title, cells)): (usize, HeatRow<'_>)| HeatLine {
        title: short(title),
        y: HEAD + STEP * row,
        cells: cells.into_iter().enumerate().map(|(column, (level, mean, is_disputed))| (LEFT + side * column, level, mean, is_disputed)).collect(),
    };
    let rows: Vec<HeatLine> = rows.into_iter().take(DRAWN).enumerate().map(line).collect();
    Heat {
        height: HEAD + STEP * rows.len() + 6,
        heads: codes.iter().enumerate().map(|(column, code)| ((*code).to_owned(), LEFT + side * column + side / 2)).collect(),
        rows,
        side,
    }
}

fn short(title: &str) -> String {
    if title.chars().count() <= LETTERS {
        return title.to_owned();
    }
    let cut: String = title.chars().take(LETTERS - 1).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(cut, _)| cut);
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use trame_scoring::rank::Place;

    use super::*;

    fn ranked(place: usize, best: usize, worst: usize) -> Ranked {
        Ranked { dossier: String::new(), mean: 0, counted: 3, place: Place { place, sharing: 1 }, best, worst }
    }

    #[test]
    fn places_go_from_left_to_right() {
        let drawn = draw(&[ranked(1, 1, 2), ranked(2, 1, 3), ranked(3, 2, 3)], &["A", "B", "C"]);
        assert_eq!(drawn.marks, [("300.0".to_owned(), 1), ("520.0".to_owned(), 2), ("740.0".to_owned(), 3)]);
        assert_eq!(drawn.lines[1].dot.0, "520.0");
        assert!(drawn.lines[0].path.starts_with("M300.0 46H520.0"));
    }

    #[test]
    fn bars_are_as_long_as_the_means_and_squares_side_by_side() {
        let drawn = bars(&[("1".to_owned(), "A".to_owned(), 100, "100".to_owned()), ("2".to_owned(), "B".to_owned(), 0, "0".to_owned())]);
        assert_eq!((drawn.rows[0].path.as_str(), drawn.rows[1].mean.1), ("M300 39H710v14H300z", 306));
        let drawn = heat(&["1.1", "G4"], vec![("A", vec![(5, "4".to_owned(), false), (0, "–".to_owned(), true)])]);
        assert_eq!((drawn.side, drawn.heads[1].1, drawn.rows[0].cells[1].0), (230, 645, 530));
    }

    #[test]
    fn a_lone_dossier_and_a_long_title_fit() {
        let drawn = draw(&[ranked(1, 1, 1)], &["Boucler les eaux, les chaleurs et les bois du bassin de Cognac"]);
        assert_eq!(drawn.lines[0].title, "Boucler les eaux, les chaleurs et…");
        assert_eq!(drawn.lines[0].dot.0, "300.0");
    }
}
