//! Addresses of the documents: a draft for its team, a deposit for who may read it, each as PDF and as ZIP.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;
use time::OffsetDateTime;
use trame_pdf::Layout;

use super::archive::Archive;
use super::asked::{Asked, coming_back, tag};
use super::press::{Kept, Matter, PATIENCE};
use super::{dossier, engagement as charter, figures, receipt as paper, store};
use crate::access::{DepositReader, Dossier, NumberPart, ProjectReader};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::framework::DELIVERABLES;
use crate::kit::french::{count, slug};
use crate::kit::moment;
use crate::page::{Layout as Frame, html};
use crate::project::{attachments, store as project_store, units};

/// A document ready to be typeset, and the name of its file.
struct Order {
    matter: Matter,
    /// Its date. A draft also says it on each page: it is no part of what the document is.
    at: OffsetDateTime,
    name: String,
}

impl Order {
    /// The document, kept or made; nothing when it is still being made.
    async fn print(&self, app: &App, key: &str) -> Result<Option<Kept>, AppError> {
        let make = || {
            let mut matter = self.matter.clone();
            match &mut matter {
                Matter::Dossier(document, _) if document.is_draft => dossier::mark(document, self.at),
                Matter::Engagement(document) if document.is_draft => charter::mark(document, self.at),
                _ => {}
            }
            (matter, self.at)
        };
        app.press.print(&app.config.data, key, make, PATIENCE).await
    }
}

#[derive(Template)]
#[template(path = "documents/waiting.html")]
struct WaitingPage {
    layout: Frame,
    heading: String,
    back: String,
    again: String,
    other: String,
    is_patient: bool,
}

/// Told when a document takes longer than a moment: the page comes back by itself, unless asked not to.
fn waiting(app: &App, reader: &Dossier, asked: &Asked) -> Result<Response, AppError> {
    let page = WaitingPage {
        layout: Frame::dossier(app, reader, "Document en préparation", "/depot"),
        heading: reader.head().title.clone(),
        back: reader.url(""),
        again: asked.again(asked.is_patient),
        other: asked.again(!asked.is_patient),
        is_patient: asked.is_patient,
    };
    let mut response = html(&page)?;
    if !asked.is_patient {
        coming_back(response.headers_mut(), &asked.again(false));
    }
    Ok(response)
}

/// A PDF, at once when it is kept; a page that waits for it otherwise.
async fn serve(app: &App, reader: &Dossier, asked: &Asked, order: &Order) -> Result<Response, AppError> {
    let key = order.matter.key()?;
    let tag = tag(&key);
    let Some(kept) = order.print(app, &key).await? else { return waiting(app, reader, asked) };
    if asked.has(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let bytes = tokio::fs::read(&kept.path).await.map_err(anyhow::Error::from)?;
    let mut response = bytes.into_response();
    label(&mut response, "application/pdf", &format!("{}.pdf", order.name));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

fn label(response: &mut Response, kind: &'static str, name: &str) {
    let headers = response.headers_mut();
    let encoded = url_encode(name).replace('/', "%2F");
    // The plain name is for programs that know only that; names of ours are already without accents.
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"; filename*=UTF-8''{encoded}"));
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
}

/// A draft: its document, its files.
async fn draft_order(conn: &mut PgConnection, reader: &Dossier, asked: &Asked) -> Result<(Order, Vec<store::Stored>), AppError> {
    let content = units::load_all(conn, reader.project()).await?;
    let views = attachments::list(conn, reader.project()).await?;
    let files = store::draft_files(conn, reader.project()).await?;
    let criteria = project_store::criteria(conn, reader.head().call).await?;
    let guide = store::page_guide(conn, reader.head().call).await?;
    let views_drawn = figures::all(&content);
    let matter = dossier::Matter { content: &content, views: &views, files: &files, criteria: &criteria, guide, views_drawn: &views_drawn };
    let document = dossier::draft(reader, &matter, asked);
    let drawings = views_drawn.into_iter().map(|view| view.drawing).collect();
    let name = format!("{}-brouillon{}", slug(&reader.head().title), asked.suffix());
    Ok((Order { matter: Matter::Dossier(Box::new(document), drawings), at: reader.now(), name }, files))
}

/// A deposit: its document, itself, its files.
async fn deposit_order(
    conn: &mut PgConnection,
    reader: &Dossier,
    number: i64,
    asked: &Asked,
) -> Result<(Order, store::Deposited, Vec<store::Stored>), AppError> {
    let found = store::deposited(conn, reader.project(), number).await?;
    let files = store::deposited_files(conn, reader.project(), &found.snapshot).await?;
    let criteria = project_store::criteria(conn, reader.head().call).await?;
    let guide = store::page_guide(conn, reader.head().call).await?;
    let (content, views) = (found.snapshot.content(), found.snapshot.views());
    let views_drawn = figures::all(&content);
    let matter = dossier::Matter { content: &content, views: &views, files: &files, criteria: &criteria, guide, views_drawn: &views_drawn };
    let document = dossier::deposit(dossier::over(reader), &found, &matter, asked);
    let drawings = views_drawn.into_iter().map(|view| view.drawing).collect();
    let name = format!("dossier-{}{}", found.reference, asked.suffix());
    let order = Order { matter: Matter::Dossier(Box::new(document), drawings), at: found.received_at, name };
    if !reader.is_team() {
        project_store::record_staff_read(conn, reader).await?;
    }
    Ok((order, found, files))
}

