//! Progress and completeness: the state of each expected element and what is missing, as links.
//!
//! It is kept with the dossier and brought up to date by each save, element by element; a deposit and `trame check`
//! compute it whole again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::content::{Content, Unit};
use super::reading::complaint;
use super::{COLLECTIONS, DELIVERABLES, Deliverable, Fault, Field, Item, Kind, Rows, Rule, Section, State, Verdict, Words};
use crate::kit::french::count;
use crate::kit::words;

/// State and faults of one element, as kept.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// 0 empty, 1 begun, 2 filled.
    #[serde(rename = "s")]
    pub state: u8,
    /// What is missing.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// Standing of a dossier: every element by the key of its item, and `rows:{kind}` for what rows hold unreadable.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Standing(pub BTreeMap<String, Element>);

/// An item with the section and the deliverable that hold it.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Deliverable.
    pub deliverable: &'static Deliverable,
    /// Section.
    pub section: &'static Section,
    /// Item.
    pub item: &'static Item,
}

impl Place {
    /// Address of the item after `/dossiers/{id}`.
    pub fn address(&self) -> String {
        format!("{}#{}", section_address(self.deliverable, self.section), self.item.key)
    }

    /// "Organisation, question 5", or "État des lieux, contexte".
    pub fn label(&self) -> String {
        if self.item.no.is_empty() {
            let mut letters = self.item.title.chars();
            let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
            format!("{}, {first}{}", self.deliverable.short, letters.as_str())
        } else {
            format!("{}, question {}", self.deliverable.short, self.item.no)
        }
    }
}

/// Address of a section after `/dossiers/{id}`: the first one of a deliverable needs no theme.
pub fn section_address(deliverable: &Deliverable, section: &Section) -> String {
    let is_only = deliverable.sections.iter().filter(|held| !held.is_added()).count() == 1;
    if is_only && !section.is_added() { format!("/{}", deliverable.path) } else { format!("/{}?theme={}", deliverable.path, section.slug) }
}

/// Every item of the framework, in order.
pub fn places() -> impl Iterator<Item = Place> {
    DELIVERABLES
        .iter()
        .flat_map(|deliverable| deliverable.sections.iter().flat_map(move |section| section.items.iter().map(move |item| Place { deliverable, section, item })))
}

/// Kinds of units that an item's state is read from.
fn sources(place: Place) -> Vec<&'static str> {
    let mut kinds = vec![place.section.key];
    kinds.extend(place.item.tables.iter().map(|rows| rows.kind));
    kinds.extend(place.item.list.iter().map(|rows| rows.kind));
    kinds.extend_from_slice(match place.item.key {
        "showcase" | "need" | "progress" | "financing" => &["action", "action_line"],
        "pooling" | "substitution" => &["synergy"],
        "generators" | "map" | "core" => &["stakeholder"],
        "commitments" => &["commitment"],
        _ => &[],
    });
    kinds
}

/// Items to look at again once units of these kinds have changed.
fn affected(kinds: &[&str]) -> Vec<Place> {
    places().filter(|place| sources(*place).iter().any(|kind| kinds.contains(kind))).collect()
}

/// Kinds to have in hand before [`Standing::refresh`] is called for a change of these kinds.
pub fn needed_for(kinds: &[&str]) -> Vec<&'static str> {
    let mut needed: BTreeSet<&'static str> = affected(kinds).into_iter().flat_map(sources).collect();
    needed.extend(all_rows().filter(|rows| kinds.contains(&rows.kind)).map(|rows| rows.kind));
    needed.into_iter().collect()
}

/// Every kind of row, small tables included.
pub fn all_rows() -> impl Iterator<Item = &'static Rows> {
    let tables = places().flat_map(|place| place.item.tables.iter().copied());
    let pages = COLLECTIONS.iter().copied();
    let nested = COLLECTIONS.iter().flat_map(|rows| rows.items.iter().flat_map(|item| item.tables.iter().copied()));
    tables.chain(pages).chain(nested)
}

/// The kind of row of that name.
pub fn rows_of(kind: &str) -> Option<&'static Rows> {
    all_rows().find(|rows| rows.kind == kind)
}

