//! The honest arithmetic of a call: what its marks say, how surely, and out of what each figure is made.
//!
//! Pure and deterministic: no clock, no network, no database, no chance that is not seeded. A [`call::Call`] goes in, made of
//! marks and stable keys; every result is a plain value that carries its own computation, down to each mark. The same marks
//! give the same figures to the last digit, whatever the order in which rows come, and on any machine.
//!
//! Figures are *kept* as whole numbers of 10⁻¹³ of a point out of 100 ([`score::POINT`]); a page rounds them when it shows them.

pub mod call;
mod exact;
pub mod rank;
pub mod score;
pub mod severity;
pub mod spread;
pub mod what_if;
