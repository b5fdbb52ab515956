//! Everything that can go wrong for a visitor, as a French page with a way out; causes go to the log only.

use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use crate::access::{Refusal, Visitor};
use crate::app::App;
use crate::page::{self, Trouble, WayOut};

/// A request that does not end as hoped.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in.
    #[error("sign-in needed")]
    SignIn {
        /// Path to come back to.
        next: String,
        /// A page was asked, not a save.
        is_read: bool,
    },
    /// Unknown, or not this person's.
    #[error("not found")]
    NotFound,
    /// Known, and refused with a reason.
    #[error("refused")]
    Refused(Refusal),
    /// The request itself makes no sense.
    #[error("bad request")]
    BadRequest(&'static str),
    /// Readable, and unacceptable; the sentence says what to do.
    #[error("unprocessable")]
    Unprocessable(String),
    /// Larger than accepted.
    #[error("too large")]
    TooLarge(&'static str),
    /// Too many tries.
    #[error("too many tries")]
    TooMany(&'static str),
    /// More is asked than can be made now.
    #[error("busy")]
    Busy(&'static str),
    /// A document would have been incomplete or wrong: nothing is given.
    #[error(transparent)]
    Document(anyhow::Error),
    /// The database does not answer.
    #[error("database away")]
    Unavailable,
    /// Our fault.
    #[error(transparent)]
    Internal(anyhow::Error),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::NotYours { Self::NotFound } else { Self::Refused(refusal) }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        let is_away = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => true,
            sqlx::Error::Database(cause) => cause.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08") || code.starts_with("53")),
            _ => false,
        };
        if is_away {
            tracing::warn!(%error, "database away");
            Self::Unavailable
        } else {
            Self::Internal(error.into())
        }
    }
}

impl From<anyhow::Error> for AppError {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

/// What the page of an error shows; carried by the bare response until [`dress`] renders it.
#[derive(Debug, Clone)]
struct Plight {
    title: &'static str,
    sentence: String,
    /// To who sent something, when it is not the same.
    late: Option<String>,
}

impl AppError {
    /// The answer, whose page leads back to where the person was.
    #[must_use]
    pub fn back_to(self, href: String, label: &'static str) -> Response {
        let mut response = self.into_response();
        response.extensions_mut().insert(WayOut { href, label });
        response
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let late = if let Self::Refused(refusal) = &self { Some(refusal.late()) } else { None };
        let (status, title, sentence) = match self {
            Self::SignIn { next, .. } => return sign_in(&next),
            Self::NotFound => (StatusCode::NOT_FOUND, "Page introuvable", Refusal::NotYours.sentence()),
            Self::Refused(refusal) => (StatusCode::FORBIDDEN, refused_title(&refusal), refusal.sentence()),
            Self::BadRequest(sentence) => (StatusCode::BAD_REQUEST, "Demande illisible", sentence.to_owned()),
            Self::Unprocessable(sentence) => (StatusCode::UNPROCESSABLE_ENTITY, "À corriger", sentence),
            Self::TooLarge(sentence) => (StatusCode::PAYLOAD_TOO_LARGE, "Envoi trop volumineux", sentence.to_owned()),
            Self::TooMany(sentence) => (StatusCode::TOO_MANY_REQUESTS, "Trop d’essais", sentence.to_owned()),
            Self::Busy(sentence) => (StatusCode::SERVICE_UNAVAILABLE, "Un instant", sentence.to_owned()),
            Self::Document(error) => {
                let reference = reference();
                tracing::error!(reference, error = ?error, "document refused");
                let sentence = format!(
                    "Ce document n’a pas pu être composé en entier. Plutôt qu’un document faux ou incomplet, rien ne vous est remis\u{a0}: le contenu, \
                     lui, est intact. Recommencez\u{202f}; si cela se répète, écrivez au contact de l’appel en citant la référence {reference}."
                );
                (StatusCode::INTERNAL_SERVER_ERROR, "Document refusé", sentence)
            }
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service momentanément indisponible", AWAY.to_owned()),
            Self::Internal(error) => {
                let reference = reference();
                tracing::error!(reference, error = ?error, "internal error");
                let sentence =
                    format!("Une erreur est survenue de notre côté. Si elle se répète, écrivez au contact de l’appel en citant la référence {reference}.");
                (StatusCode::INTERNAL_SERVER_ERROR, "Erreur du service", sentence)
            }
        };
        let mut response = status.into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(Plight { title, sentence, late });
        response
    }
}

const AWAY: &str =
    "La base de données ne répond pas. Rien n’a été enregistré par cette demande. Réessayez dans un instant : le texte saisi reste dans votre navigateur.";

fn refused_title(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Closed { .. } => "L’appel est clos",
        _ => "Pas maintenant",
    }
}

fn sign_in(next: &str) -> Response {
    let encoded: String = url_encode(next);
    let mut response = StatusCode::SEE_OTHER.into_response();
    let target = format!("/connexion?next={encoded}");
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(&target).unwrap_or(HeaderValue::from_static("/connexion")));
    response.extensions_mut().insert(SignInNeeded);
    response
}

