//! What the address of the board asks for: filters, order, place in the list.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::facets::{Choice, FACETS, Facet, Rights};
use crate::access::Status;
use crate::error::url_encode;
use crate::kit::french::{fold, slug};
use crate::kit::words;
use crate::page::Tag;
use crate::review::score::DISAGREEMENT;

/// Every state of a dossier, in the order of its life.
pub const STATUSES: [Status; 14] = [
    Status::Draft,
    Status::Deposited,
    Status::Admissibility,
    Status::ChangesRequested,
    Status::Admissible,
    Status::InReview,
    Status::Assessed,
    Status::CommitteeOpinion,
    Status::FundCommittee,
    Status::CouncilDecision,
    Status::Laureate,
    Status::NotSelected,
    Status::Inadmissible,
    Status::Withdrawn,
];

/// Columns of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// State, deliverables at a glance, reviews and scores.
    Overview,
    /// Each deliverable, the showcase actions, the commitments, the risks.
    Progress,
    /// Trainings, AMO, subsidy, deposits, corrections.
    Support,
}

impl View {
    /// Each with its key in the address and its title.
    pub const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Overview, "", "Vue d’ensemble"), (Self::Progress, "avancement", "Avancement"), (Self::Support, "accompagnement", "Accompagnement")];

    fn read(text: &str) -> Self {
        Self::ALL.iter().find(|(_, key, _)| *key == text).map_or(Self::Overview, |(view, ..)| *view)
    }

    /// In the address.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(view, ..)| *view == self).map_or("", |(_, key, _)| key)
    }

    /// In words.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(view, ..)| *view == self).map_or("", |(.., title)| title)
    }
}

/// Orders that the board offers; each has its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By title.
    Title,
    /// By state, in the order of a dossier's life, then by title.
    Status,
    /// Fewest delivered reviews first.
    Reviews,
    /// Best mean first.
    Mean,
    /// Best median first.
    Median,
    /// Latest activity first.
    Activity,
}

impl Sort {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Title, "dossier"),
        (Self::Status, "etat"),
        (Self::Reviews, "evaluations"),
        (Self::Mean, "moyenne"),
        (Self::Median, "mediane"),
        (Self::Activity, "activite"),
    ];

    fn read(text: &str) -> Self {
        Self::ALL.iter().find(|(_, key)| *key == text).map_or(Self::Title, |(sort, _)| *sort)
    }

    /// In the address.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("dossier", |(_, key)| key)
    }

    /// For `aria-sort`.
    pub fn direction(self) -> &'static str {
        if matches!(self, Self::Title | Self::Status | Self::Reviews) { "ascending" } else { "descending" }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Title => "par titre",
            Self::Status => "par état",
            Self::Reviews => "les moins évalués d’abord",
            Self::Mean => "par moyenne",
            Self::Median => "par médiane",
            Self::Activity => "la dernière activité d’abord",
        }
    }

    /// Does it order by what only some readers may see?
    pub fn is_by_score(self) -> bool {
        matches!(self, Self::Mean | Self::Median)
    }
}

/// Key of the last row of the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// What the order compares, as text.
    pub key: String,
    /// Dossier, or its number among rows without order.
    pub id: i64,
}

impl After {
    fn read(text: &str) -> Option<Self> {
        let (key, id) = text.rsplit_once('~')?;
        Some(Self { key: key.chars().filter(|c| !c.is_control()).take(200).collect(), id: id.parse().ok()? })
    }

    /// In the address.
    pub fn shown(&self) -> String {
        format!("{}~{}", self.key, self.id)
    }

    /// The key as a number.
    pub fn whole(&self) -> Option<i64> {
        self.key.parse().ok()
    }

    /// The key as a state's place and a title.
    pub fn status(&self) -> Option<(i32, &str)> {
        let (place, title) = self.key.split_once(' ')?;
        Some((place.parse().ok()?, title))
    }

