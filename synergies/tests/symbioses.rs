//! Documented symbioses the tables were not written for: where the real exchanges stand among the leads of their output.

#[path = "common/territories.rs"]
mod territories;

use csv::StringRecord;
use territories::{Found, Territory, flow, territories};
use trame_synergies::flow::Flow;
use trame_synergies::leads::Index;
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::score::{Settings, THRESHOLD, assess};

/// Other sectors, then the words of a workshop, then a last batch written when the tables were done: nothing was tuned on these.
/// Then three sets of sixty published exchanges, each in a background of flows, by people who had seen none of the tables. The first
/// measured 73 % at rank 5, the second 80 %, before their faults guided the tables; since then they only keep what was gained. The
/// third guides nothing: what it measures is what a territory that nobody has seen may expect.
const OTHERS: [&str; 6] = ["autres-secteurs", "ecritures-de-terrain", "derniere-serie", "main-tierce", "main-tierce-2", "main-tierce-3"];

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
    for (name, floor) in [("réglage", 98), ("témoin", 97), (OTHERS[0], 98), (OTHERS[1], 97), (OTHERS[2], 97), (OTHERS[3], 95), (OTHERS[4], 92), (OTHERS[5], 78)]
    {
        let own = found.iter().filter(|(territory, _)| half(territory) == name);
        let own: Vec<(&Territory, &Found)> = own.flat_map(|(territory, found)| found.iter().map(move |found| (*territory, found))).collect();
        let [one, three, five] = shares(&own.iter().map(|(_, found)| *found).collect::<Vec<_>>());
        println!("{name} : {} échanges, rang 1 : {one} %, rang 3 : {three} %, rang 5 : {five} %", own.len());
        for (territory, found) in own.iter().filter(|(_, found)| found.rank.is_none_or(|rank| rank > 5)) {
            println!("  {} : {} -> {}", territory.name, territory.told(tables, found.from), territory.told(tables, found.to));
        }
        assert!(five >= floor, "{name} : {five} % au cinquième rang");
    }
}

#[test]
fn nothing_absurd_stands_above_a_real_exchange() {
    let tables = Nomenclature::shipped();
    for territory in territories(tables) {
        for found in territory.found(tables) {
            for lead in found.above {
                let (from, to) = (&territory.flows[lead.from], &territory.flows[lead.to]);
                assert!(!is_absurd(from, to), "{} : {} -> {}", territory.name, territory.told(tables, lead.from), territory.told(tables, lead.to));
            }
        }
    }
}

#[test]
fn nothing_absurd_is_a_lead_at_all() {
    let tables = Nomenclature::shipped();
    for territory in territories(tables) {
        let leads = Index::new(tables, Settings::default(), &territory.flows).leads();
        let absurd = leads.iter().filter(|lead| is_absurd(&territory.flows[lead.from], &territory.flows[lead.to]));
        let told: Vec<String> =
            absurd.map(|lead| format!("{} : {} -> {}", territory.name, territory.told(tables, lead.from), territory.told(tables, lead.to))).collect();
        assert_eq!(told, Vec::<String>::new());
    }
}

/// What the labels alone show to be senseless, whatever the engine made of them.
fn is_absurd(output: &Flow, input: &Flow) -> bool {
    let (from, to) = (output.label.to_lowercase().replace("réutilisable", ""), input.label.to_lowercase());
    // A digester has a ration too, and eats nothing.
    let is_digested = input.activity.as_deref().is_some_and(|code| code.starts_with("38"));
    // Boilers are fed too.
    let is_eaten = !is_digested
        && !to.starts_with("eau d'alimentation")
        && ["aliment pour", "alimentation", " ration", "fourrage", "denrée", "potable", "litière", "croquette"].iter().any(|word| to.contains(word));
    let is_burnt = to.contains("combustible") && !to.contains("minéralis");
    let never_eaten = [
        "boue d",
        "boues",
        "cendre",
        "laitier d",
        "laitier g",
        "plastique",
        "pneu",
        "goudron",
        "usée",
        "usagé",
        "solvant",
        "gypse",
        "mâchefer",
        "effluent",
        "épurée",
        "lixiviat",
        "digestat",
        "fumier",
        "lisier",
        "acide ",
        "soude",
        "catalyseur",
        "scorie",
        "béton",
        "peinture",
        "amiante",
        "batterie",
    ];
    let never_burnt = ["gypse", "cendres", "laitier", "béton", "verre", "gravats", "sable", "scorie", "mâchefer", "acide", "saumure", "terres"];
    let is_named = |words: &[&str]| words.iter().any(|word| from.contains(word));
    let levures = from.contains("levure") || from.contains("huile");
    let is_bedding = to.contains("litière") && (to.contains("litière pour") || from.contains(" bois "));
    (is_eaten && (output.is_hazardous || is_named(&never_eaten)) && !levures && !is_bedding)
        || (is_burnt && is_named(&never_burnt))
        || (to.contains("potable") && !from.contains("acide") && output.domain != input.domain)
}

