//! What the board follows of a dossier through the phase, as its reader may know it, and in words.

use serde::Deserialize;
use time::OffsetDateTime;

use super::facets::word;
use crate::access::policy::{self, SubsidyState};
use crate::access::{Status, Ties};
use crate::kit::french::NBSP;
use crate::kit::moment;

/// As the statement packs them.
#[derive(Deserialize)]
struct Kept {
    moved: Vec<Option<i64>>,
    missing: i32,
    showcase: Vec<String>,
    expected: i32,
    training: i32,
    consultant: String,
    subsidy: String,
    corrections: i32,
    due: Option<i64>,
    shared: bool,
    risks: Vec<String>,
    labels: Vec<(i64, String, String)>,
}

/// The facts of a dossier that a reader may know.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Last movement of each deliverable.
    pub moved: Vec<Option<OffsetDateTime>>,
    /// How many things block its deposit.
    pub missing: i32,
    /// Advancement of each showcase action.
    pub showcase: Vec<&'static str>,
    /// Commitments expected, signed ones included.
    pub expected: i32,
    /// Days of training that its people attended.
    pub training: i32,
    /// A consultant is retained.
    pub is_retained: bool,
    /// Where the subsidy file stands; nothing for who may not know it.
    pub subsidy: Option<SubsidyState>,
    /// Requests for correction under way.
    pub corrections: i32,
    /// First due instant of those that wait for an answer.
    pub due: Option<OffsetDateTime>,
    /// The carrier shows the deliverable that holds the perimeter.
    pub is_perimeter_shared: bool,
    /// Risks, in words.
    pub risks: Vec<&'static str>,
    /// Labels: name and colour; nothing for who may not know them.
    pub labels: Vec<(String, String)>,
}

impl Facts {
    /// From the statement's text, less what the reader may not know.
    pub fn read(text: &str, ties: &Ties) -> Result<Self, serde_json::Error> {
        let kept: Kept = serde_json::from_str(text)?;
        let subsidy = SubsidyState::parse(&kept.subsidy).filter(|state| policy::subsidy_in_list(ties, *state).is_ok());
        let labels = if policy::labels_in_list(ties).is_ok() { kept.labels } else { Vec::new() };
        Ok(Self {
            moved: kept.moved.into_iter().map(|at| at.map(moment::from_micros)).collect(),
            missing: kept.missing,
            showcase: kept.showcase.iter().map(|state| advancement(state)).collect(),
            expected: kept.expected,
            training: kept.training,
            is_retained: policy::retained_in_list(ties, kept.consultant == "retained").is_ok(),
            subsidy,
            corrections: kept.corrections,
            due: kept.due.map(moment::from_micros),
            is_perimeter_shared: kept.shared,
            risks: kept.risks.iter().map(|code| word("risque", code)).collect(),
            labels: labels.into_iter().map(|(_, name, colour)| (name, colour)).collect(),
        })
    }

    /// "2 : en cours, idée"; a dash without any.
    pub fn showcase_words(&self) -> String {
        match self.showcase.len() {
            0 => "–".to_owned(),
            n => format!("{n}{NBSP}: {}", self.showcase.join(", ")),
        }
    }

    /// "3/5": signed, then expected.
    pub fn commitments_words(&self, signed: i32) -> String {
        match self.expected.max(signed) {
            0 => "–".to_owned(),
            expected => format!("{signed}/{expected}"),
        }
    }

    /// "2, pour le 12 oct."; a dash without any.
    pub fn corrections_words(&self, now: OffsetDateTime) -> String {
        match (self.corrections, self.due) {
            (0, _) => "–".to_owned(),
            (n, Some(due)) if due <= now => format!("{n}, en retard depuis le {}", moment::brief(due, now)),
            (n, Some(due)) => format!("{n}, pour le {}", moment::brief(moment::last_second_before(due), now)),
            (1, None) => "1, réponse reçue".to_owned(),
            (n, None) => format!("{n}, réponses reçues"),
        }
    }

    /// Where the subsidy file stands; a dash while there is none to know.
    pub fn subsidy_words(&self) -> &'static str {
        self.subsidy.map_or("–", subsidy_word)
    }
}

/// A state of the subsidy file, as the board says it.
pub fn subsidy_word(state: SubsidyState) -> &'static str {
    word("subvention", state.as_str())
}

/// How far an action is.
fn advancement(state: &str) -> &'static str {
    match state {
        "idea" => "idée",
        "study" => "à l’étude",
        "decided" => "décidée",
        "in_progress" => "en cours",
        "done" => "réalisée",
        _ => "étape non dite",
    }
}

/// Does something still block the deposit of a dossier in that state?
pub fn is_blocked(status: Status, facts: &Facts) -> bool {
    status == Status::Draft && facts.missing > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const KEPT: &str = r#"{"moved": [1444658640000000, null, null, null, null], "missing": 2, "showcase": ["in_progress", ""], "expected": 5, "training": 3,
        "consultant": "retained", "subsidy": "granted", "corrections": 1, "due": 1444860000000000, "shared": false, "risks": ["short"], "labels": [[1, "À revoir", "weld"]]}"#;

    #[test]
    fn the_committee_knows_neither_labels_nor_subsidies() {
        let manager = Facts::read(KEPT, &Ties { is_manager: true, ..Ties::default() }).expect("facts");
        assert_eq!((manager.subsidy_words(), manager.labels.len(), manager.is_retained), ("Accordée", 1, true));
        let committee = Facts::read(KEPT, &Ties { is_committee: true, ..Ties::default() }).expect("facts");
        assert_eq!((committee.subsidy_words(), committee.labels.len(), committee.is_retained), ("–", 0, true));
        assert_eq!(committee.risks, ["Limite proche, pièces manquantes"]);
    }

    #[test]
    fn figures_are_told_in_words() {
        let facts = Facts::read(KEPT, &Ties { is_committee: true, ..Ties::default() }).expect("facts");
        let now = datetime!(2015-10-12 16:04 UTC);
        assert_eq!(facts.showcase_words(), "2\u{a0}: en cours, étape non dite");
        assert_eq!((facts.commitments_words(3), facts.commitments_words(7), Facts::default().commitments_words(0)), ("3/5".into(), "7/7".into(), "–".into()));
        assert_eq!(facts.corrections_words(now), "1, pour le 14\u{a0}oct.");
        assert_eq!(facts.corrections_words(datetime!(2015-10-16 16:04 UTC)), "1, en retard depuis le 15\u{a0}oct.");
    }
}
