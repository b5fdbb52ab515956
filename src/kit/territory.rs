//! The communes of France, read once from the table shipped in `data/` (INSEE, DGCL: Licence Ouverte 2.0).

pub mod divisions;
pub mod epci;
mod names;
pub mod outlines;
pub mod search;

use std::sync::LazyLock;

use names::Names;

pub use divisions::{department_name, region_name};

/// A commune as the public tables give it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commune {
    /// INSEE code, five characters.
    pub code: &'static str,
    /// Official name.
    pub name: &'static str,
    /// Code of its département.
    pub department: &'static str,
    /// Code of its région.
    pub region: &'static str,
    /// SIREN of its EPCI; four islands have none.
    pub epci: &'static str,
    /// Inhabitants, when published.
    pub population: Option<u32>,
    /// First postcode.
    pub postcode: &'static str,
    /// Town hall in ten-thousandths of a degree, longitude then latitude, when known.
    pub town_hall: Option<(i32, i32)>,
}

impl Commune {
    /// Where to draw it: its town hall, or the middle of its outline when the public directory places the former
    /// elsewhere (27 communes of the four départements shipped) or nowhere.
    pub fn position(&self) -> Option<(i32, i32)> {
        let bounds = outlines::shipped(self.code).map(|outline| outline.bounds());
        match (bounds, self.town_hall) {
            (Some(bounds), Some(hall)) if bounds.wider(1).holds(hall) => Some(hall),
            (Some(bounds), _) => Some(bounds.middle()),
            (None, hall) => hall,
        }
    }
}

/// Lines of the table in the order of their codes, each read when it is asked: the whole of it, read, would weigh on
/// every process.
static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut lines: Vec<&'static str> = include_str!("../../data/communes.csv").lines().skip(1).collect();
    lines.sort_unstable_by_key(|line| code_of(line));
    lines
});

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(LINES.iter().map(|line| read_line(line).map_or("", |commune| commune.name))));

fn code_of(line: &str) -> &str {
    line.split_once(',').map_or(line, |(code, _)| code)
}

fn read_line(line: &'static str) -> Option<Commune> {
    let (code, rest) = line.split_once(',')?;
    // The name is the only column that may hold a comma, and is then quoted.
    let (name, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\",")?,
        None => rest.split_once(',')?,
    };
    let mut columns = rest.split(',');
    let (department, region, epci) = (columns.next()?, columns.next()?, columns.next()?);
    let population = columns.next()?.parse().ok();
    let postcode = columns.next()?;
    let (latitude, longitude) = (columns.next().and_then(ten_thousandths), columns.next().and_then(ten_thousandths));
    Some(Commune { code, name, department, region, epci, population, postcode, town_hall: longitude.zip(latitude) })
}

/// "-0.2188" as -2188.
fn ten_thousandths(text: &str) -> Option<i32> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction: String = fraction.chars().chain("0000".chars()).take(4).collect();
    Some(sign * (whole.parse::<i32>().ok()? * 10_000 + fraction.parse::<i32>().ok()?))
}

fn at(index: usize) -> Option<Commune> {
    read_line(LINES.get(index)?)
}

/// The commune of that INSEE code.
pub fn commune(code: &str) -> Option<Commune> {
    let index = LINES.binary_search_by_key(&code, |line| code_of(line)).ok()?;
    at(index)
}

/// Communes of a département, in the order of their codes: a département's code begins those of its communes.
pub fn of_department(department: &str) -> impl Iterator<Item = Commune> {
    let start = LINES.partition_point(|line| code_of(line) < department);
    LINES[start..]
        .iter()
        .take_while(move |line| line.starts_with(department))
        .filter_map(|line| read_line(line))
        .filter(move |commune| commune.department == department)
}

/// Communes that are placed in that box.
pub fn within(bounds: &super::geometry::Bounds) -> Vec<Commune> {
    static HALLS: LazyLock<Vec<(i32, i32)>> =
        LazyLock::new(|| LINES.iter().map(|line| read_line(line).and_then(|commune| commune.position()).unwrap_or((i32::MAX, i32::MAX))).collect());
    HALLS.iter().enumerate().filter(|(_, hall)| bounds.holds(**hall)).filter_map(|(index, _)| at(index)).collect()
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
    let found: Vec<Commune> =
        NAMES.equal_to(name).filter_map(at).filter(|commune| department.as_deref().is_none_or(|wanted| commune.department == wanted)).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(format!("Aucune commune de ce nom. Écrire son nom ou son code INSEE, par exemple Cognac ou 16102. Vous avez écrit «\u{a0}{typed}\u{a0}».")),
        [first, ..] => Err(format!("{} communes portent ce nom. Préciser le département, par exemple {} ({}).", found.len(), first.name, first.department)),
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
        assert_eq!(read("St-Jean-d’Angély").map(|found| found.code), Ok("17347"));
    }

    #[test]
    fn a_commune_knows_where_it_is() {
        let cognac = commune("16102").expect("Cognac");
        assert_eq!((cognac.department, cognac.region, cognac.epci, cognac.postcode), ("16", "75", "200070514", "16100"));
        assert_eq!(ten_thousandths("-0.3"), Some(-3000));
        assert_eq!(ten_thousandths("45.69581"), Some(456_958));
        assert_eq!(ten_thousandths(""), None);
    }

    #[test]
    fn a_town_hall_placed_outside_its_commune_is_not_believed() {
        let reignac = commune("16276").expect("Reignac");
        let bounds = outlines::shipped("16276").expect("outline").bounds();
        assert!(reignac.town_hall.is_some_and(|hall| !bounds.wider(1).holds(hall)), "the table was corrected: drop the exception");
        assert!(reignac.position().is_some_and(|place| bounds.holds(place)));
        assert_eq!(commune("16102").map(|cognac| cognac.position() == cognac.town_hall), Some(true));
    }

    #[test]
    fn an_ambiguous_or_unknown_name_says_what_to_type() {
        assert!(read("Sainte-Colombe").is_err_and(|sentence| sentence.contains("Préciser le département")));
        assert!(read("Nulle-Part-sur-Rien").is_err_and(|sentence| sentence.contains("code INSEE")));
        assert!(read("").is_err());
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(LINES.iter().filter_map(|line| read_line(line)).count(), include_str!("../../data/communes.csv").lines().count() - 1);
        assert_eq!(of_department("79").count(), 252);
        assert_eq!(of_department("2A").count() + of_department("2B").count(), 360);
    }
}
