//! Where the server keeps its data and its socket.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::{
    account::Account,
    error::{StartError, system},
};

/// Root's data when the unprivileged user cannot enter the folder that was asked for.
const SYSTEM_FOLDER: &str = "/var/lib/trame";
const DATA: &str = "postgres-";
/// A socket's path is limited to 108 bytes (104 on some systems); its name takes fifteen of them.
const LONGEST_SOCKET_FOLDER: usize = 84;

/// The folder of a persistent server and who runs it.
#[derive(Debug)]
pub(super) struct Place {
    pub folder: PathBuf,
    pub relocated: bool,
    pub account: Account,
    /// The version that wrote the data found there.
    pub written: Option<u32>,
}

impl Place {
    /// Existing data decide: a folder's access rights may change, its data must not seem to vanish.
    pub fn choose(asked: &Path) -> Result<Self, StartError> {
        let account = Account::of_this_process()?;
        // Others may pass through on the way to what is theirs, but not look around.
        make_folder(asked, if account.is_other() { 0o711 } else { 0o700 }).map_err(system(asked))?;
        let asked = fs::canonicalize(asked).map_err(system(asked))?;
        if let Some(place) = Self::existing(&asked, false)? {
            return Ok(place);
        }
        let system_folder = system_folder(&asked);
        if account.is_other()
            && let Some(place) = Self::existing(&system_folder, true)?
        {
            return Ok(place);
        }
        if account.can_enter(&asked) {
            return Ok(Self { folder: asked, relocated: false, account, written: None });
        }
        make_folder(Path::new(SYSTEM_FOLDER), 0o711).map_err(system(SYSTEM_FOLDER))?;
        make_folder(&system_folder, 0o711).map_err(system(&system_folder))?;
        if !account.can_enter(&system_folder) {
            return Err(StartError::NotEnterable { folder: system_folder, user: account.name().to_owned() });
        }
        Ok(Self { folder: system_folder, relocated: true, account, written: None })
    }

    fn existing(folder: &Path, relocated: bool) -> Result<Option<Self>, StartError> {
        let Some(written) = newest_data(folder) else {
            return Ok(None);
        };
        let data = data_folder(folder, written);
        let account = Account::of_owner(&data).ok_or(StartError::NotOurs { folder: data })?;
        if !account.can_enter(folder) {
            return Err(StartError::NotEnterable { folder: folder.to_owned(), user: account.name().to_owned() });
        }
        Ok(Some(Self { folder: folder.to_owned(), relocated, account, written: Some(written) }))
    }
}

/// The folders in which a server for `asked` may be running.
pub(super) fn candidates(asked: &Path) -> Vec<PathBuf> {
    let asked = fs::canonicalize(asked).into_iter();
    asked.flat_map(|asked| [system_folder(&asked), asked]).collect()
}

/// The data of one major version; another version would refuse to read them.
pub(super) fn data_folder(folder: &Path, major: u32) -> PathBuf {
    folder.join(format!("{DATA}{major}"))
}

fn newest_data(folder: &Path) -> Option<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.strip_prefix(DATA)?.parse().ok()).max()
}

fn system_folder(asked: &Path) -> PathBuf {
    Path::new(SYSTEM_FOLDER).join(short_hash(asked))
}

/// The private folder of the socket: beside the data, or in /tmp when that path is too long or unusual.
pub(super) fn socket_folder(folder: &Path, account: &Account) -> Result<PathBuf, StartError> {
    let beside = folder.join("socket");
    // PostgreSQL reads a list of quoted names there.
    let plain = |path: &str| !path.contains(|c: char| c == ',' || c == '"' || c.is_whitespace() || c.is_control());
    let fits = beside.to_str().is_some_and(|path| plain(path) && path.len() <= LONGEST_SOCKET_FOLDER);
    let socket = if fits { beside } else { Path::new("/tmp").join(format!("trame-{}", short_hash(folder))) };
    make_private(&socket, account)?;
    Ok(socket)
}

/// Creates a folder that only the account can enter, or checks that it is one: in /tmp anybody may have made it.
pub(super) fn make_private(folder: &Path, account: &Account) -> Result<(), StartError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => account.adopt(folder).map_err(system(folder)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(folder).map_err(system(folder))?;
            if found.is_dir() && found.uid() == account.uid() && found.mode() & 0o777 == 0o700 {
                return Ok(());
            }
            Err(StartError::NotOurs { folder: folder.to_owned() })
        }
        Err(error) => Err(system(folder)(error)),
    }
}

fn make_folder(folder: &Path, mode: u32) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    // Said again because the umask may have taken some of it away.
    fs::set_permissions(folder, Permissions::from_mode(mode))
}

/// FNV-1a: short, and the same in every version of the program.
fn short_hash(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::short_hash;

    #[test]
    fn the_hash_never_changes() {
        assert_eq!(short_hash(Path::new("")), "cbf29ce484222325");
        assert_eq!(short_hash(Path::new("foobar")), "85944171f73967e8");
    }
}
