//! `trame bench pdf`: how long a dossier takes to become a PDF, and the memory that it asks for.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use pico_args::Arguments;

use super::tools::on_base;
use super::{finish, helped};
use crate::app::App;
use crate::documents::Sample;

const HELP: &str = "\
Mesure la composition des documents : durée, pages, mémoire.

Usage : trame bench pdf [--fois N]

À lancer sur une base de démonstration. Le plus gros dossier est composé N fois (10), seul, sans rien garder.
La mémoire est celle du programme : avant, au plus haut, puis une fois le document rendu.";

pub(super) fn bench(mut args: Arguments) -> anyhow::Result<ExitCode> {
    if helped(&mut args, HELP) {
        return Ok(ExitCode::SUCCESS);
    }
    let times: u32 = args.opt_value_from_str("--fois")?.unwrap_or(10);
    finish(args)?;
    on_base(async |app| documents(&app, times).await)?;
    Ok(ExitCode::SUCCESS)
}

async fn documents(app: &App, times: u32) -> anyhow::Result<()> {
    let project = sqlx::query_scalar!("select project_id from submission order by length(content) desc limit 1")
        .fetch_optional(&app.db)
        .await?
        .context("aucun dépôt : lancez d’abord trame demo")?;
    println!("{:<28} {:>6} {:>10} {:>10} {:>10} {:>10} {:>10}", "document", "pages", "premier ms", "ensuite ms", "avant Mo", "pic Mo", "après Mo");
    for copies in [1, 4, 16] {
        let sample = Sample::of(app, crate::kit::ids::ProjectId(project), copies).await.map_err(|error| anyhow::anyhow!("{error}"))?;
        let before = memory("VmRSS");
        let started = Instant::now();
        let pages = sample.render()?;
        let first = started.elapsed().as_secs_f64() * 1000.0;
        let started = Instant::now();
        let again = (times / copies).max(1);
        for _ in 0..again {
            sample.render()?;
        }
        let each = started.elapsed().as_secs_f64() * 1000.0 / f64::from(again);
        let name = format!("dossier {project}, {copies} fois");
        println!("{name:<28} {pages:>6} {first:>10.0} {each:>10.0} {before:>10.0} {:>10.0} {:>10.0}", memory("VmHWM"), memory("VmRSS"));
    }
    Ok(())
}

/// Megabytes of this program, as the system counts them.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
