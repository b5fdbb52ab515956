//! The rule of the aid, in whole cents; the pieces asked of each kind of structure; the states and their transitions.

use crate::access::policy::SubsidyState as State;
use crate::kit::french::percent;
use crate::kit::values::Cents;

/// Which amounts the call counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vat {
    /// Excluding VAT.
    Excluded,
    /// Including VAT.
    Included,
    /// The call does not say.
    Unstated,
}

impl Vat {
    /// From the database.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "excluded" => Some(Self::Excluded),
            "included" => Some(Self::Included),
            "unstated" => Some(Self::Unstated),
            _ => None,
        }
    }

    /// As kept.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Excluded => "excluded",
            Self::Included => "included",
            Self::Unstated => "unstated",
        }
    }

    /// "HT" or "TTC"; what the call leaves unsaid is counted excluding VAT, the lesser of both.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Included => "TTC",
            Self::Excluded | Self::Unstated => "HT",
        }
    }
}

/// What becomes of a part of a cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Left out.
    Down,
    /// To the nearest cent; half a cent goes up.
    Nearest,
}

impl Rounding {
    /// From the database.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "down" => Some(Self::Down),
            "nearest" => Some(Self::Nearest),
            _ => None,
        }
    }

    /// As kept.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Nearest => "nearest",
        }
    }

    /// As read.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Down => "arrondi au centime inférieur",
            Self::Nearest => "arrondi au centime le plus proche, le demi-centime vers le haut",
        }
    }
}

/// The rule of a call (R96, R97).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Ceiling of the eligible expense.
    pub cap: Cents,
    /// Rate, in whole percents.
    pub rate: i32,
    /// Amounts counted.
    pub vat: Vat,
    /// Rounding.
    pub rounding: Rounding,
}

/// A quote: excluding, including VAT.
pub type Quote = (Cents, Cents);

/// What a rule gives of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aid {
    /// Amount of the quote that counts.
    pub counted: Cents,
    /// Eligible expense.
    pub eligible: Cents,
    /// Aid.
    pub aid: Cents,
}

impl Rule {
    /// eligible = min(quote, ceiling); aid = rate × eligible.
    pub fn aid(&self, (excluded, included): Quote) -> Aid {
        let counted = if self.vat == Vat::Included { included } else { excluded };
        let eligible = counted.min(self.cap);
        let hundredths = eligible.get() * i64::from(self.rate);
        let half = if self.rounding == Rounding::Nearest { 50 } else { 0 };
        Aid { counted, eligible, aid: Cents::new((hundredths + half) / 100) }
    }

    /// Does the call pay anything?
    pub fn pays(&self) -> bool {
        self.cap > Cents::ZERO && self.rate > 0
    }

    /// The computation, in sentences.
    pub fn told(&self, quote: Quote) -> Vec<String> {
        let Aid { counted, eligible, aid } = self.aid(quote);
        let vat = self.vat.words();
        let unsaid = if self.vat == Vat::Unstated {
            " Le règlement de l’appel ne dit pas HT ou TTC\u{a0}: le calcul retient le montant HT, le plus prudent."
        } else {
            ""
        };
        vec![
            format!("Dépense éligible\u{a0}: le plus petit du devis ({counted} {vat}) et du plafond ({}), soit {eligible}.{unsaid}", self.cap),
            format!("Aide\u{a0}: {} de {eligible}, {}, soit {aid}.", percent(self.rate, 0), self.rounding.words()),
        ]
    }
}

/// A piece of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// As kept.
    pub key: &'static str,
    /// Name.
    pub label: &'static str,
    /// Why, in a sentence.
    pub why: &'static str,
    /// Line of the regulation.
    pub requirement: &'static str,
}

const fn piece(key: &'static str, label: &'static str, requirement: &'static str, why: &'static str) -> Piece {
    Piece { key, label, why, requirement }
}

/// Pieces asked of everybody.
const COMMON: [Piece; 5] = [
    piece(
        "letter",
        "Lettre de demande de subvention",
        "R89",
        "Elle engage la structure et dit le montant demandé\u{202f}; un modèle est proposé, à relire, signer et joindre.",
    ),
    piece(
        "bank",
        "RIB",
        "R90",
        "Le fonds verse l’aide sur ce compte\u{202f}; seuls le porteur, l’équipe qui écrit et les gestionnaires qui instruisent le lisent.",
    ),
    piece("terms", "Cahier des charges", "R91", "Il dit ce qui était demandé au prestataire\u{202f}; une version figée ici est reprise d’elle-même."),
    piece(
        "tender",
        "Offre du prestataire retenu",
        "R92",
        "Elle dit ce que le prestataire fera\u{202f}; les fichiers de l’offre retenue sont repris d’eux-mêmes.",
    ),
    piece("quote", "Devis", "R93", "Il fixe le montant de la mission, sur lequel l’aide se calcule."),
];
const RESOLUTION: Piece = piece("resolution", "Délibération", "R94", "L’assemblée d’une collectivité décide de la mission et autorise la demande.");
const ASSOCIATION: [Piece; 3] = [
    piece("statutes", "Statuts", "R95", "Ils disent l’objet de l’association et qui peut l’engager."),
    piece("report", "Rapport d’activités", "R95", "Il montre ce que l’association fait déjà."),
    piece("accounts", "Comptes certifiés de l’exercice précédent", "R95", "Ils montrent que l’association peut porter la dépense."),
];

