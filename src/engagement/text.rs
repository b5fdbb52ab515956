//! What partners sign, and the one writing of it that has a digest.

use sha2::{Digest, Sha256};

use crate::framework::content::Content;
use crate::kit::french::list;
use crate::kit::territory;

/// Section that the objectives and the principles are written in.
pub const SECTION: &str = "mobilisation.engagements";

/// Longest objectives or principles that can be published, in characters: partners read them on a telephone.
pub const LONGEST: usize = 12_000;

/// Communes named before the rest is only counted.
const NAMED: usize = 12;

/// What signing means, as printed in every document. A published version keeps the sentence that it was published with.
pub const MEANING: &str = "Signer ce document, c’est déclarer, au nom de l’organisation que vous représentez, qu’elle partage ces objectifs et accepte \
    ces principes. Une contribution précise, en argent, en temps ou en données, fait l’objet d’un accord distinct. La signature est jointe au dossier \
    que la structure porteuse dépose auprès des organisateurs de l’appel. Vous pouvez la retirer, par le même lien, jusqu’à la date limite de dépôt.";

/// The text of the document, as written now or as published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Title of the approach.
    pub title: String,
    /// Organisation that carries it.
    pub carrier: String,
    /// Where.
    pub territory: String,
    /// What the signatories want to reach together.
    pub objectives: String,
    /// Rules that each accepts.
    pub principles: String,
    /// What signing means.
    pub meaning: String,
}

impl Text {
    /// The text as it is written in the dossier now.
    pub fn draft(title: &str, carrier: &str, label: &str, content: &Content) -> Self {
        Self {
            title: title.to_owned(),
            carrier: carrier.to_owned(),
            territory: place(label, content),
            objectives: content.text(SECTION, "charter_objectives").to_owned(),
            principles: content.text(SECTION, "charter_principles").to_owned(),
            meaning: MEANING.to_owned(),
        }
    }

    /// The canonical writing of a version: what is signed, byte for byte.
    pub fn canonical(&self, number: i32) -> String {
        format!(
            "DOCUMENT UNIQUE D’ENGAGEMENT\nVersion {number}\n\nDémarche\u{a0}: {}\nStructure porteuse\u{a0}: {}\nTerritoire\u{a0}: {}\n\n\
             OBJECTIFS\n\n{}\n\nPRINCIPES\n\n{}\n\nCE QUE SIGNER SIGNIFIE\n\n{}\n",
            self.title, self.carrier, self.territory, self.objectives, self.principles, self.meaning
        )
    }

    /// Its parts, each with its heading.
    pub fn parts(&self) -> [(&'static str, &str); 6] {
        [
            ("Démarche", &self.title),
            ("Structure porteuse", &self.carrier),
            ("Territoire", &self.territory),
            ("Objectifs", &self.objectives),
            ("Principes", &self.principles),
            ("Ce que signer signifie", &self.meaning),
        ]
    }

    /// What keeps it from being published: the field, and what to do.
    pub fn hindrances(&self) -> Vec<(&'static str, String)> {
        [("charter_objectives", "objectifs", &self.objectives), ("charter_principles", "principes", &self.principles)]
            .into_iter()
            .filter_map(|(key, name, text)| {
                let length = text.chars().count();
                let sentence = if length == 0 {
                    format!("Écrire les {name} du document.")
                } else if length > LONGEST {
                    format!("Raccourcir les {name}\u{a0}: 12\u{202f}000 caractères au plus, un partenaire doit pouvoir les lire d’une traite.")
                } else {
                    return None;
                };
                Some((key, sentence))
            })
            .collect()
    }
}

/// SHA-256 of a canonical writing.
pub fn digest(canonical: &str) -> Vec<u8> {
    Sha256::digest(canonical.as_bytes()).to_vec()
}

/// The communes of the perimeter, or the carrier's own place while there are none.
fn place(label: &str, content: &Content) -> String {
    let communes: Vec<String> =
        content.rows("perimeter_commune").map(|row| row.text("commune")).filter(|code| !code.is_empty()).map(territory::label).collect();
    match communes.len() {
        0 => label.split_once(", ").map_or(label, |(_, place)| place).to_owned(),
        all if all <= NAMED => list(&communes),
        all => format!("{} et {} autres communes", communes[..NAMED].join(", "), all - NAMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Text {
        Text {
            title: "Boucles".into(),
            carrier: "Syndicat".into(),
            territory: "Jarnac (16)".into(),
            objectives: "Réduire.".into(),
            principles: "Partager.".into(),
            meaning: "Signer.".into(),
        }
    }

    #[test]
    fn the_canonical_writing_never_changes() {
        assert_eq!(
            text().canonical(2),
            "DOCUMENT UNIQUE D’ENGAGEMENT\nVersion 2\n\nDémarche\u{a0}: Boucles\nStructure porteuse\u{a0}: Syndicat\nTerritoire\u{a0}: Jarnac (16)\n\n\
             OBJECTIFS\n\nRéduire.\n\nPRINCIPES\n\nPartager.\n\nCE QUE SIGNER SIGNIFIE\n\nSigner.\n"
        );
        assert_ne!(digest(&text().canonical(1)), digest(&text().canonical(2)), "each version has a digest of its own");
    }

    #[test]
    fn an_empty_or_endless_text_is_not_published() {
        assert!(text().hindrances().is_empty());
        let blank = Text { objectives: String::new(), principles: "é".repeat(LONGEST + 1), ..text() };
        assert_eq!(blank.hindrances().iter().map(|(key, _)| *key).collect::<Vec<_>>(), ["charter_objectives", "charter_principles"]);
    }
}
