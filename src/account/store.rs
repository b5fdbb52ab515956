//! Statements about accounts.

use anyhow::Context as _;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::passwords::Chooser;
use super::session;
use crate::access::digest;
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, CallId};
use crate::kit::values::{Email, Line};
use crate::mail::{self, Mail, texts};

/// Who chooses a password: what it may not repeat, and how long it must be.
pub async fn chooser(conn: &mut PgConnection, account: AccountId) -> sqlx::Result<Chooser> {
    let row = sqlx::query!(
        r#"select email, name, organisation,
             is_operator or exists(select from call_role where account_id = account.id and role = 'manager') as "is_staff!"
         from account where id = $1"#,
        account.get()
    )
    .fetch_one(conn)
    .await?;
    Ok(Chooser { email: row.email, name: row.name, organisation: row.organisation, is_staff: row.is_staff })
}

/// Keeps a new password, voids the links that would change it again, and tells its owner by mail.
pub async fn set_password(conn: &mut PgConnection, app: &App, account: AccountId, hash: &str, now: OffsetDateTime) -> Result<(), AppError> {
    let email = sqlx::query_scalar!("update account set password_hash = $2 where id = $1 returning email", account.get(), hash).fetch_one(&mut *conn).await?;
    sqlx::query!("update password_reset set used_at = $2 where account_id = $1 and used_at is null", account.get(), now).execute(&mut *conn).await?;
    journal::record_account(conn, Some(account), "password_changed", "", now).await?;
    let (subject, body) = texts::password_changed(app, now);
    mail::queue(conn, &Mail { kind: "password_changed", recipient: &email, subject: &subject, body: &body, dedup_key: None }).await?;
    Ok(())
}

/// A link to choose a password, valid until then; the path only, for a mail or for the operator's terminal.
pub async fn reset_path(conn: &mut PgConnection, account: AccountId, until: OffsetDateTime, now: OffsetDateTime) -> sqlx::Result<String> {
    let token = session::secret();
    sqlx::query!(
        "insert into password_reset (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)",
        digest(&token),
        account.get(),
        now,
        until
    )
    .execute(conn)
    .await?;
    Ok(format!("/mot-de-passe/{token}"))
}

/// Where an operation of that person led, if it was already received.
pub async fn done(conn: &mut PgConnection, account: AccountId, operation: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select location from operation where scope = 'account ' || $1::bigint::text and id = $2", account.get(), operation)
        .fetch_optional(conn)
        .await
}

/// Remembers where an operation of that person led.
pub async fn remember(conn: &mut PgConnection, account: AccountId, operation: Uuid, location: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into operation (scope, id, account_id, location) values ('account ' || $1::bigint::text, $2, $1, $3) on conflict do nothing",
        account.get(),
        operation,
        location
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Creates an account from the command line and returns the link where its owner chooses a password, valid seven days. An
/// account that exists keeps its name and only receives the roles.
///
/// # Errors
/// When the call is unknown, or the name unreadable.
pub async fn create(app: &App, email: &str, name: &str, is_operator: bool, manages: Option<&str>) -> anyhow::Result<String> {
    let email = Email::read(email).map_err(|sentence| anyhow::anyhow!("{sentence}"))?;
    let name = Line::<120>::read(name).map_err(|sentence| anyhow::anyhow!("--nom : {sentence}"))?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let account = sqlx::query!(
        "insert into account (email, name, is_operator, created_at) values ($1, $2, $3, $4)
         on conflict (email) do update set is_operator = account.is_operator or excluded.is_operator
         returning id, password_hash",
        email.as_str(),
        name.as_str(),
        is_operator,
        now
    )
    .fetch_one(&mut *tx)
    .await?;
    let id = AccountId(account.id);
    if let Some(slug) = manages {
        let call = sqlx::query_scalar!("select id from call where slug = $1 and not is_template", slug)
            .fetch_optional(&mut *tx)
            .await?
            .with_context(|| format!("aucun appel de ce nom : {slug}"))?;
        sqlx::query!(
            "insert into call_role (call_id, account_id, role, created_at) values ($1, $2, 'manager', $3) on conflict do nothing",
            call,
            id.get(),
            now
        )
        .execute(&mut *tx)
        .await?;
        journal::record_call(&mut tx, CallId(call), id, "joined", "manager", now).await?;
    }
    journal::record_account(&mut tx, Some(id), "account_created", "command", now).await?;
    let path = if account.password_hash.is_some() { "/connexion".to_owned() } else { reset_path(&mut tx, id, now + Duration::days(7), now).await? };
    tx.commit().await?;
    Ok(app.link(&path))
}
