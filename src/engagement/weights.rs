//! Number, diversity and representativeness of the signatories (R79), each figure with the table that it is computed from.

use super::model::{Engagement, State};
use super::sectors;
use crate::framework::content::{Content, Unit};
use crate::framework::{Choice, Kind, STAKEHOLDER};
use crate::kit::french::{NNBSP, count, thousands};

const UNKNOWN: &str = "inconnu";

/// A figure: what it says, and the lines that it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Key, for its anchor.
    pub key: &'static str,
    /// What is measured.
    pub title: &'static str,
    /// What is found, unknowns included.
    pub finding: String,
    /// Heads of the table: label and whether they hold figures.
    pub columns: Vec<(&'static str, bool)>,
    /// Its lines.
    pub rows: Vec<Vec<String>>,
}

/// An organisation that signed: its sheet when it still has one, its commitment.
struct Signed<'a> {
    name: &'a str,
    actor: Option<&'a Unit>,
    commitment: Option<&'a Unit>,
}

/// Every figure of a document, over the organisations whose signature holds and the actors of the dossier.
pub fn figures(engagement: &Engagement, content: &Content) -> Vec<Figure> {
    let signed: Vec<Signed<'_>> = engagement
        .signed()
        .map(|(signatory, _)| Signed {
            name: &signatory.organisation,
            actor: content.row("stakeholder", signatory.stakeholder),
            commitment: signatory.commitment.and_then(|row| content.row("commitment", row)),
        })
        .collect();
    vec![
        number(engagement, content),
        grouped(("type", "Type de structure"), &signed, content, |unit| label("kind", unit)),
        grouped(("secteur", "Secteur d’activité"), &signed, content, |unit| sectors::division(unit.text("naf"))),
        workforce(&signed, content),
        economic(&signed, content),
        political(&signed, content),
    ]
}

/// Weight of a signatory in one line, as far as it is known.
pub fn sentence(actor: Option<&Unit>, commitment: Option<&Unit>) -> String {
    let said = |name: &str, key: &str| commitment.map(|unit| unit.text(key)).filter(|text| !text.is_empty()).map(|text| format!("poids {name}\u{a0}: {text}"));
    let influence = actor.and_then(|unit| label("influence", unit)).map(|level| format!("influence {level}"));
    let parts: Vec<String> = actor
        .and_then(|unit| label("headcount", unit))
        .into_iter()
        .chain(said("économique", "economic_weight"))
        .chain(said("politique", "political_weight"))
        .chain(influence)
        .collect();
    if parts.is_empty() { UNKNOWN.to_owned() } else { parts.join(&format!("{NNBSP}; ")) }
}

fn number(engagement: &Engagement, content: &Content) -> Figure {
    let signed = engagement.signed().count();
    let asked = engagement.signatories.iter().filter(|signatory| signatory.asked.is_some() || !signatory.answers.is_empty()).count();
    let of = |state: State| engagement.signatories.iter().filter(|signatory| signatory.state() == state).count();
    let declined = of(State::Declined) + of(State::Withdrawn);
    let finding = format!(
        "{}, {} et {}{}.",
        count(signed, "organisation signataire", "organisations signataires"),
        count(asked, "sollicitée", "sollicitées"),
        count(content.rows("stakeholder").count(), "acteur au dossier", "acteurs au dossier"),
        if declined == 0 { String::new() } else { format!(", {}", count(declined, "refus ou retrait", "refus ou retraits")) }
    );
    let rows = engagement.signed().map(|(signatory, answer)| {
        vec![signatory.organisation.clone(), format!("version {}", answer.number), if answer.is_paper { "sur papier" } else { "par lien" }.to_owned()]
    });
    Figure {
        key: "nombre",
        title: "Nombre de signataires",
        finding,
        columns: vec![("Organisation", false), ("Texte signé", false), ("Signature", false)],
        rows: rows.collect(),
    }
}

