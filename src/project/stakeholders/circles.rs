//! Circles around the core: three ellipses, filled line by line so that no name covers another.

use super::mark::{Actor, Circle, MarkView};

/// Measures of a drawing.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Half widths and half heights of the three, from the centre.
    radii: [(f64, f64); 3],
    /// Centre.
    pub middle: (f64, f64),
    /// Room of one mark with its name.
    slot: (f64, f64),
    /// From the left of that room to the mark.
    inset: f64,
    /// Room of a circle's name, at its top, and its base line.
    title: (f64, f64),
}

/// Lines of a name on screen, at most.
const LINES: usize = 4;

/// Half widths of the circles on screen, and half heights that they never pass.
const SCREEN: [(f64, f64); 3] = [(222.0, 380.0), (428.0, 640.0), (638.0, 900.0)];

/// Half widths of the circles on paper, the sheet being as wide as a page's text, and half heights that they never pass:
/// beyond, names could not be read once the sheet is reduced to the page.
const PAPER: [(f64, f64); 3] = [(140.0, 170.0), (205.0, 300.0), (231.0, 400.0)];

impl Plan {
    /// On screen, in units, for circles of those many actors.
    pub fn screen(many: [usize; 3]) -> Self {
        let bare = Self { radii: [(0.0, 0.0); 3], middle: (0.0, 0.0), slot: (184.0, 58.0), inset: 14.0, title: (30.0, 20.0) };
        bare.grown(many, SCREEN, 100.0)
    }

    /// On paper, in points, for circles of those many actors. Names are on two lines.
    pub fn paper(many: [usize; 3]) -> Self {
        let bare = Self { radii: [(0.0, 0.0); 3], middle: (0.0, 0.0), slot: (104.0, 24.0), inset: 9.0, title: (18.0, 12.0) };
        bare.grown(many, PAPER, 24.0)
    }

    /// The same, each circle as high as its actors need.
    fn grown(mut self, many: [usize; 3], most: [(f64, f64); 3], least: f64) -> Self {
        let mut within = least;
        for (index, (many, (rx, most))) in many.into_iter().zip(most).enumerate() {
            let mut ry = within + self.title.0 + 6.0;
            self.radii[index] = (rx, ry);
            while ry < most && slots(&self, index).len() < many {
                ry += 4.0;
                self.radii[index] = (rx, ry);
            }
            within = ry;
        }
        self.middle = (most[2].0 + 1.0, within + 1.0);
        self
    }
}

/// A circle, where marks are dropped.
#[derive(Debug)]
pub struct RingView {
    /// Half width.
    pub rx: i32,
    /// Half height.
    pub ry: i32,
    /// Middle of its name.
    pub title_y: i32,
    /// Its name and its count.
    pub title: String,
    /// Values that a drop posts.
    pub set: &'static str,
    /// What it means, for voice.
    pub label: &'static str,
    /// Row of the zone: one for the core, zero for the rest.
    pub at: u8,
}

/// The circles, ready for the template.
#[derive(Debug, Default)]
pub struct Circles {
    /// Centre; the drawing is twice as wide and twice as high.
    pub middle: (i32, i32),
    /// From the outside.
    pub rings: Vec<RingView>,
    /// Marks.
    pub marks: Vec<MarkView>,
    /// Marks that found no place.
    pub hidden: usize,
    /// One sentence on what it shows.
    pub said: String,
}

#[expect(clippy::cast_possible_truncation, reason = "a drawing of some thousand units")]
fn whole(value: f64) -> i32 {
    value.round() as i32
}

