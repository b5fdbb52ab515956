//! Instruction: admissibility, requests for correction, what changed since one's last reading, notes and labels of the
//! administration, opinions of people outside.

pub mod acts;
pub mod checklist;
pub mod compare;
pub mod comparison;
pub mod correction;
pub mod labels;
pub mod notes;
pub mod opinion;
pub mod page;
pub mod people;
pub mod reading;
pub mod reminders;
pub mod store;
pub mod verdict;
pub mod verify;
