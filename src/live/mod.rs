//! Working together: who is on which page of a dossier, and what a colleague just saved, told to the team as it happens.
//!
//! Every process listens to one channel of Postgres and tells its own streams: any number of processes may serve one
//! database. Notifications carry ids and versions, never a text nor a name.

pub mod ears;
pub mod hub;
pub mod place;
pub mod store;
pub mod web;
