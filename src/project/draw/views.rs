//! What the templates are given: items, controls, answers, tables, lists, slots.

use uuid::Uuid;

use super::clash::Clash;
use super::news::{DisputeView, Note};
use crate::framework::{Words, added};
use crate::project::attachments::FileView;
use crate::project::guide::Guide;

/// An item, ready for the template.
#[derive(Debug, Default)]
pub struct ItemView {
    /// Key.
    pub key: &'static str,
    /// Identifier in the page; the key itself goes to the control when one bears it, so that a link lands on it.
    pub anchor: String,
    /// Numeral.
    pub no: &'static str,
    /// Question, or name of the row.
    pub title: std::borrow::Cow<'static, str>,
    /// Control that the question labels, when there is only one.
    pub label_for: String,
    /// What is expected.
    pub expected: &'static str,
    /// What is not.
    pub not_expected: &'static str,
    /// Criteria that judge it: "Mobilisation des acteurs (G3)".
    pub judged: Vec<String>,
    /// Needs the whole width.
    pub is_full: bool,
    /// Not counted among the expected elements.
    pub is_extra: bool,
    /// To fill in.
    pub controls: Vec<Control>,
    /// To read.
    pub answers: Vec<Answer>,
    /// Small tables.
    pub tables: Vec<TableView>,
    /// Rows with pages of their own.
    pub list: Option<ListView>,
    /// Slot of attachments; its files are put there by the page.
    pub slot: Option<SlotView>,
    /// Marks, example, related facts, anchors; put there by the page.
    pub guide: Guide,
    /// A fact computed from elsewhere in the dossier.
    pub aside: String,
    /// Where to go from there: address and words.
    pub links: Vec<(String, &'static str)>,
    /// One line in the place of the answers until they are opened; nothing when they are shown at once.
    pub fold: String,
    /// Only read, on a page where something else is reopened.
    pub is_closed: bool,
    /// Requests for correction about it: heading, sentence, address.
    pub asked: Vec<(String, String, String)>,
    /// Criteria in whose reason its passages may be quoted: id and code; put there by the page of a review.
    pub quotes: Vec<(i64, String)>,
}

impl ItemView {
    /// Does the margin say anything?
    pub fn has_note(&self) -> bool {
        !self.expected.is_empty() || !self.judged.is_empty() || !self.not_expected.is_empty()
    }

    /// Is any answer short: a choice, a figure, a line?
    pub fn has_facts(&self) -> bool {
        self.answers.iter().any(|answer| !answer.is_said)
    }

    /// Asked here, and nothing written.
    pub fn is_unanswered(&self) -> bool {
        !self.controls.is_empty() && self.answers.is_empty() && self.tables.iter().all(|table| table.rows.is_empty())
    }
}

/// How a control is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Long text.
    Text,
    /// One line.
    Line,
    /// Figures.
    Figure,
    /// Day.
    Day,
    /// List to choose one from.
    Select,
    /// Up to seven choices, one.
    Radios,
    /// Several choices.
    Checks,
    /// One box.
    Flag,
}

/// One choice of a control.
#[derive(Debug)]
pub struct OptionView {
    /// Kept.
    pub key: String,
    /// Shown.
    pub label: String,
    /// Chosen.
    pub is_on: bool,
}

/// One control.
#[derive(Debug)]
pub struct Control {
    /// Identifier in the page.
    pub id: String,
    /// Name in the form.
    pub name: String,
    /// Label; empty when the question itself is the label.
    pub label: String,
    /// Hint.
    pub hint: &'static str,
    /// Drawing.
    pub shape: Shape,
    /// As typed or as kept.
    pub value: String,
    /// Choices.
    pub options: Vec<OptionView>,
    /// What is wrong with it.
    pub error: String,
    /// Two versions to choose from.
    pub clash: Option<Clash>,
    /// What a colleague changed while the page was open.
    pub note: Option<Note>,
    /// "Karim Benali, aujourd’hui à 14 h 32": who last wrote it; nothing when it is empty.
    pub signed: String,
    /// Address of its history; nothing when it has none, or is a cell of a table.
    pub past: String,
    /// Ids of what describes it.
    pub described_by: String,
    /// Not counted.
    pub is_optional: bool,
    /// Longest value.
    pub most: u16,
    /// Id of the list of values that it proposes, or nothing.
    pub proposes: &'static str,
    /// Guide in words of a long answer.
    pub words: Option<WordsView>,
}

