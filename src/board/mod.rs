//! The committee's board: every dossier of a call from its first draft on, its scores for who may read them.

mod asked;
mod facets;
mod facts;
mod file;
mod form;
pub mod map;
pub mod ranks;
mod rows;
pub mod saved;
mod store;
pub mod study;
mod table;
mod tally;
pub mod web;
