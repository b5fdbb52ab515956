//! Types of flows against actors: who lets out (S), who needs (E). Sorted by count, pooling shows at once.

use std::collections::{BTreeMap, BTreeSet};

use trame_pdf::Face;
use trame_synergies::flow::{Direction, Domain};
use trame_synergies::nomenclature::TypeId;
use uuid::Uuid;

use super::picture::{Cell, Entry, Picture, Table};
use super::sheet::{INK, Mark, RULE, SMALL, SOFT, Shape, Sheet, Words, circle, real, rectangle};
use super::sight::Sight;
use super::sign;
use crate::kit::french::{count, fold};
use crate::kit::lettering::line;

/// Columns and rows of a page.
pub const COLUMNS: usize = 14;
/// Rows of a page.
pub const ROWS: usize = 26;

/// Room of the types and of their counts, then of a column and of a row, then of the names of the actors.
const SIDE: f64 = 254.0;
const COUNT: f64 = 26.0;
const COLUMN: f64 = 37.0;
const ROW: f64 = 21.0;
const HEAD: f64 = 150.0;

/// Flows of one type at one actor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Square {
    /// Rows of what leaves.
    pub outs: Vec<Uuid>,
    /// Rows of what is needed.
    pub ins: Vec<Uuid>,
}

impl Square {
    /// "E", "S", "ES", or nothing.
    pub fn letters(&self) -> &'static str {
        match (self.ins.is_empty(), self.outs.is_empty()) {
            (true, true) => "",
            (false, true) => "E",
            (true, false) => "S",
            (false, false) => "ES",
        }
    }

    /// Rows of both.
    pub fn flows(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.ins.iter().chain(&self.outs).copied()
    }
}

/// A type, or what has none in a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Domain.
    pub domain: Domain,
    /// Type.
    pub kind: Option<TypeId>,
    /// Its code; nothing without type.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Actors that have it.
    pub actors: usize,
    /// One for each actor of the matrix.
    pub squares: Vec<Square>,
}

/// An actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Row.
    pub actor: Uuid,
    /// Name.
    pub name: String,
    /// Types that it has.
    pub types: usize,
}

/// The whole matrix, or a page of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    /// Actors.
    pub columns: Vec<Column>,
    /// Types.
    pub rows: Vec<Row>,
}

/// Which page: columns and rows, from 1, and how many of each there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Of columns.
    pub columns: usize,
    /// Of rows.
    pub rows: usize,
    /// All of columns.
    pub all_columns: usize,
    /// All of rows.
    pub all_rows: usize,
}

impl Matrix {
    /// Types by the number of actors, actors by the number of types.
    pub fn of(sight: Sight<'_>) -> Self {
        let mut held: BTreeMap<(Domain, Option<TypeId>), BTreeMap<Uuid, Square>> = BTreeMap::new();
        let mut types: BTreeMap<Uuid, BTreeSet<(Domain, Option<TypeId>)>> = BTreeMap::new();
        for (at, flow) in sight.flows() {
            let (key, actor, row) = ((flow.domain, flow.kind), sight.actor(at), sight.found.source(at).row);
            let held = held.entry(key).or_default().entry(actor).or_default();
            if flow.direction == Direction::Out {
                held.outs.push(row);
            } else {
                held.ins.push(row);
            }
            types.entry(actor).or_default().insert(key);
        }
        let mut columns: Vec<Column> =
            types.iter().map(|(actor, types)| Column { actor: *actor, name: sight.name(*actor).to_owned(), types: types.len() }).collect();
        columns.sort_by_cached_key(|column| (std::cmp::Reverse(column.types), fold(&column.name), column.actor));
        let row = |((domain, kind), by_actor): ((Domain, Option<TypeId>), BTreeMap<Uuid, Square>)| Row {
            domain,
            kind,
            code: kind.map(|kind| sight.found.tables.get(kind).code.clone()).unwrap_or_default(),
            label: kind.map_or_else(|| format!("Sans type, {}", sign::of(domain).label), |kind| sight.kind(kind)),
            actors: by_actor.len(),
            squares: columns.iter().map(|column| by_actor.get(&column.actor).cloned().unwrap_or_default()).collect(),
        };
        let mut rows: Vec<Row> = held.into_iter().map(row).collect();
        rows.sort_by_cached_key(|row| (row.kind.is_none(), std::cmp::Reverse(row.actors), fold(&row.label)));
        Self { columns, rows }
    }

    /// Pages of columns and of rows, brought back to those that are.
    pub fn page_of(&self, columns: usize, rows: usize) -> Page {
        let (all_columns, all_rows) = (self.columns.len().div_ceil(COLUMNS).max(1), self.rows.len().div_ceil(ROWS).max(1));
        Page { columns: columns.clamp(1, all_columns), rows: rows.clamp(1, all_rows), all_columns, all_rows }
    }