impl Standing {
    /// Computed whole, from all the content of a dossier.
    pub fn of(content: &Content) -> Self {
        let kinds: Vec<&str> = places().flat_map(sources).chain(all_rows().map(|rows| rows.kind)).collect();
        let mut standing = Self::default();
        standing.refresh(content, &kinds);
        standing
    }

    /// Brought up to date after a change of units of these kinds; `content` holds at least [`needed_for`] them.
    pub fn refresh(&mut self, content: &Content, kinds: &[&str]) {
        for place in affected(kinds) {
            let verdict = judge(place, content);
            self.set(place.item.key.to_owned(), verdict);
        }
        let unique: BTreeSet<&str> = kinds.iter().copied().collect();
        for rows in unique.into_iter().filter_map(rows_of) {
            let faults = unreadable_rows(rows, content);
            self.set(format!("rows:{}", rows.kind), Verdict { state: State::Empty, faults });
        }
        for place in places() {
            if let Rule::Assembled(no) = place.item.rule {
                let verdict = self.assembled(no);
                self.set(place.item.key.to_owned(), verdict);
            }
        }
    }

    fn set(&mut self, key: String, verdict: Verdict) {
        let element = Element { state: verdict.state as u8, faults: verdict.faults };
        if element == Element::default() {
            self.0.remove(&key)
        } else {
            self.0.insert(key, element)
        };
    }

    /// R81: a piece assembles itself from a deliverable; it is filled once nothing of that deliverable blocks the deposit.
    fn assembled(&self, no: u8) -> Verdict {
        let deliverable = DELIVERABLES[usize::from(no) - 1];
        let is_sound = |item: &Item| {
            let is_blocked = self.0.get(item.key).is_some_and(|element| element.faults.iter().any(|fault| fault.is_blocking));
            !is_blocked && (!item.is_blocking || self.state(item.key) > State::Empty)
        };
        let tally = self.tally(deliverable);
        let state = if items(deliverable).all(is_sound) {
            State::Filled
        } else if tally.filled + tally.begun > 0 {
            State::Begun
        } else {
            State::Empty
        };
        Verdict { state, faults: Vec::new() }
    }

    /// State of an item.
    pub fn state(&self, key: &str) -> State {
        match self.0.get(key).map(|element| element.state) {
            Some(2) => State::Filled,
            Some(1) => State::Begun,
            _ => State::Empty,
        }
    }

    /// Elements of a deliverable by state.
    pub fn tally(&self, deliverable: &Deliverable) -> Tally {
        let mut tally = Tally::default();
        for item in items(deliverable).filter(|item| item.is_element) {
            tally.states.push(self.state(item.key));
        }
        tally.filled = tally.states.iter().filter(|state| **state == State::Filled).count();
        tally.begun = tally.states.iter().filter(|state| **state == State::Begun).count();
        tally
    }

    /// Filled elements of each deliverable, in whole percents: what the board keeps.
    pub fn progress(&self) -> [i16; 5] {
        DELIVERABLES.map(|deliverable| {
            let tally = self.tally(deliverable);
            i16::try_from(tally.filled * 100 / tally.states.len().max(1)).unwrap_or(100)
        })
    }

    /// Everything missing, with the label of its place, in the order of the framework.
    pub fn faults(&self) -> Vec<(String, &Fault)> {
        let mut found = Vec::new();
        for place in places() {
            let faults = self.0.get(place.item.key).map_or(&[][..], |element| &element.faults);
            found.extend(faults.iter().map(|fault| (place.label(), fault)));
        }
        let mut kinds: Vec<&Rows> = Vec::new();
        for rows in all_rows() {
            if !kinds.iter().any(|seen| seen.kind == rows.kind) {
                kinds.push(rows);
                let faults = self.0.get(&format!("rows:{}", rows.kind)).map_or(&[][..], |element| &element.faults);
                found.extend(faults.iter().map(|fault| (rows.title.to_owned(), fault)));
            }
        }
        found
    }

