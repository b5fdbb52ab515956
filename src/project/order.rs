//! The order of the rows of a small table: one of them goes up or down by one place.

use uuid::Uuid;

use crate::framework::content::Unit;

/// Rows whose position changes when that one moves, with their new position; nothing at an end of the list.
pub fn moved(rows: &[&Unit], row: Uuid, is_up: bool) -> Vec<Unit> {
    let Some(from) = rows.iter().position(|unit| unit.row == row) else { return Vec::new() };
    let to = if is_up { from.checked_sub(1) } else { Some(from + 1).filter(|to| *to < rows.len()) };
    let Some(to) = to else { return Vec::new() };
    let mut order: Vec<&Unit> = rows.to_vec();
    order.swap(from, to);
    // Positions are only ever compared: two rows that share one are told apart here, and stay so.
    let first = rows.iter().map(|unit| unit.position).min().unwrap_or(0);
    let has_twins = rows.windows(2).any(|pair| pair[0].position == pair[1].position);
    let place = |index: usize| if has_twins { first + i32::try_from(index).unwrap_or(i32::MAX) } else { rows[index].position };
    let changed = order.iter().enumerate().filter(|(index, unit)| unit.position != place(*index));
    changed.map(|(index, unit)| Unit { position: place(index), ..(*unit).clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(positions: &[i32]) -> Vec<Unit> {
        positions.iter().map(|position| Unit { position: *position, ..Unit::blank("question_1", Uuid::now_v7(), None) }).collect()
    }

    fn places(rows: &[Unit], row: usize, is_up: bool) -> Vec<(usize, i32)> {
        let held: Vec<&Unit> = rows.iter().collect();
        let index = |unit: &Unit| rows.iter().position(|held| held.row == unit.row).expect("one of ours");
        moved(&held, rows[row].row, is_up).iter().map(|unit| (index(unit), unit.position)).collect()
    }

    #[test]
    fn two_neighbours_exchange_their_places() {
        let rows = rows(&[1, 2, 5]);
        assert_eq!(places(&rows, 2, true), [(2, 2), (1, 5)]);
        assert_eq!(places(&rows, 0, false), [(1, 1), (0, 2)]);
        assert!(places(&rows, 0, true).is_empty() && places(&rows, 2, false).is_empty());
        assert!(moved(&rows.iter().collect::<Vec<_>>(), Uuid::nil(), true).is_empty());
    }

    #[test]
    fn rows_that_shared_a_place_are_told_apart() {
        let rows = rows(&[1, 1, 1]);
        assert_eq!(places(&rows, 2, true), [(2, 2), (1, 3)]);
    }
}
