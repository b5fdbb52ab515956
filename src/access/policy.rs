//! The table of rights (design §3), as pure functions: they refuse the request, hide the button and write the sentence.

use time::{Duration, OffsetDateTime};

use super::place::{Level, Place};
use crate::framework::belonging::{EVERYTHING, Part};
use crate::kit::french::list;
use crate::kit::ids::AccountId;
use crate::kit::moment;

macro_rules! stored {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// As kept in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// From the database; nothing for a word that it does not know.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

mod advising;
pub mod asking;
mod correcting;
mod following;
mod instructing;
mod messages;
mod telling;
pub mod training;

pub use advising::{
    Mission, SubsidyState, deposit_subsidy, place_consultant, read_bank, read_mission, read_retained, read_subsidy, read_tenders, read_terms, record_subsidy,
    reopen_subsidy, run_consultation, write_subsidy, write_terms,
};
pub use correcting::{answer_correction, correct, write_or_correct, write_something};
pub use following::{labels_in_list, perimeter_in_list, retained_in_list, subsidy_in_list};
pub use instructing::{admit, ask_correction, instruct, open_admissibility, opinions, read_corrections, wish_correction};
pub use messages::{Thread, read_receipts, read_thread, read_threads, write_thread};
pub use telling::{own_lesson, propose_lesson, read_lesson, write_lesson};

stored! {
    /// What a person is in a dossier's team.
    MemberRole {
        /// Answers for the dossier, manages the team, deposits.
        Owner = "owner",
        /// Writes; deposits if delegated.
        Editor = "editor",
        /// AMO consultant: writes, never deposits.
        Consultant = "consultant",
        /// Reads.
        Reader = "reader",
    }
}

stored! {
    /// State of a dossier (design §4).
    Status {
        /// Being written.
        Draft = "draft",
        /// Deposited; may be deposited again until the bound.
        Deposited = "deposited",
        /// Pieces under examination.
        Admissibility = "admissibility",
        /// Given fields to correct.
        ChangesRequested = "changes_requested",
        /// Admissible.
        Admissible = "admissible",
        /// Refused before review.
        Inadmissible = "inadmissible",
        /// Frozen, reviewers at work.
        InReview = "in_review",
        /// Reviews closed.
        Assessed = "assessed",
        /// Technical committee has given its opinion.
        CommitteeOpinion = "committee_opinion",
        /// Before the fund's management committee.
        FundCommittee = "fund_committee",
        /// Before the elected council.
        CouncilDecision = "council_decision",
        /// Retained for phase 2.
        Laureate = "laureate",
        /// Not retained.
        NotSelected = "not_selected",
        /// Withdrawn by its carrier.
        Withdrawn = "withdrawn",
    }
}

impl Status {
    /// Has the examination of its pieces begun?
    pub const fn is_examined(self) -> bool {
        !matches!(self, Self::Draft | Self::Deposited)
    }
}

stored! {
    /// State of a review.
    ReviewStatus {
        /// Assigned.
        NotStarted = "not_started",
        /// Private draft.
        Draft = "draft",
        /// Delivered.
        Delivered = "delivered",
        /// The reviewer is recused.
        Recused = "recused",
    }
}

stored! {
    /// When a reviewer sees the reviews of others.
    Visible {
        /// Never.
        Never = "never",
        /// Once mine on this dossier is delivered.
        AfterMine = "after_mine",
        /// Once all of mine are delivered.
        AfterAllMine = "after_all_mine",
        /// Always.
        Always = "always",
    }
}

/// Bonds between a person and a dossier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ties {
    /// Place in the team.
    pub member: Option<MemberRole>,
    /// An editor to whom the owner delegated the deposit.
    pub can_deposit: bool,
    /// What the owner set for each deliverable, when it is not what the role gives.
    pub levels: [Option<Level>; 5],
    /// Their review of this dossier, when assigned.
    pub review: Option<ReviewStatus>,
    /// They still owe a review somewhere in the call.
    pub owes_reviews: bool,
    /// Sits in the committee of the call.
    pub is_committee: bool,
    /// Manages the call.
    pub is_manager: bool,
    /// Stays away from this dossier (déport).
    pub is_recused: bool,
}

impl Ties {
    /// The same bonds, with a place in the team that was read again.
    #[must_use]
    pub fn placed(&self, place: Option<Place>) -> Self {
        Self {
            member: place.map(|place| place.role),
            can_deposit: place.is_some_and(|place| place.can_deposit),
            levels: place.map_or([None; 5], |place| place.levels),
            ..*self
        }
    }

