//! A dossier as a ZIP: its PDF, its attachments, and a manifest of digests. Written as it is sent; each attachment is
//! checked against its digest on the way, and one that differs ends the sending.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use serde::Serialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::annexes;
use super::store::Stored;
use crate::error::AppError;
use crate::kit::moment;
use crate::project::files::{self, hex};

/// Bytes read, hashed and sent at a time; what waits for a slow visitor is at most eight times as much.
const CHUNK: usize = 64 * 1024;
const CHUNKS_WAITING: usize = 8;

/// What an archive holds.
#[derive(Debug)]
pub(super) struct Archive {
    /// Title of the dossier.
    pub(super) title: String,
    /// "dépôt n° 2015-04-2", or "brouillon".
    pub(super) what: String,
    /// Instant of the deposit or of the draft.
    pub(super) at: OffsetDateTime,
    /// Files held in memory: name and bytes.
    pub(super) texts: Vec<(String, Vec<u8>)>,
    /// Attachments, on disk.
    pub(super) annexes: Vec<Stored>,
}

/// A file of the archive, as the manifest tells it.
#[derive(Debug, Serialize)]
struct Line {
    nom: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    nom_d_origine: String,
    taille: u64,
    sha256: String,
}

#[derive(Debug, Serialize)]
struct Manifest<'a> {
    format: u8,
    dossier: &'a str,
    contenu: &'a str,
    instant: String,
    fichiers: Vec<Line>,
}

impl Archive {
    fn lines(&self) -> Vec<Line> {
        let held = self.texts.iter().map(|(name, bytes)| Line {
            nom: name.clone(),
            nom_d_origine: String::new(),
            taille: bytes.len() as u64,
            sha256: hex(&Sha256::digest(bytes)),
        });
        let stored = annexes::names(&self.annexes).into_iter().zip(&self.annexes).map(|(name, file)| Line {
            nom: name,
            nom_d_origine: file.name.clone(),
            taille: u64::try_from(file.size).unwrap_or(0),
            sha256: hex(&file.sha256),
        });
        held.chain(stored).collect()
    }

    /// The manifest twice: for programs, and for people; the second is also read by `sha256sum --check`.
    fn manifest(&self) -> Result<[(&'static str, Vec<u8>); 2], AppError> {
        let manifest = Manifest { format: 1, dossier: &self.title, contenu: &self.what, instant: moment::iso(self.at), fichiers: self.lines() };
        let json = serde_json::to_vec_pretty(&manifest).map_err(anyhow::Error::from)?;
        let mut text = format!("# {}, {}\n# {}\n#\n", self.title, self.what, moment::full(self.at));
        text.push_str("# Empreintes SHA-256 des fichiers de cette archive.\n# Pour les vérifier : sha256sum --check manifeste.txt\n#\n");
        for line in &manifest.fichiers {
            let _ = writeln!(text, "{}  {}", line.sha256, line.nom);
        }
        Ok([("manifeste.json", json), ("manifeste.txt", text.into_bytes())])
    }

    /// Sends the archive. Nothing is sent when a file is already known to be missing or cut.
    pub(super) fn body(self, data: &Path) -> Result<Body, AppError> {
        let manifest = self.manifest()?;
        let mut places = Vec::with_capacity(self.annexes.len());
        for (name, stored) in annexes::names(&self.annexes).into_iter().zip(&self.annexes) {
            let path = files::path(data, &stored.file);
            let size = std::fs::metadata(&path).map(|facts| facts.len()).ok();
            if size != u64::try_from(stored.size).ok() {
                return Err(AppError::Document(anyhow::anyhow!("attachment {} is missing or cut on disk", stored.id)));
            }
            places.push((name, path, stored.sha256.clone()));
        }
        let texts = self.texts.into_iter().chain(manifest.map(|(name, bytes)| (name.to_owned(), bytes))).collect();
        let (sender, receiver) = mpsc::channel(CHUNKS_WAITING);
        let at = self.at;
        tokio::task::spawn_blocking(move || {
            if let Err(error) = write(Pipe { sender: sender.clone() }, at, texts, &places)
                && error.kind() != io::ErrorKind::BrokenPipe
            {
                tracing::error!(%error, "archive cut short");
                let _ = sender.blocking_send(Err(error));
            }
        });
        Ok(Body::from_stream(ReaderStream::with_capacity(Sent { receiver, chunk: Vec::new(), read: 0 }, CHUNK)))
    }
}

fn write(pipe: Pipe, at: OffsetDateTime, texts: Vec<(String, Vec<u8>)>, places: &[(String, PathBuf, Vec<u8>)]) -> io::Result<()> {
    let (day, hour) = moment::paris_parts(at);
    let year = u16::try_from(day.year()).unwrap_or(1980);
    let stamp = zip::DateTime::from_date_and_time(year, u8::from(day.month()), day.day(), hour.hour(), hour.minute(), hour.second()).unwrap_or_default();
    // What is inside is already compressed.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).last_modified_time(stamp).unix_permissions(0o644);
    let mut zip = ZipWriter::new_stream(io::BufWriter::with_capacity(CHUNK, pipe));
    for (name, bytes) in texts {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    let mut chunk = vec![0; CHUNK];
    for (name, path, sha256) in places {
        zip.start_file(name.as_str(), options)?;
        let mut file = std::fs::File::open(path)?;
        let mut digest = Sha256::new();
        loop {
            let read = file.read(&mut chunk)?;
            if read == 0 {
                break;
            }
            digest.update(&chunk[..read]);
            zip.write_all(&chunk[..read])?;
        }
        if digest.finalize().as_slice() != sha256.as_slice() {
            return Err(io::Error::other("an attachment no longer has its digest"));
        }
    }
    zip.finish()?.into_inner().flush()
}

/// The writing end: it waits for a slow visitor, and stops when there is nobody any more.
struct Pipe {
    sender: mpsc::Sender<io::Result<Vec<u8>>>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sender.blocking_send(Ok(bytes.to_vec())).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The reading end.
struct Sent {
    receiver: mpsc::Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    read: usize,
}

impl AsyncRead for Sent {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.read == self.chunk.len() {
            match ready!(self.receiver.poll_recv(context)) {
                None => return Poll::Ready(Ok(())),
                Some(chunk) => {
                    self.chunk = chunk?;
                    self.read = 0;
                }
            }
        }
        let length = out.remaining().min(self.chunk.len() - self.read);
        out.put_slice(&self.chunk[self.read..self.read + length]);
        self.read += length;
        Poll::Ready(Ok(()))
    }
}
