//! The AMO branch and its subsidy. R86 and R87 are two different rights: who gives an expertise on the terms of reference
//! never sees, before the choice, that a provider was asked.

use super::{EVERYTHING, Facts, Level, MemberRole, Refusal, Status, Ties, best, instruct, is_staff, manage_team, open, team};

stored! {
    /// Where the subsidy file of a dossier stands.
    SubsidyState {
        /// Not begun.
        Absent = "none",
        /// Prepared by its carrier.
        Draft = "draft",
        /// Deposited to the fund.
        Deposited = "deposited",
        /// Sent back: pieces are missing.
        Incomplete = "incomplete",
        /// Granted.
        Granted = "granted",
        /// Refused by the fund.
        Refused = "refused",
        /// Paid.
        Paid = "paid",
    }
}

impl SubsidyState {
    /// Was it deposited? Before, it is its team's alone.
    pub const fn is_deposited(self) -> bool {
        !matches!(self, Self::Absent | Self::Draft)
    }
}

/// What the rules need to know of the AMO branch of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mission {
    /// The carrier asked for an expertise on its terms of reference.
    pub terms_shown: bool,
    /// A provider is chosen.
    pub is_retained: bool,
    /// The subsidy file.
    pub subsidy: SubsidyState,
}

impl Mission {
    /// Nothing begun.
    pub const NONE: Self = Self { terms_shown: false, is_retained: false, subsidy: SubsidyState::Absent };
}

/// Owners and editors who write something act for the carrier, at any time: the accompaniment goes on after the deposit. A
/// consultant never does, who would choose or pay themselves.
fn acts_for_carrier(ties: &Ties) -> bool {
    matches!(ties.member, Some(MemberRole::Owner | MemberRole::Editor)) && best(ties, EVERYTHING) == Level::Write
}

/// Writes the terms of reference, freezes them, submits them to the expertise.
pub fn write_terms(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    team(ties, facts)?;
    match facts.status {
        Status::Withdrawn => Err(Refusal::Frozen(Status::Withdrawn)),
        _ if acts_for_carrier(ties) => Ok(()),
        _ => Err(Refusal::Because("Le porteur et l’équipe qui écrit préparent l’assistance\u{a0}; votre rôle la lit.")),
    }
}