    fn place(&self) -> Option<Place> {
        self.member.map(|role| Place { role, can_deposit: self.can_deposit, levels: self.levels })
    }
}

/// What the rules need to know of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// State.
    pub status: Status,
    /// Instant from which nothing more is accepted: bound, grace and extension together.
    pub closes_at: OffsetDateTime,
    /// Deliverables that the carrier shows before the deposit.
    pub shared: [bool; 5],
    /// Was it deposited at least once?
    pub has_deposit: bool,
    /// Are the results public?
    pub is_published: bool,
    /// The call's rule on the reviews of others.
    pub visible: Visible,
    /// The call shows reviews to owners after publication.
    pub owner_sees_reviews: bool,
    /// Last due instant of the requests for correction that wait for an answer.
    pub corrects_until: Option<OffsetDateTime>,
    /// Its AMO branch.
    pub mission: Mission,
}

/// Why not. `NotYours` looks like a page that does not exist; the others say their reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Unknown or forbidden: the same answer (404).
    NotYours,
    /// The bound is past; with the instant of arrival.
    Closed {
        /// Bound that applied.
        at: OffsetDateTime,
        /// Arrival.
        arrived: OffsetDateTime,
    },
    /// The dossier is under examination, judged or withdrawn.
    Frozen(Status),
    /// This role reads and does not write.
    ReadsOnly,
    /// Reads, or comments, what belongs to those deliverables, and does not write it.
    WritesNot(Part, Level),
    /// Reads what belongs to those deliverables, and does not comment it.
    CommentsNot(Part),
    /// Only the owner, or an editor to whom the deposit is delegated.
    NotDepositor,
    /// Only the owner.
    NotOwner,
    /// The evaluation is not open, or is over.
    NotInReview,
    /// Others' reviews wait for one's own.
    DeliverFirst,
    /// Results are not published.
    NotPublished,
    /// Only what a request for correction aims at is open, until then.
    NotReopened(OffsetDateTime),
    /// The correction was awaited before that instant.
    CorrectionOver {
        /// Due instant.
        at: OffsetDateTime,
        /// Arrival.
        arrived: OffsetDateTime,
    },
    /// The enrolment in a training begins at that instant.
    EnrolmentNotOpen(OffsetDateTime),
    /// The enrolment in a training ended before that instant.
    EnrolmentOver(OffsetDateTime),
    /// Another reason, said in French.
    Because(&'static str),
}

impl Refusal {
    /// The reason, in French.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotYours => "Cette page n’existe pas, ou ne vous est pas ouverte.".to_owned(),
            Self::Closed { at, .. } => format!("L’appel est clos depuis le {}. Le dossier se lit, il ne se modifie plus.", moment::full(*at)),
            Self::Frozen(Status::Withdrawn) => "Ce dossier est retiré\u{a0}: il se lit, il ne se modifie plus.".to_owned(),
            Self::Frozen(Status::Laureate | Status::NotSelected | Status::Inadmissible) => {
                "L’examen de ce dossier est terminé\u{a0}: il se lit, il ne se modifie plus.".to_owned()
            }
            Self::Frozen(_) => "Ce dossier est figé pour son examen\u{a0}: il se lit, il ne se modifie plus.".to_owned(),
            Self::ReadsOnly => "Votre rôle permet de lire ce dossier, pas de l’écrire. Le porteur peut le changer dans la page Équipe.".to_owned(),
            Self::WritesNot(part, Level::Comment) => format!("Vous commentez {}, sans écrire. {ASK_OWNER}", named(part)),
            Self::WritesNot(part, _) => format!("Vous lisez {}, sans écrire. {ASK_OWNER}", named(part)),
            Self::CommentsNot(part) => format!("Vous lisez {}, sans commenter. {ASK_OWNER}", named(part)),
            Self::NotDepositor => "Le porteur dépose le dossier, ou un membre de l’équipe à qui il l’a délégué dans la page Équipe.".to_owned(),
            Self::NotOwner => "Seul le porteur du dossier peut le faire.".to_owned(),
            Self::NotInReview => "L’évaluation de ce dossier n’est pas ouverte.".to_owned(),
            Self::DeliverFirst => "Les évaluations des autres s’ouvrent quand la vôtre est rendue.".to_owned(),
            Self::NotPublished => "Les résultats ne sont pas encore publiés.".to_owned(),
            Self::NotReopened(until) => {
                format!("Seuls les points d’une demande de correction se modifient, jusqu’au {}. Le reste est figé pour l’examen.", moment::until(*until))
            }
            Self::CorrectionOver { at, .. } => {
                format!("La correction était attendue jusqu’au {}. Le dossier se lit, il ne se modifie plus.", moment::until(*at))
            }
            Self::EnrolmentNotOpen(at) => format!("Les inscriptions ouvrent le {}.", moment::full(*at)),
            Self::EnrolmentOver(at) => format!("Les inscriptions sont closes depuis le {}.", moment::full(*at)),
            Self::Because(sentence) => (*sentence).to_owned(),
        }
    }
}

