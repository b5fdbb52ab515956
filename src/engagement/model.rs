//! Versions, signatories and what each answered, as plain data; the state of a signatory is computed from its answers.

use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::text::Text;

/// A person gets one mail a day at most.
pub const PAUSE: Duration = Duration::hours(24);

/// A personal link lives until the bound, and this long at least: its holder finds their copy there.
pub const LINK_LIFE: Duration = Duration::days(90);

/// Most signatories of a dossier.
pub const MOST_SIGNATORIES: usize = 300;

/// Most versions of a document.
pub const MOST_VERSIONS: i32 = 99;

/// A published version.
#[derive(Debug, Clone)]
pub struct Document {
    /// Id.
    pub id: i64,
    /// Its number in the dossier, from 1.
    pub number: i32,
    /// Its text.
    pub text: Text,
    /// The same, in the writing that has the digest.
    pub content: String,
    /// SHA-256 of that writing.
    pub digest: Vec<u8>,
    /// Who published it.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
}

/// What a signatory answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// Signed.
    Signed,
    /// Declined, with a reason.
    Declined,
    /// Took the signature back.
    Withdrawn,
}

impl AnswerKind {
    /// As kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// From the database.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Signed, Self::Declined, Self::Withdrawn].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One answer; none is ever changed.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Id.
    pub id: i64,
    /// Kind.
    pub kind: AnswerKind,
    /// Version answered to.
    pub number: i32,
    /// Digest of that version.
    pub digest: Vec<u8>,
    /// Given on paper, and recorded by the team.
    pub is_paper: bool,
    /// Who signed.
    pub name: String,
    /// Their function.
    pub function: String,
    /// On behalf of.
    pub organisation: String,
    /// Why not.
    pub reason: String,
    /// Day of the signature.
    pub signed_on: Option<Date>,
    /// Instant of the record.
    pub at: OffsetDateTime,
    /// Scan of the signed paper.
    pub scan: Option<Uuid>,
}

/// An organisation asked to sign, and its contact.
#[derive(Debug, Clone)]
pub struct Signatory {
    /// Id.
    pub id: i64,
    /// Its row among the stakeholders.
    pub stakeholder: Uuid,
    /// Its name when it was put in the list.
    pub organisation: String,
    /// Person written to.
    pub contact: String,
    /// Their address; empty for a signature awaited on paper.
    pub email: String,
    /// Row of the commitment that the signature feeds.
    pub commitment: Option<Uuid>,
    /// Version that it is asked to sign.
    pub asked: Option<i32>,
    /// When it was asked.
    pub asked_at: Option<OffsetDateTime>,
    /// When the link was opened since.
    pub opened_at: Option<OffsetDateTime>,
    /// Last mail.
    pub mailed_at: Option<OffsetDateTime>,
    /// Reminders sent.
    pub reminders: i32,
    /// Asked to receive no more reminders.
    pub has_stopped: bool,
    /// Grows with each change by the team.
    pub version: i32,
    /// Answers, the first one first.
    pub answers: Vec<Answer>,
}

/// Where a signatory stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In the list, not written to.
    ToInvite,
    /// Written to.
    Invited,
    /// Opened the link.
    Opened,
    /// Signed the version asked.
    Signed,
    /// Signed an older version than the one asked.
    ToSignAgain,
    /// Said no to the version asked.
    Declined,
    /// Took the signature back.
    Withdrawn,
}

impl State {
    /// Is an answer awaited?
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Invited | Self::Opened | Self::ToSignAgain)
    }
}

impl Signatory {
    /// The signature that holds: the last one, unless it was taken back. Declining a later version leaves it where it is.
    pub fn signature(&self) -> Option<&Answer> {
        self.answers.iter().rev().find(|answer| answer.kind != AnswerKind::Declined).filter(|answer| answer.kind == AnswerKind::Signed)
    }

    /// Its state.
    pub fn state(&self) -> State {
        let asked = self.asked.unwrap_or(0);
        let last = self.answers.last().filter(|answer| answer.number >= asked).map(|answer| answer.kind);
        match (last, self.signature()) {
            (Some(AnswerKind::Declined), _) => State::Declined,
            (Some(AnswerKind::Withdrawn), _) => State::Withdrawn,
            (_, Some(signature)) if signature.number >= asked => State::Signed,
            (_, Some(_)) => State::ToSignAgain,
            (_, None) if self.asked.is_none() => State::ToInvite,
            (_, None) if self.opened_at.is_some() => State::Opened,
            (_, None) => State::Invited,
        }
    }

    /// May a mail leave for it now?
    pub fn is_rested(&self, now: OffsetDateTime) -> bool {
        self.mailed_at.is_none_or(|at| now - at >= PAUSE)
    }

    /// Why it cannot be reminded now, in French.
    pub fn unremindable(&self, now: OffsetDateTime) -> Option<&'static str> {
        if self.email.is_empty() {
            Some("sans adresse électronique")
        } else if !self.state().is_pending() {
            Some("aucune réponse n’est attendue")
        } else if self.has_stopped {
            Some("ne souhaite plus recevoir de rappel")
        } else if !self.is_rested(now) {
            Some("un courriel est déjà parti depuis moins d’un jour")
        } else {
            None
        }
    }
}

