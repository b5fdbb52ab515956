//! Trainings of a call (R98-R106): programme and days, enrolment and waiting list, attendance and certificates. Never compulsory,
//! never scored.

pub mod attendance;
pub mod certificate;
pub mod edit;
pub mod enrolling;
pub mod list;
pub mod manage;
pub mod model;
pub mod page;
pub mod people;
pub mod programme;
pub mod recording;
pub mod reminders;
pub mod roster;
pub mod sheet;
pub mod store;
pub mod verify;
pub mod write;