/// Signatories and actors by a trait of their sheet; those of whom it is not known are a line of their own.
fn grouped((key, title): (&'static str, &'static str), signed: &[Signed<'_>], content: &Content, of: impl Fn(&Unit) -> Option<String>) -> Figure {
    let mut groups: Vec<(String, Vec<&str>, usize)> = Vec::new();
    let mut place = |group: String, name: Option<&'_ str>| {
        let index = groups.iter().position(|(held, ..)| *held == group).unwrap_or_else(|| {
            groups.push((group, Vec::new(), 0));
            groups.len() - 1
        });
        groups[index].2 += usize::from(name.is_none());
        index
    };
    let named = |unit: Option<&Unit>| unit.and_then(&of).unwrap_or_else(|| UNKNOWN.to_owned());
    for unit in content.rows("stakeholder") {
        place(named(Some(unit)), None);
    }
    let places: Vec<(usize, &str)> = signed.iter().map(|one| (place(named(one.actor), Some(one.name)), one.name)).collect();
    for (index, name) in places {
        groups[index].1.push(name);
    }
    groups.sort_by_key(|(group, names, all)| (group == UNKNOWN, std::cmp::Reverse(names.len()), std::cmp::Reverse(*all), group.clone()));
    let known = |only_signed: bool| groups.iter().filter(|(group, names, _)| group != UNKNOWN && (!only_signed || !names.is_empty())).count();
    let unknown = groups.iter().find(|(group, ..)| group == UNKNOWN).map_or(0, |(_, names, _)| names.len());
    let (one, many) = if key == "secteur" { ("secteur", "secteurs") } else { ("type de structure", "types de structure") };
    let finding = format!("{} chez les signataires, sur {} au dossier{}.", count(known(true), one, many), known(false), of_unknown(unknown));
    let rows = groups.into_iter().map(|(group, names, all)| vec![group, names.len().to_string(), all.to_string(), names.join(", ")]);
    let columns = vec![(title, false), ("Signataires", true), ("Acteurs du dossier", true), ("Lesquels ont signé", false)];
    Figure { key, title, finding, columns, rows: rows.collect() }
}

fn of_unknown(unknown: usize) -> String {
    if unknown == 0 { String::new() } else { format!(" ({} de qui on l’ignore)", count(unknown, "signataire", "signataires")) }
}

/// Jobs that signatories stand for, from the classes of their workforce: a range, never a false precision.
fn workforce(signed: &[Signed<'_>], content: &Content) -> Figure {
    let ours = jobs(signed.iter().filter_map(|one| one.actor));
    let all = jobs(content.rows("stakeholder"));
    let unknown = signed.iter().filter(|one| one.actor.is_none_or(|unit| bounds(unit.text("headcount")).is_none())).count();
    let finding = format!("{} chez les signataires, {} chez tous les acteurs du dossier{}.", range(ours), range(all), of_unknown(unknown));
    let figure = grouped(("effectif", "Tranche d’effectif"), signed, content, |unit| label("headcount", unit));
    Figure { title: "Emplois représentés", finding, ..figure }
}

fn jobs<'a>(units: impl Iterator<Item = &'a Unit>) -> (i64, Option<i64>) {
    units.filter_map(|unit| bounds(unit.text("headcount"))).fold((0, Some(0)), |(low, high), (least, most)| (low + least, high.zip(most).map(|(a, b)| a + b)))
}

/// "3-5" is from 3 to 5, "2000+" has no upper bound.
fn bounds(class: &str) -> Option<(i64, Option<i64>)> {
    if let Some(least) = class.strip_suffix('+') {
        return Some((least.parse().ok()?, None));
    }
    let (least, most) = class.split_once('-').unwrap_or((class, class));
    Some((least.parse().ok()?, Some(most.parse().ok()?)))
}

fn range((low, high): (i64, Option<i64>)) -> String {
    match high {
        Some(high) if high == low => count(low, "salarié", "salariés"),
        Some(high) => format!("{} à {}", thousands(low), count(high, "salarié", "salariés")),
        None => format!("au moins {}", count(low, "salarié", "salariés")),
    }
}

