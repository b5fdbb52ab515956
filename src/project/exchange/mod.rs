//! Many rows at once: lists read from a spreadsheet or taken from another dossier, previewed, done and undone as one act;
//! and the same lists as files.

pub mod batch;
pub mod cells;
pub mod contract;
pub mod copy;
pub mod export;
mod known;
pub mod list;
pub mod plan;
pub mod preview;
pub mod sheet;
pub mod source;
pub mod start;
pub mod store;
pub mod undo;
