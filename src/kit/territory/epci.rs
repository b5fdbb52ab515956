//! The groupings of communes with taxes of their own (EPCI), from the table shipped in `data/` (DGCL: Licence Ouverte 2.0).

use std::sync::LazyLock;

use super::names::key;
use super::{Commune, LINES, at, read_line};

/// An EPCI as the public table gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epci {
    /// SIREN, nine digits.
    pub code: &'static str,
    /// Its name, with its kind: "CA du Grand Cognac".
    pub name: &'static str,
    /// Inhabitants, when published.
    pub population: Option<u32>,
    /// How many communes it joins.
    pub members: usize,
}

static EPCI: LazyLock<Vec<Epci>> = LazyLock::new(|| {
    let mut all: Vec<Epci> = include_str!("../../../data/epci.csv").lines().skip(1).filter_map(line).collect();
    all.sort_unstable_by_key(|epci| epci.code);
    all
});

/// Members: place of the EPCI, place of the commune; in order.
static MEMBERS: LazyLock<Vec<(u16, u16)>> = LazyLock::new(|| {
    let place = |code: &str| EPCI.binary_search_by_key(&code, |epci| epci.code).ok();
    let pairs = LINES.iter().enumerate().filter_map(|(index, line)| Some((place(read_line(line)?.epci)?, index)));
    let mut members: Vec<(u16, u16)> = pairs.filter_map(|(epci, commune)| Some((u16::try_from(epci).ok()?, u16::try_from(commune).ok()?))).collect();
    members.sort_unstable();
    members
});

fn line(line: &'static str) -> Option<Epci> {
    let (code, rest) = line.split_once(',')?;
    let (name, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\",")?,
        None => rest.split_once(',')?,
    };
    // A quote inside a quoted name is doubled; the few names that hold one are kept for good, as the table itself is.
    let name = if name.contains("\"\"") { String::leak(name.replace("\"\"", "\"")) } else { name };
    let mut columns = rest.split(',').skip(1);
    let population = columns.next()?.parse().ok();
    Some(Epci { code, name, population, members: columns.next()?.parse().ok()? })
}

/// The EPCI of that SIREN.
pub fn epci(code: &str) -> Option<Epci> {
    EPCI.binary_search_by_key(&code, |epci| epci.code).ok().map(|index| EPCI[index])
}

/// Communes of an EPCI, in the order of their codes.
pub fn members(code: &str) -> Vec<Commune> {
    let Some(place) = EPCI.binary_search_by_key(&code, |epci| epci.code).ok().and_then(|place| u16::try_from(place).ok()) else { return Vec::new() };
    let start = MEMBERS.partition_point(|(epci, _)| *epci < place);
    MEMBERS[start..].iter().take_while(|(epci, _)| *epci == place).filter_map(|(_, commune)| at(usize::from(*commune))).collect()
}

/// Words that say the kind of a grouping and not which one.
const KINDS: [&str; 13] = ["communaute", "agglomeration", "communes", "metropole", "urbaine", "epci", "du", "de", "des", "d", "la", "le", "les"];

/// EPCI whose name holds every word typed, by name; a SIREN finds its own.
pub fn search(typed: &str) -> Vec<Epci> {
    if let Some(one) = epci(typed.trim()) {
        return vec![one];
    }
    let wanted = key(typed);
    let words: Vec<&str> = wanted.split(' ').filter(|word| !word.is_empty() && !KINDS.contains(word)).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(String, Epci)> =
        EPCI.iter().map(|epci| (key(epci.name), *epci)).filter(|(name, _)| words.iter().all(|word| name.contains(word))).collect();
    found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    found.into_iter().map(|(_, epci)| epci).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_epci_has_the_members_that_the_table_announces() {
        assert_eq!(EPCI.len(), include_str!("../../../data/epci.csv").lines().count() - 1);
        for epci in EPCI.iter() {
            assert_eq!(members(epci.code).len(), epci.members, "{epci:?}");
        }
    }

    #[test]
    fn an_epci_is_found_by_its_words_or_its_siren() {
        let cognac = search("communauté d’agglomération GRAND COGNAC");
        assert_eq!(cognac.iter().map(|epci| epci.code).collect::<Vec<_>>(), ["200070514"]);
        assert_eq!(search("200070514"), cognac);
        assert!(members("200070514").iter().any(|commune| commune.code == "16102"));
        assert!(search("communauté de communes").is_empty());
        assert!(members("inconnu").is_empty());
        assert_eq!(epci("200036473").map(|epci| epci.name), Some("CA \"Saintes - Grandes Rives - L'Agglo\""));
    }
}
