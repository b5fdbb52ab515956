//! What the dossier already holds elsewhere and a question can lean on: "12 acteurs, dont 3 hors du périmètre", with the
//! way there. Computed from units loaded with the page's own, in the same statement.

mod actors;
mod means;
mod works;

use crate::framework::content::{Content, Unit};
use crate::project::saving::Page;

/// A fact of the dossier beside a question, and where it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Sentence, with its full stop.
    pub text: String,
    /// Address after `/dossiers/{id}`.
    pub path: &'static str,
    /// Words of the link.
    pub label: &'static str,
}

impl Related {
    fn new(text: impl Into<String>, path: &'static str, label: &'static str) -> Self {
        Self { text: text.into(), path, label }
    }
}

/// Reads a fact; the unit is the page's own.
type Fact = fn(&Content, &Unit) -> Option<Related>;

/// A fact beside an item, and the kinds of units that it is read from.
struct Source {
    item: &'static str,
    kinds: &'static [&'static str],
    fact: Fact,
}

const fn source(item: &'static str, kinds: &'static [&'static str], fact: Fact) -> Source {
    Source { item, kinds, fact }
}

static SOURCES: &[Source] = &[
    source("q2", &["stakeholder"], actors::all),
    source("q2", &["stakeholder"], actors::major),
    source("q3", &["stakeholder"], actors::companies),
    source("q5", &["stakeholder"], actors::key),
    source("q5", &["staff"], means::staff),
    source("q7", &["stakeholder"], actors::outside),
    source("q10", &["staff"], means::staff),
    source("q12", &["stakeholder"], actors::key),
    source("q14", &["stakeholder"], actors::acceptance),
    source("q15", &["action_line"], means::action_plans),
    source("q16", &["budget_line"], means::medium_term),
    source("interdependence", &["synergy"], works::risks),
    source("confidentiality", &["stakeholder", "synergy"], works::confidential),
    source("context", &["perimeter_commune"], means::perimeter),
    source("context", &["stakeholder"], actors::companies),
    source("generators", &["flow", "stakeholder"], works::flows),
    source("pooling", &["synergy"], |content, _| works::sourced(content, "pooling")),
    source("substitution", &["synergy"], |content, _| works::sourced(content, "substitution")),
    source("support", &["initiative"], means::initiatives),
    source("support", &["stakeholder"], actors::key),
    source("method", &["flow"], works::evidence),
    source("ambition", &["synergy"], works::synergies),
    source("jobs", &["synergy"], works::jobs),
    source("knowledge", &["stakeholder"], actors::described),
    source("need", &["action", "stakeholder"], works::involved),
    source("progress", &["action"], works::progress),
    source("financing", &["action_line"], means::action_plans),
    source("map", &["stakeholder"], actors::described),
    source("stakeholder_governance", &["governance_body"], means::bodies),
    source("commitments", &["commitment", "stakeholder"], actors::signatories),
    source("charter_objectives", &["commitment", "stakeholder"], actors::signatories),
    source("charter_principles", &["commitment", "stakeholder"], actors::signatories),
    source("core", &["stakeholder", "commitment"], actors::committed_key),
    source("motivation", &["organisation.portage"], means::carrier),
    source("st_economic", &["flow"], works::own_flows),
    source("st_role", &["commitment"], actors::own_commitments),
];

/// Kinds of units to load for a page: its own; for the team, those of the facts beside its questions too.
pub fn loaded(page: &Page, is_team: bool) -> Vec<&'static str> {
    let told = SOURCES.iter().filter(|source| is_team && page.items.iter().any(|item| item.key == source.item));
    let mut kinds = page.kinds();
    kinds.extend(told.flat_map(|source| source.kinds));
    kinds
}

/// Kinds whose facts a page tells: for the administration, only what the page itself holds or lists.
pub fn told(page: &Page, is_team: bool) -> Vec<&'static str> {
    if is_team {
        return loaded(page, true);
    }
    let lists = page.items.iter().filter_map(|item| item.list).map(|rows| rows.kind);
    std::iter::once(page.kind).chain(page.tables().map(|rows| rows.kind)).chain(lists).collect()
}

/// Facts beside an item. `loaded` are the kinds that `content` holds: a fact read from another kind is not told, so that
/// who reads one deliverable learns nothing of the others.
pub fn facts(item: &str, content: &Content, unit: &Unit, loaded: &[&str]) -> Vec<Related> {
    let told = SOURCES
        .iter()
        .filter(|source| source.item == item && source.kinds.iter().all(|kind| loaded.contains(kind)))
        .filter_map(|source| (source.fact)(content, unit));
    told.fold(Vec::new(), |mut facts: Vec<Related>, fact| {
        // Two facts typed in one place are one line, with one link.
        match facts.last_mut().filter(|last| last.path == fact.path) {
            Some(last) => last.text = format!("{} {}", last.text, fact.text),
            None => facts.push(fact),
        }
        facts
    })
}