/// Draws those actors on screen.
pub fn circles(actors: &[Actor<'_>]) -> Circles {
    circles_on(&Plan::screen(Circle::ALL.map(|circle| actors.iter().filter(|actor| actor.circle == circle).count())), actors)
}

/// Draws those actors with those measures.
pub fn circles_on(plan: &Plan, actors: &[Actor<'_>]) -> Circles {
    let mut circles = Circles { middle: (whole(plan.middle.0), whole(plan.middle.1)), ..Circles::default() };
    let mut counts = Vec::new();
    // The mark, then a gap, stand before the name.
    let room = u32::try_from(whole(plan.slot.0 - plan.inset) - 22).unwrap_or(0);
    for (index, circle) in Circle::ALL.into_iter().enumerate() {
        let here: Vec<&Actor<'_>> = actors.iter().filter(|actor| actor.circle == circle).collect();
        let slots = slots(plan, index);
        circles.hidden += here.len().saturating_sub(slots.len());
        let drawn = here.len().min(slots.len());
        let zone = u8::from(circle == Circle::Core);
        // Few marks spread over the whole circle.
        let chosen: Vec<(f64, f64)> = (0..drawn).map(|rank| slots[rank * slots.len() / drawn]).collect();
        for (actor, (x, y)) in here.iter().zip(chosen) {
            let at = (whole(plan.middle.0 + x - plan.slot.0 / 2.0 + plan.inset), whole(plan.middle.1 + y));
            circles.marks.push(MarkView::of(actor, at, (room, LINES), (0, zone)));
        }
        let (rx, ry) = plan.radii[index];
        let is_core = circle == Circle::Core;
        circles.rings.insert(
            0,
            RingView {
                rx: whole(rx),
                ry: whole(ry),
                title_y: whole(plan.middle.1 - ry + plan.title.1),
                title: format!("{} ({})", circle.label(), here.len()),
                set: if is_core { "is_key_actor=oui" } else { "is_key_actor=" },
                label: if is_core { "Dans le cœur" } else { "Hors du cœur" },
                at: zone,
            },
        );
        counts.push(format!("{}\u{a0}: {}", circle.label().to_lowercase(), here.len()));
    }
    circles.said = format!("{}.", counts.join(", ")).replacen('c', "C", 1);
    circles
}

/// Middles of the places of a circle, turning around the centre; the core is filled from the centre.
fn slots(plan: &Plan, index: usize) -> Vec<(f64, f64)> {
    let (width, height) = plan.slot;
    let (rx, ry) = plan.radii[index];
    let inner = index.checked_sub(1).map(|index| plan.radii[index]);
    let mut slots = Vec::new();
    let rows = whole(ry / height);
    for row in -rows..=rows {
        let y = f64::from(row) * height;
        let (near, far) = ((y.abs() - height / 2.0).max(0.0), y.abs() + height / 2.0);
        if far >= ry || y - height / 2.0 < plan.title.0 - ry {
            continue;
        }
        let edge = half(rx, ry, far) - 4.0;
        match inner.filter(|(_, ryi)| near < *ryi) {
            None => fill(&mut slots, (-edge, edge), (width, y)),
            Some((rxi, ryi)) => {
                let hole = half(rxi, ryi, near) + 4.0;
                fill(&mut slots, (-edge, -hole), (width, y));
                fill(&mut slots, (hole, edge), (width, y));
            }
        }
    }
    let (angle, reach) = (|(x, y): &(f64, f64)| x.atan2(-y), |(x, y): &(f64, f64)| x.hypot(*y));
    slots.sort_by(|a, b| if inner.is_some() { angle(a).total_cmp(&angle(b)) } else { reach(a).total_cmp(&reach(b)) });
    slots
}

/// Half width of an ellipse at that height.
fn half(rx: f64, ry: f64, y: f64) -> f64 {
    rx * (1.0 - (y / ry).powi(2)).max(0.0).sqrt()
}

fn fill(slots: &mut Vec<(f64, f64)>, (left, right): (f64, f64), (width, y): (f64, f64)) {
    let room = whole(((right - left) / width).floor());
    let start = f64::midpoint(left, right) - f64::from(room) * width / 2.0;
    slots.extend((0..room.max(0)).map(|nth| (start + (f64::from(nth) + 0.5) * width, y)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::{Content, Unit, Value};
    use crate::project::stakeholders::mark::actors;

    #[test]
    fn places_never_overlap_and_stay_between_their_ellipses() {
        for plan in [Plan::screen([3, 8, 12]), Plan::screen([40, 40, 80]), Plan::screen([0; 3]), Plan::paper([9, 24, 10]), Plan::paper([1, 1, 40])] {
            for index in 0..3 {
                checked(&plan, index);
            }
        }
    }

    #[track_caller]
    fn checked(plan: &Plan, index: usize) {
        let ((rx, ry), (width, height)) = (plan.radii[index], plan.slot);
        let slots = slots(plan, index);
        assert!(!slots.is_empty() || index == 1, "{index}");
        for (rank, (x, y)) in slots.iter().enumerate() {
            let corner = (x.abs() + width / 2.0, y.abs() + height / 2.0);
            assert!((corner.0 / rx).powi(2) + (corner.1 / ry).powi(2) <= 1.0, "{index}: {x} {y}");
            for (ox, oy) in &slots[rank + 1..] {
                assert!((x - ox).abs() >= width - 0.01 || (y - oy).abs() >= height - 0.01, "{index}: {x} {y} over {ox} {oy}");
            }
            if let Some((rxi, ryi)) = index.checked_sub(1).map(|index| plan.radii[index]) {
                let near = ((x.abs() - width / 2.0).max(0.0), (y.abs() - height / 2.0).max(0.0));
                assert!((near.0 / rxi).powi(2) + (near.1 / ryi).powi(2) >= 1.0, "{index}: {x} {y} in the circle within");
            }
        }
    }

    #[test]
    fn names_are_whole_and_stay_in_their_place() {
        let units = (0..40_u128).map(|row| {
            let mut unit = Unit::blank("stakeholder", uuid::Uuid::from_u128(row + 1), None);
            unit.fields.insert("is_key_actor".to_owned(), Value::Flag(row < 4));
            let name = if row % 2 == 0 { "Communauté d’agglomération de Grand Cognac" } else { "Chambre de commerce et d’industrie de la Charente" };
            unit.fields.insert("name".to_owned(), Value::Text(name.to_owned()));
            unit
        });
        let content = Content { units: units.collect(), filled_slots: Vec::new() };
        let circles = circles(&actors(&content));
        assert_eq!((circles.hidden, circles.marks.len()), (0, 40));
        for mark in &circles.marks {
            assert!(mark.lines.iter().all(|(line, _)| !line.contains('…')), "{:?}", mark.lines);
            assert!(mark.lines.len() <= LINES && mark.half <= 34, "{:?}", mark.lines);
        }
    }
}
