//! The French nomenclature of activities, each code with its version: NAF rév. 2, and NAF 2025 once its list is given.

use std::fmt;
use std::sync::LazyLock;

use super::read::{ReadError, Row, Table};

/// Which NAF a code belongs to. The same code may not mean the same thing in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NafVersion {
    /// In force since 2008.
    Rev2,
    /// In force from 1 January 2027.
    Naf2025,
}

impl NafVersion {
    /// As written in the files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rev2 => "rev2",
            Self::Naf2025 => "2025",
        }
    }
}

impl fmt::Display for NafVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rev2 => "NAF rév.\u{a0}2",
            Self::Naf2025 => "NAF\u{a0}2025",
        })
    }
}

const VERSIONS: [(&str, NafVersion); 2] = [("rev2", NafVersion::Rev2), ("2025", NafVersion::Naf2025)];

/// A section, division, group, class or sub-class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Which NAF.
    pub version: NafVersion,
    /// "C", "10", "10.5", "10.51", "10.51C".
    pub code: String,
    /// Letter of the section of a division, or of a section itself.
    pub section: Option<String>,
    /// In French.
    pub label: String,
    /// 1 section, 2 division, 3 group, 4 class, 5 sub-class.
    pub level: u8,
}

/// Every activity of every version known.
#[derive(Debug, PartialEq, Eq)]
pub struct Activities {
    /// By version, then by code: letters after figures.
    sorted: Vec<Activity>,
}

#[expect(clippy::panic, reason = "shipped with the program: the tests of this module prove that the table reads")]
static SHIPPED: LazyLock<Activities> =
    LazyLock::new(|| Activities::read(Table::Activities.shipped()).unwrap_or_else(|fault| panic!("table livrée illisible : {fault}")));

impl Activities {
    /// The table shipped with the program: NAF rév. 2.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads the table; the first fault is told with its line and column.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let mut sorted = Vec::new();
        for row in Table::Activities.rows(text)? {
            sorted.push((activity(&row)?, row));
        }
        sorted.sort_by(|(a, _), (b, _)| (a.version, &a.code).cmp(&(b.version, &b.code)));
        if let Some(pair) = sorted.windows(2).find(|pair| (pair[0].0.version, &pair[0].0.code) == (pair[1].0.version, &pair[1].0.code)) {
            return Err(pair[1].1.fault("code", format!("« {} » est déjà dans la liste", pair[1].0.code)));
        }
        let list = Self { sorted: sorted.iter().map(|(activity, _)| activity.clone()).collect() };
        let is_lost =
            |activity: &Activity| activity.level == 2 && activity.section.as_ref().is_some_and(|section| list.find(activity.version, section).is_none());
        match sorted.iter().find(|(activity, _)| is_lost(activity)) {
            Some((activity, row)) => {
                Err(row.fault("section", format!("« {} » n’est pas une section de la liste", activity.section.as_deref().unwrap_or_default())))
            }
            None => Ok(list),
        }
    }

    /// An activity of that version.
    pub fn find(&self, version: NafVersion, code: &str) -> Option<&Activity> {
        let at = self.sorted.binary_search_by(|held| (held.version, held.code.as_str()).cmp(&(version, code))).ok()?;
        self.sorted.get(at)
    }

    /// Is the list of that version known?
    pub fn has(&self, version: NafVersion) -> bool {
        self.sorted.iter().any(|held| held.version == version && held.level == 5)
    }

    /// Letter of the section that an activity belongs to, when it is known.
    pub fn section_of(&self, activity: &Activity) -> Option<&str> {
        let division = activity.code.get(..2);
        match division {
            Some(division) => self.find(activity.version, division)?.section.as_deref(),
            None => self.find(activity.version, &activity.code)?.section.as_deref(),
        }
    }

    /// Every activity, version by version, each section before its divisions, and so on down.
    pub fn in_order(&self) -> Vec<&Activity> {
        let mut all: Vec<(&str, &Activity)> = self.sorted.iter().map(|activity| (self.section_of(activity).unwrap_or("~"), activity)).collect();
        all.sort_by_key(|(section, activity)| (activity.version, *section, activity.level > 1, activity.code.as_str()));
        all.into_iter().map(|(_, activity)| activity).collect()
    }
}

fn activity(row: &Row) -> Result<Activity, ReadError> {
    let code = row.required("code")?;
    let level = level(&code).ok_or_else(|| row.fault("code", format!("« {code} » : attendu une lettre, ou 10, 10.5, 10.51, 10.51C")))?;
    let section = match level {
        1 => Some(code.clone()),
        2 => row.given("section"),
        _ => None,
    };
    Ok(Activity { version: row.among("version", &VERSIONS)?, section, label: row.required("label")?, level, code })
}

/// Level of a code by its form.
fn level(code: &str) -> Option<u8> {
    let kinds: String = code
        .chars()
        .map(|c| match c {
            '0'..='9' => '0',
            'A'..='Z' => 'A',
            other => other,
        })
        .collect();
    ["A", "00", "00.0", "00.00", "00.00A"].iter().zip(1_u8..).find(|(form, _)| **form == kinds).map(|(_, level)| level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn naf_rev_2_has_its_five_levels() {
        let list = Activities::shipped();
        let count = |level| list.sorted.iter().filter(|activity| activity.level == level).count();
        assert_eq!([1, 2, 3, 4, 5].map(count), [21, 88, 272, 615, 732]);
        assert!(list.has(NafVersion::Rev2) && !list.has(NafVersion::Naf2025));
        let cheese = list.find(NafVersion::Rev2, "10.51C").expect("known");
        assert_eq!((cheese.label.as_str(), list.section_of(cheese)), ("Fabrication de fromage", Some("C")));
        assert!(list.sorted.iter().all(|activity| list.section_of(activity).is_some()));
    }

    #[test]
    fn each_section_stands_before_its_divisions() {
        let codes: Vec<&str> = Activities::shipped().in_order().iter().map(|activity| activity.code.as_str()).collect();
        assert_eq!(codes[..5], ["A", "01", "01.1", "01.11", "01.11Z"]);
        let at = |code: &str| codes.iter().position(|held| *held == code).expect("held");
        assert!(at("03.22Z") < at("B") && at("B") < at("05") && at("33.20D") < at("D"));
    }

    #[test]
    fn a_fault_says_its_line() {
        let told = |lines: &str| Activities::read(&format!("version,code,section,label\n{lines}")).unwrap_err().to_string();
        assert_eq!(told("rev3,A,,Terre\n"), "activités, ligne 2, colonne « version » : « rev3 » : attendu rev2, 2025");
        assert_eq!(told("2025,A,,Terre\n2025,1,A,Sol\n"), "activités, ligne 3, colonne « code » : « 1 » : attendu une lettre, ou 10, 10.5, 10.51, 10.51C");
        assert_eq!(told("2025,A,,Terre\n2025,01,Z,Sol\n"), "activités, ligne 3, colonne « section » : « Z » n’est pas une section de la liste");
        assert_eq!(told("2025,A,,Terre\n2025,A,,Mer\n"), "activités, ligne 3, colonne « code » : « A » est déjà dans la liste");
    }
}