/// Percent-encodes a path for a query string.
pub fn url_encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[derive(Debug, Clone)]
struct SignInNeeded;

fn reference() -> String {
    let number: u32 = rand::random();
    format!("{:04X}-{:02X}", number >> 16, number & 0xff)
}

/// Was the request sent by the script, which reads JSON?
pub fn wants_json(headers: &HeaderMap) -> bool {
    accepts(headers, "application/json")
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.starts_with(kind))
}

/// Who reads the answer, from what the request accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody, in a page.
    Person,
    /// The script, as JSON.
    Script,
    /// A stream, which cannot follow to the sign-in page.
    Stream,
}

impl Reader {
    /// Reader of the answer to a request with those headers.
    pub fn of(headers: &HeaderMap) -> Self {
        if wants_json(headers) {
            Self::Script
        } else if accepts(headers, "text/event-stream") {
            Self::Stream
        } else {
            Self::Person
        }
    }
}

/// Will [`dress`] draw a page for somebody whom the database may be asked about?
pub fn is_told(reader: Reader, response: &Response) -> bool {
    reader == Reader::Person && response.status().is_client_error() && (is_bare(response) || response.extensions().get::<Plight>().is_some())
}

fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html") || kind.as_bytes().starts_with(b"application/json"))
}

/// Turns bare refusals into French pages, or JSON for the script; axum's own English lines never leave. Something was sent,
/// or a page only asked for.
pub fn dress(app: &App, (reader, is_sending): (Reader, bool), response: Response, visitor: Option<&Visitor>) -> Response {
    let json = reader == Reader::Script;
    if response.extensions().get::<SignInNeeded>().is_some() && reader != Reader::Person {
        return message(StatusCode::UNAUTHORIZED, "Session expirée. Se reconnecter, votre texte est gardé.");
    }
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || (!is_bare(&response) && response.extensions().get::<Plight>().is_none()) {
        return response;
    }
    let plight = response.extensions().get::<Plight>().cloned().unwrap_or_else(|| plight_of(status));
    let sentence = plight.late.filter(|_| is_sending).unwrap_or(plight.sentence);
    let retry = response.headers().get(RETRY_AFTER).cloned();
    let mut dressed = if json {
        message(status, &sentence)
    } else {
        let is_lost = matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        let way_out = response.extensions().get::<WayOut>().cloned();
        let trouble = Trouble { heading: plight.title, sentence: &sentence, is_lost, way_out };
        (status, Html(page::error_page(app, visitor, trouble))).into_response()
    };
    if let Some(retry) = retry {
        dressed.headers_mut().insert(RETRY_AFTER, retry);
    }
    dressed
}

fn message(status: StatusCode, sentence: &str) -> Response {
    let body = serde_json::json!({ "message": sentence }).to_string();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

fn plight_of(status: StatusCode) -> Plight {
    let (title, sentence) = match status {
        StatusCode::NOT_FOUND => ("Page introuvable", "Cette page n’existe pas, ou ne vous est pas ouverte."),
        StatusCode::METHOD_NOT_ALLOWED => ("Page introuvable", "Cette adresse ne se consulte pas ainsi. Repartez de vos dossiers."),
        StatusCode::PAYLOAD_TOO_LARGE => ("Envoi trop volumineux", "L’envoi dépasse la taille acceptée. Réduisez-le, puis recommencez."),
        StatusCode::FORBIDDEN => ("Demande refusée", "Cette demande vient d’un autre site. Repartez de la page de Trame et recommencez."),
        StatusCode::REQUEST_TIMEOUT => ("Envoi interrompu", "L’envoi a duré trop longtemps. Recommencez, de préférence avec une meilleure connexion."),
        StatusCode::SERVICE_UNAVAILABLE => ("Service momentanément indisponible", AWAY),
        status if status.is_server_error() => ("Erreur du service", "Une erreur est survenue de notre côté. Recommencez dans un instant."),
        _ => ("Demande illisible", "La demande n’a pas pu être lue. Revenez à la page précédente et recommencez."),
    };
    Plight { title, sentence: sentence.to_owned(), late: None }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer asks for")]
/// Logs a panic under a reference and answers with the page of an internal error.
pub fn on_panic(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    AppError::Internal(anyhow::anyhow!("panic: {text}")).into_response()
}
