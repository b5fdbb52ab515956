//! Leads between dossiers as files, in orders of magnitude; each says who may read it.

use serde::Serialize;

use super::model::{View, crowd};
use crate::project::exchange::export::inert;

/// Who may read such a file, and what it holds.
pub const LEVEL: &str = "public : flux montrés à tous, acteurs non confidentiels, ordres de grandeur";

#[derive(Debug, Serialize)]
struct Export<'a> {
    #[serde(rename = "visibilite")]
    visibility: &'static str,
    types: Vec<Kind>,
    substitutions: Vec<Pair<'a>>,
    mutualisations: Vec<Group<'a>>,
}

/// A type of synergy; what fewer than three actors hold is hidden.
#[derive(Debug, Serialize)]
struct Kind {
    from_type: String,
    to_type: String,
    offering: String,
    needing: String,
    offered: String,
    needed: String,
    best_score: u8,
}

#[derive(Debug, Serialize)]
struct Pair<'a> {
    from_dossier: i32,
    from_actor: &'a str,
    from_flow: &'a str,
    to_dossier: i32,
    to_actor: &'a str,
    to_flow: &'a str,
    score: u8,
    reason: String,
}

#[derive(Debug, Serialize)]
struct Group<'a> {
    r#type: &'a str,
    dossiers: Vec<i32>,
    actors: String,
    amount: String,
    score: u8,
}

/// The view in that format, `json` or `csv`.
///
/// # Errors
/// The writer's own, never met in memory.
pub fn file(view: &View, format: &str) -> anyhow::Result<Vec<u8>> {
    let export = export(view);
    if format == "csv" {
        return csv_file(&export);
    }
    let mut bytes = serde_json::to_vec(&export)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn export(view: &View) -> Export<'_> {
    let types = view.types.iter().map(|kind| Kind {
        from_type: view.tables.get(kind.out).code.clone(),
        to_type: view.tables.get(kind.r#in).code.clone(),
        offering: crowd(kind.offering),
        needing: crowd(kind.needing),
        offered: view.amount(kind.out, kind.offering, kind.offered),
        needed: view.amount(kind.r#in, kind.needing, kind.needed),
        best_score: kind.best,
    });
    let substitutions = view.leads.iter().map(|lead| Pair {
        from_dossier: view.territory(lead.from).number,
        from_actor: &view.origins[lead.from].actor,
        from_flow: &view.flows[lead.from].label,
        to_dossier: view.territory(lead.to).number,
        to_actor: &view.origins[lead.to].actor,
        to_flow: &view.flows[lead.to].label,
        score: lead.score,
        reason: view.reason(*lead),
    });
    let mutualisations = view.pools.iter().map(|pool| Group {
        r#type: &view.tables.get(pool.kind).code,
        dossiers: view.dossiers(pool),
        actors: crowd(pool.actors),
        amount: view.amount(pool.kind, pool.actors, pool.total),
        score: pool.score,
    });
    Export { visibility: LEVEL, types: types.collect(), substitutions: substitutions.collect(), mutualisations: mutualisations.collect() }
}

const HEADS: [&str; 13] =
    ["kind", "from_dossier", "from_actor", "from_flow", "to_dossier", "to_actor", "to_flow", "type", "dossiers", "actors", "score", "reason", "visibilite"];

/// One line per lead.
fn csv_file(export: &Export<'_>) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADS)?;
    for pair in &export.substitutions {
        let [from, to, score] = [pair.from_dossier.to_string(), pair.to_dossier.to_string(), pair.score.to_string()];
        let cells = ["substitution", &from, pair.from_actor, pair.from_flow, &to, pair.to_actor, pair.to_flow, "", "", "", &score, &pair.reason, LEVEL];
        writer.write_record(cells.map(inert))?;
    }
    for group in &export.mutualisations {
        let dossiers: Vec<String> = group.dossiers.iter().map(ToString::to_string).collect();
        let (dossiers, score) = (dossiers.join("|"), group.score.to_string());
        let cells = ["mutualisation", "", "", "", "", "", "", group.r#type, &dossiers, &group.actors, &score, &group.amount, LEVEL];
        writer.write_record(cells.map(inert))?;
    }
    Ok(writer.into_inner()?)
}
