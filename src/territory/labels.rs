//! Names of a drawing, each where it covers neither a mark nor another name.

use super::sheet::{Sheet, WIDTH, Words};

/// Fonts of the screen may be wider than those measured.
const WIDER: f64 = 1.08;

/// What is taken of a drawing.
#[derive(Debug, Default)]
pub struct Taken {
    areas: Vec<[f64; 4]>,
    height: f64,
}

impl Taken {
    /// Nothing of a drawing of that height.
    pub fn nothing(height: f64) -> Self {
        Self { areas: Vec::new(), height }
    }

    /// A disc takes its room.
    pub fn disc(&mut self, x: f64, y: f64, radius: f64) {
        self.areas.push([x - radius, y - radius, x + radius, y + radius]);
    }

    /// A box takes its room.
    pub fn area(&mut self, area: [f64; 4]) {
        self.areas.push(area);
    }

    /// Writes words at the first of those places that is free: a point and an anchor. False when none is.
    pub fn write(&mut self, sheet: &mut Sheet, words: &Words, places: &[(f64, f64, &'static str)]) -> bool {
        for (x, y, anchor) in places {
            let words = Words { x: *x, y: *y, anchor, ..words.clone() };
            let area = widened(words.area(), anchor);
            let fits = area[0] >= 0.0 && area[1] >= 0.0 && area[2] <= WIDTH && area[3] <= self.height;
            if fits && !self.areas.iter().any(|other| meets(area, *other)) {
                self.areas.push(area);
                sheet.words_over(words);
                return true;
            }
        }
        false
    }
}

fn widened([left, top, right, bottom]: [f64; 4], anchor: &str) -> [f64; 4] {
    let more = (right - left) * (WIDER - 1.0);
    match anchor {
        "middle" => [left - more / 2.0, top, right + more / 2.0, bottom],
        "end" => [left - more, top, right, bottom],
        _ => [left, top, right + more, bottom],
    }
}

fn meets(one: [f64; 4], other: [f64; 4]) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cover_nothing() {
        let (mut taken, mut sheet) = (Taken::nothing(100.0), Sheet::default());
        taken.disc(100.0, 50.0, 10.0);
        let words = |name: &str| Words::at((0.0, 0.0), "start", name);
        assert!(taken.write(&mut sheet, &words("Cognac"), &[(95.0, 54.0, "start"), (114.0, 54.0, "start")]));
        assert!(!taken.write(&mut sheet, &words("Jarnac"), &[(116.0, 56.0, "start"), (790.0, 50.0, "start"), (20.0, 3.0, "start")]));
        assert_eq!(sheet.written().collect::<Vec<_>>(), ["Cognac"]);
    }
}
