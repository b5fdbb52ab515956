//! From a line to rows: the flow, and its actor when its name is new.

use trame_synergies::flow::{Direction, Domain};
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::suggest::{Asked, suggest};
use uuid::Uuid;

use super::speech::{self, Amount, Said};
use crate::framework::content::{Content, Unit, Value};
use crate::framework::reading::{Reading, read};
use crate::framework::{FLOW, Rows, STAKEHOLDER};
use crate::kit::french::{count, fold};
use crate::kit::words::clean;
use crate::project::units::Change;

/// Longest line, in characters.
pub const LONGEST: usize = 300;

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The line.
    pub words: String,
    /// Name of the actor, or nothing.
    pub actor: String,
    /// The choice beside the line: « je cherche ». The words win when they tell it.
    pub is_need: bool,
    /// Kept to the team: never projected.
    pub is_private: bool,
}

/// Why a line makes no card, beside its control.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    /// About the line.
    pub words: String,
    /// About the actor.
    pub actor: String,
}

/// A line read, before the dossier is looked at.
#[derive(Debug)]
pub struct Card {
    said: Said,
    direction: Direction,
    domain: Option<Domain>,
    actor: String,
    is_private: bool,
}

/// Reads a line.
///
/// # Errors
/// The sentences to show beside the controls.
pub fn card(tables: &Nomenclature, typed: &Typed) -> Result<Card, Refused> {
    let words = clean(&typed.words, LONGEST).map_err(|sentence| sentence.to_string());
    let actor = named(&STAKEHOLDER, &typed.actor);
    let said = words.and_then(|words| {
        let said = speech::read(&words.replace('\n', " "));
        if said.label.is_empty() {
            return Err("Écrire ce que c’est\u{a0}: «\u{a0}200 t de sciures de pin\u{a0}», «\u{a0}cherche vapeur\u{a0}».".to_owned());
        }
        named(&FLOW, &said.label).map(|label| Said { label, ..said })
    });
    match (said, actor) {
        (Ok(said), Ok(actor)) => {
            let direction = said.direction.unwrap_or(if typed.is_need { Direction::In } else { Direction::Out });
            let domain = domain(tables, &said, direction);
            Ok(Card { said, direction, domain, actor, is_private: typed.is_private })
        }
        (said, actor) => Err(Refused { words: said.err().unwrap_or_default(), actor: actor.err().unwrap_or_default() }),
    }
}

/// The name of a row, as its field reads it; empty when nothing is typed.
fn named(rows: &Rows, typed: &str) -> Result<String, String> {
    let Some(field) = rows.field(rows.name_field) else { return Ok(String::new()) };
    match read(field, &[typed], &Content::default()) {
        Reading::Value(Value::Text(text)) => Ok(text),
        Reading::Unreadable(sentence) => Err(sentence),
        _ => Ok(String::new()),
    }
}

/// Of the suggested type, however unsure; else what the unit tells.
fn domain(tables: &Nomenclature, said: &Said, direction: Direction) -> Option<Domain> {
    let asked = Asked { label: &said.label, direction: Some(direction), temperature: said.temperature, ..Asked::default() };
    let by_type = suggest(tables, &asked).first().map(|found| tables.get(found.kind).domain);
    by_type.or_else(|| said.amount.as_ref().and_then(|amount| of_unit(amount.unit)))
}

fn of_unit(unit: &str) -> Option<Domain> {
    match unit {
        "t" | "kg" => Some(Domain::Material),
        "m3" | "L" => Some(Domain::Water),
        "MWh" | "kWh" | "GWh" | "Nm3" => Some(Domain::Energy),
        "h" => Some(Domain::Service),
        _ => None,
    }
}

fn domain_key(domain: Domain) -> &'static str {
    match domain {
        Domain::Water => "water",
        Domain::Energy => "energy",
        Domain::Material => "material",
        Domain::Service => "service",
    }
}

impl Card {
    /// The rows that the card adds: its flow, after its actor when no actor of the dossier bears that name.
    ///
    /// # Errors
    /// When a list is full.
    pub fn rows(&self, content: &Content) -> Result<Vec<Change>, String> {
        let mut added = Vec::new();
        let held = content.rows(STAKEHOLDER.kind).find(|unit| !self.actor.is_empty() && fold(unit.text("name")) == fold(&self.actor));
        let actor = match held {
            Some(unit) => Some(unit.row),
            None if self.actor.is_empty() => None,
            None => {
                let mut unit = new(content, &STAKEHOLDER)?;
                unit.fields.insert("name".to_owned(), Value::Text(self.actor.clone()));
                added.push(unit);
                added.last().map(|unit| unit.row)
            }
        };
        let mut flow = new(content, &FLOW)?;
        self.fill(&mut flow, actor);
        added.push(flow);
        Ok(added.into_iter().map(|unit| Change { unit, is_deleted: false, is_set_aside: false }).collect())
    }

