//! The call: its public page, its settings, its people, its dossiers as its managers see them.

pub mod assignments;
mod command;
mod confirmation;
pub mod conflict;
pub mod conflicts;
pub mod contacts;
pub mod creation;
pub mod criteria;
pub mod dashboard;
pub mod dates;
pub mod documents;
pub mod dossier;
pub mod expertise;
pub(crate) mod form;
pub(crate) mod frame;
pub mod new_project;
pub mod opening;
mod owner;
pub mod paper;
pub mod people;
pub mod presentation;
pub mod proposal;
pub mod public;
pub mod records;
mod regulation;
mod settings;
pub mod store;

pub use command::{Wish, create_from_command};
