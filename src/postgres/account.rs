//! Who runs the server: PostgreSQL refuses root, so root becomes an unprivileged user for it.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::{
        fs::{MetadataExt, lchown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use rustix::process::geteuid;

use super::error::StartError;

/// The account that runs initdb and postgres.
#[derive(Clone, Debug)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// We are root and have to become it.
    other: bool,
}

impl Account {
    /// Ourselves or, for root, `postgres` or else `nobody`.
    pub fn of_this_process() -> Result<Self, StartError> {
        if !geteuid().is_root() {
            return Ok(Self::named(geteuid().as_raw(), 0, false));
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "_postgres", "nobody"]
            .iter()
            .find_map(|name| {
                let entry = entries(&accounts).find(|entry| entry.0 == *name)?;
                Some(Self::named(entry.1, entry.2, true))
            })
            .ok_or(StartError::NoAccount)
    }

    /// The owner of data that exist already; `None` when we are neither that user nor root.
    pub fn of_owner(folder: &Path) -> Option<Self> {
        let owner = fs::symlink_metadata(folder).ok()?;
        let root = geteuid().is_root();
        let ours = owner.uid() == geteuid().as_raw();
        (ours != root).then(|| Self::named(owner.uid(), owner.gid(), root))
    }

    fn named(uid: u32, gid: u32, other: bool) -> Self {
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let name = entries(&accounts).find(|entry| entry.1 == uid).map_or_else(|| uid.to_string(), |entry| entry.0.to_owned());
        Self { name, uid, gid, other }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// True when root has to become this user.
    pub fn is_other(&self) -> bool {
        self.other
    }

    /// Gives this user a file that we have just created.
    pub fn adopt(&self, path: &Path) -> io::Result<()> {
        if self.other { lchown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// A command run as this user, which ends with the thread that starts it.
    ///
    /// The environment is emptied: PostgreSQL would obey PGPORT and the like, and needs no secret of ours.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .current_dir("/")
            .stdin(Stdio::null())
            // A group of its own: Ctrl-C must reach the program, which then stops the server in good order.
            .process_group(0);
        if self.other {
            command.uid(self.uid).gid(self.gid);
        }
        end_with_parent(&mut command);
        command
    }

    /// Tried for real rather than read from mode bits, which know nothing of access lists.
    pub fn can_enter(&self, folder: &Path) -> bool {
        !self.other || self.command("/bin/sh").args(["-c", "exit 0"]).current_dir(folder).status().is_ok_and(|status| status.success())
    }
}

/// Name, user and group of each line of a passwd file.
fn entries(passwd: &str) -> impl Iterator<Item = (&str, u32, u32)> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let uid = fields.nth(1)?.parse().ok()?;
        Some((name, uid, fields.next()?.parse().ok()?))
    })
}

/// Asks the kernel for a SIGINT to the child when its parent dies, even by SIGKILL.
///
/// The standard library runs this after the change of user, which would have cancelled the request.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "only the child itself, between fork and exec, can ask the kernel for this signal")]
fn end_with_parent(command: &mut Command) {
    use rustix::{
        io::Errno,
        process::{Signal, getpid, getppid, set_parent_process_death_signal},
    };

    let parent = getpid();
    let ask = move || {
        set_parent_process_death_signal(Some(Signal::INT))?;
        // The parent may have died before the request.
        if getppid() == Some(parent) { Ok(()) } else { Err(Errno::SRCH.into()) }
    };
    // SAFETY: between fork and exec the closure only makes two system calls and compares two integers: it neither
    // allocates nor takes a lock that another thread of the parent may have held.
    unsafe {
        command.pre_exec(ask);
    }
}

/// Elsewhere no such request exists: the next start stops the orphan.
#[cfg(not(target_os = "linux"))]
fn end_with_parent(_command: &mut Command) {}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn accounts_are_read_and_malformed_lines_skipped() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\n# note\nnobody:*:-2:-2::/:\npostgres:x:101:104::/:\n";
        let read: Vec<_> = entries(passwd).collect();
        assert_eq!(read, [("root", 0, 0), ("postgres", 101, 104)]);
    }
}
