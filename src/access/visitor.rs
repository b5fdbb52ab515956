//! The person behind a request: session cookie to account, in one statement, and the instant of arrival.

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum_extra::extract::CookieJar;
use time::{Duration, OffsetDateTime};

use super::{policy, store};
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::{AccountId, SessionId};

/// Instant at which the request's head was read: the only instant that bounds are compared with.
#[derive(Debug, Clone, Copy)]
pub struct Arrival(pub OffsetDateTime);

impl FromRequestParts<App> for Arrival {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_else(|| Self(app.now())))
    }
}

/// Roles that a person holds somewhere: what the masthead and the home page show. They open nothing by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent roles, a person may hold several")]
pub struct Hats {
    /// In the team of a dossier.
    pub carrier: bool,
    /// Reviewer of a call.
    pub reviewer: bool,
    /// Member of a committee.
    pub committee: bool,
    /// Manager of a call.
    pub manager: bool,
    /// Operator of the service.
    pub operator: bool,
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Account.
    pub account: AccountId,
    /// Session of this request.
    pub session: SessionId,
    /// Name shown.
    pub name: String,
    /// Address.
    pub email: String,
    /// Roles.
    pub hats: Hats,
    /// Notices that wait for them, a hundred at most.
    pub notices: i64,
}

impl Visitor {
    /// Changes the nomenclatures, and reads the names of those who did.
    pub fn is_nomenclature_expert(&self) -> bool {
        policy::edit_nomenclatures(self.hats.manager).is_ok()
    }
}

/// How long a session lives, from sign-in.
pub const SESSION_LIFE: Duration = Duration::days(14);

/// How long the browser keeps its cookie. It outlives the session, which it then only names: a form sent after the session's
/// end is kept for its author, whom the cookie alone tells (`suspended`). Signing out erases it.
pub const COOKIE_LIFE: Duration = Duration::days(45);

/// The session token of a request, if any.
pub fn token(parts: &Parts, app: &App) -> Option<Vec<u8>> {
    token_in(&parts.headers, app)
}

fn token_in(headers: &HeaderMap, app: &App) -> Option<Vec<u8>> {
    let jar = CookieJar::from_headers(headers);
    let cookie = jar.get(app.config.session_cookie())?;
    Some(store::digest(cookie.value()))
}

impl FromRequestParts<App> for Visitor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let Arrival(now) = Arrival::from_request_parts(parts, app).await?;
        let Some(token) = token(parts, app) else {
            return Err(sign_in(parts));
        };
        let mut conn = app.db.acquire().await?;
        store::visitor(&mut conn, &token, now).await?.ok_or_else(|| sign_in(parts))
    }
}

impl axum::extract::OptionalFromRequestParts<App> for Visitor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, AppError> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(visitor) => Ok(Some(visitor)),
            Err(AppError::SignIn { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// Whose session is in that cookie header, for a page that is drawn whatever the answer: it opens nothing.
pub async fn whose(app: &App, cookies: Option<HeaderValue>) -> Option<Visitor> {
    let token = token_in(&HeaderMap::from_iter([(COOKIE, cookies?)]), app)?;
    let mut conn = app.db.acquire().await.ok()?;
    store::visitor(&mut conn, &token, app.now()).await.ok()?
}

/// Sends to the sign-in page, and back to the page itself (never to the answer of a POST, which has no page).
pub fn sign_in(parts: &Parts) -> AppError {
    let next = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    AppError::SignIn { next: next.to_owned(), is_read: parts.method == Method::GET }
}

/// Somebody who asks with a session's secret, before anything is known of them.
#[derive(Debug)]
pub struct Caller {
    /// What the database keeps of the secret.
    pub token: Vec<u8>,
    /// Instant of arrival.
    pub now: OffsetDateTime,
    next: String,
    is_read: bool,
}

impl Caller {
    /// The answer when no live session has that secret.
    pub fn sign_in(&self) -> AppError {
        AppError::SignIn { next: self.next.clone(), is_read: self.is_read }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let Arrival(now) = Arrival::from_request_parts(parts, app).await?;
        match (token(parts, app), sign_in(parts)) {
            (Some(token), AppError::SignIn { next, is_read }) => Ok(Self { token, now, next, is_read }),
            (_, refusal) => Err(refusal),
        }
    }
}

/// Operator of the service.
#[derive(Debug)]
pub struct Operator(Visitor);

impl Operator {
    /// The person.
    pub fn visitor(&self) -> &Visitor {
        &self.0
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let visitor = <Visitor as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if visitor.hats.operator { Ok(Self(visitor)) } else { Err(AppError::NotFound) }
    }
}

/// Expert of the nomenclatures.
#[derive(Debug)]
pub struct NomenclatureExpert {
    visitor: Visitor,
    now: OffsetDateTime,
}

impl NomenclatureExpert {
    /// The person.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The person's account.
    pub fn account(&self) -> AccountId {
        self.visitor.account
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }
}

impl FromRequestParts<App> for NomenclatureExpert {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let Arrival(now) = Arrival::from_request_parts(parts, app).await?;
        let visitor = <Visitor as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        policy::edit_nomenclatures(visitor.hats.manager)?;
        Ok(Self { visitor, now })
    }
}
