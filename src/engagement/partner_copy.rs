//! A partner's copy: to print, or as the very text that has the digest.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::links::Partner;
use super::model::{AnswerKind, Document};
use super::partner::{closed, discreet, holder, paged};
use super::text::Text;
use crate::access::{Arrival, TokenPart};
use crate::account::guest::Guest;
use crate::app::App;
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, filters};
use crate::project::files::hex;

/// What a partner keeps of a version: the text, and their own signature of it when it holds. What its PDF is made of.
#[derive(Debug, Clone)]
pub struct Exemplar {
    /// Number of the version.
    pub number: i32,
    /// Its text.
    pub text: Text,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Facts of the signature: label and value; none for a text that they did not sign.
    pub signature: Vec<(&'static str, String)>,
}

impl Exemplar {
    /// The copy of a version for its holder.
    pub fn of(partner: &Partner, document: &Document) -> Self {
        let signed = partner.signatory().answers.iter().rev().find(|answer| answer.number == document.number && answer.kind != AnswerKind::Declined);
        let signature = signed.filter(|answer| answer.kind == AnswerKind::Signed).map(|answer| {
            let day = answer.signed_on.filter(|_| answer.is_paper).map(moment::day);
            vec![
                ("Signataire", format!("{}, {}", answer.name, answer.function)),
                ("Au nom de", answer.organisation.clone()),
                ("Signé le", day.unwrap_or_else(|| moment::full(answer.at))),
            ]
        });
        Self { number: document.number, text: document.text.clone(), sha256: hex(&document.digest), signature: signature.unwrap_or_default() }
    }
}

#[derive(Template)]
#[template(path = "engagement/copy.html")]
struct CopyPage {
    layout: Layout,
    path: String,
    printed: Exemplar,
}

/// The version asked for among those that the holder was shown, or the one shown now.
pub fn asked<'a>(partner: &'a Partner, number: Option<&str>) -> Result<Option<&'a Document>, AppError> {
    match number {
        None => partner.document().map(Some),
        Some(number) => Ok(number.parse().ok().and_then(|number| partner.version(number))),
    }
}

/// Whoever holds the link prints the version that they signed or were asked to sign.
pub async fn show(
    Shared(app): Shared<App>,
    guest: Guest,
    TokenPart(token): TokenPart,
    Arrival(now): Arrival,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    let Some(document) = asked(&partner, query.get("version").map(String::as_str))? else { return closed(&app) };
    let layout = Layout::public(&app, format!("Exemplaire, document d’engagement, {}", document.text.title));
    paged(StatusCode::OK, &CopyPage { layout, path: format!("/engagement/{token}"), printed: Exemplar::of(&partner, document) })
}

/// Whoever holds the link downloads the text, byte for byte: its SHA-256 is the digest that was signed.
pub async fn text(
    Shared(app): Shared<App>,
    guest: Guest,
    TokenPart(token): TokenPart,
    Arrival(now): Arrival,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    let Some(document) = asked(&partner, query.get("version").map(String::as_str))? else { return closed(&app) };
    let mut response = document.content.clone().into_response();
    let name = format!("attachment; filename=\"document-engagement-version-{}.txt\"", document.number);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")));
    Ok(discreet(response))
}
