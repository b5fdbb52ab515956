//! A forgotten password: a link by mail, valid an hour, that works once.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::guest::Guest;
use super::passwords::{self, Chooser};
use super::{session, store, throttle};
use crate::access::{Arrival, TokenPart, digest};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::ids::AccountId;
use crate::kit::values::Email;
use crate::mail::texts;
use crate::page::{Layout, html, html_with, see};

const LIFE: Duration = Duration::hours(1);

#[derive(Template)]
#[template(path = "account/reset_request.html")]
struct RequestPage {
    layout: Layout,
    is_sent: bool,
    email: String,
    error: String,
}

/// What the address of the page says.
#[derive(Debug, Deserialize)]
pub struct Asked {
    envoye: Option<String>,
}

/// Anybody.
pub async fn ask(State(app): State<App>, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    let is_sent = asked.envoye.is_some();
    html(&RequestPage { layout: Layout::public(&app, "Mot de passe oublié"), is_sent, email: String::new(), error: String::new() })
}

/// Anybody; the answer is the same whether the address is known or not.
pub async fn send(State(app): State<App>, guest: Guest, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let email = match Email::read(input.get("email")) {
        Ok(email) => email,
        Err(sentence) => {
            let layout = Layout::public(&app, "Mot de passe oublié");
            let page = RequestPage { layout, is_sent: false, email: input.trimmed("email"), error: sentence.to_string() };
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut tx = app.db.begin().await?;
    throttle::count(&mut tx, &throttle::reset(email.as_str(), &guest), now).await?;
    queue_link(&mut tx, &app, &email, now).await?;
    journal::record_account(&mut tx, None, "reset_asked", "", now).await?;
    tx.commit().await?;
    Ok(see("/mot-de-passe?envoye=1"))
}

/// One statement for a known and for an unknown address, so that their time tells nothing.
async fn queue_link(conn: &mut PgConnection, app: &App, email: &Email, now: OffsetDateTime) -> sqlx::Result<()> {
    let token = session::secret();
    let (subject, body) = texts::password_reset(app, &format!("/mot-de-passe/{token}"), now + LIFE);
    sqlx::query!(
        "with known as (
           select id, email from account where email = $1 and disabled_at is null
         ), link as (
           insert into password_reset (token_hash, account_id, created_at, expires_at) select $2, id, $3, $4 from known
         )
         insert into mail (kind, recipient, subject, body, next_attempt_at) select 'password_reset', email, $5, $6, 'epoch' from known",
        email.as_str(),
        digest(&token),
        now,
        now + LIFE,
        subject,
        body
    )
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "account/reset.html")]
struct ResetPage {
    layout: Layout,
    path: String,
    email: String,
    hint: String,
    error: String,
    is_live: bool,
}

impl ResetPage {
    fn live(app: &App, token: &str, chooser: &Chooser, error: String) -> Self {
        let layout = Layout::public(app, "Choisir un mot de passe");
        Self { layout, path: format!("/mot-de-passe/{token}"), email: chooser.email.clone(), hint: chooser.hint(), error, is_live: true }
    }

    fn dead(app: &App) -> Result<Response, AppError> {
        let layout = Layout::public(app, "Lien expiré");
        let page = Self { layout, path: String::new(), email: String::new(), hint: String::new(), error: String::new(), is_live: false };
        html_with(StatusCode::GONE, &page)
    }
}

async fn owner(conn: &mut PgConnection, token: &str, now: OffsetDateTime) -> sqlx::Result<Option<AccountId>> {
    let id = sqlx::query_scalar!(
        "select account_id from password_reset
         join account on account.id = password_reset.account_id
         where token_hash = $1 and used_at is null and expires_at > $2 and account.disabled_at is null",
        digest(token),
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(AccountId))
}

/// Whoever holds a live link.
pub async fn show(State(app): State<App>, TokenPart(token): TokenPart, Arrival(now): Arrival) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let Some(account) = owner(&mut conn, &token, now).await? else { return ResetPage::dead(&app) };
    let chooser = store::chooser(&mut conn, account).await?;
    html(&ResetPage::live(&app, &token, &chooser, String::new()))
}

/// Whoever holds a live link, once: the new password ends every session, and one signs in with it.
pub async fn save(State(app): State<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, input: Input) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let Some(account) = owner(&mut conn, &token, now).await? else {
        drop(conn);
        return repeated(&app, &guest, &token, &input, now).await;
    };
    let chooser = store::chooser(&mut conn, account).await?;
    drop(conn);
    let hash = match passwords::choose(&app, input.get("password"), &chooser).await? {
        Ok(hash) => hash,
        Err(sentence) => return html_with(StatusCode::UNPROCESSABLE_ENTITY, &ResetPage::live(&app, &token, &chooser, sentence.to_string())),
    };
    let mut tx = app.db.begin().await?;
    let used = sqlx::query!("update password_reset set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2", digest(&token), now)
        .execute(&mut *tx)
        .await?;
    if used.rows_affected() == 0 {
        drop(tx);
        return repeated(&app, &guest, &token, &input, now).await;
    }
    store::set_password(&mut tx, &app, account, &hash, now).await?;
    session::end_sessions(&mut tx, account, None, now).await?;
    throttle::forget(&mut tx, &chooser.email, &guest).await?;
    tx.commit().await?;
    Ok(see("/connexion?nouveau=1"))
}

/// The same form sent again lands where the first landed, if it proves the password that the first one set.
async fn repeated(app: &App, guest: &Guest, token: &str, input: &Input, now: OffsetDateTime) -> Result<Response, AppError> {
    let used = sqlx::query_scalar!(
        "select email from password_reset join account on account.id = password_reset.account_id where token_hash = $1 and used_at > $2",
        digest(token),
        now - Duration::minutes(10)
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(email) = used else { return ResetPage::dead(app) };
    match session::prove_password(app, guest, &email, input.get("password"), now).await? {
        Some(_) => Ok(see("/connexion?nouveau=1")),
        None => ResetPage::dead(app),
    }
}
