//! The lock file of a data folder: held by the process that owns the server, it says so to the others.
//!
//! The kernel releases it however that process ends, so it tells a living owner from an orphan server.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::fs::OFlags;

const NAME: &str = "postgres.lock";
const PAUSE: Duration = Duration::from_millis(50);

/// Proof that this process owns the server of a folder.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// `None` when another process still holds it after `patience`: it may be stopping.
    pub fn take(folder: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        // Root must not be led to write into another file.
        options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
        let file = options.open(folder.join(NAME))?;
        let since = Instant::now();
        while file.try_lock().is_err() {
            if since.elapsed() >= patience {
                return Ok(None);
            }
            sleep(PAUSE);
        }
        if file.metadata()?.nlink() == 0 {
            // Swept between its creation and its locking.
            return Ok(None);
        }
        let mut lock = Self { file };
        lock.publish("")?;
        Ok(Some(lock))
    }

    /// Tells other processes how to reach the server; an empty text means that it is not up.
    pub fn publish(&mut self, url: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(url.as_bytes())
    }
}

/// What the owner of this folder published, waiting for one that is still starting.
pub(super) fn published(folder: &Path, patience: Duration) -> Option<String> {
    let mut file = File::open(folder.join(NAME)).ok()?;
    let since = Instant::now();
    loop {
        if file.try_lock_shared().is_ok() {
            // Nobody owns it. The lock goes with the file, at once.
            return None;
        }
        let mut url = String::new();
        file.rewind().ok()?;
        file.read_to_string(&mut url).ok()?;
        if !url.is_empty() {
            return Some(url);
        }
        if since.elapsed() >= patience {
            return None;
        }
        sleep(PAUSE);
    }
}

/// Is there a lock file at all?
pub(super) fn exists(folder: &Path) -> bool {
    folder.join(NAME).exists()
}
