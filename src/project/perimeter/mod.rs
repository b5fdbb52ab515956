//! The perimeter: communes and EPCI chosen by search or on a map, the figures computed from them, the authorities and
//! their powers. Its rows are those of question 1; they are written by the one mechanism of the dossier.

pub mod authorities;
pub mod change;
pub mod figures;
pub mod import;
pub mod map;
pub mod names;
pub mod store;
mod view;
pub mod web;
pub mod zone;
