//! Figures that the regulation asks to judge by (R69, R71, R79), counted in the deposit that a review judges.

use std::collections::BTreeSet;

use crate::framework::content::{Content, Unit};
use crate::framework::{ACTION, Choice, Kind, Rows, STAKEHOLDER, rules};
use crate::kit::french::{count, euros, list};
use crate::submission::Snapshot;

/// Figures beside a criterion, and how they are counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// What is counted, and how many.
    pub figures: Vec<(String, String)>,
    /// How.
    pub rule: &'static str,
}

/// Figures of a criterion; none for those that no figure helps to judge.
pub fn counts(code: &str, snapshot: &Snapshot) -> Option<Counts> {
    let content = snapshot.content();
    match code {
        "3.2" => Some(intensity(&content)),
        "3.4" => Some(involved(&content)),
        "4.2" => Some(signatories(&content, snapshot)),
        _ => None,
    }
}

fn label<'a>(rows: &Rows, key: &str, unit: &'a Unit) -> &'a str {
    let choices: &[Choice] = match rows.field(key).map(|field| field.kind) {
        Some(Kind::Choice(choices)) => choices,
        _ => &[],
    };
    choices.iter().find(|choice| choice.key == unit.text(key)).map_or("", |choice| choice.label)
}

/// "2 entreprises, 1 non précisé": how many of each kind, in the order of the kinds, what is unknown last.
fn spread<'a>(rows: &Rows, key: &str, units: impl Iterator<Item = &'a Unit>) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for unit in units {
        let kind = label(rows, key, unit);
        match kinds.iter_mut().find(|(held, _)| *held == kind) {
            Some((_, n)) => *n += 1,
            None => kinds.push((kind, 1)),
        }
    }
    kinds.sort_by_key(|(kind, n)| (kind.is_empty(), std::cmp::Reverse(*n), *kind));
    let parts: Vec<String> = kinds.into_iter().map(|(kind, n)| format!("{}\u{a0}: {n}", if kind.is_empty() { "non précisé" } else { kind })).collect();
    if parts.is_empty() { "aucun".to_owned() } else { parts.join("\u{202f}; ") }
}

/// Actors of an action that the dossier still lists.
fn actors<'a>(content: &'a Content, action: &'a Unit) -> impl Iterator<Item = &'a Unit> {
    content.rows("stakeholder").filter(|actor| action.many("actors").contains(&actor.row.to_string()))
}

/// R69: number and intensity of the actions.
fn intensity(content: &Content) -> Counts {
    let actions: Vec<&Unit> = content.rows("action").collect();
    let new = actions.iter().filter(|action| action.text("origin") == "new").count();
    let mut figures = vec![
        ("Actions vitrines".to_owned(), format!("{} sur 2 au plus, dont {}", actions.len(), count(new, "nouvelle", "nouvelles"))),
        ("Thèmes".to_owned(), spread(&ACTION, "theme", actions.iter().copied())),
        ("Avancement".to_owned(), spread(&ACTION, "progress", actions.iter().copied())),
    ];
    for action in &actions {
        let name = if action.has("title") { action.text("title") } else { "Action sans intitulé" };
        let (expenses, resources) = rules::balance(content, action);
        let said = format!(
            "{}, {} de dépenses, {} de ressources",
            count(actors(content, action).count(), "acteur concerné", "acteurs concernés"),
            euros(expenses),
            euros(resources)
        );
        figures.push((name.to_owned(), said));
    }
    let rule = "Compté sur les fiches d’actions du dépôt\u{a0}: une action par fiche, les acteurs cochés sur chacune, les sommes de son plan de financement.";
    Counts { figures, rule }
}

/// R71: number of the actors who take part in the actions, each once.
fn involved(content: &Content) -> Counts {
    let rows: BTreeSet<uuid::Uuid> = content.rows("action").flat_map(|action| actors(content, action)).map(|actor| actor.row).collect();
    let involved: Vec<&Unit> = content.rows("stakeholder").filter(|actor| rows.contains(&actor.row)).collect();
    let of = |is: &dyn Fn(&Unit) -> bool| involved.iter().filter(|actor| is(actor)).count();
    let has_signed = |actor: &Unit| content.rows("commitment").any(|row| row.has("signed_on") && row.row_of("stakeholder") == Some(actor.row));
    let figures = vec![
        ("Acteurs concernés".to_owned(), format!("{} sur {} au dossier", involved.len(), content.rows("stakeholder").count())),
        ("Types de structure".to_owned(), spread(&STAKEHOLDER, "kind", involved.iter().copied())),
        (
            "Rôle, compétence et modalité de travail décrits".to_owned(),
            format!("{} sur {}", of(&|actor| ["role", "skill", "working_mode"].iter().all(|key| actor.has(key))), involved.len()),
        ),
        ("Acteurs clés".to_owned(), of(&|actor| actor.flag("is_key_actor")).to_string()),
        ("Engagement signé".to_owned(), format!("{} sur {}", of(&has_signed), involved.len())),
    ];
    let rule = "Compté sur les acteurs cochés dans les fiches d’actions du dépôt, chacun une fois même s’il est de deux actions.";
    Counts { figures, rule }
}

