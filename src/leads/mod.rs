//! What a territory could exchange: the flows of a dossier read by the engine, its leads, and what people decide of them.

pub mod analysis;
pub mod book;
pub mod deciding;
pub mod decision;
pub mod download;
pub mod export;
pub mod filters;
pub mod flows;
pub mod lead;
pub mod list;
pub mod memory;
pub mod own;
pub mod promotion;
pub mod quantity;
pub mod score;
pub mod settings;
pub mod sieve;
pub mod visits;
pub mod words;
