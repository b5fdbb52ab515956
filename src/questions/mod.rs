//! Questions to the contacts of a call: asked, answered, published in other words. Nobody but who asked and the managers of the call
//! knows of one that is not published. A question is of no dossier: the threads of `messages` stay those of a dossier.

pub mod own;
pub mod publishing;
pub mod staff;
pub mod store;
mod tell;
pub mod thread;
pub mod verify;
mod write;
