//! The three instances, what each may say of a dossier, and where each takes it from.

use crate::access::Status;

/// An instance of the chain (R119, R130, R131).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Technical committee of the call.
    Committee,
    /// Management committee of the fund.
    Fund,
    /// Standing commission of the council.
    Council,
}

impl Kind {
    /// In the order of the chain.
    pub const ALL: [Self; 3] = [Self::Committee, Self::Fund, Self::Council];

    /// As kept and posted.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Committee => "committee",
            Self::Fund => "fund",
            Self::Council => "council",
        }
    }

    /// As read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Committee => "Comité technique",
            Self::Fund => "Comité de gestion du FREE",
            Self::Council => "Commission permanente",
        }
    }

    /// What each may say: as kept, as read.
    pub const fn results(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Committee => {
                &[("favourable", "Favorable"), ("reservations", "Favorable avec réserves"), ("unfavourable", "Défavorable"), ("adjourned", "Ajourné")]
            }
            Self::Fund => &[("favourable", "Favorable"), ("unfavourable", "Défavorable"), ("adjourned", "Ajourné")],
            Self::Council => &[("retained", "Retenu"), ("rejected", "Non retenu"), ("adjourned", "Ajourné")],
        }
    }

    /// From what is kept or posted.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == text)
    }

    /// The word of a result; empty when there is none.
    pub fn said(self, result: Option<&str>) -> &'static str {
        self.results().iter().find(|(key, _)| Some(*key) == result).map_or("", |(_, word)| word)
    }

    /// State of a dossier that is before the instance, or whose opinion the committee gave.
    pub const fn state(self) -> Status {
        match self {
            Self::Committee => Status::CommitteeOpinion,
            Self::Fund => Status::FundCommittee,
            Self::Council => Status::CouncilDecision,
        }
    }

    /// The instance whose last word, unless it adjourned, brings a dossier before this one; none for the first.
    pub const fn former(self) -> Option<Self> {
        match self {
            Self::Committee => None,
            Self::Fund => Some(Self::Committee),
            Self::Council => Some(Self::Fund),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instance_follows_the_one_before_and_may_adjourn() {
        for (kind, former) in [(Kind::Fund, Kind::Committee), (Kind::Council, Kind::Fund)] {
            assert_eq!(kind.former(), Some(former));
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.key()), Some(kind));
            assert_eq!(kind.said(Some("adjourned")), "Ajourné");
            assert_eq!((kind.said(None), kind.said(Some("x"))), ("", ""));
        }
        assert_eq!(Kind::Council.said(Some("retained")), "Retenu");
    }
}
