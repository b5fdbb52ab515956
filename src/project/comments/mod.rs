//! Comments of the team, anchored to a question or to a part of a row's page. The administration has no access to them, and
//! nothing it reads (pages, counts, last activity, prints, deposits) shows that they exist.

mod mentions;
pub mod place;
mod store;
pub mod view;
pub mod web;

pub use place::Anchor;
pub use store::PartRow;