    /// How many things block the deposit: what is wrong, and what nobody ever opened.
    pub fn missing(&self) -> usize {
        let wrong = self.0.values().flat_map(|element| &element.faults).filter(|fault| fault.is_blocking).count();
        let never = places().map(|place| place.item).filter(|item| item.is_blocking && !self.0.contains_key(item.key));
        wrong + never.filter(|item| !matches!(item.rule, Rule::Assembled(_))).count()
    }

    /// Does anything block the deposit?
    pub fn is_depositable(&self) -> bool {
        self.0.values().flat_map(|element| &element.faults).all(|fault| !fault.is_blocking)
            && places().filter(|place| place.item.is_blocking).all(|place| self.state(place.item.key) > State::Empty)
    }
}

/// Elements of a deliverable by state.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// One per element, in order: the cells of the cloth.
    pub states: Vec<State>,
    /// How many are filled.
    pub filled: usize,
    /// How many are begun.
    pub begun: usize,
}

impl Tally {
    /// "11 réponses sur 16, 3 commencées".
    pub fn sentence(&self, deliverable: &Deliverable) -> String {
        let (one, many) = deliverable.unit;
        let mut sentence = format!("{} sur {}", count(self.filled, one, many), self.states.len());
        if self.begun > 0 {
            let ending = if one == "élément" { ("commencé", "commencés") } else { ("commencée", "commencées") };
            sentence.push_str(", ");
            sentence.push_str(&count(self.begun, ending.0, ending.1));
        }
        sentence
    }
}

fn items(deliverable: &Deliverable) -> impl Iterator<Item = &'static Item> + use<> {
    let sections: &'static [Section] = deliverable.sections;
    sections.iter().flat_map(|section| section.items.iter())
}

fn judge(place: Place, content: &Content) -> Verdict {
    let blank = Unit::blank(place.section.key, uuid::Uuid::nil(), None);
    let unit = content.section(place.section.key).unwrap_or(&blank);
    let mut verdict = match place.item.rule {
        Rule::Special(rule) => rule(content),
        Rule::Fields => by_fields(place, unit),
        Rule::AnyFieldOrFile => any_field_or_file(place, unit, content),
        Rule::Lines => Verdict { state: by_lines(place.item, content), faults: Vec::new() },
        Rule::Assembled(_) => Verdict::default(),
    };
    let page = section_address(place.deliverable, place.section);
    verdict.faults.extend(unreadable(place.item, unit, &page, content));
    verdict.faults.extend(overlong(place.item.fields.iter(), unit, |field| format!("{page}#{field}")));
    verdict
}

fn by_fields(place: Place, unit: &Unit) -> Verdict {
    let item = place.item;
    let required: Vec<_> = item.fields.iter().filter(|field| !field.is_optional).collect();
    let answered = required.iter().filter(|field| unit.has(field.key)).count();
    if required.is_empty() {
        let state = if item.fields.iter().any(|field| unit.has(field.key)) { State::Filled } else { State::Empty };
        return Verdict { state, faults: Vec::new() };
    }
    if answered == 0 {
        let fault = Fault { is_blocking: item.is_blocking, at: place.address(), sentence: "sans réponse".to_owned() };
        return Verdict { state: State::Empty, faults: if item.is_element { vec![fault] } else { Vec::new() } };
    }
    if answered < required.len() {
        let lacking: Vec<&str> = required.iter().filter(|field| !unit.has(field.key)).map(|field| field.label).collect();
        let sentence = format!("il manque {}", lacking.join(", "));
        return Verdict { state: State::Begun, faults: vec![Fault { is_blocking: item.is_blocking, at: place.address(), sentence }] };
    }
    by_length(place, unit)
}

