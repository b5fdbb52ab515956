//! What never changes the type of a label, and what does.

use proptest::prelude::*;
use trame_synergies::flow::{Direction, Domain};
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::suggest::{Asked, Reason, THRESHOLD, suggest};

fn labels() -> Vec<&'static str> {
    include_str!("phrasings.csv").lines().skip(1).filter_map(|line| line.split(';').nth(1)).collect()
}

fn first(asked: &Asked<'_>) -> Option<&'static str> {
    let tables = Nomenclature::shipped();
    suggest(tables, asked).first().map(|one| tables.get(one.kind).code.as_str())
}

fn first_of(label: &str) -> Option<&'static str> {
    first(&Asked { label, ..Asked::default() })
}

fn without_accents(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        'à' | 'â' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'À' | 'Â' => 'A',
        'É' | 'È' | 'Ê' => 'E',
        c => c,
    });
    plain.collect()
}

fn plural(word: &str) -> String {
    match word {
        _ if word.ends_with(['s', 'x', 'z']) || !word.ends_with(char::is_alphabetic) => word.to_owned(),
        _ if word.ends_with("eau") => format!("{word}x"),
        _ => format!("{word}s"),
    }
}

/// A phrasing that begins with what one wants to do has no plural.
const VERBS: [&str; 3] = ["acheter", "louer", "partager"];

#[test]
fn the_plural_of_the_thing_changes_nothing() {
    let mut moved = Vec::new();
    for label in labels() {
        let (head, tail) = label.split_once(' ').unwrap_or((label, ""));
        let has_plural = head.chars().count() >= 4 && !VERBS.contains(&head);
        if has_plural && first_of(&format!("{} {tail}", plural(head))) != first_of(label) {
            moved.push(label);
        }
    }
    assert_eq!(moved, Vec::<&str>::new());
}

fn noise() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "cherche",
        "besoin de",
        "nous avons un surplus de",
        "recherche",
        "excédent de",
        "déchets de",
        "12 tonnes",
        "par an",
        "disponible",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn accents_and_case_change_nothing(label in prop::sample::select(labels())) {
        let expected = first_of(label);
        prop_assert_eq!(first_of(&without_accents(label)), expected);
        prop_assert_eq!(first_of(&label.to_uppercase()), expected);
        prop_assert_eq!(first_of(&without_accents(label).to_uppercase()), expected);
    }

    #[test]
    fn noise_words_and_their_order_change_nothing(label in prop::sample::select(labels()), before in noise(), after in noise()) {
        let expected = first_of(label);
        prop_assert_eq!(first_of(&format!("{before} {label} {after}")), expected);
        prop_assert_eq!(first_of(&format!("{after} {label}, {before}")), expected);
    }

    #[test]
    fn any_text_has_at_most_five_suggestions_best_first(label in "\\PC{0,60}", code in "[0-9]{0,8}", degrees in prop::option::of(-300.0..3000.0)) {
        let tables = Nomenclature::shipped();
        let asked = Asked { label: &label, waste_code: Some(&code), temperature: degrees, ..Asked::default() };
        let found = suggest(tables, &asked);
        prop_assert!(found.len() <= 5 && found.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence));
        prop_assert!(found.iter().all(|one| !tables.get(one.kind).is_family()));
        prop_assert_eq!(found, suggest(tables, &asked));
    }
}

#[test]
fn a_temperature_picks_the_heat_of_its_range() {
    let cases = [
        ("eau chaude 60° de nos compresseurs", "eau-chaude"),
        ("eau chaude 45 °C", "eau-tiede"),
        ("chaleur fatale à 20°", "chaleur-tbt"),
        ("vapeur 8 bars 180 °C", "vapeur-hp"),
    ];
    for (label, expected) in cases {
        assert_eq!(first_of(label), Some(expected), "{label}");
    }
    let asked = Asked { label: "chaleur fatale", temperature: Some(40.0), domain: Some(Domain::Energy), ..Asked::default() };
    assert_eq!(first(&asked), Some("eau-tiede"));
}

#[test]
fn a_waste_code_speaks_and_the_label_decides_between_neighbours() {
    let tables = Nomenclature::shipped();
    let asked =
        |label, waste_code| Asked { label, waste_code: Some(waste_code), direction: Some(Direction::Out), domain: Some(Domain::Material), ..Asked::default() };
    let found = suggest(tables, &asked("", "13 02 05*"));
    assert_eq!(tables.get(found[0].kind).code, "huiles-usagees");
    assert_eq!(found[0].reason, Reason::WasteCode("13 02 05*".to_owned()));
    assert!(found[0].confidence >= THRESHOLD, "{}", found[0].confidence);
    assert_eq!(found[0].reason.sentence(), "Le code déchet 13 02 05* mène à ce type.");
    assert_eq!(first(&asked("bidons et fûts PEHD vides", "150102")), Some("futs"));
    assert_eq!(first(&asked("film étirable", "150102")), Some("plast-film-pe"));
    assert_eq!(first(&asked("produit 42", "030105")), Some("bois-sciures"));
}

#[test]
fn words_that_say_nothing_suggest_nothing() {
    for label in ["", "besoin", "surplus de notre usine", "xyzzy", "12 t/an"] {
        assert_eq!(first_of(label), None, "{label}");
    }
}