    fn fill(&self, flow: &mut Unit, actor: Option<Uuid>) {
        let mut text = |key: &str, value: &str| drop(flow.fields.insert(key.to_owned(), Value::Text(value.to_owned())));
        text("label", &self.said.label);
        text("direction", if self.direction == Direction::In { "in" } else { "out" });
        // Somebody who is named said it; otherwise the room knows it.
        text("evidence", if actor.is_some() { "declared" } else { "knowledge" });
        if let Some(domain) = self.domain {
            text("domain", domain_key(domain));
        }
        if let Some(actor) = actor {
            text("actor", &actor.to_string());
        }
        if self.is_private {
            text("visibility", "private");
        }
        if let Some(Amount { value, unit, .. }) = self.said.amount {
            text("unit", unit);
            put(flow, "quantity", value);
        }
        if let Some(degrees) = self.said.temperature {
            put(flow, "temperature", degrees);
        }
    }

    /// Place in [`speech::ASSUMED`] of what had to be assumed to read the quantity.
    pub fn assumed(&self) -> Option<usize> {
        let assumed = self.said.amount.as_ref()?.assumed;
        speech::ASSUMED.iter().position(|sentence| *sentence == assumed)
    }
}

/// A number in its field; what the field refuses is kept as typed beside it.
fn put(flow: &mut Unit, key: &str, value: f64) {
    let Some(field) = FLOW.field(key) else { return };
    let typed = format!("{value:.3}");
    let typed = typed.trim_end_matches('0').trim_end_matches('.').replace('.', ",");
    match read(field, &[&typed], &Content::default()) {
        Reading::Value(value) => drop(flow.fields.insert(key.to_owned(), value)),
        Reading::Unreadable(_) => drop(flow.raw.insert(key.to_owned(), typed)),
        Reading::Empty => {}
    }
}

fn new(content: &Content, rows: &Rows) -> Result<Unit, String> {
    let (held, last) = content.rows(rows.kind).fold((0, 0), |(held, last), unit| (held + 1, unit.position.max(last)));
    if held >= usize::from(rows.most) {
        return Err(format!("{} au plus\u{a0}: retirez-en avant d’en ajouter.", count(rows.most, rows.many, rows.many)));
    }
    let mut unit = Unit::blank(rows.kind, Uuid::now_v7(), None);
    (unit.version, unit.position) = (1, last + 1);
    Ok(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(words: &str, actor: &str, content: &Content) -> Vec<Unit> {
        let typed = Typed { words: words.to_owned(), actor: actor.to_owned(), ..Typed::default() };
        let card = card(&Nomenclature::shared(), &typed).expect("a card");
        card.rows(content).expect("room").into_iter().map(|change| change.unit).collect()
    }

    #[test]
    fn a_card_with_a_new_name_makes_its_actor_and_declares() {
        let rows = noted("j'ai 200 t de sciures de pin par an", "Scierie Alpha", &Content::default());
        assert_eq!(rows.len(), 2);
        let (actor, flow) = (&rows[0], &rows[1]);
        assert_eq!((actor.kind.as_str(), actor.text("name")), ("stakeholder", "Scierie Alpha"));
        assert_eq!(flow.row_of("actor"), Some(actor.row));
        let told = ["direction", "domain", "label", "quantity", "unit", "evidence", "visibility"].map(|key| flow.text(key));
        assert_eq!(told, ["out", "material", "sciures de pin", "200", "t", "declared", ""]);
    }

    #[test]
    fn a_known_name_is_found_whatever_its_case_and_nobody_named_is_knowledge() {
        let content = Content { units: noted("des copeaux", "Scierie Alpha", &Content::default()), ..Content::default() };
        let rows = noted("cherche vapeur basse pression", "SCIERIE ALPHA", &content);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text("direction"), rows[0].text("domain"), rows[0].position), ("in", "energy", 2));
        let alone = noted("eau chaude 60° de nos compresseurs", "", &content);
        assert_eq!((alone[0].text("evidence"), alone[0].text("temperature"), alone[0].text("domain")), ("knowledge", "60", "energy"));
    }

    #[test]
    fn what_says_nothing_is_refused_beside_its_control() {
        let refused = |words: &str, actor: &str| {
            let typed = Typed { words: words.to_owned(), actor: actor.to_owned(), ..Typed::default() };
            card(&Nomenclature::shared(), &typed).expect_err("refused")
        };
        assert!(refused("j'ai", "").words.contains("Écrire ce que c’est"));
        assert!(!refused(&"a".repeat(161), "").words.is_empty());
        let both = refused(&"a ".repeat(400), &"b".repeat(161));
        assert!(!both.words.is_empty() && !both.actor.is_empty());
    }

    #[test]
    fn a_quantity_too_large_for_its_field_is_kept_as_typed() {
        let rows = noted("99999999999999 t de sable", "", &Content::default());
        assert_eq!(rows[0].text("quantity"), "");
        assert!(rows[0].raw.contains_key("quantity"));
    }
}
