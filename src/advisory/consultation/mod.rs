//! The consultation of providers (R85, R87): who is asked, what they offer, how offers compare, which one is retained. None of it
//! is read by the administration before the choice, and only the retained offer after.

pub mod choice;
pub mod grid;
pub mod mission;
pub mod page;
pub mod provider;
pub mod store;
