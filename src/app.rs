//! The application: its configuration, what handlers share, and the server around the routes.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use sqlx::PgPool;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::access::{Arrival, visitor};
use crate::account::calendar::Calendar;
use crate::board::ranks::Ranks;
use crate::documents::Press;
use crate::leads::memory::Leads;
use crate::live::hub::Hub;
use crate::nomenclature;
use crate::project::gathered;
use crate::regional::memory::Regional;
use crate::{error, kit, routes};

/// Settings of a deployment (design §9).
#[derive(Debug, Clone)]
pub struct Config {
    /// Public address, without a final slash: the base of every mailed link.
    pub base_url: String,
    /// Data folder: attachments, mails without SMTP, private Postgres.
    pub data: PathBuf,
    /// Demonstration: accounts' list on the sign-in page, mails' content shown.
    pub is_demo: bool,
    /// SMTP server; files below the data folder otherwise.
    pub smtp_url: Option<String>,
    /// Two colours and a logo.
    pub theme: Option<Theme>,
    /// Address of the proxy whose `X-Forwarded-For` is believed.
    pub trusted_proxy: Option<std::net::IpAddr>,
}

/// Two colours and a logo of a deployment (`TRAME_THEME=#0f4c5c,#edb72b,/srv/logo.svg`).
#[derive(Debug, Clone)]
pub struct Theme {
    /// In the place of the woad blue.
    pub first: String,
    /// In the place of the weld yellow.
    pub second: String,
    /// SVG or PNG.
    pub logo: Option<PathBuf>,
}

impl Theme {
    /// Reads `TRAME_THEME`.
    ///
    /// # Errors
    /// When a colour is not `#rrggbb`.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let mut parts = text.split(',').map(str::trim);
        let mut colour = || -> anyhow::Result<String> {
            let colour = parts.next().unwrap_or_default();
            let is_hex = colour.len() == 7 && colour.starts_with('#') && colour[1..].chars().all(|c| c.is_ascii_hexdigit());
            anyhow::ensure!(is_hex, "TRAME_THEME attend deux couleurs de la forme #0f4c5c, puis le chemin d’un logo, séparés par des virgules");
            Ok(colour.to_owned())
        };
        let (first, second) = (colour()?, colour()?);
        Ok(Self { first, second, logo: parts.next().filter(|path| !path.is_empty()).map(PathBuf::from) })
    }
}

impl Config {
    /// Is the public address https?
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Name of the session cookie.
    pub fn session_cookie(&self) -> &'static str {
        if self.is_secure() { "__Host-trame_session" } else { "trame_session" }
    }
}

/// What handlers share. Every layer and handler of a request holds a copy: one pointer.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

/// What is behind the pointer.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Database.
    pub db: PgPool,
    /// Settings.
    pub config: Arc<Config>,
    /// Bounds the hashing of passwords: each costs 19 MB and some 30 ms of a core.
    pub hashing: Arc<Semaphore>,
    /// Sorted scores of each call.
    pub ranks: Arc<Ranks>,
    /// Dates on the sign-in page.
    pub calendar: Arc<Calendar>,
    /// Pages told what happens in their dossier.
    pub live: Arc<Hub>,
    /// Nomenclatures, as experts changed them.
    pub nomenclature: Arc<nomenclature::Handle>,
    /// Typesets documents, one at a time.
    pub press: Arc<Press>,
    /// What is remembered of the engine's work.
    pub leads: Arc<Leads>,
    /// What the pages of dossiers gathered.
    pub gathered: Arc<gathered::Memory>,
    /// Leads between the dossiers of a call.
    pub regional: Arc<Regional>,
    clock: Option<OffsetDateTime>,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// An application on that database.
    pub fn new(db: PgPool, config: Config) -> Self {
        Self(Arc::new(Shared {
            db,
            config: Arc::new(config),
            hashing: Arc::new(Semaphore::new(2)),
            ranks: Arc::default(),
            calendar: Arc::default(),
            live: Arc::default(),
            nomenclature: Arc::default(),
            press: Arc::default(),
            leads: Arc::default(),
            gathered: Arc::default(),
            regional: Arc::default(),
            clock: None,
        }))
    }

    /// The same application at a given instant.
    #[must_use]
    pub fn at(&self, instant: OffsetDateTime) -> Self {
        Self(Arc::new(Shared { clock: Some(instant), ..Shared::clone(self) }))
    }

    /// Now.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.unwrap_or_else(kit::clock::now)
    }

    /// Full address of a path, for mails.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.config.base_url)
    }
}

const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The whole service: routes and the layers around them.
pub fn service(app: &App) -> Router {
    routes::router()
        .layer(DefaultBodyLimit::max(1024 * 1024))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(error::on_panic))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_mins(1)))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(20)))
        .layer(middleware::from_fn_with_state(app.clone(), envelope))
        .layer(CompressionLayer::new().gzip(true).quality(tower_http::CompressionLevel::Precise(2)).compress_when(worth_compressing()))
        .layer(GlobalConcurrencyLimitLayer::new(256))
        .with_state(app.clone())
}

/// Documents and archives are compressed already; events are sent one by one.
fn worth_compressing() -> impl tower_http::compression::Predicate {
    let archives = NotForContentType::const_new("application/pdf").and(NotForContentType::const_new("application/zip"));
    SizeAbove::new(860).and(NotForContentType::SSE).and(archives)
}

/// Around every request: its arrival, the French page of what was refused, the headers of trust.
async fn envelope(State(app): State<App>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Arrival(app.now()));
    let (reader, is_sending) = (error::Reader::of(request.headers()), request.method() == axum::http::Method::POST);
    let cookies = request.headers().get(COOKIE).cloned();
    let response = next.run(request).await;
    let person = if error::is_told(reader, &response) { visitor::whose(&app, cookies).await } else { None };
    let mut response = error::dress(&app, (reader, is_sending), response, person.as_ref());
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    // Private pages are never kept by a browser or a proxy.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Serves until told to stop. Slow heads, slow bodies and idle connections are let go.
///
/// # Errors
/// When the address is taken.
pub async fn serve(app: App, listener: tokio::net::TcpListener, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    let service = service(&app);
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(15)).max_buf_size(64 * 1024).keep_alive(true);
    let graceful = GracefulShutdown::new();
    let seats = Arc::new(Semaphore::new(1024));
    let mut stop = std::pin::pin!(stop);
    loop {
        let seat = Arc::clone(&seats).acquire_owned().await.context("seats are never closed")?;
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(WithAddress { inner: service.clone(), address });
        let connection = graceful.watch(server.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            let _ = connection.await;
            drop(seat);
        });
    }
    drop(listener);
    // A stream has no end of its own.
    app.live.close();
    let _ = tokio::time::timeout(Duration::from_millis(1200), graceful.shutdown()).await;
    Ok(())
}

/// Address of the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

#[derive(Clone)]
struct WithAddress {
    inner: Router,
    address: SocketAddr,
}

impl tower::Service<hyper::Request<hyper::body::Incoming>> for WithAddress {
    type Response = Response;
    type Error = std::convert::Infallible;
    type Future = <Router as tower::Service<Request>>::Future;

    fn poll_ready(&mut self, context: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        <Router as tower::Service<Request>>::poll_ready(&mut self.inner, context)
    }

    fn call(&mut self, request: hyper::Request<hyper::body::Incoming>) -> Self::Future {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(self.address));
        self.inner.call(request)
    }
}
