//! The committee's board: every dossier of a call from its first draft on, its scores for who may read them.

mod asked;
mod file;
pub mod ranks;
mod rows;
mod store;
pub mod study;
pub mod web;