/// Guide in words of a long answer, beside what is written.
#[derive(Debug)]
pub struct WordsView {
    /// "128 mots".
    pub count: String,
    /// Bounds.
    pub guide: Words,
    /// Beyond the hard bound.
    pub is_over: bool,
}

impl Control {
    /// Is the shape that one? (templates compare names)
    pub fn is(&self, name: &str) -> bool {
        matches!(
            (self.shape, name),
            (Shape::Text, "text")
                | (Shape::Line, "line")
                | (Shape::Figure, "figure")
                | (Shape::Day, "day")
                | (Shape::Select, "select")
                | (Shape::Radios, "radios")
                | (Shape::Checks, "checks")
                | (Shape::Flag, "flag")
        )
    }
}

/// An answer to read.
#[derive(Debug)]
pub struct Answer {
    /// Label; empty when the question says it.
    pub label: &'static str,
    /// Text, or a short value.
    pub text: String,
    /// Written by people, in serif.
    pub is_said: bool,
}

/// A small table.
#[derive(Debug)]
pub struct TableView {
    /// Kind of its rows.
    pub kind: &'static str,
    /// Caption.
    pub title: &'static str,
    /// Heads: label and whether they hold figures.
    pub columns: Vec<(&'static str, bool)>,
    /// Rows.
    pub rows: Vec<RowView>,
    /// Words of the button: "Ajouter une ligne".
    pub add: String,
    /// Sum or count, when it makes sense.
    pub total: String,
    /// The line just removed, to bring back.
    pub removed: Option<Uuid>,
    /// Lines of which two people disagree.
    pub disputes: Vec<DisputeView>,
}

impl TableView {
    /// Too long to be read at once.
    pub fn is_long(&self) -> bool {
        self.rows.len() > 12
    }

    /// Too many columns for a page: set smaller when read.
    pub fn is_dense(&self) -> bool {
        self.columns.len() > 7
    }

    /// Does a reader need that column? A dense table leaves out those that nobody filled.
    pub fn shows(&self, column: &usize) -> bool {
        !self.is_dense() || self.rows.iter().any(|row| row.values.get(*column).is_some_and(|value| !value.is_empty()))
    }

    /// Name of the list in the addresses of imports, when it is one that is imported.
    pub fn exchanged(&self) -> &'static str {
        crate::project::exchange::list::of_kind(self.kind).map_or("", |list| list.slug)
    }

    /// Questions of the carrier’s own, drawn one under the other.
    pub fn is_added(&self) -> bool {
        added::is_kind(self.kind)
    }

    /// No room for another.
    pub fn is_complete(&self) -> bool {
        self.is_added() && self.rows.len() >= usize::from(added::MOST)
    }
}

/// A row of a small table.
#[derive(Debug)]
pub struct RowView {
    /// Its number, from 1.
    pub no: usize,
    /// Id.
    pub row: Uuid,
    /// Version.
    pub version: i32,
    /// Controls.
    pub cells: Vec<Control>,
    /// Values to read.
    pub values: Vec<String>,
    /// Address of its history.
    pub past: String,
}

/// Rows that have pages of their own.
#[derive(Debug)]
pub struct ListView {
    /// Last part of the list's address.
    pub path: &'static str,
    /// Title.
    pub title: &'static str,
    /// Words of the button.
    pub add: String,
    /// "12 acteurs".
    pub count: String,
    /// First rows: name, address after `/dossiers/{id}`, detail.
    pub rows: Vec<(String, String, String)>,
    /// May another be added?
    pub is_full: bool,
    /// Most rows, said when full.
    pub most: u16,
}

/// A slot of attachments.
#[derive(Debug)]
pub struct SlotView {
    /// Key kept with the attachments, row included.
    pub key: String,
    /// Label.
    pub label: &'static str,
    /// Hint.
    pub hint: &'static str,
    /// Files.
    pub files: Vec<FileView>,
    /// Where a new file is posted.
    pub action: String,
}
