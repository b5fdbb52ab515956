//! Attachments of a dossier: several per slot, older versions kept, served only as downloads.

use axum::body::Body;
use axum::extract::{Multipart, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::files::{self, Received, size_text};
use super::units::{self, Act};
use crate::access::{Dossier, PartWriter, ProjectVisitor, ProjectWriter, RowPart, policy};
use crate::app::App;
use crate::error::{AppError, url_encode, wants_json};
use crate::framework::aims::Spot;
use crate::framework::belonging::part_of_slot;
use crate::input::Input;
use crate::kit::ids::ProjectId;
use crate::kit::moment;
use crate::page::see;

/// A file of a slot, as shown.
#[derive(Debug, Clone)]
pub struct FileView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// "184 ko".
    pub size: String,
    /// "jointe par Maud Trichet le lundi 21 septembre 2015".
    pub by: String,
    /// First and last digits of its digest.
    pub digest: String,
    /// Slot.
    pub slot: String,
    /// Former versions: id, name, date.
    pub former: Vec<(Uuid, String, String)>,
    /// Operation of its removal.
    pub operation: Uuid,
}

/// Live attachments of a dossier, with their former versions.
pub async fn list(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<FileView>> {
    let rows = sqlx::query!(
        r#"select attachment.id, slot, attachment.name, size, sha256, attachment.created_at, replaces, removed_at is null as "is_live!", account.name as author
         from attachment
         join account on account.id = attachment.account_id
         where project_id = $1
         order by attachment.created_at, attachment.id"#,
        project.get()
    )
    .fetch_all(conn)
    .await?;
    let former_of = |mut id: Option<Uuid>| {
        let mut former = Vec::new();
        while let Some(found) = id.and_then(|id| rows.iter().find(|row| row.id == id)) {
            former.push((found.id, found.name.clone(), moment::date(found.created_at)));
            id = found.replaces;
        }
        former
    };
    Ok(rows
        .iter()
        .filter(|row| row.is_live)
        .map(|row| FileView {
            id: row.id,
            name: row.name.clone(),
            size: size_text(row.size),
            by: format!("{} le {}", row.author, moment::date(row.created_at)),
            digest: short_digest(&row.sha256),
            slot: row.slot.clone(),
            former: former_of(row.replaces),
            operation: Uuid::new_v4(),
        })
        .collect())
}

/// "9f3c…41ad".
pub fn short_digest(digest: &[u8]) -> String {
    let hex = files::hex(digest);
    if hex.len() < 8 { hex } else { format!("{}…{}", &hex[..4], &hex[hex.len() - 4..]) }
}

/// What an upload says besides its file, in its address: the file itself may come first in the body.
#[derive(Debug, serde::Deserialize)]
pub struct Upload {
    slot: String,
    operation: Uuid,
    #[serde(default)]
    retour: String,
}

/// Address that a slot's form posts to.
pub fn upload_address(base: &str, slot: &str, back: &str) -> String {
    format!("{base}/pieces?slot={}&operation={}&retour={}", url_encode(slot), Uuid::new_v4(), url_encode(back))
}

/// The team joins a file to a slot, until the bound.
pub async fn upload(
    State(app): State<App>,
    editor: ProjectWriter,
    Query(said): Query<Upload>,
    headers: HeaderMap,
    form: Multipart,
) -> Result<Response, AppError> {
    known_slot(&said.slot)?;
    editor.may_correct(part_of_slot(&said.slot), Spot::Slot(&said.slot))?;
    match receive(&app, &editor, &said, form).await {
        Ok(location) => Ok(if wants_json(&headers) { located(&location) } else { see(&location) }),
        Err(refused) => Ok(refused.back_to(back(&editor, &said.retour), "Revenir à la question")),
    }
}

/// Reads the file of the form and keeps it; returns the page to come back to.
async fn receive(app: &App, editor: &ProjectWriter, said: &Upload, mut form: Multipart) -> Result<String, AppError> {
    let cut = |_| AppError::BadRequest("L’envoi du fichier a été interrompu. Recommencez.");
    let mut replaces = None;
    while let Some(field) = form.next_field().await.map_err(cut)? {
        if field.name() == Some("remplace") {
            replaces = Uuid::try_parse(&field.text().await.map_err(cut)?).ok();
        } else if field.name() == Some("piece") {
            let received = files::receive(&app.config.data, field).await?;
            let kept = keep(app, editor, said, replaces, &received).await;
            if kept.is_err() {
                let _ = tokio::fs::remove_file(files::path(&app.config.data, &received.file)).await;
            }
            return kept;
        }
    }
    Err(AppError::Unprocessable("Choisir un fichier à joindre.".to_owned()))
}

/// A slot is one of the framework's, alone or with a row's id.
fn known_slot(slot: &str) -> Result<(), AppError> {
    let is_row = slot.split_once(':').is_none_or(|(_, row)| Uuid::try_parse(row).is_ok());
    let is_known = !part_of_slot(slot).is_empty();
    if is_known && is_row { Ok(()) } else { Err(AppError::BadRequest("Cet emplacement de pièce n’existe pas. Rechargez la page et recommencez.")) }
}

async fn keep(app: &App, editor: &ProjectWriter, said: &Upload, replaces: Option<Uuid>, received: &Received) -> Result<String, AppError> {
    let operation = said.operation;
    let location = back(editor, &said.retour);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        let _ = tokio::fs::remove_file(files::path(&app.config.data, &received.file)).await;
        return Ok(done);
    }
    let writer = locked.corrector(editor, part_of_slot(&said.slot), Spot::Slot(&said.slot))?;
    attach(&mut tx, &writer, &said.slot, replaces, received).await?;
    settle(&mut tx, &writer, locked, (operation, &location, "attached", &said.slot)).await?;
    tx.commit().await?;
    Ok(location)
}

