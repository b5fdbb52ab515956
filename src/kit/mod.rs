//! Small tools that know nothing of dossiers: typed ids, French, value types, the clock, territories, comparing and merging texts, words and discs of a drawing.

pub mod clock;
pub mod diff;
pub mod discs;
pub mod french;
pub mod geometry;
pub mod ids;
pub mod lettering;
pub mod merge;
pub mod moment;
pub mod territory;
pub mod values;
pub mod words;
