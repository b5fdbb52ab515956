//! Outlines on the sphere and their drawing: areas, boxes, a plane projection, paths.
//!
//! The projection is the equirectangular one at the middle latitude of what is drawn: over a few départements it
//! differs from Lambert 93 by less than the width of a line. Areas are those of the cylindrical equal-area projection,
//! exact on the sphere for each segment.

use std::fmt::Write as _;

/// Radius of the sphere of the same area as the Earth, in kilometres.
const RADIUS: f64 = 6371.0072;
/// Kilometres in a ten-thousandth of a degree of latitude.
const STEP: f64 = RADIUS * std::f64::consts::PI / 180.0 / 10_000.0;

/// A point in ten-thousandths of a degree: longitude, latitude.
pub type Point = (i32, i32);

/// Outline of a place: rings that are not closed twice, the outer ones counter-clockwise, holes clockwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    rings: Vec<Vec<Point>>,
}

impl Outline {
    /// From rings in any direction: each is an outer one or a hole. Nothing when no ring has three points.
    pub fn of(rings: impl IntoIterator<Item = (bool, Vec<Point>)>) -> Option<Self> {
        let mut kept = Vec::new();
        for (is_hole, mut ring) in rings {
            ring.dedup();
            if ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            if ring.len() < 3 {
                continue;
            }
            if (signed_area(&ring) < 0.0) != is_hole {
                ring.reverse();
            }
            kept.push(ring);
        }
        (!kept.is_empty()).then_some(Self { rings: kept })
    }

    /// As kept: each ring is its first point then steps, rings parted by semicolons.
    pub fn parse(text: &str) -> Option<Self> {
        let rings: Option<Vec<Vec<Point>>> = text.split(';').map(read_ring).collect();
        rings.filter(|rings| !rings.is_empty()).map(|rings| Self { rings })
    }

    /// The text that [`Outline::parse`] reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, ring) in self.rings.iter().enumerate() {
            let mut from = (0, 0);
            for (rank, (x, y)) in ring.iter().enumerate() {
                let separator = match (index, rank) {
                    (0, 0) => "",
                    (_, 0) => ";",
                    _ => " ",
                };
                let _ = write!(text, "{separator}{} {}", x - from.0, y - from.1);
                from = (*x, *y);
            }
        }
        text
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.rings.iter().map(Vec::len).sum()
    }

    /// Area in square kilometres.
    pub fn area(&self) -> f64 {
        self.rings.iter().map(|ring| signed_area(ring)).sum()
    }

    /// The smallest box that holds it.
    pub fn bounds(&self) -> Bounds {
        self.rings.iter().flatten().fold(Bounds::NOTHING, |bounds, point| bounds.with(*point))
    }
}

fn read_ring(text: &str) -> Option<Vec<Point>> {
    let mut numbers = text.split(' ').map(str::parse::<i32>);
    let mut ring: Vec<Point> = Vec::new();
    while let Some(x) = numbers.next() {
        let (x, y) = (x.ok()?, numbers.next()?.ok()?);
        let (from_x, from_y) = ring.last().copied().unwrap_or((0, 0));
        ring.push((from_x.checked_add(x)?, from_y.checked_add(y)?));
    }
    (ring.len() >= 3).then_some(ring)
}

/// Positive when the ring goes counter-clockwise.
fn signed_area(ring: &[Point]) -> f64 {
    let on_cylinder = |(x, y): &Point| (degrees(*x).to_radians(), degrees(*y).to_radians().sin());
    let mut sum = 0.0;
    let mut previous = ring.last().map_or((0.0, 0.0), on_cylinder);
    for point in ring.iter().map(on_cylinder) {
        sum += previous.0 * point.1 - point.0 * previous.1;
        previous = point;
    }
    sum / 2.0 * RADIUS * RADIUS
}

fn degrees(ten_thousandths: i32) -> f64 {
    f64::from(ten_thousandths) / 10_000.0
}