    /// That page.
    #[must_use]
    pub fn cut(&self, page: Page) -> Self {
        let from = (page.columns - 1) * COLUMNS;
        let to = (from + COLUMNS).min(self.columns.len());
        let rows = self.rows.iter().skip((page.rows - 1) * ROWS).take(ROWS);
        Self {
            columns: self.columns[from.min(to)..to].to_vec(),
            rows: rows.map(|row| Row { squares: row.squares[from.min(to)..to].to_vec(), ..row.clone() }).collect(),
        }
    }

    /// The finding.
    pub fn said(&self) -> String {
        let shared = self.rows.iter().filter(|row| row.kind.is_some() && row.actors >= 3).count();
        match self.rows.iter().find(|row| row.kind.is_some()) {
            Some(first) if first.actors > 1 && shared > 1 => {
                format!("{} réunit {} acteurs\u{202f}; {shared} types en réunissent au moins trois", first.label, first.actors)
            }
            Some(first) if first.actors > 1 => format!("{} réunit {} acteurs, plus que tout autre type", first.label, first.actors),
            _ => format!("{} chez {}, aucun partagé", count(self.rows.len(), "type", "types"), count(self.columns.len(), "acteur", "acteurs")),
        }
    }

    /// Which part of it a page shows.
    pub fn range(&self, page: Page) -> String {
        let part = |from: usize, each: usize, all: usize| format!("{} à {} sur {all}", from * each + 1, ((from + 1) * each).min(all));
        let mut said = Vec::new();
        if page.all_columns > 1 {
            said.push(format!("acteurs {}", part(page.columns - 1, COLUMNS, self.columns.len())));
        }
        if page.all_rows > 1 {
            said.push(format!("types {}", part(page.rows - 1, ROWS, self.rows.len())));
        }
        said.join(", ")
    }
}

/// Draws a page of the matrix, unless it has no flow.
pub fn draw(whole: &Matrix, page: Page) -> Option<Picture> {
    if whole.rows.is_empty() {
        return None;
    }
    let part = whole.cut(page);
    let mut sheet = Sheet { height: HEAD + ROW * real(part.rows.len()) + 6.0, ..Sheet::default() };
    heads(&mut sheet, &part);
    for (rank, row) in part.rows.iter().enumerate() {
        line_of(&mut sheet, row, HEAD + ROW * real(rank));
    }
    let range = whole.range(page);
    let mut notes = vec!["Types et acteurs sont rangés par nombre\u{a0}: ce qui peut être mis en commun est en haut à gauche.".to_owned()];
    if !range.is_empty() {
        notes.push(format!("Cette page montre\u{a0}: {range}."));
    }
    Some(Picture {
        key: "matrice".to_owned(),
        heading: "Matrice flux × acteurs".to_owned(),
        said: whole.said(),
        notes,
        alt: format!("{}. Une ligne par type de flux, une colonne par acteur. Le tableau qui suit donne chaque case.", whole.said()),
        sheet,
        legend: legend(),
        tables: vec![table(&part)],
    })
}

fn heads(sheet: &mut Sheet, part: &Matrix) {
    for (rank, column) in part.columns.iter().enumerate() {
        let x = SIDE + COUNT + COLUMN * real(rank);
        let name = line(&column.name, (HEAD - 12.0) / SMALL / 1.04, Face::default());
        sheet.words(Words { is_upright: true, ..Words::at((x + COLUMN / 2.0 + 4.0, HEAD - 6.0), "start", &name).sized(SMALL) });
        sheet.shape(Shape::line(format!("M{x} {}V{}", HEAD - 4.0, sheet.height - 6.0), RULE, 0.75));
    }
    let end = SIDE + COUNT + COLUMN * real(part.columns.len());
    sheet.shape(Shape::line(format!("M{end} {}V{}", HEAD - 4.0, sheet.height - 6.0), RULE, 0.75));
    sheet.words(Words::at((SIDE + COUNT - 6.0, HEAD - 6.0), "end", "acteurs").sized(SMALL).tinted(SOFT));
    sheet.shape(Shape::line(format!("M0 {HEAD}H{end}"), INK, 1.5));
}

fn line_of(sheet: &mut Sheet, row: &Row, top: f64) {
    let sign = sign::of(row.domain);
    let middle = top + ROW / 2.0;
    sheet.shape(Shape::filled(circle(9.0, middle, 8.0), sign.fill).titled(sign.label));
    sheet.words(Words::at((9.0, middle + 4.0), "middle", sign.letter).bold().sized(SMALL).tinted("#fff"));
    sheet.words(Words::at((23.0, middle + 4.2), "start", &line(&row.label, (SIDE - 30.0) / 12.5 / 1.04, Face::default())));
    sheet.words(Words::at((SIDE + COUNT - 8.0, middle + 4.2), "end", &row.actors.to_string()).sized(SMALL));
    let end = SIDE + COUNT + COLUMN * real(row.squares.len());
    sheet.shape(Shape::line(format!("M0 {}H{end}", top + ROW), RULE, 0.75));
    for (rank, held) in row.squares.iter().enumerate() {
        let x = SIDE + COUNT + COLUMN * real(rank);
        let middle = (x + COLUMN / 2.0, middle);
        match held.letters() {
            "" => {}
            "ES" => {
                letter(sheet, (middle.0 - 8.5, middle.1), "E", row.domain);
                letter(sheet, (middle.0 + 8.5, middle.1), "S", row.domain);
            }
            one => letter(sheet, middle, one, row.domain),
        }
    }
}

