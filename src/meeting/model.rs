//! What a meeting is made of, as plain data: its phase, the opinions, who may vote, the words of the minutes.

use time::OffsetDateTime;

use crate::access::policy::{self, Refusal, ReviewStatus, Ties, Visible};
use crate::kit::french::{NBSP, count, list};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal, $word:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As kept and posted.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// As read.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// From what is kept or posted.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.key() == text)
            }
        }
    };
}

words! {
    /// Where a meeting is.
    Phase {
        /// Agenda and date.
        Planned = "planned", "Prévue";
        /// In session.
        Open = "open", "En cours";
        /// Ended, minutes being written.
        Closed = "closed", "Tenue, compte rendu à approuver";
        /// Minutes approved.
        Approved = "approved", "Compte rendu approuvé";
        /// It will not take place.
        Cancelled = "cancelled", "Annulée";
    }
}

words! {
    /// Opinion of the committee on a dossier.
    Opinion {
        /// Favourable.
        Favourable = "favourable", "Favorable";
        /// Favourable once something is settled.
        Reservations = "reservations", "Favorable avec réserves";
        /// Unfavourable.
        Unfavourable = "unfavourable", "Défavorable";
        /// Taken up again later.
        Adjourned = "adjourned", "Ajourné";
    }
}

words! {
    /// Vote of a seat.
    Choice {
        /// For.
        For = "for", "Pour";
        /// Against.
        Against = "against", "Contre";
        /// Neither.
        Abstention = "abstention", "Abstention";
    }
}

/// A meeting.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// Id.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// When.
    pub starts_at: OffsetDateTime,
    /// Where.
    pub place: String,
    /// Organisations that must be represented.
    pub quorum: i32,
    /// Seats vote.
    pub has_votes: bool,
    /// Where it is.
    pub phase: Phase,
    /// Dossier before the room.
    pub current: Option<i64>,
    /// Grows with each act.
    pub version: i32,
    /// Opening of the minutes.
    pub opening: String,
    /// Opened.
    pub opened_at: Option<OffsetDateTime>,
    /// Closed.
    pub closed_at: Option<OffsetDateTime>,
    /// Minutes approved.
    pub approved_at: Option<OffsetDateTime>,
    /// Why it will not take place.
    pub cancel_reason: String,
}

impl Meeting {
    /// Refused unless it is in one of these phases.
    pub fn expect(&self, phases: &[Phase]) -> Result<(), Refusal> {
        if phases.contains(&self.phase) {
            return Ok(());
        }
        Err(Refusal::Because(match self.phase {
            Phase::Planned => "La séance n’est pas encore ouverte.",
            Phase::Open => "La séance est en cours.",
            Phase::Closed => "La séance est close\u{a0}: son compte rendu se corrige, son déroulé ne change plus.",
            Phase::Cancelled => "La séance est annulée.",
            Phase::Approved => "Le compte rendu est approuvé\u{a0}: plus rien n’y change.",
        }))
    }
}

/// Somebody who may come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Account.
    pub account: i64,
    /// Name.
    pub name: String,
    /// Seat.
    pub seat: Option<i64>,
    /// Name of the seat.
    pub seat_label: String,
    /// Organisation of the seat; empty without one.
    pub body: String,
    /// Is there.
    pub is_present: bool,
}

/// Organisations represented by those present, of those that hold a seat.
pub fn bodies(guests: &[Guest]) -> (Vec<&str>, usize) {
    let mut all: Vec<&str> = guests.iter().map(|guest| guest.body.as_str()).filter(|body| !body.is_empty()).collect();
    all.sort_unstable();
    all.dedup();
    let present = all.iter().copied().filter(|body| guests.iter().any(|guest| guest.is_present && guest.body == *body)).collect();
    (present, all.len())
}

/// "7 organismes représentés sur 9, quorum de 5 atteint".
pub fn quorum(guests: &[Guest], quorum: i32) -> (bool, String) {
    let (present, all) = bodies(guests);
    let is_met = i32::try_from(present.len()).unwrap_or(i32::MAX) >= quorum;
    let end = match (quorum, is_met) {
        (0, _) => "aucun quorum n’est fixé".to_owned(),
        (n, true) => format!("quorum de {n} atteint"),
        (n, false) => format!("quorum de {n} non atteint"),
    };
    (is_met, format!("{} sur {all}, {end}", count(present.len(), "organisme représenté", "organismes représentés")))
}