/// The guide in words signals and never blocks: under a third of its low bound the only answer of an item is only begun.
fn by_length(place: Place, unit: &Unit) -> Verdict {
    let mut texts = place.item.fields.iter().filter(|field| !field.is_optional && matches!(field.kind, Kind::Text));
    let (Some(field), None) = (texts.next(), texts.next()) else { return Verdict { state: State::Filled, faults: Vec::new() } };
    let total = words::count(unit.text(field.key));
    let Some(Words { low, high, .. }) = field.words.filter(|guide| total < usize::from(guide.low)) else {
        return Verdict { state: State::Filled, faults: Vec::new() };
    };
    let sentence = format!("{}, le repère est de {low} à {high}", count(total, "mot", "mots"));
    let state = if total * 3 < usize::from(low) { State::Begun } else { State::Filled };
    Verdict { state, faults: vec![Fault { is_blocking: false, at: place.address(), sentence }] }
}

/// Beyond its hard bound an answer is kept whole, counted, and signalled: the dossier is judged concise or not (R115).
fn overlong<'a>(fields: impl Iterator<Item = &'a Field>, unit: &Unit, at: impl Fn(&str) -> String) -> Vec<Fault> {
    let signal = |field: &Field| {
        let guide = field.words?;
        let total = words::count(unit.text(field.key));
        let sentence = format!("{}, {} au plus sont conseillés pour rester concis", count(total, "mot", "mots"), guide.most);
        (total > usize::from(guide.most)).then(|| Fault { is_blocking: false, at: at(field.key), sentence })
    };
    fields.filter_map(signal).collect()
}

fn by_lines(item: &Item, content: &Content) -> State {
    let lines = item.tables.iter().flat_map(|rows| content.rows(rows.kind).map(|unit| rows.fields().last().is_some_and(|field| unit.has(field.key))));
    match lines.fold((0, 0), |(all, whole), is_whole| (all + 1, whole + usize::from(is_whole))) {
        (0, _) => State::Empty,
        (all, whole) if all == whole => State::Filled,
        _ => State::Begun,
    }
}

fn any_field_or_file(place: Place, unit: &Unit, content: &Content) -> Verdict {
    let has_file = place.item.slot.as_ref().is_some_and(|slot| content.filled_slots.iter().any(|filled| filled == slot.key));
    if has_file || place.item.fields.iter().any(|field| unit.has(field.key)) {
        return Verdict { state: State::Filled, faults: Vec::new() };
    }
    let fault = Fault { is_blocking: place.item.is_blocking, at: place.address(), sentence: "ni texte ni pièce jointe".to_owned() };
    Verdict { state: State::Empty, faults: vec![fault] }
}

fn unreadable(item: &Item, unit: &Unit, at: &str, content: &Content) -> Vec<Fault> {
    let page = at.split('#').next().unwrap_or(at);
    item.fields
        .iter()
        .filter_map(|field| {
            let sentence = complaint(field, unit.raw.get(field.key)?, content)?;
            Some(Fault { is_blocking: true, at: format!("{page}#{}", field.key), sentence })
        })
        .collect()
}

fn unreadable_rows(rows: &'static Rows, content: &Content) -> Vec<Fault> {
    let mut faults = Vec::new();
    for unit in content.rows(rows.kind) {
        for field in rows.fields() {
            let Some(sentence) = unit.raw.get(field.key).and_then(|raw| complaint(field, raw, content)) else { continue };
            faults.push(Fault { is_blocking: !rows.is_added(), at: row_field_address(rows, unit, field.key), sentence });
        }
        faults.extend(overlong(rows.fields(), unit, |field| row_field_address(rows, unit, field)));
    }
    faults
}

/// Address of a row's field after `/dossiers/{id}`: on the row's own page, its parent's, or its section's.
pub fn row_field_address(rows: &Rows, unit: &Unit, field: &str) -> String {
    if let Some(path) = rows.path {
        return format!("/{path}/{}#{field}", unit.row);
    }
    let anchor = format!("{}-{}-{field}", rows.kind, unit.row);
    if let (Some(parent_kind), Some(parent)) = (rows.parent, unit.parent) {
        let path = rows_of(parent_kind).and_then(|rows| rows.path).unwrap_or_default();
        return format!("/{path}/{parent}#{anchor}");
    }
    let section = places().find(|place| place.item.tables.iter().any(|table| table.kind == rows.kind));
    let page = section.map(|place| section_address(place.deliverable, place.section)).unwrap_or_default();
    format!("{page}#{anchor}")
}