/// Puts a received file in its slot, in the place of another of the same slot or beside them.
async fn attach(conn: &mut PgConnection, by: &PartWriter, slot: &str, replaces: Option<Uuid>, received: &Received) -> sqlx::Result<()> {
    let size = i64::try_from(received.size).unwrap_or(i64::MAX);
    sqlx::query!(
        "with former as (
           update attachment set removed_at = $9, removed_by = $8
           where id = $10 and project_id = $2 and slot = $3 and removed_at is null
           returning id
         )
         insert into attachment (id, project_id, slot, name, mime, size, sha256, account_id, created_at, file, replaces)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, (select id from former))",
        Uuid::now_v7(),
        by.project().get(),
        slot,
        received.name,
        received.mime,
        size,
        received.digest,
        by.account().get(),
        by.now(),
        replaces,
        received.file
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a file out of its slot, or puts it back.
async fn turn(conn: &mut PgConnection, by: &PartWriter, id: Uuid, is_return: bool) -> sqlx::Result<()> {
    let removed_at: Option<OffsetDateTime> = (!is_return).then(|| by.now());
    sqlx::query!(
        "update attachment set removed_at = $3, removed_by = $4 where id = $1 and project_id = $2",
        id,
        by.project().get(),
        removed_at,
        removed_at.map(|_| by.account().get())
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Brings the standing up to date after a slot was filled or emptied, and writes the act.
async fn settle(conn: &mut PgConnection, writer: &PartWriter, mut locked: units::Locked, act: (Uuid, &str, &str, &str)) -> Result<(), AppError> {
    let content = units::load_all(conn, locked.head.project).await?;
    locked.standing = crate::framework::standing::Standing::of(&content);
    let (operation, location, act, subject) = act;
    units::write(conn, &locked, &Act { by: writer, operation, location, act, subject }, &[]).await
}

/// Only a page of the same dossier may be come back to.
pub(super) fn back(dossier: &Dossier, path: &str) -> String {
    let own = dossier.url("");
    if path.starts_with(&format!("{own}/")) && !path.contains(['\\', '\r', '\n']) { path.to_owned() } else { own }
}

/// The team removes a file, or brings it back; it is never erased.
pub async fn remove(State(app): State<App>, editor: ProjectWriter, RowPart(id): RowPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let is_return = input.get("retablir") == "oui";
    let location = back(&editor, input.get("retour"));
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let slot = sqlx::query_scalar!("select slot from attachment where id = $1 and project_id = $2", id, editor.project().get())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(AppError::NotFound)?;
    let writer = locked.corrector(&editor, part_of_slot(&slot), Spot::Slot(&slot))?;
    turn(&mut tx, &writer, id, is_return).await?;
    if is_return {
        enter_return(&mut tx, &editor, id, &slot).await?;
    }
    settle(&mut tx, &writer, locked, (operation, &location, if is_return { "attachment_restored" } else { "attachment_removed" }, &slot)).await?;
    tx.commit().await?;
    let (path, fragment) = location.split_once('#').unwrap_or((location.as_str(), ""));
    let separator = if path.contains('?') { '&' } else { '?' };
    Ok(see(&if is_return { location.clone() } else { format!("{path}{separator}piece={id}#{fragment}") }))
}

/// The return of a file in the dossier's history; its arrival and removal are entered by the database.
async fn enter_return(conn: &mut PgConnection, editor: &ProjectWriter, id: Uuid, slot: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into history_entry (project_id, kind, row, account_id, act, first_version, last_version, started_at, ended_at)
         values ($1, 'slot:' || split_part($2, ':', 1), $3, $4, 'attachment_restored', 0, 0, $5, $5)",
        editor.project().get(),
        slot,
        id,
        editor.account().get(),
        editor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whoever reads the draft, or a deposit that holds it, downloads a file.
pub async fn download(State(app): State<App>, visitor: ProjectVisitor, RowPart(id): RowPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = sqlx::query!(
        r#"select slot, name, mime, size, file, removed_at is null as "is_live!",
             exists(select from submission where submission.project_id = attachment.project_id and position($1::uuid::text in content) > 0) as "is_deposited!"
         from attachment
         where id = $1 and project_id = $2"#,
        id,
        visitor.project().get()
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(AppError::NotFound)?;
    drop(conn);
    let may = match policy::draft(visitor.ties(), visitor.facts())? {
        policy::DraftView::Whole => true,
        policy::DraftView::Shared(shared) => found.is_deposited || (found.is_live && part_of_slot(&found.slot).iter().any(|no| shared[usize::from(*no) - 1])),
    };
    if !may {
        return Err(AppError::NotFound);
    }
    send(&app, &found.file, &found.name, &found.mime, found.size).await
}

/// Sends a stored file as a download that no browser will run.
pub async fn send(app: &App, file: &str, name: &str, mime: &str, size: i64) -> Result<Response, AppError> {
    let file = tokio::fs::File::open(files::path(&app.config.data, file)).await.map_err(anyhow::Error::from)?;
    let stream = tokio_util::io::ReaderStream::new(file);
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    let encoded = url_encode(name).replace('/', "%2F");
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}")).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(CONTENT_DISPOSITION, disposition);
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(mime).unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    Ok(response)
}

fn located(location: &str) -> Response {
    ([(CONTENT_TYPE, "application/json")], serde_json::json!({ "location": location }).to_string()).into_response()
}
