//! A dossier made longer on purpose, to measure the press.

use trame_pdf::{Deliverable, Dossier as Document, Drawing, Fault, Layout, Source, render};

use super::asked::Asked;
use super::press::moment;
use super::{dossier, figures, store};
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::ProjectId;
use crate::project::store as project_store;

/// A deposited dossier, its deliverables repeated.
#[derive(Debug)]
pub struct Sample {
    document: Document,
    drawings: Vec<Drawing>,
    at: time::OffsetDateTime,
}

impl Sample {
    /// The last deposit of a dossier, that many times over.
    pub async fn of(app: &App, project: ProjectId, copies: u32) -> Result<Self, AppError> {
        let mut conn = app.db.acquire().await?;
        let row = sqlx::query!(
            "select submission.number as last, project.number, short_title, edition, call.id as call
             from submission
             join project on project.id = submission.project_id
             join call on call.id = project.call_id
             where project_id = $1
             order by submission.number desc
             limit 1",
            project.get()
        )
        .fetch_one(&mut *conn)
        .await?;
        let found = store::deposited(&mut conn, project, i64::from(row.last)).await?;
        let files = store::deposited_files(&mut conn, project, &found.snapshot).await?;
        let criteria = project_store::criteria(&mut conn, crate::kit::ids::CallId(row.call)).await?;
        let (content, views) = (found.snapshot.content(), found.snapshot.views());
        let subject = figures::Subject { project, content: &content, at: Some(found.received_at) };
        let views_drawn = figures::all(app, &mut conn, subject, None).await?;
        let engagement = found.snapshot.engagement.as_ref();
        let matter =
            dossier::Matter { content: &content, views: &views, files: &files, criteria: &criteria, engagement, guide: None, views_drawn: &views_drawn };
        let over = format!("Appel {} {}, phase 1 · dossier n°\u{a0}{}", row.short_title, row.edition, row.number);
        let mut document = dossier::deposit(over, &found, &matter, &Asked::plain(Layout::Full));
        let drawings = views_drawn.into_iter().map(|view| view.drawing).collect();
        let once = std::mem::take(&mut document.deliverables);
        for copy in 0..u8::try_from(copies).unwrap_or(u8::MAX) {
            document.deliverables.extend(once.iter().cloned().map(|part| Deliverable { no: part.no + 5 * copy, ..part }));
        }
        Ok(Self { document, drawings, at: found.received_at })
    }

    /// Typesets it; its pages.
    ///
    /// # Errors
    /// When the document is refused.
    pub fn render(&self) -> Result<usize, Fault> {
        render(Source::Dossier(&self.document, &self.drawings), moment(self.at)).map(|pdf| pdf.pages)
    }
}
