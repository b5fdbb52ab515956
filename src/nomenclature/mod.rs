//! The nomenclatures: activities, waste, flow types, substitution rules. Those shipped, changed by experts, with their history;
//! every page reads the same tables as the engine.

pub mod changes;
pub mod handle;
pub mod lists;
pub mod store;
pub mod tables;

pub use handle::Handle;
pub use tables::Tables;
