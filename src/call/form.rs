//! Settings as forms: a control is filled from what is held, or read from what was posted, and says what changed.

mod kinds;

pub use kinds::{Setting, Weight};

use axum::http::StatusCode;
use uuid::Uuid;

use crate::input::Input;
use crate::kit::words::excerpt;

/// Longest value that a line of the journal repeats, in characters.
const NOTED: usize = 200;

/// What a control asks for.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    name: String,
    label: String,
    hint: String,
    kind: &'static str,
    range: (i64, i64),
    options: Vec<(String, String)>,
    is_optional: bool,
    is_personal: bool,
    is_bound: bool,
}

impl Spec {
    /// A control of that name and label.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), range: (0, 200), ..Self::default() }
    }

    /// Says what to write.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Bounds of a whole number; the second is also the longest text, in characters.
    pub fn range(mut self, least: i64, most: i64) -> Self {
        self.range = (least, most);
        self
    }

    /// A text of several lines.
    pub fn long(mut self, most: i64) -> Self {
        self.kind = "long";
        self.range(0, most)
    }

    /// An e-mail address.
    pub fn email(mut self) -> Self {
        self.kind = "email";
        self
    }

    /// One of these, as a list to open.
    pub fn among(mut self, options: Vec<(String, String)>) -> Self {
        self.kind = "select";
        self.options = options;
        self
    }

    /// One of these, all in sight.
    pub fn radios(mut self, options: &[(&str, &str)]) -> Self {
        self.kind = "radios";
        self.options = options.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned())).collect();
        self
    }

    /// May stay empty.
    pub fn optional(self) -> Self {
        self.optional_if(true)
    }

    /// May stay empty on that condition.
    pub fn optional_if(mut self, is_optional: bool) -> Self {
        self.is_optional = is_optional;
        self
    }

    /// Holds personal data: the journal says that it changed, never what it was.
    pub fn personal(mut self) -> Self {
        self.is_personal = true;
        self
    }

    /// An exclusive bound: said by its last second.
    pub fn bound(mut self) -> Self {
        self.is_bound = true;
        self
    }
}

/// A control, as drawn.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// Name in the posted form.
    pub name: String,
    /// Identifier in the page.
    pub id: String,
    /// Label.
    pub label: String,
    /// What to write, or nothing.
    pub hint: String,
    /// Kind of control.
    pub kind: &'static str,
    /// Value, as typed.
    pub value: String,
    /// Why the value was refused, or nothing.
    pub error: String,
    /// May stay empty.
    pub is_optional: bool,
    /// Choices.
    pub options: Vec<(String, String)>,
}

impl Control {
    /// Is it of that kind?
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// Is a short control enough for what it holds?
    pub fn is_short(&self) -> bool {
        matches!(self.kind, "date" | "datetime-local" | "email" | "select" | "figure")
    }

    /// Is that choice the held one?
    pub fn is_on(&self, key: &str) -> bool {
        self.value == key
    }

    /// Identifiers of its hint and of its error.
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-h", self.id));
        let error = (!self.error.is_empty()).then(|| format!("{}-e", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

/// Controls under one legend, or under none.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Legend.
    pub legend: String,
    /// Controls.
    pub controls: Vec<Control>,
}

/// A value that differs from the held one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Label of its control.
    pub label: String,
    /// What is held, in words.
    pub held: String,
    /// What was typed, in words.
    pub mine: String,
    note: String,
}

/// The controls of a form, in order, with what was refused and what changed.
#[derive(Debug, Default)]
pub struct Sheet<'a> {
    posted: Option<&'a Input>,
    /// Controls drawn.
    pub groups: Vec<Group>,
    /// Values that differ from the held ones.
    pub changes: Vec<Change>,
}

impl<'a> Sheet<'a> {
    /// A form filled from what is held, or read from what was posted.
    pub fn of(posted: Option<&'a Input>) -> Self {
        Self { posted, ..Self::default() }
    }

    /// The controls that follow stand under that legend.
    pub fn group(&mut self, legend: impl Into<String>) {
        self.groups.push(Group { legend: legend.into(), controls: Vec::new() });
    }

