//! The documents that people keep, typeset in-process: the dossier, the receipt of a deposit, the engagement document, minutes,
//! attendance sheets and certificates.
//!
//! What people wrote goes in as values of a JSON file, never as source; the templates can read nothing but that file
//! and the drawings that come with it. What comes out is PDF/UA-1 and PDF/A-2a, or an error: never a document that
//! misses something without saying so.

mod model;
mod text;
mod typeset;
mod world;

pub use model::{
    Annex, Block, Cell, Certificate, Column, Deliverable, Dossier, Drawing, Engagement, Fact, Figure, Item, Layout, Minutes, Receipt, Said, Section, Sheet,
    SheetDay, Table, Terms,
};
pub use typeset::{Fault, Moment, Pdf, Source, edition, render};
pub use world::{Face, width};
