//! What is asked of the list and of its views, in the address: the same for all.

use std::collections::HashMap;

use super::mark::{Actor, Bond, Circle};
use crate::error::url_encode;
use crate::framework::{Kind, STAKEHOLDER};
use crate::kit::french::fold;

/// A way to see the actors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// A table.
    #[default]
    List,
    /// Influence against interest.
    Grid,
    /// Circles around the core.
    Circles,
}

impl View {
    /// Each view: its name in the address, its tab.
    pub const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::List, "", "Liste"), (Self::Grid, "grille", "Influence et intérêt"), (Self::Circles, "cercles", "Cercles")];
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// View.
    pub view: View,
    /// Words of the name or of what the list shows.
    pub words: String,
    /// Kind of organisation.
    pub kind: String,
    /// Circle.
    pub circle: Option<Circle>,
    /// Outside the perimeter, or inside.
    pub is_outside: Option<bool>,
    /// How far committed.
    pub bond: Option<Bond>,
}

/// A choice of a filter.
#[derive(Debug)]
pub struct OptionView {
    /// In the address.
    pub key: &'static str,
    /// Shown.
    pub label: &'static str,
    /// Chosen.
    pub is_on: bool,
}

/// A filter with its choices.
#[derive(Debug)]
pub struct FilterView {
    /// Name in the address.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// First choice.
    pub all: &'static str,
    /// Choices.
    pub options: Vec<OptionView>,
}

impl Filters {
    /// From an address; what it does not know is not asked.
    pub fn read(asked: &HashMap<String, String>) -> Self {
        let get = |name: &str| asked.get(name).map(|text| text.trim()).unwrap_or_default();
        Self {
            view: View::ALL.iter().find(|(_, key, _)| *key == get("vue")).map(|(view, ..)| *view).unwrap_or_default(),
            words: get("q").chars().filter(|c| !c.is_control()).take(100).collect(),
            kind: kinds().find(|(key, _)| *key == get("type")).map(|(key, _)| key.to_owned()).unwrap_or_default(),
            circle: Circle::ALL.into_iter().find(|circle| circle.key() == get("cercle")),
            is_outside: match get("lieu") {
                "dans" => Some(false),
                "hors" => Some(true),
                _ => None,
            },
            bond: Bond::ALL.into_iter().find(|bond| bond.key() == get("engagement")),
        }
    }

    /// Is the actor asked? `shown` is what the list shows of it.
    pub fn takes(&self, actor: &Actor<'_>, shown: &[String]) -> bool {
        let words = fold(&self.words);
        let says = || fold(&actor.name).contains(&words) || shown.iter().any(|text| fold(text).contains(&words));
        (self.kind.is_empty() || actor.unit.text("kind") == self.kind)
            && self.circle.is_none_or(|circle| actor.circle == circle)
            && self.is_outside.is_none_or(|is_outside| actor.is_outside() == is_outside)
            && self.bond.is_none_or(|bond| actor.bond == bond)
            && (words.is_empty() || says())
    }

    /// Is anything asked but the view?
    pub fn is_any(&self) -> bool {
        !self.query_of(View::List).is_empty()
    }

    /// "?vue=grille&type=company", or nothing.
    pub fn query(&self) -> String {
        self.query_of(self.view)
    }

    /// The same for another view.
    pub fn query_of(&self, view: View) -> String {
        self.query_for(View::ALL.iter().find(|(held, ..)| *held == view).map_or("", |(_, key, _)| key))
    }

    /// Every way to see the actors, the map among them, the filters kept: label, address, and whether it is the one shown.
    pub fn tabs(&self, base: &str, is_map: bool) -> Vec<(&'static str, String, bool)> {
        let drawn = View::ALL.iter().map(|(view, key, label)| (*label, *key, !is_map && *view == self.view));
        let all = drawn.chain([("Carte", "carte", is_map)]);
        let own = all.map(|(label, key, is_current)| (label, format!("{base}/acteurs{}", self.query_for(key)), is_current));
        own.chain([("Territoire en images", format!("{base}/territoire"), false)]).collect()
    }

    fn query_for(&self, key: &str) -> String {
        let place = self.is_outside.map_or("", |is_outside| if is_outside { "hors" } else { "dans" });
        let parts = [
            ("vue", key),
            ("q", self.words.as_str()),
            ("type", self.kind.as_str()),
            ("cercle", self.circle.map_or("", Circle::key)),
            ("lieu", place),
            ("engagement", self.bond.map_or("", Bond::key)),
        ];
        let parts: Vec<String> = parts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", url_encode(value))).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// The filters with their choices.
    pub fn views(&self) -> Vec<FilterView> {
        let option = |key, label, is_on| OptionView { key, label, is_on };
        let circles = Circle::ALL.map(|circle| option(circle.key(), circle.label(), self.circle == Some(circle)));
        let bonds = [(Bond::Signed, "Signé"), (Bond::Prepared, "En préparation"), (Bond::None, "Aucun")];
        vec![
            FilterView { name: "type", label: "Type", all: "Tous", options: kinds().map(|(key, label)| option(key, label, self.kind == key)).collect() },
            FilterView { name: "cercle", label: "Cercle", all: "Tous", options: circles.into() },
            FilterView {
                name: "lieu",
                label: "Périmètre",
                all: "Dedans et dehors",
                options: vec![
                    option("dans", "Dans le périmètre", self.is_outside == Some(false)),
                    option("hors", "Hors du périmètre", self.is_outside == Some(true)),
                ],
            },
            FilterView {
                name: "engagement",
                label: "Engagement",
                all: "Tous",
                options: bonds.into_iter().map(|(bond, label)| option(bond.key(), label, self.bond == Some(bond))).collect(),
            },
        ]
    }
}

/// Kinds of organisations: what is kept and what is read.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    let choices = match STAKEHOLDER.field("kind").map(|field| field.kind) {
        Some(Kind::Choice(choices)) => choices,
        _ => &[],
    };
    choices.iter().map(|choice| (choice.key, choice.label))
}
