//! The private PostgreSQL: without `DATABASE_URL` the program runs a server of its own, on a private socket.

mod account;
mod cluster;
mod error;
mod locate;
mod lock;
mod place;
mod process;
mod throw_away;

use std::{
    fmt::Write,
    fs, mem,
    path::{Path, PathBuf},
    time::Duration,
};

pub use error::StartError;

use self::{
    cluster::Care,
    error::system,
    lock::Lock,
    place::Place,
    process::{Launch, Postmaster, Stop},
};

/// An owner that is asked to stop needs less.
const OWNER_LEAVES_WITHIN: Duration = Duration::from_secs(3);
const ORPHAN_LEAVES_WITHIN: Duration = Duration::from_secs(10);
const OWNER_STARTS_WITHIN: Duration = Duration::from_secs(15);

/// A PostgreSQL server owned by this program; stops when dropped.
#[derive(Debug)]
pub struct PrivateServer {
    postmaster: Postmaster,
    launch: Launch,
    lock: Lock,
    url: String,
    folder: PathBuf,
    relocated: bool,
    care: Care,
}

impl PrivateServer {
    /// Starts the persistent server below `data`, initialising it first when there is none.
    ///
    /// Answers `AlreadyRunning` when another living process owns it; an orphan left by a killed one is awaited.
    pub fn start(data: &Path) -> Result<Self, StartError> {
        let place = Place::choose(data)?;
        let folder = place.folder;
        let running = || StartError::AlreadyRunning { folder: folder.clone() };
        let lock = Lock::take(&folder, OWNER_LEAVES_WITHIN).map_err(system(&folder))?.ok_or_else(running)?;
        let programs = locate::find(&place.account, place.written.map(|written| (written, folder.as_path())))?;
        let data = place::data_folder(&folder, programs.major);
        if !process::clear_orphan(&data, ORPHAN_LEAVES_WITHIN) {
            return Err(running());
        }
        if !data.exists() {
            cluster::initialise(&place.account, &programs, &data, Care::Durable)?;
        }
        let socket = place::socket_folder(&folder, &place.account)?;
        let settings = cluster::settings(&socket, Care::Durable);
        let log = folder.join("postgres.log");
        let launch = Launch { account: place.account, programs, data, log, socket, settings };
        Self::run(launch, lock, folder, place.relocated, Care::Durable)
    }

    /// Starts a fast server in a temporary folder, which goes with it; for tests.
    pub fn throw_away() -> Result<Self, StartError> {
        throw_away::sweep();
        let account = account::Account::of_this_process()?;
        let programs = locate::find(&account, None)?;
        let (folder, lock) = throw_away::make_folder(&account)?;
        let data = folder.join("data");
        cluster::initialise(&account, &programs, &data, Care::ThrowAway)?;
        let socket = place::socket_folder(&folder, &account)?;
        let settings = cluster::settings(&socket, Care::ThrowAway);
        let log = folder.join("postgres.log");
        let launch = Launch { account, programs, data, log, socket, settings };
        Self::run(launch, lock, folder, false, Care::ThrowAway)
    }

    fn run(launch: Launch, mut lock: Lock, folder: PathBuf, relocated: bool, care: Care) -> Result<Self, StartError> {
        let postmaster = launch.run()?;
        let url = url(&launch.socket);
        lock.publish(&url).map_err(system(&folder))?;
        Ok(Self { postmaster, launch, lock, url, folder, relocated, care })
    }

    /// Its address, for sqlx.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder really used.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder used is not the one asked for, which the server's unprivileged user cannot enter.
    pub fn relocated(&self) -> bool {
        self.relocated
    }

    /// Does the server still run?
    pub fn is_alive(&mut self) -> bool {
        self.postmaster.is_alive()
    }

    /// Starts the server again, at the same address, after it ended by itself.
    pub fn restart(&mut self) -> Result<(), StartError> {
        self.postmaster.stop(Stop::Immediate);
        self.postmaster = self.launch.run()?;
        Ok(())
    }

    /// Stops the server, within two seconds but for trouble.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        // From here on nobody should join.
        if let Err(error) = self.lock.publish("") {
            tracing::warn!(%error, "lock file of the private PostgreSQL");
        }
        match self.care {
            Care::Durable => self.postmaster.stop(Stop::Fast),
            Care::ThrowAway => {
                self.postmaster.stop(Stop::Immediate);
                if let Err(error) = fs::remove_dir_all(mem::take(&mut self.folder)) {
                    tracing::warn!(%error, "folder of a throw-away PostgreSQL");
                }
            }
        }
    }
}

/// The address of the server that another process runs on that data folder right now, if any.
pub fn join(data: &Path) -> Option<String> {
    place::candidates(data).iter().find_map(|folder| lock::published(folder, OWNER_STARTS_WITHIN))
}

/// The port is said because sqlx would otherwise obey PGPORT.
fn url(socket: &Path) -> String {
    let mut url = String::from("postgres://trame@localhost:5432/trame?host=");
    for &byte in socket.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_address_is_url_encoded() {
        let url = super::url(Path::new("/srv/é+/socket"));
        assert_eq!(url, "postgres://trame@localhost:5432/trame?host=%2Fsrv%2F%C3%A9%2B%2Fsocket");
    }
}
