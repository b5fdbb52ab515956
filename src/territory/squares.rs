//! The matrix as a table: its own alternative, where each square leads to its flows or to a new one.

use uuid::Uuid;

use super::matrix::{self, Matrix, Page};
use super::sign;
use super::web::Asked;
use crate::access::Dossier;
use crate::framework::belonging::part_of;

/// A square of the matrix: its letters, where it leads, what it is for voice.
#[derive(Debug)]
pub(super) struct SquareView {
    pub(super) letters: &'static str,
    pub(super) href: String,
    pub(super) label: String,
}

/// A type of the matrix.
#[derive(Debug)]
pub(super) struct LineView {
    pub(super) label: String,
    pub(super) letter: &'static str,
    pub(super) class: &'static str,
    pub(super) domain: &'static str,
    pub(super) actors: usize,
    pub(super) squares: Vec<SquareView>,
}

/// A page of the matrix: its name, its address, whether it is the one shown.
pub(super) type PageLink = (String, String, bool);

/// The matrix as a table: what is drawn, and where each square leads.
#[derive(Debug)]
pub(super) struct MatrixView {
    pub(super) columns: Vec<(String, String)>,
    pub(super) lines: Vec<LineView>,
    pub(super) range: String,
    pub(super) pages: Vec<(&'static str, Vec<PageLink>)>,
    pub(super) filling: String,
    pub(super) is_filling: bool,
    pub(super) is_editable: bool,
}

/// The table of that page of the matrix.
pub(super) fn view(reader: &Dossier, matrix: &Matrix, page: Page, asked: Asked) -> MatrixView {
    let line = |row: &matrix::Row| {
        let sign = sign::of(row.domain);
        let squares = row.squares.iter().zip(&matrix.columns).map(|(held, column)| square(reader, row, held, column, asked));
        LineView { label: row.label.clone(), letter: sign.letter, class: sign.field, domain: sign.label, actors: row.actors, squares: squares.collect() }
    };
    let address = |asked: Asked| format!("{}{}#matrice", reader.url("/territoire"), asked.query());
    let at = Asked { columns: page.columns, rows: page.rows, ..asked };
    let links = |many: usize, there: &dyn Fn(usize) -> Asked| -> Vec<(String, String, bool)> {
        (1..=many).map(|no| (format!("page {no}"), address(there(no)), there(no) == at)).collect()
    };
    let mut pages = Vec::new();
    if page.all_columns > 1 {
        pages.push(("Acteurs", links(page.all_columns, &|no| Asked { columns: no, ..at })));
    }
    if page.all_rows > 1 {
        pages.push(("Types", links(page.all_rows, &|no| Asked { rows: no, ..at })));
    }
    let range = [("acteurs", page.columns, page.all_columns), ("types", page.rows, page.all_rows)];
    let range: Vec<String> = range.iter().filter(|(.., all)| *all > 1).map(|(name, no, all)| format!("{name}, page {no} sur {all}")).collect();
    MatrixView {
        columns: matrix.columns.iter().map(|column| (column.name.clone(), reader.url(&format!("/acteurs/{}", column.actor)))).collect(),
        lines: matrix.rows.iter().map(line).collect(),
        range: range.join("\u{202f}; "),
        pages,
        filling: address(Asked { is_filling: !asked.is_filling, ..at }),
        is_filling: asked.is_filling,
        is_editable: reader.may_write(part_of("flow")).is_ok(),
    }
}

fn square(reader: &Dossier, row: &matrix::Row, held: &matrix::Square, column: &matrix::Column, asked: Asked) -> SquareView {
    let case = || reader.url(&format!("/territoire/case?acteur={}&type={}&domaine={}", column.actor, row.code, sign::of(row.domain).field));
    let flows: Vec<Uuid> = held.flows().collect();
    let href = match flows.as_slice() {
        [] if !asked.is_filling || row.kind.is_none() => String::new(),
        [only] => reader.url(&format!("/flux/{only}")),
        _ => case(),
    };
    let label = match held.letters() {
        "" => format!("Ajouter\u{a0}: {}, {}", row.label, column.name),
        "E" => format!("entre, {}, {}", row.label, column.name),
        "S" => format!("sort, {}, {}", row.label, column.name),
        _ => format!("entre et sort, {}, {}", row.label, column.name),
    };
    SquareView { letters: held.letters(), href, label }
}
