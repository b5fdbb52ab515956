//! Lessons learned (« fiches retour d'expérience », R16): written from a dossier's data by its team, read by a manager before
//! they are published, then read, searched and printed by anybody.

pub mod asked;
pub mod drawn;
pub mod model;
pub mod public;
pub mod settle;
pub mod store;
pub mod verify;
pub mod write;
