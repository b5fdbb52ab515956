//! What the administration does with a deposited dossier before its review, and what it keeps to itself.

use time::OffsetDateTime;

use super::{Facts, Refusal, ReviewStatus, Status, Ties, open, team};

/// Instructs a dossier: check-list, officer, corrections, private notes, labels, opinions asked. The managers of its call, unless
/// they stay away from it or are of its team: the stricter of two roles decides.
pub fn instruct(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if ties.is_manager && ties.member.is_none() { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Opens the examination of the pieces: once the deposit can no longer be replaced.
pub fn open_admissibility(ties: &Ties, facts: &Facts, now: OffsetDateTime) -> Result<(), Refusal> {
    instruct(ties, facts)?;
    match facts.status {
        Status::Deposited if now >= facts.closes_at => Ok(()),
        Status::Deposited => Err(Refusal::Because("Le dépôt est encore ouvert\u{a0}: le dossier peut être déposé de nouveau jusqu’à sa limite.")),
        Status::Draft => Err(Refusal::Because("Le dossier n’est pas déposé.")),
        _ => Err(Refusal::Because("L’examen de recevabilité est déjà ouvert, ou terminé.")),
    }
}

/// Says whether the dossier is admissible.
pub fn admit(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    instruct(ties, facts)?;
    match facts.status {
        Status::Admissibility => Ok(()),
        Status::Draft | Status::Deposited => Err(Refusal::Because("L’examen de recevabilité n’est pas ouvert.")),
        Status::ChangesRequested => Err(Refusal::Because("Une correction est attendue\u{a0}: elle se clôt d’abord.")),
        _ => Err(Refusal::Because("La recevabilité est déjà décidée.")),
    }
}

/// Asks the carrier to correct given points: during the examination of the pieces, or the review.
pub fn ask_correction(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    instruct(ties, facts)?;
    match facts.status {
        Status::Admissibility | Status::InReview | Status::ChangesRequested => Ok(()),
        _ => Err(Refusal::Because("Une correction se demande pendant l’examen de recevabilité ou pendant l’évaluation.")),
    }
}

/// Proposes to who instructs the dossier that given points be corrected: whoever reviews it, while it is examined, even when a
/// first correction is already awaited.
pub fn wish_correction(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if ties.member.is_some() || matches!(ties.review, None | Some(ReviewStatus::Recused)) {
        return Err(Refusal::NotYours);
    }
    match facts.status {
        Status::InReview | Status::ChangesRequested => Ok(()),
        _ => Err(Refusal::Because("Une correction se propose pendant l’évaluation du dossier.")),
    }
}

/// Reads the requests for correction: the team that answers them, those who ask them.
pub fn read_corrections(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    team(ties, facts).or_else(|_| instruct(ties, facts))
}

/// Reads the opinions of people outside that are not confidential: reviewers and committee, beside the managers.
pub fn opinions(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if ties.member.is_none() && facts.has_deposit { Ok(()) } else { Err(Refusal::NotYours) }
}

#[cfg(test)]
mod tests {
    use super::super::MemberRole;
    use super::super::tests::{BOUND, facts, member};
    use super::*;

    #[test]
    fn only_managers_without_a_tie_instruct() {
        let facts = facts(Status::Admissibility);
        let manager = Ties { is_manager: true, ..Ties::default() };
        assert_eq!(instruct(&manager, &facts), Ok(()));
        for ties in [
            Ties::default(),
            member(MemberRole::Owner),
            Ties { is_committee: true, ..Ties::default() },
            Ties { review: Some(ReviewStatus::Delivered), ..Ties::default() },
            Ties { is_recused: true, ..manager },
            Ties { member: Some(MemberRole::Reader), ..manager },
        ] {
            assert_eq!(instruct(&ties, &facts), Err(Refusal::NotYours), "{ties:?}");
        }
    }

    #[test]
    fn each_act_of_the_instruction_has_its_states() {
        let manager = Ties { is_manager: true, ..Ties::default() };
        let after = BOUND;
        let outcome = |status| {
            let facts = facts(status);
            (open_admissibility(&manager, &facts, after).is_ok(), admit(&manager, &facts).is_ok(), ask_correction(&manager, &facts).is_ok())
        };
        assert_eq!(outcome(Status::Draft), (false, false, false));
        assert_eq!(outcome(Status::Deposited), (true, false, false));
        assert_eq!(outcome(Status::Admissibility), (false, true, true));
        assert_eq!(outcome(Status::ChangesRequested), (false, false, true));
        assert_eq!(outcome(Status::Admissible), (false, false, false));
        assert_eq!(outcome(Status::InReview), (false, false, true));
        assert_eq!(outcome(Status::Assessed), (false, false, false));
        assert!(open_admissibility(&manager, &facts(Status::Deposited), BOUND - time::Duration::microseconds(1)).is_err());
    }

    #[test]
    fn a_reviewer_proposes_and_nobody_else() {
        let reviewer = Ties { review: Some(ReviewStatus::Draft), ..Ties::default() };
        assert_eq!(wish_correction(&reviewer, &facts(Status::InReview)), Ok(()));
        assert_eq!(wish_correction(&reviewer, &facts(Status::ChangesRequested)), Ok(()));
        assert!(matches!(wish_correction(&reviewer, &facts(Status::Assessed)), Err(Refusal::Because(_))));
        for ties in [
            Ties { is_manager: true, is_committee: true, ..Ties::default() },
            Ties { is_recused: true, ..reviewer },
            Ties { review: Some(ReviewStatus::Recused), ..Ties::default() },
            Ties { review: Some(ReviewStatus::Draft), ..member(MemberRole::Reader) },
        ] {
            assert_eq!(wish_correction(&ties, &facts(Status::InReview)), Err(Refusal::NotYours), "{ties:?}");
        }
    }

    #[test]
    fn a_team_never_reads_an_opinion() {
        let facts = facts(Status::InReview);
        assert_eq!(opinions(&Ties { is_committee: true, ..Ties::default() }, &facts), Ok(()));
        assert_eq!(opinions(&Ties { review: Some(ReviewStatus::Draft), ..Ties::default() }, &facts), Ok(()));
        assert_eq!(opinions(&Ties { is_manager: true, ..member(MemberRole::Editor) }, &facts), Err(Refusal::NotYours));
        assert_eq!(opinions(&Ties { is_recused: true, is_committee: true, ..Ties::default() }, &facts), Err(Refusal::NotYours));
    }
}
