//! The comparison of offers, in whole numbers: total = Σ weight × mark / Σ weight, on ten, rounded to the nearest hundredth.

use crate::kit::french::decimal;

/// A criterion of the carrier's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Number, from 1.
    pub number: i16,
    /// Label.
    pub label: String,
    /// Weight, in thousandths.
    pub weight: i32,
}

/// A mark of an offer on a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Offer.
    pub tender: i64,
    /// Criterion.
    pub criterion: i16,
    /// From 0 to 10.
    pub mark: i16,
}

/// Total of an offer in hundredths of a point on ten; none while a criterion has no mark.
pub fn total(criteria: &[Criterion], marks: &[Mark], tender: i64) -> Option<i64> {
    let of = |criterion: &Criterion| marks.iter().find(|held| held.tender == tender && held.criterion == criterion.number).map(|held| i64::from(held.mark));
    let weights: i64 = criteria.iter().map(|criterion| i64::from(criterion.weight)).sum();
    let sum = criteria.iter().map(|criterion| Some(i64::from(criterion.weight) * of(criterion)?)).sum::<Option<i64>>()?;
    (weights > 0).then(|| (sum * 200 + weights) / (weights * 2))
}

/// "7,25".
pub fn words(hundredths: i64) -> String {
    decimal(format!("{}.{:02}", hundredths / 100, hundredths % 100), 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(number: i16, weight: i32) -> Criterion {
        Criterion { number, label: String::new(), weight }
    }

    #[test]
    fn totals_are_weighted_exact_and_absent_while_a_mark_misses() {
        let criteria = [criterion(1, 2000), criterion(2, 1000)];
        let mark = |tender, criterion, mark| Mark { tender, criterion, mark };
        let marks = [mark(7, 1, 8), mark(7, 2, 5), mark(9, 1, 10)];
        assert_eq!(total(&criteria, &marks, 7), Some(700));
        assert_eq!(total(&criteria, &marks, 9), None);
        assert_eq!(total(&[], &marks, 7), None);
        let thirds = [mark(1, 1, 1), mark(1, 2, 0)];
        assert_eq!(total(&criteria, &thirds, 1).map(words).as_deref(), Some("0,67"));
    }
}
