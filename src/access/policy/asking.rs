//! Questions to the contacts of a call: who asks, who reads, who answers. The function `question_reader` says the same of many people.

use super::Refusal;
use super::training::CallTies;

/// Bonds between a person and a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuestionTies {
    /// Asked it.
    pub is_asker: bool,
    /// Stays away from the dossier for which it is asked, or is of its team.
    pub is_away: bool,
}

/// On which side of a question somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionSide {
    /// Asked it.
    Asker,
    /// Answers it.
    Manager,
}

impl QuestionSide {
    /// As kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asker => "asker",
            Self::Manager => "manager",
        }
    }
}

/// Asks: the people of the carriers, and whoever was enrolled in a training of the call.
pub fn ask(ties: &CallTies) -> Result<(), Refusal> {
    if ties.is_carrier || ties.was_enrolled { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Reads a question and writes in it: who asked, while they may ask; the managers of the call, but those who stay away from its
/// dossier. Nobody else, before it is published in other words.
pub fn read_question(ties: &CallTies, bond: &QuestionTies) -> Result<QuestionSide, Refusal> {
    match (bond.is_asker, ties.is_manager && !bond.is_away) {
        (true, _) => ask(ties).map(|()| QuestionSide::Asker),
        (false, true) => Ok(QuestionSide::Manager),
        _ => Err(Refusal::NotYours),
    }
}

/// Closes a question, publishes it with its answer, takes both back.
pub fn settle_question(side: QuestionSide) -> Result<(), Refusal> {
    if side == QuestionSide::Manager { Ok(()) } else { Err(Refusal::NotYours) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: CallTies = CallTies { is_carrier: false, was_enrolled: false, is_manager: false, is_reviewer: false, is_committee: false };

    #[test]
    fn those_of_the_carriers_and_of_the_trainings_ask() {
        for (ties, may) in [
            (CallTies { is_carrier: true, ..NONE }, true),
            (CallTies { was_enrolled: true, ..NONE }, true),
            (CallTies { is_manager: true, is_reviewer: true, is_committee: true, ..NONE }, false),
            (NONE, false),
        ] {
            assert_eq!(ask(&ties).is_ok(), may, "{ties:?}");
        }
    }

    #[test]
    fn only_who_asked_and_the_managers_read_and_not_who_stays_away() {
        let (asker, other) = (QuestionTies { is_asker: true, is_away: true }, QuestionTies::default());
        let carrier = CallTies { is_carrier: true, ..NONE };
        let manager = CallTies { is_manager: true, ..NONE };
        assert_eq!(read_question(&carrier, &asker), Ok(QuestionSide::Asker));
        assert_eq!(read_question(&manager, &other), Ok(QuestionSide::Manager));
        let hidden = [
            (carrier, other),
            (NONE, asker),
            (manager, QuestionTies { is_away: true, ..other }),
            (CallTies { is_reviewer: true, is_committee: true, ..NONE }, other),
            (CallTies { was_enrolled: true, ..NONE }, other),
        ];
        for (ties, bond) in hidden {
            assert_eq!(read_question(&ties, &bond), Err(Refusal::NotYours), "{ties:?} {bond:?}");
        }
        assert_eq!((settle_question(QuestionSide::Asker).is_ok(), settle_question(QuestionSide::Manager).is_ok()), (false, true));
    }
}
