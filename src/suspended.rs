//! A form sent without script after its session had ended: its text waits for its author to sign in again.

use std::collections::HashMap;

use axum::extract::{FromRequest, FromRequestParts, Request};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::access::digest;
use crate::access::visitor::token;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::ids::AccountId;

/// A form, with the proof that its sender may send it. When the session has ended, the form is kept for its author and the
/// way to the sign-in page leads back to it: only handlers whose page gives the text back with [`typed`] ask for one.
#[derive(Debug)]
pub struct KeptForm<P>(pub P, pub Input);

impl<P: FromRequestParts<App, Rejection = AppError> + Send> FromRequest<App> for KeptForm<P> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let (mut parts, body) = request.into_parts();
        let proof = P::from_request_parts(&mut parts, app).await;
        let ended = token(&parts, app);
        let whole = Request::from_parts(parts, body);
        match proof {
            Ok(proof) => Ok(Self(proof, Input::from_request(whole, app).await?)),
            Err(AppError::SignIn { next, is_read }) => {
                let input = Input::from_request(whole, app).await?;
                // The script keeps the text itself.
                let next = if input.wants_json { next } else { keep(app, ended, next, &input).await? };
                Err(AppError::SignIn { next, is_read })
            }
            Err(other) => Err(other),
        }
    }
}

/// Keeps the form of a session that ended less than a month ago, and says where it comes back. Without such a session
/// nothing is kept: nobody proved to be anybody.
pub async fn keep(app: &App, ended: Option<Vec<u8>>, path: String, input: &Input) -> Result<String, AppError> {
    let Some(session) = ended else { return Ok(path) };
    let body = serde_json::to_string(input.pairs()).map_err(anyhow::Error::from)?;
    let secret = Uuid::new_v4().simple().to_string();
    let kept = sqlx::query!(
        "insert into suspended_post (token_hash, account_id, path, body, created_at)
         select $1, account_id, $3, $4, $5 from session
         where token_hash = $2 and created_at > $5::timestamptz - interval '45 days' and length($4) <= 400000",
        digest(&secret),
        session,
        path,
        body,
        app.now()
    )
    .execute(&app.db)
    .await?;
    let separator = if path.contains('?') { '&' } else { '?' };
    Ok(if kept.rows_affected() == 1 { format!("{path}{separator}reprise={secret}") } else { path })
}

/// The form that waited for this person, if the address names one.
pub async fn typed(conn: &mut PgConnection, account: AccountId, asked: &HashMap<String, String>) -> Result<Option<Input>, AppError> {
    let Some(secret) = asked.get("reprise") else { return Ok(None) };
    let body = sqlx::query_scalar!("select body from suspended_post where token_hash = $1 and account_id = $2", digest(secret), account.get())
        .fetch_optional(conn)
        .await?;
    let Some(body) = body else { return Ok(None) };
    let pairs: Vec<(String, String)> = serde_json::from_str(&body).map_err(anyhow::Error::from)?;
    Ok(Some(Input::of(pairs)))
}