/// The team keeps its draft as a PDF, whole or one deliverable of it.
pub async fn draft(State(app): State<App>, reader: ProjectReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (order, _) = draft_order(&mut conn, &reader, &asked).await?;
    drop(conn);
    serve(&app, &reader, &asked, &order).await
}

/// Whoever may read the deposits keeps one of them as a PDF, whole or one deliverable of it.
pub async fn deposit(State(app): State<App>, reader: DepositReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (order, ..) = deposit_order(&mut conn, &reader, number, &asked).await?;
    drop(conn);
    serve(&app, &reader, &asked, &order).await
}

/// Whoever may read the deposits keeps the receipt of one of them.
pub async fn receipt(State(app): State<App>, reader: DepositReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = store::deposited(&mut conn, reader.project(), number).await?;
    let files = store::deposited_files(&mut conn, reader.project(), &found.snapshot).await?;
    let service = store::service(&mut conn, reader.head().call).await?;
    drop(conn);
    let matter = Matter::Receipt(Box::new(paper::receipt(dossier::over(&reader), &found, &files, service)));
    let order = Order { matter, at: found.received_at, name: format!("recepisse-{}", found.reference) };
    serve(&app, &reader, &asked, &order).await
}

/// The team keeps its engagement document, as it stands in the draft.
pub async fn engagement(State(app): State<App>, reader: ProjectReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let content = units::load_all(&mut conn, reader.project()).await?;
    drop(conn);
    let head = reader.head();
    let charter = charter::of_draft(&content, (&head.title, &head.label, dossier::over(&reader)));
    let matter = Matter::Engagement(Box::new(charter::document(&charter)));
    let order = Order { matter, at: reader.now(), name: format!("{}-document-d-engagement", slug(&head.title)) };
    serve(&app, &reader, &asked, &order).await
}

/// The PDF of an archive, whole; nothing when it is still being made.
async fn pdf(app: &App, order: &Order) -> Result<Option<Vec<u8>>, AppError> {
    let Some(kept) = order.print(app, &order.matter.key()?).await? else { return Ok(None) };
    Ok(Some(tokio::fs::read(&kept.path).await.map_err(anyhow::Error::from)?))
}

fn send(app: &App, archive: Archive, name: &str) -> Result<Response, AppError> {
    let mut response = archive.body(&app.config.data)?.into_response();
    label(&mut response, "application/zip", &format!("{name}.zip"));
    Ok(response)
}

/// The team keeps its draft with all its attachments.
pub async fn draft_archive(State(app): State<App>, reader: ProjectReader, asked: Asked) -> Result<Response, AppError> {
    let asked = asked.whole();
    let mut conn = app.db.acquire().await?;
    let (order, annexes) = draft_order(&mut conn, &reader, &asked).await?;
    drop(conn);
    let Some(bytes) = pdf(&app, &order).await? else { return waiting(&app, &reader, &asked) };
    let texts = vec![(format!("{}.pdf", order.name), bytes)];
    let archive = Archive { title: reader.head().title.clone(), what: "brouillon".to_owned(), at: reader.now(), texts, annexes };
    send(&app, archive, &order.name)
}

/// Whoever may read the deposits keeps one of them with all its attachments, and its sealed content.
pub async fn deposit_archive(State(app): State<App>, reader: DepositReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let asked = asked.whole();
    let mut conn = app.db.acquire().await?;
    let (order, found, annexes) = deposit_order(&mut conn, &reader, number, &asked).await?;
    drop(conn);
    let Some(bytes) = pdf(&app, &order).await? else { return waiting(&app, &reader, &asked) };
    let (sealed, _) = found.snapshot.seal()?;
    // Its digest is the one of the receipt: anybody can compute it again.
    let texts = vec![(format!("{}.pdf", order.name), bytes), ("contenu.json".to_owned(), sealed.into_bytes())];
    let what = format!("dépôt n°\u{a0}{}", found.reference);
    let archive = Archive { title: found.snapshot.title.clone(), what, at: found.received_at, texts, annexes };
    send(&app, archive, &order.name)
}

#[derive(Template)]
#[template(path = "documents/documents.html")]
struct DocumentsPage {
    layout: Frame,
    base: String,
    heading: String,
    pages: String,
    parts: Vec<(u8, &'static str)>,
    annexes: String,
    deposits: Vec<(i32, String, String)>,
}

/// The team sees every document it can keep, and how many pages its dossier makes.
pub async fn show(State(app): State<App>, reader: ProjectReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let asked = Asked { layout: Layout::Concise, ..asked.whole() };
    let (order, files) = draft_order(&mut conn, &reader, &asked).await?;
    let deposits = crate::submission::store::deposits(&mut conn, reader.project()).await?;
    let guide = store::page_guide(&mut conn, reader.head().call).await?;
    drop(conn);
    // Counting pages is typesetting them: only a call that gives a guide makes it worth the wait.
    let pages = match guide {
        None => String::new(),
        Some(guide) => match order.print(&app, &order.matter.key()?).await? {
            Some(kept) => format!("{}, repère {guide}", count(kept.pages, "page", "pages")),
            None => format!("repère {guide}\u{a0}pages, comptage en cours"),
        },
    };
    html(&DocumentsPage {
        layout: Frame::dossier(&app, &reader, "Documents", ""),
        base: reader.url(""),
        heading: reader.head().title.clone(),
        pages,
        parts: DELIVERABLES.iter().map(|deliverable| (deliverable.no, deliverable.title)).collect(),
        annexes: count(files.len(), "pièce jointe", "pièces jointes"),
        deposits: deposits.into_iter().map(|deposit| (deposit.number, deposit.reference, moment::full(deposit.received_at))).collect(),
    })
}
