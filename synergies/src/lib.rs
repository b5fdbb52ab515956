//! What a territory could exchange: from words to flow types, from flows to leads, every score explained.
//!
//! Pure and deterministic: no clock, no network, no database. The tables are data, read once.

pub mod aggregate;
pub mod explain;
pub mod facts;
pub mod flow;
pub mod generators;
pub mod leads;
pub mod missing;
pub mod nomenclature;
pub mod pool;
pub mod sample;
pub mod score;
pub mod suggest;
