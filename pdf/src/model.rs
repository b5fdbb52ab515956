//! What the documents hold, as plain values decided by the application: the templates add no rule of their own.

use serde::Serialize;

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Said by the application.
    pub label: String,
    /// Short value.
    pub value: String,
    /// A digest: drawn in fixed width, cut in groups.
    pub is_digest: bool,
}

impl Fact {
    /// A label and its value.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), is_digest: false }
    }

    /// A label and a digest.
    pub fn digest(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { is_digest: true, ..Self::new(label, value) }
    }
}

/// How much room a dossier takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Large margins, what is expected beside each answer, unanswered questions too.
    Full,
    /// Smaller margins and type, answers alone: made to fit a call's page guide.
    Concise,
}

/// Filling of one expected element, drawn as a cell of the cloth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// Nothing typed.
    Empty,
    /// Something typed.
    Begun,
    /// All that is expected.
    Filled,
}

/// A dossier, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    /// Title of the dossier.
    pub title: String,
    /// Title of the document, for the reader's window: with the deliverable when there is only one.
    pub name: String,
    /// Carrier and place.
    pub label: String,
    /// "Appel EIT Poitou-Charentes 2014-2015, phase 1 · dossier n° 4".
    pub over: String,
    /// Said on each page: number of the deposit, or that it is a draft and of when.
    pub mark: String,
    /// The mark is a warning.
    pub is_draft: bool,
    /// Under the title.
    pub facts: Vec<Fact>,
    /// Room.
    pub layout: Layout,
    /// Guide of the call, in pages.
    pub guide: Option<u16>,
    /// Deliverables, in order.
    pub deliverables: Vec<Deliverable>,
    /// Attachments, in the order of their numbers.
    pub annexes: Vec<Annex>,
    /// How the document was made, in sentences.
    pub about: Vec<String>,
}

/// One of the five deliverables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deliverable {
    /// From 1 to 5.
    pub no: u8,
    /// Title.
    pub title: String,
    /// "16 réponses sur 16".
    pub tally: String,
    /// One cell for each expected element.
    pub cells: Vec<Cell>,
    /// Sections.
    pub sections: Vec<Section>,
}

/// A section of a deliverable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Title.
    pub title: String,
    /// Items.
    pub items: Vec<Item>,
}

/// A question, or a row read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Numeral in the margin, or nothing.
    pub no: String,
    /// Question, or name of the row.
    pub title: String,
    /// What is expected, what is not, who judges it: label and sentence.
    pub notes: Vec<Fact>,
    /// One line under the title.
    pub detail: String,
    /// Short answers.
    pub facts: Vec<Fact>,
    /// Long answers.
    pub said: Vec<Said>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Drawn views, each with its table.
    pub figures: Vec<Figure>,
    /// Figures computed by the application.
    pub aside: String,
    /// Attachments of this place: "Pièce 3 : statuts.pdf".
    pub files: Vec<String>,
    /// Asked, and nothing written.
    pub is_unanswered: bool,
}

/// A long answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Label; empty when the question says it.
    pub label: String,
    /// Paragraphs, each in its lines.
    pub paragraphs: Vec<Vec<String>>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Caption.
    pub title: String,
    /// Heads.
    pub columns: Vec<Column>,
    /// Values, row by row.
    pub rows: Vec<Vec<String>>,
    /// Sum or count.
    pub total: String,
    /// A row may be longer than a page.
    pub is_long: bool,
}

/// Head of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Label.
    pub label: String,
    /// Holds figures: aligned to the right.
    pub is_figure: bool,
    /// Share of the width, decided from what the column holds.
    pub width: u16,
}

impl Table {
    /// A table whose columns share the page after what they hold.
    pub fn new(title: impl Into<String>, columns: Vec<(String, bool)>, rows: Vec<Vec<String>>, total: impl Into<String>) -> Self {
        let widths = widths(&columns, &rows);
        let columns = columns.into_iter().zip(widths).map(|((label, is_figure), width)| Column { label, is_figure, width }).collect();
        let is_long = rows.iter().flatten().any(|value| value.chars().count() > 600);
        Self { title: title.into(), columns, rows, total: total.into(), is_long }
    }
}

/// Letters that a line of the page holds, and those that the edges of a column take.
const LINE: usize = 106;
const EDGES: usize = 2;

/// What a column needs and holds.
struct Room {
    /// Letters of its longest word.
    least: usize,
    /// Letters of its longest value.
    liked: usize,
    /// Letters of all its values.
    held: usize,
}

fn room(index: usize, label: &str, rows: &[Vec<String>]) -> Room {
    let length = |text: &str| text.chars().count();
    let longest = |text: &str| text.split(' ').map(length).max().unwrap_or(0);
    let values = || rows.iter().filter_map(|row| row.get(index));
    // Heads are bold.
    let head = longest(label) + longest(label) / 8;
    let least = values().map(|value| longest(value)).max().unwrap_or(0).max(head).clamp(3, 11);
    let liked = values().map(|value| length(value)).max().unwrap_or(0).clamp(least, 90);
    Room { least: least + EDGES, liked: liked + EDGES, held: values().map(|value| length(value)).sum::<usize>() + length(label) }
}

