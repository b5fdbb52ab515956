//! The dossier: its pages, its content by units of saving, its attachments.

pub mod attachments;
pub mod draw;
pub mod exchange;
pub mod files;
pub mod overview;
pub mod reading;
pub mod rows;
pub mod saving;
pub mod sections;
pub mod stakeholders;
pub mod store;
pub mod suspended;
pub mod units;
