//! From values to a PDF that keeps its promises, or to an error.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::model::{Certificate, Dossier, Drawing, Engagement, Minutes, Receipt, Sheet, Terms};
use crate::text::{Replaced, drawable, scrub};
use crate::world::{COMMON, Paper, drawing, holds};

const DOSSIER: &str = include_str!("../templates/dossier.typ");
const RECEIPT: &str = include_str!("../templates/recepisse.typ");
const ENGAGEMENT: &str = include_str!("../templates/engagement.typ");
const MINUTES: &str = include_str!("../templates/compte-rendu.typ");
const CERTIFICATE: &str = include_str!("../templates/attestation.typ");
const SHEET: &str = include_str!("../templates/emargement.typ");
const TERMS: &str = include_str!("../templates/cahier-des-charges.typ");

/// A document to typeset.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A dossier, with the drawings that its figures refer to.
    Dossier(&'a Dossier, &'a [Drawing]),
    /// Receipt of a deposit.
    Receipt(&'a Receipt),
    /// Engagement document.
    Engagement(&'a Engagement),
    /// Minutes of a meeting.
    Minutes(&'a Minutes),
    /// Certificate of attendance.
    Certificate(&'a Certificate),
    /// Attendance sheet.
    Sheet(&'a Sheet),
    /// Terms of reference.
    Terms(&'a Terms),
}

/// An instant, in universal time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Year.
    pub year: i32,
    /// Month, day, hour, minute, second.
    pub rest: [u8; 5],
}

/// A document typeset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its pages.
    pub pages: usize,
}

/// Why a document was refused: the sentences of the typesetter, without the text of anybody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The values do not make a document.
    #[error("values: {0}")]
    Values(String),
    /// The template failed, or its pages did not settle.
    #[error("typesetting: {}", .0.join(" ; "))]
    Typesetting(Vec<String>),
    /// The document would not have been PDF/UA-1 and PDF/A-2a.
    #[error("export: {}", .0.join(" ; "))]
    Export(Vec<String>),
}

/// What a change of template, font or typesetter changes: part of the key of a document that is kept.
pub fn edition() -> String {
    let version = typst::utils::version();
    let digest = typst::utils::hash128(&(COMMON, DOSSIER, RECEIPT, ENGAGEMENT, MINUTES, CERTIFICATE, SHEET, TERMS, version.raw(), env!("CARGO_PKG_VERSION")));
    format!("{digest:032x}")
}

/// Typesets a document dated of that instant. Long: not for a thread that answers requests.
///
/// # Errors
/// When the document would be incomplete, or not be accessible and archivable.
pub fn render(source: Source<'_>, at: Moment) -> Result<Pdf, Fault> {
    let made = typeset(source, at);
    // The typesetter remembers what it laid out, without bound.
    typst::comemo::evict(0);
    made
}

fn typeset(source: Source<'_>, at: Moment) -> Result<Pdf, Fault> {
    let (name, template, mut values, drawings) = match source {
        Source::Dossier(dossier, drawings) => ("dossier", DOSSIER, value(dossier)?, drawings),
        Source::Receipt(receipt) => ("recepisse", RECEIPT, value(receipt)?, &[][..]),
        Source::Engagement(engagement) => ("engagement", ENGAGEMENT, value(engagement)?, &[][..]),
        Source::Minutes(minutes) => ("compte-rendu", MINUTES, value(minutes)?, &[][..]),
        Source::Certificate(certificate) => ("attestation", CERTIFICATE, value(certificate)?, &[][..]),
        Source::Sheet(sheet) => ("emargement", SHEET, value(sheet)?, &[][..]),
        Source::Terms(terms) => ("cahier-des-charges", TERMS, value(terms)?, &[][..]),
    };
    place(&mut values, drawings)?;
    let mut replaced = Replaced::new();
    scrub(&mut values, &holds, &mut replaced);
    let drawings = drawings.iter().map(|drawing| drawable(&drawing.svg, &holds, &mut replaced)).collect();
    values["replaced"] = json!(told(&replaced));
    let paper = Paper::new(name, template, values.to_string(), drawings);
    let laid = typst::compile::<PagedDocument>(&paper);
    let document = laid.output.map_err(|errors| Fault::Typesetting(sentences(&errors)))?;
    let unsettled: Vec<String> = sentences(&laid.warnings).into_iter().filter(|sentence| sentence.contains("converge")).collect();
    if !unsettled.is_empty() {
        return Err(Fault::Typesetting(unsettled));
    }
    let bytes = typst_pdf::pdf(&document, &options(at)?).map_err(|errors| Fault::Export(sentences(&errors)))?;
    Ok(Pdf { bytes, pages: document.pages().len() })
}

fn value(document: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(document).map_err(|error| Fault::Values(error.to_string()))
}

fn options(at: Moment) -> Result<PdfOptions, Fault> {
    let [month, day, hour, minute, second] = at.rest;
    let date = Datetime::from_ymd_hms(at.year, month, day, hour, minute, second).ok_or_else(|| Fault::Values("no such instant".to_owned()))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a]).map_err(|error| Fault::Values(error.message().to_string()))?;
    Ok(PdfOptions { creator: Smart::Custom(Some("Trame".to_owned())), timestamp: Some(Timestamp::new_utc(date)), standards, ..PdfOptions::default() })
}

