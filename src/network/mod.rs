//! « Réseau des acteurs de l’EIT » (R105): who of a call's carriers chose to appear, and what they show to the others of the call.

pub mod store;
pub mod web;
