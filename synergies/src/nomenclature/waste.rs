//! The European waste list: its entries over time, and codes as people type them.

use std::sync::{Arc, LazyLock};

use super::read::{ReadError, Row, Table};

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
            (Some(to), _) => format!("n’existe plus\u{a0}: il valait jusqu’au {}", day(to)),
            (None, Some(from)) => format!("n’entre en vigueur que le {}", day(from)),
            (None, None) => "n’est pas en vigueur à cette date".to_owned(),
        };
        let note = entry.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
        Self::NotStanding { code: entry.code.clone(), when, note }
    }
}

const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

/// "9 novembre 2026", from an ISO day; any other text comes back as it is.
pub fn day(iso: &str) -> String {
    let parts: Vec<usize> = iso.split('-').filter_map(|part| part.parse().ok()).collect();
    match parts[..] {
        [year, month @ 1..=12, day] => format!("{day}{}\u{a0}{} {year}", if day == 1 { "er" } else { "" }, MONTHS[month - 1]),
        _ => iso.to_owned(),
    }
}

/// "13 02 05".
pub fn spaced(code: &str) -> String {
    code.as_bytes().chunks(2).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

/// Reads `130205`, `13 02 05`, `13.02.05*`.
pub fn read_waste_code(text: &str) -> Result<TypedWasteCode, WasteCodeError> {
    let refused = || WasteCodeError::Form(text.trim().to_owned());
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    let (code, is_starred) = compact.strip_suffix('*').map_or((compact.as_str(), false), |code| (code, true));
    if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) { Ok(TypedWasteCode { code: code.to_owned(), is_starred }) } else { Err(refused()) }
}

pub(super) const COLUMNS: [&str; 7] = ["code", "level", "hazardous", "label", "valid_from", "valid_to", "note"];

/// The whole list: every version of every entry, by code then by date.
#[derive(Debug, PartialEq, Eq)]
pub struct WasteList {
    entries: Vec<WasteEntry>,
}

#[expect(clippy::panic, reason = "shipped with the program: the tests of this module prove that the table reads")]
static SHIPPED: LazyLock<Arc<WasteList>> =
    LazyLock::new(|| Arc::new(WasteList::read(Table::Waste.shipped()).unwrap_or_else(|fault| panic!("table livrée illisible : {fault}"))));

impl WasteList {
    /// The list shipped with the program.
    pub fn shipped() -> &'static Arc<Self> {
        &SHIPPED
    }

    /// Reads the list; the first fault is told with its line and column.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let mut read = Table::Waste.rows(text)?.into_iter().map(|row| entry(&row).map(|entry| (entry, row))).collect::<Result<Vec<_>, _>>()?;
        read.sort_by(|(a, _), (b, _)| (&a.code, &a.valid_from).cmp(&(&b.code, &b.valid_from)));
        for pair in read.windows(2).filter(|pair| pair[0].0.code == pair[1].0.code) {
            let follows = pair[0].0.valid_to.is_some() && pair[0].0.valid_to < pair[1].0.valid_from;
            if !follows {
                return Err(pair[1].1.fault("valid_from", format!("deux entrées {} valent le même jour", spaced(&pair[1].0.code))));
            }
        }
        let list = Self { entries: read.iter().map(|(entry, _)| entry.clone()).collect() };
        let is_lost = |entry: &WasteEntry| entry.level > 1 && list.versions(&entry.code[..entry.code.len() - 2]).is_empty();
        match read.iter().find(|(entry, _)| is_lost(entry)) {
            Some((_, row)) => Err(row.fault("code", "son chapitre ou son sous-chapitre n’est pas dans la liste")),
            None => Ok(list),
        }
    }

    /// Every version of every entry.
    pub fn entries(&self) -> &[WasteEntry] {
        &self.entries
    }

    /// Every version of an entry, two, four or six digits, the oldest first.
    pub fn versions(&self, code: &str) -> &[WasteEntry] {
        let first = self.entries.partition_point(|entry| entry.code.as_str() < code);
        let last = self.entries.partition_point(|entry| entry.code.as_str() <= code);
        &self.entries[first..last]
    }

    /// The entry as it stands on an ISO day.
    pub fn find(&self, code: &str, on: &str) -> Option<&WasteEntry> {
        self.versions(code).iter().find(|entry| entry.stands(on))
    }

    /// A waste code as typed, found in the list of that day; a wrong star is explained.
    pub fn check(&self, text: &str, on: &str) -> Result<&WasteEntry, WasteCodeError> {
        let typed = read_waste_code(text)?;
        let Some(entry) = self.find(&typed.code, on) else {
            let known = self.versions(&typed.code).last();
            return Err(known.map_or(WasteCodeError::Unknown(typed.code), WasteCodeError::not_standing));
        };
        if typed.is_starred && !entry.is_hazardous { Err(WasteCodeError::WrongStar(entry.code.clone(), entry.label.clone())) } else { Ok(entry) }
    }

    /// A waste code as typed, found on whatever day: what was written of a past year stays readable. The star that the list
    /// gives comes with it, unless it changed with time and none was typed.
    pub fn check_undated(&self, text: &str) -> Result<String, WasteCodeError> {
        let typed = read_waste_code(text)?;
        let versions = self.versions(&typed.code);
        let Some(last) = versions.last() else { return Err(WasteCodeError::Unknown(typed.code)) };
        let starred = versions.iter().filter(|entry| entry.is_hazardous).count();
        match (typed.is_starred, starred) {
            (true, 0) => Err(WasteCodeError::WrongStar(last.code.clone(), last.label.clone())),
            (is_starred, starred) if is_starred || starred == versions.len() => Ok(format!("{}*", spaced(&last.code))),
            _ => Ok(spaced(&last.code)),
        }
    }
}