    /// The key as an instant, in microseconds.
    pub fn instant(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.whole()?) * 1000).ok()
    }
}

/// Filters, order and place of a page of the board.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Columns.
    pub view: View,
    /// State.
    pub status: Option<Status>,
    /// Département.
    pub department: Option<String>,
    /// Words looked for, as typed.
    pub words: String,
    /// Filters by facts.
    pub facets: Vec<(&'static Facet, &'static Choice)>,
    /// Label of the administration.
    pub label: Option<i64>,
    /// The facts of each dossier are read: the view shows them, or the file holds them.
    pub reads_facts: bool,
    /// Order.
    pub sort: Sort,
    /// Key of the page before.
    pub after: Option<After>,
}

impl Asked {
    /// Reads the address; what makes no sense is as if it were not there.
    pub fn read(query: &HashMap<String, String>) -> Self {
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        let view = View::read(get("vue"));
        Self {
            view,
            reads_facts: view != View::Overview,
            status: STATUSES.into_iter().find(|status| status_key(*status) == get("etat")),
            department: Some(get("dep")).filter(|code| (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric())).map(str::to_uppercase),
            words: words::clean(get("q"), 100).unwrap_or_default(),
            facets: FACETS.iter().filter_map(|facet| Some((facet, facet.choice(get(facet.name))?))).collect(),
            label: get("etiquette").parse().ok().filter(|id| *id > 0),
            sort: Sort::read(get("tri")),
            after: After::read(get("apres")),
        }
    }

    /// Is anything filtered out?
    pub fn is_filtered(&self) -> bool {
        self.status.is_some() || self.department.is_some() || !self.words.is_empty() || !self.facets.is_empty() || self.label.is_some()
    }

    /// What is asked, but for the filters and the order that the reader may not have: as if they were not in the address.
    #[must_use]
    pub fn allowed(&self, rights: Rights) -> Self {
        Self {
            facets: self.facets.iter().filter(|(facet, _)| rights.hold(facet.right)).copied().collect(),
            label: self.label.filter(|_| rights.instructs),
            sort: if self.sort.is_by_score() && !rights.reads_scores { Sort::Title } else { self.sort },
            ..self.clone()
        }
    }

    /// Is everything in it allowed to who has those rights?
    pub fn is_allowed(&self, rights: Rights) -> bool {
        self.facets.iter().all(|(facet, _)| rights.hold(facet.right))
            && (self.label.is_none() || rights.instructs)
            && (!self.sort.is_by_score() || rights.reads_scores)
    }

    /// Is anything filtered by a fact?
    pub fn has_facets(&self) -> bool {
        !self.facets.is_empty() || self.label.is_some()
    }

    /// Filters by facts, as the statement reads them; nothing without any.
    pub fn facts(&self) -> Option<Value> {
        let mut held: Map<String, Value> = self.facets.iter().map(|(facet, choice)| (facet.code.to_owned(), json!(choice.code))).collect();
        if let Some(label) = self.label {
            held.insert("label".to_owned(), json!(label));
        }
        (!held.is_empty()).then(|| {
            held.insert("disagreement".to_owned(), json!(DISAGREEMENT));
            Value::Object(held)
        })
    }

