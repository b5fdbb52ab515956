//! Meetings of a call's technical committee: agenda, presence, live session, minutes, next steps (R119, R126-R129).

pub mod agenda;
pub mod lines;
pub mod live;
pub mod minutes;
pub mod model;
pub mod moving;
pub mod order;
pub mod record;
pub mod reminders;
pub mod room;
pub mod session;
pub mod steps;
pub mod store;
pub mod stream;
pub mod summons;
pub mod tasks;
pub mod web;
pub mod write;
