//! Trame: dossiers of industrial ecology, written by carriers, scored by reviewers, followed by a committee.
//!
//! Dependencies go one way: kit → framework → access → features (model, store, web) → routes → app.

pub mod access;
pub mod account;
pub mod advisory;
pub mod app;
pub mod assets;
pub mod board;
pub mod calendar;
pub mod call;
pub mod check;
pub mod cli;
pub mod decision;
pub mod demo;
pub mod documents;
pub mod engagement;
pub mod error;
pub mod framework;
pub mod input;
pub mod instruction;
pub mod journal;
pub mod kit;
pub mod leads;
pub mod lessons;
pub mod live;
pub mod mail;
pub mod meeting;
pub mod messages;
pub mod network;
pub mod nomenclature;
pub mod page;
pub mod postgres;
pub mod project;
pub mod public;
pub mod questions;
pub mod regional;
pub mod review;
pub mod routes;
pub mod submission;
pub mod subsidy;
pub mod suspended;
pub mod territory;
pub mod training;
pub mod workshop;

/// Migrations of the database, forward only.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
