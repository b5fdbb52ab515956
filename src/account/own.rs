//! One's own account: name, password, sessions.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::guest::{Guest, device};
use super::{passwords, session, store};
use crate::access::{Arrival, NumberPart, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::ids::SessionId;
use crate::kit::moment;
use crate::kit::values::Line;
use crate::mail::preferences::{self, Choice};
use crate::page::{Layout, html, html_with, see};

#[derive(Template)]
#[template(path = "account/own.html")]
struct OwnPage {
    layout: Layout,
    email: String,
    name: String,
    organisation: String,
    version: i32,
    operation: Uuid,
    hint: String,
    sessions: Vec<SessionView>,
    choices: Vec<Choice>,
    faults: Vec<(&'static str, String)>,
    has_clash: bool,
    done: &'static str,
}

impl OwnPage {
    /// Message beside a field.
    fn error(&self, id: &str) -> &str {
        self.faults.iter().find(|(at, _)| *at == id).map_or("", |(_, sentence)| sentence)
    }

    fn others(&self) -> usize {
        self.sessions.iter().filter(|session| !session.is_current).count()
    }
}

struct SessionView {
    id: i64,
    device: String,
    since: String,
    seen: String,
    is_current: bool,
}

async fn page(conn: &mut PgConnection, app: &App, visitor: &Visitor, now: OffsetDateTime) -> Result<OwnPage, AppError> {
    let account = sqlx::query!("select name, organisation, version from account where id = $1", visitor.account.get()).fetch_one(&mut *conn).await?;
    let sessions = sqlx::query!(
        "select id, agent, created_at, last_seen_at from session
         where account_id = $1 and ended_at is null and expires_at > $2
         order by id = $3 desc, last_seen_at desc limit 50",
        visitor.account.get(),
        now,
        visitor.session.get()
    )
    .fetch_all(&mut *conn)
    .await?;
    let view = sessions.into_iter().map(|row| SessionView {
        id: row.id,
        device: device(&row.agent),
        since: moment::near(row.created_at, now),
        seen: moment::near(row.last_seen_at, now),
        is_current: row.id == visitor.session.get(),
    });
    Ok(OwnPage {
        layout: Layout::personal(app, visitor, "Votre compte", "/compte"),
        email: visitor.email.clone(),
        name: account.name,
        organisation: account.organisation,
        version: account.version,
        operation: Uuid::new_v4(),
        hint: store::chooser(conn, visitor.account).await?.hint(),
        sessions: view.collect(),
        choices: preferences::of(conn, visitor.account).await?,
        faults: Vec::new(),
        has_clash: false,
        done: "",
    })
}

/// Remembers when this session was last seen, at most every ten minutes.
async fn touch(conn: &mut PgConnection, session: SessionId, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("update session set last_seen_at = $2 where id = $1 and last_seen_at < $2::timestamptz - interval '10 minutes'", session.get(), now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Anybody signed in reads their own account.
pub async fn show(State(app): State<App>, visitor: Visitor, Arrival(now): Arrival, request: axum::extract::RawQuery) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    touch(&mut conn, visitor.session, now).await?;
    let done = match request.0.as_deref() {
        Some("fait=compte") => "Votre nom est enregistré.",
        Some("fait=mot-de-passe") => "Votre mot de passe est changé, et les autres sessions sont fermées.",
        Some("fait=session") => "Cette session est fermée.",
        Some("fait=courriels") => "Ce que vous recevez par courriel est enregistré.",
        Some("fait=sessions") => "Les autres sessions sont fermées.",
        _ => "",
    };
    html(&OwnPage { done, ..page(&mut conn, &app, &visitor, now).await? })
}

/// Anybody signed in changes their own name and organisation.
pub async fn save(State(app): State<App>, visitor: Visitor, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let (version, name) = (input.version()?, Line::<120>::read(input.get("name")));
    let organisation = input.trimmed("organisation");
    let mut tx = app.db.begin().await?;
    let mut faults = Vec::new();
    if let Err(sentence) = &name {
        faults.push(("name", sentence.to_string()));
    }
    if organisation.chars().count() > 160 {
        faults.push(("organisation", "Écrire 160\u{a0}caractères au plus.".to_owned()));
    }
    let typed = |page: OwnPage, faults, has_clash| OwnPage { name: input.trimmed("name"), organisation: organisation.clone(), faults, has_clash, ..page };
    let (Ok(name), true) = (&name, faults.is_empty()) else {
        let page = page(&mut tx, &app, &visitor, now).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &OwnPage { version, ..typed(page, faults, false) });
    };
    // The same values saved twice are saved once: a second click meets no conflict.
    let saved = sqlx::query!(
        "update account set version = version + (name <> $2 or organisation <> $3)::integer, name = $2, organisation = $3
         where id = $1 and (version = $4 or (name = $2 and organisation = $3))",
        visitor.account.get(),
        name.as_str(),
        organisation,
        version
    )
    .execute(&mut *tx)
    .await?;
    if saved.rows_affected() == 0 {
        let page = page(&mut tx, &app, &visitor, now).await?;
        return html_with(StatusCode::CONFLICT, &typed(page, Vec::new(), true));
    }
    journal::record_account(&mut tx, Some(visitor.account), "account_changed", "", now).await?;
    tx.commit().await?;
    Ok(see("/compte?fait=compte"))
}

/// Anybody signed in changes their own password, given the current one; their other sessions end.
pub async fn change_password(State(app): State<App>, visitor: Visitor, guest: Guest, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut faults = Vec::new();
    if session::prove_password(&app, &guest, &visitor.email, input.get("current"), now).await?.is_none() {
        // Sent twice, the second time meets a password that the first has already changed.
        if let Some(location) = store::done(&mut *app.db.acquire().await?, visitor.account, operation).await? {
            return Ok(see(&location));
        }
        faults.push(("current", "Écrire le mot de passe actuel de ce compte.".to_owned()));
    }
    let chooser = store::chooser(&mut *app.db.acquire().await?, visitor.account).await?;
    let chosen = if faults.is_empty() { Some(passwords::choose(&app, input.get("password"), &chooser).await?) } else { None };
    let mut tx = app.db.begin().await?;
    let hash = match chosen {
        Some(Ok(hash)) => hash,
        refused => {
            faults.extend(refused.and_then(Result::err).map(|sentence| ("password", sentence.to_string())));
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &OwnPage { faults, ..page(&mut tx, &app, &visitor, now).await? });
        }
    };
    store::set_password(&mut tx, &app, visitor.account, &hash, now).await?;
    session::end_sessions(&mut tx, visitor.account, Some(visitor.session), now).await?;
    store::remember(&mut tx, visitor.account, operation, "/compte?fait=mot-de-passe").await?;
    tx.commit().await?;
    Ok(see("/compte?fait=mot-de-passe"))
}

/// Anybody signed in chooses what comes by mail, and when.
pub async fn save_mails(State(app): State<App>, visitor: Visitor, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let mut tx = app.db.begin().await?;
    preferences::keep(&mut tx, visitor.account, &input).await?;
    journal::record_account(&mut tx, Some(visitor.account), "mails_chosen", "", now).await?;
    tx.commit().await?;
    Ok(see("/compte?fait=courriels#courriels"))
}

/// Anybody signed in closes one of their own sessions; their current one signs them out.
pub async fn revoke(
    State(app): State<App>,
    visitor: Visitor,
    guest: Guest,
    NumberPart(number): NumberPart,
    Arrival(now): Arrival,
) -> Result<Response, AppError> {
    let mut tx = app.db.begin().await?;
    if number == visitor.session.get() {
        let cookie = session::close_session(&mut tx, &app, &guest, now).await?;
        tx.commit().await?;
        return Ok((cookie, see("/connexion")).into_response());
    }
    let ended = sqlx::query!("update session set ended_at = coalesce(ended_at, $3) where id = $1 and account_id = $2", number, visitor.account.get(), now)
        .execute(&mut *tx)
        .await?;
    if ended.rows_affected() == 0 {
        return Err(AppError::NotFound);
    }
    journal::record_account(&mut tx, Some(visitor.account), "session_ended", "", now).await?;
    tx.commit().await?;
    Ok(see("/compte?fait=session"))
}

/// Anybody signed in closes all their sessions but the current one.
pub async fn revoke_others(State(app): State<App>, visitor: Visitor, Arrival(now): Arrival) -> Result<Response, AppError> {
    let mut tx = app.db.begin().await?;
    session::end_sessions(&mut tx, visitor.account, Some(visitor.session), now).await?;
    journal::record_account(&mut tx, Some(visitor.account), "sessions_ended", "", now).await?;
    tx.commit().await?;
    Ok(see("/compte?fait=sessions"))
}