/// R79: number, diversity and weights of the signatories: commitments with a date of signature, and signatures of the single document.
fn signatories(content: &Content, snapshot: &Snapshot) -> Counts {
    let signed: Vec<&Unit> = content.rows("commitment").filter(|row| row.has("signed_on")).collect();
    let rows: BTreeSet<uuid::Uuid> = signed.iter().filter_map(|row| row.row_of("stakeholder")).collect();
    let holders: Vec<&Unit> = content.rows("stakeholder").filter(|actor| rows.contains(&actor.row)).collect();
    let strong = |actor: &Unit| matches!(actor.text("influence"), "3" | "4");
    let weighed = |key: &str| format!("{} sur {}", signed.iter().filter(|row| row.has(key)).count(), signed.len());
    let of_all = |is: &dyn Fn(&Unit) -> bool| {
        format!("{} sur {} au dossier", holders.iter().filter(|actor| is(actor)).count(), content.rows("stakeholder").filter(|actor| is(actor)).count())
    };
    let commitments = content.rows("commitment").count();
    let mut figures = vec![
        ("Engagements signés".to_owned(), format!("{} sur {commitments}", signed.len())),
        ("Structures signataires".to_owned(), format!("{} sur {} au dossier", holders.len(), content.rows("stakeholder").count())),
        ("Types de structure".to_owned(), spread(&STAKEHOLDER, "kind", holders.iter().copied())),
        ("Effectifs".to_owned(), spread(&STAKEHOLDER, "headcount", holders.iter().copied())),
        ("Gros générateurs de flux".to_owned(), of_all(&|actor| actor.flag("is_major"))),
        ("Influence forte ou décisive".to_owned(), of_all(&strong)),
        ("Poids économique décrit".to_owned(), weighed("economic_weight")),
        ("Poids politique décrit".to_owned(), weighed("political_weight")),
    ];
    if let Some(document) = &snapshot.engagement {
        let names: Vec<&str> = document.signatories.iter().map(|signatory| signatory.organisation.as_str()).collect();
        let end = if names.is_empty() { String::new() } else { format!("\u{a0}: {}", list(&names)) };
        figures.push(("Document unique".to_owned(), format!("{}{end}", count(names.len(), "organisation signataire", "organisations signataires"))));
    }
    let rule = "Compté sur les fiches d’engagement du dépôt qui portent une date de signature, une structure comptée une fois, et sur les signatures du \
        document unique qui tenaient au moment du dépôt.";
    Counts { figures, rule }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::Value;
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

    fn said(counts: &Counts, what: &str) -> String {
        let found = counts.figures.iter().find(|(label, _)| label == what).map(|(_, value)| value.replace(['\u{a0}', '\u{202f}'], " "));
        found.unwrap_or_else(|| panic!("{what} in {counts:?}"))
    }

    fn content() -> Content {
        let mut content = Content::default();
        let papeterie = row(
            &mut content,
            "stakeholder",
            &[("name", text("Papeterie")), ("kind", text("company")), ("influence", text("3")), ("is_major", Value::Flag(true))],
        );
        let mairie = row(&mut content, "stakeholder", &[("name", text("Mairie"))]);
        row(&mut content, "stakeholder", &[("name", text("Cimenterie")), ("kind", text("company")), ("is_major", Value::Flag(true))]);
        let both = Value::Many(vec![papeterie.to_string(), mairie.to_string()]);
        let gone = Value::Many(vec![papeterie.to_string(), Uuid::now_v7().to_string()]);
        row(
            &mut content,
            "action",
            &[("title", text("Navette")), ("theme", text("transport")), ("origin", text("new")), ("progress", text("study")), ("actors", both)],
        );
        row(&mut content, "action", &[("title", text("Cartons")), ("theme", text("waste")), ("actors", gone)]);
        row(
            &mut content,
            "commitment",
            &[("stakeholder", text(&papeterie.to_string())), ("signed_on", text("2015-09-01")), ("economic_weight", text("420 emplois"))],
        );
        row(&mut content, "commitment", &[("stakeholder", text(&mairie.to_string()))]);
        content
    }

    #[test]
    fn r69_actions_are_counted_with_what_each_gathers() {
        let counts = intensity(&content());
        assert_eq!(said(&counts, "Actions vitrines"), "2 sur 2 au plus, dont 1 nouvelle");
        assert_eq!(said(&counts, "Navette"), "2 acteurs concernés, 0 € de dépenses, 0 € de ressources");
        assert_eq!(said(&counts, "Cartons"), "1 acteur concerné, 0 € de dépenses, 0 € de ressources");
        assert_eq!(said(&counts, "Avancement"), "À l’étude : 1 ; non précisé : 1");
    }

    #[test]
    fn r71_an_actor_of_two_actions_counts_once() {
        let counts = involved(&content());
        assert_eq!(said(&counts, "Acteurs concernés"), "2 sur 3 au dossier");
        assert_eq!(said(&counts, "Engagement signé"), "1 sur 2");
        assert_eq!(said(&counts, "Types de structure"), "Entreprise : 1 ; non précisé : 1");
    }

    #[test]
    fn r79_only_dated_signatures_count() {
        let snapshot: Snapshot = serde_json::from_str(r#"{"format":1,"title":"","label":"","units":[],"files":[]}"#).expect("a deposit");
        let counts = signatories(&content(), &snapshot);
        assert_eq!(said(&counts, "Engagements signés"), "1 sur 2");
        assert_eq!(said(&counts, "Structures signataires"), "1 sur 3 au dossier");
        assert_eq!(said(&counts, "Gros générateurs de flux"), "1 sur 2 au dossier");
        assert_eq!(said(&counts, "Poids économique décrit"), "1 sur 1");
        assert_eq!(said(&counts, "Poids politique décrit"), "0 sur 1");
    }

    #[test]
    fn an_empty_deposit_counts_nothing_and_says_it() {
        let counts = involved(&Content::default());
        assert_eq!((said(&counts, "Acteurs concernés"), said(&counts, "Types de structure")), ("0 sur 0 au dossier".to_owned(), "aucun".to_owned()));
    }
}
