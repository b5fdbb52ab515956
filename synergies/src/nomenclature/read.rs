//! Reading the tables from their files, each fault told with its line and its column.

mod table;

use std::collections::HashMap;
use std::str::FromStr;

use csv::StringRecord;

use super::{FlowType, Rule, Treatment, TypeId, Usage};
use crate::flow::Domain;
use crate::suggest::fold;

pub use table::Table;

/// Why a table is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table}, ligne {line}, colonne « {column} » : {reason}")]
pub struct ReadError {
    /// Which table.
    pub table: Table,
    /// Line of the file, from 1.
    pub line: u64,
    /// Name of the column.
    pub column: &'static str,
    /// In French.
    pub reason: String,
}

/// One line of a table, its columns known by name.
pub(super) struct Row {
    table: Table,
    line: u64,
    values: StringRecord,
}

impl Row {
    pub(super) fn text(&self, column: &'static str) -> &str {
        let place = self.table.columns().iter().position(|&name| name == column);
        place.and_then(|place| self.values.get(place)).unwrap_or_default().trim()
    }

    pub(super) fn given(&self, column: &'static str) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    pub(super) fn required(&self, column: &'static str) -> Result<String, ReadError> {
        self.given(column).ok_or_else(|| self.fault(column, "valeur obligatoire"))
    }

    pub(super) fn number<T: FromStr>(&self, column: &'static str) -> Result<T, ReadError> {
        let text = self.text(column);
        text.parse().map_err(|_| self.fault(column, format!("« {text} » n’est pas un nombre attendu ici")))
    }

    fn number_given<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, ReadError> {
        if self.text(column).is_empty() { Ok(None) } else { self.number(column).map(Some) }
    }

    /// A number between both, when there is one.
    fn within<T: FromStr + PartialOrd + Copy>(&self, column: &'static str, (least, most): (T, T)) -> Result<Option<T>, ReadError> {
        let number = self.number_given(column)?;
        if number.is_none_or(|number: T| number >= least && number <= most) { Ok(number) } else { Err(self.fault(column, "hors des valeurs admises")) }
    }

    /// A day, "2026-11-09", when there is one.
    pub(super) fn day(&self, column: &'static str) -> Result<Option<String>, ReadError> {
        let day = self.given(column);
        let is_day =
            |text: &String| text.len() == 10 && text.split('-').map(|part| (part.len(), part.parse::<u16>().is_ok())).eq([(4, true), (2, true), (2, true)]);
        if day.as_ref().is_none_or(is_day) {
            Ok(day)
        } else {
            Err(self.fault(column, format!("« {} » : attendu une date, par exemple 2026-11-09", self.text(column))))
        }
    }

    fn list(&self, column: &'static str) -> Vec<String> {
        self.text(column).split('|').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn among<T: Copy>(&self, column: &'static str, words: &[(&str, T)]) -> Result<T, ReadError> {
        let text = self.text(column);
        let expected = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| self.fault(column, format!("« {text} » : attendu {}", expected())))
    }

    pub(super) fn fault(&self, column: &'static str, reason: impl Into<String>) -> ReadError {
        ReadError { table: self.table, line: self.line, column, reason: reason.into() }
    }
}

pub(super) const TYPE_COLUMNS: [&str; 15] = [
    "code",
    "parent",
    "domain",
    "label",
    "unit",
    "half_km",
    "pooling_km",
    "use",
    "temperature_min",
    "temperature_max",
    "quality",
    "waste_prefixes",
    "naf_out",
    "naf_in",
    "synonyms",
];

const DOMAINS: [(&str, Domain); 4] = [("water", Domain::Water), ("energy", Domain::Energy), ("material", Domain::Material), ("service", Domain::Service)];

/// Units of a yearly quantity.
pub const UNITS: [&str; 4] = ["t", "m3", "MWh", "frequency"];

/// No two places of the Earth are farther apart, in kilometres.
const FARTHEST: f64 = 20_100.0;

/// Coldest and hottest, °C.
const HEATS: (f64, f64) = (-273.0, 3000.0);

const USAGES: [(&str, Option<Usage>); 4] = [("", None), ("food", Some(Usage::Food)), ("feed", Some(Usage::Feed)), ("farming", Some(Usage::Farming))];

/// The types, families before the types that name them.
pub(super) fn types(text: &str) -> Result<Vec<FlowType>, ReadError> {
    let mut types: Vec<FlowType> = Vec::new();
    let mut by_code: HashMap<String, TypeId> = HashMap::new();
    let mut prefixes: HashMap<String, String> = HashMap::new();
    let mut synonyms: HashMap<String, String> = HashMap::new();
    for row in Table::Types.rows(text)? {
        let kind = flow_type(&row, &by_code)?;
        let id = u16::try_from(types.len()).ok().filter(|&id| id < 1000).ok_or_else(|| row.fault("code", "plus de 1 000 types"))?;
        if by_code.insert(kind.code.clone(), TypeId(id)).is_some() {
            return Err(row.fault("code", format!("« {} » est déjà défini plus haut", kind.code)));
        }
        if kind.parent.is_some_and(|parent| types[parent.index()].parent.is_some()) {
            return Err(row.fault("parent", "seule une famille peut avoir des types"));
        }
        for synonym in &kind.synonyms {
            if let Some(other) = synonyms.insert(fold(synonym), kind.code.clone()) {
                return Err(row.fault("synonyms", format!("« {synonym} » est déjà un synonyme de « {other} »")));
            }
        }
        for prefix in &kind.waste_prefixes {
            if !matches!(prefix.len(), 2 | 4 | 6) || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(row.fault("waste_prefixes", format!("« {prefix} » : deux, quatre ou six chiffres attendus")));
            }
            if let Some(other) = prefixes.insert(prefix.clone(), kind.code.clone()) {
                return Err(row.fault("waste_prefixes", format!("« {prefix} » mène déjà à « {other} »")));
            }
        }
        types.push(kind);
    }
    Ok(types)
}

