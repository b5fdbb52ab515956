//! What a territory could exchange: the flows of a dossier read by the engine, its leads, and what people decide of them.

pub mod analysis;
pub mod decision;
pub mod export;
pub mod flows;
pub mod memory;
pub mod quantity;
pub mod settings;
