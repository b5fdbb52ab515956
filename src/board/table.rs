//! Rows of the views « Avancement » and « Accompagnement », ready for their templates.

use time::OffsetDateTime;

use super::facts::{Facts, is_blocked};
use super::rows::Dossier;
use crate::kit::french::{NBSP, count};
use crate::kit::moment;
use crate::page::Tag;

/// What the rows of both views begin with.
#[derive(Debug)]
pub struct Head {
    /// Dossier.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// State.
    pub tag: Tag,
}

impl Head {
    fn of(dossier: &Dossier) -> Self {
        Self { id: dossier.id, title: dossier.title.clone(), label: dossier.label.clone(), tag: Tag::of(dossier.status) }
    }
}

/// A dossier by its deliverables.
#[derive(Debug)]
pub struct ProgressRow {
    /// Dossier.
    pub head: Head,
    /// Rate and last movement of each deliverable.
    pub deliverables: Vec<(String, String)>,
    /// "2 : en cours, idée".
    pub showcase: String,
    /// "3/5".
    pub commitments: String,
    /// Risks.
    pub risks: Vec<&'static str>,
    /// "4 points bloquent le dépôt", or nothing.
    pub missing: String,
}

impl ProgressRow {
    /// The dossier as a row.
    pub fn of(dossier: &Dossier, now: OffsetDateTime) -> Self {
        let none = Facts::default();
        let facts = dossier.facts.as_ref().unwrap_or(&none);
        let moved = facts.moved.iter().map(|at| at.map_or_else(|| "–".to_owned(), |at| moment::brief(at, now)));
        Self {
            head: Head::of(dossier),
            deliverables: dossier.progress.iter().map(|rate| format!("{rate}{NBSP}%")).zip(moved).collect(),
            showcase: facts.showcase_words(),
            commitments: facts.commitments_words(dossier.commitments),
            risks: facts.risks.clone(),
            missing: if is_blocked(dossier.status, facts) {
                count(facts.missing, "point bloque le dépôt", "points bloquent le dépôt")
            } else {
                String::new()
            },
        }
    }
}

/// A dossier by what accompanies it.
#[derive(Debug)]
pub struct SupportRow {
    /// Dossier.
    pub head: Head,
    /// "3 jours".
    pub training: String,
    /// "Retenu".
    pub consultant: &'static str,
    /// "Accordée".
    pub subsidy: &'static str,
    /// "n° 2, 12 oct.".
    pub deposit: String,
    /// "1, pour le 12 oct.".
    pub corrections: String,
    /// "2/3".
    pub reviews: String,
    /// Labels: name and colour.
    pub labels: Vec<(String, String)>,
}

impl SupportRow {
    /// The dossier as a row.
    pub fn of(dossier: &Dossier, now: OffsetDateTime) -> Self {
        let none = Facts::default();
        let facts = dossier.facts.as_ref().unwrap_or(&none);
        let deposit = dossier.deposit.zip(dossier.deposited_at).map(|(number, at)| format!("n°{NBSP}{number}, {}", moment::brief(at, now)));
        Self {
            head: Head::of(dossier),
            training: if facts.training == 0 { "–".to_owned() } else { count(facts.training, "jour", "jours") },
            consultant: if facts.is_retained { "Retenue" } else { "–" },
            subsidy: facts.subsidy_words(),
            deposit: deposit.unwrap_or_else(|| "–".to_owned()),
            corrections: facts.corrections_words(now),
            reviews: dossier.reviews.map_or_else(|| "–".to_owned(), |(delivered, wanted)| format!("{delivered}/{wanted}")),
            labels: facts.labels.clone(),
        }
    }
}
