//! The list of what is checked before a dossier is judged (R3, R17, R18, R107 to R113): each line says its requirement and what the
//! program can tell of it; the officer judges.

use time::{Date, OffsetDateTime};

use crate::framework::content::Content;
use crate::framework::standing::Standing;
use crate::framework::{DELIVERABLES, State};
use crate::kit::french::count;
use crate::kit::moment;

/// What the program looks at.
#[derive(Debug)]
pub struct Evidence {
    /// Day of the notification (R3).
    pub notified_on: Option<Date>,
    /// Recorded by the manager (R17).
    pub is_reducing_impact: bool,
    /// Recorded by the manager (R18).
    pub is_collective: bool,
    /// Instant that counts for the last deposit made before the bound, and its reference.
    pub received: Option<(OffsetDateTime, String)>,
    /// Bound that applies.
    pub closes_at: OffsetDateTime,
    /// The frozen content.
    pub content: Content,
    /// Its standing.
    pub standing: Standing,
}

/// What the program says of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// Holds, does not, or cannot be told.
    pub is_met: Option<bool>,
    /// In one sentence.
    pub sentence: String,
}

/// A line of the list.
#[derive(Debug)]
pub struct Check {
    /// Kept with the judgement.
    pub key: &'static str,
    /// Line of the regulation.
    pub requirement: &'static str,
    /// What is checked.
    pub label: &'static str,
    compute: fn(&Evidence) -> Computed,
}

impl Check {
    /// What the program says of it.
    pub fn computed(&self, evidence: &Evidence) -> Computed {
        (self.compute)(evidence)
    }
}

/// Judgements, as kept and as shown.
pub const JUDGEMENTS: [(&str, &str); 4] = [("", "pas encore jugé"), ("met", "rempli"), ("unmet", "non rempli"), ("moot", "sans objet")];

/// The list.
pub const CHECKS: [Check; 10] = [
    Check { key: "eligibility", requirement: "R3", label: "Éligibilité notifiée au porteur", compute: eligibility },
    Check { key: "impact", requirement: "R17", label: "Diminution globale des impacts environnementaux", compute: impact },
    Check { key: "collective", requirement: "R18", label: "Projet collectif, avec l’ensemble des parties prenantes", compute: collective },
    Check { key: "deadline", requirement: "R107", label: "Dépôt reçu avant la limite", compute: deadline },
    Check { key: "letter", requirement: "R108", label: "Courrier de dépôt de candidature", compute: letter },
    Check { key: "motivation", requirement: "R109", label: "Objectifs et motivation du porteur", compute: motivation },
    Check { key: "organisation", requirement: "R110", label: "Descriptif organisationnel", compute: organisation },
    Check { key: "assessment", requirement: "R111", label: "État des lieux", compute: assessment },
    Check { key: "actions", requirement: "R112", label: "Actions collectives", compute: actions },
    Check { key: "commitment", requirement: "R113", label: "Document d’engagement des partenaires", compute: commitment },
];

fn said(is_met: bool, sentence: impl Into<String>) -> Computed {
    Computed { is_met: Some(is_met), sentence: sentence.into() }
}

fn eligibility(evidence: &Evidence) -> Computed {
    evidence.notified_on.map_or_else(|| said(false, "aucune notification enregistrée"), |day| said(true, format!("notifiée le {}", moment::day(day))))
}

fn impact(evidence: &Evidence) -> Computed {
    said(
        evidence.is_reducing_impact,
        if evidence.is_reducing_impact { "condition cochée sur la fiche du dossier" } else { "condition non cochée sur la fiche du dossier" },
    )
}

fn collective(evidence: &Evidence) -> Computed {
    let actors = count(evidence.content.rows("stakeholder").count(), "partie prenante", "parties prenantes");
    let recorded = if evidence.is_collective { "condition cochée sur la fiche du dossier" } else { "condition non cochée sur la fiche du dossier" };
    said(evidence.is_collective, format!("{recorded}, {actors} dans le dépôt"))
}

