//! What is asked of the leads, in the address: the same filters for every view.

use std::collections::HashMap;

use trame_synergies::flow::{Direction, Domain};
use uuid::Uuid;

use super::decision::Choice;
use super::words::DOMAINS;
use crate::error::url_encode;

/// A view of what the engine finds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// Types of synergies: what phase 1 asks for.
    #[default]
    Types,
    /// Pairs, the evidence of the types.
    Pairs,
    /// Groups.
    Pools,
    /// Missing links.
    Gaps,
    /// Biggest actors.
    Generators,
    /// Flows whose type nobody chose.
    Untyped,
}

impl View {
    /// Each view: its name in the address, its tab.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Types, "", "Types de synergies"),
        (Self::Pairs, "paires", "Paires"),
        (Self::Pools, "mutualisations", "Mutualisations"),
        (Self::Gaps, "chainons", "Chaînons manquants"),
        (Self::Generators, "generateurs", "Plus gros générateurs"),
        (Self::Untyped, "types-de-flux", "Types à préciser"),
    ];

    /// Name in the address.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(view, ..)| *view == self).map_or("", |(_, key, _)| key)
    }

    /// Are its lines things that people decide of?
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Types | Self::Pairs | Self::Pools | Self::Gaps)
    }

    /// Have its lines a score?
    pub const fn is_scored(self) -> bool {
        matches!(self, Self::Types | Self::Pairs | Self::Pools)
    }
}

/// Which leads, by what was decided of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// All but those set aside.
    #[default]
    Live,
    /// Nothing decided yet, or taken back.
    Open,
    /// Kept.
    Kept,
    /// Promoted.
    Promoted,
    /// Set aside.
    Dismissed,
    /// All of them.
    All,
}

impl Standing {
    /// Each: its name in the address, and in French.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Live, "", "Sauf les écartées"),
        (Self::Open, "a-decider", "À décider"),
        (Self::Kept, "gardees", "Gardées"),
        (Self::Promoted, "promues", "Promues"),
        (Self::Dismissed, "ecartees", "Écartées"),
        (Self::All, "toutes", "Toutes"),
    ];

    fn key(self) -> &'static str {
        Self::ALL.iter().find(|(standing, ..)| *standing == self).map_or("", |(_, key, _)| key)
    }

    /// Is a lead of that last decision asked for?
    pub fn takes(self, choice: Choice) -> bool {
        match self {
            Self::Live => choice != Choice::Dismissed,
            Self::Open => choice == Choice::Open,
            Self::Kept => choice == Choice::Kept,
            Self::Promoted => choice == Choice::Promoted,
            Self::Dismissed => choice == Choice::Dismissed,
            Self::All => true,
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// View.
    pub view: View,
    /// Words of the flows, of their types or of their actors.
    pub words: String,
    /// Domain of one side.
    pub domain: Option<Domain>,
    /// Actor of one side.
    pub actor: Option<Uuid>,
    /// By what was decided.
    pub standing: Standing,
    /// Least score.
    pub least: u8,
    /// Groups of two actors too.
    pub has_couples: bool,
    /// Biggest actors of one direction.
    pub direction: Option<Direction>,
    /// The last line of the former page: its rank and its key.
    pub after: Option<(u32, String)>,
}

impl Filters {
    /// From an address; what it does not know is not asked.
    pub fn read(asked: &HashMap<String, String>) -> Self {
        let get = |name: &str| asked.get(name).map(|text| text.trim()).unwrap_or_default();
        Self {
            view: View::ALL.iter().find(|(_, key, _)| *key == get("vue")).map(|(view, ..)| *view).unwrap_or_default(),
            words: get("q").chars().filter(|c| !c.is_control()).take(100).collect(),
            domain: DOMAINS.iter().find(|(_, key, ..)| *key == get("domaine")).map(|(domain, ..)| *domain),
            actor: Uuid::try_parse(get("acteur")).ok(),
            standing: Standing::ALL.iter().find(|(_, key, _)| *key == get("etat")).map(|(standing, ..)| *standing).unwrap_or_default(),
            least: get("indice").parse::<u8>().map_or(0, |least| least.min(100)),
            has_couples: get("acteurs") == "2",
            direction: match get("sens") {
                "sortant" => Some(Direction::Out),
                "entrant" => Some(Direction::In),
                _ => None,
            },
            after: get("apres").split_once('.').and_then(|(rank, key)| Some((rank.parse().ok()?, key.chars().take(200).collect()))),
        }
    }

    /// Only what leaves the sites? (templates compare nothing)
    pub fn is_out(&self) -> bool {
        self.direction == Some(Direction::Out)
    }

    /// Only what enters them?
    pub fn is_in(&self) -> bool {
        self.direction == Some(Direction::In)
    }

    /// Is anything asked but the view?
    pub fn is_any(&self) -> bool {
        !self.parts().iter().skip(1).all(|(_, value)| value.is_empty())
    }

    /// "?vue=paires&domaine=eau", or nothing.
    pub fn query(&self) -> String {
        let mut parts = self.parts();
        let after = self.after.as_ref().map_or_else(String::new, |(rank, key)| format!("{rank}.{key}"));
        parts.push(("apres", after));
        let parts: Vec<String> = parts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", url_encode(value))).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// The same with one more part.
    pub fn query_with(&self, part: &str) -> String {
        let query = self.query();
        format!("{query}{}{part}", if query.is_empty() { '?' } else { '&' })
    }

    /// The same filters in another view, from its beginning.
    #[must_use]
    pub fn seen_as(&self, view: View) -> Self {
        Self { view, after: None, ..self.clone() }
    }

    fn parts(&self) -> Vec<(&'static str, String)> {
        let direction = self.direction.map_or("", |direction| if direction == Direction::Out { "sortant" } else { "entrant" });
        vec![
            ("vue", self.view.key().to_owned()),
            ("q", self.words.clone()),
            ("domaine", self.domain.and_then(|domain| DOMAINS.iter().find(|(held, ..)| *held == domain)).map_or("", |(_, key, ..)| key).to_owned()),
            ("acteur", self.actor.map(|row| row.to_string()).unwrap_or_default()),
            ("etat", self.standing.key().to_owned()),
            ("indice", if self.least > 0 { self.least.to_string() } else { String::new() }),
            ("acteurs", if self.has_couples { "2".to_owned() } else { String::new() }),
            ("sens", direction.to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Filters {
        Filters::read(&query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    #[test]
    fn an_address_reads_back() {
        let actor = Uuid::from_u128(7);
        for query in [
            "vue=paires&q=vapeur&domaine=energie&etat=gardees&indice=40",
            &format!("vue=mutualisations&acteur={actor}&acteurs=2"),
            "vue=generateurs&domaine=matiere&sens=sortant",
            "apres=78.type.dreches.alimentation-animale",
        ] {
            assert_eq!(read(query).query(), format!("?{query}"));
        }
    }

    #[test]
    fn what_is_unknown_is_not_asked() {
        let filters = read("vue=x&domaine=y&acteur=z&etat=w&indice=-3&sens=u&apres=v");
        assert_eq!((filters.query(), filters.is_any()), (String::new(), false));
        assert_eq!(read("indice=999").query(), "", "more than the engine ever gives");
    }
}
