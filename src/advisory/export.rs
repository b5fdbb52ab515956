//! The terms of reference as documents: a PDF to send, an editable file to go on from.

use axum::extract::State;
use axum::response::Response;
use trame_pdf::{Block, Fact, Said};

use super::model::{Part, Scope, Terms};
use super::store;
use crate::access::{Dossier, TermsReader};
use crate::app::App;
use crate::documents::docx::{self, Piece};
use crate::documents::{Asked, terms as paper};
use crate::error::AppError;
use crate::kit::french::slug;
use crate::kit::{moment, words};

/// What is exported: the terms, what marks them, their instant, the end of the file's name.
struct Export {
    terms: Terms,
    mark: String,
    is_draft: bool,
    at: time::OffsetDateTime,
    name: String,
}

async fn export(app: &App, reader: &Dossier, asked: &Asked) -> Result<Export, AppError> {
    let mut conn = app.db.acquire().await?;
    let base = format!("{}-cahier-des-charges", slug(&reader.head().title));
    if let Some(number) = asked.version() {
        let (terms, version) = store::version(&mut conn, reader.project(), number).await?;
        let mark = format!("Version {number}, figée le {}", moment::date(version.at));
        return Ok(Export { terms, mark, is_draft: false, at: version.at, name: format!("{base}-version-{number}") });
    }
    let (terms, _) = store::current(&mut conn, reader).await?;
    let mark = format!("Texte en cours, état du {}", moment::date(reader.now()));
    // Dated of the day: the same text asked twice in a day is typeset once.
    let at = reader.now();
    Ok(Export { terms, mark, is_draft: true, at, name: base })
}

/// Whoever reads the terms of reference keeps them as a PDF.
pub async fn pdf(State(app): State<App>, reader: TermsReader, asked: Asked) -> Result<Response, AppError> {
    print(&app, &reader, &asked).await
}

/// The PDF, for somebody who proved that they may read it.
///
/// # Errors
/// When there is no such version, when the document would be incomplete.
pub async fn print(app: &App, reader: &Dossier, asked: &Asked) -> Result<Response, AppError> {
    let made = export(app, reader, asked).await?;
    let document = trame_pdf::Terms {
        name: format!("Cahier des charges, {}", made.terms.title),
        over: made.terms.call.clone(),
        title: made.terms.title.clone(),
        label: made.terms.label.clone(),
        mark: made.mark.clone(),
        is_draft: made.is_draft,
        facts: vec![Fact::new("Objet", "Assistance à maîtrise d’ouvrage (AMO)"), Fact::new("État", made.mark)],
        blocks: made.terms.parts.iter().map(block).collect(),
    };
    let printed = paper::Printed { terms: document, at: made.at, name: made.name, back: reader.url("/amo") };
    paper::serve(app, super::layout(app, reader, "Document en préparation"), asked, printed).await
}

fn block(part: &Part) -> Block {
    let mut facts = Vec::new();
    if part.has_scope() {
        facts.push(Fact::new("Étendue", part.scope_words()));
        facts.push(Fact::new("État du dossier", part.state.join(" ")));
    }
    let asked = |(question, guidance): &(String, String)| {
        let end = if guidance.is_empty() { String::new() } else { format!(" {guidance}") };
        vec![format!("{question}{end}")]
    };
    let mut said = Vec::new();
    if !part.questions.is_empty() {
        said.push(Said { label: "Questions ajoutées par le porteur".to_owned(), paragraphs: part.questions.iter().map(asked).collect() });
    }
    if !part.body.is_empty() {
        said.push(Said { label: String::new(), paragraphs: words::paragraphs(&part.body).map(|text| text.lines().map(str::to_owned).collect()).collect() });
    }
    Block { title: part.title.clone(), facts, said, ..Block::default() }
}

/// Whoever reads the terms of reference keeps them as a file that word processors open and change.
pub async fn editable(State(app): State<App>, reader: TermsReader, asked: Asked) -> Result<Response, AppError> {
    let made = export(&app, &reader, &asked).await?;
    let mut pieces =
        vec![Piece::Title(format!("Cahier des charges\u{a0}: {}", made.terms.title)), Piece::Text(made.terms.label.clone()), Piece::Text(made.mark)];
    for part in &made.terms.parts {
        pieces.extend(editable_part(part));
    }
    docx::serve(pieces, &made.name).await
}

fn editable_part(part: &Part) -> Vec<Piece> {
    let mut pieces = vec![Piece::Heading(part.title.clone())];
    if part.has_scope() {
        pieces.push(Piece::Text(format!("Étendue\u{a0}: {}.", part.scope_words())));
        if part.scope != Scope::None.key() {
            pieces.push(Piece::Text("État du dossier".to_owned()));
            pieces.extend(part.state.iter().map(|sentence| Piece::Bullet(sentence.clone())));
        }
    }
    if !part.questions.is_empty() {
        pieces.push(Piece::Text("Questions ajoutées par le porteur".to_owned()));
        let asked = |(question, guidance): &(String, String)| if guidance.is_empty() { question.clone() } else { format!("{question} ({guidance})") };
        pieces.extend(part.questions.iter().map(|question| Piece::Bullet(asked(question))));
    }
    for line in part.body.lines().filter(|line| !line.trim().is_empty()) {
        pieces.push(line.strip_prefix("- ").map_or_else(|| Piece::Text(line.to_owned()), |item| Piece::Bullet(item.to_owned())));
    }
    pieces
}
