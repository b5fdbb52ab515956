//! The database that a command works on: the given server, the running private one, or one started for the command.

use std::env;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::app::{Config, Theme};
use crate::postgres::{self, PrivateServer, StartError};

/// A database, with the private server that it needs alive, if it is ours.
pub struct Base {
    /// Where to connect.
    pub url: String,
    /// Our own server.
    pub server: Option<PrivateServer>,
}

/// Data folder.
pub fn data() -> PathBuf {
    env::var_os("TRAME_DATA").map_or_else(|| PathBuf::from("var"), PathBuf::from)
}

/// The database of a command that runs beside the service, or alone.
///
/// # Errors
/// When no server can be joined nor started.
pub fn base() -> anyhow::Result<Base> {
    if let Some(url) = given() {
        return Ok(Base { url, server: None });
    }
    if let Some(url) = postgres::join(&data()) {
        return Ok(Base { url, server: None });
    }
    let server = start()?;
    Ok(Base { url: server.url().to_owned(), server: Some(server) })
}

/// `DATABASE_URL`, when set.
pub fn given() -> Option<String> {
    env::var("DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// Starts the private server.
///
/// # Errors
/// A French sentence that says what to do.
pub fn start() -> Result<PrivateServer, StartError> {
    PrivateServer::start(&data())
}

/// A pool of connections. Connections are opened when needed; a dead database is known in seconds.
///
/// # Errors
/// When the address cannot be read.
pub fn pool(url: &str) -> anyhow::Result<PgPool> {
    let options = PgConnectOptions::from_str(url).context("DATABASE_URL illisible")?.application_name("trame").options([
        ("statement_timeout", "20000"),
        ("idle_in_transaction_session_timeout", "30000"),
        ("timezone", "UTC"),
        // The board's statement costs more to plan than to run: its plan is kept.
        ("plan_cache_mode", "force_generic_plan"),
    ]);
    Ok(PgPoolOptions::new().max_connections(17).acquire_timeout(Duration::from_secs(4)).test_before_acquire(false).connect_lazy_with(options))
}

/// Address of the database of a pool, for a program started beside this one.
pub fn address_of(db: &PgPool) -> String {
    use sqlx::ConnectOptions as _;
    db.connect_options().to_url_lossy().to_string()
}

/// Settings from the environment.
///
/// # Errors
/// When one of them cannot be read, or when demonstration is asked on a public address.
pub fn config(port: u16) -> anyhow::Result<Config> {
    let base_url = env::var("BASE_URL").unwrap_or_else(|_| format!("http://127.0.0.1:{port}")).trim_end_matches('/').to_owned();
    let is_demo = env::var("TRAME_DEMO").is_ok_and(|value| value == "1");
    let config = Config {
        base_url,
        data: data(),
        is_demo,
        smtp_url: env::var("SMTP_URL").ok().filter(|url| !url.is_empty()),
        theme: env::var("TRAME_THEME").ok().filter(|theme| !theme.is_empty()).map(|theme| Theme::read(&theme)).transpose()?,
        trusted_proxy: env::var("TRAME_PROXY")
            .ok()
            .filter(|ip| !ip.is_empty())
            .map(|ip| ip.parse())
            .transpose()
            .context("TRAME_PROXY attend une adresse IP")?,
    };
    anyhow::ensure!(!(config.is_demo && config.is_secure()), "TRAME_DEMO=1 est refusé sur une adresse https : les comptes de démonstration sont publics");
    Ok(config)
}
