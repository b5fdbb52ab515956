//! The other commands: migrate, demo, check, account, dossier, and the one that tests run under.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail};
use pico_args::Arguments;

use super::base::{self, Base};
use super::{finish, helped};
use crate::app::App;
use crate::kit::values::Email;
use crate::postgres::PrivateServer;
use crate::{MIGRATOR, account, call, check, demo};

/// Runs a command on the database, with the migrations applied.
pub(super) fn on_base<T>(work: impl AsyncFnOnce(App) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let Base { url, server } = base::base()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = runtime.block_on(async {
        let app = App::new(base::pool(&url)?, base::config(3000)?);
        MIGRATOR.run(&app.db).await.context("la base de données ne répond pas, ou n’est pas celle de Trame")?;
        let outcome = work(app.clone()).await;
        app.db.close().await;
        outcome
    });
    drop(runtime);
    if let Some(server) = server {
        server.stop();
    }
    outcome
}

pub(super) fn migrate(mut args: Arguments) -> anyhow::Result<ExitCode> {
    if helped(&mut args, "Met la base à jour, puis s’arrête.\n\nUsage : trame migrate") {
        return Ok(ExitCode::SUCCESS);
    }
    finish(args)?;
    on_base(async |_| Ok(()))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn demo(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let help = "Charge les données de démonstration dans une base vide.\n\nUsage : trame demo [--dossiers N]\n\n  --dossiers N   ajoute N dossiers vraisemblables, chacun avec trois évaluations par vingt évaluateurs";
    if helped(&mut args, help) {
        return Ok(ExitCode::SUCCESS);
    }
    let many: Option<u32> = args.opt_value_from_str("--dossiers").context("--dossiers attend un nombre")?;
    finish(args)?;
    on_base(async |app| {
        if demo::load(&app).await? {
            println!("Données de démonstration chargées.");
        } else if many.is_none() {
            println!("La base n’est pas vide : rien n’a été chargé.");
        }
        if let Some(many) = many {
            let slug = demo::generate(&app, many).await?;
            println!("{many} dossiers ajoutés à l’appel {slug}.");
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn check(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let help = "Vérifie les données : scores, empreintes des dépôts, chaînes du journal, avancement, fichiers.\n\nUsage : trame check\n\nLe code de sortie dit si tout va bien.";
    if helped(&mut args, help) {
        return Ok(ExitCode::SUCCESS);
    }
    finish(args)?;
    let report = on_base(async |app| check::run(&app).await)?;
    print!("{report}");
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn account(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let help = "Crée un compte et affiche un lien pour choisir son mot de passe.\n\nUsage : trame account create --email ADRESSE --nom NOM [--operateur] [--gestionnaire SLUG]\n\n  --operateur           le compte exploite le service\n  --gestionnaire SLUG   le compte gère l’appel de ce nom";
    let verb = args.subcommand().ok().flatten();
    if helped(&mut args, help) {
        return Ok(ExitCode::SUCCESS);
    }
    if verb.as_deref() != Some("create") {
        bail!("la seule action est : trame account create");
    }
    let email: String = args.value_from_str("--email").context("--email est nécessaire")?;
    let email = Email::read(&email).map_err(|sentence| anyhow::anyhow!("{sentence}"))?;
    let name: String = args.value_from_str("--nom").context("--nom est nécessaire")?;
    let is_operator = args.contains("--operateur");
    let manages: Option<String> = args.opt_value_from_str("--gestionnaire")?;
    finish(args)?;
    let link = on_base(async |app| account::create(&app, email.as_str(), &name, is_operator, manages.as_deref()).await)?;
    println!("{link}");
    Ok(ExitCode::SUCCESS)
}

pub(super) fn dossier(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let help = "Crée un dossier et affiche son numéro, seul sur une ligne.\n\nUsage : trame dossier create --appel SLUG --titre TITRE --porteur ADRESSE [--organisation NOM] [--commune INSEE]";
    let verb = args.subcommand().ok().flatten();
    if helped(&mut args, help) {
        return Ok(ExitCode::SUCCESS);
    }
    if verb.as_deref() != Some("create") {
        bail!("la seule action est : trame dossier create");
    }
    let slug: String = args.value_from_str("--appel").context("--appel est nécessaire")?;
    let title: String = args.value_from_str("--titre").context("--titre est nécessaire")?;
    let owner: String = args.value_from_str("--porteur").context("--porteur est nécessaire")?;
    let organisation: Option<String> = args.opt_value_from_str("--organisation")?;
    let commune: Option<String> = args.opt_value_from_str("--commune")?;
    finish(args)?;
    let wish = call::Wish { slug: &slug, title: &title, owner: &owner, organisation: organisation.as_deref(), commune: commune.as_deref() };
    let id = on_base(async |app| call::create_from_command(&app, &wish).await)?;
    println!("{id}");
    Ok(ExitCode::SUCCESS)
}

/// `trame with-postgres -- COMMAND…`: the command runs with `DATABASE_URL` of a throw-away server.
pub(super) fn with_postgres(args: Arguments) -> anyhow::Result<ExitCode> {
    let mut words = args.finish();
    if words.first().is_some_and(|word| word == "--") {
        words.remove(0);
    }
    let (program, rest): (&OsString, &[OsString]) = words.split_first().context("usage : trame with-postgres -- COMMANDE…")?;
    let server = PrivateServer::throw_away()?;
    let status =
        Command::new(program).args(rest).env("DATABASE_URL", server.url()).status().with_context(|| format!("{} ne démarre pas", program.to_string_lossy()))?;
    server.stop();
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
