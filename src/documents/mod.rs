//! Documents that people keep: the dossier, its receipt and its engagement document as PDF, and all of it as a ZIP.

mod annexes;
mod archive;
mod asked;
pub mod docx;
mod dossier;
mod engagement;
mod figures;
pub mod minutes;
mod order;
mod partner;
mod press;
mod receipt;
mod sample;
mod store;
pub mod terms;
pub mod training;
pub mod web;

pub use asked::Asked;
pub use partner::exemplar;
pub use press::{Press, sweep};
pub use sample::Sample;
