//! Threads of a dossier: with the administration, expertise, the team's own. Unread states, who read, search, files, templates, and
//! one message to many dossiers. Offers to the carrier (R87) have no place here: expertise (R86) is what a team writes itself.

mod fields;
pub mod grouped;
pub mod list;
pub mod message;
mod post;
pub mod search;
pub mod sending;
pub mod staff;
pub mod store;
mod tell;
pub mod templates;
pub mod thread;
pub mod verify;
mod view;
pub mod write;
