//! What the territories of a call could exchange with each other: leads between dossiers, for the managers, on public flows only.

pub mod export;
pub mod memory;
pub mod model;
pub mod store;
pub mod web;
pub mod weights;
