//! The communes of France, read once from the table shipped in `data/` (INSEE, DGCL: Licence Ouverte 2.0).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::french::fold;

/// A commune as the public tables give it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commune {
    /// INSEE code, five characters.
    pub code: &'static str,
    /// Official name.
    pub name: &'static str,
    /// Code of its département.
    pub department: &'static str,
    /// Inhabitants, when published.
    pub population: Option<u32>,
    /// First postcode.
    pub postcode: &'static str,
}

static COMMUNES: LazyLock<Vec<Commune>> = LazyLock::new(|| {
    let mut communes: Vec<Commune> = include_str!("../../data/communes.csv").lines().skip(1).filter_map(read_line).collect();
    communes.sort_unstable_by_key(|commune| commune.code);
    communes
});

static BY_NAME: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, commune) in COMMUNES.iter().enumerate() {
        names.entry(key(commune.name)).or_default().push(index);
    }
    names
});

fn read_line(line: &'static str) -> Option<Commune> {
    let (code, rest) = line.split_once(',')?;
    // The name is the only column that may hold a comma, and is then quoted.
    let (name, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\",")?,
        None => rest.split_once(',')?,
    };
    let mut columns = rest.split(',');
    let department = columns.next()?;
    let (_region, _epci) = (columns.next()?, columns.next()?);
    let population = columns.next()?.parse().ok();
    Some(Commune { code, name, department, population, postcode: columns.next()? })
}

fn key(name: &str) -> String {
    fold(name).replace(['-', '\'', '’'], " ").replace("saint ", "st ").replace("sainte ", "ste ")
}

/// The commune of that INSEE code.
pub fn commune(code: &str) -> Option<Commune> {
    COMMUNES.binary_search_by_key(&code, |commune| commune.code).ok().map(|index| COMMUNES[index])
}

/// Name of a commune for a sentence: "Cognac (16)", or the bare code when it is unknown.
pub fn label(code: &str) -> String {
    commune(code).map_or_else(|| code.to_owned(), |commune| format!("{} ({})", commune.name, commune.department))
}

/// Reads what a person typed: an INSEE code, a name, or a name with its département, "Cognac (16)".
///
/// # Errors
/// A French sentence: unknown, or several communes of that name with what to type instead.
pub fn read(typed: &str) -> Result<Commune, String> {
    let typed = typed.trim();
    if let Some(found) = commune(&typed.to_uppercase()) {
        return Ok(found);
    }
    let (name, department) = match typed.split_once('(') {
        Some((name, rest)) => (name.trim(), Some(rest.trim_end_matches([')', ' ']).to_uppercase())),
        None => (typed, None),
    };
    let found: Vec<Commune> = BY_NAME
        .get(&key(name))
        .into_iter()
        .flatten()
        .map(|&index| COMMUNES[index])
        .filter(|commune| department.as_deref().is_none_or(|wanted| commune.department == wanted))
        .collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(format!("Aucune commune de ce nom. Écrire son nom ou son code INSEE, par exemple Cognac ou 16102. Vous avez écrit «\u{a0}{typed}\u{a0}».")),
        [first, ..] => Err(format!("{} communes portent ce nom. Préciser le département, par exemple {} ({}).", found.len(), first.name, first.department)),
    }
}

/// Name of one of the four départements of the former region Poitou-Charentes, or the code itself.
pub fn department_name(code: &str) -> &str {
    match code {
        "16" => "Charente",
        "17" => "Charente-Maritime",
        "79" => "Deux-Sèvres",
        "86" => "Vienne",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commune_is_found_by_code_name_or_name_and_department() {
        let cognac = commune("16102").expect("Cognac");
        assert_eq!(cognac.name, "Cognac");
        for typed in ["16102", "cognac", " COGNAC ", "Cognac (16)"] {
            assert_eq!(read(typed).map(|found| found.code), Ok("16102"), "{typed}");
        }
        assert_eq!(read("saint jean d'angély").map(|found| found.code), Ok("17347"));
    }

    #[test]
    fn an_ambiguous_or_unknown_name_says_what_to_type() {
        assert!(read("Sainte-Colombe").is_err_and(|sentence| sentence.contains("Préciser le département")));
        assert!(read("Nulle-Part-sur-Rien").is_err_and(|sentence| sentence.contains("code INSEE")));
        assert!(read("").is_err());
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(COMMUNES.len(), include_str!("../../data/communes.csv").lines().count() - 1);
    }
}
