//! Small parts of the trame: one short call per field, the lists of choices, and the small tables typed in place.

use super::{BLANK, Choice, Field, Item, Kind, Rows, Words};

/// Hint of an answer that is worth writing but is not an expected element.
pub(super) const EXTRA: &str = "Facultatif : cette réponse ne compte pas dans l’avancement.";

/// An item of a row's page, or the one item of a small table.
pub(super) const ROW: Item = Item { is_element: false, ..BLANK };

/// A small table typed in place.
pub(super) const TABLE: Rows = Rows { kind: "", path: None, title: "", one: "", many: "", items: &[], name_field: "", most: 60, parent: None };

/// A field of any kind.
pub(super) const fn field(key: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { key, label, hint: "", kind, is_optional: false, words: None }
}

/// The only long answer of an item, which bears the item's title.
pub(super) const fn text(key: &'static str) -> Field {
    field(key, "", Kind::Text)
}

/// A long answer beside others.
pub(super) const fn answer(key: &'static str, label: &'static str) -> Field {
    field(key, label, Kind::Text)
}

/// One line of at most this many characters.
pub(super) const fn line(key: &'static str, label: &'static str, most: u16) -> Field {
    field(key, label, Kind::Line(most))
}

/// One of these.
pub(super) const fn one_of(key: &'static str, label: &'static str, choices: &'static [Choice]) -> Field {
    field(key, label, Kind::Choice(choices))
}

/// A box to tick; not ticking it is an answer.
pub(super) const fn flag(key: &'static str, label: &'static str) -> Field {
    field(key, label, Kind::Flag).optional()
}

/// What is kept and what is read.
pub(super) const fn choice(key: &'static str, label: &'static str) -> Choice {
    Choice { key, label }
}

impl Field {
    /// The same, not counted.
    pub(super) const fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    /// The same, with its guide in words: both soft bounds, then the hard one.
    pub(super) const fn guided(self, low: u16, high: u16, most: u16) -> Self {
        Self { words: Some(Words { low, high, most }), ..self }
    }

    /// The same, with a hint. Never in a small table, whose cells show none.
    pub(super) const fn hinted(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }
}

pub(super) static ORGANISATION_KINDS: [Choice; 8] = [
    choice("company", "Entreprise"),
    choice("authority", "Collectivité"),
    choice("association", "Association ou club d’entreprises"),
    choice("chamber", "Chambre consulaire"),
    choice("state", "Service ou agence de l’État"),
    choice("public_body", "Établissement public"),
    choice("university", "Université ou recherche"),
    choice("other", "Autre"),
];

pub(super) static HEADCOUNTS: [Choice; 13] = [
    choice("0", "Aucun salarié"),
    choice("1-2", "1 ou 2 salariés"),
    choice("3-5", "3 à 5 salariés"),
    choice("6-9", "6 à 9 salariés"),
    choice("10-19", "10 à 19 salariés"),
    choice("20-49", "20 à 49 salariés"),
    choice("50-99", "50 à 99 salariés"),
    choice("100-199", "100 à 199 salariés"),
    choice("200-249", "200 à 249 salariés"),
    choice("250-499", "250 à 499 salariés"),
    choice("500-999", "500 à 999 salariés"),
    choice("1000-1999", "1 000 à 1 999 salariés"),
    choice("2000+", "2 000 salariés ou plus"),
];

pub(super) static INFLUENCES: [Choice; 4] = [choice("1", "1, faible"), choice("2", "2, moyenne"), choice("3", "3, forte"), choice("4", "4, décisive")];

pub(super) static INTERESTS: [Choice; 4] = [choice("1", "1, faible"), choice("2", "2, moyen"), choice("3", "3, fort"), choice("4", "4, moteur du projet")];

pub(super) static ACCEPTANCES: [Choice; 4] =
    [choice("favourable", "Favorable"), choice("hesitant", "Hésitante"), choice("reserved", "Réservée"), choice("unknown", "Inconnue")];

pub(super) static DIRECTIONS: [Choice; 2] = [choice("in", "Entrant, ou besoin"), choice("out", "Sortant, ou offre")];

pub(super) static DOMAINS: [Choice; 4] = [choice("water", "Eau"), choice("energy", "Énergie"), choice("material", "Matière"), choice("service", "Service")];

pub(super) static UNITS: [Choice; 11] = [
    choice("t", "t par an"),
    choice("m3", "m³ par an"),
    choice("Nm3", "Nm³ par an"),
    choice("MWh", "MWh par an"),
    choice("kWh", "kWh par an"),
    choice("GWh", "GWh par an"),
    choice("kg", "kg par an"),
    choice("L", "litres par an"),
    choice("u", "unités par an"),
    choice("h", "heures par an"),
    choice("other", "autre unité, par an"),
];

