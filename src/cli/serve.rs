//! `trame serve`: the database, the migrations, the demonstration data, the workers, the service.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, bail};
use pico_args::Arguments;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::base::{self, Base};
use super::{finish, helped};
use crate::app::{self, App};
use crate::live::ears;
use crate::postgres::{PrivateServer, StartError};
use crate::{MIGRATOR, demo, mail};

const HELP: &str = "\
Démarre le service.

Usage : trame serve

L’adresse d’écoute est 127.0.0.1 et le port PORT (3000 par défaut) ; un mandataire placé devant donne le https.
Ctrl-C arrête tout. Les autres réglages sont des variables d’environnement : trame --help.";

type Server = Arc<Mutex<Option<PrivateServer>>>;

pub(super) fn serve(mut args: Arguments) -> anyhow::Result<ExitCode> {
    if helped(&mut args, HELP) {
        return Ok(ExitCode::SUCCESS);
    }
    finish(args)?;
    let port: u16 =
        env::var("PORT").ok().filter(|port| !port.is_empty()).map_or(Ok(3000), |port| port.parse()).context("PORT attend un nombre de 1 à 65535")?;
    let config = base::config(port)?;
    let base = database()?;
    if let Some(server) = base.server.as_ref().filter(|server| server.relocated()) {
        println!("Données : {} (le dossier demandé est fermé à l’utilisateur de la base).", server.folder().display());
    }
    let server: Server = Arc::new(Mutex::new(base.server));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let held = Arc::clone(&server);
    let ended = runtime.block_on(async { run(App::new(base::pool(&base.url)?, config), port, held).await });
    runtime.shutdown_timeout(Duration::from_millis(300));
    if let Some(server) = server.lock().ok().and_then(|mut held| held.take()) {
        server.stop();
    }
    ended.map(|()| ExitCode::SUCCESS)
}

fn database() -> anyhow::Result<Base> {
    if let Some(url) = base::given() {
        return Ok(Base { url, server: None });
    }
    match base::start() {
        Ok(server) => Ok(Base { url: server.url().to_owned(), server: Some(server) }),
        Err(StartError::AlreadyRunning { .. }) => bail!(
            "Trame sert déjà ces données ({}). Ouvrez son adresse, ou arrêtez-la d’abord ; pour une seconde instance, changez PORT et TRAME_DATA.",
            base::data().display()
        ),
        Err(error) => Err(error.into()),
    }
}

async fn run(app: App, port: u16, server: Server) -> anyhow::Result<()> {
    MIGRATOR.run(&app.db).await.context("la base de données ne répond pas, ou n’est pas celle de Trame")?;
    if app.config.is_demo && demo::load(&app).await? {
        println!("Données de démonstration chargées.");
    }
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .await
        .with_context(|| format!("le port {port} est déjà pris ; en choisir un autre : PORT=3001 ./run"))?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(mail::run(app.clone(), stopped.clone()));
    tokio::spawn(housekeeping(app.clone(), stopped.clone()));
    ears::follow(app.clone());
    let lost = tokio::spawn(watch_server(server, stopped.clone()));
    greet(&app);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let asked = async move {
        tokio::select! {
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
            died = lost => died.unwrap_or(Ok(())),
        }
    };
    let (end, ended) = tokio::sync::oneshot::channel();
    let stopping = async move {
        let outcome = asked.await;
        let _ = stop.send(true);
        let _ = end.send(outcome);
    };
    app::serve(app, listener, stopping).await?;
    ended.await.unwrap_or(Ok(()))
}

fn greet(app: &App) {
    println!("Trame est ouverte : {}", app.config.base_url);
    if app.config.is_demo {
        println!("Comptes de démonstration, mot de passe commun {} :", demo::PASSWORD);
        for (email, part) in demo::ACCOUNTS {
            println!("  {email:<26} {part}");
        }
    }
    println!("Ctrl-C arrête tout.");
}

/// Restarts our own server once if it dies by itself; ends the program if that fails.
async fn watch_server(server: Server, mut stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    let mut restarts = 0;
    loop {
        tokio::select! {
            _ = stopped.changed() => return Ok(()),
            () = tokio::time::sleep(Duration::from_millis(300)) => {}
        }
        let held = Arc::clone(&server);
        let outcome = tokio::task::spawn_blocking(move || -> anyhow::Result<bool> {
            let mut held = held.lock().map_err(|_| anyhow::anyhow!("server lock"))?;
            let Some(server) = held.as_mut() else { return Ok(false) };
            if server.is_alive() {
                return Ok(false);
            }
            anyhow::ensure!(restarts < 3, "le serveur PostgreSQL privé s’arrête sans cesse ; voir son journal dans le dossier des données");
            server.restart()?;
            Ok(true)
        })
        .await??;
        if outcome {
            restarts += 1;
            tracing::warn!("private Postgres restarted");
        }
    }
}

/// Hourly: old throttle lines, suspended forms and orphan files; reminders that are due.
async fn housekeeping(app: App, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = crate::check::sweep(&app).await {
            tracing::warn!(%error, "housekeeping");
        }
        if let Err(error) = crate::engagement::reminders::run(&app).await {
            tracing::warn!(%error, "reminders");
        }
        if let Err(error) = crate::instruction::reminders::run(&app).await {
            tracing::warn!(%error, "reminders of the instruction");
        }
        if let Err(error) = crate::meeting::reminders::run(&app).await {
            tracing::warn!(%error, "reminders of the committee");
        }
        if let Err(error) = crate::training::reminders::run(&app).await {
            tracing::warn!(%error, "reminders of the trainings");
        }
        tokio::select! {
            _ = stopped.changed() => return,
            () = tokio::time::sleep(Duration::from_hours(1)) => {}
        }
    }
}