    /// The choice held for that fact.
    pub fn held(&self, name: &str) -> Option<&'static Choice> {
        self.facets.iter().find(|(facet, _)| facet.name == name).map(|(_, choice)| *choice)
    }

    /// The same view without any filter but that one.
    #[must_use]
    pub fn only(&self, facet: &'static Facet, choice: &'static Choice) -> Self {
        Self { facets: vec![(facet, choice)], ..self.bare() }
    }

    /// The same view, without filter, from its first page.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self { status: None, department: None, words: String::new(), facets: Vec::new(), label: None, after: None, ..self.clone() }
    }

    /// Pattern to look for in the folded text of dossiers.
    pub fn pattern(&self) -> Option<String> {
        let plain = fold(&self.words);
        (!plain.trim().is_empty()).then(|| format!("%{}%", plain.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
    }

    /// Filters as the end of an address, order and place left out.
    pub fn filters(&self, call: &str) -> String {
        let mut address = format!("?appel={call}");
        let parts = [
            ("vue", Some(self.view.key().to_owned())),
            ("etat", self.status.map(status_key)),
            ("dep", self.department.clone()),
            ("q", Some(self.words.clone())),
            ("etiquette", self.label.map(|id| id.to_string())),
        ];
        let facets = self.facets.iter().map(|(facet, choice)| (facet.name, Some(choice.key.to_owned())));
        for (name, value) in parts.into_iter().chain(facets) {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let _ = write!(address, "&{name}={}", url_encode(&value));
            }
        }
        address
    }

    /// Filters and order, as the end of an address.
    pub fn ordered(&self, call: &str) -> String {
        let filters = self.filters(call);
        if self.sort == Sort::Title { filters } else { format!("{filters}&tri={}", self.sort.key()) }
    }

    /// What a saved view keeps: the address without its call.
    pub fn kept(&self) -> String {
        let ordered = self.ordered("");
        ordered.trim_start_matches("?appel=").trim_start_matches('&').to_owned()
    }
}

/// A state in the address: "en-evaluation".
pub fn status_key(status: Status) -> String {
    slug(Tag::of(status).word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        Asked::read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn an_address_says_filters_order_and_place() {
        let read = asked(&[("etat", "en-evaluation"), ("dep", "2a"), ("q", " Forêt 100%_ "), ("tri", "activite"), ("apres", "1445000000000000~12")]);
        assert_eq!((read.status, read.department.as_deref(), read.sort), (Some(Status::InReview), Some("2A"), Sort::Activity));
        assert_eq!(read.pattern().as_deref(), Some("%foret 100\\%\\_%"));
        assert_eq!(read.filters("demo"), "?appel=demo&etat=en-evaluation&dep=2A&q=For%C3%AAt%20100%25_");
        assert_eq!(read.after.as_ref().and_then(After::instant).map(OffsetDateTime::unix_timestamp), Some(1_445_000_000));
    }

    #[test]
    fn filters_by_facts_are_dropped_for_who_may_not_have_them() {
        let read =
            asked(&[("vue", "avancement"), ("risque", "immobile"), ("subvention", "versee"), ("scores", "ecart"), ("etiquette", "7"), ("tri", "moyenne")]);
        assert_eq!(read.kept(), "vue=avancement&etiquette=7&scores=ecart&risque=immobile&subvention=versee&tri=moyenne");
        let nobody = Rights { instructs: false, reads_scores: false };
        assert!(!read.is_allowed(nobody));
        let left = read.allowed(nobody);
        assert!(left.is_allowed(nobody));
        assert_eq!(left.kept(), "vue=avancement&risque=immobile");
        assert_eq!(left.facts().expect("facts")["risk"], "still");
        assert_eq!(asked(&[("etat", "en-evaluation")]).facts(), None);
        assert_eq!(read.bare().kept(), "vue=avancement&tri=moyenne");
    }

    #[test]
    fn nonsense_is_as_if_it_were_not_there() {
        let read =
            asked(&[("etat", "x"), ("dep", "1;--"), ("q", "\0"), ("tri", "hasard"), ("apres", "abc"), ("vue", "x"), ("risque", "';--"), ("etiquette", "-1")]);
        assert!(!read.is_filtered() && read.pattern().is_none() && read.after.is_none());
        assert_eq!(read.sort, Sort::Title);
        assert_eq!(After { key: "9".repeat(30), id: 1 }.instant(), None);
    }

    #[test]
    fn every_state_has_its_own_word() {
        let mut keys: Vec<String> = STATUSES.into_iter().map(status_key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), STATUSES.len());
    }
}
