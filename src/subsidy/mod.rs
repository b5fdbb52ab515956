//! The subsidy file of the assistance (R88-R97): its pieces, the aid as the call says it, where it stands at the fund.

pub mod acts;
pub mod bank;
pub mod letter;
pub mod list;
mod model;
pub mod page;
pub mod pieces;
mod store;
mod verify;

pub use model::{Aid, EDGES, Rounding, Rule, Vat, word};
pub use store::state;
pub use verify::verify;
