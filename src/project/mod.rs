//! The dossier: its pages, its content by units of saving, its attachments.

pub mod alerts;
pub mod attachments;
pub mod comments;
pub mod draw;
pub mod exchange;
pub mod files;
pub mod finished;
pub mod gathered;
pub mod guide;
pub mod history;
pub mod order;
pub mod overview;
pub mod perimeter;
pub mod reading;
mod refused;
pub mod related;
pub mod rows;
pub mod saving;
pub mod sections;
pub mod stakeholders;
pub mod store;
pub mod suspended;
pub mod together;
pub mod traceability;
pub mod units;
pub mod views;