/// A box in ten-thousandths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    west: i32,
    south: i32,
    east: i32,
    north: i32,
}

impl Bounds {
    /// The box of nothing, to which points are added.
    pub const NOTHING: Self = Self { west: i32::MAX, south: i32::MAX, east: i32::MIN, north: i32::MIN };

    /// Holds nothing?
    pub fn is_empty(&self) -> bool {
        self.west > self.east
    }

    /// The box with that point too.
    #[must_use]
    pub fn with(self, (x, y): Point) -> Self {
        Self { west: self.west.min(x), south: self.south.min(y), east: self.east.max(x), north: self.north.max(y) }
    }

    /// The box that holds both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { west: self.west.min(other.west), south: self.south.min(other.south), east: self.east.max(other.east), north: self.north.max(other.north) }
    }

    /// The same, wider by about that many kilometres on each side.
    #[must_use]
    pub fn wider(self, kilometres: i32) -> Self {
        // A kilometre is 90 ten-thousandths of a degree of latitude, and more of longitude: here as in the middle of France.
        let (dx, dy) = (kilometres * 128, kilometres * 90);
        Self { west: self.west - dx, south: self.south - dy, east: self.east + dx, north: self.north + dy }
    }

    /// The same with air around: a sixteenth of its longer side on each, two kilometres at least.
    #[must_use]
    pub fn aired(self) -> Self {
        self.wider(((self.east - self.west) / 128).max((self.north - self.south) / 90).div_euclid(16).max(2))
    }

    /// Its sides: west, south, east, north.
    pub fn sides(&self) -> (i32, i32, i32, i32) {
        (self.west, self.south, self.east, self.north)
    }

    /// Its middle.
    pub fn middle(&self) -> Point {
        (self.west.midpoint(self.east), self.south.midpoint(self.north))
    }

    /// Is the point inside?
    pub fn holds(&self, (x, y): Point) -> bool {
        (self.west..=self.east).contains(&x) && (self.south..=self.north).contains(&y)
    }

    /// Do both boxes share something?
    pub fn meets(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }
}

/// A drawing of a box: where each point goes, in whole units.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    bounds: Bounds,
    scale_x: f64,
    scale_y: f64,
    /// Width of the drawing.
    pub width: i32,
    /// Height of the drawing.
    pub height: i32,
}

impl Frame {
    /// A drawing of that width, no higher than it is wide.
    pub fn over(bounds: Bounds, width: i32) -> Self {
        let middle = degrees(bounds.south.midpoint(bounds.north)).to_radians();
        let (across, up) = (f64::from((bounds.east - bounds.west).max(1)), f64::from((bounds.north - bounds.south).max(1)));
        // The longer side fits; the other one is centred, by widening the box.
        let scale_x = (f64::from(width) / across).min(f64::from(width) * middle.cos() / up);
        let scale_y = scale_x / middle.cos();
        let missing = whole((f64::from(width) / scale_x - across) / 2.0);
        let bounds = Bounds { west: bounds.west - missing, east: bounds.east + missing, ..bounds };
        Self { bounds, scale_x, scale_y, width, height: whole(up * scale_y).max(1) }
    }

    /// Where a point goes.
    pub fn place(&self, (x, y): Point) -> (i32, i32) {
        (whole(f64::from(x - self.bounds.west) * self.scale_x), whole(f64::from(self.bounds.north - y) * self.scale_y))
    }

    /// An outline as a path of relative steps; points that fall on one another are one.
    pub fn path(&self, outline: &Outline) -> String {
        let mut path = String::new();
        for ring in &outline.rings {
            let mut places: Vec<(i32, i32)> = ring.iter().map(|point| self.place(*point)).collect();
            places.dedup();
            if places.len() < 3 {
                continue;
            }
            let mut from = places[0];
            let _ = write!(path, "M{} {}l", from.0, from.1);
            for (rank, place) in places[1..].iter().enumerate() {
                let (dx, dy) = (place.0 - from.0, place.1 - from.1);
                let before = if rank == 0 || dx < 0 { "" } else { " " };
                let between = if dy < 0 { "" } else { " " };
                let _ = write!(path, "{before}{dx}{between}{dy}");
                from = *place;
            }
            path.push('z');
        }
        path
    }

