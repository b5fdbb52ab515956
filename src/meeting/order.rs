//! The agenda that is proposed: where reviews disagree first, then an order in which few people leave and enter the room.

use std::collections::BTreeSet;

/// A dossier to put on an agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Dossier.
    pub project: i64,
    /// Number within the call: decides between equals.
    pub number: i32,
    /// Standard deviation of its scores, when its reviews disagree.
    pub disagreement: Option<i64>,
    /// People of the committee who stay away from it.
    pub away: BTreeSet<i64>,
}

/// Above that many different sets of absents, the best order is looked for step by step rather than among all.
const EXACT: usize = 10;

/// People who leave or enter between one dossier and the next.
pub fn movements(candidates: &[Candidate]) -> usize {
    let mut out: &BTreeSet<i64> = &BTreeSet::new();
    let mut moved = 0;
    for candidate in candidates {
        moved += apart(out, &candidate.away);
        out = &candidate.away;
    }
    moved
}

fn apart(one: &BTreeSet<i64>, other: &BTreeSet<i64>) -> usize {
    one.symmetric_difference(other).count()
}

/// The proposed order: the widest disagreement first, then the dossiers gathered by who stays away. The order in which
/// candidates are given changes nothing.
pub fn propose(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let (mut first, mut rest): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| candidate.disagreement.is_some());
    first.sort_by_key(|candidate| (std::cmp::Reverse(candidate.disagreement), candidate.number));
    rest.sort_by_key(|candidate| candidate.number);
    // Dossiers with the same absents follow each other whatever the rest: the order of these groups is what is looked for.
    let mut groups: Vec<(BTreeSet<i64>, Vec<Candidate>)> = Vec::new();
    for candidate in rest {
        match groups.iter_mut().find(|(away, _)| *away == candidate.away) {
            Some((_, group)) => group.push(candidate),
            None => groups.push((candidate.away.clone(), vec![candidate])),
        }
    }
    let begun = first.last().map_or_else(BTreeSet::new, |candidate| candidate.away.clone());
    let sets: Vec<&BTreeSet<i64>> = groups.iter().map(|(away, _)| away).collect();
    let path = if sets.len() <= EXACT { exact(&begun, &sets) } else { stepwise(&begun, &sets) };
    let mut held: Vec<Option<Vec<Candidate>>> = groups.into_iter().map(|(_, group)| Some(group)).collect();
    first.extend(path.into_iter().filter_map(|index| held[index].take()).flatten());
    first
}

/// The shortest path through all the sets, by subsets of those already passed.
fn exact(begun: &BTreeSet<i64>, sets: &[&BTreeSet<i64>]) -> Vec<usize> {
    let n = sets.len();
    if n == 0 {
        return Vec::new();
    }
    let mut best = vec![vec![(usize::MAX, usize::MAX); n]; 1 << n];
    for (index, set) in sets.iter().enumerate() {
        best[1 << index][index] = (apart(begun, set), usize::MAX);
    }
    for passed in 1..1usize << n {
        for last in (0..n).filter(|last| passed & (1 << last) != 0) {
            let (cost, _) = best[passed][last];
            if cost == usize::MAX {
                continue;
            }
            for next in (0..n).filter(|next| passed & (1 << next) == 0) {
                let reached = cost + apart(sets[last], sets[next]);
                let held = &mut best[passed | (1 << next)][next];
                if reached < held.0 {
                    *held = (reached, last);
                }
            }
        }
    }
    let mut passed = (1 << n) - 1;
    let mut last = (0..n).min_by_key(|last| best[passed][*last].0).unwrap_or(0);
    let mut path = vec![last];
    while path.len() < n {
        let before = best[passed][last].1;
        passed &= !(1 << last);
        last = before;
        path.push(last);
    }
    path.reverse();
    path
}

