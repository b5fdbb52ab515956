//! Names on a map: each beside what it names, where it covers neither a mark nor another name.

use super::map::LabelView;
use crate::kit::geometry::Frame;

/// A box of the drawing: left, top, right, bottom.
pub type Area = (i32, i32, i32, i32);

/// Width of a letter, in units, at the size that maps are written.
const LETTER: i32 = 9;
/// Room kept along the edges.
const EDGE: i32 = 4;

fn meets(one: Area, other: Area) -> bool {
    one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3
}

/// Names those places, the first ones first: on the place itself when it is a point, else under, over, to the right or to
/// the left of it. What finds no room has no name. `busy` is what no name may cover.
pub fn named(frame: &Frame, places: impl IntoIterator<Item = (&'static str, Area)>, busy: &[Area], most: usize) -> Vec<LabelView> {
    // The scale bar.
    let mut taken = vec![(0, frame.height - 30, 32 + frame.scale().1, frame.height)];
    let mut labels: Vec<LabelView> = Vec::new();
    for (name, own) in places {
        if labels.len() == most {
            break;
        }
        let room = bases(name, own, frame.width).into_iter().find(|base| {
            let area = covered(name, *base);
            let fits = area.0 >= EDGE && area.1 >= EDGE && area.2 <= frame.width - EDGE && area.3 <= frame.height - EDGE;
            fits && !busy.iter().chain(&taken).any(|other| meets(area, *other))
        });
        if let Some((x, y)) = room {
            taken.push(covered(name, (x, y)));
            labels.push(LabelView { x, y, name });
        }
    }
    labels
}

fn half_width(name: &str) -> i32 {
    i32::try_from(name.chars().count()).unwrap_or(100) * LETTER / 2
}

/// Middles of the base line where a name may stand, the best first.
fn bases(name: &str, own: Area, width: i32) -> Vec<(i32, i32)> {
    let half = half_width(name);
    let (x, y) = (own.0.midpoint(own.2), own.1.midpoint(own.3) + 5);
    // Beside the edge, a name is not centred.
    let centred = x.clamp(half + EDGE, (width - half - EDGE).max(half + EDGE));
    let around = [(centred, own.3 + 15), (centred, own.1 - 6), (own.2 + half + 3, y), (own.0 - half - 3, y)];
    let is_point = own.0 == own.2;
    is_point.then_some((centred, y)).into_iter().chain(around).collect()
}

/// What a name written there covers.
fn covered(name: &str, (x, y): (i32, i32)) -> Area {
    let half = half_width(name);
    (x - half, y - 13, x + half, y + 4)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::kit::geometry::Bounds;

    /// No name covers another or leaves the drawing.
    #[track_caller]
    pub(crate) fn apart(labels: &[LabelView], (width, height): (i32, i32)) {
        for (rank, label) in labels.iter().enumerate() {
            let area = covered(label.name, (label.x, label.y));
            assert!(area.0 >= 0 && area.1 >= 0 && area.2 <= width && area.3 <= height, "{label:?} leaves");
            for other in &labels[rank + 1..] {
                assert!(!meets(area, covered(other.name, (other.x, other.y))), "{label:?} on {other:?}");
            }
        }
    }

    #[test]
    fn a_name_moves_aside_rather_than_cover_and_is_left_out_rather_than_cut() {
        let frame = Frame::over(Bounds::NOTHING.with((0, 450_000)).with((2000, 451_500)), 800);
        let point = |x: i32, y: i32| (x, y, x, y);
        let labels = named(&frame, [("Cognac", point(400, 300)), ("Jarnac", point(405, 312)), ("Au bord", point(2, 300))], &[], 10);
        assert_eq!(labels.iter().map(|label| label.name).collect::<Vec<_>>(), ["Cognac", "Jarnac", "Au bord"]);
        apart(&labels, (frame.width, frame.height));
        let wall = [(0, 0, 800, frame.height)];
        assert!(named(&frame, [("Cognac", point(400, 300))], &wall, 10).is_empty());
        assert_eq!(named(&frame, [("Cognac", point(400, 300)), ("Jarnac", point(100, 100))], &[], 1).len(), 1);
    }
}
