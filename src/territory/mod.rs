//! Pictures of a territory: map, network, exchanges by type, matrix of flows and actors, biggest actors, follow-up of the
//! leads. Each is drawn by shapes whose attributes say everything, with its tables: the same on screen, in a file, on paper.

pub mod case;
pub mod exchanges;
pub mod funnel;
pub mod labels;
pub mod map;
pub mod matrix;
pub mod network;
pub mod pareto;
pub mod picture;
pub mod ribbons;
pub mod sheet;
pub mod sight;
pub mod sign;
mod squares;
pub mod web;
