//! The grid of a call and the marks of a review: what is posted, how it meets what is stored, what it adds up to.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::score::{self, Sums};
use crate::input::Input;
use crate::kit::french::{NBSP, Sentence, count};
use crate::kit::ids::CriterionId;
use crate::kit::words;

/// Longest reason, in characters.
pub const LONGEST: usize = 5_000;

/// Name of the general appreciation, in the form.
pub const OPINION: &str = "avis";

/// What a reviewer says of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// From 0 to 4.
    Note(u8),
    /// « Non évaluable » : leaves the sum.
    Unassessable,
}

impl Value {
    /// From both columns.
    pub fn of(note: Option<i16>, is_unassessable: bool) -> Option<Self> {
        if is_unassessable { Some(Self::Unassessable) } else { note.and_then(|note| u8::try_from(note).ok()).map(Self::Note) }
    }

    /// As posted: nothing, a note, or « ne »; of anything else, what to choose, without a full stop.
    pub fn read(text: &str) -> Result<Option<Self>, &'static str> {
        match text {
            "" => Ok(None),
            "ne" => Ok(Some(Self::Unassessable)),
            "0" | "1" | "2" | "3" | "4" => Ok(text.parse().ok().map(Self::Note)),
            _ => Err("Choisir une note de 0 à 4, ou «\u{a0}non évaluable\u{a0}»"),
        }
    }

    /// As posted.
    pub fn key(value: Option<Self>) -> String {
        match value {
            None => String::new(),
            Some(Self::Unassessable) => "ne".to_owned(),
            Some(Self::Note(note)) => note.to_string(),
        }
    }

    /// As people read it.
    pub fn shown(value: Option<Self>) -> String {
        match value {
            None => "sans note".to_owned(),
            Some(Self::Unassessable) => "non évaluable".to_owned(),
            Some(Self::Note(note)) => note.to_string(),
        }
    }

    /// The note, if it is one.
    pub fn note(value: Option<Self>) -> Option<u8> {
        if let Some(Self::Note(note)) = value { Some(note) } else { None }
    }
}

/// What a review holds about one criterion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// Note, or « non évaluable ».
    pub value: Option<Value>,
    /// Reason.
    pub comment: String,
}

impl Mark {
    /// A digest of the content that a form was drawn from, so that a stale form tells what it did not touch.
    pub fn token(&self) -> String {
        let digest = Sha256::digest(format!("{}\n{}", Value::key(self.value), self.comment).as_bytes());
        digest.iter().take(6).fold(String::with_capacity(12), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        })
    }
}

/// A criterion of the call with the mark of the review.
#[derive(Debug, Clone)]
pub struct Line {
    /// Criterion.
    pub id: CriterionId,
    /// "2.1", "G3".
    pub code: String,
    /// Deliverable that it judges; none for a global one.
    pub deliverable: Option<u8>,
    /// Label.
    pub label: String,
    /// Weight in thousandths.
    pub weight: i32,
    /// What each note from 0 to 4 means.
    pub levels: Vec<String>,
    /// Mark.
    pub mark: Mark,
    /// Version of the review that wrote it last.
    pub version: i32,
}

/// The whole grid, marks included, and the general appreciation.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Lines, in the order of the call.
    pub lines: Vec<Line>,
    /// General appreciation, a mark without note.
    pub opinion: Mark,
}

impl Grid {
    /// What the notes add up to.
    pub fn sums(&self) -> Sums {
        Sums::of(self.lines.iter().map(|line| (line.weight, Value::note(line.mark.value))))
    }

    /// Lines of a page: those of a deliverable, or the global ones.
    pub fn page(&self, deliverable: Option<u8>) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.deliverable == deliverable)
    }

    /// "Score provisoire : 63 sur 100, sur 2 critères notés".
    pub fn total(&self) -> String {
        let sums = self.sums();
        sums.score().map_or_else(
            || format!("Score provisoire{NBSP}: aucun critère noté."),
            |score| format!("Score provisoire{NBSP}: {} sur 100, sur {}.", score::shown(score), count(sums.marked, "critère noté", "critères notés")),
        )
    }
}

/// One mark to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Criterion.
    pub criterion: CriterionId,
    /// New content.
    pub mark: Mark,
}

