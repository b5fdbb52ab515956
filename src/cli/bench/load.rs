//! Requests over real connections, and what they cost the two processes that answer them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HOST};
use axum::http::{Method, Request};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use sqlx::PgPool;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::server::{Server, cpu};

/// A request that can be sent again and again. In its body `{turn}` changes each time, and `{version}` is what the answer
/// before gave.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) cookie: String,
    pub(super) body: Option<String>,
    /// Version of the first body.
    pub(super) version: i64,
}

/// What one kind of request costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Milliseconds of CPU of the program, by request.
    pub(super) program: f64,
    /// Milliseconds of CPU of the database's backends, by request.
    pub(super) postgres: f64,
    /// Bytes of the answer, as sent.
    pub(super) bytes: usize,
}

impl Cost {
    pub(super) fn cpu(self) -> f64 {
        self.program + self.postgres
    }
}

/// Requests answered in a while by that many connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    /// Answers by second.
    pub(super) each_second: f64,
    /// Answers that were not a success, connections cut.
    pub(super) errors: u64,
}

struct Connection {
    sender: SendRequest<Body>,
    host: String,
    version: Option<i64>,
}

impl Connection {
    async fn open(server: &Server) -> anyhow::Result<Self> {
        let host = format!("127.0.0.1:{}", server.port);
        let stream = TcpStream::connect(&host).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host, version: None })
    }

    async fn send(&mut self, asked: &Asked, turn: u32, is_packed: bool) -> anyhow::Result<usize> {
        self.sender.ready().await?;
        let mut request = Request::builder().uri(&asked.path).header(HOST, &self.host).header(COOKIE, &asked.cookie);
        if is_packed {
            request = request.header(ACCEPT_ENCODING, "gzip");
        }
        let request = match &asked.body {
            None => request.body(Body::empty())?,
            Some(body) => request
                .method(Method::POST)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ACCEPT, "application/json")
                .body(Body::from(self.filled(asked, body, turn)))?,
        };
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        let bytes = to_bytes(Body::new(answer.into_body()), 8 * 1024 * 1024).await?;
        ensure!(status.is_success(), "{} : {status} {}", asked.path, String::from_utf8_lossy(&bytes).chars().take(300).collect::<String>());
        if asked.body.is_some() {
            self.version = serde_json::from_slice::<Saved>(&bytes).ok().map(|saved| saved.version);
        }
        Ok(bytes.len())
    }

    fn filled(&self, asked: &Asked, body: &str, turn: u32) -> String {
        let version = self.version.unwrap_or(asked.version).to_string();
        let body = body.replace("{turn}", &turn.to_string()).replace("{version}", &version);
        format!("operation={}&{body}", uuid::Uuid::new_v4())
    }
}

/// What both programs answer to a save.
#[derive(serde::Deserialize)]
struct Saved {
    version: i64,
}

/// Bytes of the answer, as a browser receives it.
pub(super) async fn weight(server: &Server, asked: &Asked, is_packed: bool) -> anyhow::Result<usize> {
    Connection::open(server).await?.send(asked, 0, is_packed).await
}

/// Sends a request that many times over one connection, after a tenth of it for warming up.
pub(super) async fn cost(db: &PgPool, server: &Server, asked: &Asked, times: u32) -> anyhow::Result<Cost> {
    let mut connection = Connection::open(server).await?;
    let mut bytes = 0;
    for turn in 0..times.div_ceil(10) {
        bytes = connection.send(asked, turn, false).await?;
    }
    let before = (server.cpu()?, backends(db).await?);
    for turn in 0..times {
        connection.send(asked, times + turn, false).await?;
    }
    let after = (server.cpu()?, backends(db).await?);
    let each = 1000.0 / f64::from(times);
    Ok(Cost { program: (after.0 - before.0) * each, postgres: spent(&before.1, &after.1) * each, bytes })
}

/// Keeps that many connections busy for a while.
pub(super) async fn rate(server: &Server, asked: &Asked, connections: usize, during: Duration) -> anyhow::Result<Rate> {
    let mut busy = JoinSet::new();
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(server).await?);
    }
    let started = Instant::now();
    for mut connection in open {
        let asked = asked.clone();
        busy.spawn(async move {
            let (mut answered, mut errors) = (0_u32, 0_u64);
            while started.elapsed() < during {
                match connection.send(&asked, 0, false).await {
                    Ok(_) => answered += 1,
                    Err(_) if connection.sender.is_closed() => return (answered, errors + 1),
                    Err(_) => errors += 1,
                }
            }
            (answered, errors)
        });
    }
    let (mut answered, mut errors) = (0.0, 0);
    while let Some(done) = busy.join_next().await {
        let (more, wrong) = done.context("connection")?;
        answered += f64::from(more);
        errors += wrong;
    }
    Ok(Rate { each_second: answered / started.elapsed().as_secs_f64(), errors })
}

/// CPU seconds of each of the database's backends, from the system's own accounts.
async fn backends(db: &PgPool) -> anyhow::Result<HashMap<i32, f64>> {
    let pids = sqlx::query_scalar!(r#"select pid as "pid!" from pg_stat_activity where datname = current_database()"#).fetch_all(db).await?;
    Ok(pids.into_iter().filter_map(|pid| Some((pid, cpu(&pid.to_string()).ok()?))).collect())
}

/// What backends spent between two readings. Those that ended meanwhile were idle ones of this program's own pool.
fn spent(before: &HashMap<i32, f64>, after: &HashMap<i32, f64>) -> f64 {
    after.iter().map(|(pid, seconds)| seconds - before.get(pid).unwrap_or(&0.0)).sum()
}
