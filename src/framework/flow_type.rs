//! Types of flow, as a person names them.

use trame_synergies::nomenclature::Nomenclature;

use super::adopted::ask;
use crate::kit::french::{Sentence, fold};

/// Reads a type by its code, or by its name whatever its case and accents; returns its code.
///
/// # Errors
/// A French sentence: no type of that name.
pub fn read(typed: &str) -> Result<String, String> {
    let wanted = fold(typed.trim());
    let code = |tables: &Nomenclature| {
        let by_code = tables.types().iter().find(|kind| fold(&kind.code) == wanted);
        let by_label = || tables.types().iter().find(|kind| !kind.is_family() && plain(&kind.label) == plain(typed));
        by_code.or_else(by_label).map(|kind| kind.code.clone())
    };
    ask(code).ok_or_else(|| Sentence::asked("Choisir un type de la nomenclature, ou laisser vide pour suivre la proposition", typed).to_string())
}

/// Name of a type; the code itself when the nomenclature no longer has it.
pub fn label(code: &str) -> String {
    ask(|tables| tables.find(code).map(|id| tables.get(id).label.replace('\'', "’"))).unwrap_or_else(|| code.to_owned())
}

/// Letters and digits alone: an apostrophe is typed in two ways.
fn plain(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_by_its_code_or_its_name() {
        for typed in ["eau-potable", "Eau potable", " EAU POTABLE "] {
            assert_eq!(read(typed).as_deref(), Ok("eau-potable"), "{typed}");
        }
        assert!(read("Eau de vie de contrebande").is_err_and(|sentence| sentence.contains("Eau de vie de contrebande")));
        assert_eq!(label("eau-potable"), "Eau potable");
        assert_eq!(label("parti"), "parti");
    }

    #[test]
    fn every_name_leads_back_to_its_type() {
        for kind in Nomenclature::shipped().types().iter().filter(|kind| !kind.is_family()) {
            assert_eq!(read(&label(&kind.code)).as_deref(), Ok(kind.code.as_str()));
        }
    }
}