    /// A scale bar of at most a fifth of the width: its kilometres and its length.
    pub fn scale(&self) -> (i32, i32) {
        let per_kilometre = self.scale_y / STEP;
        let longest = [50, 20, 10, 5, 2, 1].into_iter().find(|kilometres| f64::from(*kilometres) * per_kilometre <= f64::from(self.width) / 5.0);
        let kilometres = longest.unwrap_or(1);
        (kilometres, whole(f64::from(kilometres) * per_kilometre))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "drawings and degrees are far from the bounds of the type")]
fn whole(number: f64) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: i32) -> Vec<Point> {
        vec![(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    }

    #[test]
    fn a_text_is_read_back_and_nonsense_is_not() {
        let outline = Outline::of([(false, square(1000)), (true, vec![(200, 200), (400, 200), (400, 400)])]).expect("outline");
        assert_eq!(Outline::parse(&outline.text()), Some(outline.clone()));
        assert_eq!(outline.points(), 7);
        for text in ["", "1 2", "1 2 3 4", "1 2 3 4 5", "a b 1 1 1 1", "2147483647 0 1 0 1 1"] {
            assert_eq!(Outline::parse(text), None, "{text}");
        }
        assert_eq!(Outline::of([(false, vec![(0, 0), (1, 1), (0, 0)])]), None);
    }

    #[test]
    fn an_area_is_that_of_the_sphere_whatever_the_direction_and_holes_are_taken_out() {
        let clockwise: Vec<Point> = square(10_000).into_iter().rev().collect();
        let whole = Outline::of([(false, square(10_000))]).expect("outline").area();
        assert!((whole - 12_364.0).abs() < 5.0, "{whole}");
        assert!((Outline::of([(false, clockwise)]).expect("outline").area() - whole).abs() < 1e-6);
        let hole: Vec<Point> = vec![(0, 0), (5000, 0), (5000, 10_000), (0, 10_000)];
        let rest = Outline::of([(false, square(10_000)), (true, hole)]).expect("outline").area();
        assert!((rest * 2.0 - whole).abs() < 1e-6, "{rest}");
    }

    #[test]
    fn a_drawing_keeps_proportions_and_fits_its_frame() {
        let tall = Bounds::NOTHING.with((0, 450_000)).with((1000, 460_000));
        for bounds in [tall, Bounds::NOTHING.with((0, 450_000)).with((40_000, 451_000))] {
            let frame = Frame::over(bounds, 800);
            assert!(frame.height <= 800 && frame.width == 800, "{frame:?}");
            let (x, y) = frame.place((bounds.west, bounds.north));
            let (to_x, to_y) = frame.place((bounds.east, bounds.south));
            assert!(x >= 0 && y == 0 && to_x <= 800 && (to_y - frame.height).abs() <= 1, "{frame:?}");
        }
        let frame = Frame::over(tall, 800);
        // A degree of latitude is 111 km; one of longitude, at 45,5°, 78 km.
        let (kilometres, length) = frame.scale();
        assert_eq!(kilometres, 20);
        assert!((f64::from(length) / f64::from(kilometres) * 111.19 - 800.0).abs() < 20.0, "{length}");
    }

    #[test]
    fn a_path_is_short_and_closed() {
        let outline = Outline::of([(false, vec![(0, 0), (1000, 0), (1000, 1000), (0, 1000)])]).expect("outline");
        assert_eq!(Frame::over(outline.bounds(), 100).path(&outline), "M0 100l100 0 0-100-100 0z");
        let far = Frame::over(Bounds::NOTHING.with((0, 0)).with((10_000_000, 10)), 100);
        assert_eq!(far.path(&outline), "");
    }
}
