//! The nomenclatures: activities, waste, flow types, substitution rules. Those shipped, changed by experts, with their history;
//! every page reads the same tables as the engine.

pub mod activities;
pub mod changes;
pub mod columns;
pub mod edit;
mod entry;
mod frame;
pub mod handle;
pub mod history;
pub mod import;
pub mod ladders;
pub mod lists;
pub mod overview;
pub mod rules;
pub mod store;
pub mod tables;
pub mod types;
pub mod upload;
pub mod waste;

pub use handle::Handle;
pub use tables::Tables;