    /// Are these all empty in what was posted?
    pub fn is_blank(&self, names: &[String]) -> bool {
        self.posted.is_none_or(|input| names.iter().all(|name| input.trimmed(name).is_empty()))
    }

    /// Is that box ticked in what was posted?
    pub fn is_ticked(&self, name: &str) -> bool {
        self.posted.is_some_and(|input| input.get(name) == "oui")
    }

    /// A control: what is held when nothing was posted or when it cannot be read, what was typed otherwise.
    pub fn read<T: Setting>(&mut self, spec: Spec, held: &T) -> T {
        let typed = self.posted.filter(|input| input.has(&spec.name)).map(|input| input.get(&spec.name).to_owned());
        let (value, shown, error) = match typed {
            None => (held.clone(), held.typed(), String::new()),
            Some(typed) => match T::read(&typed, &spec) {
                // What the control cannot show (microseconds, an hour that comes twice) is not a change.
                Ok(value) if value.typed() == held.typed() => (held.clone(), typed, String::new()),
                Ok(value) => {
                    self.changes.push(change(&spec, held, &value));
                    (value, typed, String::new())
                }
                Err(sentence) => (held.clone(), typed, sentence.to_string()),
            },
        };
        if self.groups.is_empty() {
            self.group("");
        }
        let kind = if spec.kind.is_empty() { T::KIND } else { spec.kind };
        let control = Control {
            id: spec.name.replace('.', "-"),
            name: spec.name,
            label: spec.label,
            hint: spec.hint,
            kind,
            value: shown,
            error,
            is_optional: spec.is_optional && kind != "flag",
            options: spec.options,
        };
        if let Some(group) = self.groups.last_mut() {
            group.controls.push(control);
        }
        value
    }

    /// Refuses the posted value of a control for a reason that it could not know alone; what is held is never refused.
    pub fn refuse(&mut self, name: &str, sentence: impl Into<String>) {
        if self.posted.is_none() {
            return;
        }
        let found = self.groups.iter_mut().flat_map(|group| &mut group.controls).find(|control| control.name == name);
        if let Some(control) = found {
            control.error = sentence.into();
        }
    }

    /// Was something refused?
    pub fn has_errors(&self) -> bool {
        self.groups.iter().flat_map(|group| &group.controls).any(|control| !control.error.is_empty())
    }

    /// Why the form comes back instead of being saved: refused values, or somebody was faster.
    pub fn verdict(&self, is_fresh: bool) -> Option<StatusCode> {
        match (self.has_errors(), is_fresh || self.changes.is_empty()) {
            (true, _) => Some(StatusCode::UNPROCESSABLE_ENTITY),
            (false, false) => Some(StatusCode::CONFLICT),
            (false, true) => None,
        }
    }

    /// What changed, for the journal: names of settings, old and new values; never personal data.
    pub fn notes(&self) -> String {
        self.changes.iter().map(|change| change.note.as_str()).collect::<Vec<_>>().join("\n")
    }
}

fn change<T: Setting>(spec: &Spec, held: &T, mine: &T) -> Change {
    let note =
        if spec.is_personal { spec.name.clone() } else { format!("{}: {} → {}", spec.name, excerpt(&held.typed(), NOTED), excerpt(&mine.typed(), NOTED)) };
    Change { label: spec.label.clone(), held: held.words(spec), mine: mine.words(spec), note }
}

/// A form, as drawn.
#[derive(Debug)]
pub struct FormView {
    /// Anchor.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// One or two sentences, or nothing.
    pub intro: String,
    /// Address that it posts to.
    pub action: String,
    /// Page that shows what is held.
    pub back: String,
    /// Which form of the page it is.
    pub act: &'static str,
    /// Version that it was drawn from.
    pub version: i32,
    /// Operation of its sending.
    pub operation: Uuid,
    /// Controls.
    pub groups: Vec<Group>,
    /// What somebody else saved meanwhile, beside what was typed.
    pub conflicts: Vec<Change>,
    /// Word of its button.
    pub button: &'static str,
    /// Is its button the one filled button of the page?
    pub is_main: bool,
    /// File that may come along, optional: label and hint.
    pub file: Option<(&'static str, &'static str)>,
}

