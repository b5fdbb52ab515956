//! Trainings, their papers, the network of participants, the calendar: who of a call may what.
//!
//! R100 keeps the trainings for the carriers; design §1 counts the AMO consultant among a carrier's people, so every member of a
//! dossier's team may enrol, whatever their part, as long as the dossier is not withdrawn and they do not stay away from it.

use time::OffsetDateTime;

use super::Refusal;

/// Bonds between a person and a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent bonds, a person may have several")]
pub struct CallTies {
    /// Of the team of a dossier of the call.
    pub is_carrier: bool,
    /// Was enrolled in one of its trainings, whatever they are now.
    pub was_enrolled: bool,
    /// Manages it.
    pub is_manager: bool,
    /// Reviews for it.
    pub is_reviewer: bool,
    /// Sits in its committee.
    pub is_committee: bool,
}

impl CallTies {
    fn is_staff(&self) -> bool {
        self.is_manager || self.is_reviewer || self.is_committee
    }
}

/// What the rules need to know of a training.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Course {
    /// It will not take place.
    pub is_cancelled: bool,
    /// Beginning of the enrolment.
    pub opens_at: Option<OffsetDateTime>,
    /// Its end, exclusive.
    pub closes_at: Option<OffsetDateTime>,
    /// Beginning of its last day that is not cancelled.
    pub last_begins_at: Option<OffsetDateTime>,
    /// End of that day.
    pub ends_at: Option<OffsetDateTime>,
}

const CANCELLED: Refusal = Refusal::Because("Cette formation est annulée.");
const ENDED: Refusal = Refusal::Because("Cette formation est terminée.");

