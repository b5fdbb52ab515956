//! Documented symbioses the tables were not written for: where the real exchanges stand among the leads of their output.

#[path = "common/territories.rs"]
mod territories;

use std::fmt::Write as _;

use territories::{Found, Territory, territories};
use trame_synergies::nomenclature::Nomenclature;

/// Territories written after the tables, in other sectors and in the words of a workshop.
const OTHERS: [&str; 2] = ["autres-secteurs", "ecritures-de-terrain"];

/// Half of the territories guide the work on the tables; the other half only measures it.
fn half(territory: &Territory) -> &str {
    if OTHERS.contains(&territory.group.as_str()) {
        return &territory.group;
    }
    // FNV-1a: the same everywhere.
    let hash = territory.name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    if (hash >> 16) % 2 == 0 { "réglage" } else { "témoin" }
}

/// Shares, in percent, of the exchanges at rank 1, 3 and 5 at most.
fn shares(found: &[&Found]) -> [usize; 3] {
    [1, 3, 5].map(|most| 100 * found.iter().filter(|found| found.rank.is_some_and(|rank| rank <= most)).count() / found.len().max(1))
}

#[test]
fn real_exchanges_stand_among_the_first_leads() {
    let tables = Nomenclature::shipped();
    let all = territories(tables);
    let found: Vec<(&Territory, Vec<Found>)> = all.iter().map(|territory| (territory, territory.found(tables))).collect();
    let mut told = String::new();
    for name in ["réglage", "témoin", OTHERS[0], OTHERS[1]] {
        let own: Vec<(&Territory, &Found)> = found.iter().filter(|(territory, _)| half(territory) == name).flat_map(|(territory, found)| found.iter().map(move |found| (*territory, found))).collect();
        let shares = shares(&own.iter().map(|(_, found)| *found).collect::<Vec<_>>());
        println!("{name} : {} échanges, rang 1 {} %, rang 3 {} %, rang 5 {} %", own.len(), shares[0], shares[1], shares[2]);
        for (territory, found) in own.into_iter().filter(|(_, found)| found.rank.is_none_or(|rank| rank > 3)) {
            let rank = found.rank.map_or("-".to_owned(), |rank| rank.to_string());
            writeln!(told, "{name} | {} | {rank} | {} -> {}", territory.name, territory.told(tables, found.from), territory.told(tables, found.to)).unwrap();
            for lead in found.above.iter().take(4) {
                writeln!(told, "{name} |       {} {}", lead.score, territory.told(tables, lead.to)).unwrap();
            }
        }
    }
    println!("{told}");
}
