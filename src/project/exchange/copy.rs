//! Taking what another dossier of the same organisation already says: chosen by parts, previewed, done and undone as one act.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::batch;
use super::source::{Part, Taker, Taking, parts};
use super::store::{self, Batch, Done, Origin};
use crate::access::{Dossier, ProjectEditor, Refusal};
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::input::Input;
use crate::kit::ids::ProjectId;
use crate::page::{Layout, html, html_with, see};
use crate::project::sections::Asked;
use crate::project::units;

/// Who may undo an act: those who may do it.
pub fn may_undo(dossier: &Dossier, act: &Batch) -> Result<(), Refusal> {
    match act.origin {
        Origin::Import => Ok(()),
        Origin::Copy => dossier.may_copy(),
    }
}

struct PartView {
    key: &'static str,
    label: String,
    taken: String,
    left: String,
}

#[derive(Template)]
#[template(path = "project/copy.html")]
struct CopyPage {
    layout: Layout,
    base: String,
    sources: Vec<(i64, String, String, bool)>,
    source: Option<(i64, String)>,
    is_unchosen: bool,
    parts: Vec<PartView>,
    has_any: bool,
    alert: &'static str,
    version: i64,
    operation: Uuid,
}

/// The owner chooses a former dossier, and sees what would be taken from it.
pub async fn show(State(app): State<App>, editor: ProjectEditor, Query(asked): Asked) -> Result<Response, AppError> {
    editor.may_copy()?;
    let mut conn = app.db.acquire().await?;
    let wanted = asked.get("source").and_then(|id| id.parse().ok()).map(ProjectId);
    let page = page(&app, &mut conn, &editor, wanted).await?;
    html(&CopyPage { is_unchosen: asked.contains_key("voir") && wanted.is_none(), ..page })
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    editor: &ProjectEditor,
    wanted: Option<ProjectId>,
    (status, alert): (StatusCode, &'static str),
) -> Result<Response, AppError> {
    html_with(status, &CopyPage { alert, ..page(app, conn, editor, wanted).await? })
}

async fn page(app: &App, conn: &mut PgConnection, editor: &ProjectEditor, wanted: Option<ProjectId>) -> Result<CopyPage, AppError> {
    let sources = store::sources(conn, editor).await?;
    let source = match wanted {
        Some(id) => Some(sources.iter().find(|source| source.id == id).ok_or(AppError::NotFound)?),
        None => None,
    };
    let mut views = Vec::new();
    if let Some(source) = source {
        let from = units::load_all(conn, source.id).await?;
        let into = units::load_all(conn, editor.project()).await?;
        views = takings(&from, &into, &keys()).into_iter().map(|(part, taking)| part_view(part, &taking)).collect();
    }
    let is_alone = sources.len() == 1;
    Ok(CopyPage {
        layout: Layout::dossier(app, editor, "Reprendre un dossier", ""),
        base: editor.url(""),
        source: source.map(|source| (source.id.get(), source.title.clone())),
        has_any: views.iter().any(|part| !part.taken.is_empty()),
        parts: views,
        sources: sources.iter().map(|source| (source.id.get(), source.title.clone(), source.detail.clone(), is_alone || Some(source.id) == wanted)).collect(),
        is_unchosen: false,
        alert: "",
        version: editor.head().content_version,
        operation: Uuid::new_v4(),
    })
}

fn keys() -> Vec<&'static str> {
    parts().map(Part::key).collect()
}

/// What taking those parts does, part by part.
fn takings(from: &Content, into: &Content, chosen: &[&str]) -> Vec<(Part, Taking)> {
    let mut taker = Taker::new(from, into, chosen);
    parts().filter(|part| chosen.contains(&part.key())).map(|part| (part, taker.take(part))).collect()
}

fn part_view(part: Part, taking: &Taking) -> PartView {
    PartView { key: part.key(), label: part.label(), taken: taking.taken.join(", "), left: taking.left.join("\u{202f}; ") }
}

/// The owner takes the chosen parts, in one act: what is already written here is never touched.
pub async fn save(State(app): State<App>, editor: ProjectEditor, input: Input) -> Result<Response, AppError> {
    editor.may_copy()?;
    let (operation, seen) = (input.operation()?, input.version()?);
    let wanted = input.get("source").parse().map(ProjectId).map_err(|_| AppError::BadRequest("Choisir le dossier à reprendre."))?;
    let mut tx = app.db.begin().await?;
    let mut locked = batch::lock(&mut tx, &editor, operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let source = store::sources(&mut tx, &editor).await?.into_iter().find(|source| source.id == wanted).ok_or(AppError::NotFound)?;
    if i64::from(seen) != editor.head().content_version {
        let alert = "Le dossier a changé pendant votre choix. Relisez ce qui sera repris, puis recommencez.";
        return draw(&app, &mut tx, &editor, Some(wanted), (StatusCode::CONFLICT, alert)).await;
    }
    let chosen: Vec<&str> = input.all("quoi").collect();
    let from = units::load_all(&mut tx, source.id).await?;
    let into = units::load_all(&mut tx, editor.project()).await?;
    let changes: Vec<_> = takings(&from, &into, &chosen).into_iter().flat_map(|(_, taking)| taking.changes).collect();
    if changes.is_empty() {
        let alert = "Rien à reprendre dans ce choix. Cocher au moins une partie qui a quelque chose à reprendre.";
        return draw(&app, &mut tx, &editor, Some(wanted), (StatusCode::UNPROCESSABLE_ENTITY, alert)).await;
    }
    let id = Uuid::now_v7();
    let location = editor.url(&format!("/importer/{id}"));
    let done = Done { id, origin: Origin::Copy, subject: "", source: &source.title, source_id: Some(source.id), refused: 0, operation, location: &location };
    batch::apply(&mut tx, &editor, &mut locked, into, &changes, &done).await?;
    tx.commit().await?;
    Ok(see(&location))
}
