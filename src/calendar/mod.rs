//! The calendar of a call: bounds, trainings, meetings, as a page, as files and as feeds that programs follow. Who reads decides
//! what is in it, at the moment of reading.

pub mod event;
pub mod feed;
pub mod file;
pub mod months;
pub mod page;
pub mod store;
