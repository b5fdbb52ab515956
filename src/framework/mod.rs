//! The trame of the regulation as data: five deliverables, their questions, tables and pieces, each with its R-numbers.
//!
//! Everything that a carrier fills in is declared here once; pages, reading, progress, completeness, snapshots and the
//! printed dossier are all drawn from these tables.

mod actions;
pub mod added;
pub mod adopted;
pub mod aims;
mod application;
mod assessment;
pub mod belonging;
pub mod content;
pub mod examples;
mod fields;
pub mod flow_type;
mod mobilisation;
mod organisation;
pub mod reading;
pub mod requirements;
mod rows;
pub mod rules;
pub mod standing;

pub use rows::{ACTION, COMMITMENT, FLOW, STAKEHOLDER, SYNERGY, WORKSHOP_ITEMS};

use content::Content;

/// One of the five things that phase 1 must produce (R26, R45, R57, R72, R80).
#[derive(Debug)]
pub struct Deliverable {
    /// From 1 to 5.
    pub no: u8,
    /// Last part of its address: `organisation`, `etat-des-lieux`, `actions`, `mobilisation`, `candidature`.
    pub path: &'static str,
    /// Full title.
    pub title: &'static str,
    /// Title in the stepper.
    pub short: &'static str,
    /// Two sentences under the title.
    pub lead: &'static str,
    /// What one element is called, singular and plural: `("réponse", "réponses")`.
    pub unit: (&'static str, &'static str),
    /// Its pages, in order; each is one unit of saving.
    pub sections: &'static [Section],
}

/// A page of a deliverable: one unit of saving, and the tables drawn on it.
#[derive(Debug)]
pub struct Section {
    /// Kind of the unit: `organisation.animation`.
    pub key: &'static str,
    /// Its `?theme=` in the address: `animation`.
    pub slug: &'static str,
    /// Title of the tab and of the page.
    pub title: &'static str,
    /// One sentence under the title, or nothing.
    pub intro: &'static str,
    /// What is asked, in order.
    pub items: &'static [Item],
}

impl Section {
    /// Does it hold the carrier's own questions (R9)?
    pub fn is_added(&self) -> bool {
        self.slug == added::SLUG
    }
}

/// One thing asked: a question with its fields, tables, list of rows or pieces.
#[derive(Debug)]
pub struct Item {
    /// Anchor in the page and key of its progress: `q5`. Unique in the whole framework.
    pub key: &'static str,
    /// Numeral in the margin: `5`, or nothing.
    pub no: &'static str,
    /// The question, as the carrier reads it.
    pub title: &'static str,
    /// Lines of the regulation it answers: `["R33"]`.
    pub requirements: &'static [&'static str],
    /// What is expected, three sentences at most.
    pub expected: &'static str,
    /// What is not expected, or nothing (R52).
    pub not_expected: &'static str,
    /// Codes of the criteria that judge it: `["G3"]`.
    pub criteria: &'static [&'static str],
    /// Fields of the section (or of the row's page).
    pub fields: &'static [Field],
    /// Small tables typed in place.
    pub tables: &'static [&'static Rows],
    /// Rows that have pages of their own, summarised here.
    pub list: Option<&'static Rows>,
    /// Attachments.
    pub slot: Option<Slot>,
    /// Does it count as an expected element of the deliverable?
    pub is_element: bool,
    /// Does its absence block the deposit?
    pub is_blocking: bool,
    /// When it is begun, when it is filled.
    pub rule: Rule,
}

/// An item with nothing but defaults, for `..BLANK`.
pub const BLANK: Item = Item {
    key: "",
    no: "",
    title: "",
    requirements: &[],
    expected: "",
    not_expected: "",
    criteria: &[],
    fields: &[],
    tables: &[],
    list: None,
    slot: None,
    is_element: true,
    is_blocking: false,
    rule: Rule::Fields,
};

/// Attachments of an item, several per slot.
#[derive(Debug)]
pub struct Slot {
    /// Key kept with each attachment: `supports-juridiques`; on a row's page the row's id follows.
    pub key: &'static str,
    /// Label of the file control.
    pub label: &'static str,
    /// What to attach.
    pub hint: &'static str,
}

/// How an item's state is known.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Filled when every field that is not optional is answered, and long enough when a guide in words is set.
    Fields,
    /// Filled when any field is answered or a file is attached.
    AnyFieldOrFile,
    /// Optional small tables: filled once each of their lines holds its last field.
    Lines,
    /// Assembles itself from the deliverable of that number (R81).
    Assembled(u8),
    /// Decided by a function of `rules.rs`.
    Special(fn(&Content) -> Verdict),
}

/// What a rule found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Empty, begun or filled.
    pub state: State,
    /// What to say, each with its link.
    pub faults: Vec<Fault>,
}