fn deadline(evidence: &Evidence) -> Computed {
    match &evidence.received {
        Some((at, reference)) if *at < evidence.closes_at => said(true, format!("dépôt n°\u{a0}{reference} reçu le {}", moment::full(*at))),
        Some((at, reference)) => said(false, format!("dépôt n°\u{a0}{reference} reçu le {}, après la limite", moment::full(*at))),
        None => Computed { is_met: None, sentence: "aucun dépôt".to_owned() },
    }
}

/// A piece written or joined by the carrier.
fn piece(evidence: &Evidence, item: &str, absent: &str) -> Computed {
    match evidence.standing.state(item) {
        State::Filled => said(true, "présent dans le dépôt"),
        State::Begun => said(false, "commencé, incomplet"),
        State::Empty => said(false, absent),
    }
}

fn letter(evidence: &Evidence) -> Computed {
    piece(evidence, "letter", "ni texte ni pièce jointe")
}

fn motivation(evidence: &Evidence) -> Computed {
    piece(evidence, "motivation", "sans réponse")
}

/// A piece that a deliverable composes.
fn deliverable(evidence: &Evidence, no: usize, item: &str) -> Computed {
    let deliverable = DELIVERABLES[no - 1];
    said(evidence.standing.state(item) == State::Filled, evidence.standing.tally(deliverable).sentence(deliverable))
}

fn organisation(evidence: &Evidence) -> Computed {
    deliverable(evidence, 1, "piece_organisation")
}

fn assessment(evidence: &Evidence) -> Computed {
    deliverable(evidence, 2, "piece_assessment")
}

fn actions(evidence: &Evidence) -> Computed {
    deliverable(evidence, 3, "piece_actions")
}

fn commitment(evidence: &Evidence) -> Computed {
    let held = deliverable(evidence, 4, "piece_commitment");
    let signed = evidence.content.rows("commitment").filter(|row| row.has("signed_on")).count();
    Computed { sentence: format!("{}, {}", held.sentence, count(signed, "engagement signé", "engagements signés")), ..held }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::requirements;
    use time::macros::{date, datetime};

    fn evidence(received_at: OffsetDateTime) -> Evidence {
        let content = Content::default();
        Evidence {
            notified_on: Some(date!(2014 - 12 - 22)),
            is_reducing_impact: true,
            is_collective: false,
            received: Some((received_at, "2015-04-2".to_owned())),
            closes_at: datetime!(2015-10-14 22:00 UTC),
            standing: Standing::of(&content),
            content,
        }
    }

    fn met(key: &str, evidence: &Evidence) -> Option<bool> {
        CHECKS.iter().find(|check| check.key == key).expect("a line").computed(evidence).is_met
    }

    #[test]
    fn r3_r17_r18_and_r107_to_r113_are_all_checked_once() {
        let codes: Vec<&str> = CHECKS.iter().map(|check| check.requirement).collect();
        assert_eq!(codes, ["R3", "R17", "R18", "R107", "R108", "R109", "R110", "R111", "R112", "R113"]);
        assert!(codes.iter().all(|code| requirements::all().any(|line| line.code() == *code)));
    }

    #[test]
    fn the_bound_is_exclusive_and_an_empty_deposit_has_no_piece() {
        let bound = datetime!(2015-10-14 22:00 UTC);
        assert_eq!(met("deadline", &evidence(bound - time::Duration::microseconds(1))), Some(true));
        assert_eq!(met("deadline", &evidence(bound)), Some(false));
        assert_eq!(met("deadline", &Evidence { received: None, ..evidence(bound) }), None);
        let empty = evidence(bound);
        assert_eq!((met("eligibility", &empty), met("impact", &empty), met("collective", &empty)), (Some(true), Some(true), Some(false)));
        for piece in ["letter", "motivation", "organisation", "assessment", "actions", "commitment"] {
            assert_eq!(met(piece, &empty), Some(false), "{piece}");
        }
    }
}