/// Every kind that a fact is read from: what a whole dossier holds.
pub fn every_kind() -> Vec<&'static str> {
    SOURCES.iter().flat_map(|source| source.kinds.iter().copied()).collect()
}

/// "A, B, C et 4 autres".
fn named(names: &[String]) -> String {
    const SHOWN: usize = 5;
    if names.len() <= SHOWN + 1 {
        return crate::kit::french::list(names);
    }
    format!("{} et {} autres", names[..SHOWN].join(", "), names.len() - SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::COLLECTIONS;
    use crate::framework::content::Value;
    use crate::framework::standing::{places, rows_of};
    use uuid::Uuid;

    fn row(content: &mut Content, kind: &str, fields: &[(&str, Value)]) -> Uuid {
        let mut unit = Unit::blank(kind, Uuid::now_v7(), None);
        unit.fields = fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let row = unit.row;
        content.units.push(unit);
        row
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn told(item: &str, content: &Content) -> Vec<String> {
        let unit = Unit::blank("", Uuid::nil(), None);
        facts(item, content, &unit, &every_kind()).into_iter().map(|fact| fact.text.replace(['\u{a0}', '\u{202f}'], " ")).collect()
    }

    #[test]
    fn each_source_names_an_item_and_kinds_that_exist() {
        let items: Vec<&str> = places().map(|place| place.item.key).chain(COLLECTIONS.iter().flat_map(|rows| rows.items.iter().map(|item| item.key))).collect();
        for source in SOURCES {
            assert!(items.contains(&source.item), "{}", source.item);
            for kind in source.kinds {
                assert!(rows_of(kind).is_some() || places().any(|place| place.section.key == *kind), "{kind}");
            }
        }
    }

    #[test]
    fn an_empty_dossier_has_nothing_to_recall() {
        for source in SOURCES {
            assert_eq!(told(source.item, &Content::default()), Vec::<String>::new(), "{}", source.item);
        }
    }

    #[test]
    fn actors_are_counted_with_those_outside_and_their_acceptance() {
        let mut content = Content::default();
        row(&mut content, "stakeholder", &[("name", text("Papeterie")), ("kind", text("company")), ("acceptance", text("favourable"))]);
        row(&mut content, "stakeholder", &[("name", text("Cimenterie")), ("kind", text("company")), ("outside_perimeter", Value::Flag(true))]);
        row(&mut content, "stakeholder", &[("name", text("Club")), ("is_key_actor", Value::Flag(true)), ("acceptance", text("reserved"))]);
        assert_eq!(told("q2", &content), ["3 acteurs, dont 1 hors du périmètre."]);
        assert_eq!(told("q7", &content), ["Hors du périmètre : Cimenterie."]);
        assert_eq!(told("q12", &content), ["Acteurs clés : Club."]);
        assert_eq!(told("q14", &content), ["Acceptation notée pour 2 acteurs sur 3 : 1 favorable, 1 réservée."]);
    }

    #[test]
    fn money_and_time_are_summed() {
        let mut content = Content::default();
        row(&mut content, "staff", &[("fte", text("0.5")), ("status", text("acquired"))]);
        row(&mut content, "staff", &[("fte", text("0.25"))]);
        for (side, cents) in [("expense", 100_000), ("resource", 90_000)] {
            row(&mut content, "budget_line", &[("horizon", text("medium")), ("side", text(side)), ("amount", Value::Whole(cents))]);
        }
        assert_eq!(told("q10", &content), ["Moyens humains : 0,75 ETP, dont 0,5 acquis."]);
        assert_eq!(told("q16", &content), ["À moyen terme : 1 000 € de dépenses, 900 € de ressources, dont 0 € acquis."]);
    }

    #[test]
    fn who_reads_one_deliverable_learns_nothing_of_the_others() {
        let mut content = Content::default();
        row(&mut content, "stakeholder", &[("name", text("Papeterie"))]);
        let unit = Unit::blank("organisation.perimetre", Uuid::nil(), None);
        assert!(facts("q2", &content, &unit, &["organisation.perimetre", "perimeter_commune"]).is_empty());
    }

    #[test]
    fn a_long_list_of_names_is_cut() {
        let names: Vec<String> = ["A", "B", "C", "D", "E", "F", "G"].map(str::to_owned).to_vec();
        assert_eq!(named(&names), "A, B, C, D, E et 2 autres");
        assert_eq!(named(&names[..2]), "A et B");
    }
}