impl Refusal {
    /// The reason, to who sent something: a sending that comes too late is told when it came.
    pub fn late(&self) -> String {
        match self {
            Self::Closed { at, arrived } => format!(
                "L’appel est clos depuis le {}. Votre envoi est arrivé le {}. Ce qui était enregistré reste conservé et lisible.",
                moment::full(*at),
                moment::full(*arrived)
            ),
            Self::CorrectionOver { at, arrived } => format!(
                "La correction était attendue jusqu’au {}. Votre envoi est arrivé le {}. Ce qui était enregistré reste conservé et lisible.",
                moment::until(*at),
                moment::full(*arrived)
            ),
            other => other.sentence(),
        }
    }
}

const ASK_OWNER: &str = "Le porteur peut le changer dans la page Équipe.";

/// "le livrable 2", "les livrables 1, 2 et 4".
fn named(part: Part) -> String {
    let numbers: Vec<String> = part.iter().map(ToString::to_string).collect();
    if numbers.len() == 1 { format!("le livrable {}", numbers[0]) } else { format!("les livrables {}", list(&numbers)) }
}

/// Bound that applies to a dossier: the call's with its grace, or the dossier's own extension when later.
pub fn closes_at(bound: OffsetDateTime, grace_minutes: i32, extended_until: Option<OffsetDateTime>) -> OffsetDateTime {
    let common = bound + Duration::minutes(i64::from(grace_minutes));
    extended_until.map_or(common, |own| own.max(common))
}

/// Deliverables whose draft a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftView {
    /// All five, as the team does.
    Whole,
    /// Those that the carrier shows.
    Shared([bool; 5]),
}

fn is_staff(ties: &Ties) -> bool {
    ties.is_manager || ties.is_committee || ties.review.is_some()
}

/// May open the dossier's page, whatever it then shows.
pub fn open(ties: &Ties, _facts: &Facts) -> Result<(), Refusal> {
    match (ties.is_recused, ties.member, is_staff(ties)) {
        (true, ..) | (false, None, false) => Err(Refusal::NotYours),
        _ => Ok(()),
    }
}

/// Reads the draft: the team all of it, the administration what is shared.
pub fn draft(ties: &Ties, facts: &Facts) -> Result<DraftView, Refusal> {
    open(ties, facts)?;
    Ok(if ties.member.is_some() { DraftView::Whole } else { DraftView::Shared(facts.shared) })
}

/// What the administration reads before the deposit is still to be chosen: nobody examines the dossier yet.
pub fn share(facts: &Facts) -> Result<(), Refusal> {
    match facts.status {
        Status::Draft | Status::Deposited => Ok(()),
        status => Err(Refusal::Frozen(told_to_team(status, facts.is_published))),
    }
}

/// Is of the team.
pub fn team(ties: &Ties, _facts: &Facts) -> Result<(), Refusal> {
    if ties.member.is_some() && !ties.is_recused { Ok(()) } else { Err(Refusal::NotYours) }
}

/// What a member may do with a deliverable; nothing for who is not of the team.
pub fn level(ties: &Ties, deliverable: u8) -> Option<Level> {
    ties.place().map(|place| place.level(deliverable))
}

/// The highest level over those deliverables: what belongs to several is written by whoever writes one of them.
fn best(ties: &Ties, part: Part) -> Level {
    part.iter().filter_map(|no| level(ties, *no)).max().unwrap_or(Level::Read)
}

/// The draft still changes: state and bound only.
fn changes(facts: &Facts, now: OffsetDateTime) -> Result<(), Refusal> {
    is_open((facts.status, facts.closes_at), facts.is_published, now)
}

fn is_open((status, closes_at): (Status, OffsetDateTime), is_published: bool, now: OffsetDateTime) -> Result<(), Refusal> {
    match status {
        Status::Draft | Status::Deposited if now < closes_at => Ok(()),
        Status::Draft | Status::Deposited => Err(Refusal::Closed { at: closes_at, arrived: now }),
        // The team is told the state that it may know, never a decision before its publication.
        status => Err(Refusal::Frozen(told_to_team(status, is_published))),
    }
}

