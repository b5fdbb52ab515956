//! Notices: what was said to somebody, in the application, whether a mail brought it or not.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::carrier::Letter;
use super::kinds;
use crate::access::{Arrival, NumberPart, Thread, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::count;
use crate::kit::ids::{AccountId, ProjectId};
use crate::kit::moment;
use crate::page::{Layout, html, see};

/// Notices on a page.
const PAGE: usize = 50;

const HERE: &str = "/compte/avis";

struct Row {
    id: i64,
    at: OffsetDateTime,
    kind: String,
    title: String,
    read_at: Option<OffsetDateTime>,
}

struct NoticeView {
    href: String,
    title: String,
    kind: &'static str,
    when: String,
    iso: String,
    is_new: bool,
}

#[derive(Template)]
#[template(path = "account/notices.html")]
struct NoticesPage {
    layout: Layout,
    notices: Vec<NoticeView>,
    is_unread_only: bool,
    waiting: i64,
    shown: String,
    older: String,
    is_first: bool,
    operation: Uuid,
}

/// What the address of the list says.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    etat: String,
    avant: Option<i64>,
}

/// Anybody signed in reads their own notices; those of a dossier that they may no longer know are gone.
pub async fn list(State(app): State<App>, visitor: Visitor, Arrival(now): Arrival, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    let is_unread_only = asked.etat == "non-lus";
    let mut rows = sqlx::query_as!(
        Row,
        "select id, at, kind, title, read_at from notice
         where account_id = $1 and id < $2 and (not $3 or read_at is null) and is_told($1, project_id, audience, $5)
         order by id desc
         limit $4",
        visitor.account.get(),
        asked.avant.unwrap_or(i64::MAX),
        is_unread_only,
        i64::try_from(PAGE + 1).unwrap_or(i64::MAX),
        now
    )
    .fetch_all(&app.db)
    .await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let query = if is_unread_only { "?etat=non-lus&" } else { "?" };
    let older = rows.last().filter(|_| has_more).map(|row| format!("{HERE}{query}avant={}", row.id)).unwrap_or_default();
    html(&NoticesPage {
        layout: Layout::personal(&app, &visitor, "Avis", HERE),
        shown: count(rows.len(), "avis affiché", "avis affichés"),
        notices: rows.into_iter().map(|row| view(row, now)).collect(),
        is_unread_only,
        waiting: visitor.notices,
        older,
        is_first: asked.avant.is_none(),
        operation: Uuid::new_v4(),
    })
}

fn view(row: Row, now: OffsetDateTime) -> NoticeView {
    NoticeView {
        href: format!("{HERE}/{}", row.id),
        title: row.title,
        kind: kinds::of(&row.kind).label,
        when: moment::near(row.at, now),
        iso: moment::iso(row.at),
        is_new: row.read_at.is_none(),
    }
}

/// Anybody signed in opens one of their own notices: it is read, and leads to its page.
pub async fn open(State(app): State<App>, visitor: Visitor, Arrival(now): Arrival, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let path = sqlx::query_scalar!(
        "update notice set read_at = coalesce(read_at, $3) where id = $1 and account_id = $2 and is_told($2, project_id, audience, $3) returning path",
        number,
        visitor.account.get(),
        now
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(AppError::NotFound)?;
    Ok(see(&path))
}

/// Anybody signed in says that all their notices are read.
pub async fn read_all(State(app): State<App>, visitor: Visitor, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    sqlx::query!("update notice set read_at = $2 where account_id = $1 and read_at is null", visitor.account.get(), now).execute(&app.db).await?;
    Ok(see(HERE))
}

/// The notices of a thread are read with the thread itself.
pub async fn read_thread(conn: &mut PgConnection, account: AccountId, (project, thread): (ProjectId, Thread), now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "update notice set read_at = $4
         where account_id = $1 and read_at is null and project_id = $2 and audience = $3 and kind in ('message', 'message_group')",
        account.get(),
        project.get(),
        thread.as_str(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Tells the sender of a mail that the other side refused it for good.
pub(super) async fn bounced(conn: &mut PgConnection, letter: &Letter) -> sqlx::Result<()> {
    let Some(sender) = letter.sender_id else { return Ok(()) };
    sqlx::query!(
        "insert into notice (account_id, kind, title, path, project_id, audience, key)
         select $1, 'bounce', left('Courriel refusé, ' || coalesce(account.name, $2) || '\u{a0}: ' || $3, 400), coalesce($4, '/compte/avis'), $5, $6, 'bounce ' || $7
         from (values (1)) as one
         left join account on account.id = $8
         on conflict (account_id, key) do nothing",
        sender,
        letter.recipient,
        letter.subject,
        letter.path,
        letter.project_id,
        letter.audience,
        letter.id.to_string(),
        letter.account_id
    )
    .execute(conn)
    .await?;
    Ok(())
}
