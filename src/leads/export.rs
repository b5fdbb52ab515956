//! Leads as files: the public contract of `trame export pistes`, and the same from the pages.

use std::fmt::Write as _;

use serde::Serialize;
use trame_synergies::explain;

use super::analysis::Analysis;
use crate::project::exchange::export::inert;

/// Substitutions and mutualisations, best first.
#[derive(Debug, Serialize)]
pub struct Export<'a> {
    /// Who may read it.
    #[serde(rename = "visibilite")]
    pub visibility: &'a str,
    /// Pairs.
    pub substitutions: Vec<Substitution<'a>>,
    /// Groups.
    pub mutualisations: Vec<Pooling<'a>>,
}

/// An output that could serve an input.
#[derive(Debug, Serialize)]
pub struct Substitution<'a> {
    /// Reference of the output.
    pub from_flow: &'a str,
    /// Reference of the input.
    pub to_flow: &'a str,
    /// 0 to 100.
    pub score: u8,
    /// The French sentence that justifies it.
    pub reason: String,
}

/// Flows of one type that several actors could handle together.
#[derive(Debug, Serialize)]
pub struct Pooling<'a> {
    /// References.
    pub flows: Vec<&'a str>,
    /// Code of the type.
    pub r#type: &'a str,
    /// 0 to 100.
    pub score: u8,
    /// The French sentence that justifies it.
    pub reason: String,
}

/// What the team exports for itself: every flow, whatever its actor agreed to show.
pub const TEAM: &str = "équipe du dossier";

/// The leads in that format, `json` or `csv`.
///
/// # Errors
/// The writer's own, never met in memory.
pub fn file(found: &Analysis, visibility: &str, format: &str) -> anyhow::Result<Vec<u8>> {
    let export = export(found, visibility);
    if format == "csv" {
        return csv_file(&export);
    }
    let mut bytes = serde_json::to_vec(&export)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Everything an analysis found, as it is exported.
pub fn export<'a>(found: &'a Analysis, visibility: &'a str) -> Export<'a> {
    let reference = |at: usize| found.flow(at).reference.as_str();
    let substitutions = found.leads.iter().map(|lead| Substitution {
        from_flow: reference(lead.from),
        to_flow: reference(lead.to),
        score: lead.score,
        reason: found.reason(*lead),
    });
    let mutualisations = found.pools.iter().map(|pool| Pooling {
        flows: pool.members.iter().chain(&pool.offers).map(|at| reference(*at)).collect(),
        r#type: &found.tables.get(pool.kind).code,
        score: pool.score,
        reason: explain::pool(&found.tables, &found.read.flows, pool),
    });
    Export { visibility, substitutions: substitutions.collect(), mutualisations: mutualisations.collect() }
}

/// The same, one line per lead.
fn csv_file(export: &Export<'_>) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["kind", "from_flow", "to_flow", "flows", "type", "score", "reason", "visibilite"])?;
    for lead in &export.substitutions {
        let score = lead.score.to_string();
        writer.write_record(["substitution", &inert(lead.from_flow), &inert(lead.to_flow), "", "", &score, &inert(&lead.reason), export.visibility])?;
    }
    for pool in &export.mutualisations {
        let (score, mut flows) = (pool.score.to_string(), String::new());
        for flow in &pool.flows {
            let _ = write!(flows, "{}{flow}", if flows.is_empty() { "" } else { "|" });
        }
        writer.write_record(["mutualisation", "", "", &inert(&flows), pool.r#type, &score, &inert(&pool.reason), export.visibility])?;
    }
    Ok(writer.into_inner()?)
}