/// Pieces asked of a kind of structure (R89 to R95).
pub fn pieces(kind: &str) -> Vec<Piece> {
    let mut asked = COMMON.to_vec();
    match kind {
        "intermunicipal_body" | "municipality" | "mixed_syndicate" | "department" => asked.push(RESOLUTION),
        "association" | "business_club" => asked.extend(ASSOCIATION),
        _ => {}
    }
    asked
}

/// Every piece there is, by its key.
pub fn piece_of(key: &str) -> Option<Piece> {
    COMMON.into_iter().chain([RESOLUTION]).chain(ASSOCIATION).find(|piece| piece.key == key)
}

/// Every transition: from, to. Three correct a record made by mistake; the last takes a refused file up again as another request.
pub const EDGES: [(State, State); 10] = [
    (State::Draft, State::Deposited),
    (State::Deposited, State::Incomplete),
    (State::Incomplete, State::Deposited),
    (State::Deposited, State::Granted),
    (State::Granted, State::Paid),
    (State::Granted, State::Deposited),
    (State::Paid, State::Granted),
    (State::Deposited, State::Refused),
    (State::Refused, State::Deposited),
    (State::Refused, State::Draft),
];

/// May a file go from a state to another?
pub fn leads(from: State, to: State) -> bool {
    EDGES.contains(&(from, to))
}

/// What the administration may record of a file in that state: target, words of the choice.
pub fn recordable(from: State) -> Vec<(State, &'static str)> {
    let words = |to| match (from, to) {
        (State::Deposited, State::Incomplete) => Some("des pièces manquent"),
        (State::Deposited, State::Granted) => Some("l’aide est accordée"),
        (State::Deposited, State::Refused) => Some("l’aide est refusée"),
        (State::Granted, State::Paid) => Some("l’aide est versée"),
        (State::Refused, State::Deposited) => Some("corriger\u{a0}: elle n’est pas refusée, elle est encore à l’étude"),
        (State::Granted, State::Deposited) => Some("corriger\u{a0}: elle n’est pas accordée, elle est encore à l’étude"),
        (State::Paid, State::Granted) => Some("corriger\u{a0}: elle n’est pas versée"),
        _ => None,
    };
    EDGES.iter().filter(|(source, _)| *source == from).filter_map(|(_, to)| Some((*to, words(*to)?))).collect()
}

/// Does its carrier still write a file in that state?
pub const fn is_written(state: State) -> bool {
    matches!(state, State::Absent | State::Draft | State::Incomplete)
}

/// A state as read.
pub const fn word(state: State) -> &'static str {
    match state {
        State::Absent => "Pas commencée",
        State::Draft => "En préparation",
        State::Deposited => "Déposée",
        State::Incomplete => "Incomplète",
        State::Granted => "Accordée",
        State::Refused => "Refusée",
        State::Paid => "Versée",
    }
}

/// A state as a tag.
pub const fn tag(state: State) -> crate::page::Tag {
    let class = match state {
        State::Absent | State::Draft => "todo",
        State::Deposited => "doing",
        State::Incomplete => "warn",
        State::Refused => "bad",
        State::Granted | State::Paid => "done",
    };
    crate::page::Tag { class, word: word(state) }
}

/// Reads an IBAN: its check digits hold (modulo 97).
pub fn read_iban(typed: &str) -> Result<String, String> {
    let iban: String = typed.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if iban.is_empty() {
        return Ok(iban);
    }
    let ask = || "Écrire un IBAN complet, par exemple FR76 3000 6000 0112 3456 7890 189.".to_owned();
    let is_formed = (15..=34).contains(&iban.len())
        && iban.bytes().all(|b| b.is_ascii_alphanumeric())
        && iban.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && iban.bytes().skip(2).take(2).all(|b| b.is_ascii_digit());
    if !is_formed {
        return Err(ask());
    }
    let turned = iban.bytes().skip(4).chain(iban.bytes().take(4));
    let rest = turned.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    if rest == 1 { Ok(iban) } else { Err("Les chiffres de contrôle de cet IBAN ne concordent pas\u{a0}: vérifier chaque chiffre.".to_owned()) }
}

