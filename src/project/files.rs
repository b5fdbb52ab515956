//! Files on disk: received in a bounded stream, typed by their content, synced before any row names them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use axum::extract::multipart::Field;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::error::AppError;
use crate::kit::french::bytes;

/// Largest file accepted, in bytes (design §10).
pub const LARGEST: u64 = 20 * 1024 * 1024;

/// What is accepted, as said in hints.
pub const ACCEPTED: &str = "PDF, ODT, DOCX, ODS, XLSX, JPEG ou PNG, 20\u{a0}Mo au plus";

/// A file received and synced, which no row names yet.
#[derive(Debug)]
pub struct Received {
    /// Its own random name below the data folder.
    pub file: String,
    /// Name given by the visitor, cleaned; never used as a path.
    pub name: String,
    /// Type by content.
    pub mime: &'static str,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256.
    pub digest: Vec<u8>,
}

/// Where a stored file is.
pub fn path(data: &Path, file: &str) -> PathBuf {
    data.join("fichiers").join(&file[..2.min(file.len())]).join(file)
}

/// Receives a file. What is refused or cut half-way leaves nothing behind.
///
/// # Errors
/// Too large, empty, of another type, or cut.
pub async fn receive(data: &Path, mut field: Field<'_>) -> Result<Received, AppError> {
    let name = clean_name(field.file_name().unwrap_or_default());
    let file = format!("{}{}", Uuid::new_v4().simple(), "");
    let place = path(data, &file);
    let folder = place.parent().unwrap_or(data).to_owned();
    tokio::fs::create_dir_all(&folder).await.map_err(anyhow::Error::from)?;
    let partial = Partial(place.with_extension("partiel"));
    let mut out = tokio::fs::File::create(&partial.0).await.map_err(anyhow::Error::from)?;
    let mut digest = Sha256::new();
    let mut size = 0_u64;
    let mut first: Vec<u8> = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| AppError::BadRequest("L’envoi du fichier a été interrompu. Recommencez."))? {
        size += chunk.len() as u64;
        if size > LARGEST {
            return Err(AppError::TooLarge("Ce fichier dépasse 20\u{a0}Mo. Réduisez-le, par exemple en compressant ses images, puis recommencez."));
        }
        if first.len() < 65_536 {
            first.extend_from_slice(&chunk[..chunk.len().min(65_536 - first.len())]);
        }
        digest.update(&chunk);
        out.write_all(&chunk).await.map_err(anyhow::Error::from)?;
    }
    if size == 0 {
        return Err(AppError::Unprocessable("Ce fichier est vide. En choisir un autre.".to_owned()));
    }
    let mime = kind_of(&first, &name)
        .ok_or_else(|| AppError::Unprocessable(format!("Ce fichier n’est pas d’un type accepté, quel que soit son nom. Joindre un fichier {ACCEPTED}.")))?;
    out.sync_all().await.map_err(anyhow::Error::from)?;
    drop(out);
    tokio::fs::rename(&partial.0, &place).await.map_err(anyhow::Error::from)?;
    sync_folder(folder).await?;
    Ok(Received { file, name, mime, size, digest: digest.finalize().to_vec() })
}

/// The rename itself must survive a power cut before a row names the file.
async fn sync_folder(folder: PathBuf) -> Result<(), AppError> {
    tokio::task::spawn_blocking(move || std::fs::File::open(folder).and_then(|folder| folder.sync_all()))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(|error| anyhow::Error::from(error).into())
}

/// Removes a half-received file when its reception ends badly.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Type by content; word-processor files are told apart by what their archive holds.
fn kind_of(first: &[u8], name: &str) -> Option<&'static str> {
    let found = infer::get(first).map(|kind| kind.mime_type());
    let zipped = first.starts_with(b"PK\x03\x04");
    match found {
        Some("application/pdf") => Some("application/pdf"),
        Some("image/jpeg") => Some("image/jpeg"),
        Some("image/png") => Some("image/png"),
        _ if zipped => office(first, name),
        _ => None,
    }
}

fn office(first: &[u8], name: &str) -> Option<&'static str> {
    let holds = |needle: &[u8]| first.windows(needle.len()).any(|window| window == needle);
    let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    if holds(b"mimetypeapplication/vnd.oasis.opendocument.text") {
        Some("application/vnd.oasis.opendocument.text")
    } else if holds(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet") {
        Some("application/vnd.oasis.opendocument.spreadsheet")
    } else if holds(b"word/") || (holds(b"[Content_Types].xml") && extension == "docx") {
        Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    } else if holds(b"xl/") || (holds(b"[Content_Types].xml") && extension == "xlsx") {
        Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    } else {
        None
    }
}

/// A file's name as shown: never a path, nothing hidden.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !crate::kit::words::is_hidden(*c) && *c != '"').take(120).collect();
    if kept.trim().is_empty() { "piece".to_owned() } else { kept.trim().to_owned() }
}

/// Deletes files below the data folder that no row names and that are older than an hour; returns how many.
///
/// # Errors
/// When the folder cannot be read.
pub fn sweep(data: &Path, is_named: impl Fn(&str) -> bool, older_than: std::time::Duration) -> std::io::Result<usize> {
    let mut swept = 0;
    let root = data.join("fichiers");
    if !root.exists() {
        return Ok(0);
    }
    for folder in std::fs::read_dir(root)? {
        for entry in std::fs::read_dir(folder?.path())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_old = entry.metadata()?.modified()?.elapsed().is_ok_and(|age| age >= older_than);
            if is_old && !is_named(&name) {
                std::fs::remove_file(entry.path())?;
                swept += 1;
            }
        }
    }
    Ok(swept)
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// "184 ko".
pub fn size_text(size: i64) -> String {
    bytes(u64::try_from(size).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_by_content_and_never_by_name() {
        assert_eq!(kind_of(b"%PDF-1.4\n", "x.exe"), Some("application/pdf"));
        assert_eq!(kind_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.png"), None);
        assert_eq!(kind_of(b"<!doctype html><script>", "x.pdf"), None);
        assert_eq!(kind_of(b"MZ\x90\x00", "x.pdf"), None);
        assert_eq!(kind_of(b"PK\x03\x04 some other archive", "x.zip"), None);
        assert_eq!(
            kind_of(b"PK\x03\x04....[Content_Types].xml....word/document.xml", "a.bin"),
            Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        );
    }

    #[test]
    fn a_file_name_is_never_a_path() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\temp\\lettre \"finale\".pdf"), "lettre finale.pdf");
        assert_eq!(clean_name("\u{202e}"), "piece");
    }
}