/// What the carrier chose for the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Partners see the names of the organisations that have signed.
    pub names_signatories: bool,
    /// A reminder leaves by itself seven days before the bound.
    pub reminds: bool,
    /// Version of both.
    pub version: i32,
}

/// The document of a dossier: versions, the last one first, signatories and settings.
#[derive(Debug, Clone)]
pub struct Engagement {
    /// Versions, the last one first.
    pub documents: Vec<Document>,
    /// Signatories, in the order of their names.
    pub signatories: Vec<Signatory>,
    /// Settings.
    pub setting: Setting,
}

impl Engagement {
    /// The version in force.
    pub fn current(&self) -> Option<&Document> {
        self.documents.first()
    }

    /// A version.
    pub fn document(&self, number: i32) -> Option<&Document> {
        self.documents.iter().find(|document| document.number == number)
    }

    /// Signatories whose signature holds.
    pub fn signed(&self) -> impl Iterator<Item = (&Signatory, &Answer)> {
        self.signatories.iter().filter_map(|signatory| Some((signatory, signatory.signature()?)))
    }

    /// Signatories that a reminder can go to now.
    pub fn remindable(&self, now: OffsetDateTime) -> impl Iterator<Item = &Signatory> {
        self.signatories.iter().filter(move |signatory| signatory.unremindable(now).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2015-09-23 12:00 UTC);

    fn answer(kind: AnswerKind, number: i32) -> Answer {
        Answer {
            id: 1,
            kind,
            number,
            digest: Vec::new(),
            is_paper: false,
            name: String::new(),
            function: String::new(),
            organisation: String::new(),
            reason: String::new(),
            signed_on: None,
            at: NOW,
            scan: None,
        }
    }

    fn signatory(asked: Option<i32>, answers: &[(AnswerKind, i32)]) -> Signatory {
        Signatory {
            id: 1,
            stakeholder: Uuid::nil(),
            organisation: "Verrerie".into(),
            contact: "Ana".into(),
            email: "ana@example.org".into(),
            commitment: None,
            asked,
            asked_at: None,
            opened_at: None,
            mailed_at: None,
            reminders: 0,
            has_stopped: false,
            version: 1,
            answers: answers.iter().map(|(kind, number)| answer(*kind, *number)).collect(),
        }
    }

    #[test]
    fn a_state_follows_from_the_answers_and_from_the_version_asked() {
        use AnswerKind::{Declined, Signed, Withdrawn};
        for (asked, answers, state, holds) in [
            (None, &[][..], State::ToInvite, None),
            (Some(1), &[], State::Invited, None),
            (Some(1), &[(Signed, 1)], State::Signed, Some(1)),
            (None, &[(Signed, 1)], State::Signed, Some(1)),
            (Some(2), &[(Signed, 1)], State::ToSignAgain, Some(1)),
            (Some(2), &[(Signed, 1), (Declined, 2)], State::Declined, Some(1)),
            (Some(2), &[(Signed, 1), (Signed, 2)], State::Signed, Some(2)),
            (Some(1), &[(Signed, 1), (Withdrawn, 1)], State::Withdrawn, None),
            (Some(2), &[(Signed, 1), (Withdrawn, 1)], State::Invited, None),
            (Some(1), &[(Declined, 1)], State::Declined, None),
            (Some(2), &[(Declined, 1)], State::Invited, None),
            (Some(1), &[(Declined, 1), (Signed, 1)], State::Signed, Some(1)),
            (Some(1), &[(Signed, 1), (Withdrawn, 1), (Declined, 1)], State::Declined, None),
        ] {
            let one = signatory(asked, answers);
            assert_eq!((one.state(), one.signature().map(|answer| answer.number)), (state, holds), "{asked:?} {answers:?}");
        }
        assert_eq!(Signatory { opened_at: Some(NOW), ..signatory(Some(1), &[]) }.state(), State::Opened);
    }

    #[test]
    fn a_reminder_leaves_once_a_day_to_those_who_are_awaited_and_did_not_refuse_it() {
        let awaited = signatory(Some(1), &[]);
        assert_eq!(awaited.unremindable(NOW), None);
        assert!(Signatory { mailed_at: Some(NOW - PAUSE + Duration::SECOND), ..awaited.clone() }.unremindable(NOW).is_some());
        assert_eq!(Signatory { mailed_at: Some(NOW - PAUSE), ..awaited.clone() }.unremindable(NOW), None);
        assert!(Signatory { has_stopped: true, ..awaited.clone() }.unremindable(NOW).is_some());
        assert!(Signatory { email: String::new(), ..awaited }.unremindable(NOW).is_some());
        assert!(signatory(Some(1), &[(AnswerKind::Declined, 1)]).unremindable(NOW).is_some());
        assert_eq!(signatory(Some(2), &[(AnswerKind::Signed, 1)]).unremindable(NOW), None);
    }
}
