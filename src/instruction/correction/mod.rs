//! Requests for correction: asked on given points, written by the carrier until a due instant, deposited, looked at, closed.

pub mod answer;
pub mod choice;
pub mod closing;
pub mod delay;
pub mod notice;
pub mod page;
pub mod request;
pub mod store;
pub mod wished;
pub mod wishes;

use time::OffsetDateTime;

use super::page::AskedView;
use crate::access::Dossier;
use crate::kit::moment;
use crate::page::Tag;
use store::Correction;

impl Correction {
    /// Neither answered nor closed.
    pub fn is_awaited(&self) -> bool {
        self.answered.is_none() && self.closed.is_none()
    }

    /// State at that instant, as a word.
    pub fn tag(&self, now: OffsetDateTime) -> Tag {
        let (class, word) = match (&self.closed, &self.answered) {
            (Some(closed), _) => match closed.outcome.as_str() {
                "accepted" => ("done", "Correction acceptée"),
                "insufficient" => ("bad", "Correction insuffisante"),
                _ => ("off", "Demande annulée"),
            },
            (None, Some(_)) => ("doing", "Réponse reçue"),
            (None, None) if now < self.due_at => ("warn", "Correction attendue"),
            (None, None) => ("bad", "Sans réponse à la date limite"),
        };
        Tag { class, word }
    }

    /// As a line of a list.
    pub fn view(&self, dossier: &Dossier) -> AskedView {
        let sentence = match (&self.closed, &self.answered) {
            (None, Some(answered)) => format!("réponse le {}, dépôt n°\u{a0}{}", moment::full(answered.at), answered.reference),
            (Some(closed), _) => format!("close le {}", moment::full(closed.at)),
            (None, None) => format!("à rendre jusqu’au {}", moment::until(self.due_at)),
        };
        AskedView { number: self.number, href: dossier.url(&format!("/corrections/{}", self.number)), tag: self.tag(dossier.now()), sentence }
    }
}