impl FormView {
    /// A form with those controls; `seen` is the version that it goes on from.
    pub fn of(sheet: Sheet<'_>, title: (&'static str, &'static str, &'static str), action: String, seen: i32) -> Self {
        let (id, title, button) = title;
        Self {
            id,
            title,
            intro: String::new(),
            back: action.clone(),
            action,
            act: id,
            version: seen,
            operation: Uuid::new_v4(),
            groups: sheet.groups,
            conflicts: Vec::new(),
            button,
            is_main: true,
            file: None,
        }
    }

    /// A file may come along.
    pub fn with_file(mut self, label: &'static str, hint: &'static str) -> Self {
        self.file = Some((label, hint));
        self
    }

    /// Its button is the filled one of the page on that condition.
    pub fn main_if(mut self, is_main: bool) -> Self {
        self.is_main = is_main;
        self
    }

    /// Names the page that shows what is held, when the form posts elsewhere.
    pub fn back(mut self, back: impl Into<String>) -> Self {
        self.back = back.into();
        self
    }

    /// Says something under the title.
    pub fn intro(mut self, intro: impl Into<String>) -> Self {
        self.intro = intro.into();
        self
    }

    /// Shows both values of what somebody else changed meanwhile.
    pub fn against(mut self, conflicts: Vec<Change>) -> Self {
        self.conflicts = conflicts;
        self
    }

    /// Refused values: identifier of the control and sentence.
    pub fn errors(&self) -> Vec<(String, String)> {
        let controls = self.groups.iter().flat_map(|group| &group.controls);
        controls
            .filter(|control| !control.error.is_empty())
            .map(|control| (format!("#{}", control.id), format!("{}\u{a0}: {}", control.label, control.error)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn posted(pairs: &[(&str, &str)]) -> Input {
        Input::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_was_not_posted_is_held_and_what_is_unreadable_comes_back_as_typed() {
        let input = posted(&[("jour", "le 32"), ("poids", "2,5")]);
        let mut sheet = Sheet::of(Some(&input));
        let held = Some(date!(2015 - 02 - 12));
        assert_eq!(sheet.read(Spec::new("jour", "Jour"), &held), held);
        assert_eq!(sheet.read(Spec::new("lieu", "Lieu"), &"Poitiers".to_owned()), "Poitiers");
        assert_eq!(sheet.read(Spec::new("poids", "Poids"), &Weight(1000)), Weight(2500));
        assert_eq!(sheet.groups[0].controls[0].value, "le 32");
        assert!(sheet.groups[0].controls[0].error.contains("le 32"));
        assert_eq!(sheet.notes(), "poids: 1 → 2,5");
        assert_eq!(sheet.verdict(true), Some(StatusCode::UNPROCESSABLE_ENTITY));
    }

    #[test]
    fn an_instant_finer_than_its_control_is_not_a_change() {
        let held = datetime!(2026-12-15 23:00:00.123456 UTC);
        let input = posted(&[("limite", "2026-12-16T00:00")]);
        let mut sheet = Sheet::of(Some(&input));
        assert_eq!(sheet.read(Spec::new("limite", "Limite"), &held), held);
        assert!(sheet.changes.is_empty());
        assert_eq!(sheet.verdict(false), None);
    }

    #[test]
    fn a_change_over_a_newer_version_is_a_conflict_with_both_values() {
        let input = posted(&[("limite", "2015-10-20T00:00:00")]);
        let mut sheet = Sheet::of(Some(&input));
        sheet.read(Spec::new("limite", "Limite").bound(), &datetime!(2015-10-14 22:00 UTC));
        assert_eq!(sheet.verdict(false), Some(StatusCode::CONFLICT));
        let change = &sheet.changes[0];
        assert!(change.held.contains("mercredi 14") && change.mine.contains("lundi 19"), "{change:?}");
    }

    #[test]
    fn personal_data_never_reaches_the_journal() {
        let input = posted(&[("telephone", "05 00 00 00 00")]);
        let mut sheet = Sheet::of(Some(&input));
        sheet.read(Spec::new("telephone", "Téléphone").personal(), &"01".to_owned());
        assert_eq!(sheet.notes(), "telephone");
    }
}
