//! What is sent to a thread: a text and its files. When the session has ended, the text waits for its author like any other form.

use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header::CONTENT_TYPE;

use crate::access::visitor::token;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::project::files::{self, Received};
use crate::suspended;

/// Files that a message may carry.
pub const MOST_FILES: usize = 5;

/// A sending, with the proof that its author may send it.
#[derive(Debug)]
pub struct Sent<P> {
    /// The proof.
    pub proof: P,
    /// The form, its files apart.
    pub input: Input,
    /// Files received and synced, or why one was refused: the others are then gone.
    pub files: Result<Vec<Received>, String>,
}

impl<P> Sent<P> {
    /// Removes files that no row names.
    pub async fn forget(app: &App, files: &[Received]) {
        for file in files {
            let _ = tokio::fs::remove_file(files::path(&app.config.data, &file.file)).await;
        }
    }
}

impl<P: FromRequestParts<App, Rejection = AppError> + Send> FromRequest<App> for Sent<P> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let (mut parts, body) = request.into_parts();
        let proof = P::from_request_parts(&mut parts, app).await;
        let ended = token(&parts, app);
        let has_files = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let whole = Request::from_parts(parts, body);
        match proof {
            Ok(proof) if has_files => {
                let (input, files) = read(app, multipart(whole, app).await?, true).await?;
                Ok(Self { proof, input, files })
            }
            Ok(proof) => Ok(Self { proof, input: Input::from_request(whole, app).await?, files: Ok(Vec::new()) }),
            Err(AppError::SignIn { next, is_read }) => {
                let input = if has_files { read(app, multipart(whole, app).await?, false).await?.0 } else { Input::from_request(whole, app).await? };
                Err(AppError::SignIn { next: suspended::keep(app, ended, next, &input).await?, is_read })
            }
            Err(other) => Err(other),
        }
    }
}

async fn multipart(request: Request, app: &App) -> Result<Multipart, AppError> {
    Multipart::from_request(request, app).await.map_err(|_| AppError::BadRequest("Le formulaire n’a pas pu être lu. Rechargez la page et recommencez."))
}

/// Reads a form; its files are received only from who may send them.
async fn read(app: &App, mut form: Multipart, may: bool) -> Result<(Input, Result<Vec<Received>, String>), AppError> {
    let cut = |_| AppError::BadRequest("L’envoi a été interrompu. Recommencez.");
    let mut pairs = Vec::new();
    let mut received: Vec<Received> = Vec::new();
    let mut refusal = None;
    while let Some(field) = form.next_field().await.map_err(cut)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "piece" {
            pairs.push((name, field.text().await.map_err(cut)?));
        } else if may && refusal.is_none() && field.file_name().is_some_and(|name| !name.is_empty()) {
            if received.len() >= MOST_FILES {
                refusal = Some("Cinq fichiers au plus par message. Envoyez les autres dans un second message.".to_owned());
                continue;
            }
            match files::receive(&app.config.data, field).await {
                Ok(file) => received.push(file),
                Err(AppError::Unprocessable(sentence)) => refusal = Some(sentence),
                Err(AppError::TooLarge(sentence)) => refusal = Some(sentence.to_owned()),
                Err(other) => {
                    Sent::<()>::forget(app, &received).await;
                    return Err(other);
                }
            }
        }
    }
    let Some(sentence) = refusal else { return Ok((Input::of(pairs), Ok(received))) };
    Sent::<()>::forget(app, &received).await;
    Ok((Input::of(pairs), Err(sentence)))
}
