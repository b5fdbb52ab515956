//! The page of a thread: its messages, what is being written, who read what.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::sending::MOST_FILES;
use super::store::{self, Window};
use super::templates::{self, Template as Wording};
use super::view::{MessageView, Tab, audience, messages, tabs, title};
use super::{fields, post};
use crate::access::{Thread, ThreadReader, policy};
use crate::app::App;
use crate::error::AppError;
use crate::mail::notices;
use crate::page::{Layout, filters, html_with};
use crate::project::files::ACCEPTED;
use crate::suspended;

/// Messages on a page; on a printed one.
const PAGE: i64 = 30;
const PRINTED: i64 = 1000;

/// What is being written, or written again after a refusal.
#[derive(Debug, Default)]
pub struct Draft {
    /// Text as typed.
    pub text: String,
    /// What is wrong with it.
    pub error: String,
    /// What is wrong with its files.
    pub file_error: String,
    /// It was typed in a session that has ended.
    pub is_returned: bool,
    /// It comes from a template.
    pub is_filled: bool,
}

#[derive(Template)]
#[template(path = "messages/thread.html")]
struct ThreadPage {
    layout: Layout,
    over: String,
    heading: &'static str,
    audience: &'static str,
    base: String,
    /// Address of the list of threads.
    list: String,
    action: String,
    tabs: Vec<Tab>,
    messages: Vec<MessageView>,
    has_receipts: bool,
    older: String,
    newer: String,
    is_printed: bool,
    /// Why one does not write here; nothing when one does.
    refusal: String,
    draft: Draft,
    /// Templates of the call, for its managers.
    wordings: Vec<(i64, String)>,
    wordings_page: String,
    minutes: i64,
    accepted: &'static str,
    most_files: usize,
    operation: Uuid,
    done: &'static str,
}

/// What the address of a thread says.
pub type Asked = Query<HashMap<String, String>>;

fn window(asked: &HashMap<String, String>) -> Window {
    let number = |name: &str| asked.get(name).and_then(|value| value.parse().ok());
    let most = if asked.contains_key("imprimer") { PRINTED } else { PAGE };
    Window { before: number("avant"), after: number("apres"), around: number("autour"), most }
}

/// Who reads the thread reads its messages: those of the page are then read.
pub async fn show(State(app): State<App>, reader: ThreadReader, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let draft = match suspended::typed(&mut conn, reader.account(), &asked).await? {
        Some(input) => Draft { text: input.get("texte").to_owned(), is_returned: true, ..Draft::default() },
        None => filled(&mut conn, &reader, asked.get("modele")).await?,
    };
    page(&app, &mut conn, &reader, &asked, (StatusCode::OK, draft)).await
}

/// A template of the call filled for this dossier, as the manager who chose it sends or changes it.
async fn filled(conn: &mut PgConnection, reader: &ThreadReader, chosen: Option<&String>) -> Result<Draft, AppError> {
    let Some(id) = chosen.and_then(|id| id.parse().ok()).filter(|_| is_manager(reader)) else { return Ok(Draft::default()) };
    let Some(wording) = templates::one(conn, reader.head().call, id).await? else { return Ok(Draft::default()) };
    let fields = fields::of(conn, &[reader.project().get()]).await?;
    let text = fields.first().map_or_else(String::new, |fields| fields.fill(&wording.text));
    Ok(Draft { text, is_filled: true, ..Draft::default() })
}

/// Speaks for the administration: templates are the call's, their text is no secret but to write with.
fn is_manager(reader: &ThreadReader) -> bool {
    policy::instruct(reader.ties(), reader.facts()).is_ok()
}

/// Draws the thread, with what is being written.
pub async fn page(
    app: &App,
    conn: &mut PgConnection,
    reader: &ThreadReader,
    asked: &HashMap<String, String>,
    (status, draft): (StatusCode, Draft),
) -> Result<Response, AppError> {
    let said = store::messages(conn, reader, window(asked)).await?;
    let (first, last) = (said.first().map_or(0, |said| said.id), said.last().map_or(i64::MAX, |said| said.id));
    let (has_older, has_newer) = store::around(conn, reader, (first, last)).await?;
    let unread: Vec<i64> = said.iter().filter(|said| said.is_unread).map(|said| said.id).collect();
    if !unread.is_empty() {
        store::read(conn, reader, &unread).await?;
        notices::read_thread(conn, reader.account(), (reader.project(), reader.thread()), reader.now()).await?;
    }
    let lines = store::lines(conn, reader).await?;
    let wordings: Vec<Wording> = if is_manager(reader) { templates::of_call(conn, reader.head().call).await? } else { Vec::new() };
    let base = reader.address();
    let thread = reader.thread();
    let is_printed = asked.contains_key("imprimer");
    html_with(
        status,
        &ThreadPage {
            layout: Layout::dossier(app, reader, title(thread), ""),
            over: format!("{} · messages", reader.head().title),
            heading: title(thread),
            audience: audience(thread),
            list: reader.url("/messages"),
            action: base.clone(),
            tabs: tabs(reader, &lines, Some(thread)),
            messages: messages(reader, said),
            has_receipts: policy::read_receipts(thread),
            older: if has_older && !is_printed { format!("{base}?avant={first}") } else { String::new() },
            newer: if has_newer && !is_printed { format!("{base}?apres={last}") } else { String::new() },
            is_printed,
            refusal: policy::write_thread(reader.ties(), reader.facts(), thread).err().map(|refusal| refusal.sentence()).unwrap_or_default(),
            draft,
            wordings: wordings.into_iter().map(|wording| (wording.id, wording.name)).collect(),
            wordings_page: crate::call::frame::at(&reader.head().call_slug, "/appel/messages/modeles"),
            minutes: post::WORDING.whole_minutes(),
            accepted: ACCEPTED,
            most_files: MOST_FILES,
            operation: Uuid::new_v4(),
            done: match asked.get("fait").map(String::as_str) {
                Some("envoye") => "Message envoyé. Les autres lecteurs de cet échange sont prévenus.",
                Some("modifie") => "Message modifié.",
                Some("retire") => "Message retiré.",
                _ => "",
            },
            base,
        },
    )
}

impl ThreadPage {
    /// The team's own thread, where one speaks among oneselves.
    fn has_side(&self) -> bool {
        self.heading != title(Thread::Team)
    }
}