/// Reads a BIC: eight or eleven signs.
pub fn read_bic(typed: &str) -> Result<String, String> {
    let bic: String = typed.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let is_formed = bic.is_empty()
        || (matches!(bic.len(), 8 | 11) && bic.bytes().all(|b| b.is_ascii_alphanumeric()) && bic.bytes().take(6).all(|b| b.is_ascii_uppercase()));
    if is_formed { Ok(bic) } else { Err("Écrire un BIC de 8 ou 11 signes, par exemple AGRIFRPP.".to_owned()) }
}

/// "FR76 3000 6000 …".
pub fn spaced(iban: &str) -> String {
    let signs: Vec<char> = iban.chars().collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(cap: i64, rate: i32, vat: Vat, rounding: Rounding) -> Rule {
        Rule { cap: Cents::new(cap), rate, vat, rounding }
    }

    #[test]
    fn ten_thousand_euros_and_seventy_percent_are_seven_thousand_at_most() {
        let rule = rule(1_000_000, 70, Vat::Excluded, Rounding::Down);
        let aid = |excluded, included| rule.aid((Cents::new(excluded), Cents::new(included))).aid.get();
        assert_eq!((aid(840_000, 1_008_000), aid(1_000_000, 1_200_000), aid(5_000_000, 6_000_000), aid(0, 0)), (588_000, 700_000, 700_000, 0));
        assert_eq!(Rule { vat: Vat::Included, ..rule }.aid((Cents::new(840_000), Cents::new(1_008_000))).eligible.get(), 1_000_000);
        let odd = (Cents::new(45), Cents::new(45));
        assert_eq!((rule.aid(odd).aid.get(), Rule { rounding: Rounding::Nearest, ..rule }.aid(odd).aid.get()), (31, 32));
    }

    proptest! {
        #[test]
        fn the_aid_is_exact(excluded in 0..=Cents::MAX.get(), vat in 0..=200_000_000_000_i64, cap in 0..=Cents::MAX.get(), rate in 0..=100_i32, included in any::<bool>(), down in any::<bool>()) {
            let (kind, rounding) = (if included { Vat::Included } else { Vat::Excluded }, if down { Rounding::Down } else { Rounding::Nearest });
            let quote = (Cents::new(excluded), Cents::new(excluded + vat));
            let Aid { counted, eligible, aid } = rule(cap, rate, kind, rounding).aid(quote);
            prop_assert_eq!(counted.get(), if included { excluded + vat } else { excluded });
            prop_assert!(eligible <= counted && eligible.get() <= cap && (eligible == counted || eligible.get() == cap));
            // In exact integers: 100 × aid is within one cent under, or half a cent around, rate × eligible.
            let gap = i128::from(eligible.get()) * i128::from(rate) - i128::from(aid.get()) * 100;
            prop_assert!(if down { (0..100).contains(&gap) } else { (-50..50).contains(&gap) }, "{gap}");
            prop_assert!(aid.get() <= eligible.get() && aid.get() >= 0);
        }
    }

    #[test]
    fn pieces_follow_the_kind_of_structure() {
        let keys = |kind| pieces(kind).iter().map(|piece| piece.key).collect::<Vec<_>>();
        assert_eq!(keys("chamber"), ["letter", "bank", "terms", "tender", "quote"]);
        assert_eq!(keys("mixed_syndicate").last(), Some(&"resolution"));
        assert_eq!(keys("association")[5..], ["statutes", "report", "accounts"]);
        assert!(pieces("association").iter().all(|piece| piece_of(piece.key) == Some(*piece) && piece.why.ends_with('.')));
    }

    #[test]
    fn transitions_are_those_of_the_table_and_records_follow_them() {
        let all = [State::Absent, State::Draft, State::Deposited, State::Incomplete, State::Granted, State::Refused, State::Paid];
        for from in all {
            for (to, _) in recordable(from) {
                assert!(leads(from, to));
            }
        }
        assert!(!leads(State::Draft, State::Granted) && !leads(State::Incomplete, State::Granted) && !leads(State::Paid, State::Deposited));
        assert!(recordable(State::Draft).is_empty() && recordable(State::Incomplete).is_empty());
        assert!(!leads(State::Granted, State::Refused) && !leads(State::Refused, State::Granted) && !leads(State::Refused, State::Paid));
        assert!(!is_written(State::Refused), "it is taken up again first");
    }

    #[test]
    fn an_iban_is_read_with_its_check_digits() {
        assert_eq!(read_iban("fr76 3000 6000 0112 3456 7890 189").as_deref(), Ok("FR7630006000011234567890189"));
        assert_eq!(read_iban("  ").as_deref(), Ok(""));
        for wrong in ["FR76 3000 6000 0112 3456 7890 188", "FR76", "7630006000011234567890189FR", "FR76 3000 é000 0112 3456 7890 189", "x"] {
            assert!(read_iban(wrong).is_err(), "{wrong}");
        }
        assert_eq!((read_bic("agri frpp").as_deref(), read_bic("AGRI").is_err()), (Ok("AGRIFRPP"), true));
        assert_eq!(spaced("FR7630006"), "FR76\u{a0}3000\u{a0}6");
    }
}
