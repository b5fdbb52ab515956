//! To which deliverables each thing of a dossier belongs: whoever writes one of them may write the thing.

use super::standing::{all_rows, places, rows_of};
use super::{COLLECTIONS, DELIVERABLES};

/// Numbers of deliverables; writing any of them is enough. Nothing belongs to none of them.
pub type Part = &'static [u8];

/// The shared lists. Actors are typed once and serve the perimeter, the flows and the map of stakeholders.
const SHARED: [(&str, Part); 5] = [("stakeholder", &[1, 2, 4]), ("flow", &[2]), ("synergy", &[2]), ("action", &[3]), ("commitment", &[4])];

/// All of them.
pub const EVERYTHING: Part = &[1, 2, 3, 4, 5];

const ALONE: [Part; 5] = [&[1], &[2], &[3], &[4], &[5]];

/// What holds the units of that kind: a section, a small table on it, a shared list, a small table of its rows.
pub fn part_of(kind: &str) -> Part {
    if let Some((_, part)) = SHARED.iter().find(|(held, _)| *held == kind) {
        return part;
    }
    if let Some(parent) = rows_of(kind).and_then(|rows| rows.parent) {
        return part_of(parent);
    }
    let place = places().find(|place| place.section.key == kind || place.item.tables.iter().any(|rows| rows.kind == kind));
    place.map_or(&[], |place| ALONE[usize::from(place.deliverable.no) - 1])
}

/// What holds a slot of attachments: an item of a section, or of a row's page (the row's id then follows the key).
pub fn part_of_slot(slot: &str) -> Part {
    let key = slot.split(':').next().unwrap_or(slot);
    let of_rows = COLLECTIONS.iter().find(|rows| rows.items.iter().any(|item| item.slot.as_ref().is_some_and(|slot| slot.key == key)));
    if let Some(rows) = of_rows {
        return part_of(rows.kind);
    }
    let place = places().find(|place| place.item.slot.as_ref().is_some_and(|slot| slot.key == key));
    place.map_or(&[], |place| ALONE[usize::from(place.deliverable.no) - 1])
}

/// Kinds of units that belong to a deliverable, shared lists included.
pub fn kinds_of(deliverable: u8) -> Vec<&'static str> {
    let sections = DELIVERABLES.iter().flat_map(|held| held.sections.iter().map(|section| section.key));
    let mut kinds: Vec<&'static str> = sections.chain(all_rows().map(|rows| rows.kind)).filter(|kind| part_of(kind).contains(&deliverable)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_written_belongs_to_a_deliverable() {
        for place in places() {
            assert_eq!(part_of(place.section.key), [place.deliverable.no], "{}", place.section.key);
        }
        for rows in all_rows() {
            assert!(!part_of(rows.kind).is_empty(), "{}", rows.kind);
        }
        assert_eq!(part_of("action_line"), [3]);
        assert_eq!(part_of("staff"), [1]);
        assert!(part_of("unknown").is_empty());
        assert!(kinds_of(4).contains(&"stakeholder") && kinds_of(4).contains(&"commitment") && !kinds_of(4).contains(&"flow"));
    }

    #[test]
    fn whoever_writes_a_page_writes_the_lists_shown_on_it() {
        for place in places() {
            for rows in place.item.list.iter().chain(place.item.tables) {
                assert!(part_of(rows.kind).contains(&place.deliverable.no), "{} on {}", rows.kind, place.section.key);
            }
        }
    }

    #[test]
    fn every_slot_belongs_where_it_is_drawn() {
        for place in places() {
            if let Some(slot) = &place.item.slot {
                assert_eq!(part_of_slot(slot.key), [place.deliverable.no]);
            }
        }
        assert_eq!(part_of_slot("preuves:00000000-0000-7000-8000-000000000000"), [3]);
        assert_eq!(part_of_slot("engagement:00000000-0000-7000-8000-000000000000"), [4]);
        assert!(part_of_slot("ailleurs").is_empty());
    }
}
