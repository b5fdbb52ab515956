//! The private PostgreSQL, for real: as root it becomes another user, as anybody else it stays that user.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use trame::postgres::{PrivateServer, StartError, join};

/// A folder that the server's user can enter, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(mode: u32) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = Path::new("/tmp").join(format!("trame-dossier-{}-{number}", std::process::id()));
        fs::DirBuilder::new().mode(mode).create(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(Self(path))
    }

    fn data(&self) -> PathBuf {
        self.0.join("var")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The folder of the socket, taken from the address.
fn socket(url: &str) -> Result<PathBuf> {
    let host = url.strip_prefix("postgres://trame@localhost:5432/trame?host=").context("unexpected address")?;
    Ok(host.replace("%2F", "/").into())
}

/// Runs one statement as the role and in the database of the address, without any client program or library.
fn query(url: &str, statement: &str) -> Result<String> {
    let mut stream = UnixStream::connect(socket(url)?.join(".s.PGSQL.5432"))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let hello = b"\0\x03\0\0user\0trame\0database\0trame\0\0";
    stream.write_all(&u32::try_from(hello.len() + 4)?.to_be_bytes())?;
    stream.write_all(hello)?;
    until_idle(&mut stream)?;
    stream.write_all(b"Q")?;
    stream.write_all(&u32::try_from(statement.len() + 5)?.to_be_bytes())?;
    stream.write_all(statement.as_bytes())?;
    stream.write_all(b"\0")?;
    until_idle(&mut stream)
}

/// The only column of all rows, one after the other.
fn until_idle(stream: &mut UnixStream) -> Result<String> {
    let mut rows = String::new();
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = vec![0; usize::try_from(length)? - 4];
        stream.read_exact(&mut body)?;
        match head[0] {
            b'E' => bail!("{}", String::from_utf8_lossy(&body)),
            // One column: their number on two bytes, its length on four, its text.
            b'D' => rows.push_str(&String::from_utf8_lossy(&body[6..])),
            b'Z' => return Ok(rows),
            _ => {}
        }
    }
}

/// Another process that owns the server of `data`, once it is up: this test program, run again for one test.
fn owner(data: &Path) -> Result<Child> {
    let mut owner = Command::new(env::current_exe()?)
        .args(["--exact", "postgres::owner_for_another_test", "--nocapture"])
        .env("TRAME_TEST_OWNS", data)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = BufReader::new(owner.stdout.take().context("no output")?);
    for line in output.lines() {
        if line?.contains("server is up") {
            return Ok(owner);
        }
    }
    bail!("the owner ended: {}", owner.wait()?)
}

#[test]
fn owner_for_another_test() -> Result<()> {
    let Some(data) = env::var_os("TRAME_TEST_OWNS") else {
        return Ok(());
    };
    let server = PrivateServer::start(Path::new(&data))?;
    println!("server is up");
    sleep(Duration::from_mins(2));
    server.stop();
    Ok(())
}

fn postmaster(folder: &Path) -> Result<(PathBuf, i32)> {
    for entry in fs::read_dir(folder)? {
        let file = entry?.path().join("postmaster.pid");
        if let Ok(text) = fs::read_to_string(&file) {
            return Ok((file, text.lines().next().context("empty")?.trim().parse()?));
        }
    }
    bail!("no server in {}", folder.display())
}

