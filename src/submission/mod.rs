//! Deposits: frozen, numbered, receipted; by the carrier online, or registered by a manager.

mod snapshot;
pub mod store;
pub mod web;

pub use crate::project::reading::SectionRead;
pub use snapshot::{Snapshot, read_view, read_whole, snapshot};
