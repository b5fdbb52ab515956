//! What the engine says of one flow: the type it reads in its words, and its leads at once.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::analysis;
use super::book::Book;
use super::decision;
use super::flows::Typed;
use super::lead::evidence::{Table, table};
use super::words;
use crate::access::Dossier;
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::count;

/// What a flow's page shows besides its form.
#[derive(Debug)]
pub struct OwnView {
    /// What is said of its type; nothing when a person chose it.
    pub typed: String,
    /// Name of the type to confirm in one click.
    pub guess: String,
    /// Operation of that form.
    pub operation: Uuid,
    /// Its leads, best first.
    pub leads: Table,
    /// Why there is none, or nothing.
    pub none: &'static str,
    /// Names of the types.
    pub names: Vec<String>,
}

/// The flow of that row, as the engine reads it now.
pub async fn of_flow(app: &App, conn: &mut PgConnection, dossier: &Dossier, row: Uuid) -> Result<OwnView, AppError> {
    let found = analysis::of(app, conn, dossier.project(), dossier.head().content_version).await?;
    let decisions = decision::last(conn, dossier.project()).await?;
    let base = dossier.url("");
    let book = Book { base: &base, found: &found, decisions: &decisions };
    let (names, operation) = (words::type_names(&found.tables), Uuid::new_v4());
    let blank = Table { caption: String::new(), lines: Vec::new(), more: None };
    let Some(at) = found.place(row) else {
        let none = "Les pistes viendront quand le flux aura un acteur, un sens, un domaine et une désignation.";
        return Ok(OwnView { typed: String::new(), guess: String::new(), operation, leads: blank, none, names });
    };
    let own: Vec<_> = found.leads.iter().copied().filter(|lead| lead.from == at || lead.to == at).collect();
    let (typed, guess) = told(book, at);
    let none = if own.is_empty() { "Aucune piste pour l’instant\u{a0}: aucun flux d’un autre acteur ne lui répond." } else { "" };
    let all = (own.len() > 20).then(|| (format!("{base}/pistes?vue=paires&acteur={}", found.source(at).actor), "Toutes les pistes de cet acteur".to_owned()));
    let leads = if own.is_empty() { blank } else { table(book, count(own.len(), "piste pour ce flux", "pistes pour ce flux"), &own, all) };
    Ok(OwnView { typed, guess, operation, leads, none, names })
}

/// What is said of a flow's type, and the name of the type to confirm.
fn told(book: Book<'_>, at: usize) -> (String, String) {
    let name = |kind| words::type_name(&book.found.tables, kind);
    match &book.found.source(at).typed {
        Typed::Chosen => (String::new(), String::new()),
        Typed::Suggested(guess) => {
            let sentence = format!("Type proposé\u{a0}: {} (confiance {}\u{a0}%, {}).", name(guess.kind), guess.confidence, words::reason(&guess.reason));
            (sentence, name(guess.kind))
        }
        Typed::Unknown(Some(guess)) => {
            let sentence =
                format!("Type inconnu\u{a0}: peut-être {} (confiance {}\u{a0}%, {}).", name(guess.kind), guess.confidence, words::reason(&guess.reason));
            (sentence, name(guess.kind))
        }
        Typed::Unknown(None) => ("Type inconnu\u{a0}: rien ne le dit dans la désignation. Le choisir ouvre ses pistes.".to_owned(), String::new()),
    }
}

/// What the list of flows says of each type that nobody chose.
pub async fn proposed(app: &App, conn: &mut PgConnection, dossier: &Dossier) -> Result<HashMap<Uuid, String>, AppError> {
    let found = analysis::of(app, conn, dossier.project(), dossier.head().content_version).await?;
    let told = found.read.sources.iter().filter_map(|source| {
        let text = match &source.typed {
            Typed::Chosen => return None,
            Typed::Suggested(guess) => format!("proposé\u{a0}: {} ({}\u{a0}%)", words::type_name(&found.tables, guess.kind), guess.confidence),
            Typed::Unknown(_) => "à préciser".to_owned(),
        };
        Some((source.row, text))
    });
    Ok(told.collect())
}
