//! Scores of each call in memory, sorted: a rank costs no statement. Read again only when a score moved.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::PgConnection;

use super::store;
use crate::kit::ids::CallId;

/// What the board says of a whole call, as of a version of its scores.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Standings {
    /// Version of the call's scores.
    pub version: i64,
    /// Means of the scored dossiers, ascending.
    pub means: Vec<i64>,
    /// Reviews delivered.
    pub delivered: i64,
    /// Dossiers whose reviews disagree.
    pub disagreements: i64,
    /// Dossiers by département.
    pub departments: BTreeMap<String, i64>,
}

/// Standings of the calls, as last read.
#[derive(Debug, Default)]
pub struct Ranks(Mutex<HashMap<CallId, Arc<Standings>>>);

impl Ranks {
    /// Standings of a call, read again when the version asked is not the one held.
    pub async fn of(&self, conn: &mut PgConnection, call: CallId, version: i64) -> sqlx::Result<Arc<Standings>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&call).map(Arc::clone);
        if let Some(held) = held.filter(|held| held.version == version) {
            return Ok(held);
        }
        let read = Arc::new(store::standings(conn, call).await?);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(call, Arc::clone(&read));
        Ok(read)
    }
}

/// Place of a mean among those that a reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// One more than the number of strictly greater means.
    pub place: usize,
    /// Another dossier has exactly the same mean.
    pub is_tie: bool,
}

impl Rank {
    /// "7", or "7 =" for a tie.
    pub fn shown(self) -> String {
        if self.is_tie { format!("{}\u{a0}=", self.place) } else { self.place.to_string() }
    }
}

/// Rank of a mean among sorted means, those that the reader may not see taken out (sorted too).
pub fn rank(mean: i64, means: &[i64], unseen: &[i64]) -> Rank {
    let above = |values: &[i64]| values.len() - values.partition_point(|other| *other <= mean);
    let equal = |values: &[i64]| values.partition_point(|other| *other <= mean) - values.partition_point(|other| *other < mean);
    Rank { place: 1 + above(means).saturating_sub(above(unseen)), is_tie: equal(means).saturating_sub(equal(unseen)) > 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_share_a_place_and_the_next_one_is_skipped() {
        let means = [47, 58, 58, 61, 76];
        let shown = |mean| rank(mean, &means, &[]).shown();
        assert_eq!([shown(76), shown(61), shown(58), shown(47)], ["1", "2", "3\u{a0}=", "5"]);
    }

    #[test]
    fn what_a_reader_may_not_see_leaves_no_gap() {
        let means = [47, 58, 58, 61, 76];
        let shown = |mean, unseen: &[i64]| rank(mean, &means, unseen).shown();
        assert_eq!(shown(61, &[76]), "1");
        assert_eq!(shown(58, &[58]), "3");
        assert_eq!(shown(47, &[58, 76]), "3");
    }

    proptest! {
        #[test]
        fn a_rank_is_that_of_the_means_left(mut means in proptest::collection::vec(0..20_i64, 1..30), hidden in proptest::collection::vec(any::<bool>(), 30)) {
            means.sort_unstable();
            let part = |wanted: bool| means.iter().zip(&hidden).filter(|(_, is_hidden)| **is_hidden == wanted).map(|(mean, _)| *mean).collect::<Vec<_>>();
            let (seen, unseen) = (part(false), part(true));
            for mean in &seen {
                prop_assert_eq!(rank(*mean, &means, &unseen), rank(*mean, &seen, &[]));
            }
        }
    }
}
