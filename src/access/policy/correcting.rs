//! What a request for correction reopens, and for whom.

use time::OffsetDateTime;

use super::{EVERYTHING, Facts, Level, MemberRole, Refusal, Status, Ties, best, changes, edit, team, told_to_team, write};
use crate::framework::aims::{Aim, Spot};
use crate::framework::belonging::Part;

/// Something is reopened and its due instant is still to come; what exactly, [`correct`] says.
fn reopened(facts: &Facts, now: OffsetDateTime) -> Result<OffsetDateTime, Refusal> {
    match (facts.status, facts.corrects_until) {
        (Status::ChangesRequested, Some(until)) if now < until => Ok(until),
        (Status::ChangesRequested, Some(at)) => Err(Refusal::CorrectionOver { at, arrived: now }),
        (status, _) => Err(Refusal::Frozen(told_to_team(status, facts.is_published))),
    }
}

/// Writes something of the dossier: the draft until the bound, or what a request for correction reopened.
pub fn write_something(ties: &Ties, facts: &Facts, now: OffsetDateTime) -> Result<(), Refusal> {
    match edit(ties, facts, now) {
        Err(Refusal::Frozen(Status::ChangesRequested)) => reopened(facts, now).map(drop),
        other => other,
    }
}

/// Writes that, because a request for correction that still runs aims at it; `open` are those requests' aims.
pub fn correct(ties: &Ties, facts: &Facts, (part, spot): (Part, Spot<'_>), open: &[Aim], now: OffsetDateTime) -> Result<(), Refusal> {
    team(ties, facts)?;
    match best(ties, part) {
        Level::Write => {}
        Level::Read if best(ties, EVERYTHING) == Level::Read => return Err(Refusal::ReadsOnly),
        level => return Err(Refusal::WritesNot(part, level)),
    }
    let until = reopened(facts, now)?;
    if open.iter().any(|aim| aim.covers(spot)) { Ok(()) } else { Err(Refusal::NotReopened(until)) }
}

/// Writes that: as part of the draft until the bound, or because a request for correction aims at it.
pub fn write_or_correct(ties: &Ties, facts: &Facts, what: (Part, Spot<'_>), open: &[Aim], now: OffsetDateTime) -> Result<(), Refusal> {
    match write(ties, facts, what.0, now) {
        Err(Refusal::Frozen(Status::ChangesRequested)) => correct(ties, facts, what, open, now),
        other => other,
    }
}

/// Says that what was asked is corrected, which deposits it: whoever deposits the dossier, until the due instant of that request.
pub fn answer_correction(ties: &Ties, facts: &Facts, due_at: OffsetDateTime, now: OffsetDateTime) -> Result<(), Refusal> {
    team(ties, facts)?;
    match ties.member {
        Some(MemberRole::Owner) => {}
        Some(MemberRole::Editor) if ties.can_deposit => {}
        _ => return Err(Refusal::NotDepositor),
    }
    match facts.status {
        Status::ChangesRequested if now < due_at => Ok(()),
        Status::ChangesRequested => Err(Refusal::CorrectionOver { at: due_at, arrived: now }),
        _ => changes(facts, now).and(Err(Refusal::Because("Aucune correction n’est attendue."))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{BOUND, facts, member};
    use super::*;
    use time::Duration;

    const NOW: OffsetDateTime = BOUND;

    fn correcting() -> Facts {
        Facts { corrects_until: Some(NOW + Duration::days(5)), ..facts(Status::ChangesRequested) }
    }

    fn may(ties: &Ties, facts: &Facts, spot: Spot<'_>, now: OffsetDateTime) -> Result<(), Refusal> {
        let open = [Aim::parse("organisation.animation/q5").expect("a question")];
        write_or_correct(ties, facts, (&[1], spot), &open, now)
    }

    #[test]
    fn only_what_is_asked_reopens_and_only_until_its_due_instant() {
        let owner = member(MemberRole::Owner);
        let (asked, other) = (Spot::Field("organisation.animation", "q5"), Spot::Field("organisation.animation", "q6"));
        let facts = correcting();
        let until = NOW + Duration::days(5);
        assert_eq!(may(&owner, &facts, asked, NOW), Ok(()));
        assert_eq!(may(&owner, &facts, other, NOW), Err(Refusal::NotReopened(until)));
        assert_eq!(may(&owner, &facts, asked, until), Err(Refusal::CorrectionOver { at: until, arrived: until }));
        assert_eq!(write(&owner, &facts, &[1], NOW), Err(Refusal::Frozen(Status::ChangesRequested)));
        assert_eq!(write_something(&owner, &facts, NOW), Ok(()));
        assert_eq!(write_something(&owner, &Facts { corrects_until: None, ..facts }, NOW), Err(Refusal::Frozen(Status::ChangesRequested)));
    }

    #[test]
    fn a_correction_gives_no_right_that_one_had_not() {
        let asked = Spot::Field("organisation.animation", "q5");
        assert_eq!(may(&member(MemberRole::Reader), &correcting(), asked, NOW), Err(Refusal::ReadsOnly));
        assert_eq!(may(&Ties { is_manager: true, ..Ties::default() }, &correcting(), asked, NOW), Err(Refusal::NotYours));
        let levels = [Some(Level::Comment), None, None, None, None];
        let commenter = Ties { levels, ..member(MemberRole::Editor) };
        assert_eq!(may(&commenter, &correcting(), asked, NOW), Err(Refusal::WritesNot(&[1], Level::Comment)));
        for status in [Status::Admissibility, Status::InReview, Status::Assessed, Status::Inadmissible] {
            assert!(may(&member(MemberRole::Owner), &Facts { status, ..correcting() }, asked, NOW).is_err(), "{status:?}");
        }
    }

    #[test]
    fn whoever_deposits_answers() {
        let due = NOW + Duration::days(1);
        assert_eq!(answer_correction(&member(MemberRole::Owner), &correcting(), due, NOW), Ok(()));
        assert_eq!(answer_correction(&member(MemberRole::Editor), &correcting(), due, NOW), Err(Refusal::NotDepositor));
        assert_eq!(answer_correction(&member(MemberRole::Owner), &correcting(), due, due), Err(Refusal::CorrectionOver { at: due, arrived: due }));
        assert_eq!(answer_correction(&member(MemberRole::Owner), &facts(Status::InReview), due, NOW), Err(Refusal::Frozen(Status::InReview)));
    }
}
