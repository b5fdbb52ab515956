//! The workshop: one line typed for each thing said aloud, « j'ai » or « je cherche », and the leads it makes, at once.

pub mod board;
pub mod cards;
pub mod projection;
pub mod speech;
pub mod store;
pub mod web;