fn economic(signed: &[Signed<'_>], content: &Content) -> Figure {
    let major = content.rows("stakeholder").filter(|unit| unit.flag("is_major")).count();
    let ours = signed.iter().filter(|one| one.actor.is_some_and(|unit| unit.flag("is_major"))).count();
    let known = signed.iter().filter(|one| !text(one.commitment, "economic_weight").is_empty()).count();
    let finding = format!(
        "{} sur {} au dossier\u{202f}; poids économique décrit pour {} sur {}.",
        count(ours, "gros générateur de flux signataire", "gros générateurs de flux signataires"),
        major,
        count(known, "signataire", "signataires"),
        signed.len()
    );
    let rows = signed.iter().map(|one| {
        vec![
            one.name.to_owned(),
            one.actor.and_then(|unit| label("headcount", unit)).unwrap_or_else(|| UNKNOWN.to_owned()),
            yes(one.actor, "is_major").to_owned(),
            or_unknown(text(one.commitment, "economic_weight")),
        ]
    });
    Figure {
        key: "poids-economique",
        title: "Poids économique",
        finding,
        columns: vec![("Organisation", false), ("Effectif", false), ("Gros générateur de flux", false), ("Poids économique", false)],
        rows: rows.collect(),
    }
}

fn political(signed: &[Signed<'_>], content: &Content) -> Figure {
    let weighs = |unit: &Unit| matches!(unit.text("influence"), "3" | "4");
    let all = content.rows("stakeholder").filter(|unit| weighs(unit)).count();
    let ours = signed.iter().filter(|one| one.actor.is_some_and(weighs)).count();
    let known = signed.iter().filter(|one| !text(one.commitment, "political_weight").is_empty()).count();
    let finding = format!(
        "{} sur {} au dossier\u{202f}; poids politique décrit pour {} sur {}.",
        count(ours, "signataire d’influence forte ou décisive", "signataires d’influence forte ou décisive"),
        all,
        count(known, "signataire", "signataires"),
        signed.len()
    );
    let rows = signed.iter().map(|one| {
        let of = |key| one.actor.and_then(|unit| label(key, unit)).unwrap_or_else(|| UNKNOWN.to_owned());
        vec![one.name.to_owned(), of("kind"), of("influence"), or_unknown(text(one.commitment, "political_weight"))]
    });
    Figure {
        key: "poids-politique",
        title: "Poids politique",
        finding,
        columns: vec![("Organisation", false), ("Type de structure", false), ("Influence", false), ("Poids politique", false)],
        rows: rows.collect(),
    }
}

fn text<'a>(unit: Option<&'a Unit>, key: &str) -> &'a str {
    unit.map_or("", |unit| unit.text(key))
}

fn or_unknown(text: &str) -> String {
    if text.is_empty() { UNKNOWN.to_owned() } else { text.to_owned() }
}

fn yes(unit: Option<&Unit>, key: &str) -> &'static str {
    match unit {
        None => UNKNOWN,
        Some(unit) if unit.flag(key) => "oui",
        Some(_) => "non",
    }
}

/// Words of a choice on a stakeholder's sheet; nothing when none is made.
fn label(key: &str, unit: &Unit) -> Option<String> {
    let choices: &[Choice] = match STAKEHOLDER.field(key)?.kind {
        Kind::Choice(choices) => choices,
        _ => return None,
    };
    choices.iter().find(|choice| choice.key == unit.text(key)).map(|choice| choice.label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::Value;
    use uuid::Uuid;

    fn actor(fields: &[(&str, &str)]) -> Unit {
        let mut unit = Unit::blank("stakeholder", Uuid::now_v7(), None);
        unit.fields = fields.iter().map(|(key, value)| ((*key).to_owned(), Value::Text((*value).to_owned()))).collect();
        unit
    }

    #[test]
    fn jobs_are_a_range_and_an_open_class_has_no_upper_bound() {
        let units = [actor(&[("headcount", "3-5")]), actor(&[("headcount", "0")]), actor(&[])];
        assert_eq!(range(jobs(units.iter())), "3 à 5\u{a0}salariés");
        let open = [actor(&[("headcount", "2000+")]), actor(&[("headcount", "20-49")])];
        assert_eq!(range(jobs(open.iter())), "au moins 2\u{202f}020\u{a0}salariés");
        assert_eq!(range(jobs(units[1..2].iter())), "0\u{a0}salarié");
    }

    #[test]
    fn what_is_not_known_is_said_and_counted_apart() {
        let one = actor(&[("name", "Verrerie"), ("kind", "company")]);
        let other = actor(&[("name", "Mairie")]);
        let content = Content { units: vec![one.clone(), other.clone()], filled_slots: Vec::new() };
        let signed = [Signed { name: "Verrerie", actor: Some(&one), commitment: None }, Signed { name: "Disparue", actor: None, commitment: None }];
        let figure = grouped(("type", "Type"), &signed, &content, |unit| label("kind", unit));
        assert_eq!(figure.rows, [["Entreprise", "1", "1", "Verrerie"], ["inconnu", "1", "1", "Disparue"]].map(|row| row.map(str::to_owned).to_vec()));
        assert_eq!(figure.finding, "1\u{a0}type de structure chez les signataires, sur 1 au dossier (1\u{a0}signataire de qui on l’ignore).");
        assert_eq!(sentence(Some(&other), None), "inconnu");
        assert_eq!(sentence(Some(&actor(&[("headcount", "20-49"), ("influence", "3")])), None), "20 à 49\u{a0}salariés\u{202f}; influence 3, forte");
    }
}
