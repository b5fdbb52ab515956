//! From words to flow types.
