use trame_synergies::flow::Direction;

use super::read;

const OUT: Option<Direction> = Some(Direction::Out);
const IN: Option<Direction> = Some(Direction::In);

/// Line, direction, label, quantity with its unit, temperature.
type Line = (&'static str, Option<Direction>, &'static str, Option<(f64, &'static str)>, Option<f64>);

/// As noted in rooms: verbs or none, figures in words, units glued, periods far away.
const LINES: [Line; 46] = [
    ("cherche vapeur basse pression", IN, "vapeur basse pression", None, None),
    ("j'ai 200 t de sciures de pin par an", OUT, "sciures de pin", Some((200.0, "t")), None),
    ("eau chaude 60° de nos compresseurs", None, "eau chaude 60° de nos compresseurs", None, Some(60.0)),
    ("J’ai des palettes perdues Europe", OUT, "palettes perdues Europe", None, None),
    ("j'ai 500 palettes perdues par mois", OUT, "palettes perdues", Some((6_000.0, "u")), None),
    ("On jette une dizaine de tonnes de cartons par mois", OUT, "cartons", Some((120.0, "t")), None),
    ("nous avons environ 3 000 m3/an d'eaux de rinçage", OUT, "eaux de rinçage", Some((3_000.0, "m3")), None),
    ("je cherche un preneur pour nos drêches, 15t par semaine", OUT, "drêches", Some((750.0, "t")), None),
    ("j'ai de la laine de roche, je cherche une filière", OUT, "laine de roche", None, None),
    ("besoin de gardiennage la nuit", IN, "gardiennage la nuit", None, None),
    ("On aurait besoin d'une salle de réunion", IN, "salle de réunion", None, None),
    ("il nous faut 1 200 MWh de chaleur à 80°C", IN, "chaleur à 80°C", Some((1_200.0, "MWh")), Some(80.0)),
    ("Nous utilisons 12 000 Nm3 d'azote chaque année", IN, "azote", Some((12_000.0, "Nm3")), None),
    ("broyat de palettes : preneur", IN, "broyat de palettes", None, None),
    ("marc de raisin à donner", OUT, "marc de raisin", None, None),
    ("quelques centaines de tonnes de mâchefers", OUT_NONE, "mâchefers", Some((300.0, "t")), None),
    ("200 à 300 t de boues de STEP", None, "boues de STEP", Some((250.0, "t")), None),
    ("200-300 t/an de gypse", None, "gypse", Some((250.0, "t")), None),
    ("1,5 t par jour de pain rassis", None, "pain rassis", Some((375.0, "t")), None),
    ("j'ai des fûts de 200 litres vides", OUT, "fûts de 200 litres vides", None, None),
    ("on a un broyeur à partager", OUT, "broyeur à partager", None, None),
    ("nous cherchons à acheter l'électricité en commun", IN, "acheter l'électricité en commun", None, None),
    ("fumées 190-210 °C four de verrerie", None, "fumées 190-210 °C four de verrerie", None, Some(200.0)),
    ("groupe froid -20° disponible", OUT, "groupe froid -20°", None, Some(-20.0)),
    ("2500kg de chutes d'inox par an", None, "chutes d'inox", Some((2_500.0, "kg")), None),
    ("je peux prêter un pont bascule", OUT, "pont bascule", None, None),
    ("recherche CO2 pour serres", IN, "CO2 pour serres", None, None),
    ("y a du lactosérum, 40 hl par semaine", OUT, "lactosérum", Some((200_000.0, "L")), None),
    ("j'aurais besoin de 30 heures de formation cariste par an", IN, "formation cariste", Some((30.0, "h")), None),
    ("3 bennes de gravats", None, "3 bennes de gravats", None, None),
    ("on rejette de l'eau tiède, 25 degrés, 10 m3/h", OUT, "eau tiède, 25 degrés, 10 m3/h", None, Some(25.0)),
    ("Acide chlorhydrique 30 % usagé, 12 tonnes", None, "Acide chlorhydrique 30 % usagé", Some((12.0, "t")), None),
    ("il reste 5 000 litres d'huile de friture tous les ans", OUT, "huile de friture", Some((5_000.0, "L")), None),
    ("intéressés par de la chaleur fatale", IN, "chaleur fatale", None, None),
    ("navette pour les salariés", None, "navette pour les salariés", None, None),
    ("on manque de bois déchiqueté : 800 t", IN, "bois déchiqueté", Some((800.0, "t")), None),
    ("palettes 80x120 cassées", None, "palettes 80x120 cassées", None, None),
    ("j'ai 1.200 t de laitier l'an", OUT, "laitier", Some((1_200.0, "t")), None),
    ("2 MW de chaleur perdue sur les fours", None, "2 MW de chaleur perdue sur les fours", None, None),
    ("nous produisons plus de 40 m³ de boues par semaine", OUT, "boues", Some((2_000.0, "m3")), None),
    ("25 000 metres cubes d'eau de pluie", None, "eau de pluie", Some((25_000.0, "m3")), None),
    ("On cherche du plastique PEHD broyé, une centaine de tonnes par an", IN, "plastique PEHD broyé", Some((100.0, "t")), None),
    ("0,8 GWh de vapeur en trop", OUT, "vapeur", Some((0.8, "GWh")), None),
    ("eau chaude sortie de four", None, "eau chaude sortie de four", None, None),
    ("solvants usés du centre de recherche", None, "solvants usés du centre de recherche", None, None),
    ("des copeaux", None, "copeaux", None, None),
];

const OUT_NONE: Option<Direction> = None;

#[test]
fn lines_of_real_workshops_are_read() {
    let mut wrong = Vec::new();
    for (line, direction, label, amount, temperature) in LINES {
        let said = read(line);
        let found = said.amount.as_ref().map(|amount| (amount.value, amount.unit));
        let is_same = match (found, amount) {
            (Some((value, unit)), Some((expected, expected_unit))) => (value - expected).abs() < 1e-6 * expected && unit == expected_unit,
            (found, expected) => found.is_none() && expected.is_none(),
        };
        if said.direction != direction || said.label != label || !is_same || said.temperature != temperature {
            wrong.push(format!("{line} -> {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_was_assumed_is_told() {
    let assumed = |line: &str| read(line).amount.map(|amount| amount.assumed);
    assert_eq!(assumed("200 t de sciures par an"), Some(""));
    assert_eq!(assumed("200 t de sciures"), Some("quantité comprise par an"));
    assert_eq!(assumed("2 t de pain par jour"), Some("250 jours ouvrés par an"));
    assert_eq!(assumed("quelques dizaines de tonnes de plâtre"), Some("milieu de l’ordre de grandeur dit"));
}

#[test]
fn nothing_typed_breaks_it() {
    for line in [
        "",
        " ",
        "'",
        "’’’",
        "j'ai",
        "cherche",
        "200",
        "200 t",
        "° ° °",
        "- - -",
        "1,,2 t",
        "999999999999999999999 t",
        "de de de",
        "\u{202e}🙂 t/an",
        "1 000 000 000 000 t",
        "12/",
        "/an",
        "3 t/siècle",
    ] {
        let said = read(line);
        assert!(said.amount.is_none_or(|amount| amount.value.is_finite()), "{line}");
    }
    assert_eq!(read("j'ai").label, "");
}

proptest::proptest! {
    #[test]
    fn any_line_is_read_and_its_label_adds_nothing(line in "\\PC{0,120}") {
        let said = read(&line);
        let squash = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        proptest::prop_assert!(squash(&said.label) <= squash(&line));
    }
}
