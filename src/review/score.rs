//! The score of a review and the figures of a dossier as people read them; their arithmetic is `trame_scoring::score` (design §7).

use crate::kit::french::decimal;

pub use trame_scoring::score::{DISAGREEMENT, FULL, Figures, POINT, Sums, TOP, figures};

/// A figure as people read it: rounded half up to the whole point.
pub fn shown(kept: i64) -> String {
    whole(kept).to_string()
}

/// A figure rounded half up to the whole point.
pub fn whole(kept: i64) -> i64 {
    (kept + POINT / 2).div_euclid(POINT)
}

/// A figure with two decimals, where its computation is opened: "65,83"; a severity may be negative: "−3,4".
pub fn precise(kept: i64) -> String {
    let hundredths = (kept + POINT / 200).div_euclid(POINT / 100);
    let (sign, size) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    decimal(format!("{sign}{}.{:02}", size / 100, size % 100), 2)
}

/// A weight as people read it: "1", "0,5".
pub fn weight(thousandths: i64) -> String {
    decimal(format!("{}.{:03}", thousandths / 1000, thousandths % 1000), 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_half_up() {
        for (kept, read, precisely) in [
            (0, "0", "0"),
            (POINT / 2 - 1, "0", "0,5"),
            (POINT / 2, "1", "0,5"),
            (625 * POINT / 10, "63", "62,5"),
            (658_333_333_333_333, "66", "65,83"),
            (FULL, "100", "100"),
        ] {
            assert_eq!((shown(kept).as_str(), precise(kept).as_str()), (read, precisely), "{kept}");
        }
        assert_eq!([precise(-34 * POINT / 10), precise(-POINT / 20), precise(-POINT / 1000)], ["−3,4", "−0,05", "0"]);
        assert_eq!((weight(1000).as_str(), weight(500).as_str(), weight(1250).as_str()), ("1", "0,5", "1,25"));
    }

    #[test]
    fn a_score_is_read_half_up() {
        let read = |notes: &[u8]| Sums::of(notes.iter().map(|note| (1000, Some(*note)))).score().map(shown).unwrap_or_default();
        assert_eq!([read(&[]), read(&[3, 2]), read(&[1, 0, 0]), read(&[2, 0, 0])], ["", "63", "8", "17"]);
    }
}
