//! Commands of the program, with their help in French. All of them join the private Postgres while the server runs.

mod base;
mod bench;
mod bench_pdf;
mod exchange;
mod import;
mod serve;
mod tools;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::bail;
use pico_args::Arguments;

const HELP: &str = "\
Trame : dossiers d’écologie industrielle et territoriale

Usage : trame COMMANDE [OPTIONS]        (ou : ./run COMMANDE [OPTIONS])

Commandes
  serve             démarre le service (c’est ce que fait ./run sans argument)
  migrate           met la base à jour, puis s’arrête
  demo              charge les données de démonstration dans une base vide
  check             vérifie les données : scores, empreintes, journal, fichiers
  bench pages       mesure ce que coûtent les pages
  bench synergies   mesure le moteur de synergies
  bench pdf         mesure la composition des documents
  import acteurs    ajoute ou met à jour les acteurs d’un dossier, d’après un fichier
  import flux       ajoute ou met à jour les flux d’un dossier, d’après un fichier
  import contours   ajoute des contours de communes et d’EPCI pour les cartes
  import nomenclature  remplace une liste : types de flux, règles, déchets, activités
  export pistes     écrit les pistes de synergies d’un dossier
  account create    crée un compte
  dossier create    crée un dossier et affiche son numéro

Aide d’une commande : trame COMMANDE --help

Réglages (variables d’environnement)
  DATABASE_URL      serveur PostgreSQL ; sans elle, Trame démarre le sien sous TRAME_DATA
  TRAME_DATA        dossier des données (./var par défaut)
  BASE_URL          adresse publique (http://127.0.0.1:PORT par défaut)
  PORT              port d’écoute (3000 par défaut)
  SMTP_URL          serveur de courriel ; sans elle, les courriels sont des fichiers sous TRAME_DATA
  TRAME_DEMO        1 : données et comptes de démonstration
  TRAME_PROXY       adresse du mandataire dont l’en-tête X-Forwarded-For est cru
  TRAME_THEME       deux couleurs et un logo, par exemple #0f4c5c,#edb72b,/srv/logo.svg
";

/// Runs a command; what fails ends with one French sentence on the error output.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let level = std::env::var("TRAME_LOG").unwrap_or_else(|_| "info,sqlx=warn".to_owned());
    tracing_subscriber::fmt().with_env_filter(level).with_writer(std::io::stderr).with_target(false).init();
    match command(Arguments::from_vec(args)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("trame : {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let name = args.subcommand().ok().flatten();
    match name.as_deref() {
        None | Some("help") => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some("serve") => serve::serve(args),
        Some("migrate") => tools::migrate(args),
        Some("demo") => tools::demo(args),
        Some("check") => tools::check(args),
        Some("account") => tools::account(args),
        Some("dossier") => tools::dossier(args),
        Some("bench") => bench::bench(args),
        Some("import") => import::import(args),
        Some("export") => exchange::export(args),
        Some("with-postgres") => tools::with_postgres(args),
        Some(other) => bail!("commande inconnue : {other}. Les commandes sont listées par trame --help"),
    }
}

/// Shows the help of a command when asked; true when it did.
fn helped(args: &mut Arguments, help: &str) -> bool {
    let is_asked = args.contains(["-h", "--help"]);
    if is_asked {
        println!("{help}");
    }
    is_asked
}

/// Refuses what a command does not know.
fn finish(args: Arguments) -> anyhow::Result<()> {
    match args.finish().first() {
        None => Ok(()),
        Some(rest) => bail!("argument inconnu : {}. L’aide de la commande dit ce qu’elle accepte : --help", rest.to_string_lossy()),
    }
}
