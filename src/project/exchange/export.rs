//! The lists as files: models to fill in, and the team's own rows, in XLSX and in CSV. No cell runs anything.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Formula, Workbook, Worksheet, XlsxError};

use super::list::{self, List};
use crate::access::{KeyPart, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::framework::{Choice, Field, Kind};
use crate::journal;
use crate::kit::french::slug;
use crate::kit::moment;
use crate::project::draw::row_name;
use crate::project::units;

/// What a spreadsheet takes for the beginning of a formula.
pub const LIVE: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A CSV cell that a spreadsheet takes for text; reading our own file again takes the quote away.
pub fn inert(cell: &str) -> String {
    let is_quoted = cell.strip_prefix('\'').is_some_and(|rest| rest.starts_with(LIVE) || rest.starts_with('\''));
    if cell.starts_with(LIVE) || is_quoted { format!("'{cell}") } else { cell.to_owned() }
}

/// The team downloads an empty list, ready to fill in.
pub async fn model(State(app): State<App>, reader: ProjectReader, KeyPart(key): KeyPart) -> Result<Response, AppError> {
    send(&app, &reader, &key, true).await
}

/// The team downloads a list of its dossier.
pub async fn rows(State(app): State<App>, reader: ProjectReader, KeyPart(key): KeyPart) -> Result<Response, AppError> {
    send(&app, &reader, &key, false).await
}

async fn send(app: &App, reader: &ProjectReader, key: &str, is_model: bool) -> Result<Response, AppError> {
    let (name, format) = key.split_once('.').filter(|(_, format)| matches!(*format, "csv" | "xlsx")).ok_or(AppError::NotFound)?;
    let list = list::of_slug(name).ok_or(AppError::NotFound)?;
    let mut conn = app.db.acquire().await?;
    let content = units::load(&mut conn, reader.project(), &list.kinds()).await?;
    if !is_model {
        journal::record_account(&mut conn, Some(reader.account()), "exported", &format!("{} {key}", reader.project()), reader.now()).await?;
    }
    drop(conn);
    let (is_csv, day) = (format == "csv", moment::iso_day(moment::paris_parts(reader.now()).0));
    let file = if is_model { format!("modele-{name}.{format}") } else { format!("{name}-{}-{day}.{format}", slug(&reader.head().title)) };
    let bytes = tokio::task::spawn_blocking(move || if is_csv { csv_file(&list, &content, is_model) } else { xlsx_file(&list, &content, is_model) })
        .await
        .map_err(anyhow::Error::from)??;
    let mime = if is_csv { "text/csv; charset=utf-8" } else { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
    let disposition = format!("attachment; filename=\"{file}\"");
    let policy = "sandbox; default-src 'none'".to_owned();
    Ok(([(CONTENT_TYPE, mime.to_owned()), (CONTENT_DISPOSITION, disposition), (CONTENT_SECURITY_POLICY, policy)], bytes).into_response())
}

fn csv_file(list: &List, content: &Content, is_model: bool) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(list.rows.fields().map(|field| field.label))?;
    for unit in list.units(content).filter(|_| !is_model) {
        writer.write_record(list.rows.fields().map(|field| inert(&list::text(field, unit, content))))?;
    }
    Ok(writer.into_inner()?)
}

fn xlsx_file(list: &List, content: &Content, is_model: bool) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let helps = helps(list, content);
    rows_sheet(book.add_worksheet(), list, content, (is_model, &helps))?;
    help_sheet(book.add_worksheet(), list)?;
    choices_sheet(book.add_worksheet(), &helps)?;
    Ok(book.save_to_buffer()?)
}

/// Values that a column may be chosen from: field, and the words of its list.
type Helps = Vec<(&'static Field, Vec<String>)>;

fn helps(list: &List, content: &Content) -> Helps {
    let words = |field: &'static Field| match field.kind {
        Kind::Choice(choices) => choices.iter().map(|choice| choice.label.to_owned()).collect(),
        Kind::Flag => vec!["oui".to_owned(), "non".to_owned()],
        Kind::Row(kind) => content.rows(kind).map(row_name).collect(),
        _ => Vec::new(),
    };
    list.rows.fields().map(|field| (field, words(field))).filter(|(_, words)| !words.is_empty()).collect()
}

