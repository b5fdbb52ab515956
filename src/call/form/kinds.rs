//! Values that a control can hold: each knows how to be typed, read and said.

use time::{Date, OffsetDateTime, Time};

use super::Spec;
use crate::kit::french::{Sentence, decimal};
use crate::kit::moment;
use crate::kit::values::{Cents, Decimal, Email, Whole};
use crate::kit::words::clean;

/// A value that a control can hold.
pub trait Setting: Clone + PartialEq {
    /// Kind of control, unless the spec says otherwise.
    const KIND: &'static str;

    /// Value of the control.
    fn typed(&self) -> String;

    /// As people read it.
    fn words(&self, spec: &Spec) -> String;

    /// Reads what was typed.
    ///
    /// # Errors
    /// A sentence that says what to write.
    fn read(typed: &str, spec: &Spec) -> Result<Self, Sentence>;
}

impl Setting for Option<Date> {
    const KIND: &'static str = "date";

    fn typed(&self) -> String {
        self.map(moment::iso_day).unwrap_or_default()
    }

    fn words(&self, _: &Spec) -> String {
        self.map_or_else(|| "sans date".to_owned(), moment::day)
    }

    fn read(typed: &str, spec: &Spec) -> Result<Self, Sentence> {
        if typed.trim().is_empty() && spec.is_optional { Ok(None) } else { moment::read_date(typed).map(Some) }
    }
}

impl Setting for Option<Time> {
    const KIND: &'static str = "time";

    fn typed(&self) -> String {
        self.map(|time| moment::iso_time(time)[..5].to_owned()).unwrap_or_default()
    }

    fn words(&self, _: &Spec) -> String {
        self.map_or_else(|| "sans heure".to_owned(), |time| moment::iso_time(time)[..5].to_owned())
    }

    fn read(typed: &str, spec: &Spec) -> Result<Self, Sentence> {
        if typed.trim().is_empty() && spec.is_optional { Ok(None) } else { moment::read_time(typed).map(Some) }
    }
}

impl Setting for OffsetDateTime {
    const KIND: &'static str = "datetime-local";

    fn typed(&self) -> String {
        moment::iso_local(*self)
    }

    fn words(&self, spec: &Spec) -> String {
        if spec.is_bound { moment::until(*self) } else { moment::full(*self) }
    }

    fn read(typed: &str, _: &Spec) -> Result<Self, Sentence> {
        moment::read_local(typed)
    }
}

impl Setting for Option<OffsetDateTime> {
    const KIND: &'static str = "datetime-local";

    fn typed(&self) -> String {
        self.map(moment::iso_local).unwrap_or_default()
    }

    fn words(&self, spec: &Spec) -> String {
        self.map_or_else(|| "sans date".to_owned(), |at| at.words(spec))
    }

    fn read(typed: &str, spec: &Spec) -> Result<Self, Sentence> {
        if typed.trim().is_empty() && spec.is_optional { Ok(None) } else { moment::read_local(typed).map(Some) }
    }
}

impl Setting for i32 {
    const KIND: &'static str = "figure";

    fn typed(&self) -> String {
        self.to_string()
    }

    fn words(&self, _: &Spec) -> String {
        self.to_string()
    }

    fn read(typed: &str, spec: &Spec) -> Result<Self, Sentence> {
        let (least, most) = spec.range;
        Whole::read(typed, least..=most).map(|number| Self::try_from(number.get()).unwrap_or(Self::MAX))
    }
}

/// A criterion's weight, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight(pub i32);

impl Weight {
    /// "1", "0,5".
    pub fn text(self) -> String {
        decimal(format!("{}.{:03}", self.0 / 1000, self.0 % 1000), 3)
    }
}

impl Setting for Weight {
    const KIND: &'static str = "figure";

    fn typed(&self) -> String {
        self.text()
    }

    fn words(&self, _: &Spec) -> String {
        self.text()
    }

    fn read(typed: &str, _: &Spec) -> Result<Self, Sentence> {
        Decimal::read(typed, 3, 100, "1,5").map(|weight| Self(i32::try_from(weight.scaled(3)).unwrap_or(0)))
    }
}

impl Setting for Cents {
    const KIND: &'static str = "figure";

    fn typed(&self) -> String {
        self.input()
    }

    fn words(&self, _: &Spec) -> String {
        self.to_string()
    }

    fn read(typed: &str, _: &Spec) -> Result<Self, Sentence> {
        Self::read(typed)
    }
}

impl Setting for Option<Cents> {
    const KIND: &'static str = "figure";

    fn typed(&self) -> String {
        self.map(Cents::input).unwrap_or_default()
    }

    fn words(&self, _: &Spec) -> String {
        self.map_or_else(|| "(vide)".to_owned(), |amount| amount.to_string())
    }

    fn read(typed: &str, spec: &Spec) -> Result<Self, Sentence> {
        if typed.trim().is_empty() && spec.is_optional { Ok(None) } else { Cents::read(typed).map(Some) }
    }
}

impl Setting for bool {
    const KIND: &'static str = "flag";

    fn typed(&self) -> String {
        if *self { "oui".to_owned() } else { String::new() }
    }

    fn words(&self, _: &Spec) -> String {
        if *self { "oui" } else { "non" }.to_owned()
    }

    fn read(typed: &str, _: &Spec) -> Result<Self, Sentence> {
        Ok(typed == "oui")
    }
}

impl Setting for String {
    const KIND: &'static str = "text";

    fn typed(&self) -> String {
        self.clone()
    }

    fn words(&self, spec: &Spec) -> String {
        let label = spec.options.iter().find(|(key, _)| key == self).map(|(_, label)| label);
        let text = label.unwrap_or(self);
        if text.is_empty() { "(vide)".to_owned() } else { text.clone() }
    }

    fn read(typed: &str, spec: &Spec) -> Result<Self, Sentence> {
        if !spec.options.is_empty() {
            let is_known = spec.options.iter().any(|(key, _)| key == typed);
            return if is_known { Ok(typed.to_owned()) } else { Err(Sentence::new("Choisir une réponse dans la liste.")) };
        }
        let cleaned = clean(typed, usize::try_from(spec.range.1).unwrap_or(0))?;
        let text = if spec.kind == "long" { cleaned } else { cleaned.replace(['\n', '\t'], " ") };
        match (text.is_empty(), spec.kind) {
            (true, _) if !spec.is_optional => Err(Sentence::new("Écrire quelques mots.")),
            (false, "email") => Email::read(&text).map(Self::from),
            _ => Ok(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_three_decimals_at_most() {
        let spec = Spec::new("w", "Poids");
        assert_eq!(Weight::read("0,125", &spec), Ok(Weight(125)));
        assert_eq!(Weight::read("100", &spec), Ok(Weight(100_000)));
        assert!(Weight::read("0,1234", &spec).is_err() && Weight::read("100,001", &spec).is_err() && Weight::read("-1", &spec).is_err());
        assert_eq!(Weight(1500).text(), "1,5");
    }
}
