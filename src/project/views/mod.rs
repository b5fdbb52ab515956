//! Drawn views of the actors, each with its table.

pub mod map;
pub mod marks;
pub mod placing;
