//! Addresses of the documents: a draft for its team, a deposit for who may read it, each as PDF and as ZIP.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use sqlx::PgConnection;
use trame_pdf::Layout;

use super::archive::Archive;
use super::asked::Asked;
use super::order::{Order, Wait, label, serve, waiting};
use super::press::Matter;
use super::{dossier, engagement as charter, figures, receipt as paper, store};
use crate::access::{DepositReader, Dossier, NumberPart, ProjectReader, ProjectVisitor};
use crate::app::App;
use crate::engagement::document::readable;
use crate::engagement::frozen::Frozen;
use crate::engagement::store as engagement_store;
use crate::error::AppError;
use crate::framework::DELIVERABLES;
use crate::kit::french::{count, slug};
use crate::kit::moment;
use crate::page::{Layout as Frame, html};
use crate::project::{attachments, store as project_store, units};

/// A draft: its document, its files.
async fn draft_order(app: &App, conn: &mut PgConnection, reader: &Dossier, asked: &Asked) -> Result<(Order, Vec<store::Stored>), AppError> {
    let content = units::load_all(conn, reader.project()).await?;
    let views = attachments::list(conn, reader.project()).await?;
    let files = store::draft_files(conn, reader.project()).await?;
    let criteria = project_store::criteria(conn, reader.head().call).await?;
    let guide = store::page_guide(conn, reader.head().call).await?;
    let engagement = Frozen::take(conn, reader.project(), &content).await?;
    let subject = figures::Subject { project: reader.project(), content: &content, at: None };
    let views_drawn = figures::all(app, conn, subject, asked.only).await?;
    let matter = dossier::Matter {
        content: &content,
        views: &views,
        files: &files,
        criteria: &criteria,
        engagement: engagement.as_ref(),
        guide,
        views_drawn: &views_drawn,
    };
    let document = dossier::draft(reader, &matter, asked);
    let drawings = views_drawn.into_iter().map(|view| view.drawing).collect();
    let name = format!("{}-brouillon{}", slug(&reader.head().title), asked.suffix());
    Ok((Order { matter: Matter::Dossier(Box::new(document), drawings), at: reader.now(), name }, files))
}

/// A deposit: its document, itself, its files.
async fn deposit_order(
    app: &App,
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
    let subject = figures::Subject { project: reader.project(), content: &content, at: Some(found.received_at) };
    let views_drawn = figures::all(app, conn, subject, asked.only).await?;
    let matter = dossier::Matter {
        content: &content,
        views: &views,
        files: &files,
        criteria: &criteria,
        engagement: found.snapshot.engagement.as_ref(),
        guide,
        views_drawn: &views_drawn,
    };
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
    let (order, _) = draft_order(&app, &mut conn, &reader, &asked).await?;
    drop(conn);
    serve(&app, || Wait::of(&app, &reader), &asked, &order).await
}

/// Whoever may read the deposits keeps one of them as a PDF, whole or one deliverable of it.
pub async fn deposit(State(app): State<App>, reader: DepositReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (order, ..) = deposit_order(&app, &mut conn, &reader, number, &asked).await?;
    drop(conn);
    serve(&app, || Wait::of(&app, &reader), &asked, &order).await
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
    serve(&app, || Wait::of(&app, &reader), &asked, &order).await
}

/// The team keeps the text of its engagement document as it is written now.
pub async fn engagement(State(app): State<App>, reader: ProjectReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let text = engagement_store::draft(&mut conn, reader.project()).await?;
    drop(conn);
    let matter = Matter::Engagement(Box::new(charter::draft(dossier::over(&reader), &text)));
    let order = Order { matter, at: reader.now(), name: format!("{}-document-d-engagement-en-cours", slug(&reader.head().title)) };
    serve(&app, || Wait::of(&app, &reader), &asked, &order).await
}

/// Whoever may read a version of the engagement document keeps it with its signatures.
pub async fn engagement_version(State(app): State<App>, visitor: ProjectVisitor, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (printed, is_current) = readable(&mut conn, &visitor, Some(number)).await?;
    drop(conn);
    let matter = Matter::Engagement(Box::new(charter::version(dossier::over(&visitor), &printed, is_current)?));
    let name = format!("{}-document-d-engagement-version-{number}", slug(&visitor.head().title));
    serve(&app, || Wait::of(&app, &visitor), &asked, &Order { matter, at: visitor.now(), name }).await
}

