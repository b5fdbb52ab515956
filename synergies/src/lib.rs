//! What a territory could exchange: from words to flow types, from flows to leads, every score explained.
//!
//! Pure and deterministic: no clock, no network, no database. The tables are data, read once.

pub mod flow;
pub mod nomenclature;
pub mod suggest;