/// The same mark was changed elsewhere since the form was drawn: what was typed stays beside what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Criterion; none for the general appreciation.
    pub criterion: Option<CriterionId>,
    /// As typed.
    pub mine: Mark,
}

/// A note or a reason that cannot be kept: identifier of its control, what was typed, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Identifier of the control.
    pub control: String,
    /// As typed.
    pub typed: String,
    /// Sentence.
    pub sentence: String,
}

/// A posted page met with the stored grid.
#[derive(Debug, Default)]
pub struct Posted {
    /// Marks to write.
    pub changes: Vec<Change>,
    /// General appreciation to write.
    pub opinion: Option<String>,
    /// What asks for a choice.
    pub conflicts: Vec<Conflict>,
    /// What cannot be kept.
    pub faults: Vec<Fault>,
}

impl Posted {
    /// Is there something to write?
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.opinion.is_none()
    }
}

/// Identifier of the choices of a criterion.
pub fn note_control(criterion: CriterionId) -> String {
    format!("k{criterion}")
}

enum Decision {
    Keep,
    Apply,
    Conflict,
}

/// Reads the criteria that a page posted; the others are not touched. `seen` is the version that the page was drawn from.
pub fn read(input: &Input, grid: &Grid, seen: i32, now: i32) -> Posted {
    let mut posted = Posted::default();
    for line in &grid.lines {
        let (note, reason) = (format!("c{}", line.id), format!("j{}", line.id));
        if !input.has(&note) && !input.has(&reason) {
            continue;
        }
        let value = posted.value(input, &note, line);
        let comment = posted.comment(input, &reason, &line.mark.comment);
        let mine = Mark { value, comment };
        match decide(input, &note, &mine, &line.mark, line.version > seen) {
            Decision::Keep => {}
            Decision::Apply => posted.changes.push(Change { criterion: line.id, mark: mine }),
            Decision::Conflict => posted.conflicts.push(Conflict { criterion: Some(line.id), mine }),
        }
    }
    if input.has(OPINION) {
        let mine = Mark { value: None, comment: posted.comment(input, OPINION, &grid.opinion.comment) };
        match decide(input, OPINION, &mine, &grid.opinion, now != seen) {
            Decision::Keep => {}
            Decision::Apply => posted.opinion = Some(mine.comment),
            Decision::Conflict => posted.conflicts.push(Conflict { criterion: None, mine }),
        }
    }
    posted
}

impl Posted {
    /// A note as kept; the stored one stays when no page of ours posts the typed one, which is told.
    fn value(&mut self, input: &Input, name: &str, line: &Line) -> Option<Value> {
        if !input.has(name) {
            return line.mark.value;
        }
        let typed = input.get(name);
        Value::read(typed).unwrap_or_else(|what| {
            let sentence = Sentence::asked(what, typed).to_string();
            self.faults.push(Fault { control: note_control(line.id), typed: typed.to_owned(), sentence });
            line.mark.value
        })
    }

    /// A reason as kept; the stored one stays when the typed one is too long, which is told.
    fn comment(&mut self, input: &Input, name: &str, stored: &str) -> String {
        if !input.has(name) {
            return stored.to_owned();
        }
        match words::clean(input.get(name), LONGEST) {
            Ok(comment) => comment,
            Err(sentence) => {
                let typed = input.get(name).replace("\r\n", "\n").chars().filter(|c| !words::is_hidden(*c)).collect();
                self.faults.push(Fault { control: name.to_owned(), typed, sentence: sentence.to_string() });
                stored.to_owned()
            }
        }
    }
}

