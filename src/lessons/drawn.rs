//! The first text of a lesson, from what the dossier already holds; what is confidential stays there.

use super::model::{Lesson, PARTS, Told};
use crate::access::ProjectHead;
use crate::framework::content::{Content, Unit};
use crate::kit::french::{count, list};
use crate::project::perimeter::figures::{self, Figures};

/// Kinds of units that it reads.
pub const KINDS: [&str; 9] =
    ["organisation.perimetre", "organisation.portage", "organisation.animation", "etat.contexte", "etat.ambition", "stakeholder", "flow", "synergy", "action"];

/// A lesson drawn from a dossier: nobody has shown anything of it yet.
pub fn lesson(head: &ProjectHead, content: &Content) -> Lesson {
    let parts = PARTS.iter().map(|part| Told { key: part.key.to_owned(), text: part_of(part.key, content), is_shown: false });
    Lesson { title: head.title.clone(), place: head.label.clone(), contact: String::new(), domains: domains(content), parts: parts.collect() }
}

/// Text of a part, from the dossier; nothing for what only its authors can say.
pub fn part_of(key: &str, content: &Content) -> String {
    match key {
        "territory" => territory(content),
        "context" => joined(&[content.text("etat.contexte", "context"), content.text("etat.contexte", "stakes")]),
        "approach" => joined(&[content.text("organisation.portage", "q11"), content.text("organisation.animation", "q10")]),
        "actors" => actors(content),
        "synergies" => bullets(content.rows("synergy").filter(|row| !is_confidential(row, content)).map(|row| row.text("title"))),
        "actions" => bullets(content.rows("action").map(|row| row.text("title"))),
        "economic" => content.text("etat.ambition", "benefit_economic").to_owned(),
        "social" => content.text("etat.ambition", "benefit_social").to_owned(),
        "environmental" => content.text("etat.ambition", "benefit_environmental").to_owned(),
        _ => String::new(),
    }
}

fn joined(texts: &[&str]) -> String {
    texts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("\n\n")
}

fn bullets<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.filter(|line| !line.is_empty()).map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

fn territory(content: &Content) -> String {
    let communes = figures::communes(content);
    if communes.is_empty() {
        return String::new();
    }
    let figures = Figures::of(content);
    let names: Vec<_> = communes.iter().map(|commune| commune.name).collect();
    let place = if names.len() <= 12 { format!("\u{a0}: {}.", list(&names)) } else { ".".to_owned() };
    let people = figures.people();
    let jobs = figures.jobs.sentence().map(|jobs| format!("Entreprises du périmètre connues du projet\u{a0}: {jobs}.")).unwrap_or_default();
    joined(&[&format!("{}{place}", count(communes.len(), "commune", "communes")), &people, &jobs])
}

/// Actors that may be named.
fn actors(content: &Content) -> String {
    let mut names: Vec<&str> = content.rows("stakeholder").filter(|row| !row.flag("confidential")).map(|row| row.text("name")).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    bullets(names.into_iter())
}

/// A synergy that says so, or that brings in an actor who asks it.
fn is_confidential(synergy: &Unit, content: &Content) -> bool {
    let cited = [synergy.text("emitter"), synergy.text("receiver")].into_iter().chain(synergy.many("actors").iter().map(String::as_str));
    synergy.flag("confidential")
        || cited.filter(|row| !row.is_empty()).any(|row| content.rows("stakeholder").any(|actor| actor.row.to_string() == row && actor.flag("confidential")))
}

/// Domains of the flows, each once.
fn domains(content: &Content) -> Vec<String> {
    let mut domains: Vec<String> = content.rows("flow").map(|row| row.text("domain").to_owned()).filter(|domain| !domain.is_empty()).collect();
    domains.sort_unstable();
    domains.dedup();
    domains
}