fn entry(row: &Row) -> Result<WasteEntry, ReadError> {
    let code = row.required("code")?;
    let level: u8 = row.number("level")?;
    if !(1..=3).contains(&level) || code.len() != usize::from(level) * 2 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(row.fault("code", format!("« {code} » n’a pas {} chiffres", u32::from(level) * 2)));
    }
    let (valid_from, valid_to) = (row.day("valid_from")?, row.day("valid_to")?);
    if valid_from.as_ref().zip(valid_to.as_ref()).is_some_and(|(from, to)| from > to) {
        return Err(row.fault("valid_to", "une entrée ne finit pas avant d’avoir commencé"));
    }
    Ok(WasteEntry {
        code,
        level,
        is_hazardous: row.among("hazardous", &[("", false), ("non", false), ("oui", true)])?,
        label: row.required("label")?,
        valid_from,
        valid_to,
        note: row.given("note"),
    })
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
        assert!(told.starts_with("Le code 20 01 33 n’existe plus\u{a0}: il valait jusqu’au 8\u{a0}novembre 2026."), "{told}");
        assert!(tables.check_waste_code("200133*", "2026-11-08").is_ok());
        let told = tables.check_waste_code("424242", "2026-11-25").unwrap_err().to_string();
        assert_eq!(told, "Le code 42 42 42 n’existe pas dans la liste européenne des déchets.");
    }

    #[test]
    fn without_a_day_every_version_counts() {
        let list = WasteList::shipped();
        for (typed, kept) in [
            ("130205", "13 02 05*"),
            ("13.02.05*", "13 02 05*"),
            ("150101", "15 01 01"),
            ("160604", "16 06 04"),
            ("16 06 04*", "16 06 04*"),
            ("200133", "20 01 33*"),
        ] {
            assert_eq!(list.check_undated(typed).as_deref(), Ok(kept));
        }
        assert!(list.check_undated("15 01 01*").unwrap_err().to_string().contains("sans astérisque"));
        assert!(list.check_undated("424242").is_err());
    }

    #[test]
    fn two_versions_of_an_entry_follow_each_other() {
        let told =
            |lines: &str| WasteList::read(&format!("code,level,hazardous,label,valid_from,valid_to,note\n01,1,,Mines,,,\n{lines}")).unwrap_err().to_string();
        assert!(told("02,1,,Terre,,,\n02,1,,Terre,2026-01-01,,\n").ends_with("deux entrées 02 valent le même jour"));
        assert!(told("0201,2,,Terre,,,\n").contains("chapitre"));
        assert!(told("02,1,,Terre,le 3,,\n").contains("attendu une date"));
    }

    #[test]
    fn alkaline_batteries_became_hazardous() {
        let tables = Nomenclature::shipped();
        let is_hazardous = |on| tables.waste("160604", on).map(|entry| entry.is_hazardous);
        assert_eq!((is_hazardous("2026-11-08"), is_hazardous("2026-11-09")), (Some(false), Some(true)));
    }
}
