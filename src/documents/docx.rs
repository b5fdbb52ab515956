//! Documents that people change with their word processor: titles, paragraphs and lists in named styles, made away from the
//! threads that answer.

use std::io::Cursor;

use axum::response::{IntoResponse as _, Response};
use docx_rs::{AbstractNumbering, Docx, IndentLevel, Level, LevelJc, LevelText, NumberFormat, Numbering, NumberingId, Paragraph, Run, Start, Style, StyleType};

use super::order::label;
use crate::error::AppError;

/// A piece of an editable document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Title of the document.
    Title(String),
    /// Title of a part.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A line of a list.
    Bullet(String),
}

/// The document as an answer, named.
///
/// # Errors
/// When it cannot be made.
pub async fn serve(pieces: Vec<Piece>, name: &str) -> Result<Response, AppError> {
    let made = tokio::task::spawn_blocking(move || bytes(pieces)).await.map_err(anyhow::Error::from)?;
    let mut response = made.map_err(AppError::Document)?.into_response();
    label(&mut response, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", &format!("{name}.docx"));
    Ok(response)
}

/// The file.
fn bytes(pieces: Vec<Piece>) -> anyhow::Result<Vec<u8>> {
    let list =
        AbstractNumbering::new(1).add_level(Level::new(0, Start::new(1), NumberFormat::new("bullet"), LevelText::new("•"), LevelJc::new("left")).indent(
            Some(720),
            Some(docx_rs::SpecialIndentType::Hanging(360)),
            None,
            None,
        ));
    let mut document = Docx::new()
        .add_style(Style::new("Title", StyleType::Paragraph).name("Title").size(40).bold())
        .add_style(Style::new("Heading1", StyleType::Paragraph).name("heading 1").size(28).bold().outline_lvl(0))
        .add_abstract_numbering(list)
        .add_numbering(Numbering::new(1, 1));
    for piece in pieces {
        document = document.add_paragraph(match piece {
            Piece::Title(text) => paragraph(&text).style("Title"),
            Piece::Heading(text) => paragraph(&text).style("Heading1"),
            Piece::Text(text) => paragraph(&text),
            Piece::Bullet(text) => paragraph(&text).numbering(NumberingId::new(1), IndentLevel::new(0)),
        });
    }
    let mut file = Cursor::new(Vec::new());
    document.build().pack(&mut file)?;
    Ok(file.into_inner())
}

/// A paragraph; what XML cannot hold is left out.
fn paragraph(text: &str) -> Paragraph {
    let held: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
    Paragraph::new().add_run(Run::new().add_text(held))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn what_is_written_is_in_the_file_with_its_styles_and_nothing_breaks_it() {
        let text = "« Quel avenir pour la friche ? » <b>&amp; l’eau \u{0}fin";
        let made = bytes(vec![Piece::Title("Cahier".into()), Piece::Heading("Livrable 1".into()), Piece::Text(text.into()), Piece::Bullet("Un point".into())]);
        let made = made.expect("document");
        let mut archive = zip::ZipArchive::new(Cursor::new(made)).expect("archive");
        let mut xml = String::new();
        archive.by_name("word/document.xml").expect("document").read_to_string(&mut xml).expect("text");
        assert!(xml.contains("« Quel avenir pour la friche ? » &lt;b&gt;&amp;amp; l’eau fin"), "{xml}");
        assert!(xml.contains("Heading1") && xml.contains("Un point") && xml.contains("w:numId"));
        assert!(archive.by_name("[Content_Types].xml").is_ok() && archive.by_name("word/styles.xml").is_ok());
    }
}
