//! People: how they come in (sign-in, reset, invitations), what they change of their own account, who is in a dossier's team.

pub mod calendar;
pub mod guest;
pub mod handover;
pub mod invitation;
pub mod invited;
pub mod members;
pub mod operation;
pub mod own;
pub mod ownership;
pub mod passwords;
pub mod reset;
pub mod session;
pub mod sign_in;
mod store;
pub mod team;
pub mod throttle;

pub use invitation::{CallRole, Target, invite};
pub use store::create;
