//! A spreadsheet read as rows of text: CSV of any French spelling, or XLSX; bounded before and while it is unpacked.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use encoding_rs::{Encoding, WINDOWS_1252};

use crate::kit::french::{bytes as size, count};
use crate::kit::words;

/// Largest file accepted, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// Largest content of a workbook once unpacked, in bytes.
const UNPACKED: u64 = 64 * 1024 * 1024;
/// Most parts in a workbook.
const PARTS: usize = 2_000;
/// Most lines read.
const LINES: usize = 6_000;
/// Most columns read.
const COLUMNS: u32 = 100;
/// Most filled cells.
const CELLS: usize = 200_000;
/// Longest cell: what a spreadsheet itself may hold.
const CELL: usize = 32_767;

/// A sheet, empty lines left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Name of the sheet; empty for a CSV.
    pub name: String,
    /// Lines: number in the file, and cells.
    pub lines: Vec<(u32, Vec<String>)>,
}

/// Reads a file by its content, whatever its name. `is_head` knows the line of heads: a workbook is read at the first sheet
/// that begins with one.
///
/// # Errors
/// A French sentence that says what to do.
pub fn read(bytes: &[u8], is_head: impl Fn(&[String]) -> bool) -> Result<Sheet, String> {
    if bytes.is_empty() {
        return Err("Ce fichier est vide. En choisir un autre.".to_owned());
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook(bytes, is_head);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err("Ce classeur est à l’ancien format XLS, ou protégé par un mot de passe. L’enregistrer en XLSX sans mot de passe, ou en CSV.".to_owned());
    }
    if infer::get(bytes).is_some() {
        return Err(OTHER.to_owned());
    }
    text(bytes)
}

const OTHER: &str = "Ce fichier n’est ni un classeur XLSX ni un fichier CSV, quel que soit son nom. L’enregistrer dans l’un de ces deux formats.";

// ---- CSV

fn text(bytes: &[u8]) -> Result<Sheet, String> {
    let text = decoded(bytes).replace("\r\n", "\n").replace('\r', "\n");
    if text.contains('\0') {
        return Err(OTHER.to_owned());
    }
    let (separator, rows) = separator(&text);
    let mut place = Place { text: rows, at: 0, line: if rows.len() == text.len() { 1 } else { 2 } };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(rows.as_bytes());
    let mut taken = Taken::default();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = place.line_of(&record);
                let cells = record.iter().enumerate().map(|(column, cell)| (u32::try_from(column).unwrap_or(u32::MAX), unquoted(cell)));
                for (column, cell) in cells {
                    taken.cell(line, column, &cell)?;
                }
            }
            Err(_) => return Err(OTHER.to_owned()),
        }
    }
    Ok(Sheet { name: String::new(), lines: taken.lines })
}

/// Where one is in a text: the reader counts the lines of quoted cells, not the blank ones that it skips.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Place<'_> {
    /// Number of the line where a record begins.
    fn line_of(&mut self, record: &csv::StringRecord) -> u32 {
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let rest = self.text.get(start..).unwrap_or_default();
        let begins = start + rest.len() - rest.trim_start_matches('\n').len();
        let passed = self.text.get(self.at..begins).unwrap_or_default();
        self.line += u32::try_from(passed.matches('\n').count()).unwrap_or(0);
        self.at = begins;
        self.line
    }
}

/// UTF-8 with or without its mark, UTF-16 with it, or the code page of a French Excel.
fn decoded(bytes: &[u8]) -> String {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        None => WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

/// The separator of the first line: announced by `sep=`, or the one most seen outside quotes.
fn separator(text: &str) -> (u8, &str) {
    let first = text.lines().next().unwrap_or_default();
    if let Some([separator]) = first.strip_prefix("sep=").map(|rest| rest.trim_end().as_bytes()) {
        return (*separator, text.split_once('\n').map_or("", |(_, rest)| rest));
    }
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut is_quoted = false;
    let mut seen = [(b';', 0), (b'\t', 0), (b',', 0)];
    for byte in head.bytes() {
        is_quoted ^= byte == b'"';
        for (separator, times) in &mut seen {
            *times += u32::from(!is_quoted && byte == *separator);
        }
    }
    let most = seen.iter().map(|(_, times)| *times).max().unwrap_or(0);
    (seen.iter().find(|(_, times)| *times == most).map_or(b';', |(separator, _)| *separator), text)
}

/// Our own files put a quote before what a spreadsheet would run (see [`super::export::inert`]).
fn unquoted(cell: &str) -> String {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(super::export::LIVE) || rest.starts_with('\'')).unwrap_or(cell).to_owned()
}

// ---- XLSX

fn workbook(bytes: &[u8], is_head: impl Fn(&[String]) -> bool) -> Result<Sheet, String> {
    unpack(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| DAMAGED.to_owned())?;
    let mut first = None;
    for name in book.sheet_names().into_iter().take(20) {
        let sheet = worksheet(&mut book, name)?;
        if sheet.lines.first().is_some_and(|(_, cells)| is_head(cells)) {
            return Ok(sheet);
        }
        first = first.or((!sheet.lines.is_empty()).then_some(sheet));
    }
    Ok(first.unwrap_or_default())
}

const DAMAGED: &str = "Ce classeur ne s’ouvre pas. L’enregistrer de nouveau en XLSX, ou en CSV, puis recommencer.";