/// Writes something of the draft, whatever it is, until the bound. Each thing then asks for [`write`].
pub fn edit(ties: &Ties, facts: &Facts, now: OffsetDateTime) -> Result<(), Refusal> {
    team(ties, facts)?;
    if best(ties, EVERYTHING) < Level::Write {
        return Err(Refusal::ReadsOnly);
    }
    changes(facts, now)
}

/// Writes what belongs to those deliverables, until the bound.
pub fn write(ties: &Ties, facts: &Facts, part: Part, now: OffsetDateTime) -> Result<(), Refusal> {
    team(ties, facts)?;
    match best(ties, part) {
        Level::Write => changes(facts, now),
        Level::Read if best(ties, EVERYTHING) == Level::Read => Err(Refusal::ReadsOnly),
        level => Err(Refusal::WritesNot(part, level)),
    }
}

/// Comments what belongs to those deliverables, inside the team; at any time, since a team goes on talking after its deposit.
pub fn comment(ties: &Ties, facts: &Facts, part: Part) -> Result<(), Refusal> {
    team(ties, facts)?;
    if best(ties, part) < Level::Comment { Err(Refusal::CommentsNot(part)) } else { Ok(()) }
}

/// Deposits, until the bound: a right of its own, whatever one writes.
pub fn deposit(ties: &Ties, facts: &Facts, now: OffsetDateTime) -> Result<(), Refusal> {
    team(ties, facts)?;
    changes(facts, now)?;
    match ties.member {
        Some(MemberRole::Owner) => Ok(()),
        Some(MemberRole::Editor) if ties.can_deposit => Ok(()),
        _ => Err(Refusal::NotDepositor),
    }
}

/// Publishes the engagement document and asks partners to sign it: whoever writes deliverable 4, until the bound.
pub fn manage_engagement(ties: &Ties, facts: &Facts, now: OffsetDateTime) -> Result<(), Refusal> {
    write(ties, facts, &[MOBILISATION], now)
}

/// Number of the deliverable that holds commitments and the engagement document.
pub const MOBILISATION: u8 = 4;

/// A partner signs the engagement document, declines or takes the signature back: as long as its carrier writes, by the same
/// clock. A partner is never told a decision.
pub fn sign(status: Status, closes_at: OffsetDateTime, now: OffsetDateTime) -> Result<(), Refusal> {
    is_open((status, closes_at), false, now)
}

/// Manages the team and what the administration sees before the deposit; at any time.
pub fn manage_team(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    team(ties, facts)?;
    if ties.member == Some(MemberRole::Owner) { Ok(()) } else { Err(Refusal::NotOwner) }
}

/// Fills the draft from another dossier, until the bound: the owner answers for where its content comes from.
pub fn copy(ties: &Ties, facts: &Facts, now: OffsetDateTime) -> Result<(), Refusal> {
    edit(ties, facts, now)?;
    manage_team(ties, facts)
}

