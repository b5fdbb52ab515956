//! Opinions of people who have no account: asked by a personal link, on one deposit, for whom it is said.

pub mod ask;
pub mod expert;
pub mod links;
pub mod list;
pub mod shown;
pub mod store;

use time::OffsetDateTime;

use super::page::AskedView;
use crate::access::Dossier;
use crate::kit::moment;
use crate::page::Tag;
use store::Opinion;

/// Opinions, as kept and as said.
pub const VERDICTS: [(&str, &str); 3] = [("favourable", "favorable"), ("reserved", "réservé"), ("unfavourable", "défavorable")];

impl Opinion {
    /// State at that instant, as a word.
    pub fn tag(&self, now: OffsetDateTime) -> Tag {
        let (class, word) = match (self.verdict.as_deref(), self.revoked_at) {
            (Some("favourable"), _) => ("done", "Favorable"),
            (Some("reserved"), _) => ("warn", "Réservé"),
            (Some(_), _) => ("bad", "Défavorable"),
            (None, Some(_)) => ("off", "Demande retirée"),
            (None, None) if now < self.due_at => ("doing", "Avis attendu"),
            (None, None) => ("bad", "Sans réponse à la date limite"),
        };
        Tag { class, word }
    }

    /// "Jeanne Roux, Université de Poitiers".
    pub fn who(&self) -> String {
        if self.organisation.is_empty() { self.name.clone() } else { format!("{}, {}", self.name, self.organisation) }
    }

    /// As a line of a list.
    pub fn view(&self, dossier: &Dossier) -> AskedView {
        let when = self.answered_at.map_or_else(|| format!("à rendre jusqu’au {}", moment::until(self.due_at)), |at| format!("rendu le {}", moment::full(at)));
        let seal = if self.is_confidential { ", confidentiel" } else { "" };
        AskedView {
            number: self.number,
            href: dossier.url(&format!("/avis#avis-{}", self.number)),
            tag: self.tag(dossier.now()),
            sentence: format!("{}{seal}, {when}", self.who()),
        }
    }
}