/// Reads the terms of reference (R86): the team; once submitted to the expertise, the managers of the call and the reviewers
/// of the dossier.
pub fn read_terms(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    let is_expert = ties.is_manager || ties.review.is_some();
    if ties.member.is_some() || (facts.mission.terms_shown && is_expert) { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Reads who was asked, the offers and their comparison (R87): the team, at any time. Somebody of the administration who is
/// also of the team never does: the stricter of two roles decides.
pub fn read_tenders(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    team(ties, facts)?;
    if is_staff(ties) { Err(Refusal::NotYours) } else { Ok(()) }
}

/// Asks providers, records offers, compares, chooses.
pub fn run_consultation(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    read_tenders(ties, facts)?;
    write_terms(ties, facts)
}

/// Reads the retained offer, and only that one: whoever opens the dossier, once it is chosen.
pub fn read_retained(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if facts.mission.is_retained { Ok(()) } else { read_tenders(ties, facts) }
}

/// Opens the page of the branch: its terms of reference, or its retained offer.
pub fn read_mission(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    read_terms(ties, facts).or_else(|_| read_retained(ties, facts))
}

/// Invites the retained consultant, and says until when.
pub fn place_consultant(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    manage_team(ties, facts)?;
    run_consultation(ties, facts)?;
    if facts.mission.is_retained { Ok(()) } else { Err(Refusal::Because("Aucun prestataire n’est encore retenu.")) }
}

/// Reads the subsidy file: the team, unless also of the administration before the deposit; who instructs, once deposited.
pub fn read_subsidy(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    if facts.mission.subsidy.is_deposited() && instruct(ties, facts).is_ok() { Ok(()) } else { read_tenders(ties, facts) }
}

/// Prepares the subsidy file: until its deposit, and again while pieces are missing.
pub fn write_subsidy(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    run_consultation(ties, facts)?;
    match facts.mission.subsidy {
        SubsidyState::Absent | SubsidyState::Draft | SubsidyState::Incomplete => Ok(()),
        _ => Err(Refusal::Because("La demande est déposée\u{a0}: elle se lit, elle ne se modifie plus.")),
    }
}

/// Deposits the subsidy file to the fund: the owner.
pub fn deposit_subsidy(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    read_tenders(ties, facts)?;
    manage_team(ties, facts)?;
    write_subsidy(ties, facts)
}

/// Takes a refused file up again as another request: its owner.
pub fn reopen_subsidy(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    run_consultation(ties, facts)?;
    manage_team(ties, facts)?;
    match facts.mission.subsidy {
        SubsidyState::Refused => Ok(()),
        _ => Err(Refusal::Because("Seule une demande refusée se reprend.")),
    }
}

/// Reads the bank details (R90): owners and editors who write, and who instructs a deposited file. Masked to all others.
pub fn read_bank(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    read_subsidy(ties, facts)?;
    if acts_for_carrier(ties) || instruct(ties, facts).is_ok() { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Records what the fund said of a deposited file.
pub fn record_subsidy(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    instruct(ties, facts)?;
    if facts.mission.subsidy.is_deposited() { Ok(()) } else { Err(Refusal::NotYours) }
}

#[cfg(test)]
mod tests {
    use super::super::ReviewStatus;
    use super::super::tests::{facts, member};
    use super::*;

    fn at(mission: Mission) -> Facts {
        Facts { mission, ..facts(Status::Draft) }
    }

    fn staff() -> [Ties; 4] {
        let none = Ties::default();
        [
            Ties { is_manager: true, ..none },
            Ties { is_committee: true, ..none },
            Ties { review: Some(ReviewStatus::Draft), ..none },
            Ties { is_manager: true, ..member(MemberRole::Owner) },
        ]
    }

    #[test]
    fn the_administration_reads_no_tender_and_the_retained_one_only_once_chosen() {
        let (before, after) = (at(Mission { terms_shown: true, ..Mission::NONE }), at(Mission { is_retained: true, ..Mission::NONE }));
        for ties in staff() {
            assert_eq!(read_tenders(&ties, &before), Err(Refusal::NotYours));
            assert_eq!(read_tenders(&ties, &after), Err(Refusal::NotYours));
            assert_eq!(run_consultation(&ties, &before), Err(Refusal::NotYours));
            assert_eq!((read_retained(&ties, &before), read_retained(&ties, &after)), (Err(Refusal::NotYours), Ok(())));
            assert_eq!(read_retained(&Ties { is_recused: true, ..ties }, &after), Err(Refusal::NotYours));
        }
        assert_eq!(read_retained(&Ties::default(), &after), Err(Refusal::NotYours));
    }

    #[test]
    fn the_terms_are_read_by_managers_and_reviewers_once_submitted_and_by_nobody_else() {
        let (hidden, shown) = (at(Mission::NONE), at(Mission { terms_shown: true, ..Mission::NONE }));
        let [manager, committee, reviewer, _] = staff();
        for ties in [manager, reviewer] {
            assert_eq!((read_terms(&ties, &hidden), read_terms(&ties, &shown)), (Err(Refusal::NotYours), Ok(())));
        }
        assert_eq!(read_terms(&committee, &shown), Err(Refusal::NotYours));
        assert_eq!(read_mission(&committee, &at(Mission { is_retained: true, terms_shown: true, ..Mission::NONE })), Ok(()));
        assert_eq!(read_mission(&manager, &hidden), Err(Refusal::NotYours));
    }

    #[test]
    fn a_consultant_and_a_reader_read_and_never_choose() {
        let facts = at(Mission { is_retained: true, ..Mission::NONE });
        for role in [MemberRole::Consultant, MemberRole::Reader] {
            assert_eq!(read_tenders(&member(role), &facts), Ok(()));
            assert!(run_consultation(&member(role), &facts).is_err() && write_terms(&member(role), &facts).is_err());
            assert!(write_subsidy(&member(role), &facts).is_err() && read_bank(&member(role), &facts).is_err());
        }
        assert_eq!(
            (run_consultation(&member(MemberRole::Editor), &facts), deposit_subsidy(&member(MemberRole::Editor), &facts)),
            (Ok(()), Err(Refusal::NotOwner))
        );
        assert_eq!(
            (place_consultant(&member(MemberRole::Owner), &facts), place_consultant(&member(MemberRole::Editor), &facts)),
            (Ok(()), Err(Refusal::NotOwner))
        );
    }

    #[test]
    fn the_subsidy_is_the_team_s_until_deposited_then_also_of_who_instructs() {
        let file = |subsidy| at(Mission { is_retained: true, subsidy, ..Mission::NONE });
        let [manager, committee, reviewer, both] = staff();
        for state in [SubsidyState::Absent, SubsidyState::Draft] {
            for ties in staff() {
                assert_eq!((read_subsidy(&ties, &file(state)), read_bank(&ties, &file(state))), (Err(Refusal::NotYours), Err(Refusal::NotYours)));
            }
        }
        for state in [SubsidyState::Deposited, SubsidyState::Incomplete, SubsidyState::Granted, SubsidyState::Refused, SubsidyState::Paid] {
            assert_eq!((read_subsidy(&manager, &file(state)), read_bank(&manager, &file(state))), (Ok(()), Ok(())));
            for ties in [committee, reviewer, both] {
                assert_eq!((read_subsidy(&ties, &file(state)), record_subsidy(&ties, &file(state))), (Err(Refusal::NotYours), Err(Refusal::NotYours)));
            }
            assert_eq!(write_subsidy(&member(MemberRole::Owner), &file(state)).is_ok(), state == SubsidyState::Incomplete);
            assert_eq!(reopen_subsidy(&member(MemberRole::Owner), &file(state)).is_ok(), state == SubsidyState::Refused);
            for ties in [member(MemberRole::Editor), member(MemberRole::Consultant), member(MemberRole::Reader), manager, both] {
                assert!(reopen_subsidy(&ties, &file(state)).is_err());
            }
        }
    }
}
