//! Small tools that know nothing of dossiers: typed ids, French, value types, the clock, territories.

pub mod clock;
pub mod french;
pub mod geometry;
pub mod ids;
pub mod moment;
pub mod territory;
pub mod values;
pub mod words;
