//! A type for every id, so that a dossier is never taken for an account.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// The bare number, for a query's parameter.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A person.
    AccountId,
    /// A call.
    CallId,
    /// A dossier.
    ProjectId,
    /// A deposit of a dossier.
    SubmissionId,
    /// A person's review of a dossier.
    ReviewId,
    /// A criterion of a call.
    CriterionId,
    /// A seat of the committee.
    SeatId,
    /// A session of a person.
    SessionId,
    /// An invitation.
    InvitationId,
}
