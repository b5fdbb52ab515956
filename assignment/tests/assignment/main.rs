//! Proposals, by hand and drawn.

mod common;
mod properties;
mod proposals;
mod speed;
