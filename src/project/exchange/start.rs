//! The page where one imports and exports: choose a list, take its model, send a file; and what was imported before.

use askama::Template;
use axum::extract::multipart::Field as Part;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::list::{self, List};
use super::plan::Proposal;
use super::store::{self, Batch, Origin};
use super::{export, sheet};
use crate::access::{Dossier, ProjectEditor, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::framework::Rows;
use crate::kit::french::{NBSP, bytes, count};
use crate::kit::moment;
use crate::page::{Layout, html, html_with, see};
use crate::project::files;
use crate::project::sections::Asked;

/// Files unpacked at once: each may take some tens of megabytes.
static READING: Semaphore = Semaphore::const_new(2);

/// A list of the page.
struct ListView {
    slug: &'static str,
    title: &'static str,
    many: &'static str,
    href: String,
    matching: &'static str,
    is_on: bool,
    columns: Vec<(&'static str, String)>,
}

/// An act done before.
struct DoneView {
    href: String,
    what: String,
    when: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "project/import.html")]
struct StartPage {
    layout: Layout,
    base: String,
    lists: Vec<ListView>,
    refusal: String,
    error: String,
    is_dropped: bool,
    most: String,
    operation: Uuid,
    done: Vec<DoneView>,
    may_copy: bool,
}

/// The team finds the models, the exports and the former imports; those who write choose a file.
pub async fn show(State(app): State<App>, reader: ProjectReader, Query(asked): Asked) -> Result<Response, AppError> {
    let wanted = asked.get("quoi").map(String::as_str).unwrap_or_default();
    let page = page(&app, &reader, wanted, String::new()).await?;
    html(&StartPage { is_dropped: asked.contains_key("abandon"), ..page })
}

async fn draw(app: &App, dossier: &Dossier, wanted: &str, (status, error): (StatusCode, String)) -> Result<Response, AppError> {
    html_with(status, &page(app, dossier, wanted, error).await?)
}

async fn page(app: &App, dossier: &Dossier, wanted: &str, error: String) -> Result<StartPage, AppError> {
    let mut conn = app.db.acquire().await?;
    let done = store::done(&mut conn, dossier.project(), None, 20).await?;
    drop(conn);
    let chosen = list::lists().find(|list| list.slug == wanted || list.rows.kind == wanted).map_or("acteurs", |list| list.slug);
    Ok(StartPage {
        layout: Layout::dossier(app, dossier, "Importer et exporter", ""),
        base: dossier.url(""),
        lists: list::lists().map(|list| list_view(dossier, &list, chosen)).collect(),
        refusal: dossier.may_edit().err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        error,
        is_dropped: false,
        most: bytes(5_000_000),
        operation: Uuid::new_v4(),
        done: done.iter().map(|act| done_view(dossier, act)).collect(),
        may_copy: dossier.may_copy().is_ok(),
    })
}

fn list_view(dossier: &Dossier, list: &List, chosen: &str) -> ListView {
    ListView {
        slug: list.slug,
        title: list.rows.title,
        many: list.rows.many,
        href: dossier.url(&list.address()),
        matching: list.matching,
        is_on: list.slug == chosen,
        columns: list.rows.fields().map(|field| (field.label, export::expected(list, field))).collect(),
    }
}

fn done_view(dossier: &Dossier, act: &Batch) -> DoneView {
    DoneView {
        href: dossier.url(&format!("/importer/{}", act.id)),
        what: summary(act),
        when: format!("{}, {}", act.author, act.applied_at.map(|at| moment::near(at, dossier.now())).unwrap_or_default()),
        state: if act.undone_at.is_some() { "Annulé" } else { "" },
    }
}

/// "24 acteurs ajoutés, 3 modifiés, de partenaires.xlsx".
pub fn summary(act: &Batch) -> String {
    let rows = crate::framework::standing::rows_of(&act.subject);
    let (one, many) = rows.map_or(("élément", "éléments"), nouns);
    let is_feminine = rows.is_some_and(|rows| rows.one.starts_with("une "));
    let agreed = |n: i32, word: &str| format!("{word}{}{}", if is_feminine { "e" } else { "" }, if n > 1 { "s" } else { "" });
    let mut parts = Vec::new();
    if act.added > 0 || act.changed == 0 {
        parts.push(format!("{} {}", count(act.added, one, many), agreed(act.added, "ajouté")));
    }
    if act.changed > 0 {
        let noun = if act.added > 0 { act.changed.to_string() } else { count(act.changed, one, many) };
        parts.push(format!("{noun}{NBSP}{}", agreed(act.changed, "modifié")));
    }
    let from = match act.origin {
        Origin::Import => format!("fichier {}", act.source),
        Origin::Copy => format!("dossier «{NBSP}{}{NBSP}»", act.source),
    };
    format!("{}, {from}", parts.join(", "))
}

/// A kind of row, in the singular and the plural, without its article.
pub fn nouns(rows: &'static Rows) -> (&'static str, &'static str) {
    (rows.one.split_once(' ').map_or(rows.one, |(_, noun)| noun), rows.many)
}

/// What a form with a file sends.
#[derive(Default)]
struct Posted {
    list: String,
    operation: Option<Uuid>,
    name: String,
    bytes: Vec<u8>,
}

const CUT: AppError = AppError::BadRequest("L’envoi du fichier a été interrompu. Recommencez.");

impl Posted {
    async fn read(form: &mut Multipart) -> Result<Self, AppError> {
        let mut posted = Self::default();
        while let Some(part) = form.next_field().await.map_err(|_| CUT)? {
            match part.name() {
                Some("quoi") => posted.list = part.text().await.map_err(|_| CUT)?,
                Some("operation") => posted.operation = Uuid::try_parse(&part.text().await.map_err(|_| CUT)?).ok(),
                Some("fichier") => {
                    posted.name = part.file_name().filter(|name| !name.is_empty()).map(files::clean_name).unwrap_or_default();
                    posted.bytes = bounded(part).await?;
                }
                _ => {}
            }
        }
        Ok(posted)
    }
}

async fn bounded(mut part: Part<'_>) -> Result<Vec<u8>, AppError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|_| CUT)? {
        if bytes.len() + chunk.len() > sheet::LARGEST {
            return Err(AppError::TooLarge("Ce fichier dépasse 5\u{a0}Mo. Ne garder que la feuille à importer, sans image, ou l’enregistrer en CSV."));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Those who write the dossier send a file; nothing is written in the dossier yet.
pub async fn receive(State(app): State<App>, editor: ProjectEditor, mut form: Multipart) -> Result<Response, AppError> {
    let posted = Posted::read(&mut form).await?;
    let operation = posted.operation.ok_or(AppError::BadRequest("Le formulaire n’indique pas son opération. Rechargez la page et recommencez."))?;
    let list = list::of_slug(&posted.list).ok_or(AppError::BadRequest("Cette liste n’existe pas. Rechargez la page et recommencez."))?;
    if posted.bytes.is_empty() {
        let sentence = if posted.name.is_empty() { "Choisir un fichier à importer." } else { "Ce fichier est vide. En choisir un autre." };
        return draw(&app, &editor, list.slug, (StatusCode::UNPROCESSABLE_ENTITY, sentence.to_owned())).await;
    }
    match proposal(list, posted.bytes).await? {
        Err(sentence) => draw(&app, &editor, list.slug, (StatusCode::UNPROCESSABLE_ENTITY, sentence)).await,
        Ok(proposal) => {
            let mut conn = app.db.acquire().await?;
            store::propose(&mut conn, &editor, operation, (list.rows.kind, &posted.name), &proposal).await?;
            Ok(see(&editor.url(&format!("/importer/{operation}"))))
        }
    }
}

async fn proposal(list: List, bytes: Vec<u8>) -> Result<Result<Proposal, String>, AppError> {
    let _seat = READING.acquire().await.map_err(anyhow::Error::from)?;
    Ok(tokio::task::spawn_blocking(move || Proposal::read(&list, &bytes)).await.map_err(anyhow::Error::from)?)
}