/// Quality ladder of water, the purest first; keys are those of the files that people exchange.
pub(super) static WATER_QUALITIES: [Choice; 6] = [
    choice("potable", "Potable"),
    choice("adoucie", "Déminéralisée ou adoucie"),
    choice("industrielle", "Industrielle filtrée"),
    choice("pluviale", "Pluviale"),
    choice("brute", "Brute ou épurée"),
    choice("usee", "Usée"),
];

pub(super) static FEASIBILITIES: [Choice; 4] = [
    choice("good", "Rien ne s’y oppose"),
    choice("doubt", "À vérifier"),
    choice("hard", "Difficile, mais possible"),
    choice("blocked", "Bloquante aujourd’hui"),
];

pub(super) static EVIDENCES: [Choice; 4] = [
    choice("measured", "Mesurée"),
    choice("declared", "Déclarée par l’acteur"),
    choice("knowledge", "Connaissance du porteur ou d’un partenaire"),
    choice("statistics", "Analyse statistique"),
];

pub(super) static VISIBILITIES: [Choice; 4] = [
    choice("private", "À l’équipe du dossier seulement"),
    choice("facilitator", "À l’animateur de la démarche aussi"),
    choice("partners", "Aux partenaires du projet aussi"),
    choice("public", "À tous"),
];

pub(super) static SYNERGY_KINDS: [Choice; 2] = [choice("pooling", "Mutualisation"), choice("substitution", "Substitution")];

pub(super) static SYNERGY_STATUSES: [Choice; 4] =
    [choice("lead", "Piste"), choice("study", "À l’étude"), choice("implemented", "Réalisée"), choice("abandoned", "Abandonnée")];

pub(super) static POOLING_OBJECTS: [Choice; 7] = [
    choice("service", "Service"),
    choice("equipment", "Équipement"),
    choice("purchase", "Achats"),
    choice("collection", "Collecte"),
    choice("infrastructure", "Infrastructure"),
    choice("job", "Emploi partagé"),
    choice("space", "Locaux ou terrains"),
];

pub(super) static THEMES: [Choice; 10] = [
    choice("transport", "Transport, plan de déplacements inter-entreprises (PDIE)"),
    choice("energy", "Énergie"),
    choice("waste", "Déchets"),
    choice("purchasing", "Achats"),
    choice("green_spaces", "Espaces verts"),
    choice("water", "Eaux"),
    choice("restaurant", "Restaurant collectif"),
    choice("shared_collection", "Collecte mutualisée"),
    choice("animation", "Action d’animation"),
    choice("other", "Autre"),
];

pub(super) static ORIGINS: [Choice; 2] = [choice("new", "Action nouvelle"), choice("preexisting", "Action d’un programme préexistant")];

pub(super) static PROGRESS: [Choice; 5] =
    [choice("idea", "Idée"), choice("study", "À l’étude"), choice("decided", "Décidée"), choice("in_progress", "En cours"), choice("done", "Réalisée")];

pub(super) static VAT: [Choice; 2] = [choice("excluded", "Hors taxes (HT)"), choice("included", "Toutes taxes comprises (TTC)")];

pub(super) static COMMITMENT_KINDS: [Choice; 4] = [
    choice("letter_of_interest", "Lettre de manifestation d’intérêt"),
    choice("agreement_in_principle", "Implication de principe"),
    choice("partnership_agreement", "Accord de partenariat"),
    choice("commitment_charter", "Charte d’engagement"),
];

/// Whether an authority holds a power (R32).
static EXERCISES: [Choice; 3] = [choice("exercises", "exerce"), choice("shares", "partage"), choice("none", "non")];

static STAFF_STATUSES: [Choice; 2] = [choice("acquired", "Acquis"), choice("unconfirmed", "À confirmer")];

static BODY_KINDS: [Choice; 4] = [
    choice("steering_committee", "Comité de pilotage"),
    choice("technical_committee", "Comité technique du projet"),
    choice("working_group", "Groupe de travail"),
    choice("other", "Autre"),
];

static HORIZONS: [Choice; 2] = [choice("short", "Court terme"), choice("medium", "Moyen terme")];

static SIDES: [Choice; 2] = [choice("expense", "Dépense"), choice("resource", "Ressource")];

static AMOUNT_STATUSES: [Choice; 3] = [choice("acquired", "Acquis"), choice("asked", "Demandé"), choice("planned", "Prévu")];

static SOURCES: [Choice; 7] = [
    choice("own", "Fonds propres"),
    choice("companies", "Entreprises"),
    choice("authority", "Collectivités"),
    choice("free", "FREE"),
    choice("state", "État"),
    choice("europe", "Union européenne"),
    choice("other", "Autre"),
];

/// The one item of a small table: its columns.
const fn columns(key: &'static str, title: &'static str, requirements: &'static [&'static str], fields: &'static [Field]) -> Item {
    Item { key, title, requirements, fields, ..ROW }
}

