//! The single engagement document (R76, R113): written once, published in versions, signed by partners without an account.

pub mod answers;
pub mod changes;
pub mod document;
pub mod frozen;
pub mod links;
pub mod model;
pub mod page;
pub mod paper;
pub mod partner;
pub mod partner_copy;
pub mod partner_said;
pub mod publication;
pub mod reminders;
mod sectors;
pub mod signatory;
pub mod store;
pub mod text;
pub mod verify;
pub mod weights;
