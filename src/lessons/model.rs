//! A lesson: a title, a place, and parts that its authors show or keep to themselves.

use serde::{Deserialize, Serialize};

use crate::kit::french::fold;

/// A part of a lesson.
#[derive(Debug)]
pub struct Part {
    /// Key.
    pub key: &'static str,
    /// Title.
    pub title: &'static str,
    /// What to write.
    pub hint: &'static str,
    /// Its first text comes from the dossier.
    pub is_drawn: bool,
}

const fn drawn(key: &'static str, title: &'static str, hint: &'static str) -> Part {
    Part { key, title, hint, is_drawn: true }
}

const fn written(key: &'static str, title: &'static str, hint: &'static str) -> Part {
    Part { key, title, hint, is_drawn: false }
}

/// Parts, in the order of reading.
pub static PARTS: [Part; 11] = [
    drawn("territory", "Le territoire", "Repris du périmètre\u{a0}: communes, habitants, emplois."),
    drawn("context", "Contexte et enjeux", "Ce qui a conduit à la démarche."),
    drawn("approach", "La démarche", "Qui porte, qui anime, comment les acteurs ont été réunis."),
    drawn("actors", "Acteurs réunis", "Repris de la liste des acteurs, sans ceux qui sont confidentiels. Demandez leur accord avant de les nommer."),
    drawn("synergies", "Synergies étudiées", "Reprises des synergies du dossier, sans celles qui sont confidentielles."),
    drawn("actions", "Actions engagées", "Reprises des actions collectives immédiates."),
    drawn("economic", "Bénéfices économiques", "Coûts évités, recettes, activités maintenues ou créées."),
    drawn("social", "Bénéfices sociaux", "Emplois, conditions de travail, coopération entre voisins."),
    drawn("environmental", "Bénéfices environnementaux", "Eau, matières, énergie, déchets, émissions."),
    written("obstacles", "Difficultés rencontrées", "Ce qui a résisté, et pourquoi. C’est souvent ce qui sert le plus aux autres."),
    written("advice", "Ce que nous ferions autrement", "Un conseil par phrase, à un territoire qui commence."),
];

/// Domains under which a lesson is found: key and word.
pub const DOMAINS: [(&str, &str); 4] = [("water", "Eau"), ("energy", "Énergie"), ("material", "Matières"), ("service", "Services")];

/// Longest part, in characters.
pub const LONGEST: i64 = 4000;

/// A part as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Key of the part.
    pub key: String,
    /// Text.
    pub text: String,
    /// Readers see it.
    pub is_shown: bool,
}

/// A lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// Title.
    pub title: String,
    /// Where: the carrier and its place.
    pub place: String,
    /// Whom to ask; shown as written, nothing when empty.
    pub contact: String,
    /// Domains.
    pub domains: Vec<String>,
    /// Parts, in the order of [`PARTS`].
    pub parts: Vec<Told>,
}

impl Lesson {
    /// A part of it; empty when it was never written.
    pub fn told(&self, key: &str) -> Told {
        self.parts.iter().find(|told| told.key == key).cloned().unwrap_or_else(|| Told { key: key.to_owned(), ..Told::default() })
    }

    /// What readers see: nothing hidden leaves the dossier.
    #[must_use]
    pub fn shown(&self) -> Self {
        Self { parts: self.parts.iter().filter(|told| told.is_shown && !told.text.is_empty()).cloned().collect(), ..self.clone() }
    }

    /// Is there something to read?
    pub fn is_readable(&self) -> bool {
        !self.title.is_empty() && !self.shown().parts.is_empty()
    }

    /// Words that a search looks in, folded.
    pub fn search(&self) -> String {
        let shown = self.shown();
        let texts = shown.parts.iter().map(|told| told.text.as_str());
        fold(&[shown.title.as_str(), shown.place.as_str()].into_iter().chain(texts).collect::<Vec<_>>().join(" "))
    }

    /// Words of its domains, in their order.
    pub fn domain_words(&self) -> Vec<&'static str> {
        DOMAINS.iter().filter(|(key, _)| self.domains.iter().any(|held| held == key)).map(|(_, word)| *word).collect()
    }
}

/// Title of a part.
pub fn title(key: &str) -> &'static str {
    PARTS.iter().find(|part| part.key == key).map_or("", |part| part.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(key: &str, text: &str, is_shown: bool) -> Told {
        Told { key: key.to_owned(), text: text.to_owned(), is_shown }
    }

    #[test]
    fn what_is_hidden_is_neither_read_nor_found() {
        let lesson = Lesson {
            title: "Eaux de process partagées".to_owned(),
            domains: vec!["energy".to_owned(), "water".to_owned()],
            parts: vec![told("context", "Étiage sévère", true), told("actors", "Laiterie secrète", false), told("advice", "", true)],
            ..Lesson::default()
        };
        assert_eq!(lesson.shown().parts, [told("context", "Étiage sévère", true)]);
        assert!(lesson.search().contains("etiage") && !lesson.search().contains("laiterie"), "{}", lesson.search());
        assert_eq!(lesson.domain_words(), ["Eau", "Énergie"]);
        assert!(lesson.is_readable());
        assert!(!Lesson { parts: vec![told("actors", "Laiterie", false)], ..lesson }.is_readable(), "nothing is shown");
    }

    #[test]
    fn parts_have_keys_of_their_own() {
        let mut keys: Vec<_> = PARTS.iter().map(|part| part.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), PARTS.len());
        assert_eq!((title("advice"), title("inconnue")), ("Ce que nous ferions autrement", ""));
    }
}
