//! The temporary folders of throw-away servers, and what killed runs left of theirs.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use rustix::process::geteuid;

use super::{
    account::Account,
    error::{StartError, system},
    lock::{self, Lock},
    process::clear_orphan,
};

/// Not the folder of TMPDIR, which may be private to root or too long for a socket.
const PARENT: &str = "/tmp";
const PREFIX: &str = "trame-essai-";
/// A younger folder without a lock file is being made by another process.
const BEING_MADE: Duration = Duration::from_mins(1);

/// Makes a folder of our own that the account can pass through.
pub(super) fn make_folder(account: &Account) -> Result<(PathBuf, Lock), StartError> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(PARENT).join(format!("{PREFIX}{}-{number}", process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            // A leftover of another process with our number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made.map_err(system(&folder))?,
        }
        if account.is_other() {
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).map_err(system(&folder))?;
        }
        if let Some(lock) = Lock::take(&folder, Duration::ZERO).map_err(system(&folder))? {
            return Ok((folder, lock));
        }
    }
}

/// Removes the folders whose owner is gone.
pub(super) fn sweep() {
    for entry in fs::read_dir(PARENT).into_iter().flatten().flatten() {
        let folder = entry.path();
        if entry.file_name().to_string_lossy().starts_with(PREFIX)
            && is_ours(&folder)
            && let Ok(Some(_lock)) = Lock::take(&folder, Duration::ZERO)
        {
            clear_orphan(&folder.join("data"), Duration::from_secs(2));
            if let Err(error) = fs::remove_dir_all(&folder) {
                tracing::debug!(%error, folder = %folder.display(), "leftover of a throw-away PostgreSQL");
            }
        }
    }
}

fn is_ours(folder: &Path) -> bool {
    let Ok(found) = fs::symlink_metadata(folder) else {
        return false;
    };
    let old = || found.modified().is_ok_and(|made| made.elapsed().is_ok_and(|age| age > BEING_MADE));
    found.is_dir() && found.uid() == geteuid().as_raw() && (lock::exists(folder) || old())
}