/// Figures name their drawings; the template reads them by number.
fn place(values: &mut Value, drawings: &[Drawing]) -> Result<(), Fault> {
    match values {
        Value::Object(fields) => {
            if let Some(Value::String(name)) = fields.get_mut("drawing") {
                let found = drawings.iter().position(|drawing| drawing.name == *name);
                *name = drawing(found.ok_or_else(|| Fault::Values("a figure has no drawing".to_owned()))?);
            }
            fields.values_mut().try_for_each(|value| place(value, drawings))
        }
        Value::Array(values) => values.iter_mut().try_for_each(|value| place(value, drawings)),
        _ => Ok(()),
    }
}

/// "U+1F600 (2 fois)": the signs that the document could not draw.
fn told(replaced: &Replaced) -> String {
    let mut text = String::new();
    for (sign, times) in replaced.iter().take(12) {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}U+{:04X}", u32::from(*sign));
        if *times > 1 {
            let _ = write!(text, " ({times}\u{a0}fois)");
        }
    }
    if replaced.len() > 12 {
        let _ = write!(text, " et {} autres", replaced.len() - 12);
    }
    text
}

/// Messages without what they quote: logs hold nobody's text.
fn sentences(diagnostics: &[SourceDiagnostic]) -> Vec<String> {
    let unquoted = |message: &str| message.split('`').enumerate().map(|(index, part)| if index % 2 == 0 { part } else { "…" }).collect::<String>();
    diagnostics.iter().take(5).map(|diagnostic| unquoted(&diagnostic.message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(template: &str) {
        let paper = Paper::new("essai", template, "{}".to_owned(), Vec::new());
        assert!(typst::compile::<PagedDocument>(&paper).output.is_err(), "{template}");
    }

    #[test]
    fn a_template_reads_nothing_but_its_values() {
        for path in ["/etc/passwd", "../../Cargo.toml", "/valeurs.json/..", "dessin-0.svg"] {
            refused(&format!("#read(\"{path}\")"));
        }
        refused("#import \"@preview/cetz:0.3.0\"");
        refused("#import \"/etc/hostname.typ\"");
        refused("#datetime.today()");
        let paper = Paper::new("essai", "#json(\"valeurs.json\").len()", "{}".to_owned(), vec!["<svg/>".to_owned()]);
        assert!(typst::compile::<PagedDocument>(&paper).output.is_ok(), "and those it does read");
    }

    #[test]
    fn the_edition_is_the_same_from_one_start_to_the_next() {
        assert_eq!(edition(), edition());
        assert_eq!(edition().len(), 32);
    }

    #[test]
    fn the_templates_use_only_signs_that_the_fonts_hold() {
        for template in [COMMON, DOSSIER, RECEIPT, ENGAGEMENT, MINUTES, CERTIFICATE, SHEET] {
            let missing: Vec<char> = template.chars().filter(|c| *c != '\n' && !holds(*c)).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
        assert!(holds(crate::text::REPLACEMENT));
    }
}
