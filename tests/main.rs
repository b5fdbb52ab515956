//! Every test of the application, in one program: linking it once is cheaper than thirty times, and no core waits for
//! the slowest test of each file. One file: `cargo test --test main deposit::`.

mod account;
mod architecture;
mod board;
mod comments;
mod contract;
mod copy;
mod decision;
mod deposit;
mod documents;
mod engagement;
mod guide;
mod handover;
mod history;
mod import;
mod late;
mod leads;
mod live;
mod manager;
mod meeting;
mod merge;
mod nomenclature;
mod perimeter;
mod posted;
mod postgres;
mod regional;
mod requirements;
mod review;
mod rights;
mod saving;
mod stakeholders;
mod support;
mod team_rights;
mod territory;
mod workshop;