/// What a workbook declares of its size is not believed: every part is unpacked once, counted, and thrown away.
fn unpack(bytes: &[u8]) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED.to_owned())?;
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(OTHER.to_owned());
    }
    if archive.len() > PARTS {
        return Err(DAMAGED.to_owned());
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| DAMAGED.to_owned())?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| DAMAGED.to_owned())?;
        left = left.checked_sub(read).ok_or_else(|| {
            format!("Ce classeur dépasse {} une fois décompressé. Ne garder que la feuille à importer, sans image, ou l’enregistrer en CSV.", size(UNPACKED))
        })?;
    }
    Ok(())
}

/// Cell by cell: a lone cell at the far end of a sheet must not make the whole rectangle.
fn worksheet(book: &mut Xlsx<Cursor<&[u8]>>, name: String) -> Result<Sheet, String> {
    // A sheet of drawings holds no cells.
    let Ok(mut cells) = book.worksheet_cells_reader(&name) else { return Ok(Sheet { name, lines: Vec::new() }) };
    let mut taken = Taken::default();
    while let Some(cell) = cells.next_cell().map_err(|_| DAMAGED.to_owned())? {
        let (row, column) = cell.get_position();
        taken.cell(row.saturating_add(1), column, &shown(cell.get_value()))?;
    }
    drop(cells);
    let mut lines = taken.lines;
    lines.sort_by_key(|(line, _)| *line);
    Ok(Sheet { name, lines })
}

/// A value as a person would have typed it in a French form.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => figure(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is_true) => if *is_true { "oui" } else { "non" }.to_owned(),
        DataRef::DateTime(date) => figure(date.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Whole, or with a comma; a SIRET of fourteen digits stays whole.
fn figure(number: f64) -> String {
    number.to_string().replace('.', ",")
}

#[derive(Default)]
struct Taken {
    lines: Vec<(u32, Vec<String>)>,
    cells: usize,
}

impl Taken {
    /// Keeps a filled cell, or says that there are too many.
    fn cell(&mut self, line: u32, column: u32, text: &str) -> Result<(), String> {
        let text = words::visible(text.replace("\r\n", "\n").replace('\r', "\n"));
        if text.trim().is_empty() {
            return Ok(());
        }
        if column >= COLUMNS {
            return Err(format!("Ce tableau a plus de {}. Ne garder que celles du modèle.", count(COLUMNS, "colonne", "colonnes")));
        }
        if text.chars().count() > CELL {
            return Err(format!("Une cellule de la ligne {line} dépasse {}. La raccourcir, puis recommencer.", count(CELL, "caractère", "caractères")));
        }
        self.cells += 1;
        if self.lines.last().is_none_or(|(last, _)| *last != line) {
            self.lines.push((line, Vec::new()));
        }
        if self.lines.len() > LINES || self.cells > CELLS {
            return Err(format!("Ce tableau a plus de {}. Le partager en plusieurs fichiers.", count(LINES, "ligne remplie", "lignes remplies")));
        }
        let column = usize::try_from(column).unwrap_or(0);
        if let Some((_, cells)) = self.lines.last_mut() {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = text;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        read(bytes, |_| true).expect("read").lines.into_iter().map(|(_, cells)| cells).collect()
    }

    #[test]
    fn separators_and_encodings_are_recognised() {
        let expected = vec![vec!["Nom".to_owned(), "Type".to_owned()], vec!["Éts Léa; et fils".to_owned(), "Société".to_owned()]];
        let quoted = "Nom;Type\r\n\"Éts Léa; et fils\";Société\r\n";
        assert_eq!(rows(quoted.as_bytes()), expected);
        assert_eq!(rows(format!("\u{feff}{quoted}").as_bytes()), expected);
        assert_eq!(rows("Nom,Type\n\"Éts Léa; et fils\",Société".as_bytes()), expected);
        assert_eq!(rows("Nom\tType\nÉts Léa; et fils\tSociété".as_bytes()), expected);
        assert_eq!(rows("sep=|\nNom|Type\nÉts Léa; et fils|Société".as_bytes()), expected);
        assert_eq!(rows(&WINDOWS_1252.encode(quoted).0), expected);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(quoted.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(rows(&utf16), expected);
    }

    #[test]
    fn line_numbers_are_those_of_the_file_and_empty_lines_are_skipped() {
        let sheet = read("Nom;Type\n;\n\nA;B\n\"deux\nlignes\";C\nD;\n".as_bytes(), |_| true).expect("read");
        assert_eq!(sheet.lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 4, 5, 7]);
    }

    #[test]
    fn other_files_are_refused_with_a_sentence() {
        for bytes in [&b"%PDF-1.4\n"[..], b"\x89PNG\r\n\x1a\n", b"PK\x03\x04 something", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", b"a;b\0c"] {
            assert!(read(bytes, |_| true).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_formula_kept_as_text_by_our_own_files_loses_its_quote() {
        assert_eq!(unquoted("'=1+1"), "=1+1");
        assert_eq!(unquoted("''=1"), "'=1");
        assert_eq!(unquoted("'il dit"), "'il dit");
    }

    #[test]
    fn numbers_are_written_as_a_french_form_reads_them() {
        assert_eq!(figure(35_600_000_000_048.0), "35600000000048");
        assert_eq!(figure(18_600.5), "18600,5");
        assert_eq!(figure(0.0), "0");
    }
}
