//! Short texts: a line, an e-mail address, a piece of a web address.

use super::{received_as_read, shown_as_text, text_value};
use crate::kit::french::{SLUG_MAX, Sentence};
use crate::kit::words::{clean, is_hidden};
use std::fmt;

/// Longest e-mail address, and longest part before its @ and between its dots, in bytes.
const EMAIL_MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const LABEL_MAX: usize = 63;

text_value! {
    /// An e-mail address in small letters, so that two writings of one address are equal.
    #[derive(PartialOrd, Ord)]
    Email
}

text_value! {
    /// One line of text, from 1 to `MAX` characters, cleaned, without tab.
    #[derive(PartialOrd, Ord)]
    Line<const MAX: usize>
}

text_value! {
    /// A piece of a web address: small letters, digits and single hyphens, at most 80.
    #[derive(PartialOrd, Ord)]
    Slug
}

shown_as_text!(Email, Slug);
received_as_read!(Email, Slug);

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> TryFrom<String> for Line<MAX> {
    type Error = Sentence;

    fn try_from(text: String) -> Result<Self, Sentence> {
        Self::read(&text)
    }
}

impl Email {
    /// Reads an address by its form: one @, a name of ordinary ASCII characters, a domain of two
    /// labels at least. Only a message that arrives proves that an address exists.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let address = typed.trim_matches(|c: char| c.is_whitespace() || is_hidden(c)).to_ascii_lowercase();
        let holds = address.len() <= EMAIL_MAX && address.split_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        if holds {
            return Ok(Self(address));
        }
        Err(Sentence::asked("Écrire une adresse électronique, par exemple prenom.nom@exemple.fr", typed))
    }
}

impl<const MAX: usize> Line<MAX> {
    /// Reads a text by [`clean`]ing it; line ends and tabs become spaces. Refuses an empty text and
    /// one of more than `MAX` characters.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let line = clean(typed, MAX)?.replace(['\n', '\t'], " ");
        if line.is_empty() { Err(Sentence::new("Écrire quelques mots.")) } else { Ok(Self(line)) }
    }
}

impl Slug {
    /// Reads a slug as [`crate::kit::french::slug`] makes them.
    pub fn read(typed: &str) -> Result<Self, Sentence> {
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let holds = typed.len() <= SLUG_MAX && typed.split('-').all(|part| !part.is_empty() && part.bytes().all(is_plain));
        if holds {
            return Ok(Self(typed.to_owned()));
        }
        let ask = "Écrire des minuscules sans accent, des chiffres et des traits d’union, par exemple vallee-de-seine";
        Err(Sentence::asked(ask, typed))
    }
}

/// What stands before the @: RFC 5322's dot-atom.
fn is_local(text: &str) -> bool {
    let is_atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    text.len() <= LOCAL_MAX && text.split('.').all(|part| !part.is_empty() && part.bytes().all(is_atom))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_MAX).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let ends_in_letters = |(_, last): (&str, &str)| last.len() > 1 && last.bytes().any(|b| b.is_ascii_alphabetic());
    text.rsplit_once('.').is_some_and(ends_in_letters) && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::french::slug;
    use proptest::prelude::*;

    #[test]
    fn an_address_has_one_writing() {
        for typed in ["ana.diaz@exemple.fr", " Ana.Diaz@Exemple.FR\n", "ana.diaz@exemple.fr\0"] {
            assert_eq!(Email::read(typed).expect("valid").as_str(), "ana.diaz@exemple.fr");
        }
        for typed in ["o'neil+eit@a-b.co", "a@b.c.museum", "a@xn--orlans-cva.fr"] {
            assert!(Email::read(typed).is_ok(), "{typed}");
        }
        for typed in [
            "",
            "@",
            "a@",
            "@b.fr",
            "a@b",
            "a@b@c.fr",
            "a b@c.fr",
            "a@b..fr",
            ".a@b.fr",
            "a.@b.fr",
            "a..b@c.fr",
            "a@-b.fr",
            "a@b-.fr",
            "a@1.2.3.4",
            "a@b.f",
            "é@b.fr",
            "a@é.fr",
            "a\r\nBcc: x@y.fr",
            "<a@b.fr>",
            "a,b@c.fr",
        ] {
            assert!(Email::read(typed).is_err(), "{typed}");
        }
        let domain = |length: usize| format!("{}{}.fr", "abcdefghi.".repeat(length / 10), "x".repeat(length % 10));
        assert!(Email::read(&format!("{}@{}", "a".repeat(64), domain(186))).is_ok());
        assert!(Email::read(&format!("{}@{}", "a".repeat(64), domain(187))).is_err());
        assert!(Email::read(&format!("{}@b.fr", "a".repeat(65))).is_err());
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(Line::<20>::read(" Bilan\r\nde\tl’eau\0 ").expect("valid").as_str(), "Bilan de l’eau");
        assert_eq!(Line::<4>::read("éééé").expect("valid").to_string(), "éééé");
        assert_eq!(Line::<4>::read(" \n").expect_err("empty").as_str(), "Écrire quelques mots.");
        assert_eq!(Line::<4>::read("ééééé").expect_err("long").as_str(), "Écrire 4\u{a0}caractères au plus\u{202f}; votre texte en compte\u{a0}5.");
        assert!(serde_json::from_str::<Line<4>>("\"ééééé\"").is_err());
    }

    #[test]
    fn a_slug_is_plain() {
        for typed in ["eau", "ile-de-france-2", "2015"] {
            assert_eq!(Slug::read(typed).expect(typed).as_str(), typed);
        }
        for typed in ["", "-a", "a-", "a--b", "A", "é", "a b", "a/b", &"a".repeat(81)] {
            assert!(Slug::read(typed).is_err(), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_shown_reads_back(text in any::<String>(), near in "[a-z.@-]{0,12}") {
            for text in [&text, &near] {
                if let Ok(line) = Line::<30>::read(text) { prop_assert_eq!(Line::read(&line.to_string()), Ok(line)); }
                if let Ok(email) = Email::read(text) { prop_assert_eq!(Email::read(&email.to_string()), Ok(email)); }
                if let Ok(slug) = Slug::read(text) { prop_assert_eq!(Slug::read(&slug.to_string()), Ok(slug)); }
                prop_assert!(slug(text).is_empty() || Slug::read(&slug(text)).is_ok());
            }
        }
    }
}
