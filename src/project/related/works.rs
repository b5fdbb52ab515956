//! Facts about flows, synergies and actions.

use super::{Related, named};
use crate::framework::content::{Content, Unit};
use crate::kit::french::count;
use crate::project::draw::row_name;

fn flow_list(text: String) -> Related {
    Related::new(text, "/flux", "Liste des flux")
}

fn synergy_list(text: String) -> Related {
    Related::new(text, "/synergies", "Liste des synergies")
}

fn parts(rows: &[&Unit], field: &str, words: &[(&str, &str, &str)]) -> String {
    let of = |key: &str| rows.iter().filter(|row| row.text(field) == key).count();
    let parts: Vec<String> = words.iter().filter(|(key, ..)| of(key) > 0).map(|(key, one, many)| count(of(key), one, many)).collect();
    parts.join(", ")
}

/// R47: flows, and those of the big generators.
pub(super) fn flows(content: &Content, _: &Unit) -> Option<Related> {
    let all = content.rows("flow").count();
    let is_major = |row: &&Unit| row.row_of("actor").and_then(|actor| content.row("stakeholder", actor)).is_some_and(|actor| actor.flag("is_major"));
    let major = content.rows("flow").filter(is_major).count();
    (all > 0).then(|| flow_list(format!("{}, dont {major} chez les gros générateurs.", count(all, "flux décrit", "flux décrits"))))
}

/// R51: where the figures of the flows come from.
pub(super) fn evidence(content: &Content, _: &Unit) -> Option<Related> {
    let rows: Vec<&Unit> = content.rows("flow").collect();
    let words = [
        ("measured", "mesuré", "mesurés"),
        ("declared", "déclaré par l’acteur", "déclarés par l’acteur"),
        ("knowledge", "connu du porteur ou d’un partenaire", "connus du porteur ou d’un partenaire"),
        ("statistics", "estimé par la statistique", "estimés par la statistique"),
    ];
    let told = parts(&rows, "evidence", &words);
    let end = if told.is_empty() { "d’origine non précisée".to_owned() } else { format!("dont {told}") };
    (!rows.is_empty()).then(|| flow_list(format!("{}, {end}.", count(rows.len(), "flux", "flux"))))
}

/// Flows of the actor whose page it is.
pub(super) fn own_flows(content: &Content, unit: &Unit) -> Option<Related> {
    let own = content.rows("flow").filter(|row| row.row_of("actor") == Some(unit.row)).count();
    (own > 0).then(|| flow_list(format!("{} de cet acteur.", count(own, "flux décrit", "flux décrits"))))
}

/// R51: synergies of a kind that state their sources.
pub(super) fn sourced(content: &Content, kind: &str) -> Option<Related> {
    let rows: Vec<&Unit> = content.rows("synergy").filter(|row| row.text("kind") == kind).collect();
    let sourced = rows.iter().filter(|row| row.has("sources")).count();
    (!rows.is_empty()).then(|| synergy_list(format!("Sources et méthode citées pour {} sur {}.", count(sourced, "synergie", "synergies"), rows.len())))
}

/// Synergies by state.
pub(super) fn synergies(content: &Content, _: &Unit) -> Option<Related> {
    let rows: Vec<&Unit> = content.rows("synergy").collect();
    let words = [("pooling", "mutualisation", "mutualisations"), ("substitution", "substitution", "substitutions")];
    let told = parts(&rows, "kind", &words);
    let end = if told.is_empty() { String::new() } else { format!("\u{a0}: {told}") };
    (!rows.is_empty()).then(|| synergy_list(format!("{}{end}.", count(rows.len(), "synergie dans le dossier", "synergies dans le dossier"))))
}

/// R22: synergies that state their risk.
pub(super) fn risks(content: &Content, _: &Unit) -> Option<Related> {
    let all = content.rows("synergy").count();
    let told = content.rows("synergy").filter(|row| row.has("risk")).count();
    (all > 0).then(|| synergy_list(format!("Risque d’interdépendance décrit pour {} sur {all}.", count(told, "synergie", "synergies"))))
}

/// R24: synergies that speak of jobs.
pub(super) fn jobs(content: &Content, _: &Unit) -> Option<Related> {
    let told = content.rows("synergy").filter(|row| row.has("jobs")).count();
    (told > 0).then(|| synergy_list(format!("Emplois et compétences cités dans {}.", count(told, "synergie", "synergies"))))
}

/// R23: what is marked confidential.
pub(super) fn confidential(content: &Content, _: &Unit) -> Option<Related> {
    let of = |kind: &'static str| content.rows(kind).filter(|row| row.flag("confidential")).count();
    let (actors, synergies) = (of("stakeholder"), of("synergy"));
    let text = format!("Marqués «\u{a0}Confidentiel\u{a0}»\u{a0}: {}, {}.", count(actors, "acteur", "acteurs"), count(synergies, "synergie", "synergies"));
    (actors + synergies > 0).then(|| Related::new(text, "/acteurs", "Liste des acteurs"))
}

/// R71: actors who take part in the actions.
pub(super) fn involved(content: &Content, _: &Unit) -> Option<Related> {
    let is_in = |actor: &&Unit| content.rows("action").any(|action| action.many("actors").contains(&actor.row.to_string()));
    let names: Vec<String> = content.rows("stakeholder").filter(is_in).map(row_name).collect();
    let text = format!("{}\u{a0}: {}.", count(names.len(), "acteur concerné", "acteurs concernés"), named(&names));
    (!names.is_empty()).then(|| Related::new(text, "/acteurs", "Liste des acteurs"))
}

/// R70: how far the actions are.
pub(super) fn progress(content: &Content, _: &Unit) -> Option<Related> {
    let rows: Vec<&Unit> = content.rows("action").collect();
    let words = [
        ("idea", "à l’état d’idée", "à l’état d’idée"),
        ("study", "à l’étude", "à l’étude"),
        ("decided", "décidée", "décidées"),
        ("in_progress", "en cours", "en cours"),
        ("done", "réalisée", "réalisées"),
    ];
    let told = parts(&rows, "progress", &words);
    let text = format!("{}\u{a0}: {told}.", count(rows.len(), "action", "actions"));
    (!told.is_empty()).then(|| Related::new(text, "/actions", "Livrable 3"))
}
