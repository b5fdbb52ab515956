//! Discs pushed apart until none covers another, within a drawing: the same ones always end in the same places.

/// Rounds of pushing apart; a few dozen discs need ten, a crowd along an edge many more.
const ROUNDS: usize = 240;
/// Discs beyond which they are left where they are: pushing each from each would cost more than it shows.
const MOST: usize = 400;

/// A disc.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disc {
    /// Middle.
    pub x: f64,
    /// Middle.
    pub y: f64,
    /// Half width.
    pub radius: f64,
}

impl Disc {
    /// Its middle, in whole units.
    #[expect(clippy::cast_possible_truncation, reason = "a drawing of a thousand units")]
    pub fn middle(&self) -> (i32, i32) {
        (self.x.round() as i32, self.y.round() as i32)
    }
}

/// Pushes discs apart, inside a drawing of that size.
pub fn part(discs: &mut [Disc], (width, height): (f64, f64)) {
    if discs.len() > MOST {
        return;
    }
    // Those of one place leave it each by its own way, the golden angle apart.
    for (rank, disc) in (0_u32..).zip(discs.iter_mut()) {
        let angle = f64::from(rank) * 2.399_963;
        (disc.x, disc.y) = (disc.x + angle.cos(), disc.y + angle.sin());
    }
    for _ in 0..ROUNDS {
        // What is settled is settled inside: a disc brought back from beyond an edge may cover another.
        keep_in(discs, (width, height));
        if push(discs) {
            return;
        }
    }
    keep_in(discs, (width, height));
}

/// Brings back what lies beyond the edges.
fn keep_in(discs: &mut [Disc], (width, height): (f64, f64)) {
    for disc in discs {
        let room = disc.radius + 2.0;
        disc.x = disc.x.clamp(room, width.max(2.0 * room) - room);
        disc.y = disc.y.clamp(room, height.max(2.0 * room) - room);
    }
}

/// Each pair that covers one another steps back; true when none did.
fn push(discs: &mut [Disc]) -> bool {
    let mut is_settled = true;
    for one in 0..discs.len() {
        for other in one + 1..discs.len() {
            let least = discs[one].radius + discs[other].radius + 2.0;
            let (dx, dy) = (discs[other].x - discs[one].x, discs[other].y - discs[one].y);
            let gap = dx.hypot(dy);
            if gap < least {
                is_settled = false;
                let step = (least - gap) / 2.0 / gap.max(0.01);
                (discs[one].x, discs[one].y) = (discs[one].x - dx * step, discs[one].y - dy * step);
                (discs[other].x, discs[other].y) = (discs[other].x + dx * step, discs[other].y + dy * step);
            }
        }
    }
    is_settled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn none_covers_another_and_all_stay_in(places in prop::collection::vec((0.0..800.0_f64, 0.0..500.0_f64, 8.0..20.0_f64), 0..30)) {
            let mut discs: Vec<Disc> = places.iter().map(|(x, y, radius)| Disc { x: *x, y: *y, radius: *radius }).collect();
            let mut again = discs.clone();
            part(&mut discs, (800.0, 500.0));
            part(&mut again, (800.0, 500.0));
            prop_assert_eq!(&discs, &again);
            for (rank, one) in discs.iter().enumerate() {
                prop_assert!(one.x >= one.radius && one.x <= 800.0 - one.radius && one.y >= one.radius && one.y <= 500.0 - one.radius);
                for other in &discs[rank + 1..] {
                    prop_assert!((one.x - other.x).hypot(one.y - other.y) > one.radius + other.radius - 2.0);
                }
            }
        }
    }

    #[test]
    fn discs_of_one_place_leave_it_together() {
        let mut discs = vec![Disc { x: 100.0, y: 100.0, radius: 10.0 }; 12];
        part(&mut discs, (200.0, 200.0));
        assert!(discs.iter().enumerate().all(|(rank, one)| discs[rank + 1..].iter().all(|other| (one.x - other.x).hypot(one.y - other.y) >= 19.5)));
    }
}
