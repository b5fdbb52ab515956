//! The dossier: its pages, its content by units of saving, its attachments.

pub mod alerts;
pub mod attachments;
pub mod draw;
pub mod files;
pub mod history;
pub mod overview;
pub mod reading;
pub mod rows;
pub mod saving;
pub mod sections;
pub mod store;
pub mod suspended;
pub mod units;
