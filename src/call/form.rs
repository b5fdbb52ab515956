//! Settings as forms: a control is filled from what is held, or read from what was posted, and says what changed.

mod kinds;
mod sheet;

pub use kinds::{Setting, Weight};
pub use sheet::{Change, Sheet, Unsaved};

use uuid::Uuid;

use crate::kit::french::uncapitalized;

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
        matches!(self.kind, "date" | "time" | "datetime-local" | "email" | "select" | "figure")
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
    /// Why it holds a text that is not saved.
    pub unsaved: Unsaved,
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
            conflicts: sheet.conflicts(),
            unsaved: sheet.unsaved,
            groups: sheet.groups,
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

    /// Refused values: identifier of the control and sentence.
    pub fn errors(&self) -> Vec<(String, String)> {
        let controls = self.groups.iter().flat_map(|group| &group.controls);
        controls
            .filter(|control| !control.error.is_empty())
            .map(|control| (format!("#{}", control.id), format!("{}\u{a0}: {}", control.label, uncapitalized(&control.error))))
            .collect()
    }
}
