//! From words to flow types.

use crate::nomenclature::FlowType;

/// What the words of the types lead to.
#[derive(Debug)]
pub(crate) struct Index;

impl Index {
    pub(crate) fn new(_types: &[FlowType]) -> Self {
        Self
    }
}
