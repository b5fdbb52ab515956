//! A data folder: made by initdb with the role and database `trame`, and the settings it is run with.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use super::{
    account::Account,
    error::{StartError, system},
    locate::Programs,
    place::make_private,
};

/// How much is done for the data to survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// Whatever was committed is kept.
    Durable,
    /// For tests: fast, and gone at the end.
    ThrowAway,
}

/// Makes the data folder under another name first: it either exists whole or not at all.
pub(super) fn initialise(account: &Account, programs: &Programs, data: &Path, care: Care) -> Result<(), StartError> {
    let draft = data.with_extension("draft");
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(system(&draft))?;
    }
    make_private(&draft, account)?;
    let mut initdb = account.command(programs.initdb());
    initdb.arg("-D").arg(&draft).args(["--username=trame", "--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=reject", "--no-instructions"]);
    if care == Care::ThrowAway {
        initdb.arg("--no-sync");
    }
    said(initdb.output(), &programs.initdb())?;
    create_database(account, programs, &draft, care)?;
    fs::rename(&draft, data).map_err(system(data))?;
    if care == Care::Durable
        && let Some(parent) = data.parent()
    {
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(system(parent))?;
    }
    Ok(())
}

/// In single-user mode: no client program is needed, and some packages have none.
fn create_database(account: &Account, programs: &Programs, data: &Path, care: Care) -> Result<(), StartError> {
    let program = programs.postgres();
    let mut single = account.command(&program);
    single.arg("--single").arg("-D").arg(data);
    if care == Care::ThrowAway {
        single.args(["-c", "fsync=off"]);
    }
    // Without this an error would not change the exit status.
    single.args(["-c", "exit_on_error=on", "postgres"]);
    single.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = feed(single, "create database trame;\n");
    said(output, &program)
}

fn feed(mut command: Command, text: &str) -> io::Result<Output> {
    let mut child = command.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    child.wait_with_output()
}

fn said(output: io::Result<Output>, program: &Path) -> Result<(), StartError> {
    let output = output.map_err(system(program))?;
    if output.status.success() {
        return Ok(());
    }
    let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(StartError::Initialise { detail })
}

/// Settings given at each launch rather than written in the data folder: the program's version decides.
pub(super) fn settings(socket: &Path, care: Care) -> Vec<OsString> {
    let mut settings = vec![[OsString::from("unix_socket_directories="), socket.into()].into_iter().collect()];
    let always = [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "port=5432",
        "timezone=UTC",
        "log_timezone=UTC",
        "client_encoding=UTF8",
        // What people typed stays out of the log: neither statements nor the values of a refused row.
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
    ];
    let durable = ["max_connections=100", "fsync=on", "full_page_writes=on", "synchronous_commit=on"];
    let throw_away = ["max_connections=200", "fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"];
    settings.extend(always.map(OsString::from));
    match care {
        Care::Durable => settings.extend(durable.map(OsString::from)),
        Care::ThrowAway => settings.extend(throw_away.map(OsString::from)),
    }
    settings
}
