//! What a reader of the board follows of each dossier, where a list asks it of many: the rules of one dossier, asked with the
//! bonds that a list knows. Who stays away from a dossier, or is of its team, has no such line.

use time::OffsetDateTime;

use super::{Facts, Mission, Refusal, RegionSource, Status, SubsidyState, Ties, Visible, instruct, read_retained, read_subsidy};

/// A dossier under deliberation, whose AMO branch is that one.
pub(super) fn listed(visible: Visible, mission: Mission) -> Facts {
    Facts {
        status: Status::InReview,
        closes_at: OffsetDateTime::UNIX_EPOCH,
        shared: [false; 5],
        has_deposit: true,
        is_published: false,
        visible,
        owner_sees_reviews: false,
        corrects_until: None,
        mission,
    }
}

fn in_list(mission: Mission) -> Facts {
    listed(Visible::Never, mission)
}

/// Reads the labels of dossiers, and filters by them: who instructs.
pub fn labels_in_list(ties: &Ties) -> Result<(), Refusal> {
    instruct(ties, &in_list(Mission::NONE))
}

/// Knows that a provider is retained: whoever opens the dossier, once it is.
pub fn retained_in_list(ties: &Ties, is_retained: bool) -> Result<(), Refusal> {
    read_retained(ties, &in_list(Mission { is_retained, ..Mission::NONE }))
}

/// Knows where the subsidy file stands: who instructs, once it is deposited.
pub fn subsidy_in_list(ties: &Ties, subsidy: SubsidyState) -> Result<(), Refusal> {
    read_subsidy(ties, &in_list(Mission { subsidy, ..Mission::NONE }))
}

/// Where the perimeter of a dossier is read, for a map of the call: in its deposit, that everybody examines; before, in the draft
/// whose carrier shows the deliverable; never that of a dossier withdrawn.
pub fn perimeter_in_list(status: Status, is_shared: bool, has_deposit: bool) -> Option<RegionSource> {
    match (status, has_deposit, is_shared) {
        (Status::Withdrawn, ..) | (_, false, false) => None,
        (_, true, _) => Some(RegionSource::Deposit),
        (_, false, true) => Some(RegionSource::Draft),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perimeter_is_that_of_the_deposit_or_of_a_shared_draft() {
        let source = |shared, deposit| perimeter_in_list(Status::Draft, shared, deposit);
        assert_eq!((source(false, false), source(true, false)), (None, Some(RegionSource::Draft)));
        assert_eq!((source(false, true), source(true, true)), (Some(RegionSource::Deposit), Some(RegionSource::Deposit)));
        assert_eq!(perimeter_in_list(Status::Withdrawn, true, true), None);
    }

    #[test]
    fn only_who_instructs_follows_labels_and_subsidies_and_a_provider_is_known_once_retained() {
        let manager = Ties { is_manager: true, ..Ties::default() };
        let committee = Ties { is_committee: true, ..Ties::default() };
        assert_eq!((labels_in_list(&manager), labels_in_list(&committee)), (Ok(()), Err(Refusal::NotYours)));
        for state in [SubsidyState::Absent, SubsidyState::Draft] {
            assert_eq!((subsidy_in_list(&manager, state), subsidy_in_list(&committee, state)), (Err(Refusal::NotYours), Err(Refusal::NotYours)));
        }
        for state in [SubsidyState::Deposited, SubsidyState::Incomplete, SubsidyState::Granted, SubsidyState::Paid] {
            assert_eq!((subsidy_in_list(&manager, state), subsidy_in_list(&committee, state)), (Ok(()), Err(Refusal::NotYours)));
        }
        for ties in [manager, committee] {
            assert_eq!((retained_in_list(&ties, false), retained_in_list(&ties, true)), (Err(Refusal::NotYours), Ok(())));
            assert_eq!(retained_in_list(&Ties { is_recused: true, ..ties }, true), Err(Refusal::NotYours));
        }
    }
}
