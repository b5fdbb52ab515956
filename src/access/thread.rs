//! Proofs about one thread of a dossier: the one that the address names.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;

use super::policy::{self, Thread};
use super::proofs::{Dossier, ThreadsVisitor};
use crate::app::App;
use crate::error::AppError;

/// May read the thread that the address names.
#[derive(Debug, Clone)]
pub struct ThreadReader {
    dossier: ThreadsVisitor,
    thread: Thread,
}

impl ThreadReader {
    /// The thread.
    pub fn thread(&self) -> Thread {
        self.thread
    }

    /// Address of the thread.
    pub fn address(&self) -> String {
        self.dossier.url(&format!("/messages/{}", self.thread.path()))
    }
}

impl std::ops::Deref for ThreadReader {
    type Target = Dossier;

    fn deref(&self) -> &Dossier {
        &self.dossier
    }
}

impl FromRequestParts<App> for ThreadReader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let matched = MatchedPath::from_request_parts(parts, app).await.map_err(|_| AppError::NotFound)?;
        let thread = matched.as_str().rsplit('/').next().and_then(Thread::of_path).ok_or(AppError::NotFound)?;
        let dossier = ThreadsVisitor::from_request_parts(parts, app).await?;
        policy::read_thread(dossier.ties(), dossier.facts(), thread)?;
        Ok(Self { dossier, thread })
    }
}

/// May write in the thread that the address names.
#[derive(Debug, Clone)]
pub struct ThreadWriter(ThreadReader);

impl std::ops::Deref for ThreadWriter {
    type Target = ThreadReader;

    fn deref(&self) -> &ThreadReader {
        &self.0
    }
}

impl FromRequestParts<App> for ThreadWriter {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let reader = ThreadReader::from_request_parts(parts, app).await?;
        policy::write_thread(reader.ties(), reader.facts(), reader.thread)?;
        Ok(Self(reader))
    }
}
