//! Who reads and writes the threads of a dossier. The view `thread_reader` says the same of many people at once.

use super::{Facts, MemberRole, Refusal, ReviewStatus, Ties, open};

stored! {
    /// A thread of a dossier.
    Thread {
        /// The team and the managers of the call, the case officer first.
        Administration = "administration",
        /// The team, and the managers and assigned reviewers whose expertise it asks for (R86). Offers are no part of it (R87).
        Expertise = "expertise",
        /// The team alone.
        Team = "team",
    }
}

impl Thread {
    /// In the order of the pages.
    pub const ALL: [Self; 3] = [Self::Administration, Self::Expertise, Self::Team];

    /// As addresses say it.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Administration => "administration",
            Self::Expertise => "expertise",
            Self::Team => "equipe",
        }
    }

    /// From an address.
    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|thread| thread.path() == path)
    }
}

/// Reads a thread: the team all three, the managers of the call the first two, who reviews the dossier the expertise. The committee
/// and other reviewers none; who stays away from the dossier none; a manager of the team reads as its team.
pub fn read_thread(ties: &Ties, facts: &Facts, thread: Thread) -> Result<(), Refusal> {
    open(ties, facts)?;
    let reviews = ties.review.is_some_and(|status| status != ReviewStatus::Recused);
    let may = match thread {
        _ if ties.member.is_some() => true,
        Thread::Administration => ties.is_manager,
        Thread::Expertise => ties.is_manager || reviews,
        Thread::Team => false,
    };
    if may { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Writes in a thread, at any time: a dossier that is judged still has questions. Who only reads the dossier speaks to its team, not
/// for it.
pub fn write_thread(ties: &Ties, facts: &Facts, thread: Thread) -> Result<(), Refusal> {
    read_thread(ties, facts, thread)?;
    if ties.member == Some(MemberRole::Reader) && thread != Thread::Team {
        return Err(Refusal::Because(
            "Votre rôle permet de lire cet échange, pas d’y écrire au nom de l’équipe. Le porteur peut le changer dans la page Équipe.",
        ));
    }
    Ok(())
}

/// Reads one thread at least.
pub fn read_threads(ties: &Ties, facts: &Facts) -> Result<(), Refusal> {
    if Thread::ALL.into_iter().any(|thread| read_thread(ties, facts, thread).is_ok()) { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Sees who read a message, and when: both sides of the administration's thread, so that nobody doubts what was received.
pub fn read_receipts(thread: Thread) -> bool {
    thread == Thread::Administration
}

#[cfg(test)]
mod tests {
    use super::super::tests::{facts, member};
    use super::super::{ReviewStatus, Status};
    use super::*;

    #[test]
    fn each_thread_has_its_readers_and_nobody_else() {
        let facts = facts(Status::InReview);
        let manager = Ties { is_manager: true, ..Ties::default() };
        let reviewer = Ties { review: Some(ReviewStatus::Draft), ..Ties::default() };
        let read = |ties: &Ties| Thread::ALL.map(|thread| read_thread(ties, &facts, thread).is_ok());
        for role in [MemberRole::Owner, MemberRole::Editor, MemberRole::Consultant, MemberRole::Reader] {
            assert_eq!(read(&member(role)), [true, true, true], "{role:?}");
        }
        assert_eq!(read(&manager), [true, true, false]);
        assert_eq!(read(&reviewer), [false, true, false]);
        assert_eq!(read(&Ties { is_manager: true, ..member(MemberRole::Editor) }), [true, true, true]);
        for ties in [
            Ties::default(),
            Ties { is_committee: true, ..Ties::default() },
            Ties { is_recused: true, ..manager },
            Ties { is_recused: true, ..reviewer },
            Ties { is_recused: true, ..member(MemberRole::Owner) },
            Ties { review: Some(ReviewStatus::Recused), ..Ties::default() },
        ] {
            assert_eq!(read(&ties), [false; 3], "{ties:?}");
            assert_eq!(read_threads(&ties, &facts), Err(Refusal::NotYours));
        }
    }

    #[test]
    fn who_only_reads_the_dossier_speaks_to_its_team_and_not_for_it() {
        let facts = facts(Status::Draft);
        let write = |role| Thread::ALL.map(|thread| write_thread(&member(role), &facts, thread).is_ok());
        assert_eq!(write(MemberRole::Reader), [false, false, true]);
        assert_eq!(write(MemberRole::Consultant), [true; 3]);
        let manager = Ties { is_manager: true, ..Ties::default() };
        assert_eq!(Thread::ALL.map(|thread| write_thread(&manager, &facts, thread)), [Ok(()), Ok(()), Err(Refusal::NotYours)]);
    }

    #[test]
    fn an_address_names_a_thread() {
        for thread in Thread::ALL {
            assert_eq!((Thread::of_path(thread.path()), Thread::parse(thread.as_str())), (Some(thread), Some(thread)));
        }
        assert_eq!(Thread::of_path("team"), None);
    }
}