#[test]
fn absurd_pairs_make_no_lead_even_side_by_side() {
    let tables = Nomenclature::shipped();
    let pairs = [
        (("material", "boues d'hydroxydes métalliques", "11 01 09*"), ("material", "aliment pour porcs", "01.46Z")),
        (("material", "boues de station physico-chimique", "19 08 13*"), ("material", "matières premières pour aliments du bétail", "10.91Z")),
        (("material", "boues de peinture", "08 01 13*"), ("material", "amendement organique pour cultures", "01.11Z")),
        (("material", "boues huileuses de séparateur", "13 05 02*"), ("material", "engrais de ferme", "01.11Z")),
        (("material", "solvants usés", "14 06 03*"), ("material", "alcool alimentaire", "11.01Z")),
        (("material", "huiles de vidange", "13 02 05*"), ("material", "corps gras pour alimentation animale", "10.91Z")),
        (("material", "cendres d'incinération REFIOM", "19 01 13*"), ("material", "chaulage des sols", "01.11Z")),
        (("material", "poussières d'aciérie", "10 02 07*"), ("material", "oligo-éléments pour aliments du bétail", "10.91Z")),
        (("material", "bois créosoté", "17 02 04*"), ("material", "litière pour chevaux", "01.43Z")),
        (("material", "sciures souillées d'hydrocarbures", "15 02 02*"), ("material", "litière pour volailles", "01.47Z")),
        (("material", "déchets d'amiante", "17 06 05*"), ("material", "remblai de carrière", "08.12Z")),
        (("material", "DASRI", "18 01 03*"), ("material", "intrants de méthanisation", "35.21Z")),
        (("material", "batteries au plomb", "16 06 01*"), ("material", "mobilier de bureau", "85.31Z")),
        (("water", "eaux usées urbaines", ""), ("water", "eau potable", "10.51A")),
        (("water", "effluent traité de station d'épuration", ""), ("water", "eau potable pour la brasserie", "11.05Z")),
        (("water", "lixiviats de décharge", "19 07 02*"), ("water", "eau d'irrigation", "01.13Z")),
        (("water", "eaux hydrocarburées", "13 05 07*"), ("water", "eau d'abreuvement", "01.41Z")),
        (("water", "saumure de régénération", ""), ("water", "eau d'irrigation des serres", "01.13Z")),
        (("water", "rinçages acides de galvanoplastie", "11 01 11*"), ("water", "eau pour pisciculture", "03.22Z")),
        (("material", "gypse de désulfuration", "10 01 05"), ("energy", "combustible pour four à chaux", "23.52Z")),
        (("material", "laitier granulé", "10 02 02"), ("material", "aliment pour volailles", "01.47Z")),
        (("material", "pneus usagés", "16 01 03"), ("material", "matière à composter", "38.21Z")),
        (("material", "mâchefers d'incinération", "19 01 12"), ("material", "amendement organique", "01.11Z")),
        (("material", "cartons d'emballage", "15 01 01"), ("material", "ferrailles à refondre", "24.10Z")),
        (("service", "place disponible dans une navette", ""), ("material", "palettes d'occasion", "52.10B")),
        (("energy", "surplus d'électricité solaire", ""), ("material", "drêches pour vaches", "01.41Z")),
        // A doubt about the type, or a purpose read in the activity, never makes it edible.
        (("material", "fumier bovin pailleux", "02 01 06"), ("material", "fourrage d'appoint", "01.45Z")),
        (("material", "cendres de paille", "10 01 03"), ("material", "fourrage et paille pour les brebis", "01.45Z")),
        (("material", "digestat solide", "19 06 06"), ("material", "paille pour litière des vaches", "01.41Z")),
        (("material", "boues de papeterie", "03 03 11"), ("material", "litière pour chevaux", "01.43Z")),
        (("material", "boues de laiterie", "02 05 02"), ("material", "lait pour la fromagerie", "10.51C")),
        (("material", "brasques usagées", "16 11 01*"), ("material", "aliments du bétail", "10.91Z")),
        (("material", "solvants souillés d'acétone", "14 06 03*"), ("material", "huile végétale alimentaire", "10.41B")),
        (("material", "terres de décoloration usées", "02 03 99"), ("material", "farine pour boulangerie", "10.71C")),
        (("water", "effluent traité de station d'épuration", ""), ("water", "eau de ville pour fabriquer la bière", "11.05Z")),
        (("water", "eaux de lavage de camions", "13 05 07*"), ("water", "eau d'arrosage des légumes", "01.13Z")),
        (("water", "eaux de refroidissement", ""), ("water", "eau potable de l'hôpital", "86.10Z")),
        (("material", "mâchefers", "19 01 12"), ("energy", "bois pour chaudière", "35.30Z")),
        (("material", "huiles de vidange", "13 02 05*"), ("energy", "plaquettes pour la chaufferie bois", "35.30Z")),
        (("material", "scories d'aluminium", "10 03 16"), ("energy", "gaz naturel des fours", "23.51Z")),
        (("material", "plâtre de démolition", "17 08 02"), ("energy", "combustible pour la chaudière", "35.30Z")),
        (("material", "déchets d'amiante", "17 06 05*"), ("material", "matériau isolant pour bâtiments", "43.29A")),
        (("material", "DASRI", "18 01 03*"), ("material", "linge pour essuyage", "25.62B")),
        (("material", "pneus usagés", "16 01 03"), ("material", "aliments pour chevaux", "01.43Z")),
        (("material", "gypse de désulfuration", "10 01 05"), ("material", "farine panifiable", "10.71A")),
    ];
    for ((out_domain, out, code), (in_domain, need, naf)) in pairs {
        let read = |actor, naf, way, domain, label, code| {
            flow(
                tables,
                &StringRecord::from(vec!["", actor, naf, "48.0", "2.0", way, domain, label, code, "", "", "", "", "", "", ""]),
                usize::from(way == "in"),
            )
        };
        let (output, input) = (read("A", "", "out", out_domain, out, code), read("B", naf, "in", in_domain, need, ""));
        let score = assess(tables, &Settings::default(), &output, &input).map_or(0, |found| found.score);
        assert!(score < THRESHOLD, "{out} -> {need} : {score}");
    }
}
