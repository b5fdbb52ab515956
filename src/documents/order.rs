//! A document asked for: kept, made, or waited for.

use askama::Template;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use time::OffsetDateTime;

use super::asked::{Asked, coming_back, tag};
use super::press::{Kept, Matter, PATIENCE};
use super::{dossier, engagement as charter};
use crate::access::Dossier;
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::page::{Layout as Frame, html};

/// A document ready to be typeset, and the name of its file.
pub(super) struct Order {
    pub(super) matter: Matter,
    /// Its date. A draft also says it on each page: it is no part of what the document is.
    pub(super) at: OffsetDateTime,
    pub(super) name: String,
}

impl Order {
    /// The document, kept or made; nothing when it is still being made.
    pub(super) async fn print(&self, app: &App, key: &str) -> Result<Option<Kept>, AppError> {
        let make = || {
            let mut matter = self.matter.clone();
            match &mut matter {
                Matter::Dossier(document, _) if document.is_draft => dossier::mark(document, self.at),
                Matter::Engagement(document) if document.is_draft => charter::mark(document, self.at),
                _ => {}
            }
            (matter, self.at)
        };
        app.press.print(&app.config.data, key, make, PATIENCE).await
    }
}

/// What surrounds the page of a document that is being made.
pub(super) struct Wait {
    pub(super) layout: Frame,
    pub(super) heading: String,
    /// Where to go meanwhile: words and address.
    pub(super) back: (&'static str, String),
}

impl Wait {
    /// Among the pages of a dossier.
    pub(super) fn of(app: &App, reader: &Dossier) -> Self {
        let back = ("Revenir au dossier", reader.url(""));
        Self { layout: Frame::dossier(app, reader, "Document en préparation", "/depot"), heading: reader.head().title.clone(), back }
    }
}

#[derive(Template)]
#[template(path = "documents/waiting.html")]
struct WaitingPage {
    layout: Frame,
    heading: String,
    back: (&'static str, String),
    again: String,
    other: String,
    is_patient: bool,
}

/// Told when a document takes longer than a moment: the page comes back by itself, unless asked not to.
pub(super) fn waiting(wait: Wait, asked: &Asked) -> Result<Response, AppError> {
    let Wait { layout, heading, back } = wait;
    let page = WaitingPage { layout, heading, back, again: asked.again(asked.is_patient), other: asked.again(!asked.is_patient), is_patient: asked.is_patient };
    let mut response = html(&page)?;
    if !asked.is_patient {
        coming_back(response.headers_mut(), &asked.again(false));
    }
    Ok(response)
}

/// A PDF, at once when it is kept; a page that waits for it otherwise.
pub(super) async fn serve(app: &App, wait: impl FnOnce() -> Wait, asked: &Asked, order: &Order) -> Result<Response, AppError> {
    let key = order.matter.key()?;
    let tag = tag(&key);
    let Some(kept) = order.print(app, &key).await? else { return waiting(wait(), asked) };
    if asked.has(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let bytes = tokio::fs::read(&kept.path).await.map_err(anyhow::Error::from)?;
    let mut response = bytes.into_response();
    label(&mut response, "application/pdf", &format!("{}.pdf", order.name));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// Says what a file is, and its name; it never opens in the page.
pub(super) fn label(response: &mut Response, kind: &'static str, name: &str) {
    let headers = response.headers_mut();
    let encoded = url_encode(name).replace('/', "%2F");
    // The plain name is for programs that know only that; names of ours are already without accents.
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"; filename*=UTF-8''{encoded}"));
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
}