/// The PDF of an archive, whole; nothing when it is still being made.
async fn pdf(app: &App, order: &Order) -> Result<Option<Vec<u8>>, AppError> {
    let Some(kept) = order.print(app, &order.matter.key()?).await? else { return Ok(None) };
    Ok(Some(tokio::fs::read(&kept.path).await.map_err(anyhow::Error::from)?))
}

/// The very text of the engagement document that partners signed: its digest is theirs.
fn signed_text(frozen: &Frozen) -> (String, Vec<u8>) {
    (format!("document-d-engagement-version-{}.txt", frozen.number), frozen.content.clone().into_bytes())
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
    let (order, annexes) = draft_order(&app, &mut conn, &reader, &asked).await?;
    let content = units::load(&mut conn, reader.project(), &["stakeholder", "commitment"]).await?;
    let signed = Frozen::take(&mut conn, reader.project(), &content).await?;
    drop(conn);
    let Some(bytes) = pdf(&app, &order).await? else { return waiting(Wait::of(&app, &reader), &asked) };
    let mut texts = vec![(format!("{}.pdf", order.name), bytes)];
    texts.extend(signed.as_ref().map(signed_text));
    let archive = Archive { title: reader.head().title.clone(), what: "brouillon".to_owned(), at: reader.now(), texts, annexes };
    send(&app, archive, &order.name)
}

/// Whoever may read the deposits keeps one of them with all its attachments, and its sealed content.
pub async fn deposit_archive(State(app): State<App>, reader: DepositReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let asked = asked.whole();
    let mut conn = app.db.acquire().await?;
    let (order, found, annexes) = deposit_order(&app, &mut conn, &reader, number, &asked).await?;
    drop(conn);
    let Some(bytes) = pdf(&app, &order).await? else { return waiting(Wait::of(&app, &reader), &asked) };
    let (sealed, _) = found.snapshot.seal()?;
    // Its digest is the one of the receipt: anybody can compute it again.
    let mut texts = vec![(format!("{}.pdf", order.name), bytes), ("contenu.json".to_owned(), sealed.into_bytes())];
    texts.extend(found.snapshot.engagement.as_ref().map(signed_text));
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
    /// Versions of the engagement document: number, when, and whether it is the one in force.
    versions: Vec<(i32, String, bool)>,
    deposits: Vec<(i32, String, String)>,
}

/// The team sees every document it can keep, and how many pages its dossier makes.
pub async fn show(State(app): State<App>, reader: ProjectReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let annexes = store::draft_files(&mut conn, reader.project()).await?.len();
    let deposits = crate::submission::store::deposits(&mut conn, reader.project()).await?;
    let versions = engagement_store::documents(&mut conn, reader.project()).await?;
    let guide = store::page_guide(&mut conn, reader.head().call).await?;
    drop(conn);
    // Counting pages is typesetting them: only a call that gives a guide makes it worth the wait.
    let pages = match guide {
        None => String::new(),
        Some(guide) => against(guide, pages(&app, &reader, asked.whole()).await?),
    };
    html(&DocumentsPage {
        layout: Frame::dossier(&app, &reader, "Documents", ""),
        base: reader.url(""),
        heading: reader.head().title.clone(),
        pages,
        parts: DELIVERABLES.iter().map(|deliverable| (deliverable.no, deliverable.title)).collect(),
        annexes: count(annexes, "pièce jointe", "pièces jointes"),
        versions: versions.iter().enumerate().map(|(rank, held)| (held.number, moment::full(held.at), rank == 0)).collect(),
        deposits: deposits.into_iter().map(|deposit| (deposit.number, deposit.reference, moment::full(deposit.received_at))).collect(),
    })
}

/// Pages of the draft in its concise layout; nothing while it is being made.
async fn pages(app: &App, reader: &Dossier, whole: Asked) -> Result<Option<usize>, AppError> {
    let mut conn = app.db.acquire().await?;
    let (order, _) = draft_order(app, &mut conn, reader, &Asked { layout: Layout::Concise, ..whole }).await?;
    drop(conn);
    Ok(order.print(app, &order.matter.key()?).await?.map(|kept| kept.pages))
}

fn against(guide: u16, pages: Option<usize>) -> String {
    match pages {
        None => format!("un nombre de pages qui se compte en ce moment, pour un repère de {guide}"),
        Some(pages) if pages > usize::from(guide) => {
            format!("{}, {} de plus que le repère de {guide}", count(pages, "page", "pages"), pages - usize::from(guide))
        }
        Some(pages) => format!("{}, pour un repère de {guide}", count(pages, "page", "pages")),
    }
}
