//! The optional assistance of a consultant (AMO, R7-R9 and R82-R87): terms of reference drawn from the trame and from where the
//! dossier stands, providers asked, offers compared, one retained, who joins the team until a date.

pub mod consultation;
pub mod export;
pub mod files;
mod frame;
pub mod model;
pub mod page;
pub mod sections;
pub mod store;
mod verify;
pub mod versions;

pub use frame::{frame, layout};
pub use verify::verify;
