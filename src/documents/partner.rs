//! A partner's copy of the engagement document as a PDF, by their personal link.

use axum::extract::State;
use axum::response::Response;

use super::asked::Asked;
use super::engagement as charter;
use super::order::{Order, Wait, serve};
use super::press::Matter;
use crate::access::{Arrival, TokenPart};
use crate::account::guest::Guest;
use crate::app::App;
use crate::engagement::partner::{closed, discreet, holder};
use crate::engagement::partner_copy::{Exemplar, asked as version};
use crate::error::AppError;
use crate::kit::french::slug;
use crate::kit::moment;
use crate::page::Layout as Frame;

/// Whoever holds the link keeps the version that they signed or were asked to sign, with their own signature.
pub async fn exemplar(State(app): State<App>, guest: Guest, TokenPart(token): TokenPart, Arrival(now): Arrival, asked: Asked) -> Result<Response, AppError> {
    let partner = match holder(&app, &guest, &token, now).await? {
        Ok(partner) => partner,
        Err(closed) => return Ok(closed),
    };
    let Some(document) = version(&partner, asked.version.as_deref())? else { return closed(&app) };
    let (copy, published) = (Exemplar::of(&partner, document), moment::full(document.at));
    let over = format!("Exemplaire remis à\u{a0}: {}", partner.signatory().organisation);
    let matter = Matter::Engagement(Box::new(charter::exemplar(over, (&copy, published))?));
    let name = format!("document-d-engagement-{}-version-{}", slug(&document.text.title), document.number);
    let wait = || Wait {
        layout: Frame::public(&app, "Document en préparation"),
        heading: document.text.title.clone(),
        back: ("Revenir au document", format!("/engagement/{token}")),
    };
    serve(&app, wait, &asked, &Order { matter, at: document.at, name }).await.map(discreet)
}