fn kill_9(pid: i32) -> Result<()> {
    ensure!(Command::new("/bin/sh").args(["-c", &format!("kill -9 {pid}")]).status()?.success());
    Ok(())
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) -> Result<()> {
    let since = Instant::now();
    while !condition() {
        ensure!(since.elapsed() < Duration::from_secs(5), "waited in vain: {what}");
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[test]
fn data_survive_every_end_of_the_server_and_of_its_owner() -> Result<()> {
    let folder = Folder::new(0o755)?;
    let data = folder.data();
    assert_eq!(join(&data), None, "nothing runs there yet");

    let mut server = PrivateServer::start(&data)?;
    assert_eq!((server.folder(), server.relocated()), (fs::canonicalize(&data)?.as_path(), false));
    let url = server.url().to_owned();
    assert_eq!(fs::metadata(socket(&url)?)?.mode() & 0o777, 0o700);
    query(&url, "create table word (text text); insert into word values ('été')")?;
    let settings = "select concat_ws(' ', pg_encoding_to_char(encoding), datcollate, current_setting('timezone'),
        current_setting('synchronous_commit'), current_setting('fsync'), current_setting('listen_addresses'))
        from pg_database where datname = 'trame'";
    assert_eq!(query(&url, settings)?.trim_end(), "UTF8 C UTC on on");
    assert_eq!(query(&url, "select 'a' where 'é' < 'f' collate \"fr-x-icu\"")?, "a");

    // The server alone is killed.
    kill_9(postmaster(&data)?.1)?;
    wait_until("the server is seen dead", || !server.is_alive())?;
    server.restart()?;
    assert!(server.is_alive());
    assert!(query(&url, "select text from word")?.ends_with("été"));
    let since = Instant::now();
    server.stop();
    assert!(since.elapsed() < Duration::from_secs(2));
    assert_eq!(join(&data), None, "it was stopped");

    // Another process owns it.
    let mut other = owner(&data)?;
    assert_eq!(join(&data), Some(url.clone()));
    assert!(query(&url, "select text from word")?.ends_with("été"));
    let refused = PrivateServer::start(&data).err().context("it should be refused")?;
    assert!(matches!(refused, StartError::AlreadyRunning { .. }), "{refused}");

    // That owner is killed: its server goes with it, and a start that follows at once waits for that.
    other.kill()?;
    other.wait()?;
    assert_eq!(join(&data), None, "its owner is dead");
    let server = PrivateServer::start(&data)?;
    assert!(query(server.url(), "select text from word")?.ends_with("été"));
    server.stop();

    let mut other = owner(&data)?;
    let (file, _) = postmaster(&data)?;
    other.kill()?;
    other.wait()?;
    wait_until("the orphan stops by itself", || !file.exists())?;

    // Both are killed, and the number of the dead server now belongs to somebody else.
    let mut other = owner(&data)?;
    let (file, pid) = postmaster(&data)?;
    other.kill()?;
    kill_9(pid)?;
    other.wait()?;
    let text = fs::read_to_string(&file).unwrap_or_default();
    if let Some((_, rest)) = text.split_once('\n') {
        wait_until("the server's children are gone", || query(&url, "select 1").is_err())?;
        fs::write(&file, format!("{}\n{rest}", std::process::id()))?;
    }
    let server = PrivateServer::start(&data)?;
    assert!(query(server.url(), "select text from word")?.ends_with("été"));
    Ok(())
}

#[test]
fn a_throw_away_server_leaves_nothing_and_sweeps_what_a_killed_run_left() -> Result<()> {
    let left = Path::new("/tmp").join(format!("trame-essai-{}-reste", std::process::id()));
    fs::create_dir(&left)?;
    fs::write(left.join("postgres.lock"), "")?;
    let server = PrivateServer::throw_away()?;
    assert!(!left.exists());
    let folder = server.folder().to_owned();
    assert!(query(server.url(), "select current_user")?.contains("trame"));
    let second = PrivateServer::throw_away()?;
    assert!(folder.exists(), "it has an owner");
    second.stop();
    server.stop();
    assert!(!folder.exists());
    Ok(())
}

#[test]
fn a_path_too_long_for_a_socket_is_no_obstacle() -> Result<()> {
    let folder = Folder::new(0o755)?;
    let data = folder.0.join("un dossier, avec des espaces").join("et un nom bien trop long ".repeat(5));
    let server = PrivateServer::start(&data)?;
    let socket = socket(server.url())?;
    assert!(socket.as_os_str().len() < 85 && socket.starts_with("/tmp"));
    query(server.url(), "select 1")?;
    server.stop();
    fs::remove_dir_all(socket)?;
    Ok(())
}

#[test]
fn root_moves_the_data_where_the_server_s_user_can_enter() -> Result<()> {
    let folder = Folder::new(0o700)?;
    if fs::metadata(&folder.0)?.uid() != 0 {
        return Ok(());
    }
    let server = PrivateServer::start(&folder.data())?;
    let used = server.folder().to_owned();
    assert!(server.relocated() && used.starts_with("/var/lib/trame"));
    query(server.url(), "create table word ()")?;
    server.stop();

    // Opening the folder does not make the data vanish.
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755))?;
    let other = PrivateServer::start(&folder.data())?;
    assert_eq!(other.folder(), used);
    query(other.url(), "table word")?;
    other.stop();
    fs::remove_dir_all(used)?;
    Ok(())
}