fn rows_sheet(sheet: &mut Worksheet, list: &List, content: &Content, (is_model, helps): (bool, &Helps)) -> Result<(), XlsxError> {
    sheet.set_name(list.rows.title)?.set_freeze_panes(1, 0)?;
    let head = Format::new().set_bold().set_text_wrap();
    let (text, figure) = (Format::new().set_num_format("@"), Format::new().set_num_format("#,##0.00"));
    for (column, field) in (0_u16..).zip(list.rows.fields()) {
        sheet.set_column_width(column, width(field.kind))?;
        match field.kind {
            // Degrees keep their decimals.
            Kind::Signed(..) => {}
            kind => drop(sheet.set_column_format(column, if is_figure(kind) { &figure } else { &text })?),
        }
        sheet.write_string_with_format(0, column, field.label, &head)?;
        if let Some(index) = helps.iter().position(|(held, _)| held.key == field.key) {
            sheet.add_data_validation(1, column, u32::from(list.rows.most), column, &chosen(index, helps[index].1.len()))?;
        }
    }
    for (row, unit) in (1_u32..).zip(list.units(content).filter(|_| !is_model)) {
        for (column, field) in (0_u16..).zip(list.rows.fields()) {
            let cell = list::text(field, unit, content);
            let number = cell.replace(',', ".").parse::<f64>().ok().filter(|_| is_figure(field.kind) && !unit.raw.contains_key(field.key));
            match number {
                Some(number) => sheet.write_number(row, column, number)?,
                // What could not be read may be longer than a cell.
                None => sheet.write_string(row, column, cell.chars().take(32_767).collect::<String>())?,
            };
        }
    }
    Ok(())
}

/// A choice is proposed and never imposed: what is typed is judged at the preview.
fn chosen(index: usize, words: usize) -> DataValidation {
    let letter = char::from(b'A' + u8::try_from(index).unwrap_or(0));
    let range = Formula::new(format!("=Listes!${letter}$2:${letter}${}", words + 1));
    DataValidation::new().allow_list_formula(range).set_error_style(DataValidationErrorStyle::Warning)
}

fn is_figure(kind: Kind) -> bool {
    matches!(kind, Kind::Money | Kind::Decimal(..) | Kind::Signed(..))
}

fn width(kind: Kind) -> f64 {
    match kind {
        Kind::Text => 50.0,
        Kind::Line(most) if most > 100 => 34.0,
        Kind::Flag | Kind::Naf | Kind::WasteCode | Kind::Money | Kind::Decimal(..) | Kind::Signed(..) => 13.0,
        _ => 24.0,
    }
}

fn help_sheet(sheet: &mut Worksheet, list: &List) -> Result<(), XlsxError> {
    sheet.set_name("Mode d’emploi")?;
    let (bold, wrap) = (Format::new().set_bold(), Format::new().set_text_wrap());
    sheet.set_column_width(0, 34.0)?.set_column_width(1, 90.0)?;
    let notes = ["Une ligne par fiche. Une cellule vide ne change rien à ce que contient le dossier.", list.matching, "Rien n’est enregistré avant l’aperçu."];
    for (row, note) in (0_u32..).zip(notes) {
        sheet.write_string(row, 0, note)?;
    }
    sheet.write_string_with_format(4, 0, "Colonne", &bold)?.write_string_with_format(4, 1, "Ce qu’il faut écrire", &bold)?;
    for (row, field) in (5_u32..).zip(list.rows.fields()) {
        sheet.write_string(row, 0, field.label)?.write_string_with_format(row, 1, expected(list, field), &wrap)?;
    }
    Ok(())
}