/// Changes the nomenclatures: their experts are those who manage a call, whichever (design §3).
pub fn edit_nomenclatures(is_manager: bool) -> Result<(), Refusal> {
    if is_manager { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Reads the deposits.
pub fn read_deposit(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if facts.has_deposit { Ok(()) } else { Err(Refusal::NotYours) }
}

/// A review may still be asked for: the examination of the dossier is not over.
pub fn is_reviewable(status: Status) -> bool {
    matches!(status, Status::Draft | Status::Deposited | Status::Admissibility | Status::ChangesRequested | Status::Admissible | Status::InReview)
}

/// Writes one's own review.
pub fn review(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    match (ties.is_recused, ties.review, facts.status) {
        (true, ..) | (_, None, _) => Err(Refusal::NotYours),
        (_, Some(ReviewStatus::Recused), _) => Err(Refusal::NotYours),
        (false, Some(_), Status::InReview) => Ok(()),
        (false, Some(_), _) => Err(Refusal::NotInReview),
    }
}

/// Reads the reviews of others and every aggregate made of them: the same rule for both. The stricter of one's roles wins.
pub fn scores(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if let Some(role) = ties.member {
        // A dossier that an instance adjourned waits for its own result.
        let is_waiting = matches!(facts.status, Status::Assessed | Status::CommitteeOpinion | Status::FundCommittee | Status::CouncilDecision);
        let may = facts.is_published && !is_waiting && facts.owner_sees_reviews && role == MemberRole::Owner;
        return if may { Ok(()) } else { Err(Refusal::NotPublished) };
    }
    let is_own_in = matches!(ties.review, None | Some(ReviewStatus::Delivered));
    let may = match facts.visible {
        Visible::Always => true,
        Visible::AfterMine => is_own_in,
        Visible::AfterAllMine => is_own_in && !ties.owes_reviews,
        // Somebody who reviews this dossier never sees the others'; who does not review it reads them as committee.
        Visible::Never => ties.review.is_none(),
    };
    if may { Ok(()) } else { Err(Refusal::DeliverFirst) }
}

/// The rule of [`scores`] where a list or a meeting asks it of many dossiers under deliberation, for a member of the committee.
pub fn scores_in_committee(ties: Ties, visible: Visible) -> Result<(), Refusal> {
    scores(&Ties { is_committee: true, ..ties }, &following::listed(visible, Mission::NONE))
}

/// Manages the dossier: creation, assignments, extension, deposits by other channels.
pub fn manage(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if ties.is_manager { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Where something of a dossier is read beside the same of the others of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionSource {
    /// In the draft: its carrier shares the deliverable.
    Draft,
    /// In the last deposit.
    Deposit,
}

/// Leads between dossiers, for the managers of the call: what the administration reads of a draft (what is shared) or of a
/// deposit, never a dossier withdrawn, nor one that the manager stays away from.
pub fn region_source(status: Status, is_shared: bool, has_deposit: bool, is_recused: bool) -> Option<RegionSource> {
    match (status, is_recused, is_shared, has_deposit) {
        (Status::Withdrawn, ..) | (_, true, ..) | (_, _, false, false) => None,
        (_, _, true, _) => Some(RegionSource::Draft),
        (_, _, false, true) => Some(RegionSource::Deposit),
    }
}

/// A flow leaves its dossier for such a page: shown to all, by an actor that is not confidential. The administration is neither
/// the facilitator nor a partner of the project; what nobody said may be shown is not.
pub fn region_flow(visibility: &str, is_confidential: bool) -> bool {
    visibility == "public" && !is_confidential
}

/// A flow is shown on a screen that a room of partners reads: unless it is kept to the team or to the facilitator, or its actor
/// is confidential. What was noted without a word about it is shown: the room heard it.
pub fn room_flow(visibility: &str, is_confidential: bool) -> bool {
    !matches!(visibility, "private" | "facilitator") && !is_confidential
}

/// State that a person is told: carriers read no opinion nor decision before the publication (design §4), and who only
/// reviews learns of no instance.
pub fn told_status(ties: &Ties, facts: &Facts) -> Status {
    if ties.member.is_some() {
        told_to_team(facts.status, facts.is_published)
    } else if ties.is_committee || ties.is_manager {
        facts.status
    } else {
        told_to_reviewer(facts.status, facts.is_published)
    }
}

/// State that a dossier's team is told: between the evaluation and the publication nothing moves. A dossier that an instance
/// adjourned still waits when the results of the others are public.
pub fn told_to_team(status: Status, is_published: bool) -> Status {
    match status {
        Status::Assessed | Status::CommitteeOpinion | Status::FundCommittee | Status::CouncilDecision => Status::InReview,
        Status::Laureate | Status::NotSelected if !is_published => Status::InReview,
        status => status,
    }
}

/// State that a reviewer who sits in no committee is told.
pub fn told_to_reviewer(status: Status, is_published: bool) -> Status {
    match status {
        Status::CommitteeOpinion | Status::FundCommittee | Status::CouncilDecision => Status::Assessed,
        Status::Laureate | Status::NotSelected if !is_published => Status::Assessed,
        status => status,
    }
}

/// Is the result of the dossier itself public?
pub fn is_result_public(facts: &Facts) -> bool {
    facts.is_published && matches!(facts.status, Status::Laureate | Status::NotSelected)
}

/// Follows a dossier where the committee deliberates: neither somebody recused nor somebody of its team, whatever else they are.
pub fn deliberate(ties: &Ties) -> Result<(), Refusal> {
    if !ties.is_recused && ties.member.is_none() && (ties.is_committee || ties.is_manager) { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Reads what the three instances said of a dossier: who deliberates, as it comes; everybody else who opens the dossier, once
/// its own result is public.
pub fn decision(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    open(ties, facts)?;
    if is_result_public(facts) || deliberate(ties).is_ok() { Ok(()) } else { Err(Refusal::NotPublished) }
}

/// Opens phase 2 from a laureate (R5): its owner.
pub fn go_on(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    manage_team(ties, facts)?;
    match (is_result_public(facts), facts.status) {
        (true, Status::Laureate) => Ok(()),
        // The same words for who was not retained and for who does not know yet.
        _ => Err(Refusal::Because("La phase 2 s’ouvre aux lauréats, une fois les résultats publiés.")),
    }
}

/// Results are published by somebody else than who prepared their letters.
pub fn publish(preparer: AccountId, publisher: AccountId) -> Result<(), Refusal> {
    if preparer == publisher { Err(Refusal::Because(TWO_PERSONS)) } else { Ok(()) }
}

/// A suggested conflict of interest is set aside by somebody else than the person whom it concerns; anybody confirms their own.
pub fn dismiss_conflict(person: AccountId, by: AccountId) -> Result<(), Refusal> {
    if person == by { Err(Refusal::Because(OWN_CONFLICT)) } else { Ok(()) }
}

const OWN_CONFLICT: &str = "Une suggestion vous concerne\u{a0}: un autre gestionnaire l’écarte, ou vous la confirmez.";

const TWO_PERSONS: &str = "Vous avez préparé ces lettres\u{a0}: un autre gestionnaire de l’appel les publie.";

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    pub(super) const BOUND: OffsetDateTime = datetime!(2015-10-14 22:00 UTC);

    pub(super) fn facts(status: Status) -> Facts {
        Facts {
            status,
            closes_at: BOUND,
            shared: [false; 5],
            has_deposit: true,
            is_published: false,
            visible: Visible::AfterMine,
            owner_sees_reviews: false,
            corrects_until: None,
            mission: Mission::NONE,
        }
    }

    pub(super) fn member(role: MemberRole) -> Ties {
        Ties { member: Some(role), ..Ties::default() }
    }

    #[test]
    fn r132_the_bound_is_exclusive_to_the_microsecond() {
        let ties = member(MemberRole::Owner);
        let facts = facts(Status::Draft);
        assert_eq!(deposit(&ties, &facts, BOUND - Duration::microseconds(1)), Ok(()));
        assert!(matches!(deposit(&ties, &facts, BOUND), Err(Refusal::Closed { .. })));
    }

    #[test]
    fn an_extension_counts_only_when_later_than_the_bound_and_its_grace() {
        assert_eq!(closes_at(BOUND, 10, None), BOUND + Duration::minutes(10));
        assert_eq!(closes_at(BOUND, 10, Some(BOUND)), BOUND + Duration::minutes(10));
        assert_eq!(closes_at(BOUND, 0, Some(BOUND + Duration::days(2))), BOUND + Duration::days(2));
    }

    #[test]
    fn a_partner_signs_by_the_same_clock_and_learns_no_decision() {
        assert_eq!(sign(Status::Deposited, BOUND, BOUND - Duration::microseconds(1)), Ok(()));
        assert_eq!(sign(Status::Draft, BOUND, BOUND), Err(Refusal::Closed { at: BOUND, arrived: BOUND }));
        assert_eq!(sign(Status::Withdrawn, BOUND, BOUND - Duration::days(1)), Err(Refusal::Frozen(Status::Withdrawn)));
        assert_eq!(sign(Status::Laureate, BOUND, BOUND), Err(Refusal::Frozen(Status::InReview)));
    }

    #[test]
    fn only_writers_write_and_only_depositors_deposit() {
        let facts = facts(Status::Draft);
        let now = BOUND - Duration::days(1);
        let outcome = |role, can_deposit| {
            let ties = Ties { can_deposit, ..member(role) };
            (edit(&ties, &facts, now).is_ok(), deposit(&ties, &facts, now).is_ok(), manage_team(&ties, &facts).is_ok())
        };
        assert_eq!(outcome(MemberRole::Owner, false), (true, true, true));
        assert_eq!(outcome(MemberRole::Editor, false), (true, false, false));
        assert_eq!(outcome(MemberRole::Editor, true), (true, true, false));
        assert_eq!(outcome(MemberRole::Consultant, true), (true, false, false));
        assert_eq!(outcome(MemberRole::Reader, true), (false, false, false));
    }

    #[test]
    fn levels_decide_deliverable_by_deliverable() {
        let facts = facts(Status::Draft);
        let now = BOUND - Duration::days(1);
        let levels = [Some(Level::Write), Some(Level::Comment), Some(Level::Read), None, None];
        let reader = Ties { levels, ..member(MemberRole::Reader) };
        assert_eq!(edit(&reader, &facts, now), Ok(()));
        assert_eq!(write(&reader, &facts, &[1], now), Ok(()));
        assert_eq!(write(&reader, &facts, &[1, 2, 4], now), Ok(()), "the shared list of actors");
        assert_eq!(write(&reader, &facts, &[2], now), Err(Refusal::WritesNot(&[2], Level::Comment)));
        assert_eq!(write(&reader, &facts, &[4], now), Err(Refusal::WritesNot(&[4], Level::Read)));
        assert_eq!(write(&reader, &facts, &[], now), Err(Refusal::WritesNot(&[], Level::Read)), "what belongs nowhere is written by nobody");
        assert_eq!((comment(&reader, &facts, &[1]), comment(&reader, &facts, &[2])), (Ok(()), Ok(())));
        assert_eq!(comment(&reader, &facts, &[3]), Err(Refusal::CommentsNot(&[3])));
        assert_eq!(write(&member(MemberRole::Reader), &facts, &[1], now), Err(Refusal::ReadsOnly));
        let owner = Ties { levels: [Some(Level::Read); 5], ..member(MemberRole::Owner) };
        assert!((1..=5).all(|no| level(&owner, no) == Some(Level::Write)), "an owner writes everything");
        assert!(matches!(write(&reader, &facts, &[1], BOUND), Err(Refusal::Closed { .. })));
        assert_eq!(comment(&reader, &facts, &[1]), Ok(()));
        let manager = Ties { is_manager: true, is_committee: true, ..Ties::default() };
        assert_eq!((write(&manager, &facts, &[1], now), comment(&manager, &facts, &[1])), (Err(Refusal::NotYours), Err(Refusal::NotYours)));
    }

    #[test]
    fn the_deposit_is_a_right_of_its_own() {
        let facts = facts(Status::Draft);
        let now = BOUND - Duration::days(1);
        let delegate = Ties { can_deposit: true, levels: [Some(Level::Read); 5], ..member(MemberRole::Editor) };
        assert_eq!((edit(&delegate, &facts, now), deposit(&delegate, &facts, now)), (Err(Refusal::ReadsOnly), Ok(())));
    }

    #[test]
    fn only_the_owner_copies_and_only_while_the_draft_is_open() {
        let facts = facts(Status::Draft);
        let now = BOUND - Duration::days(1);
        assert_eq!(copy(&member(MemberRole::Owner), &facts, now), Ok(()));
        assert_eq!(copy(&member(MemberRole::Editor), &facts, now), Err(Refusal::NotOwner));
        assert_eq!(copy(&member(MemberRole::Reader), &facts, now), Err(Refusal::ReadsOnly));
        assert!(matches!(copy(&member(MemberRole::Owner), &facts, BOUND), Err(Refusal::Closed { .. })));
        assert_eq!(copy(&Ties { is_manager: true, ..Ties::default() }, &facts, now), Err(Refusal::NotYours));
    }

    #[test]
    fn strangers_and_the_recused_see_a_page_that_does_not_exist() {
        let facts = facts(Status::InReview);
        assert_eq!(open(&Ties::default(), &facts), Err(Refusal::NotYours));
        let recused = Ties { is_recused: true, is_manager: true, is_committee: true, review: Some(ReviewStatus::Delivered), ..Ties::default() };
        assert_eq!(open(&recused, &facts), Err(Refusal::NotYours));
        assert_eq!(scores(&recused, &facts), Err(Refusal::NotYours));
        assert_eq!(review(&recused, &facts), Err(Refusal::NotYours));
        assert_eq!(manage(&recused, &facts), Err(Refusal::NotYours));
    }

    #[test]
    fn the_stricter_of_two_roles_decides_on_scores() {
        let facts = facts(Status::InReview);
        let manager = Ties { is_manager: true, ..Ties::default() };
        assert_eq!(scores(&manager, &facts), Ok(()));
        assert_eq!(scores(&Ties { review: Some(ReviewStatus::Draft), ..manager }, &facts), Err(Refusal::DeliverFirst));
        assert_eq!(scores(&Ties { review: Some(ReviewStatus::Delivered), ..manager }, &facts), Ok(()));
        assert_eq!(scores(&Ties { member: Some(MemberRole::Editor), ..manager }, &facts), Err(Refusal::NotPublished));
    }

    #[test]
    fn only_what_an_actor_shows_to_all_leaves_a_dossier() {
        for (visibility, shown) in [("", false), ("private", false), ("facilitator", false), ("partners", false), ("public", true)] {
            assert_eq!(region_flow(visibility, false), shown, "{visibility}");
            assert!(!region_flow(visibility, true), "{visibility}");
        }
        for (visibility, shown) in [("", true), ("private", false), ("facilitator", false), ("partners", true), ("public", true)] {
            assert_eq!(room_flow(visibility, false), shown, "{visibility}");
            assert!(!room_flow(visibility, true), "{visibility}");
        }
    }

    #[test]
    fn a_dossier_neither_shared_nor_deposited_or_withdrawn_or_recused_gives_no_lead() {
        assert_eq!(region_source(Status::Draft, false, false, false), None);
        assert_eq!(region_source(Status::Draft, true, false, false), Some(RegionSource::Draft));
        assert_eq!(region_source(Status::Deposited, false, true, false), Some(RegionSource::Deposit));
        assert_eq!(region_source(Status::Deposited, true, true, false), Some(RegionSource::Draft));
        assert_eq!(region_source(Status::Withdrawn, true, true, false), None);
        assert_eq!(region_source(Status::InReview, true, true, true), None);
    }

    #[test]
    fn a_carrier_never_reads_a_decision_early() {
        let facts = facts(Status::Laureate);
        let owner = member(MemberRole::Owner);
        assert_eq!(told_status(&owner, &facts), Status::InReview);
        assert_eq!(told_status(&owner, &Facts { is_published: true, ..facts }), Status::Laureate);
        assert_eq!(told_status(&Ties { is_committee: true, ..Ties::default() }, &facts), Status::Laureate);
    }

    #[test]
    fn what_instances_said_is_read_by_who_deliberates_then_by_all_who_open_the_dossier() {
        let committee = Ties { is_committee: true, ..Ties::default() };
        let reviewer = Ties { review: Some(ReviewStatus::Delivered), ..Ties::default() };
        let owner = member(MemberRole::Owner);
        let recused = Ties { is_recused: true, ..committee };
        let both = Ties { is_manager: true, ..owner };
        for status in [Status::Assessed, Status::CommitteeOpinion, Status::FundCommittee, Status::CouncilDecision, Status::Laureate] {
            let facts = facts(status);
            assert_eq!(decision(&committee, &facts), Ok(()));
            assert_eq!(decision(&recused, &facts), Err(Refusal::NotYours));
            for ties in [&owner, &reviewer, &both] {
                assert_eq!(decision(ties, &facts), Err(Refusal::NotPublished), "{status:?}");
            }
            assert_eq!((told_status(&owner, &facts), told_status(&both, &facts)), (Status::InReview, Status::InReview));
            assert_eq!(told_status(&reviewer, &facts), Status::Assessed);
            assert!(go_on(&owner, &facts).is_err());
        }
        let out = Facts { is_published: true, ..facts(Status::Laureate) };
        assert_eq!((decision(&owner, &out), decision(&reviewer, &out), decision(&recused, &out)), (Ok(()), Ok(()), Err(Refusal::NotYours)));
        assert_eq!((go_on(&owner, &out), go_on(&member(MemberRole::Editor), &out)), (Ok(()), Err(Refusal::NotOwner)));
        assert!(go_on(&owner, &Facts { status: Status::NotSelected, ..out }).is_err());
    }

    #[test]
    fn an_adjourned_dossier_stays_silent_when_the_others_are_published() {
        let adjourned = Facts { is_published: true, owner_sees_reviews: true, ..facts(Status::CommitteeOpinion) };
        let owner = member(MemberRole::Owner);
        assert_eq!(told_status(&owner, &adjourned), Status::InReview);
        assert_eq!((decision(&owner, &adjourned), scores(&owner, &adjourned)), (Err(Refusal::NotPublished), Err(Refusal::NotPublished)));
        assert_eq!(scores(&owner, &Facts { status: Status::NotSelected, ..adjourned }), Ok(()));
    }

    #[test]
    fn nobody_sets_aside_what_concerns_them() {
        assert!(dismiss_conflict(AccountId(5), AccountId(5)).is_err());
        assert_eq!(dismiss_conflict(AccountId(5), AccountId(6)), Ok(()));
    }

    #[test]
    fn nobody_publishes_what_they_prepared() {
        assert!(publish(AccountId(5), AccountId(5)).is_err());
        assert_eq!(publish(AccountId(5), AccountId(6)), Ok(()));
        let manager_of_the_team = Ties { is_manager: true, is_committee: true, ..member(MemberRole::Reader) };
        assert_eq!(deliberate(&manager_of_the_team), Err(Refusal::NotYours));
    }

    #[test]
    fn the_administration_reads_only_shared_deliverables_of_a_draft() {
        let shared = [true, false, false, true, false];
        let facts = Facts { shared, ..facts(Status::Draft) };
        let committee = Ties { is_committee: true, ..Ties::default() };
        assert_eq!(draft(&committee, &facts), Ok(DraftView::Shared(shared)));
        assert_eq!(draft(&member(MemberRole::Reader), &facts), Ok(DraftView::Whole));
    }
}
