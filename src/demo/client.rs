//! A browser without a screen: it sends the forms of the pages to the service, in the same process, at a chosen instant.

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{Method, Request, StatusCode};
use time::OffsetDateTime;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::access::digest;
use crate::app::{self, App};
use crate::kit::ids::AccountId;

/// A person at their browser.
#[derive(Debug, Clone)]
pub struct Client {
    /// Account.
    pub account: AccountId,
    cookie: String,
    /// What the database keeps of the session's secret.
    token: Vec<u8>,
}

/// An answer of the service.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Where it leads.
    pub location: String,
    /// Page.
    pub body: String,
}

impl Client {
    /// Opens a session for that account, alive at every instant of the demonstration.
    pub async fn open(app: &App, account: AccountId) -> anyhow::Result<Self> {
        Self::open_as(app, account, "démonstration").await
    }

    /// Opens a session that the account's own list of sessions shows under that name.
    pub async fn open_as(app: &App, account: AccountId, agent: &str) -> anyhow::Result<Self> {
        let token = Uuid::new_v4().simple().to_string();
        sqlx::query!("insert into session (token_hash, account_id, agent, expires_at) values ($1, $2, $3, 'infinity')", digest(&token), account.get(), agent)
            .execute(&app.db)
            .await?;
        Ok(Self { account, cookie: format!("{}={token}", app.config.session_cookie()), token: digest(&token) })
    }

    /// What their browser sends to be recognised.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Somebody who never signed in.
    pub fn nobody() -> Self {
        Self { account: AccountId(0), cookie: String::new(), token: Vec::new() }
    }

    /// Ends the session.
    pub async fn close(&self, app: &App) -> anyhow::Result<()> {
        sqlx::query!("delete from session where token_hash = $1", self.token).execute(&app.db).await?;
        Ok(())
    }

    /// Asks for a page.
    pub async fn get(&self, app: &App, at: OffsetDateTime, path: &str) -> anyhow::Result<Answer> {
        self.send(app, at, self.request(Method::GET, path).body(Body::empty())?).await
    }

    /// Posts a form, and expects to be led somewhere.
    pub async fn post(&self, app: &App, at: OffsetDateTime, path: &str, pairs: &[(String, String)]) -> anyhow::Result<String> {
        let mut form: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let operation = Uuid::new_v4().to_string();
        form.push(("operation", &operation));
        let body = serde_html_form::to_string(&form)?;
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body))?;
        let answer = self.send(app, at, request).await?;
        anyhow::ensure!(answer.status == StatusCode::SEE_OTHER, "POST {path} answers {}: {}", answer.status, excerpt(&answer.body));
        Ok(answer.location)
    }

    /// Joins a file.
    pub async fn join(&self, app: &App, at: OffsetDateTime, path: &str, file: (&str, &[u8])) -> anyhow::Result<()> {
        self.send_file(app, at, path, &[], ("piece", file)).await.map(drop)
    }

    /// Posts a form that holds a file, and expects to be led somewhere.
    pub async fn send_file(
        &self,
        app: &App,
        at: OffsetDateTime,
        path: &str,
        pairs: &[(&str, &str)],
        (field, (name, bytes)): (&str, (&str, &[u8])),
    ) -> anyhow::Result<String> {
        const EDGE: &str = "trame-demonstration";
        let mut body = Vec::new();
        for (key, value) in pairs {
            body.extend_from_slice(format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        let head = format!("content-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream");
        body.extend_from_slice(format!("--{EDGE}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}")).body(Body::from(body))?;
        let answer = self.send(app, at, request).await?;
        anyhow::ensure!(answer.status == StatusCode::SEE_OTHER, "POST {path} answers {}: {}", answer.status, excerpt(&answer.body));
        Ok(answer.location)
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header(COOKIE, &self.cookie)
    }

    async fn send(&self, app: &App, at: OffsetDateTime, request: Request<Body>) -> anyhow::Result<Answer> {
        let response = app::service(&app.at(at)).oneshot(request).await?;
        let status = response.status();
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let body = to_bytes(response.into_body(), 8 * 1024 * 1024).await?;
        Ok(Answer { status, location, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

fn excerpt(body: &str) -> String {
    let text: String = body.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| text)).collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(600).collect()
}
