//! A posted form, as pairs in the order of the page: bounded, decoded, with the version and the operation it carries.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use uuid::Uuid;

use crate::error::{AppError, wants_json};
use crate::kit::words;

/// A posted form.
#[derive(Debug, Clone)]
pub struct Input {
    pairs: Vec<(String, String)>,
    /// Sent by the script, which reads JSON.
    pub wants_json: bool,
}

impl<S: Send + Sync> FromRequest<S> for Input {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let wants_json = wants_json(request.headers());
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| AppError::TooLarge("Ce formulaire dépasse la taille acceptée. Raccourcissez le texte, ou joignez-le en pièce."))?;
        let pairs: Vec<(String, String)> =
            serde_html_form::from_bytes(&bytes).map_err(|_| AppError::BadRequest("Le formulaire n’a pas pu être lu. Rechargez la page et recommencez."))?;
        Ok(Self { wants_json, ..Self::of(pairs) })
    }
}

/// A control that nobody types and that hides what a text says: an override of the writing direction, or NUL.
fn is_turning(c: char) -> bool {
    c == '\0' || (!c.is_control() && words::is_hidden(c))
}

impl Input {
    /// A form made of those pairs: what a suspended post or the demonstration sends.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let visible = |value: String| if value.chars().any(is_turning) { value.chars().filter(|c| !is_turning(*c)).collect() } else { value };
        Self { pairs: pairs.into_iter().map(|(name, value)| (name, visible(value))).collect(), wants_json: false }
    }

    /// The same form, but for what it holds under that name.
    #[must_use]
    pub fn with(&self, name: &str, value: String) -> Self {
        let mut pairs: Vec<(String, String)> = self.pairs.iter().filter(|(held, _)| held != name).cloned().collect();
        pairs.push((name.to_owned(), value));
        Self { pairs, wants_json: self.wants_json }
    }

    /// Every pair.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Last value under that name, as typed; empty when absent.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Value without its outer spaces nor control characters.
    pub fn trimmed(&self, name: &str) -> String {
        self.get(name).replace(char::is_control, " ").trim().to_owned()
    }

    /// Was that name posted at all?
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// Every value under that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Version that the form was drawn from.
    ///
    /// # Errors
    /// 400 when the form carries none.
    pub fn version(&self) -> Result<i32, AppError> {
        self.get("version").parse().map_err(|_| AppError::BadRequest("Le formulaire n’indique pas sa version. Rechargez la page et recommencez."))
    }

    /// Operation of this sending; the same one sent again is harmless.
    ///
    /// # Errors
    /// 400 when the form carries none.
    pub fn operation(&self) -> Result<Uuid, AppError> {
        Uuid::try_parse(self.get("operation")).map_err(|_| AppError::BadRequest("Le formulaire n’indique pas son opération. Rechargez la page et recommencez."))
    }
}
