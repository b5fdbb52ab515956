//! What people in firms type, and the type the engine makes of it: none of these phrasings is in the tables.

use std::collections::HashSet;

use trame_synergies::flow::Direction;
use trame_synergies::nomenclature::{FlowType, Nomenclature};
use trame_synergies::suggest::{Asked, THRESHOLD, suggest};

struct Phrasing {
    direction: Direction,
    label: &'static str,
    accepted: Vec<&'static str>,
}

fn phrasings() -> Vec<Phrasing> {
    let lines = include_str!("phrasings.csv").lines().skip(1);
    let read = lines.map(|line| {
        let [direction, label, expected, also] = line.split(';').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let direction = if direction == "out" { Direction::Out } else { Direction::In };
        Phrasing { direction, label, accepted: [expected, also].into_iter().filter(|code| !code.is_empty()).collect() }
    });
    read.collect()
}

fn kind(code: &str) -> &'static FlowType {
    let tables = Nomenclature::shipped();
    tables.get(tables.find(code).unwrap_or_else(|| panic!("{code}")))
}

/// Percentages right at the first rank and within three, and those that were set wrongly.
fn rates(with_domain: bool) -> (f64, f64, f64) {
    let tables = Nomenclature::shipped();
    let (mut first, mut three, mut set, mut wrongly) = (0, 0, 0, 0);
    let all = phrasings();
    for Phrasing { direction, label, accepted } in &all {
        let domain = with_domain.then(|| kind(accepted[0]).domain);
        let found = suggest(tables, &Asked { label, domain, direction: Some(*direction), ..Asked::default() });
        let codes: Vec<&str> = found.iter().map(|suggestion| tables.get(suggestion.kind).code.as_str()).collect();
        let rank = codes.iter().position(|code| accepted.contains(code));
        let is_set = found.first().is_some_and(|suggestion| suggestion.confidence >= THRESHOLD);
        first += u32::from(rank == Some(0));
        three += u32::from(rank.is_some_and(|rank| rank < 3));
        set += u32::from(is_set);
        wrongly += u32::from(is_set && rank != Some(0));
        if rank != Some(0) {
            let shown: Vec<String> = found.iter().take(3).map(|one| format!("{} {} {:?}", tables.get(one.kind).code, one.confidence, one.reason)).collect();
            println!("« {label} » : attendu {accepted:?}, rang {rank:?}, trouvé {shown:?}");
        }
    }
    let share = |count: u32, of: u32| 100.0 * f64::from(count) / f64::from(of);
    let all = u32::try_from(all.len()).unwrap_or(u32::MAX);
    println!("{all} libellés, domaine {with_domain} : au premier rang {:.1} %, dans les trois premiers {:.1} %", share(first, all), share(three, all));
    println!("type posé {:.1} %, dont à tort {:.1} %", share(set, all), share(wrongly, set));
    (share(first, all), share(three, all), share(wrongly, set))
}

#[test]
fn labels_with_their_domain_find_their_type() {
    let (first, three, wrongly) = rates(true);
    assert!(first >= 96.0 && three >= 99.0 && wrongly <= 4.0, "{first:.1} % {three:.1} % {wrongly:.1} %");
}

#[test]
fn labels_alone_find_their_type() {
    let (first, three, wrongly) = rates(false);
    assert!(first >= 96.0 && three >= 99.0 && wrongly <= 4.0, "{first:.1} % {three:.1} % {wrongly:.1} %");
}

fn folded(text: &str) -> String {
    let lower = text.to_lowercase().replace('œ', "oe");
    let plain = lower.chars().map(|c| match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        c if c.is_alphanumeric() => c,
        _ => ' ',
    });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_phrasing_is_a_synonym() {
    let known: HashSet<String> =
        Nomenclature::shipped().types().iter().flat_map(|kind| kind.synonyms.iter().chain([&kind.label])).map(|text| folded(text)).collect();
    let all = phrasings();
    assert!(all.len() >= 400, "{}", all.len());
    let pasted: Vec<&str> = all.iter().map(|phrasing| phrasing.label).filter(|label| known.contains(&folded(label))).collect();
    assert_eq!(pasted, Vec::<&str>::new());
}

#[test]
#[ignore = "a timing: run in release"]
fn a_suggestion_takes_well_under_five_milliseconds() {
    let tables = Nomenclature::shipped();
    let all = phrasings();
    let start = std::time::Instant::now();
    let found: usize = all.iter().map(|one| suggest(tables, &Asked { label: one.label, direction: Some(one.direction), ..Asked::default() }).len()).sum();
    let each = start.elapsed() / u32::try_from(all.len()).unwrap();
    println!("{found} propositions, {each:?} par libellé");
    assert!(each.as_micros() < 5_000, "{each:?}");
}
