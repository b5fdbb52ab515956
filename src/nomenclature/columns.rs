//! Columns of each list as controls: what they ask for, and how a cell is typed.

use trame_synergies::nomenclature::{Table, UNITS};

use crate::call::form::Spec;

/// How a cell is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// A sentence or more, still one line in the file.
    Long,
    /// Several items, one a line; bars in the file.
    Items,
    /// A number: a comma when typed, a point in the file.
    Number,
    /// A day.
    Day,
    /// One of these.
    Among(&'static [(&'static str, &'static str)]),
}

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// As in the file.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// What to write.
    pub hint: &'static str,
    /// How it is typed.
    pub kind: Kind,
    /// May stay empty.
    pub is_optional: bool,
}

const fn must(name: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Column {
    Column { name, label, hint, kind, is_optional: false }
}

const fn may(name: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Column {
    Column { name, label, hint, kind, is_optional: true }
}

const DOMAINS: Kind = Kind::Among(&[("water", "Eau"), ("energy", "Énergie"), ("material", "Matière"), ("service", "Service")]);
const USES: Kind = Kind::Among(&[("", "Aucun"), ("food", "Alimentation humaine"), ("feed", "Alimentation animale"), ("farming", "Sols et cultures")]);
const UNIT_NAMES: Kind = Kind::Among(&[(UNITS[0], "Tonnes par an"), (UNITS[1], "m³ par an"), (UNITS[2], "MWh par an"), (UNITS[3], "Fréquence")]);
const QUALITIES: Kind = Kind::Among(&[
    ("", "Sans objet"),
    ("6", "6, potable"),
    ("5", "5, adoucie"),
    ("4", "4, industrielle"),
    ("3", "3, pluviale"),
    ("2", "2, brute ou épurée"),
    ("1", "1, usée"),
]);
const TREATMENTS: Kind = Kind::Among(&[("none", "Sans traitement"), ("light", "Traitement léger"), ("process", "Transformation")]);
const DANGERS: Kind = Kind::Among(&[("", "Sans objet (chapitre)"), ("non", "Non dangereux"), ("oui", "Dangereux, avec astérisque")]);
const LEVELS: Kind = Kind::Among(&[("1", "Chapitre"), ("2", "Sous-chapitre"), ("3", "Code")]);
const VERSIONS: Kind = Kind::Among(&[("rev2", "NAF rév. 2"), ("2025", "NAF 2025")]);

const TYPES: [Column; 15] = [
    must("code", "Code", "Lettres et tirets, par exemple palettes-bois. Il ne change plus ensuite.", Kind::Line),
    may("parent", "Famille", "Code de la famille\u{a0}; vide pour une famille.", Kind::Line),
    must("domain", "Domaine", "", DOMAINS),
    must("label", "Intitulé", "", Kind::Line),
    must("unit", "Unité", "", UNIT_NAMES),
    must("half_km", "Distance repère, en km", "L’intérêt d’un échange y est réduit de moitié.", Kind::Number),
    must("pooling_km", "Rayon de mutualisation, en km", "", Kind::Number),
    may("use", "Usage", "Rien de dangereux ne va vers un usage.", USES),
    may("temperature_min", "Température la plus basse, en °C", "", Kind::Number),
    may("temperature_max", "Température la plus haute, en °C", "", Kind::Number),
    may("quality", "Qualité de l’eau", "", QUALITIES),
    may("waste_prefixes", "Codes déchets qui y mènent", "Deux, quatre ou six chiffres, un par ligne.", Kind::Items),
    may("naf_out", "Activités qui le produisent", "Début d’un code NAF rév. 2, un par ligne.", Kind::Items),
    may("naf_in", "Activités qui le recherchent", "Début d’un code NAF rév. 2, un par ligne.", Kind::Items),
    may("synonyms", "Synonymes", "Un par ligne, comme on les dit sur le terrain. Un synonyme mène à un seul type.", Kind::Items),
];

const RULES: [Column; 9] = [
    must("number", "Numéro", "", Kind::Line),
    must("out_type", "Flux sortant", "Code d’un type ou d’une famille.", Kind::Line),
    must("in_type", "Besoin", "Code d’un type ou d’une famille.", Kind::Line),
    must("compat", "Compatibilité", "De 0,40 à 0,95.", Kind::Number),
    must("treatment", "Traitement", "", TREATMENTS),
    may("interface_naf", "Activité d’interface", "Code NAF rév. 2 de l’activité qui ferait le lien.", Kind::Line),
    must("caution", "À vérifier", "Une phrase\u{a0}: statut, sanitaire, autorisation.", Kind::Long),
    must("caution_on", "Date de cette phrase", "", Kind::Day),
    must("source", "Source", "", Kind::Long),
];

const WASTE: [Column; 7] = [
    must("code", "Code", "Deux, quatre ou six chiffres, sans espace ni astérisque.", Kind::Line),
    must("level", "Niveau", "", LEVELS),
    may("hazardous", "Danger", "", DANGERS),
    must("label", "Intitulé", "", Kind::Long),
    may("valid_from", "En vigueur depuis le", "Vide\u{a0}: depuis toujours.", Kind::Day),
    may("valid_to", "En vigueur jusqu’au", "Dernier jour\u{a0}; vide tant qu’elle vaut.", Kind::Day),
    may("note", "Ce qui a changé", "", Kind::Long),
];

const ACTIVITIES: [Column; 4] = [
    must("version", "Version", "", VERSIONS),
    must("code", "Code", "C, 10, 10.5, 10.51 ou 10.51C.", Kind::Line),
    may("section", "Section", "Lettre, pour une division seulement.", Kind::Line),
    must("label", "Intitulé", "", Kind::Line),
];

/// Columns of a list, in the order of its file.
pub fn of(table: Table) -> &'static [Column] {
    match table {
        Table::Types => &TYPES,
        Table::Rules => &RULES,
        Table::Waste => &WASTE,
        Table::Activities => &ACTIVITIES,
    }
}

/// On one line, single spaces; no-break ones stay.
fn one_line(text: &str) -> String {
    text.split([' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Column {
    /// The control of that column.
    pub fn spec(&self) -> Spec {
        let spec = Spec::new(self.name, self.label).hint(self.hint).optional_if(self.is_optional);
        match self.kind {
            Kind::Line => spec.range(0, 200),
            Kind::Number => spec.range(0, 12),
            Kind::Day => spec.range(0, 30),
            Kind::Long => spec.long(1000),
            Kind::Items => spec.long(6000),
            Kind::Among(options) => spec.among(options.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned())).collect()),
        }
    }

    /// A cell of the file, as people type it.
    pub fn typed(&self, cell: &str) -> String {
        match self.kind {
            Kind::Items => cell.replace('|', "\n"),
            Kind::Number => cell.replace('.', ","),
            _ => cell.to_owned(),
        }
    }

    /// What was typed, as a cell of the file.
    pub fn cell(&self, typed: &str) -> String {
        match self.kind {
            Kind::Items => {
                let items = typed.lines().map(one_line).map(|item| item.replace('|', " ")).filter(|item| !item.is_empty());
                items.collect::<Vec<_>>().join("|")
            }
            Kind::Number => one_line(typed).replace(',', "."),
            Kind::Day => crate::kit::moment::read_date(typed).map_or_else(|_| one_line(typed), crate::kit::moment::iso_day),
            _ => one_line(typed),
        }
    }

    /// A cell, as people read it.
    pub fn shown(&self, cell: &str) -> String {
        match self.kind {
            Kind::Among(options) => options.iter().find(|(key, _)| *key == cell).map_or(cell, |(_, label)| label).to_owned(),
            Kind::Items => cell.replace('|', ", "),
            Kind::Day => trame_synergies::nomenclature::day(cell),
            Kind::Number => cell.replace('.', ","),
            Kind::Line | Kind::Long => cell.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_a_file_has_its_control() {
        for table in Table::ALL {
            let names: Vec<&str> = of(table).iter().map(|column| column.name).collect();
            assert_eq!(names, table.columns(), "{table}");
        }
    }

    #[test]
    fn what_is_shown_in_a_control_is_kept_unchanged() {
        for table in Table::ALL {
            for record in table.records(table.shipped()).expect("shipped") {
                for (column, cell) in of(table).iter().zip(&record) {
                    assert_eq!(column.cell(&column.typed(cell)), one_line(cell), "{table} {}", column.name);
                }
            }
        }
    }
}
