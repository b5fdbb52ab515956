//! A program under measure: started beside the benchmark on a port of its own, stopped with it.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context as _, ensure};

/// A program that answers on a loopback port.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
    /// From the start of the process to its first answer.
    pub(super) started_in: Duration,
}

impl Server {
    /// Starts this very program with those arguments on that database, and waits for its first answer.
    pub(super) fn start(args: &[&str], database: &str) -> anyhow::Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let begun = Instant::now();
        let child = Command::new(env::current_exe()?)
            .args(args)
            .env("DATABASE_URL", database)
            .env("PORT", port.to_string())
            .env("TRAME_LOG", "error")
            .env_remove("TRAME_DEMO")
            .env_remove("BASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Self { child, port, started_in: Duration::ZERO };
        while !server.answers() {
            ensure!(begun.elapsed() < Duration::from_secs(30), "le programme mesuré n’a pas démarré");
            thread::sleep(Duration::from_micros(500));
        }
        server.started_in = begun.elapsed();
        Ok(server)
    }

    fn answers(&self) -> bool {
        use std::io::{Read as _, Write as _};
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut head = [0; 12];
        let is_sent = stream.write_all(b"GET /sante HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").is_ok();
        is_sent && stream.read_exact(&mut head).is_ok() && head.ends_with(b"200")
    }

    /// CPU seconds spent so far.
    pub(super) fn cpu(&self) -> anyhow::Result<f64> {
        cpu(&self.child.id().to_string())
    }

    /// Proportional share of the memory, in megabytes.
    pub(super) fn memory(&self) -> anyhow::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("Pss")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1000.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU seconds of a process, threads included.
pub(super) fn cpu(pid: &str) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let rest = text.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}
