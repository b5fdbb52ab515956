//! What a document's address asks for: one deliverable or all, one layout or the other.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use axum::http::request::Parts;
use trame_pdf::Layout;

use crate::app::App;
use crate::error::AppError;

/// What the visitor asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// One deliverable, or all.
    pub(super) only: Option<u8>,
    /// Room.
    pub(super) layout: Layout,
    /// Version of the engagement document.
    pub(super) version: Option<String>,
    /// The waiting page does not come back by itself.
    pub(super) is_patient: bool,
    /// The address asked, query included.
    pub(super) address: String,
    /// Documents that the visitor already has.
    pub(super) held: String,
}

impl FromRequestParts<App> for Asked {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let Query(query) = Query::<HashMap<String, String>>::from_request_parts(parts, app).await.map_err(|_| AppError::NotFound)?;
        let only = match query.get("livrable").map(String::as_str) {
            None | Some("") => None,
            Some(no) => Some(no.parse().ok().filter(|no| (1..=5).contains(no)).ok_or(AppError::NotFound)?),
        };
        let layout = match query.get("mise-en-page").map(String::as_str) {
            None | Some("" | "complete") => Layout::Full,
            Some("concise") => Layout::Concise,
            Some(_) => return Err(AppError::NotFound),
        };
        let held = parts.headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let is_patient = query.get("attente").is_some_and(|waiting| waiting == "manuelle");
        let version = query.get("version").filter(|version| version.parse::<u16>().is_ok()).cloned();
        Ok(Self { only, layout, version, is_patient, address: parts.uri.path().to_owned(), held })
    }
}

impl Asked {
    /// Neither one deliverable nor a layout of one's own: what an archive holds.
    pub(super) fn whole(self) -> Self {
        Self { only: None, layout: Layout::Full, ..self }
    }

    /// The whole dossier, asked by nobody's browser.
    pub(super) fn plain(layout: Layout) -> Self {
        Self { only: None, layout, version: None, is_patient: false, address: String::new(), held: String::new() }
    }

    /// Address of the same document, coming back by itself or not.
    pub(super) fn again(&self, is_patient: bool) -> String {
        let mut pairs = Vec::new();
        if let Some(no) = self.only {
            pairs.push(format!("livrable={no}"));
        }
        if self.layout == Layout::Concise {
            pairs.push("mise-en-page=concise".to_owned());
        }
        if let Some(version) = &self.version {
            pairs.push(format!("version={version}"));
        }
        if is_patient {
            pairs.push("attente=manuelle".to_owned());
        }
        let separator = if self.address.contains('?') { '&' } else { '?' };
        if pairs.is_empty() { self.address.clone() } else { format!("{}{separator}{}", self.address, pairs.join("&")) }
    }

    /// Version asked for.
    pub fn version(&self) -> Option<i64> {
        self.version.as_deref().and_then(|version| version.parse().ok())
    }

    /// The same, at an address that keeps what says which document it is.
    pub(super) fn keeping(&self, query: &str) -> Self {
        Self { address: format!("{}{query}", self.address), ..self.clone() }
    }

    /// "-livrable-3-concis": end of a file's name.
    pub(super) fn suffix(&self) -> String {
        let part = self.only.map(|no| format!("-livrable-{no}")).unwrap_or_default();
        let layout = if self.layout == Layout::Concise { "-concis" } else { "" };
        format!("{part}{layout}")
    }

    /// Has the visitor the document of that tag?
    pub(super) fn has(&self, tag: &str) -> bool {
        self.held.split(',').any(|held| held.trim().trim_start_matches("W/") == tag)
    }
}

/// Nothing of a document depends on headers but what the visitor already has.
pub(super) fn tag(key: &str) -> String {
    format!("\"{}\"", &key[..32.min(key.len())])
}

/// Headers of a page that asks for itself again.
pub(super) fn coming_back(headers: &mut HeaderMap, address: &str) {
    if let Ok(value) = format!("2; url={address}").parse() {
        headers.insert("refresh", value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_after_what_was_asked() {
        let asked = Asked { only: Some(3), layout: Layout::Concise, address: "/dossiers/4/dossier.pdf".to_owned(), ..Asked::plain(Layout::Full) };
        assert_eq!(asked.suffix(), "-livrable-3-concis");
        assert_eq!(asked.again(false), "/dossiers/4/dossier.pdf?livrable=3&mise-en-page=concise");
        assert_eq!(Asked::plain(Layout::Full).suffix(), "");
    }

    #[test]
    fn a_document_already_held_is_not_sent_again() {
        let asked = Asked { held: "\"x\", W/\"y\"".to_owned(), ..Asked::plain(Layout::Full) };
        assert!(asked.has("\"y\"") && !asked.has("\"z\""));
    }
}
