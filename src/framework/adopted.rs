//! The nomenclatures that what is typed is read with: those shipped, and what experts changed in them since.

use std::sync::{Arc, PoisonError, RwLock};

use trame_synergies::nomenclature::{Activities, NafVersion, Nomenclature, WasteCodeError, WasteList};

/// The tables as experts changed them; those shipped where there is none.
#[derive(Debug, Clone, Default)]
pub struct Adopted {
    /// Types of flow, rules and waste codes.
    pub nomenclature: Option<Arc<Nomenclature>>,
    /// Activities.
    pub activities: Option<Arc<Activities>>,
}

static ADOPTED: RwLock<Adopted> = RwLock::new(Adopted { nomenclature: None, activities: None });

/// From now on, codes and names are also read as these tables have them.
pub fn adopt(tables: Adopted) {
    *ADOPTED.write().unwrap_or_else(PoisonError::into_inner) = tables;
}

fn adopted() -> Adopted {
    ADOPTED.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The first answer of the tables adopted, else of those shipped: an entry withdrawn keeps its name where it was used.
pub fn ask<T>(question: impl Fn(&Nomenclature) -> Option<T>) -> Option<T> {
    adopted().nomenclature.and_then(|tables| question(&tables)).or_else(|| question(Nomenclature::shipped()))
}

/// A waste code as typed, of whatever day: no clock here, and past flows keep their codes.
///
/// # Errors
/// What is wrong with it, a wrong star explained.
pub fn waste_code(text: &str) -> Result<String, WasteCodeError> {
    let shipped = || WasteList::shipped().check_undated(text);
    adopted().nomenclature.map_or_else(shipped, |tables| tables.waste_codes().check_undated(text).or_else(|fault| shipped().map_err(|_| fault)))
}

/// Is that activity in one of the lists?
pub fn has_activity(version: NafVersion, code: &str) -> bool {
    let is_in = |list: &Activities| list.find(version, code).is_some();
    is_in(Activities::shipped()) || adopted().activities.is_some_and(|list| is_in(&list))
}