fn decide(input: &Input, name: &str, mine: &Mark, stored: &Mark, is_newer: bool) -> Decision {
    if mine == stored {
        return Decision::Keep;
    }
    if input.has(&format!("{name}~autre")) {
        return match input.get("garder").strip_prefix(name) {
            Some("=mienne") => Decision::Apply,
            Some("=autre") => Decision::Keep,
            _ => Decision::Conflict,
        };
    }
    let drawn_from = input.get(&format!("{name}.version"));
    match (is_newer, drawn_from) {
        // The form did not touch what it was drawn from: what was stored since stays.
        (_, token) if token == mine.token() => Decision::Keep,
        (_, token) if token == stored.token() => Decision::Apply,
        (false, _) => Decision::Apply,
        (true, _) => Decision::Conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(value: Option<Value>, comment: &str) -> Mark {
        Mark { value, comment: comment.to_owned() }
    }

    fn grid() -> Grid {
        let line = |id: i64, mark: Mark, version| Line {
            id: CriterionId(id),
            code: format!("2.{id}"),
            deliverable: Some(2),
            label: String::new(),
            weight: 1000,
            levels: Vec::new(),
            mark,
            version,
        };
        Grid { lines: vec![line(1, mark(Some(Value::Note(3)), "a"), 2), line(2, mark(None, ""), 5), line(3, Mark::default(), 1)], opinion: mark(None, "bien") }
    }

    fn post(pairs: &[(&str, &str)], seen: i32) -> Posted {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&Input::of(pairs), &grid(), seen, 5)
    }

    #[test]
    fn a_page_touches_its_own_criteria_only() {
        let posted = post(&[("c1", "3"), ("j1", "a"), ("c3", "ne"), ("j3", " peu\r\nclair ")], 5);
        assert_eq!(posted.changes, [Change { criterion: CriterionId(3), mark: mark(Some(Value::Unassessable), "peu\nclair") }]);
        assert!(posted.conflicts.is_empty() && posted.opinion.is_none());
        assert!(post(&[], 5).is_empty());
    }

    #[test]
    fn a_stale_form_conflicts_only_on_what_changed_since() {
        let typed = post(&[("c1", "2"), ("j1", "a"), ("c2", "4"), ("j2", "")], 3);
        assert_eq!(typed.changes.iter().map(|change| change.criterion).collect::<Vec<_>>(), [CriterionId(1)]);
        assert_eq!(typed.conflicts, [Conflict { criterion: Some(CriterionId(2)), mine: mark(Some(Value::Note(4)), "") }]);
        let untouched = mark(Some(Value::Note(1)), "").token();
        let posted = post(&[("c2", "1"), ("j2", ""), ("c2.version", &untouched)], 3);
        assert!(posted.is_empty() && posted.conflicts.is_empty(), "what the form did not touch stays as stored");
        let fresh = Mark::default().token();
        assert_eq!(post(&[("c2", "1"), ("j2", ""), ("c2.version", &fresh)], 3).changes.len(), 1);
    }

    #[test]
    fn a_choice_settles_a_conflict() {
        let pairs = |choice| [("c2", "4"), ("j2", ""), ("c2~autre", "1"), ("garder", choice)];
        assert_eq!(post(&pairs("c2=mienne"), 5).changes.len(), 1);
        assert!(post(&pairs("c2=autre"), 5).is_empty());
        assert_eq!(post(&pairs("c1=mienne"), 5).conflicts.len(), 1);
    }

    #[test]
    fn what_is_too_long_is_told_and_kept_as_typed() {
        let long = "é".repeat(LONGEST + 1);
        let posted = post(&[("c1", "2"), ("j1", &long)], 5);
        assert_eq!(posted.changes, [Change { criterion: CriterionId(1), mark: mark(Some(Value::Note(2)), "a") }]);
        assert_eq!(posted.faults[0].typed, long);
    }

    #[test]
    fn a_note_that_no_page_posts_is_told_and_its_reason_is_kept() {
        let posted = post(&[("c1", "5"), ("j1", "mais un motif"), ("c2", "3")], 5);
        assert_eq!(posted.changes[0], Change { criterion: CriterionId(1), mark: mark(Some(Value::Note(3)), "mais un motif") });
        assert_eq!(posted.changes[1].mark.value, Some(Value::Note(3)));
        assert_eq!((posted.faults.len(), posted.faults[0].control.as_str()), (1, "k1"));
        assert!(posted.faults[0].sentence.ends_with("Vous avez écrit «\u{a0}5\u{a0}»."), "{}", posted.faults[0].sentence);
    }

    #[test]
    fn the_running_total_says_how_many_criteria_it_rests_on() {
        let mut grid = grid();
        assert_eq!(grid.total(), "Score provisoire\u{a0}: 75 sur 100, sur 1\u{a0}critère noté.");
        grid.lines[1].mark.value = Some(Value::Note(2));
        grid.lines[2].mark.value = Some(Value::Unassessable);
        assert_eq!(grid.total(), "Score provisoire\u{a0}: 63 sur 100, sur 2\u{a0}critères notés.");
    }
}
