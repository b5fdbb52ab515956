//! Coming in, in two steps: prove who one is, then open a session. A second factor finds its place between both.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::guest::Guest;
use super::{passwords, throttle};
use crate::access::digest;
use crate::access::visitor::{COOKIE_LIFE, SESSION_LIFE};
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, SessionId};

/// Somebody who proved to be the owner of this account. Only this folder makes one.
#[derive(Debug)]
pub struct Proven {
    pub(super) account: AccountId,
}

/// A secret of 256 bits, fit for a cookie or a link; the database only ever sees its digest.
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// First step: a typed address and password against the account. Known and unknown addresses cost the same, and both are
/// counted; nothing tells why it failed.
///
/// # Errors
/// 429 when too many tries failed.
pub async fn prove_password(app: &App, guest: &Guest, email: &str, password: &str, now: OffsetDateTime) -> Result<Option<Proven>, AppError> {
    let address = throttle::address(email);
    let (known, attempt) = {
        let mut conn = app.db.acquire().await?;
        let attempt = throttle::count(&mut conn, &throttle::sign_in(&address, guest), now).await?;
        let known = sqlx::query!("select id, password_hash from account where email = $1 and disabled_at is null", searched(&address))
            .fetch_optional(&mut *conn)
            .await?;
        (known, attempt)
    };
    let (account, hash) = known.map_or((None, None), |row| (Some(AccountId(row.id)), row.password_hash));
    let is_right = passwords::verify(app, password, hash).await?;
    let mut conn = app.db.acquire().await?;
    match account {
        Some(account) if is_right => {
            throttle::forgive(&mut conn, &attempt).await?;
            Ok(Some(Proven { account }))
        }
        _ => {
            journal::record_account(&mut conn, account, "sign_in_failed", "", now).await?;
            Ok(None)
        }
    }
}

/// What may be looked for: Postgres refuses one character, and no address is that long.
fn searched(address: &str) -> &str {
    if address.len() > 254 || address.contains('\0') { "" } else { address }
}

/// Second step: a new session, in the place of the one that this browser had; returns the cookie to send.
pub async fn open_session(conn: &mut PgConnection, app: &App, proven: &Proven, guest: &Guest, now: OffsetDateTime) -> sqlx::Result<CookieJar> {
    let token = secret();
    if let Some(former) = &guest.former {
        sqlx::query!("update session set ended_at = $2 where token_hash = $1 and ended_at is null", former, now).execute(&mut *conn).await?;
    }
    sqlx::query!(
        "insert into session (token_hash, account_id, agent, created_at, last_seen_at, expires_at) values ($1, $2, $3, $4, $4, $5)",
        digest(&token),
        proven.account.get(),
        guest.agent,
        now,
        now + SESSION_LIFE
    )
    .execute(&mut *conn)
    .await?;
    journal::record_account(conn, Some(proven.account), "signed_in", "", now).await?;
    Ok(cookie(app, token, COOKIE_LIFE))
}

/// Ends the session of this browser; returns the cookie that erases the former.
pub async fn close_session(conn: &mut PgConnection, app: &App, guest: &Guest, now: OffsetDateTime) -> sqlx::Result<CookieJar> {
    if let Some(token) = &guest.former {
        let ended = sqlx::query_scalar!("update session set ended_at = $2 where token_hash = $1 and ended_at is null returning account_id", token, now)
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(account) = ended {
            journal::record_account(conn, Some(AccountId(account)), "signed_out", "", now).await?;
        }
    }
    Ok(cookie(app, String::new(), Duration::ZERO))
}

/// Ends every session of an account, but that one.
pub async fn end_sessions(conn: &mut PgConnection, account: AccountId, but: Option<SessionId>, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "update session set ended_at = $3 where account_id = $1 and ended_at is null and id is distinct from $2",
        account.get(),
        but.map(SessionId::get),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn cookie(app: &App, token: String, life: Duration) -> CookieJar {
    let cookie = Cookie::build((app.config.session_cookie(), token)).path("/").http_only(true).same_site(SameSite::Lax).max_age(life);
    CookieJar::new().add(cookie.secure(app.config.is_secure()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_twice_the_same() {
        assert_eq!(secret().len(), 43);
        assert_ne!(secret(), secret());
        assert!(secret().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }

    #[test]
    fn what_cannot_be_an_address_is_not_looked_for() {
        assert_eq!(searched("a\0b"), "");
        assert_eq!(searched(&"a".repeat(255)), "");
        assert_eq!(searched("ana@example.org"), "ana@example.org");
    }
}
