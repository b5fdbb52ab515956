//! `trame import acteurs|flux` and `trame export pistes`: a dossier's lists and leads as files, beside the running service.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use pico_args::Arguments;
use uuid::Uuid;

use super::tools::on_base;
use super::{finish, helped};
use crate::app::App;
use crate::demo::client::Client;
use crate::kit::french::count;
use crate::kit::ids::ProjectId;
use crate::leads;
use crate::project::exchange::list::{self, List};
use crate::project::exchange::plan::{Fate, Plan, Proposal, plan};
use crate::project::exchange::store;
use crate::project::units;

pub(super) const HELP: &str = "\
Ajoute ou met à jour les acteurs ou les flux d’un dossier, d’après un fichier CSV ou XLSX.

Usage : trame import acteurs FICHIER --dossier NUMÉRO
        trame import flux FICHIER --dossier NUMÉRO

Colonnes des acteurs : ref, name, kind, naf, employees, commune, lat, lon, outside_perimeter, confidential
  kind      entreprise, collectivité, association, chambre, État, établissement public, université, autre
  employees un nombre de salariés, ou une classe : 20-49
  commune   code INSEE, ou nom quand il est seul à le porter
Colonnes des flux : ref, actor_ref, direction, domain, label, type, waste_code, quantity, unit, temperature_c, water_quality,
                    months, evidence
  direction in, out            domain    water, energy, material, service
  unit      t, m3, Nm3, MWh…, par an     months  1-12, 5,6,7,8 ou 10-3
  water_quality potable, adoucie, industrielle, pluviale, brute, usee
  evidence  measured, declared, knowledge, statistics
Les titres des modèles de l’application sont reconnus aussi ; une cellule vide veut dire inconnu.

Une ligne dont la référence (ref) existe met la fiche à jour. Tout est enregistré en un seul acte, au nom du porteur, et
s’annule dans l’application ; si une ligne est refusée, rien ne l’est : chaque ligne refusée est dite avec sa raison.";

const EXPORT: &str = "\
Écrit les pistes de synergies d’un dossier : substitutions et mutualisations, les meilleures d’abord.

Usage : trame export pistes --dossier NUMÉRO [--format json|csv]";

/// Imports a list, or says why nothing was.
pub(super) fn import(slug: &str, mut args: Arguments) -> anyhow::Result<ExitCode> {
    if helped(&mut args, HELP) {
        return Ok(ExitCode::SUCCESS);
    }
    let project: ProjectId = args.value_from_str("--dossier").context("--dossier attend le numéro du dossier")?;
    let file: PathBuf = args.free_from_os_str(|text| Ok::<_, std::convert::Infallible>(PathBuf::from(text))).context("indiquez le fichier à importer")?;
    finish(args)?;
    let list = list::of_slug(slug).context("cette liste n’existe pas")?;
    let bytes = std::fs::read(&file).with_context(|| format!("{} ne se lit pas", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plan = on_base(async |app| apply(&app, project, list, (&name, &bytes)).await)?;
    let refused = refusals(&plan);
    if refused.is_empty() {
        let (added, changed, same) = (plan.count(Fate::Added), plan.count(Fate::Changed), plan.count(Fate::Same));
        println!("{}\u{a0}: ajoutées {added}, modifiées {changed}, inchangées {same}.", count(plan.lines.len(), "ligne", "lignes"));
        return Ok(ExitCode::SUCCESS);
    }
    for line in &refused {
        eprintln!("{line}");
    }
    eprintln!("{} sur {}\u{a0}: rien n’a été importé.", count(refused.len(), "ligne refusée", "lignes refusées"), plan.lines.len());
    Ok(ExitCode::FAILURE)
}

/// Every line that is not wholly read, with its reasons: a command has no page where to correct it afterwards.
fn refusals(plan: &Plan) -> Vec<String> {
    let lines = plan.lines.iter().filter(|line| line.fate == Fate::Refused || line.is_faulty());
    let reasons = lines.map(|line| {
        let unread = line.details.iter().filter(|detail| !detail.warning.is_empty()).map(|detail| format!("{}\u{a0}: {}", detail.label, detail.warning));
        let all: Vec<String> = line.reasons.iter().cloned().chain(unread).collect();
        format!("ligne {}, {}\u{a0}: {}", line.no, if line.name.is_empty() { "sans nom" } else { &line.name }, all.join(" "))
    });
    reasons.collect()
}

/// Plans the import, then does it through the service's own pages, in the owner's name: the same rights, journal and undoing.
async fn apply(app: &App, project: ProjectId, list: List, (name, bytes): (&str, &[u8])) -> anyhow::Result<Plan> {
    app.nomenclature.follow(app).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let proposal = Proposal::read(&list, bytes).map_err(|sentence| anyhow::anyhow!(sentence))?;
    let mut conn = app.db.acquire().await?;
    let owner = store::owner(&mut conn, project).await?.context("ce dossier n’existe pas, ou son porteur n’a pas encore accepté l’invitation")?;
    let content = units::load(&mut conn, project, &list.kinds()).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    drop(conn);
    let plan = plan(&list, &proposal, &content);
    if plan.changes.is_empty() || !refusals(&plan).is_empty() {
        return Ok(plan);
    }
    let client = Client::open_as(app, owner, "commande trame import").await?;
    let done = send(app, &client, project, (list.slug, name, bytes), &plan).await;
    client.close(app).await?;
    done.context("l’import n’a pas abouti, rien n’a été enregistré")?;
    Ok(plan)
}

async fn send(app: &App, client: &Client, project: ProjectId, (slug, name, bytes): (&str, &str, &[u8]), plan: &Plan) -> anyhow::Result<()> {
    let operation = Uuid::new_v4().to_string();
    let pairs = [("quoi", slug), ("operation", operation.as_str())];
    let preview = client.send_file(app, app.now(), &format!("/dossiers/{project}/importer"), &pairs, ("fichier", (name, bytes))).await?;
    // A proposal is never changed before it is done.
    let form = [("version".to_owned(), "1".to_owned()), ("apercu".to_owned(), plan.digest())];
    client.post(app, app.now(), &preview, &form).await?;
    Ok(())
}

/// Writes the leads of a dossier on the standard output.
pub(super) fn export(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let verb = args.subcommand().ok().flatten();
    if helped(&mut args, EXPORT) {
        return Ok(ExitCode::SUCCESS);
    }
    if verb.as_deref() != Some("pistes") {
        bail!("le seul export est : trame export pistes --dossier NUMÉRO");
    }
    let project: ProjectId = args.value_from_str("--dossier").context("--dossier attend le numéro du dossier")?;
    let format: String = args.opt_value_from_str("--format")?.unwrap_or_else(|| "json".to_owned());
    finish(args)?;
    anyhow::ensure!(matches!(format.as_str(), "json" | "csv"), "--format attend json ou csv");
    let bytes = on_base(async |app| {
        let mut conn = app.db.acquire().await?;
        let version = leads::analysis::version(&mut conn, project).await?.context("ce dossier n’existe pas")?;
        let found = leads::analysis::of(&app, &mut conn, project, version).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        drop(conn);
        leads::export::file(&found, leads::export::TEAM, &format)
    })?;
    std::io::stdout().lock().write_all(&bytes)?;
    Ok(ExitCode::SUCCESS)
}