/// What a column takes, in a sentence or two.
pub fn expected(list: &List, field: &Field) -> String {
    let labels = |choices: &[Choice]| choices.iter().map(|choice| choice.label).collect::<Vec<_>>().join("\u{a0}; ");
    let form = match field.kind {
        Kind::Flag => "oui ou non.".to_owned(),
        Kind::Choice(choices) => format!("Une de ces valeurs\u{a0}: {}.", labels(choices)),
        Kind::Row(_) => "Nom ou SIRET d’un acteur du dossier.".to_owned(),
        Kind::Months => "Des mois, par exemple «\u{a0}octobre, novembre\u{a0}», «\u{a0}octobre à mars\u{a0}» ou «\u{a0}toute l’année\u{a0}».".to_owned(),
        Kind::Money => "Un montant en euros, par exemple 18\u{202f}600,50.".to_owned(),
        Kind::FlowType => "Le nom ou le code d’un type de la nomenclature.".to_owned(),
        Kind::Decimal(_, _, example) | Kind::Signed(_, _, example) => format!("Un nombre, par exemple {example}."),
        Kind::Line(most) => format!("{most} caractères au plus."),
        Kind::Commune if field.hint.is_empty() => "Son nom ou son code INSEE, par exemple Cognac ou 16102.".to_owned(),
        _ => String::new(),
    };
    let need = if field.key == list.rows.name_field { "Nécessaire." } else { "" };
    [need, field.hint, &form].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn choices_sheet(sheet: &mut Worksheet, helps: &Helps) -> Result<(), XlsxError> {
    sheet.set_name("Listes")?;
    let bold = Format::new().set_bold();
    for (column, (field, words)) in (0_u16..).zip(helps) {
        sheet.set_column_width(column, 30.0)?.write_string_with_format(0, column, field.label, &bold)?;
        for (row, word) in (1_u32..).zip(words) {
            sheet.write_string(row, column, word)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::{Unit, Value};
    use crate::project::exchange::plan::{Fate, Proposal, plan};
    use crate::project::exchange::sheet;

    fn unit(kind: &str, row: u128, fields: &[(&str, Value)]) -> Unit {
        let mut unit = Unit { version: 1, position: 1, ..Unit::blank(kind, uuid::Uuid::from_u128(row), None) };
        unit.fields = fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        unit
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn dossier() -> Content {
        let many = |keys: &[&str]| Value::Many(keys.iter().map(|key| (*key).to_owned()).collect());
        let mut odd = unit("stakeholder", 2, &[("name", text("=HYPERLINK(\"http://x\")")), ("activity", text("Deux\nlignes; et \"guillemets\""))]);
        odd.raw.insert("naf".to_owned(), "-12".to_owned());
        let units = vec![
            unit(
                "stakeholder",
                1,
                &[
                    ("name", text("'Éts Léa")),
                    ("kind", text("company")),
                    ("commune", text("16102")),
                    ("is_major", Value::Flag(true)),
                    ("siret", text("73282932000074")),
                    ("influence", text("3")),
                ],
            ),
            odd,
            unit(
                "flow",
                3,
                &[
                    ("label", text("Cartons")),
                    ("actor", text(&uuid::Uuid::from_u128(1).to_string())),
                    ("direction", text("out")),
                    ("quantity", text("1250.5")),
                    ("months", many(&["10", "11"])),
                    ("waste_code", text("15 01 01")),
                ],
            ),
            unit("flow", 4, &[("label", text("+ Chaleur")), ("months", many(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]))]),
            unit("budget_line", 5, &[("label", text("Animation")), ("horizon", text("short")), ("side", text("expense")), ("amount", Value::Whole(1_860_050))]),
            unit("perimeter_commune", 6, &[("commune", text("16102")), ("note", text("@siège"))]),
        ];
        Content { units, filled_slots: Vec::new() }
    }

    #[test]
    fn a_list_exported_and_imported_again_changes_nothing() {
        let content = dossier();
        for list in list::lists() {
            for (kind, bytes) in [("csv", csv_file(&list, &content, false)), ("xlsx", xlsx_file(&list, &content, false))] {
                let bytes = bytes.expect("written");
                let read = sheet::read(&bytes, |cells| cells.iter().any(|cell| list.column(cell).is_some())).expect("read");
                let proposal = Proposal::of(&list, read).expect("proposal");
                let plan = plan(&list, &proposal, &content);
                assert_eq!(plan.count(Fate::Same), list.units(&content).count(), "{} {kind}: {:?}", list.slug, plan.lines);
                assert!(proposal.ignored.is_empty());
            }
        }
    }

    #[test]
    fn the_same_lists_fill_an_empty_dossier_with_the_same_rows() {
        let content = dossier();
        let actors = list::of_slug("acteurs").expect("actors");
        let bytes = xlsx_file(&actors, &content, false).expect("written");
        let proposal = Proposal::of(&actors, sheet::read(&bytes, |_| true).expect("read")).expect("proposal");
        let plan = plan(&actors, &proposal, &Content::default());
        // What was known by its row is now known by the reference that the file gave it.
        let of = |unit: &Unit| {
            (
                unit.reference(),
                unit.fields.iter().filter(|(key, _)| *key != "ref").map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>(),
                unit.raw.clone(),
            )
        };
        assert_eq!(plan.changes.iter().map(|change| of(&change.unit)).collect::<Vec<_>>(), actors.units(&content).map(of).collect::<Vec<_>>());
    }

    #[test]
    fn a_model_is_read_as_a_list_without_lines() {
        for list in list::lists() {
            for bytes in [csv_file(&list, &dossier(), true), xlsx_file(&list, &dossier(), true)] {
                let read = sheet::read(&bytes.expect("written"), |cells| cells.iter().any(|cell| list.column(cell).is_some())).expect("read");
                assert!(Proposal::of(&list, read).is_err_and(|sentence| sentence.contains("titres de colonnes")), "{}", list.slug);
            }
        }
    }

    #[test]
    fn no_cell_of_a_csv_is_live() {
        let file = String::from_utf8(csv_file(&list::of_slug("acteurs").expect("actors"), &dossier(), false).expect("written")).expect("UTF-8");
        assert!(file.contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{file}");
        assert!(file.contains(";'-12;"), "{file}");
        assert_eq!(inert("'=1"), "''=1");
        assert_eq!(inert("l’eau"), "l’eau");
    }
}
