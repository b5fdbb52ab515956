//! Filters of the board by the facts it follows: each is a word of the address, a choice of the form, and a test of the statement.

use super::asked::View;

/// Who may filter by a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Every reader of the board.
    Anyone,
    /// Who instructs the dossiers.
    Instructor,
    /// Who may read the scores.
    ScoreReader,
}

/// What a reader may filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Instructs the dossiers: labels, subsidies.
    pub instructs: bool,
    /// Owes no review that hides the scores.
    pub reads_scores: bool,
}

impl Rights {
    /// Do they hold that one?
    pub fn hold(self, right: Right) -> bool {
        match right {
            Right::Anyone => true,
            Right::Instructor => self.instructs,
            Right::ScoreReader => self.reads_scores,
        }
    }
}

/// A choice: in the address, in the statement, in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// In the address.
    pub key: &'static str,
    /// In the statement.
    pub code: &'static str,
    /// In words.
    pub word: &'static str,
}

/// A fact that the board filters by.
#[derive(Debug, PartialEq, Eq)]
pub struct Facet {
    /// In the address.
    pub name: &'static str,
    /// In the statement.
    pub code: &'static str,
    /// In words.
    pub label: &'static str,
    /// Its choices.
    pub choices: &'static [Choice],
    /// Who may.
    pub right: Right,
    /// The view whose form offers it.
    pub view: View,
}

impl Facet {
    /// The choice of that key in the address.
    pub fn choice(&self, key: &str) -> Option<&'static Choice> {
        self.choices.iter().find(|choice| choice.key == key)
    }
}

const fn choice(key: &'static str, code: &'static str, word: &'static str) -> Choice {
    Choice { key, code, word }
}

/// Every filter by a fact, but for the labels, which are data.
pub static FACETS: [Facet; 10] = [
    Facet {
        name: "evaluations",
        code: "reviews",
        label: "Évaluations",
        choices: &[choice("rendues", "some", "Au moins une rendue"), choice("manquantes", "short", "Manquantes")],
        right: Right::Anyone,
        view: View::Overview,
    },
    Facet {
        name: "scores",
        code: "scores",
        label: "Scores",
        choices: &[choice("moyenne", "mean", "Avec une moyenne"), choice("ecart", "apart", "En désaccord")],
        right: Right::ScoreReader,
        view: View::Overview,
    },
    Facet {
        name: "risque",
        code: "risk",
        label: "Risque",
        choices: &[
            choice("tous", "any", "Au moins un"),
            choice("immobile", "still", "Sans mouvement"),
            choice("limite", "short", "Limite proche, pièces manquantes"),
            choice("non-depose", "late", "Non déposé à la limite"),
            choice("correction", "overdue", "Correction en retard"),
        ],
        right: Right::Anyone,
        view: View::Progress,
    },
    Facet {
        name: "actions",
        code: "showcase",
        label: "Actions vitrines",
        choices: &[choice("presentees", "some", "Présentées"), choice("aucune", "none", "Aucune")],
        right: Right::Anyone,
        view: View::Progress,
    },
    Facet {
        name: "engagements",
        code: "commitments",
        label: "Engagements",
        choices: &[
            choice("signes", "signed", "Au moins un signé"),
            choice("attendus", "awaited", "Signatures attendues"),
            choice("aucun", "none", "Aucun signé"),
        ],
        right: Right::Anyone,
        view: View::Progress,
    },
    Facet {
        name: "formation",
        code: "training",
        label: "Formation",
        choices: &[choice("suivie", "some", "Suivie"), choice("aucune", "none", "Aucune journée")],
        right: Right::Anyone,
        view: View::Support,
    },
    Facet {
        name: "amo",
        code: "consultant",
        label: "AMO",
        choices: &[choice("retenue", "retained", "Prestataire retenu"), choice("aucune", "none", "Pas de prestataire retenu")],
        right: Right::Anyone,
        view: View::Support,
    },
    Facet {
        name: "subvention",
        code: "subsidy",
        label: "Subvention",
        choices: &[
            choice("aucune", "none", "Pas de demande déposée"),
            choice("deposee", "deposited", "Demande déposée"),
            choice("incomplete", "incomplete", "Demande incomplète"),
            choice("accordee", "granted", "Accordée"),
            choice("versee", "paid", "Versée"),
        ],
        right: Right::Instructor,
        view: View::Support,
    },
    Facet {
        name: "depot",
        code: "deposit",
        label: "Dépôt",
        choices: &[choice("fait", "some", "Déposé"), choice("aucun", "none", "Jamais déposé")],
        right: Right::Anyone,
        view: View::Support,
    },
    Facet {
        name: "correction",
        code: "correction",
        label: "Correction",
        choices: &[choice("en-cours", "open", "En cours"), choice("en-retard", "overdue", "En retard")],
        right: Right::Anyone,
        view: View::Support,
    },
];

/// The fact of that name in the address.
pub fn facet(name: &str) -> Option<&'static Facet> {
    FACETS.iter().find(|facet| facet.name == name)
}

/// A choice as the statement names it, in words.
pub fn word(name: &str, code: &str) -> &'static str {
    facet(name).and_then(|facet| facet.choices.iter().find(|choice| choice.code == code)).map_or("", |choice| choice.word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_has_its_own_name() {
        for facet in &FACETS {
            let mut keys: Vec<&str> = facet.choices.iter().map(|choice| choice.key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), facet.choices.len(), "{}", facet.name);
        }
        assert_eq!(word("risque", "still"), "Sans mouvement");
    }

    #[test]
    fn subsidies_are_for_who_instructs_and_scores_for_who_reads_them() {
        let nobody = Rights { instructs: false, reads_scores: false };
        let closed: Vec<&str> = FACETS.iter().filter(|facet| !nobody.hold(facet.right)).map(|facet| facet.name).collect();
        assert_eq!(closed, ["scores", "subvention"]);
    }
}
