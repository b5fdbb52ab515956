//! Values that are valid because they exist: a private field, one `read` that may refuse with a
//! French sentence, and a `Display` that `read` takes back. What is kept is the canonical text of
//! `Display` (an amount: its cents); `french` and `moment` write it for people.
//!
//! Every `read` bounds the length first and never panics. An empty text is refused: whether an
//! answer may be missing is for its form to say.

mod codes;
mod dates;
mod money;
mod numbers;
mod text;

pub use crate::kit::french::Sentence;
pub use codes::{InseeCode, Naf, Siret, WasteCode};
pub use dates::{Day, Year};
pub use money::Cents;
pub use numbers::{Decimal, Signed, Whole};
pub use text::{Email, Line, Slug};

/// Longest text read as a number, a code or an amount, in bytes.
const SHORT: usize = 60;

/// Declares a value kept as its canonical text, which is also its JSON; its `read` is written
/// beside it.
macro_rules! text_value {
    ($(#[$meta:meta])* $name:ident $(<const $bound:ident: $kind:ty>)?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name $(<const $bound: $kind>)? (String);

        impl $(<const $bound: $kind>)? $name $(<$bound>)? {
            /// The canonical text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $(<const $bound: $kind>)? From<$name $(<$bound>)?> for String {
            fn from(value: $name $(<$bound>)?) -> Self {
                value.0
            }
        }
    };
}
use text_value;

/// Shows text values as their canonical text.
macro_rules! shown_as_text {
    ($($name:ident),+) => {
        $(impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        })+
    };
}
use shown_as_text;

/// Receives text values (from JSON) by reading them again.
macro_rules! received_as_read {
    ($($name:ident),+) => {
        $(impl TryFrom<String> for $name {
            type Error = $crate::kit::french::Sentence;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::read(&text)
            }
        })+
    };
}
use received_as_read;

/// The text without its white space, when it is short enough to be a code or a number.
fn compact(typed: &str) -> Option<String> {
    (typed.len() <= SHORT).then(|| typed.split_whitespace().collect())
}
