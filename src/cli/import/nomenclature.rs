//! `trame import nomenclature …`: a whole list from a file, compared with the one that holds, all or nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use pico_args::Arguments;
use trame_synergies::nomenclature::Table;

use crate::app::App;
use crate::cli::tools::on_base;
use crate::cli::{finish, helped};
use crate::nomenclature::changes::Plan;
use crate::nomenclature::import::{self, Outcome};
use crate::nomenclature::lists::{Record, key};

const HELP: &str = "\
Remplace une nomenclature par celle d’un fichier.

Usage : trame import nomenclature types|regles|dechets|activites FICHIER.csv [--essai]

  --essai   dit ce qui changerait, sans rien changer

Le fichier a la forme de ceux de data/, que la page de chaque liste permet de télécharger : flow-types.csv,
substitution-rules.csv, waste-list.csv, activities.csv (UTF-8, virgules). Il tient toute la liste : une entrée qui n’y est
plus est retirée. Un fichier d’activités ne parle que des versions qu’il contient ; la NAF 2025 s’importe ainsi, colonne
version à 2025.

Tout est gardé, ou rien : la première faute est dite avec sa ligne. Chaque entrée changée entre dans l’historique. La
commande s’emploie pendant que le service tourne, et tout le monde lit la nouvelle liste aussitôt.";

/// Entries named at most by each line of the report.
const NAMED: usize = 40;

pub(super) fn run(mut args: Arguments) -> anyhow::Result<ExitCode> {
    if helped(&mut args, HELP) {
        return Ok(ExitCode::SUCCESS);
    }
    let is_trial = args.contains("--essai");
    let name: String = args.free_from_str().context("indiquez la liste : types, regles, dechets ou activites")?;
    let table = match name.as_str() {
        "types" | "flux" => Table::Types,
        "regles" => Table::Rules,
        "dechets" => Table::Waste,
        "activites" => Table::Activities,
        other => bail!("liste inconnue : {other}. Les listes sont types, regles, dechets, activites"),
    };
    let file: PathBuf = args.free_from_os_str(|text| Ok::<_, std::convert::Infallible>(PathBuf::from(text))).context("indiquez le fichier CSV à importer")?;
    finish(args)?;
    let plan = on_base(async |app| import(&app, table, &file, is_trial).await)?;
    report(table, &plan, is_trial);
    Ok(ExitCode::SUCCESS)
}

async fn import(app: &App, table: Table, file: &PathBuf, is_trial: bool) -> anyhow::Result<Plan> {
    let bytes = tokio::fs::read(file).await.with_context(|| format!("{} ne se lit pas", file.display()))?;
    let text = String::from_utf8(bytes).context("le fichier n’est pas en UTF-8")?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let reason: String = format!("Import de {name}").chars().take(500).collect();
    let act = import::Act { expert: None, reason: &reason, is_trial, seen: None };
    match import::run(app, table, &text, &act).await.context("la base de données n’a pas répondu")? {
        Outcome::Read(plan, _) => Ok(plan),
        Outcome::Refused(sentence) => bail!(sentence),
        Outcome::Overtaken => bail!("une autre modification vient d’être enregistrée : relancez la commande"),
    }
}

fn report(table: Table, plan: &Plan, is_trial: bool) {
    let changed: Vec<&Record> = plan.changed.iter().map(|(_, after)| after).collect();
    let tense = if is_trial { "à " } else { "" };
    for (what, records) in [
        (if is_trial { "ajouter" } else { "ajoutées" }, plan.added.iter().collect::<Vec<_>>()),
        (if is_trial { "changer" } else { "changées" }, changed),
        (if is_trial { "retirer" } else { "retirées" }, plan.withdrawn.iter().collect()),
    ] {
        let names: Vec<String> = records.iter().take(NAMED).map(|record| key(table, record)).collect();
        let more = if records.len() > NAMED { format!(", et {} autres", records.len() - NAMED) } else { String::new() };
        let list = if names.is_empty() { String::new() } else { format!(" : {}{more}", names.join(", ")) };
        println!("Entrées {tense}{what} : {}{list}", records.len());
    }
    if is_trial {
        println!("Essai : rien n’a été changé.");
    }
}
