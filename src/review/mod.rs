//! Reviews: one's own grid beside the deposit, delivery, recusal, others' reviews, and the scores made of them.

mod alerts;
mod counts;
pub mod declaration;
pub mod deliver;
mod draw;
mod evidence;
pub mod expertise;
mod given;
pub mod grid;
pub mod list;
pub mod others;
pub mod own;
pub mod pages;
mod quote;
pub mod recusal;
pub mod score;
pub mod store;
mod tab;
pub mod verify;
pub mod wish;
