//! The actors: their list, and two drawn views of it, influence against interest and circles around the core.

pub mod circles;
pub mod filters;
pub mod grid;
pub mod mark;
mod pages;
mod placing;

pub use pages::show;
pub use placing::place;
