//! The European waste list: its entries over time, and codes as people type them.

use super::read::{ReadError, rows};

/// A chapter, a sub-chapter or a code of the European waste list, over one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasteEntry {
    /// Two, four or six digits.
    pub code: String,
    /// 1 chapter, 2 sub-chapter, 3 code.
    pub level: u8,
    /// Starred in the list.
    pub is_hazardous: bool,
    /// In French.
    pub label: String,
    /// First ISO day.
    pub valid_from: Option<String>,
    /// Last ISO day.
    pub valid_to: Option<String>,
    /// What changed.
    pub note: Option<String>,
}

impl WasteEntry {
    /// Whether the entry stands on an ISO day.
    pub fn stands(&self, on: &str) -> bool {
        self.valid_from.as_deref().is_none_or(|from| from <= on) && self.valid_to.as_deref().is_none_or(|to| on <= to)
    }

    /// "13 02 05*".
    pub fn shown(&self) -> String {
        format!("{}{}", spaced(&self.code), if self.is_hazardous { "*" } else { "" })
    }
}

/// Six digits, and whether a star followed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedWasteCode {
    /// Six digits.
    pub code: String,
    /// Typed with a star.
    pub is_starred: bool,
}

/// Why a waste code is refused, a French sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WasteCodeError {
    /// Not six digits.
    #[error("« {0} » n’est pas un code déchet : six chiffres attendus, par exemple 13 02 05*.")]
    Form(String),
    /// In no version of the list.
    #[error("Le code {} n’existe pas dans la liste européenne des déchets.", spaced(.0))]
    Unknown(String),
    /// In the list, another day.
    #[error("Le code {} {}.{}", spaced(.code), .when, .note)]
    NotStanding {
        /// Six digits.
        code: String,
        /// Since or until when.
        when: String,
        /// What changed.
        note: String,
    },
    /// A star on an entry that has none.
    #[error("Le code {} ({}) désigne un déchet non dangereux : il s’écrit sans astérisque. Si le déchet est dangereux, choisissez l’entrée marquée d’un astérisque.", spaced(.0), .1)]
    WrongStar(String, String),
}

impl WasteCodeError {
    pub(super) fn not_standing(entry: &WasteEntry) -> Self {
        let when = match (&entry.valid_to, &entry.valid_from) {
            (Some(to), _) => format!("n’existe plus depuis le {}", day(to)),
            (None, Some(from)) => format!("n’entre en vigueur que le {}", day(from)),
            (None, None) => "n’est pas en vigueur à cette date".to_owned(),
        };
        let note = entry.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
        Self::NotStanding { code: entry.code.clone(), when, note }
    }
}

fn day(iso: &str) -> String {
    iso.rsplit('-').collect::<Vec<_>>().join("/")
}

fn spaced(code: &str) -> String {
    code.as_bytes().chunks(2).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

/// Reads `130205`, `13 02 05`, `13.02.05*`.
pub fn read_waste_code(text: &str) -> Result<TypedWasteCode, WasteCodeError> {
    let refused = || WasteCodeError::Form(text.trim().to_owned());
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    let (code, is_starred) = compact.strip_suffix('*').map_or((compact.as_str(), false), |code| (code, true));
    if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) { Ok(TypedWasteCode { code: code.to_owned(), is_starred }) } else { Err(refused()) }
}

const COLUMNS: [&str; 7] = ["code", "level", "hazardous", "label", "valid_from", "valid_to", "note"];

/// The list, sorted by code then by date.
pub(super) fn read_entries(text: &str) -> Result<Vec<WasteEntry>, ReadError> {
    let mut entries = Vec::new();
    for row in rows("liste des déchets", &COLUMNS, text)? {
        let code = row.required("code")?;
        let level: u8 = row.number("level")?;
        if code.len() != usize::from(level) * 2 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(row.fault("code", format!("« {code} » n’a pas {} chiffres", u32::from(level) * 2)));
        }
        entries.push(WasteEntry {
            code,
            level,
            is_hazardous: row.among("hazardous", &[("", false), ("non", false), ("oui", true)])?,
            label: row.required("label")?,
            valid_from: row.given("valid_from"),
            valid_to: row.given("valid_to"),
            note: row.given("note"),
        });
    }
    entries.sort_by(|a, b| (&a.code, &a.valid_from).cmp(&(&b.code, &b.valid_from)));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::super::Nomenclature;
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for (text, code, is_starred) in
            [("130205", "130205", false), (" 13 02 05 ", "130205", false), ("13.02.05*", "130205", true), ("13 02 05 *", "130205", true)]
        {
            assert_eq!(read_waste_code(text), Ok(TypedWasteCode { code: code.to_owned(), is_starred }));
        }
        for text in ["", "1302", "13 02 05 1", "bois", "*130205", "13 02 O5"] {
            assert!(read_waste_code(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_star_and_an_ended_code_are_explained() {
        let tables = Nomenclature::shipped();
        assert_eq!(tables.check_waste_code("130205", "2026-11-25").map(WasteEntry::shown), Ok("13 02 05*".to_owned()));
        let told = tables.check_waste_code("15 01 03*", "2026-11-25").unwrap_err().to_string();
        assert!(told.contains("sans astérisque"), "{told}");
        let told = tables.check_waste_code("200133", "2026-11-25").unwrap_err().to_string();
        assert!(told.starts_with("Le code 20 01 33 n’existe plus depuis le 08/11/2026."), "{told}");
        assert!(tables.check_waste_code("200133*", "2026-11-08").is_ok());
        let told = tables.check_waste_code("424242", "2026-11-25").unwrap_err().to_string();
        assert_eq!(told, "Le code 42 42 42 n’existe pas dans la liste européenne des déchets.");
    }

    #[test]
    fn alkaline_batteries_became_hazardous() {
        let tables = Nomenclature::shipped();
        let is_hazardous = |on| tables.waste("160604", on).map(|entry| entry.is_hazardous);
        assert_eq!((is_hazardous("2026-11-08"), is_hazardous("2026-11-09")), (Some(false), Some(true)));
    }
}
