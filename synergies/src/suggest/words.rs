//! French words as people type them: folded, stripped of what says nothing, stemmed.

use std::collections::HashSet;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

/// Words that tell nothing about a flow: articles, what is wanted, amounts, places.
const NOISE: &str = "a afin ai ainsi an ans annee annees annuel annuelle apres as assez au aucun aussi autour aux autre autres avant avec avons besoin besoins bcp beaucoup \
    c ca ce ces cette cet chaque cherche cherchons chercher ci client comme d dans de debarrasser depuis des dispo disponible disponibles donc du e elle en encore \
    enlever environ est et etc eventuellement evacuer excedent excedents excedentaire excedentaires existant fin fois issu issue issus j jamais je jour jours l la le les leur \
    leurs m mais meme mensuel mes mois mon n nos notre nous nouveau nouvel on ou par parfois pas petit petite petites petits peu plusieurs plus possible possibilite possibilites pr \
    pour pres probleme produit produite produites proche propose proposons que quelque quelques qui quantite quantites qualite recherche recherchons region recuperer recup recupere \
    residu residus residuaire residuaires s sa sans se ses semaine site societe soit sont souhaite souhaitons sous sur surplus t tous tout toute toutes tonne tonnes tonnage tres trop un une \
    usine vers via voir volume y ya zone entreprise entreprises dechet dechets reste restes local locale locaux divers diverses recurrent regulier reguliere importante \
    kg m2 m3 m³ m² l litre litres km mwh kwh kw mw gwh bar bars nm3 h min kg/an ml tep mm cm hl vendre ceder dizaine dizaines centaine centaines";

static NOISE_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| NOISE.split_whitespace().collect());

/// What follows these words, as what stands between brackets, is where the flow comes from or goes to, less than what it is.
const CONTEXT: [&str; 25] = [
    "aujourd",
    "actuellement",
    "faite",
    "produite",
    "produites",
    "remplacement",
    "remplacer",
    "tire",
    "pour",
    "pr",
    "chez",
    "vers",
    "apres",
    "avant",
    "suite",
    "dans",
    "sur",
    "depuis",
    "via",
    "issu",
    "issus",
    "issue",
    "partir",
    "provenant",
    "contenant",
];

/// Words that fit almost anything: "matière première aromatique" is aromatic first.
const GENERIC: [&str; 37] = [
    "achat",
    "acheter",
    "alternatif",
    "alternative",
    "apport",
    "apports",
    "coproduit",
    "coproduits",
    "excedentaire",
    "fabrication",
    "fourniture",
    "intrant",
    "materiau",
    "materiaux",
    "matiere",
    "matieres",
    "premiere",
    "premieres",
    "process",
    "procede",
    "production",
    "secondaire",
    "secondaires",
    "source",
    "traiter",
    "retraitement",
    "retraiter",
    "complement",
    "appoint",
    "substance",
    "substrat",
    "usage",
    "usages",
    "utilisation",
    "utilise",
    "valorisation",
    "valoriser",
];

/// Words whose stem is another's: "cuire" is not leather, "salle" is not salt, "résineux" are trees.
const WHOLE: [&str; 14] = [
    "arret",
    "carter",
    "communication",
    "courant",
    "cuire",
    "datte",
    "melasse",
    "partir",
    "refusion",
    "resineuse",
    "resineux",
    "salle",
    "serie",
    "stationnement",
];

/// Stems in "age" that do not come from the shorter word: "fourrage" is no kiln, "filetage" no net.
const OWN_AGE: [&str; 7] = ["branchag", "filetag", "fourrag", "garag", "menag", "parag", "soudag"];

/// A word of a text: its folded form, its stem, how much it counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) folded: String,
    pub(super) stem: String,
    pub(super) is_context: bool,
    pub(super) is_generic: bool,
}

/// Lower case without accents, ligatures open, apostrophes straight.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'î' | 'ï' | 'í' => folded.push('i'),
            'ô' | 'ö' | 'ó' => folded.push('o'),
            'ù' | 'û' | 'ü' => folded.push('u'),
            'ç' => folded.push('c'),
            'ÿ' => folded.push('y'),
            'ñ' => folded.push('n'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            '₂' => folded.push('2'),
            '₃' => folded.push('3'),
            '₄' => folded.push('4'),
            '\u{300}'..='\u{36f}' => (),
            _ => folded.push(c),
        }
    }
    folded
}

/// The telling words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    // "co-produit" is one word.
    let folded = fold(text).replace("co-", "co");
    let stemmer = Stemmer::create(Algorithm::French);
    let mut is_context = false;
    let mut words: Vec<Word> = Vec::new();
    for (is_aside, piece) in pieces(&folded) {
        for token in piece.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()) {
            is_context |= CONTEXT.contains(&token) && words.iter().any(|word| !word.is_generic);
            if !NOISE_SET.contains(token) && !is_amount(token) {
                words.push(Word {
                    folded: token.to_owned(),
                    stem: stem(&stemmer, token),
                    is_context: is_context || is_aside,
                    is_generic: GENERIC.contains(&token),
                });
            }
        }
    }
    words
}