/// Follows the trainings of a call: the people of its carriers, and only them (R100).
pub fn follow(ties: &CallTies) -> Result<(), Refusal> {
    if ties.is_carrier { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Enrols, or asks for a place on the waiting list: within the bounds of the enrolment, and before the last day begins.
pub fn enrol(ties: &CallTies, course: &Course, now: OffsetDateTime) -> Result<(), Refusal> {
    follow(ties)?;
    if course.is_cancelled {
        return Err(CANCELLED);
    }
    let last = course.last_begins_at.ok_or(Refusal::Because("Les journées de cette formation ne sont pas encore fixées."))?;
    let closes_at = course.closes_at.map_or(last, |at| at.min(last));
    match course.opens_at {
        _ if now >= closes_at => Err(Refusal::EnrolmentOver(closes_at)),
        Some(at) if now < at => Err(Refusal::EnrolmentNotOpen(at)),
        _ => Ok(()),
    }
}

/// Gives a place back, or says which days one comes: until the training is over.
pub fn leave(ties: &CallTies, course: &Course, now: OffsetDateTime) -> Result<(), Refusal> {
    follow(ties)?;
    match course.ends_at {
        _ if course.is_cancelled => Err(CANCELLED),
        Some(end) if now >= end => Err(ENDED),
        _ => Ok(()),
    }
}

/// Records who came on a day: from its beginning on, and for good, since a mistake is corrected whenever it is seen.
pub fn record(is_manager: bool, course: &Course, begins_at: OffsetDateTime, now: OffsetDateTime) -> Result<(), Refusal> {
    match (is_manager, course.is_cancelled) {
        (false, _) => Err(Refusal::NotYours),
        (_, true) => Err(CANCELLED),
        _ if now < begins_at => Err(Refusal::Because("Cette journée n’a pas commencé\u{a0}: les présences se notent à partir de son début.")),
        _ => Ok(()),
    }
}

/// Reads a certificate: its holder and the managers of the call, once there is a day to certify.
pub fn certificate(is_holder: bool, is_manager: bool, days: usize) -> Result<(), Refusal> {
    match (is_holder || is_manager, days) {
        (false, _) | (_, 0) => Err(Refusal::NotYours),
        _ => Ok(()),
    }
}

/// Reads the network of participants (R105): the people of the carriers and the staff of the call, nobody else.
pub fn network(ties: &CallTies) -> Result<(), Refusal> {
    if ties.is_carrier || ties.is_staff() { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Appears in the network: the people of the carriers.
pub fn appear(ties: &CallTies) -> Result<(), Refusal> {
    follow(ties)
}

/// Follows the calendar of a call by an address of one's own: whoever has a bond with it now.
pub fn calendar(ties: &CallTies) -> Result<(), Refusal> {
    network(ties)
}

/// Reads when the committee meets: those who come to its meetings.
pub fn meetings(ties: &CallTies) -> Result<(), Refusal> {
    if ties.is_committee || ties.is_manager { Ok(()) } else { Err(Refusal::NotYours) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2015-02-01 08:00 UTC);

    fn course() -> Course {
        let last = NOW + Duration::days(20);
        Course { last_begins_at: Some(last), ends_at: Some(last + Duration::hours(7)), ..Course::default() }
    }

    const CARRIER: CallTies = CallTies { is_carrier: true, was_enrolled: false, is_manager: false, is_reviewer: false, is_committee: false };

    #[test]
    fn only_the_people_of_the_carriers_enrol_and_only_between_the_bounds() {
        let no = CallTies::default();
        let others = [
            no,
            CallTies { is_manager: true, ..no },
            CallTies { is_reviewer: true, ..no },
            CallTies { is_committee: true, ..no },
            CallTies { was_enrolled: true, ..no },
        ];
        for ties in others {
            assert_eq!(enrol(&ties, &course(), NOW), Err(Refusal::NotYours), "{ties:?}");
            assert_eq!(leave(&ties, &course(), NOW), Err(Refusal::NotYours), "{ties:?}");
        }
        assert_eq!(enrol(&CARRIER, &course(), NOW), Ok(()));
        let (before, after) = (NOW + Duration::SECOND, NOW - Duration::SECOND);
        assert_eq!(enrol(&CARRIER, &Course { opens_at: Some(before), ..course() }, NOW), Err(Refusal::EnrolmentNotOpen(before)));
        assert_eq!(enrol(&CARRIER, &Course { closes_at: Some(NOW), ..course() }, NOW), Err(Refusal::EnrolmentOver(NOW)), "exclusive");
        assert_eq!(enrol(&CARRIER, &Course { opens_at: Some(after), closes_at: Some(before), ..course() }, NOW), Ok(()));
        assert_eq!(enrol(&CARRIER, &Course { is_cancelled: true, ..course() }, NOW), Err(CANCELLED));
        assert!(enrol(&CARRIER, &Course::default(), NOW).is_err(), "no day yet");
        let last = course().last_begins_at.expect("a day");
        assert_eq!(enrol(&CARRIER, &Course { closes_at: Some(last + Duration::days(1)), ..course() }, last), Err(Refusal::EnrolmentOver(last)));
        assert_eq!((leave(&CARRIER, &course(), last).is_ok(), leave(&CARRIER, &course(), last + Duration::hours(7)).is_ok()), (true, false));
    }

    #[test]
    fn attendance_is_recorded_by_managers_once_the_day_has_begun() {
        assert_eq!(record(true, &course(), NOW, NOW), Ok(()));
        assert_eq!(record(false, &course(), NOW, NOW), Err(Refusal::NotYours));
        assert!(record(true, &course(), NOW + Duration::SECOND, NOW).is_err());
        assert!(record(true, &Course { is_cancelled: true, ..course() }, NOW, NOW).is_err());
    }

    #[test]
    fn a_certificate_is_for_its_holder_and_the_managers_and_says_something() {
        assert_eq!((certificate(true, false, 1), certificate(false, true, 1)), (Ok(()), Ok(())));
        assert_eq!((certificate(false, false, 5), certificate(true, true, 0)), (Err(Refusal::NotYours), Err(Refusal::NotYours)));
    }

    #[test]
    fn the_network_is_for_those_of_the_call_and_meetings_for_those_who_come() {
        let no = CallTies::default();
        assert_eq!((network(&no), network(&CallTies { was_enrolled: true, ..no })), (Err(Refusal::NotYours), Err(Refusal::NotYours)));
        for ties in [CARRIER, CallTies { is_reviewer: true, ..no }, CallTies { is_manager: true, ..no }, CallTies { is_committee: true, ..no }] {
            assert_eq!(network(&ties), Ok(()));
            assert_eq!(meetings(&ties).is_ok(), ties.is_committee || ties.is_manager, "{ties:?}");
            assert_eq!(appear(&ties).is_ok(), ties.is_carrier);
        }
    }
}
