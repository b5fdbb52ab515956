//! The engine's tables: flow types with their synonyms, waste codes that lead to them.

/// Index of a flow type in its [`Nomenclature`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u16);
