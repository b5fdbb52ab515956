//! The press: documents typeset one or two at a time, away from the threads that answer, and kept on disk by the digest
//! of what they say.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::sync::{Semaphore, watch};
use trame_pdf::{Certificate, Dossier, Drawing, Engagement, Fault, Minutes, Moment, Pdf, Receipt, Sheet, Source, Terms, edition, render};

use crate::error::AppError;
use crate::project::files::hex;

/// Documents typeset at the same time: each takes a core and some 150 MB.
const AT_ONCE: usize = 1;

/// Documents that may wait their turn.
const MOST_WAITING: usize = 24;

/// A request waits so long before it is told that the document is being made.
pub(super) const PATIENCE: Duration = Duration::from_millis(1500);

/// How long a document is kept, and how much of them.
const KEPT_FOR: Duration = Duration::from_hours(24 * 14);
const MOST_KEPT: u64 = 500 * 1024 * 1024;

/// A document to typeset.
#[derive(Debug, Clone)]
pub(super) enum Matter {
    /// A dossier and its drawings.
    Dossier(Box<Dossier>, Vec<Drawing>),
    /// Receipt of a deposit.
    Receipt(Box<Receipt>),
    /// Engagement document.
    Engagement(Box<Engagement>),
    /// Minutes of a meeting.
    Minutes(Box<Minutes>),
    /// Certificate of attendance.
    Certificate(Box<Certificate>),
    /// Attendance sheet of a training.
    Sheet(Box<Sheet>),
    /// Terms of reference.
    Terms(Box<Terms>),
}

impl Matter {
    fn source(&self) -> Source<'_> {
        match self {
            Self::Dossier(dossier, drawings) => Source::Dossier(dossier, drawings),
            Self::Receipt(receipt) => Source::Receipt(receipt),
            Self::Engagement(engagement) => Source::Engagement(engagement),
            Self::Minutes(minutes) => Source::Minutes(minutes),
            Self::Certificate(certificate) => Source::Certificate(certificate),
            Self::Sheet(sheet) => Source::Sheet(sheet),
            Self::Terms(terms) => Source::Terms(terms),
        }
    }

    /// Digest of all that the document says, and of how it is said: the same key is the same document.
    pub(super) fn key(&self) -> Result<String, AppError> {
        let mut digest = Sha256::new();
        digest.update(edition());
        let values = match self {
            Self::Dossier(dossier, drawings) => {
                for drawing in drawings {
                    digest.update(&drawing.svg);
                }
                serde_json::to_vec(dossier)
            }
            Self::Receipt(receipt) => serde_json::to_vec(receipt),
            Self::Engagement(engagement) => serde_json::to_vec(engagement),
            Self::Minutes(minutes) => serde_json::to_vec(minutes),
            Self::Certificate(certificate) => serde_json::to_vec(certificate),
            Self::Sheet(sheet) => serde_json::to_vec(sheet),
            Self::Terms(terms) => serde_json::to_vec(terms),
        };
        digest.update(values.map_err(anyhow::Error::from)?);
        Ok(hex(&digest.finalize()))
    }
}

/// A document kept on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Where.
    pub(super) path: PathBuf,
    /// Its pages.
    pub(super) pages: usize,
}

/// State of a document being made.
#[derive(Debug, Clone)]
enum Stage {
    Working,
    Done,
    Failed(Arc<Fault>),
}

/// The press of an application.
#[derive(Debug)]
pub struct Press {
    permits: Semaphore,
    jobs: Mutex<HashMap<String, watch::Receiver<Stage>>>,
}

impl Default for Press {
    fn default() -> Self {
        Self { permits: Semaphore::new(AT_ONCE), jobs: Mutex::default() }
    }
}