/// Each column has room for its longest word; what is left goes, letter by letter, where it saves the most lines.
fn widths(columns: &[(String, bool)], rows: &[Vec<String>]) -> Vec<u16> {
    let rooms: Vec<Room> = columns.iter().enumerate().map(|(index, (label, _))| room(index, label, rows)).collect();
    let mut widths: Vec<usize> = rooms.iter().map(|room| room.least).collect();
    let left = LINE.saturating_sub(widths.iter().sum());
    for _ in 0..left {
        let gain = |index: &usize| rooms[*index].held * 1000 / (widths[*index] * (widths[*index] + 1));
        let Some(best) = (0..rooms.len()).filter(|index| widths[*index] < rooms[*index].liked).max_by_key(gain) else { break };
        widths[best] += 1;
    }
    widths.into_iter().map(|width| u16::try_from(width).unwrap_or(u16::MAX)).collect()
}

/// A drawn view: an image and the table that says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Finding, as a caption.
    pub title: String,
    /// What the drawing shows, for who does not see it.
    pub alt: String,
    /// Name of its drawing, among those given with the document.
    pub drawing: String,
    /// Width and height of the drawing at its natural size, in points: it is never enlarged, and reduced to fit the page.
    pub size: [u32; 2],
    /// What its signs mean.
    pub legend: String,
    /// The same data.
    pub table: Option<Table>,
}

/// A drawing given with a document: a complete SVG, whose attributes say its colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Name that a figure refers to.
    pub name: String,
    /// SVG.
    pub svg: String,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annex {
    /// Its number, from 1.
    pub no: usize,
    /// Name given by its author.
    pub name: String,
    /// What it answers: "Organisation, question 11".
    pub place: String,
    /// "184 ko".
    pub size: String,
    /// SHA-256 in hexadecimal.
    pub digest: String,
}

/// A part of a short document: a title, paragraphs, facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Title.
    pub title: String,
    /// Said by the application.
    pub text: Vec<String>,
    /// Labels and short values.
    pub facts: Vec<Fact>,
    /// Written by people.
    pub said: Vec<Said>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// Receipt of a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Title of the document.
    pub name: String,
    /// Call and phase.
    pub over: String,
    /// Title of the dossier.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// "Dépôt n° 2015-04-2, reçu le lundi…".
    pub sentence: String,
    /// Number, instant, channel, depositor, service, digest.
    pub facts: Vec<Fact>,
    /// What follows, contacts.
    pub blocks: Vec<Block>,
    /// Attachments deposited.
    pub annexes: Vec<Annex>,
    /// On each page.
    pub mark: String,
}

/// The single engagement document, with its signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Engagement {
    /// Title of the document.
    pub name: String,
    /// Call and phase.
    pub over: String,
    /// Title of the dossier.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// On each page.
    pub mark: String,
    /// The text is not the one of a deposit or of a closed version.
    pub is_draft: bool,
    /// Version, instant, digest of the text.
    pub facts: Vec<Fact>,
    /// Objectives, principles, meaning, signatures.
    pub blocks: Vec<Block>,
}

/// Certificate of attendance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Title of the document.
    pub name: String,
    /// Call and training.
    pub over: String,
    /// Who attended.
    pub person: String,
    /// What is certified.
    pub sentence: String,
    /// Training, trainer, place.
    pub facts: Vec<Fact>,
    /// Days attended.
    pub days: Table,
    /// When it was recorded, and by whom it is given.
    pub text: Vec<String>,
}

/// Attendance sheet of a training: a page for each day, with room to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Title of the document.
    pub name: String,
    /// Call.
    pub over: String,
    /// Training.
    pub title: String,
    /// Pages.
    pub days: Vec<SheetDay>,
}

/// A day of an attendance sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetDay {
    /// Day.
    pub title: String,
    /// Hours, place, trainer.
    pub facts: Vec<Fact>,
    /// Name and organisation of each person expected, and empty lines.
    pub people: Vec<[String; 2]>,
}

/// Terms of reference of an assistance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// Title of the document.
    pub name: String,
    /// Call.
    pub over: String,
    /// Title of the dossier.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// On each page.
    pub mark: String,
    /// The text may still change.
    pub is_draft: bool,
    /// Under the title.
    pub facts: Vec<Fact>,
    /// Parts.
    pub blocks: Vec<Block>,
}

/// Minutes of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Minutes {
    /// Title of the document.
    pub name: String,
    /// Call and body.
    pub over: String,
    /// "Séance n° 2".
    pub title: String,
    /// On each page.
    pub mark: String,
    /// Not approved yet.
    pub is_draft: bool,
    /// When, where, approval.
    pub facts: Vec<Fact>,
    /// Opening, each dossier, next steps.
    pub blocks: Vec<Block>,
}