/// A need is an empty square, an output a full one.
fn letter(sheet: &mut Sheet, (x, y): (f64, f64), letter: &str, domain: Domain) {
    let sign = sign::of(domain);
    let area = rectangle([x - 7.5, y - 7.5, x + 7.5, y + 7.5]);
    let (inside, ink) = if letter == "S" { (sign.fill, "#fff") } else { ("#fff", INK) };
    sheet.shape(Shape::filled(area, inside).edged(sign.fill, 1.5));
    sheet.words(Words::at((x, y + 4.1), "middle", letter).bold().sized(SMALL).tinted(ink));
}

fn legend() -> Vec<Entry> {
    let entry = |sign: &str, label: &str| {
        let mut sheet = Sheet::default();
        letter(&mut sheet, (12.0, 7.0), sign, Domain::Material);
        Entry::new(sheet.marks, label)
    };
    let mut legend = vec![entry("E", "E\u{a0}: entre, ou besoin"), entry("S", "S\u{a0}: sort, ou offre")];
    legend.extend(sign::ALL.iter().map(|sign| {
        let disc = Mark::Shape(Shape::filled(circle(12.0, 7.0, 6.5), sign.fill));
        let letter = Mark::Words(Words::at((12.0, 10.6), "middle", sign.letter).bold().sized(10.0).tinted("#fff"));
        Entry::new(vec![disc, letter], sign.label)
    }));
    legend
}

/// The same, type by type: who needs, who lets out.
fn table(part: &Matrix) -> Table {
    let names = |row: &Row, is_in: bool| {
        let held = row.squares.iter().zip(&part.columns).filter(|(held, _)| !if is_in { &held.ins } else { &held.outs }.is_empty());
        held.map(|(_, column)| column.name.as_str()).collect::<Vec<_>>().join("\u{a0}; ")
    };
    let rows = part.rows.iter().map(|row| -> Vec<Cell> {
        vec![row.label.clone().into(), sign::of(row.domain).label.into(), row.actors.to_string().into(), names(row, true).into(), names(row, false).into()]
    });
    let heads = vec![("Type", false), ("Domaine", false), ("Acteurs", true), ("Entre chez (E)", false), ("Sort de chez (S)", false)];
    Table { caption: "Flux et acteurs".to_owned(), heads, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::sight::sample;
    use super::*;

    #[test]
    fn types_and_actors_are_sorted_by_count_and_nothing_is_lost() {
        let (matrix, flows) = sample::with(30, None, |sight| (Matrix::of(sight), sight.flows().count()));
        assert_eq!(matrix.columns.len(), 30);
        assert!(matrix.rows.windows(2).all(|pair| pair[0].actors >= pair[1].actors));
        assert!(matrix.columns.windows(2).all(|pair| pair[0].types >= pair[1].types));
        assert_eq!(matrix.rows.iter().flat_map(|row| &row.squares).map(|held| held.flows().count()).sum::<usize>(), flows);
        assert!(matrix.said().contains("réunit 30 acteurs"), "{}", matrix.said());
    }

    #[test]
    fn a_wide_matrix_comes_by_pages_that_hold_every_actor_once() {
        let matrix = sample::with(30, None, Matrix::of);
        let all = matrix.page_of(1, 1);
        assert_eq!((all.all_columns, all.all_rows), (3, 1));
        let names: Vec<String> = (1..=3).flat_map(|page| matrix.cut(matrix.page_of(page, 1)).columns).map(|column| column.name).collect();
        assert_eq!(names, matrix.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
        assert_eq!(matrix.page_of(99, 0), matrix.page_of(3, 1));
        assert_eq!(matrix.range(matrix.page_of(3, 1)), "acteurs 29 à 30 sur 30");
    }

    #[test]
    fn letters_drawn_are_those_of_the_table() {
        let matrix = sample::with(6, None, Matrix::of);
        let picture = draw(&matrix, matrix.page_of(1, 1)).expect("a matrix");
        // Services have their letter too, beside the name of the type.
        let services = matrix.rows.iter().filter(|row| row.domain == Domain::Service).count();
        let drawn = |letter: &str| picture.sheet.written().filter(|words| *words == letter).count();
        let told =
            |column: usize| picture.tables[0].rows.iter().map(|row| row[column].text.split("\u{a0}; ").filter(|name| !name.is_empty()).count()).sum::<usize>();
        assert_eq!((drawn("E"), drawn("S") - services), (told(3), told(4)));
        assert!(told(3) > 5 && told(4) > 5);
        assert!(draw(&Matrix::default(), Page { columns: 1, rows: 1, all_columns: 1, all_rows: 1 }).is_none());
    }
}