impl Press {
    fn jobs(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Stage>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document of that key: kept, or made now; nothing when it takes longer than the visitor should wait.
    pub(super) async fn print(
        self: &Arc<Self>,
        data: &Path,
        key: &str,
        make: impl FnOnce() -> (Matter, OffsetDateTime),
        patience: Duration,
    ) -> Result<Option<Kept>, AppError> {
        if let Some(kept) = kept(data, key).await? {
            return Ok(Some(kept));
        }
        let stage = ended(self.job(data, key, make)?, patience).await;
        if matches!(stage, Stage::Working) {
            return Ok(None);
        }
        // Said once; asking again tries again.
        self.jobs().remove(key);
        if let Stage::Failed(fault) = stage {
            return Err(AppError::Document(anyhow::anyhow!("{fault}")));
        }
        kept(data, key).await?.map(Some).ok_or_else(|| AppError::Document(anyhow::anyhow!("the document was made and is not there")))
    }

    /// The job of that key, begun now when nobody asked before.
    fn job(self: &Arc<Self>, data: &Path, key: &str, make: impl FnOnce() -> (Matter, OffsetDateTime)) -> Result<watch::Receiver<Stage>, AppError> {
        let mut jobs = self.jobs();
        if let Some(job) = jobs.get(key) {
            return Ok(job.clone());
        }
        // Those that nobody came back for have nothing to say any more.
        jobs.retain(|_, job| matches!(*job.borrow(), Stage::Working));
        if jobs.len() >= MOST_WAITING {
            return Err(AppError::Busy("Beaucoup de documents se préparent en ce moment. Recommencez dans une minute."));
        }
        let (tell, job) = watch::channel(Stage::Working);
        jobs.insert(key.to_owned(), job.clone());
        drop(jobs);
        let (press, place, (matter, at)) = (Arc::clone(self), place(data, key), make());
        tokio::spawn(async move {
            let stage = match press.typeset(matter, at, place).await {
                Ok(()) => Stage::Done,
                Err(fault) => Stage::Failed(Arc::new(fault)),
            };
            let _ = tell.send(stage);
        });
        Ok(job)
    }

    async fn typeset(&self, matter: Matter, at: OffsetDateTime, place: Place) -> Result<(), Fault> {
        let stopped = |_| Fault::Values("the press is closed".to_owned());
        let _permit = self.permits.acquire().await.map_err(stopped)?;
        let made = tokio::task::spawn_blocking(move || {
            let pdf = render(matter.source(), moment(at))?;
            place.keep(&pdf).map_err(|error| Fault::Values(format!("not kept: {error}")))
        });
        made.await.unwrap_or_else(|error| Err(Fault::Values(format!("the typesetter panicked: {}", error.is_panic()))))
    }
}

pub(super) fn moment(at: OffsetDateTime) -> Moment {
    let at = at.to_offset(time::UtcOffset::UTC);
    Moment { year: at.year(), rest: [u8::from(at.month()), at.day(), at.hour(), at.minute(), at.second()] }
}

/// How a job stands once it has ended, or when the visitor has waited enough.
async fn ended(mut job: watch::Receiver<Stage>, patience: Duration) -> Stage {
    match tokio::time::timeout(patience, job.wait_for(|stage| !matches!(stage, Stage::Working))).await {
        Err(_) => Stage::Working,
        Ok(Ok(stage)) => stage.clone(),
        // Its task ended without a word.
        Ok(Err(_)) => Stage::Failed(Arc::new(Fault::Values("the typesetter stopped".to_owned()))),
    }
}

/// Folder and name of a document; its pages end its name.
struct Place {
    folder: PathBuf,
    key: String,
}

fn root(data: &Path) -> PathBuf {
    data.join("pdf-cache")
}

fn place(data: &Path, key: &str) -> Place {
    Place { folder: root(data).join(&key[..2.min(key.len())]), key: key.to_owned() }
}

impl Place {
    /// Written aside, synced, then named: what bears a name is whole.
    fn keep(&self, pdf: &Pdf) -> std::io::Result<()> {
        use std::io::Write as _;
        std::fs::create_dir_all(&self.folder)?;
        let aside = self.folder.join(format!("{}.partiel", uuid::Uuid::new_v4().simple()));
        let mut file = std::fs::File::create(&aside)?;
        file.write_all(&pdf.bytes)?;
        file.sync_all()?;
        std::fs::rename(aside, self.folder.join(format!("{}.{}.pdf", self.key, pdf.pages)))
    }
}

async fn kept(data: &Path, key: &str) -> Result<Option<Kept>, AppError> {
    let place = place(data, key);
    let mut entries = match tokio::fs::read_dir(&place.folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(anyhow::Error::from(error).into()),
    };
    while let Some(entry) = entries.next_entry().await.map_err(anyhow::Error::from)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pages = name.strip_prefix(key).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".pdf")?.parse().ok());
        if let Some(pages) = pages {
            return Ok(Some(Kept { path: entry.path(), pages }));
        }
    }
    Ok(None)
}

/// Deletes the documents kept for too long, then the oldest when there are too many; returns how many.
///
/// # Errors
/// When the folder cannot be read.
pub fn sweep(data: &Path) -> std::io::Result<usize> {
    let mut found = Vec::new();
    let folders = match std::fs::read_dir(root(data)) {
        Ok(folders) => folders,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    for folder in folders {
        for entry in std::fs::read_dir(folder?.path())? {
            let entry = entry?;
            let facts = entry.metadata()?;
            found.push((facts.modified()?, facts.len(), entry.path()));
        }
    }
    found.sort_by_key(|(written, ..)| std::cmp::Reverse(*written));
    let (mut total, mut swept) = (0, 0);
    for (written, size, path) in found {
        total += size;
        let age = written.elapsed().unwrap_or_default();
        let is_partial = path.extension().is_some_and(|extension| extension == "partiel") && age > Duration::from_hours(1);
        if is_partial || age > KEPT_FOR || total > MOST_KEPT {
            std::fs::remove_file(path)?;
            swept += 1;
        }
    }
    Ok(swept)
}
