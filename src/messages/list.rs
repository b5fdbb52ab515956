//! The messages of a dossier: the threads that one reads there, and what one searches in them.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::search::{self, Scope};
use super::store;
use super::view::{FoundView, Tab, found, tabs};
use crate::access::{NumberPart, RowPart, ThreadsVisitor, policy};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::kit::french::{count, fold};
use crate::page::{Layout, html};
use crate::project::attachments::send;

/// Results on a page.
pub const FOUND: usize = 30;

/// What the address says: words to search, place in the results.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Words.
    #[serde(default)]
    pub q: String,
    /// Only results before that one.
    pub avant: Option<i64>,
}

impl Asked {
    /// Words as they are compared: folded, bounded.
    pub fn folded(&self) -> String {
        let words: String = self.q.chars().filter(|c| !c.is_control()).take(100).collect();
        fold(words.trim())
    }
}

#[derive(Template)]
#[template(path = "messages/list.html")]
struct ListPage {
    layout: Layout,
    heading: String,
    base: String,
    back: String,
    tabs: Vec<Tab>,
    q: String,
    found: Vec<FoundView>,
    shown: String,
    older: String,
}

/// Results of a search and the address of the next ones, from one result more than is shown.
pub fn results(mut rows: Vec<search::Found>, (base, q, folded): (&str, &str, &str), now: time::OffsetDateTime) -> (Vec<FoundView>, String, String) {
    let has_more = rows.len() > FOUND;
    rows.truncate(FOUND);
    let separator = if base.contains('?') { '&' } else { '?' };
    let older = rows.last().filter(|_| has_more).map(|row| format!("{base}{separator}q={}&avant={}", url_encode(q), row.id)).unwrap_or_default();
    let shown = count(rows.len(), "message trouvé sur cette page", "messages trouvés sur cette page");
    (found(rows, folded, now), shown, older)
}

/// The team, the managers of the call and who reviews the dossier read the threads that are theirs, and search in them.
pub async fn show(State(app): State<App>, visitor: ThreadsVisitor, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let lines = store::lines(&mut conn, &visitor).await?;
    let folded = asked.folded();
    let rows = if folded.is_empty() {
        Vec::new()
    } else {
        let most = i64::try_from(FOUND + 1).unwrap_or(i64::MAX);
        search::search(&mut conn, (visitor.account(), visitor.now()), Scope::Project(visitor.project()), (&folded, asked.avant), most).await?
    };
    drop(conn);
    let base = visitor.url("/messages");
    let (found, shown, older) = results(rows, (&base, &asked.q, &folded), visitor.now());
    html(&ListPage {
        layout: Layout::dossier(&app, &visitor, "Messages", ""),
        heading: visitor.head().title.clone(),
        back: visitor.url(""),
        tabs: tabs(&visitor, &lines, None),
        q: if folded.is_empty() { String::new() } else { asked.q },
        base,
        found,
        shown,
        older,
    })
}

/// Whoever reads the thread of a message downloads its files.
pub async fn download(State(app): State<App>, visitor: ThreadsVisitor, NumberPart(number): NumberPart, RowPart(id): RowPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = store::find(&mut conn, visitor.project(), number).await?.ok_or(AppError::NotFound)?;
    policy::read_thread(visitor.ties(), visitor.facts(), held.thread)?;
    let (name, mime, size, file) = store::file(&mut conn, number, id).await?.ok_or(AppError::NotFound)?;
    drop(conn);
    send(&app, &file, &name, &mime, size).await
}
