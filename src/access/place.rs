//! A member's place in a team: role, deposit, and what they may do with each deliverable. Pure, like the rules.

use super::policy::MemberRole;

/// What a member may do with one deliverable; each level holds the former ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Reads, comments of the team included.
    Read = 1,
    /// Comments.
    Comment = 2,
    /// Writes.
    Write = 3,
}

impl Level {
    /// From lowest to highest.
    pub const ALL: [Self; 3] = [Self::Read, Self::Comment, Self::Write];

    /// What a role gives as long as the owner says nothing else.
    pub const fn of_role(role: MemberRole) -> Self {
        match role {
            MemberRole::Owner | MemberRole::Editor | MemberRole::Consultant => Self::Write,
            MemberRole::Reader => Self::Read,
        }
    }

    /// From the database, where zero means "what the role gives".
    pub fn parse(kept: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|level| *level as i16 == kept)
    }
}

/// A member's place in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Role.
    pub role: MemberRole,
    /// An editor to whom the owner delegated the deposit.
    pub can_deposit: bool,
    /// What the owner set for each deliverable, when it is not what the role gives.
    pub levels: [Option<Level>; 5],
}

impl Place {
    /// What the member may do with a deliverable. An owner always writes everything.
    pub fn level(&self, deliverable: u8) -> Level {
        let set = self.levels.get(usize::from(deliverable).wrapping_sub(1)).copied().flatten();
        if self.role == MemberRole::Owner { Level::Write } else { set.unwrap_or(Level::of_role(self.role)) }
    }

    /// The place after a change of role and of levels. A level left as it was shown follows the role, when it came from the role.
    #[must_use]
    pub fn changed(&self, role: MemberRole, can_deposit: bool, chosen: [Level; 5]) -> Self {
        let mut levels = [None; 5];
        for (index, level) in chosen.into_iter().enumerate() {
            let is_untouched = self.levels[index].is_none() && level == Level::of_role(self.role);
            levels[index] = (!is_untouched && level != Level::of_role(role)).then_some(level);
        }
        if role == MemberRole::Owner {
            levels = [None; 5];
        }
        Self { role, can_deposit: can_deposit && role == MemberRole::Editor, levels }
    }

    /// Levels as kept in the database.
    pub fn kept(&self) -> [i16; 5] {
        self.levels.map(|level| level.map_or(0, |level| level as i16))
    }

    /// From the database.
    pub fn parse(role: &str, can_deposit: bool, levels: &[i16]) -> Option<Self> {
        let mut held = [None; 5];
        for (level, kept) in held.iter_mut().zip(levels) {
            *level = Level::parse(*kept);
        }
        Some(Self { role: MemberRole::parse(role)?, can_deposit, levels: held })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_left_alone_follows_the_role_and_a_chosen_one_stays() {
        use Level::{Comment, Read, Write};
        let editor = Place { role: MemberRole::Editor, can_deposit: true, levels: [None; 5] };
        let reader = editor.changed(MemberRole::Reader, true, [Write; 5]);
        assert_eq!(reader, Place { role: MemberRole::Reader, can_deposit: false, levels: [None; 5] });
        let some = editor.changed(MemberRole::Editor, false, [Write, Read, Read, Comment, Write]);
        assert_eq!(some.kept(), [0, 1, 1, 2, 0]);
        assert_eq!(some.changed(MemberRole::Consultant, false, [Write, Read, Read, Comment, Write]).kept(), [0, 1, 1, 2, 0]);
        assert_eq!(some.changed(MemberRole::Reader, false, [Write, Read, Read, Comment, Write]).kept(), [0, 0, 0, 2, 0]);
        assert_eq!(some.changed(MemberRole::Owner, false, [Read; 5]).kept(), [0; 5]);
        assert_eq!(Place::parse("editor", false, &some.kept()), Some(some));
    }
}
