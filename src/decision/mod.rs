//! From the end of the evaluation to the published results: three instances, letters, one act of publication, phase 2.

pub mod chain;
mod forms;
pub mod held;
pub mod instance;
pub mod laureates;
pub mod letters;
pub mod model;
pub mod phase_two;
pub mod publication;
pub mod publish;
pub mod store;
pub mod timeline;
pub mod verify;
pub mod write;