pub(super) static PERIMETER_COMMUNE: Rows = Rows {
    kind: "perimeter_commune",
    title: "Communes du périmètre",
    one: "une commune",
    many: "communes",
    name_field: "commune",
    // A whole département and its neighbours: the largest of the region has 462 communes.
    most: 600,
    items: &[columns(
        "perimeter_commune",
        "Communes du périmètre",
        &["R29"],
        &[field("commune", "Commune", Kind::Commune), line("note", "Précision", 120).optional()],
    )],
    ..TABLE
};

pub(super) static TERRITORY: Rows = Rows {
    kind: "territory",
    title: "Territoires et compétences",
    one: "une collectivité",
    many: "collectivités",
    name_field: "authority",
    items: &[columns(
        "territory",
        "Territoires et compétences",
        &["R32"],
        &[
            line("authority", "Collectivité", 120),
            one_of("economy", "Économie", &EXERCISES).optional(),
            one_of("waste", "Déchets", &EXERCISES).optional(),
            one_of("water", "Eau potable", &EXERCISES).optional(),
            one_of("sanitation", "Assainissement", &EXERCISES).optional(),
            one_of("energy", "Énergie", &EXERCISES).optional(),
            one_of("planning", "Urbanisme", &EXERCISES).optional(),
            one_of("transport", "Transports", &EXERCISES).optional(),
            line("powers", "Précisions, autres compétences", 200),
        ],
    )],
    ..TABLE
};

pub(super) static FACILITATION_ACTOR: Rows = Rows {
    kind: "facilitation_actor",
    title: "Acteurs de l’animation",
    one: "un acteur de l’animation",
    many: "acteurs de l’animation",
    name_field: "who",
    items: &[columns(
        "facilitation_actor",
        "Acteurs de l’animation",
        &["R33"],
        &[line("who", "Personne ou structure", 120), line("role", "Rôle dans l’animation", 160)],
    )],
    ..TABLE
};

pub(super) static INITIATIVE: Rows = Rows {
    kind: "initiative",
    title: "Autres démarches",
    one: "une démarche",
    many: "démarches",
    name_field: "name",
    items: &[columns(
        "initiative",
        "Autres démarches",
        &["R36", "R50"],
        &[line("name", "Démarche", 160), line("pilot", "Pilote", 120), line("shared", "Ce qui est partagé", 240)],
    )],
    ..TABLE
};

pub(super) static STAFF: Rows = Rows {
    kind: "staff",
    title: "Moyens humains",
    one: "un moyen humain",
    many: "moyens humains",
    name_field: "structure",
    items: &[columns(
        "staff",
        "Moyens humains",
        &["R37"],
        &[
            line("structure", "Structure", 120),
            line("function", "Fonction", 120),
            field("fte", "ETP", Kind::Decimal(2, 200, "0,3")),
            one_of("status", "État", &STAFF_STATUSES),
        ],
    )],
    ..TABLE
};

pub(super) static GOVERNANCE_BODY: Rows = Rows {
    kind: "governance_body",
    title: "Instances de gouvernance",
    one: "une instance",
    many: "instances",
    name_field: "name",
    items: &[columns(
        "governance_body",
        "Instances de gouvernance",
        &["R41"],
        &[line("name", "Nom", 120), one_of("kind", "Nature", &BODY_KINDS), line("members", "Membres", 240), line("rhythm", "Rythme", 120)],
    )],
    ..TABLE
};

pub(super) static BUDGET_LINE: Rows = Rows {
    kind: "budget_line",
    title: "Budget du projet",
    one: "une ligne de budget",
    many: "lignes de budget",
    name_field: "label",
    most: 100,
    items: &[columns(
        "budget_line",
        "Budget du projet",
        &["R43"],
        &[
            one_of("horizon", "Horizon", &HORIZONS),
            one_of("side", "Sens", &SIDES),
            line("label", "Intitulé", 160),
            field("amount", "Montant", Kind::Money),
            one_of("status", "État", &AMOUNT_STATUSES),
        ],
    )],
    ..TABLE
};

pub(super) static ACTION_LINE: Rows = Rows {
    kind: "action_line",
    title: "Dépenses et ressources",
    one: "une ligne de financement",
    many: "lignes de financement",
    name_field: "label",
    parent: Some("action"),
    items: &[columns(
        "action_line",
        "Dépenses et ressources",
        &["R65", "R66", "R67"],
        &[
            one_of("side", "Sens", &SIDES),
            one_of("source", "Origine", &SOURCES).optional(),
            line("label", "Intitulé", 160),
            field("amount", "Montant", Kind::Money),
            one_of("status", "État", &AMOUNT_STATUSES),
        ],
    )],
    ..TABLE
};