/// Bonds of a reader with a dossier of the agenda.
#[derive(Debug, Clone, Default)]
pub struct Bond {
    /// Recused.
    pub is_recused: bool,
    /// Of its team.
    pub is_own: bool,
    /// State of the reader's own review of it.
    pub review: Option<ReviewStatus>,
    /// Owes a review somewhere in the call.
    pub owes: bool,
}

impl Bond {
    fn ties(&self) -> Ties {
        let member = self.is_own.then_some(policy::MemberRole::Reader);
        Ties { member, review: self.review, owes_reviews: self.owes, is_committee: true, is_recused: self.is_recused, ..Ties::default() }
    }

    /// Follows the dossier in the meeting.
    pub fn follows(&self) -> bool {
        policy::deliberate(&self.ties()).is_ok()
    }

    /// Reads what is computed from its reviews.
    pub fn sees_scores(&self, visible: Visible) -> bool {
        policy::scores_in_committee(self.ties(), visible).is_ok()
    }
}

/// Votes of the seats on a dossier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// For.
    pub yes: i64,
    /// Against.
    pub no: i64,
    /// Abstentions.
    pub neither: i64,
}

impl Tally {
    /// "5 voix pour, 1 contre, 2 abstentions"; nothing without a vote.
    pub fn sentence(self) -> String {
        if self == Self::default() {
            return String::new();
        }
        format!("{} pour, {} contre, {}", count(self.yes, "voix", "voix"), self.no, count(self.neither, "abstention", "abstentions"))
    }
}

/// What the minutes say of a dossier, drafted from the session.
pub fn drafted(opinion: Option<Opinion>, reserves: &str, debate: &str, tally: Tally, away: &[String]) -> String {
    let mut paragraphs = Vec::new();
    if !away.is_empty() {
        let verb = if away.len() == 1 { "ne prend" } else { "ne prennent" };
        paragraphs.push(format!("{} {verb} part ni à l’examen ni à l’avis (déport).", list(away)));
    }
    if !debate.is_empty() {
        paragraphs.push(debate.to_owned());
    }
    let votes = Some(tally.sentence()).filter(|sentence| !sentence.is_empty()).map(|sentence| format!(" ({sentence})")).unwrap_or_default();
    paragraphs.push(match opinion {
        Some(opinion) => format!("Avis du comité{NBSP}: {}{votes}.", opinion.word().to_lowercase()),
        None => "Ce dossier n’a pas été examiné.".to_owned(),
    });
    if !reserves.is_empty() {
        paragraphs.push(format!("Réserves{NBSP}: {reserves}"));
    }
    paragraphs.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(account: i64, body: &str, is_present: bool) -> Guest {
        Guest { account, name: String::new(), seat: None, seat_label: String::new(), body: body.to_owned(), is_present }
    }

    #[test]
    fn a_quorum_counts_organisations_not_people() {
        let guests = [guest(1, "ADEME", true), guest(2, "ADEME", true), guest(3, "DREAL", false), guest(4, "", true)];
        assert_eq!(quorum(&guests, 2), (false, "1\u{a0}organisme représenté sur 2, quorum de 2 non atteint".to_owned()));
        assert_eq!(quorum(&guests, 1), (true, "1\u{a0}organisme représenté sur 2, quorum de 1 atteint".to_owned()));
        assert!(quorum(&[], 0).0);
    }

    #[test]
    fn minutes_say_who_stayed_away_and_the_votes() {
        let text = drafted(Some(Opinion::Reservations), "Préciser le financement.", "Discussion.", Tally { yes: 5, no: 1, neither: 0 }, &["Ana".to_owned()]);
        assert_eq!(
            text,
            "Ana ne prend part ni à l’examen ni à l’avis (déport).\n\nDiscussion.\n\nAvis du comité\u{a0}: favorable avec réserves (5\u{a0}voix pour, 1 contre, 0\u{a0}abstention).\n\nRéserves\u{a0}: Préciser le financement."
        );
        assert!(drafted(None, "", "", Tally::default(), &[]).starts_with("Ce dossier n’a pas été examiné"));
    }

    #[test]
    fn who_is_recused_or_of_the_team_follows_nothing_of_the_dossier() {
        assert!(Bond::default().follows());
        assert!(!Bond { is_recused: true, ..Bond::default() }.follows());
        let own = Bond { is_own: true, ..Bond::default() };
        assert!(!own.follows() && !own.sees_scores(Visible::Always));
        let owing = Bond { review: Some(ReviewStatus::Draft), ..Bond::default() };
        assert!(owing.follows() && !owing.sees_scores(Visible::AfterMine) && owing.sees_scores(Visible::Always));
    }
}