/// The nearest set each time, then turned stretches as long as one shortens the path.
fn stepwise(begun: &BTreeSet<i64>, sets: &[&BTreeSet<i64>]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..sets.len()).collect();
    let mut path: Vec<usize> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let here = path.last().map_or(begun, |last| sets[*last]);
        let nearest = (0..left.len()).min_by_key(|at| apart(here, sets[left[*at]])).unwrap_or(0);
        path.push(left.remove(nearest));
    }
    let step = |path: &[usize], at: usize| {
        let here = if at == 0 { begun } else { sets[path[at - 1]] };
        path.get(at).map_or(0, |next| apart(here, sets[*next]))
    };
    let mut is_better = true;
    while is_better {
        is_better = false;
        for from in 0..path.len() {
            for to in from + 1..path.len() {
                let before = step(&path, from) + step(&path, to + 1);
                path[from..=to].reverse();
                if step(&path, from) + step(&path, to + 1) < before {
                    is_better = true;
                } else {
                    path[from..=to].reverse();
                }
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate(project: i64, disagreement: Option<i64>, away: &[i64]) -> Candidate {
        Candidate { project, number: i32::try_from(project).unwrap(), disagreement, away: away.iter().copied().collect() }
    }

    fn order(candidates: &[Candidate]) -> Vec<i64> {
        candidates.iter().map(|candidate| candidate.project).collect()
    }

    #[test]
    fn disagreements_come_first_then_the_room_moves_little() {
        let given = vec![
            candidate(1, None, &[]),
            candidate(2, None, &[7]),
            candidate(3, None, &[]),
            candidate(4, Some(20), &[]),
            candidate(5, None, &[7, 8]),
            candidate(6, Some(30), &[7]),
            candidate(7, None, &[7]),
        ];
        assert_eq!(movements(&given), 5, "7 leaves, comes back, leaves with 8, 8 comes back");
        let proposed = propose(given);
        assert_eq!(order(&proposed), [6, 4, 1, 3, 2, 7, 5]);
        assert_eq!(movements(&proposed), 1 + 1 + 1 + 1);
    }

    #[test]
    fn nothing_to_discuss_is_an_empty_agenda() {
        assert!(propose(Vec::new()).is_empty());
        assert_eq!(movements(&[]), 0);
    }

    fn any_candidates(most: usize) -> impl Strategy<Value = Vec<Candidate>> {
        let one = (proptest::option::weighted(0.2, 1i64..50), proptest::collection::btree_set(1i64..5, 0..3));
        proptest::collection::vec(one, 0..most).prop_map(|drawn| {
            drawn
                .into_iter()
                .zip(1..)
                .map(|((disagreement, away), project)| Candidate { project, number: i32::try_from(project).unwrap(), disagreement, away })
                .collect()
        })
    }

    fn orders(candidates: &[Candidate]) -> Vec<Vec<Candidate>> {
        if candidates.is_empty() {
            return vec![Vec::new()];
        }
        (0..candidates.len())
            .flat_map(|at| {
                let mut rest = candidates.to_vec();
                let one = rest.remove(at);
                orders(&rest).into_iter().map(move |mut order| {
                    order.insert(0, one.clone());
                    order
                })
            })
            .collect()
    }

    proptest! {
        #[test]
        fn every_dossier_stays_once_and_the_order_given_changes_nothing(given in any_candidates(20), turn in 0usize..20) {
            let proposed = propose(given.clone());
            let mut kept = order(&proposed);
            kept.sort_unstable();
            prop_assert_eq!(kept, order(&given));
            let mut turned = given;
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
            }
            prop_assert_eq!(order(&propose(turned)), order(&proposed));
        }

        #[test]
        fn no_other_order_of_the_rest_moves_fewer_people(given in any_candidates(6)) {
            let proposed = propose(given);
            let first = proposed.iter().take_while(|candidate| candidate.disagreement.is_some()).count();
            let (head, rest) = proposed.split_at(first);
            let least = orders(rest).into_iter().map(|rest| movements(&[head, &rest].concat())).min().unwrap_or(0);
            prop_assert_eq!(movements(&proposed), least);
        }

        #[test]
        fn many_sets_are_walked_without_moving_more_than_by_number(given in proptest::collection::vec(proptest::collection::btree_set(1i64..9, 0..5), 11..25)) {
            let sets: Vec<&BTreeSet<i64>> = given.iter().collect();
            let path = stepwise(&BTreeSet::new(), &sets);
            let mut seen = path.clone();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..given.len()).collect::<Vec<_>>());
        }
    }
}
