//! Where the bands of the exchanges go: they conserve their sums, and never lie on one another at an end.

use trame_synergies::nomenclature::TypeId;

use super::sheet::real;

/// Height shared by the bands of a side, and the widest that one lead may be.
const TALL: f64 = 360.0;
const WIDEST: f64 = 14.0;
/// Room of a name between two nodes, and between two of them.
const ROOM: f64 = 17.0;
const GAP: f64 = 5.0;
/// A node of a side: its type (nothing for the others), its top, its height.
pub type Node = (Option<TypeId>, f64, f64);

/// A band laid: its tops on both sides, its width.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ribbon {
    /// Top on the left.
    pub left: f64,
    /// Top on the right.
    pub right: f64,
    /// Width.
    pub wide: f64,
}

/// Where everything goes.
#[derive(Debug, Default)]
pub struct Laid {
    /// Height of the whole.
    pub height: f64,
    /// Nodes of the left.
    pub left: Vec<Node>,
    /// Nodes of the right.
    pub right: Vec<Node>,
    /// One for each band, in their order.
    pub ribbons: Vec<Ribbon>,
}

/// A band to lay: both types, its width in leads.
pub type Link = (Option<TypeId>, Option<TypeId>, usize);

/// Lays bands between two sides: each node is as high as its bands, and has room for its name.
pub fn layout(links: &[Link]) -> Laid {
    let total: usize = links.iter().map(|(_, _, wide)| wide).sum();
    let unit = (TALL / real(total.max(1))).min(WIDEST);
    let mut left: Vec<Option<TypeId>> = Vec::new();
    for (out, ..) in links {
        if !left.contains(out) {
            left.push(*out);
        }
    }
    // The others lie last.
    left.sort_by_key(Option::is_none);
    let rank = |out: &Option<TypeId>| left.iter().position(|held| held == out).unwrap_or(0);
    let mut right: Vec<(Option<TypeId>, usize, usize)> = Vec::new();
    for (out, input, wide) in links {
        let pull = rank(out) * wide;
        match right.iter_mut().find(|(held, ..)| held == input) {
            Some((_, sum, weight)) => (*sum, *weight) = (*sum + pull, *weight + wide),
            None => right.push((*input, pull, *wide)),
        }
    }
    right.sort_by(|a, b| a.0.is_none().cmp(&b.0.is_none()).then((real(a.1) / real(a.2.max(1))).total_cmp(&(real(b.1) / real(b.2.max(1))))).then(a.0.cmp(&b.0)));
    let right: Vec<Option<TypeId>> = right.into_iter().map(|(kind, ..)| kind).collect();
    let sum = |is_mine: &dyn Fn(&Link) -> bool| real(links.iter().filter(|link| is_mine(link)).map(|link| link.2).sum()) * unit;
    let (left_nodes, left_end) = stacked(&left, |kind| sum(&|link: &Link| link.0 == kind));
    let (right_nodes, right_end) = stacked(&right, |kind| sum(&|link: &Link| link.1 == kind));
    let height = left_end.max(right_end);
    let shifted = |nodes: Vec<Node>, end: f64| nodes.into_iter().map(|(kind, top, tall)| (kind, top + (height - end) / 2.0, tall)).collect::<Vec<Node>>();
    let (left_nodes, right_nodes) = (shifted(left_nodes, left_end), shifted(right_nodes, right_end));
    let ribbons = ribbons_of(links, (&left_nodes, &right_nodes), unit);
    Laid { height, left: left_nodes, right: right_nodes, ribbons }
}

/// Nodes under one another, each with room for its name; and where they end.
fn stacked(kinds: &[Option<TypeId>], tall: impl Fn(Option<TypeId>) -> f64) -> (Vec<Node>, f64) {
    let mut y = 6.0;
    let nodes = kinds.iter().map(|kind| {
        let tall = tall(*kind);
        let slot = tall.max(ROOM);
        let top = y + (slot - tall) / 2.0;
        y += slot + GAP;
        (*kind, top, tall)
    });
    let nodes: Vec<Node> = nodes.collect();
    (nodes, y + 1.0)
}

/// In each node, bands follow the order of their other ends.
fn ribbons_of(links: &[Link], (left, right): (&[Node], &[Node]), unit: f64) -> Vec<Ribbon> {
    let rank = |nodes: &[Node], kind: Option<TypeId>| nodes.iter().position(|node| node.0 == kind).unwrap_or(0);
    let mut ribbons = vec![Ribbon::default(); links.len()];
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|at| (rank(left, links[*at].0), rank(right, links[*at].1), *at));
    let mut used = vec![0.0; left.len()];
    for at in &order {
        let node = rank(left, links[*at].0);
        let wide = real(links[*at].2) * unit;
        (ribbons[*at].wide, ribbons[*at].left) = (wide, left[node].1 + used[node]);
        used[node] += wide;
    }
    order.sort_by_key(|at| (rank(right, links[*at].1), rank(left, links[*at].0), *at));
    let mut used = vec![0.0; right.len()];
    for at in &order {
        let node = rank(right, links[*at].1);
        ribbons[*at].right = right[node].1 + used[node];
        used[node] += ribbons[*at].wide;
    }
    ribbons
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn links() -> impl Strategy<Value = Vec<Link>> {
        prop::collection::btree_map((0..12_u16, 0..12_u16), 1..60_usize, 1..25)
            .prop_map(|found| found.into_iter().map(|((out, input), wide)| (Some(TypeId(out)), Some(TypeId(input)), wide)).collect())
    }

    proptest! {
        #[test]
        fn bands_conserve_their_sums_and_never_overlap(links in links()) {
            let laid = layout(&links);
            for (is_left, nodes) in [(true, &laid.left), (false, &laid.right)] {
                let end = |link: &Link| if is_left { link.0 } else { link.1 };
                let top = |ribbon: &Ribbon| if is_left { ribbon.left } else { ribbon.right };
                for (rank, (kind, from, tall)) in nodes.iter().enumerate() {
                    let mut own: Vec<&Ribbon> = links.iter().zip(&laid.ribbons).filter(|(link, _)| end(link) == *kind).map(|(_, ribbon)| ribbon).collect();
                    let sum: f64 = own.iter().map(|ribbon| ribbon.wide).sum();
                    prop_assert!((sum - tall).abs() < 1e-6, "{sum} {tall}");
                    own.sort_by(|a, b| top(a).total_cmp(&top(b)));
                    prop_assert!((top(own[0]) - from).abs() < 1e-6);
                    for pair in own.windows(2) {
                        prop_assert!((top(pair[0]) + pair[0].wide - top(pair[1])).abs() < 1e-6);
                    }
                    prop_assert!(*from >= 0.0 && from + tall <= laid.height);
                    if let Some(next) = nodes.get(rank + 1) {
                        prop_assert!(from + tall + GAP <= next.1 + 1e-6);
                        prop_assert!((next.1 + next.2 / 2.0) - (from + tall / 2.0) >= ROOM, "names have their room");
                    }
                }
            }
            prop_assert_eq!(layout(&links).ribbons, laid.ribbons);
        }
    }
}