fn flow_type(row: &Row, known: &HashMap<String, TypeId>) -> Result<FlowType, ReadError> {
    let positive = |column| {
        row.number(column)
            .and_then(|km: f64| if km > 0.0 && km <= FARTHEST { Ok(km) } else { Err(row.fault(column, "distance positive attendue, en kilomètres")) })
    };
    let unit = row.text("unit");
    if !UNITS.contains(&unit) {
        return Err(row.fault("unit", format!("« {unit} » : attendu {}", UNITS.join(", "))));
    }
    let parent = row.given("parent").map(|code| find(row, "parent", &code, known)).transpose()?;
    Ok(FlowType {
        code: row.required("code")?,
        label: row.required("label")?,
        parent,
        domain: row.among("domain", &DOMAINS)?,
        unit: unit.to_owned(),
        half_km: positive("half_km")?,
        pooling_km: positive("pooling_km")?,
        usage: row.among("use", &USAGES)?,
        temperature: (row.within("temperature_min", HEATS)?, row.within("temperature_max", HEATS)?),
        quality: row.within("quality", (1, 6))?,
        waste_prefixes: row.list("waste_prefixes"),
        naf_out: row.list("naf_out"),
        naf_in: row.list("naf_in"),
        synonyms: row.list("synonyms"),
        is_hazardous: false,
    })
}

fn find(row: &Row, column: &'static str, code: &str, known: &HashMap<String, TypeId>) -> Result<TypeId, ReadError> {
    known.get(code).copied().ok_or_else(|| row.fault(column, format!("« {code} » n’est pas un type connu")))
}

pub(super) const RULE_COLUMNS: [&str; 9] = ["number", "out_type", "in_type", "compat", "treatment", "interface_naf", "caution", "caution_on", "source"];

/// Lowest and highest compatibility of a rule.
pub const COMPAT: (f64, f64) = (0.40, 0.95);

const TREATMENTS: [(&str, Treatment); 3] = [("none", Treatment::None), ("light", Treatment::Light), ("process", Treatment::Process)];

/// The rules, numbered in order, between known types.
pub(super) fn rules(text: &str, known: &HashMap<String, TypeId>) -> Result<Vec<Rule>, ReadError> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut pairs: HashMap<(TypeId, TypeId), u16> = HashMap::new();
    for row in Table::Rules.rows(text)? {
        let rule = rule(&row, known)?;
        if rules.last().is_some_and(|last| last.number >= rule.number) {
            return Err(row.fault("number", "les numéros doivent croître"));
        }
        if let Some(other) = pairs.insert((rule.out, rule.r#in), rule.number) {
            return Err(row.fault("in_type", format!("même sortie et même besoin que la règle {other}")));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn rule(row: &Row, known: &HashMap<String, TypeId>) -> Result<Rule, ReadError> {
    let compat = row.number("compat")?;
    if !(COMPAT.0..=COMPAT.1).contains(&compat) {
        return Err(row.fault("compat", "entre 0,40 et 0,95"));
    }
    Ok(Rule {
        number: row.number("number")?,
        out: find(row, "out_type", row.text("out_type"), known)?,
        r#in: find(row, "in_type", row.text("in_type"), known)?,
        compat,
        treatment: row.among("treatment", &TREATMENTS)?,
        interface_naf: row.given("interface_naf"),
        caution: row.required("caution")?,
        caution_on: row.day("caution_on")?.ok_or_else(|| row.fault("caution_on", "valeur obligatoire"))?,
        source: row.required("source")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(lines: &str) -> String {
        types(&format!("{}\n{lines}", TYPE_COLUMNS.join(","))).unwrap_err().to_string()
    }

    #[test]
    fn a_fault_is_told_with_its_line_and_column() {
        let family = "bois,,material,Bois,t,40,20,,,,,,,,\n";
        assert_eq!(
            refused("bois,,materiau,Bois,t,40,20,,,,,,,,\n"),
            "types de flux, ligne 2, colonne « domain » : « materiau » : attendu water, energy, material, service"
        );
        assert_eq!(
            refused(&format!("{family}s,bois,material,S,t,loin,20,,,,,,,,\n")),
            "types de flux, ligne 3, colonne « half_km » : « loin » n’est pas un nombre attendu ici"
        );
        assert_eq!(refused(&format!("{family}{family}")), "types de flux, ligne 3, colonne « code » : « bois » est déjà défini plus haut");
        assert_eq!(refused("s,pin,material,S,t,4,20,,,,,,,,\n"), "types de flux, ligne 2, colonne « parent » : « pin » n’est pas un type connu");
        assert_eq!(refused("bois,,material\n"), "types de flux, ligne 2, colonne « code » : la ligne n’a pas 15 colonnes ou n’est pas en UTF-8");
    }
}
