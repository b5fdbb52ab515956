//! What a territory learned and gives to others (R16): its team writes, its owner proposes, the administration reads before publication.

use super::{Facts, MemberRole, Refusal, Ties, instruct, team};

/// Opens the lesson of a dossier: its team; and those who instruct the dossier, to whom the page shows only what was proposed.
pub fn read_lesson(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    team(ties, facts).or_else(|_| instruct(ties, facts))
}

/// Writes it, at any time: it is no part of what is judged.
pub fn write_lesson(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    team(ties, facts)?;
    if ties.member == Some(MemberRole::Reader) { Err(Refusal::ReadsOnly) } else { Ok(()) }
}

/// Answers for what is given to others: takes a proposal back, withdraws what is published.
pub fn own_lesson(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    team(ties, facts)?;
    if ties.member == Some(MemberRole::Owner) { Ok(()) } else { Err(Refusal::Because("Seul le porteur propose la fiche, ou la retire.")) }
}

/// Proposes it: once the results are public, so that it never weighs on the decision.
pub fn propose_lesson(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    own_lesson(ties, facts)?;
    if facts.is_published {
        Ok(())
    } else {
        Err(Refusal::Because("La fiche se propose une fois les résultats de l’appel publiés. Elle s’écrit dès maintenant."))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::super::tests::{facts, member};
    use super::*;

    #[test]
    fn a_team_writes_its_owner_proposes_and_only_after_the_results() {
        let (before, after) = (facts(Status::Laureate), Facts { is_published: true, ..facts(Status::Laureate) });
        for (role, writes, owns) in
            [(MemberRole::Owner, true, true), (MemberRole::Editor, true, false), (MemberRole::Consultant, true, false), (MemberRole::Reader, false, false)]
        {
            let ties = member(role);
            assert_eq!(write_lesson(&ties, &before).is_ok(), writes, "{role:?}");
            assert_eq!(own_lesson(&ties, &before).is_ok(), owns, "{role:?}");
            assert_eq!(propose_lesson(&ties, &after).is_ok(), owns, "{role:?}");
            assert!(propose_lesson(&ties, &before).is_err(), "{role:?}");
        }
    }

    #[test]
    fn nobody_else_opens_it_but_those_who_instruct() {
        let facts = facts(Status::Laureate);
        let manager = Ties { is_manager: true, ..Ties::default() };
        assert_eq!(read_lesson(&manager, &facts), Ok(()));
        assert_eq!(write_lesson(&manager, &facts), Err(Refusal::NotYours));
        for ties in [Ties::default(), Ties { is_committee: true, ..Ties::default() }, Ties { is_recused: true, ..manager }] {
            assert_eq!(read_lesson(&ties, &facts), Err(Refusal::NotYours), "{ties:?}");
        }
    }
}
