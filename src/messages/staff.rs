//! The threads of a call, for its managers: what waits first; what the team wrote last and nobody answered; search in all of them.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::list::{self, FOUND, results};
use super::search::{self, Scope};
use super::view::{FoundView, title};
use crate::access::{CallManager, Thread};
use crate::app::App;
use crate::call::frame::{Frame, at, layout};
use crate::error::{AppError, url_encode};
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, html};

const HERE: &str = "/appel/messages";

/// Threads on a page.
const PAGE: usize = 50;

/// What the address says.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    etat: String,
    #[serde(default)]
    fil: String,
    #[serde(default)]
    charge: String,
    #[serde(default)]
    q: String,
    /// Place in the list: "1.345", whether it waits, and its last message.
    #[serde(default)]
    apres: String,
    avant: Option<i64>,
}

struct Row {
    project: i64,
    number: i32,
    title: String,
    label: String,
    thread: String,
    messages: i32,
    last_id: i64,
    last_at: OffsetDateTime,
    last_side: String,
    unread: i32,
    officer: Option<String>,
}

struct RowView {
    number: i32,
    title: String,
    label: String,
    href: String,
    thread: &'static str,
    unread: i32,
    holds: String,
    last: String,
    is_awaiting: bool,
    officer: String,
}

#[derive(Template)]
#[template(path = "messages/staff.html")]
struct StaffPage {
    layout: Layout,
    frame: Frame,
    slug: String,
    rows: Vec<RowView>,
    states: Vec<(&'static str, &'static str, bool)>,
    threads: Vec<(&'static str, &'static str, bool)>,
    is_mine: bool,
    q: String,
    is_search: bool,
    found: Vec<FoundView>,
    has_filter: bool,
    shown: String,
    next: String,
    is_first: bool,
    here: String,
    templates: String,
    grouped: String,
}

/// Threads that a manager of the call reads and that hold something: what waits first, then the newest; by key.
async fn threads(conn: &mut PgConnection, manager: &CallManager, asked: &Asked) -> sqlx::Result<Vec<Row>> {
    let place = asked.apres.split_once('.').and_then(|(waits, last)| Some((waits == "1", last.parse::<i64>().ok()?)));
    let thread = Thread::of_path(&asked.fil).map(Thread::as_str);
    sqlx::query_as!(
        Row,
        r#"select project.id as project, project.number, project.title, project.label, state.thread, state.messages, state.last_id, state.last_at, state.last_side,
             coalesce(waiting.unread, 0) as "unread!", officer.name as "officer?"
         from thread_reader($3) as reader
         join project on project.id = reader.project_id and project.call_id = $1
         join thread_state as state on state.project_id = reader.project_id and state.thread = reader.thread and state.messages > 0
         left join thread_unread as waiting on waiting.account_id = $2 and waiting.project_id = reader.project_id and waiting.thread = reader.thread
         left join instruction on instruction.project_id = project.id
         left join account as officer on officer.id = instruction.officer_id
           and not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = officer.id)
         where reader.account_id = $2 and reader.side = 'manager'
           and case $4 when 'non-lus' then coalesce(waiting.unread, 0) > 0 when 'sans-reponse' then state.last_side = 'team' else true end
           and ($5::text is null or state.thread = $5)
           and (not $6 or instruction.officer_id = $2)
           and ($7::bigint is null or (coalesce(waiting.unread, 0) > 0, state.last_id) < ($8, $7))
         order by coalesce(waiting.unread, 0) > 0 desc, state.last_id desc
         limit $9"#,
        manager.call().id.get(),
        manager.account().get(),
        manager.now(),
        asked.etat,
        thread,
        asked.charge == "moi",
        place.map(|(_, last)| last),
        place.is_some_and(|(waits, _)| waits),
        i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
    )
    .fetch_all(conn)
    .await
}

fn row(row: Row, now: OffsetDateTime) -> RowView {
    let thread = Thread::parse(&row.thread).unwrap_or(Thread::Administration);
    RowView {
        number: row.number,
        title: row.title,
        label: row.label,
        href: format!("/dossiers/{}/messages/{}", row.project, thread.path()),
        thread: title(thread),
        unread: row.unread,
        holds: count(row.messages, "message", "messages"),
        last: moment::near(row.last_at, now),
        is_awaiting: row.last_side == "team",
        officer: row.officer.unwrap_or_default(),
    }
}

/// The managers of a call see the threads of its dossiers, but for those that they stay away from.
pub async fn show(State(app): State<App>, manager: CallManager, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    let slug = manager.call().slug.clone();
    let folded = list::Asked { q: asked.q.clone(), avant: None }.folded();
    let is_search = !folded.is_empty();
    let filters = format!("etat={}&fil={}&charge={}", url_encode(&asked.etat), url_encode(&asked.fil), url_encode(&asked.charge));
    let here = at(&slug, HERE);
    let mut conn = app.db.acquire().await?;
    let (mut rows, mut found, mut next) = (Vec::new(), Vec::new(), String::new());
    let shown;
    if is_search {
        let most = i64::try_from(FOUND + 1).unwrap_or(i64::MAX);
        let hits = search::search(&mut conn, (manager.account(), manager.now()), Scope::Call(manager.call().id), (&folded, asked.avant), most).await?;
        (found, shown, next) = results(hits, (&here, &asked.q, &folded), manager.now());
    } else {
        rows = threads(&mut conn, &manager, &asked).await?;
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        if let Some(last) = rows.last().filter(|_| has_more) {
            next = format!("{here}&{filters}&apres={}.{}", i32::from(last.unread > 0), last.last_id);
        }
        shown = count(rows.len(), "échange affiché", "échanges affichés");
    }
    drop(conn);
    html(&StaffPage {
        layout: layout(&app, &manager, "Messages"),
        frame: Frame::of(&manager, "Messages", HERE).lead("Les échanges avec les équipes des dossiers. Ce qui attend est en tête."),
        rows: rows.into_iter().map(|held| row(held, manager.now())).collect(),
        states: [("", "tous"), ("non-lus", "non lus"), ("sans-reponse", "sans réponse")].map(|(key, label)| (key, label, key == asked.etat)).into(),
        threads: [("", "tous"), ("administration", "avec l’administration"), ("expertise", "expertise")]
            .map(|(key, label)| (key, label, key == asked.fil))
            .into(),
        is_mine: asked.charge == "moi",
        has_filter: !asked.etat.is_empty() || !asked.fil.is_empty() || asked.charge == "moi" || is_search,
        q: if is_search { asked.q } else { String::new() },
        is_search,
        found,
        shown,
        next,
        is_first: asked.apres.is_empty() && asked.avant.is_none(),
        templates: at(&slug, "/appel/messages/modeles"),
        grouped: at(&slug, "/appel/messages/groupe"),
        here,
        slug,
    })
}