/// Filling of one expected element.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing typed.
    #[default]
    Empty,
    /// Something typed, not all of it.
    Begun,
    /// All that is expected is there.
    Filled,
}

/// Something missing or incoherent, as a sentence and the place to mend it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// Blocks the deposit; otherwise only signals.
    #[serde(rename = "b")]
    pub is_blocking: bool,
    /// Address after `/dossiers/{id}`, fragment included: `/organisation?theme=animation#q5`.
    #[serde(rename = "a")]
    pub at: String,
    /// French sentence, without the place's name.
    #[serde(rename = "s")]
    pub sentence: String,
}

/// A kind of row: typed in a small table, or on a page of its own when `path` is set.
#[derive(Debug)]
pub struct Rows {
    /// Kind of the unit: `staff`.
    pub kind: &'static str,
    /// Last part of the list's address when rows have pages: `acteurs`.
    pub path: Option<&'static str>,
    /// Caption of the table, title of the list: "Moyens humains".
    pub title: &'static str,
    /// "un moyen humain": with its article, for sentences and buttons ("Ajouter un moyen humain").
    pub one: &'static str,
    /// "moyens humains": plural noun.
    pub many: &'static str,
    /// What is asked of a row, in order. A small table has one item whose fields are its columns.
    pub items: &'static [Item],
    /// Field that names a row in lists.
    pub name_field: &'static str,
    /// Most rows accepted.
    pub most: u16,
    /// Kind of row it belongs to, if any (a financing line belongs to an action).
    pub parent: Option<&'static str>,
}

impl Rows {
    /// Are they questions of the carrier's own (R9)?
    pub fn is_added(&self) -> bool {
        added::is_kind(self.kind)
    }

    /// Every field of a row.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.items.iter().flat_map(|item| item.fields.iter())
    }

    /// The field of that key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.key == key)
    }
}

/// One control.
#[derive(Debug)]
pub struct Field {
    /// Name in the unit's content and in the posted form. In a section: unique in that section.
    pub key: &'static str,
    /// Label; may be empty for the only field of an item, which then bears the item's title.
    pub label: &'static str,
    /// Hint under the label, or nothing.
    pub hint: &'static str,
    /// How it is read, checked and drawn.
    pub kind: Kind,
    /// Not counted when the item's state is decided.
    pub is_optional: bool,
    /// Guide in words of a long answer.
    pub words: Option<Words>,
}

/// Guide in words of a long answer: it signals and never blocks (design §10), and nothing typed is ever cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Soft bound, low: under it, the answer is probably short.
    pub low: u16,
    /// Soft bound, high: what answers well most of the time.
    pub high: u16,
    /// Hard bound: beyond it, the answer is signalled as too long to be judged concise (R115).
    pub most: u16,
}

/// How a field is read, checked and drawn.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Long answer of at most 20 000 characters.
    Text,
    /// One line of at most this many characters.
    Line(u16),
    /// Whole number from zero to this.
    Whole(i64),
    /// Number with at most this many decimals, from zero to this; the example shown in its error.
    Decimal(u8, i64, &'static str),
    /// Number that may be under zero: most decimals, bounds, the example shown in its error.
    Signed(u8, (i64, i64), &'static str),
    /// Amount in euros, kept in cents.
    Money,
    /// Day.
    Day,
    /// One of these.
    Choice(&'static [Choice]),
    /// Any of these.
    Choices(&'static [Choice]),
    /// Yes or no.
    Flag,
    /// Commune of France, typed by name or INSEE code, kept as the code.
    Commune,
    /// One row of that kind of the same dossier.
    Row(&'static str),
    /// Several rows of that kind of the same dossier.
    RowsOf(&'static str),
    /// Activity code (NAF rév. 2).
    Naf,
    /// Establishment number.
    Siret,
    /// Code of the European waste list.
    WasteCode,
    /// Type of flow, of our own nomenclature: typed by its name or its code, kept as the code.
    FlowType,
    /// Months of the year.
    Months,
}

/// A choice: what is kept and what is read.
#[derive(Debug)]
pub struct Choice {
    /// Kept in the content.
    pub key: &'static str,
    /// Shown.
    pub label: &'static str,
}

/// The five deliverables, in order.
pub const DELIVERABLES: [&Deliverable; 5] =
    [&organisation::ORGANISATION, &assessment::ASSESSMENT, &actions::ACTIONS, &mobilisation::MOBILISATION, &application::APPLICATION];

/// Kinds of rows that have pages of their own.
pub const COLLECTIONS: [&Rows; 5] = [&STAKEHOLDER, &FLOW, &SYNERGY, &ACTION, &COMMITMENT];
