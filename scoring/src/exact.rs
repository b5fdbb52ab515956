//! Sums of floating-point numbers that do not depend on the order of their terms, and the only linear algebra needed here.
//!
//! (a + b) + c is not a + (b + c) in floating point: a sum made in the order of the rows changes in its last digits when the
//! rows come in another order. Here the terms are whole numbers of 2⁻⁷⁶ while they are added, and whole numbers don't care.
//! All the rest is done element by element with + − × ÷ √, which IEEE 754 fixes to the last bit on every machine.

/// Steps in a unit while a sum is under way, 2⁷⁶: it holds up to 2⁵¹, in steps of 10⁻²³.
const STEPS: f64 = 75_557_863_725_914_323_419_136.0;

/// Σ of the terms, whatever their order.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "what is below a step is dropped from each term alone")]
pub fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let total = terms.fold(0_i128, |total, term| total.saturating_add((term * STEPS) as i128));
    total as f64 / STEPS
}

/// A number of things, as a factor.
pub fn count(things: usize) -> f64 {
    f64::from(u32::try_from(things).unwrap_or(u32::MAX))
}

/// A symmetric matrix, row by row.
pub type Matrix = Vec<Vec<f64>>;

fn dot(left: &[f64], right: &[f64]) -> f64 {
    sum(left.iter().zip(right).map(|(left, right)| left * right))
}

/// Solves `matrix` · x = `known` by conjugate gradients (Hestenes and Stiefel, 1952), for a matrix without negative eigenvalue.
///
/// An elimination would depend on the order of the rows. A singular matrix is no obstacle as long as a solution exists; the
/// one found is then the shortest. It ends when the residual is 10⁻¹² of what is known, or stops shrinking.
pub fn solve(matrix: &Matrix, known: &[f64]) -> Vec<f64> {
    let mut solution = vec![0.0; known.len()];
    let mut residual = known.to_vec();
    let mut direction = known.to_vec();
    let mut size = dot(&residual, &residual);
    let enough = size * 1e-24;
    for _ in 0..4 * known.len() + 20 {
        if size <= enough {
            break;
        }
        let image: Vec<f64> = matrix.iter().map(|row| dot(row, &direction)).collect();
        let curvature = dot(&direction, &image);
        if curvature <= 0.0 {
            break;
        }
        let step = size / curvature;
        for place in 0..known.len() {
            solution[place] += step * direction[place];
            residual[place] -= step * image[place];
        }
        let next = dot(&residual, &residual);
        for place in 0..known.len() {
            direction[place] = residual[place] + next / size * direction[place];
        }
        size = next;
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_small_system_is_solved() {
        let found = solve(&vec![vec![2.0, -0.5, -0.5], vec![-0.5, 1.5, 0.0], vec![-0.5, 0.0, 1.5]], &[-12.5, 12.5, 0.0]);
        for (found, expected) in found.iter().zip([-5.0, 20.0 / 3.0, -5.0 / 3.0]) {
            assert!((found - expected).abs() < 1e-10, "{found} {expected}");
        }
        assert_eq!(solve(&vec![vec![0.0]], &[0.0]), vec![0.0]);
    }

    #[test]
    fn a_singular_system_gives_its_shortest_solution() {
        let found = solve(&vec![vec![1.0, -1.0], vec![-1.0, 1.0]], &[-3.0, 3.0]);
        assert!((found[0] + 1.5).abs() < 1e-10 && (found[1] - 1.5).abs() < 1e-10, "{found:?}");
    }

    proptest! {
        #[test]
        fn order_changes_no_bit(terms in proptest::collection::vec(-1e6..1e6_f64, 0..50), turn in 0..50_usize) {
            let mut turned = terms.clone();
            turned.rotate_left(turn % terms.len().max(1));
            turned.reverse();
            let (one, other) = (sum(terms.iter().copied()), sum(turned.iter().copied()));
            prop_assert_eq!(one.to_bits(), other.to_bits());
            prop_assert!((one - terms.iter().sum::<f64>()).abs() < 1e-6);
        }
    }
}
