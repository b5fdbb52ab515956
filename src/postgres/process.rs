//! The server's process: launched, awaited, stopped.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    account::Account,
    error::{StartError, system},
    locate::Programs,
};

const PAUSE: Duration = Duration::from_millis(10);
/// Replaying the log after a crash takes a while.
const READY_WITHIN: Duration = Duration::from_mins(2);
/// How long backends of a killed server may keep its shared memory.
const MEMORY_FREED_WITHIN: Duration = Duration::from_secs(10);

/// All that a launch needs, kept for the next one.
#[derive(Debug)]
pub(super) struct Launch {
    pub account: Account,
    pub programs: Programs,
    pub data: PathBuf,
    pub log: PathBuf,
    pub socket: PathBuf,
    pub settings: Vec<OsString>,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Postmaster {
    child: Child,
    /// The thread that launched it lives until this is dropped.
    _keeper: mpsc::Sender<()>,
}

/// How to stop.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// Sessions are ended, data flushed.
    Fast,
    /// As in a crash: for data that nobody will read, or when nothing else helps.
    Immediate,
}

impl Launch {
    /// Launches the server and waits until it takes connections.
    pub fn run(&self) -> Result<Postmaster, StartError> {
        let since = Instant::now();
        loop {
            let mut postmaster = self.spawn()?;
            if self.is_ready_soon(&mut postmaster) {
                return Ok(postmaster);
            }
            postmaster.stop(Stop::Immediate);
            let tail = tail(&self.log);
            if !tail.contains("shared memory block") || since.elapsed() > MEMORY_FREED_WITHIN {
                return Err(StartError::NotReady { log: self.log.clone(), tail });
            }
            sleep(PAUSE * 20);
        }
    }

    fn spawn(&self) -> Result<Postmaster, StartError> {
        // They hold the number of a dead server, which another process may have by now. The folder is ours alone.
        for left in [".s.PGSQL.5432", ".s.PGSQL.5432.lock"] {
            let _ = fs::remove_file(self.socket.join(left));
        }
        let program = self.programs.postgres();
        let log = self.fresh_log().map_err(system(&self.log))?;
        let mut command = self.account.command(&program);
        command.arg("-D").arg(&self.data);
        for setting in &self.settings {
            command.arg("-c").arg(setting);
        }
        command.stdout(log.try_clone().map_err(system(&self.log))?).stderr(log);
        keep(command).map_err(system(program))
    }

    /// The log of the run before stays readable under another name.
    fn fresh_log(&self) -> io::Result<File> {
        let before = self.log.with_extension("log.1");
        if let Err(error) = fs::rename(&self.log, before)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        fs::OpenOptions::new().append(true).create_new(true).mode(0o600).open(&self.log)
    }

    fn is_ready_soon(&self, postmaster: &mut Postmaster) -> bool {
        let since = Instant::now();
        let pid = postmaster.child.id();
        while since.elapsed() < READY_WITHIN && postmaster.is_alive() {
            if PidFile::read(&self.data).is_some_and(|file| file.pid.as_raw_pid().cast_unsigned() == pid && file.ready) {
                return true;
            }
            sleep(PAUSE);
        }
        false
    }
}

impl Postmaster {
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Fast for two seconds; past that the log of transactions, already on disk, makes up for the haste.
    pub fn stop(&mut self, how: Stop) {
        if matches!(how, Stop::Fast) && (!self.signal(Signal::INT) || self.ends_within(Duration::from_millis(1900))) {
            return;
        }
        if self.signal(Signal::QUIT) && !self.ends_within(Duration::from_secs(8)) {
            tracing::error!(pid = self.child.id(), "PostgreSQL does not stop");
        }
    }

    fn signal(&mut self, signal: Signal) -> bool {
        self.is_alive() && kill_process(Pid::from_child(&self.child), signal).is_ok()
    }

    fn ends_within(&mut self, patience: Duration) -> bool {
        let since = Instant::now();
        while self.is_alive() {
            if since.elapsed() > patience {
                return false;
            }
            sleep(PAUSE);
        }
        true
    }
}

/// Launches from a thread that lives as long as the server: the signal on the parent's death follows the thread.
fn keep(mut command: Command) -> io::Result<Postmaster> {
    let (launched, result) = mpsc::channel();
    let (keeper, dropped) = mpsc::channel::<()>();
    thread::Builder::new().name("postgres".to_owned()).spawn(move || {
        if launched.send(command.spawn()).is_ok() {
            // Nothing is ever sent: this returns when the other end is dropped.
            let _ = dropped.recv();
        }
    })?;
    let child = result.recv().map_err(io::Error::other)??;
    Ok(Postmaster { child, _keeper: keeper })
}

/// What a server says of itself in its data folder.
struct PidFile {
    pid: Pid,
    ready: bool,
    memory: Option<String>,
}

impl PidFile {
    fn path(data: &Path) -> PathBuf {
        data.join("postmaster.pid")
    }

    fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(Self::path(data)).ok()?;
        let mut lines = text.lines();
        let pid = Pid::from_raw(lines.next()?.trim().parse().ok()?)?;
        let memory = lines.nth(5).and_then(|line| line.split_whitespace().nth(1)).map(str::to_owned);
        Some(Self { pid, ready: lines.next().is_some_and(|line| line.trim() == "ready"), memory })
    }

    /// Its process runs, and is the server of these data rather than a newer process with the same number.
    fn is_running(&self, data: &Path) -> bool {
        let pid = self.pid.as_raw_pid();
        let command = if cfg!(target_os = "linux") {
            fs::read(format!("/proc/{pid}/cmdline"))
        } else {
            let mut ps = Command::new("ps");
            ps.args(["-ww", "-o", "command=", "-p"]).arg(pid.to_string()).stderr(Stdio::null());
            ps.output().map(|output| output.stdout)
        };
        let data = data.as_os_str().as_encoded_bytes();
        command.is_ok_and(|command| command.windows(data.len()).any(|part| part == data))
    }

    /// Is a process still attached to its shared memory? `None` where the system does not tell.
    fn is_attached(&self) -> Option<bool> {
        let blocks = fs::read_to_string("/proc/sysvipc/shm").ok()?;
        let Some(memory) = &self.memory else {
            return Some(false);
        };
        // Columns: key, identifier, rights, size, creator, last user, number attached.
        let block = blocks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let attached = |block: Vec<&str>| block.get(1) == Some(&memory.as_str()) && block.get(6) != Some(&"0");
        Some(block.skip(1).any(attached))
    }
}

/// Clears what a killed owner left: waits for its server to finish stopping. False when that does not happen.
///
/// Only for the holder of the lock, who knows that the owner is gone.
pub(super) fn clear_orphan(data: &Path, patience: Duration) -> bool {
    let since = Instant::now();
    let mut told = false;
    while let Some(file) = PidFile::read(data) {
        let running = file.is_running(data);
        match file.is_attached() {
            _ if running => {}
            // PostgreSQL refuses to start while any process has that number, a recycled one or a zombie included.
            Some(false) => return fs::remove_file(PidFile::path(data)).is_ok(),
            // Its children are leaving.
            Some(true) => {}
            None => return true,
        }
        if since.elapsed() > patience {
            return false;
        }
        if !running {
            // Nobody to tell.
        } else if !told {
            // On Linux the kernel did it already, and twice does no harm.
            let _ = kill_process(file.pid, Signal::INT);
            told = true;
        } else if since.elapsed() > patience * 3 / 4 {
            let _ = kill_process(file.pid, Signal::QUIT);
        }
        sleep(PAUSE * 5);
    }
    true
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
