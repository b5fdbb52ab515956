//! Facts about stakeholders and what they committed to.

use super::{Related, named};
use crate::framework::content::{Content, Unit};
use crate::kit::french::{count, list, thousands};
use crate::project::draw::row_name;

const ACTORS: (&str, &str) = ("/acteurs", "Liste des acteurs");

fn actors(text: String) -> Related {
    Related::new(text, ACTORS.0, ACTORS.1)
}

fn names<'a>(rows: impl Iterator<Item = &'a Unit>) -> Vec<String> {
    rows.map(row_name).collect()
}

fn total(content: &Content) -> usize {
    content.rows("stakeholder").count()
}

/// "12 acteurs, dont 3 hors du périmètre."
pub(super) fn all(content: &Content, _: &Unit) -> Option<Related> {
    let outside = content.rows("stakeholder").filter(|row| row.flag("outside_perimeter")).count();
    let end = if outside == 0 { String::new() } else { format!(", dont {outside} hors du périmètre") };
    (total(content) > 0).then(|| actors(format!("{}{end}.", count(total(content), "acteur", "acteurs"))))
}

/// Those with big flows.
pub(super) fn major(content: &Content, _: &Unit) -> Option<Related> {
    let names = names(content.rows("stakeholder").filter(|row| row.flag("is_major")));
    (!names.is_empty()).then(|| actors(format!("Gros générateurs de flux\u{a0}: {}.", named(&names))))
}

/// Those outside the perimeter.
pub(super) fn outside(content: &Content, _: &Unit) -> Option<Related> {
    let names = names(content.rows("stakeholder").filter(|row| row.flag("outside_perimeter")));
    (!names.is_empty()).then(|| actors(format!("Hors du périmètre\u{a0}: {}.", named(&names))))
}

/// The circle of key actors.
pub(super) fn key(content: &Content, _: &Unit) -> Option<Related> {
    let names = names(content.rows("stakeholder").filter(|row| row.flag("is_key_actor")));
    (!names.is_empty()).then(|| actors(format!("Acteurs clés\u{a0}: {}.", named(&names))))
}

/// Companies of the perimeter and the workforce that their classes add up to.
pub(super) fn companies(content: &Content, _: &Unit) -> Option<Related> {
    let inside = || content.rows("stakeholder").filter(|row| row.text("kind") == "company" && !row.flag("outside_perimeter"));
    let (mut low, mut high, mut known) = (0, 0, 0);
    for (from, to) in inside().filter_map(|row| workforce(row.text("headcount"))) {
        (low, high, known) = (low + from, high + to, known + 1);
    }
    let companies = inside().count();
    let jobs = if known == 0 { String::new() } else { format!(", {} à {} salariés d’après les effectifs connus", thousands(low), thousands(high)) };
    (companies > 0).then(|| actors(format!("{} du périmètre dans la liste{jobs}.", count(companies, "entreprise", "entreprises"))))
}

/// Bounds of a class of workforce; the last one has no upper bound and counts for its lower one.
fn workforce(class: &str) -> Option<(i64, i64)> {
    if let Some(from) = class.strip_suffix('+') {
        return from.parse().ok().map(|from| (from, from));
    }
    match class.split_once('-') {
        Some((from, to)) => Some((from.parse().ok()?, to.parse().ok()?)),
        None => class.parse().ok().map(|exact| (exact, exact)),
    }
}

/// R42: what each stakeholder thinks of the governance.
pub(super) fn acceptance(content: &Content, _: &Unit) -> Option<Related> {
    let words = [
        ("favourable", "favorable", "favorables"),
        ("hesitant", "hésitante", "hésitantes"),
        ("reserved", "réservée", "réservées"),
        ("unknown", "inconnue", "inconnues"),
    ];
    let held = |key: &str| content.rows("stakeholder").filter(|row| row.text("acceptance") == key).count();
    let parts: Vec<String> = words.into_iter().filter(|(key, ..)| held(key) > 0).map(|(key, one, many)| count(held(key), one, many)).collect();
    let noted: usize = words.iter().map(|(key, ..)| held(key)).sum();
    if total(content) == 0 {
        return None;
    }
    if noted == 0 {
        return Some(actors(format!("Acceptation à noter sur les fiches de {}.", count(total(content), "acteur", "acteurs"))));
    }
    Some(actors(format!("Acceptation notée pour {} sur {}\u{a0}: {}.", count(noted, "acteur", "acteurs"), total(content), parts.join(", "))))
}

/// R72: those whose role, skill and way of working are known.
pub(super) fn described(content: &Content, _: &Unit) -> Option<Related> {
    let whole = content.rows("stakeholder").filter(|row| ["role", "skill", "working_mode"].iter().all(|key| row.has(key))).count();
    let text = format!("Rôle, compétence et modalité de travail décrits pour {} sur {}.", count(whole, "acteur", "acteurs"), total(content));
    (total(content) > 0).then(|| actors(text))
}

/// R79: commitments, signed ones, and the kinds of their signatories.
pub(super) fn signatories(content: &Content, _: &Unit) -> Option<Related> {
    let all = content.rows("commitment").count();
    let signed: Vec<&Unit> = content.rows("commitment").filter(|row| row.has("signed_on")).collect();
    let holders: Vec<&Unit> = signed.iter().filter_map(|row| content.row("stakeholder", row.row_of("stakeholder")?)).collect();
    let kinds = [("company", "entreprise", "entreprises"), ("authority", "collectivité", "collectivités"), ("association", "association", "associations")];
    let of = |kind: &str| holders.iter().filter(|holder| holder.text("kind") == kind).count();
    let mut parts: Vec<String> = kinds.into_iter().filter(|(kind, ..)| of(kind) > 0).map(|(kind, one, many)| count(of(kind), one, many)).collect();
    let others = holders.len() - kinds.iter().map(|(kind, ..)| of(kind)).sum::<usize>();
    if others > 0 {
        parts.push(count(others, "autre structure", "autres structures"));
    }
    let by = if parts.is_empty() { String::new() } else { format!(", par {}", list(&parts)) };
    let text = format!("{}, dont {}{by}.", count(all, "engagement", "engagements"), count(signed.len(), "signé", "signés"));
    (all > 0).then(|| Related::new(text, "/engagements", "Liste des engagements"))
}

/// R77: key actors who have signed.
pub(super) fn committed_key(content: &Content, _: &Unit) -> Option<Related> {
    let key: Vec<&Unit> = content.rows("stakeholder").filter(|row| row.flag("is_key_actor")).collect();
    let has_signed = |actor: &&&Unit| content.rows("commitment").any(|row| row.has("signed_on") && row.row_of("stakeholder") == Some(actor.row));
    let signed = key.iter().filter(has_signed).count();
    let who = match signed {
        0 => "aucun n’a signé".to_owned(),
        1 => "dont 1 a signé".to_owned(),
        n => format!("dont {n} ont signé"),
    };
    let text = format!("{}, {who} un engagement.", count(key.len(), "acteur clé", "acteurs clés"));
    (!key.is_empty()).then(|| Related::new(text, "/engagements", "Liste des engagements"))
}

/// Commitments of the actor whose page it is.
pub(super) fn own_commitments(content: &Content, unit: &Unit) -> Option<Related> {
    let own = content.rows("commitment").filter(|row| row.row_of("stakeholder") == Some(unit.row)).count();
    (own > 0).then(|| Related::new(format!("{} de cet acteur.", count(own, "engagement", "engagements")), "/engagements", "Liste des engagements"))
}
