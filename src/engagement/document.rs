//! A version to read and to print; and, for the administration that deliverable 4 is shown to, who signed the one in force.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use sqlx::PgConnection;

use super::frozen::{Frozen, FrozenSignatory};
use super::model::Document;
use super::store;
use super::text::Text;
use crate::access::{Dossier, NumberPart, ProjectReader, ProjectVisitor, policy};
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::ProjectId;
use crate::kit::moment;
use crate::page::{Layout, filters, html};
use crate::project::files::hex;
use crate::project::units;

/// All that a typeset document needs: the text, its digest, who signed it. What the PDF is made of.
#[derive(Debug, Clone)]
pub struct Printed {
    /// Number of the version.
    pub number: i32,
    /// Its text.
    pub text: Text,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// "mercredi 23 septembre 2015 à 14 h, heure de Paris".
    pub published: String,
    /// Signatures that hold: of this version, or of an earlier one for the version in force.
    pub signatories: Vec<FrozenSignatory>,
}

impl Printed {
    fn of(document: &Document, signatories: Vec<FrozenSignatory>) -> Self {
        Self { number: document.number, text: document.text.clone(), sha256: hex(&document.digest), published: moment::full(document.at), signatories }
    }
}

/// A version of a dossier's document with its signatures; the caller has proven that its reader may read both.
pub async fn printed(conn: &mut PgConnection, project: ProjectId, number: i32) -> Result<Option<Printed>, AppError> {
    let engagement = store::engagement(conn, project).await?;
    let content = units::load(conn, project, &["stakeholder", "commitment"]).await?;
    let Some(document) = engagement.document(number) else { return Ok(None) };
    let is_current = engagement.current().is_some_and(|current| current.number == number);
    let signatories = Frozen::of(&engagement, &content).map(|frozen| frozen.signatories).unwrap_or_default();
    let kept = signatories.into_iter().filter(|signatory| is_current || signatory.number == number).collect();
    Ok(Some(Printed::of(document, kept)))
}

#[derive(Template)]
#[template(path = "engagement/document.html")]
struct DocumentPage {
    layout: Layout,
    back: String,
    pdf: String,
    printed: Printed,
    is_current: bool,
}

impl DocumentPage {
    /// How one signed: on paper, or an older text than this one.
    fn how(&self, signatory: &FrozenSignatory) -> String {
        let paper = if signatory.is_paper { ", sur papier" } else { "" };
        let older = if signatory.number == self.printed.number { String::new() } else { format!(", version {}", signatory.number) };
        let day = moment::read_date(&signatory.signed_on).map_or_else(|_| signatory.signed_on.clone(), moment::day);
        format!("{day}{paper}{older}")
    }
}

fn view(app: &App, dossier: &Dossier, printed: Printed, is_current: bool) -> Result<Response, AppError> {
    let back = if dossier.is_team() { dossier.url("/engagement") } else { dossier.url("/mobilisation?theme=engagements") };
    let title = format!("Document d’engagement, version {}", printed.number);
    let layout = Layout { run: (String::new(), String::new()), ..Layout::dossier(app, dossier, title, "") };
    let pdf = dossier.url(&format!("/engagement/versions/{}/pdf", printed.number));
    html(&DocumentPage { layout, back, pdf, printed, is_current })
}

/// The team reads or prints a version.
pub async fn show(Shared(app): Shared<App>, reader: ProjectReader, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let number = i32::try_from(number).map_err(|_| AppError::NotFound)?;
    let printed = printed(&mut conn, reader.project(), number).await?.ok_or(AppError::NotFound)?;
    let last = store::documents(&mut conn, reader.project()).await?.first().map(|document| document.number);
    view(&app, &reader, printed, last == Some(number))
}

/// The administration reads the version in force and who signed it, when deliverable 4 is shown to it.
pub async fn shared(app: &App, conn: &mut PgConnection, visitor: &ProjectVisitor) -> Result<Response, AppError> {
    let (printed, is_current) = readable(conn, visitor, None).await?;
    view(app, visitor, printed, is_current)
}

/// A version, or the one in force, for whoever may read it, and whether it is the one in force. The team reads them all; the
/// administration reads the one in force, when deliverable 4 is shown to it, and that it did is kept.
pub async fn readable(conn: &mut PgConnection, visitor: &ProjectVisitor, number: Option<i64>) -> Result<(Printed, bool), AppError> {
    if !visitor.is_team()
        && let policy::DraftView::Shared(shared) = policy::draft(visitor.ties(), visitor.facts())?
        && !shared[3]
    {
        return Err(AppError::NotFound);
    }
    let current = store::documents(conn, visitor.project()).await?.first().map(|document| document.number).ok_or(AppError::NotFound)?;
    let number = number.map_or(Ok(current), i32::try_from).map_err(|_| AppError::NotFound)?;
    if number != current && !visitor.is_team() {
        return Err(AppError::NotFound);
    }
    let printed = printed(conn, visitor.project(), number).await?.ok_or(AppError::NotFound)?;
    if !visitor.is_team() {
        crate::project::store::record_staff_read(conn, visitor).await?;
    }
    Ok((printed, number == current))
}
