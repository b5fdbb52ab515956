//! What was typed in the controls of a form, read one by one: what is refused, what changes.

use axum::http::StatusCode;

use super::{Control, Group, Setting, Spec};
use crate::input::Input;
use crate::kit::words::excerpt;

/// Longest value that a line of the journal repeats, in characters.
const NOTED: usize = 200;

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

/// Why a form holds a text that is not saved, besides refusals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unsaved {
    /// It holds none.
    #[default]
    No,
    /// Its session had ended: it waited for its author to sign in again.
    Suspended,
    /// Its author did not confirm it.
    Reconsidered,
}

/// The controls of a form, in order, with what was refused and what changed.
#[derive(Debug, Default)]
pub struct Sheet<'a> {
    posted: Option<&'a Input>,
    /// Why it holds a text that is not saved.
    pub unsaved: Unsaved,
    /// Somebody was faster: see [`Sheet::verdict`].
    is_overtaken: bool,
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

    /// A form filled from what is held, or from a text that waited for its author to sign in again.
    pub fn kept(typed: Option<&'a Input>) -> Self {
        let unsaved = if typed.is_some() { Unsaved::Suspended } else { Unsaved::No };
        Self { unsaved, ..Self::of(typed) }
    }

    /// A form that its author came back to rather than confirm it.
    pub fn reconsidered(typed: &'a Input) -> Self {
        Self { unsaved: Unsaved::Reconsidered, ..Self::of(Some(typed)) }
    }

    /// Version that the form goes on from: the one it was typed on, or the held one.
    pub fn seen(&self, held: i32) -> i32 {
        self.posted.and_then(|input| input.version().ok()).unwrap_or(held)
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
    pub fn verdict(&mut self, is_fresh: bool) -> Option<StatusCode> {
        self.is_overtaken = !self.has_errors() && !is_fresh && !self.changes.is_empty();
        match (self.has_errors(), self.is_overtaken) {
            (true, _) => Some(StatusCode::UNPROCESSABLE_ENTITY),
            (false, true) => Some(StatusCode::CONFLICT),
            (false, false) => None,
        }
    }

    /// What differs from what somebody else saved meanwhile; nothing when nobody was faster.
    pub fn conflicts(&self) -> Vec<Change> {
        if self.is_overtaken { self.changes.clone() } else { Vec::new() }
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

#[cfg(test)]
mod tests {
    use super::super::Weight;
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