/// The pieces of a text, and whether each only comments: between brackets, or after a colon.
fn pieces(folded: &str) -> impl Iterator<Item = (bool, &str)> {
    let (head, rest) = folded.split_once(':').map_or((folded, None), |(head, rest)| (head, Some((true, rest))));
    head.split(['(', ')']).enumerate().map(|(place, piece)| (place % 2 == 1, piece)).chain(rest)
}

/// The words of a text alone, each between spaces.
pub(super) fn telling(words: &[Word]) -> String {
    words.iter().fold(" ".to_owned(), |text, word| text + &word.folded + " ")
}

/// Words a text loses that still make it narrower: "usine" of "eau usine", "45" of "eau à 45 °C".
pub(super) fn dropped(text: &str) -> Vec<String> {
    let folded = fold(text);
    let tokens = folded.split(|c: char| !c.is_alphanumeric());
    tokens.filter(|token| is_amount(token) || (token.len() > 3 && !CONTEXT.contains(token) && NOISE_SET.contains(token))).map(str::to_owned).collect()
}

/// "1200", "80x120", "20t", "500m3".
fn is_amount(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit()) && {
        let unit = token.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.is_empty() || NOISE_SET.contains(unit) || unit.starts_with('x') || matches!(unit, "c" | "m" | "mois" | "tonnes")
    }
}

/// Every word of a text in lower case, without accents nor plurals, in order: what a search in a list compares.
pub fn plain_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).map(singular).collect()
}

fn singular(token: &str) -> String {
    if token.len() <= 3 || token.bytes().any(|byte| byte.is_ascii_digit()) {
        return if token.len() == 3 { token.trim_end_matches('s').to_owned() } else { token.to_owned() };
    }
    match token.strip_suffix("aux") {
        Some(root) if root.ends_with('e') || root.ends_with('y') => format!("{root}au"),
        Some(root) if root.len() > 2 => format!("{root}al"),
        _ => token.strip_suffix('x').filter(|root| root.ends_with("eu") || root.ends_with("ou")).or(token.strip_suffix('s')).unwrap_or(token).to_owned(),
    }
}

fn stem(stemmer: &Stemmer, token: &str) -> String {
    let singular = singular(token);
    if token.len() <= 3 || token.bytes().any(|byte| byte.is_ascii_digit()) {
        return singular;
    }
    if WHOLE.contains(&singular.as_str()) {
        return singular + "_";
    }
    // Snowball reads the accents it stems on; folded, a final e is what remains of "é", "ée", "ées".
    let snowball = stemmer.stem(&singular);
    let root = snowball.trim_end_matches('e');
    // "laver" and "lavage", "stocker" and "stockage".
    let root = once_each(root.strip_suffix("ag").filter(|short| short.len() >= 3 && !OWN_AGE.contains(&root)).unwrap_or(root));
    // "pomme" is not "POM".
    if root.len() <= 3 && singular.len() > 3 { root + "_" } else { root }
}

/// "pallette" and "palette" are one word.
fn once_each(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        if !kept.ends_with(c) {
            kept.push(c);
        }
    }
    kept
}

/// A temperature inside a text: "60°", "190 °C", "30-35°", "80 degrés".
pub(super) fn temperature(text: &str) -> Option<f64> {
    let folded = fold(text).replace('º', "°").replace(',', ".");
    let (place, _) = ["°", " degre", " deg "].into_iter().find_map(|mark| folded.match_indices(mark).next())?;
    let before = folded[..place].trim_end();
    let start = before
        .rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '/')))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let span = &before[start..];
    let values: Vec<f64> = span.split(['-', '/']).filter_map(|part| part.parse().ok()).collect();
    match values.as_slice() {
        [one] if span.starts_with('-') => Some(-one),
        [one] => Some(*one),
        [low, high] => Some(f64::midpoint(*low, *high)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_is_read_in_a_label() {
        let cases = [
            ("eau chaude 60° de nos compresseurs", Some(60.0)),
            ("vapeur 190 °C", Some(190.0)),
            ("serveurs, 30-35°", Some(32.5)),
            ("froid -20°C", Some(-20.0)),
        ];
        for (text, expected) in cases {
            assert_eq!(temperature(text), expected, "{text}");
        }
        assert_eq!(temperature("eau à 80 degrés"), Some(80.0));
        assert_eq!(temperature("12000 m3"), None);
    }

    #[test]
    fn a_search_ignores_accents_and_plurals() {
        assert_eq!(plain_words("Déchets de Métaux, n° 12"), ["dechet", "de", "metal", "n", "12"]);
    }

    #[test]
    fn accents_plurals_and_doubled_letters_are_one_stem() {
        let stems = |text: &str| words(text).into_iter().map(|word| word.stem).collect::<Vec<_>>();
        for (a, b) in [
            ("eaux usées", "eau usee"),
            ("métaux", "metal"),
            ("pallettes", "palette"),
            ("Drêches", "dreche"),
            ("tuyaux", "tuyau"),
            ("cherche sciures", "sciure"),
            ("pneux", "pneu"),
        ] {
            assert_eq!(stems(a), stems(b));
        }
    }
}
