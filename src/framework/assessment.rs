//! Deliverable 2, the first assessment of the territory (R45 to R56) and the project's ambition (R10 to R15, R24, R25).

use super::fields::{EXTRA, answer, choice, field, text};
use super::rows::{STAKEHOLDER, SYNERGY};
use super::{BLANK, Choice, Deliverable, Item, Kind, Rule, Section, rules};

/// État des lieux.
pub(super) static ASSESSMENT: Deliverable = Deliverable {
    no: 2,
    path: "etat-des-lieux",
    title: "État des lieux",
    short: "État des lieux",
    lead: "Un premier portrait du territoire, de ses flux et de ses acteurs, pour juger de l’intérêt de la démarche. \
        Des estimations suffisent, pourvu que leur origine soit dite.",
    unit: ("élément", "éléments"),
    sections: &[
        Section {
            key: "etat.contexte",
            slug: "contexte",
            title: "Contexte et enjeux",
            intro: "D’où part le territoire, et ce que la démarche peut y changer.",
            items: &CONTEXT,
        },
        Section {
            key: "etat.analyse",
            slug: "analyse",
            title: "Analyse",
            intro: "Quatre cases sur deux axes. Quelques points par case valent mieux qu’un long texte.",
            items: &ANALYSIS,
        },
        Section {
            key: "etat.flux",
            slug: "flux",
            title: "Flux et synergies",
            intro: "Les acteurs, les flux et les synergies se saisissent une fois, sur leurs propres pages ; les textes disent ce qu’il faut en retenir.",
            items: &FLOWS,
        },
        Section {
            key: "etat.appuis",
            slug: "appuis",
            title: "Appuis et méthode",
            intro: "Ce qui existe déjà, et d’où viennent les estimations.",
            items: &SUPPORTS,
        },
        Section {
            key: "etat.ambition",
            slug: "ambition",
            title: "Ambition",
            intro: "Ce que le projet vise, et ce que le territoire y gagnera.",
            items: &AMBITION,
        },
        super::added::SECTION_2,
    ],
};

/// What R52 leaves out of a synergy.
const NO_MEASURE: &str = "Ni étude technique, ni mesure des flux réels : une estimation a priori suffit.";

static CONTEXT: [Item; 2] = [
    Item {
        key: "context",
        title: "Contexte du territoire",
        requirements: &["R45", "R53"],
        expected: "L’économie locale, ses ressources, son histoire industrielle, les tensions sur l’eau, l’énergie ou les déchets. \
            Donner la source et l’année de chaque chiffre. Partir de l’existant : diagnostics, plans, observatoires.",
        not_expected: "Une monographie. Garder ce qui éclaire les flux et les acteurs.",
        criteria: &["2.1", "G2"],
        fields: &[text("context").guided(150, 400, 800)],
        is_blocking: true,
        ..BLANK
    },
    Item {
        key: "stakes",
        title: "Enjeux et intérêt de la démarche",
        requirements: &["R17", "R45", "R54"],
        expected: "Deux ou trois enjeux, du plus important au moins important. \
            Puis une conclusion franche : en quoi la démarche y répond, et quels impacts sur l’environnement elle ferait baisser.",
        criteria: &["2.2", "G2"],
        fields: &[answer("stakes", "Enjeux du territoire").guided(100, 250, 500), answer("interest", "Intérêt de la démarche").guided(80, 200, 400)],
        ..BLANK
    },
];

static ANALYSIS: [Item; 1] = [Item {
    key: "boxes",
    title: "Atouts, faiblesses, opportunités, menaces",
    requirements: &["R46", "R54"],
    expected: "Sur chaque axe, ressources (eau, énergie, matières, foncier) et économie (entreprises, emplois, filières), ce qui aide et ce qui gêne. \
        Atouts et faiblesses décrivent le territoire d’aujourd’hui ; opportunités et menaces viennent de l’extérieur ou de l’avenir. \
        Trois cases remplies suffisent au dépôt.",
    criteria: &["2.2"],
    fields: &[
        answer("strength_resources", "Atouts (forces), ressources").guided(30, 100, 250),
        answer("strength_economy", "Atouts (forces), économie").guided(30, 100, 250),
        answer("weakness_resources", "Faiblesses, ressources").guided(30, 100, 250),
        answer("weakness_economy", "Faiblesses, économie").guided(30, 100, 250),
        answer("opportunity_resources", "Opportunités, ressources").guided(30, 100, 250),
        answer("opportunity_economy", "Opportunités, économie").guided(30, 100, 250),
        answer("threat_resources", "Menaces, ressources").guided(30, 100, 250).hinted(FOURTH_BOX).optional(),
        answer("threat_economy", "Menaces, économie").guided(30, 100, 250).hinted(FOURTH_BOX).optional(),
    ],
    is_blocking: true,
    rule: Rule::Special(rules::boxes),
    ..BLANK
}];

/// R46 reads « forces/faiblesses, atouts/opportunités ».
const FOURTH_BOX: &str = "Le règlement ne nomme pas cette quatrième case : elle peut rester vide.";

static FLOWS: [Item; 3] = [
    Item {
        key: "generators",
        title: "Plus gros acteurs générateurs de flux",
        requirements: &["R47", "R52", "R53", "R55"],
        expected: "Les quelques établissements dont les flux méritent attention, et pourquoi : tonnages, chaleur perdue, eau prélevée, transports. \
            Les signaler sur leur fiche d’acteur, décrire leurs flux à la page Flux. \
            Dire aussi ce qu’eux-mêmes ont exprimé : besoins, projets, réserves.",
        not_expected: "Des quantités mesurées. Un ordre de grandeur suffit, et peut manquer.",
        criteria: &["2.1", "2.3"],
        fields: &[text("generators_text").guided(100, 250, 500)],
        list: Some(&STAKEHOLDER),
        rule: Rule::Special(rules::generators),
        ..BLANK
    },
    Item {
        key: "pooling",
        title: "Synergies de mutualisation",
        requirements: &["R48", "R51", "R52", "R56"],
        expected: "Les types de mise en commun plausibles : collecte, achats, transports, équipement, service, emploi partagé. \
            Pour chacun : quels acteurs, pourquoi ici, d’où vient l’estimation. Classer les pistes, puis dire les freins et la prochaine étape.",
        not_expected: NO_MEASURE,
        criteria: &["2.4"],
        fields: &[text("pooling_text").guided(100, 250, 500).hinted("Ce que la liste ne dit pas : vue d’ensemble, priorités, freins.")],
        list: Some(&SYNERGY),
        rule: Rule::Special(rules::pooling),
        ..BLANK
    },
    Item {
        key: "substitution",
        title: "Synergies de substitution",
        requirements: &["R14", "R49", "R51", "R52", "R56"],
        expected: "Les types d’échange où ce qui sort chez l’un remplacerait ce qui entre chez l’autre : chaleur, eau, déchet, coproduit. \
            Nommer l’émetteur, le consommateur et, s’il manque un maillon, l’activité intermédiaire. Citer l’origine de chaque estimation.",
        not_expected: NO_MEASURE,
        criteria: &["2.4"],
        fields: &[text("substitution_text").guided(100, 250, 500).hinted("Ce que la liste ne dit pas : vue d’ensemble, priorités, freins.")],
        list: Some(&SYNERGY),
        rule: Rule::Special(rules::substitution),
        ..BLANK
    },
];

static SUPPORTS: [Item; 2] = [
    Item {
        key: "support",
        title: "Acteurs et démarches sur lesquels s’appuyer",
        requirements: &["R50", "R55"],
        expected: "Qui peut entraîner, relayer ou financer, et quelles démarches sont déjà en route. Dire ce que chacun apporte au projet. \
            Inutile de recopier : les fiches d’acteurs et les démarches de la question 8 font partie du dossier.",
        criteria: &["2.3", "G4"],
        fields: &[text("support_text").guided(100, 250, 500)],
        ..BLANK
    },
    Item {
        key: "method",
        title: "Sources et méthode",
        requirements: &["R51", "R52", "R53"],
        expected: "D’où viennent les estimations : statistiques publiques, ratios par activité et par effectif, enquêtes, connaissance du porteur et \
            de ses partenaires. Donner l’année, le mode de calcul et ce qui reste incertain.",
        not_expected: "Une analyse technique fondée sur des quantités relevées. Si de telles données existent, les citer suffit.",
        criteria: &["2.1"],
        fields: &[text("method").guided(80, 250, 500)],
        ..BLANK
    },
];

static PROCESSES: [Choice; 4] = [
    choice("flux_industriels", "Valorisation et échange de flux industriels : eaux, déchets et coproduits, énergie"),
    choice("adaptation", "Adaptation des procédés, après un échange ou une mutualisation de flux ou de services"),
    choice("partage", "Partage d’équipements ou d’infrastructures, pour produire de la chaleur par exemple"),
    choice("interface", "Création d’activités intermédiaires, qui comblent un chaînon manquant entre émetteur et consommateur"),
];

static AMBITION: [Item; 3] = [
    Item {
        key: "ambition",
        title: "Processus innovants et bénéfices attendus",
        requirements: &["R10", "R11", "R12", "R13", "R14", "R15", "R17", "R56"],
        expected: "Ce qui sera nouveau ici, dans la technique ou dans l’organisation. \
            Pour chaque sorte de bénéfice : l’effet attendu, pour qui, à quelle échéance, et le signe auquel on le reconnaîtra.",
        not_expected: "Des gains chiffrés avec certitude. Une promesse prudente et vérifiable vaut mieux.",
        criteria: &["2.4", "G2"],
        fields: &[
            field("processes", "Processus innovants visés", Kind::Choices(&PROCESSES)).hinted("Plusieurs réponses possibles."),
            answer("benefit_economic", "Bénéfices économiques").guided(30, 100, 250).hinted("Coûts évités, recettes, activités nouvelles ou maintenues."),
            answer("benefit_social", "Bénéfices sociaux")
                .guided(30, 100, 250)
                .hinted("Emplois, conditions de travail, coopération entre voisins, cadre de vie."),
            answer("benefit_environmental", "Bénéfices environnementaux")
                .guided(30, 100, 250)
                .hinted("Eau, matières et énergie économisées, déchets et émissions évités."),
        ],
        ..BLANK
    },
    Item {
        key: "jobs",
        title: "Emplois locaux et durables",
        requirements: &["R24"],
        expected: "Une estimation prudente au terme de la phase 2 ; zéro est une réponse. \
            Le règlement porte une attention particulière aux projets créateurs d’emplois locaux et pérennes.",
        fields: &[
            field("jobs_created", "Emplois créés", Kind::Whole(100_000)).hinted("Nombre de postes, même à temps partiel.").optional(),
            field("jobs_kept", "Emplois maintenus", Kind::Whole(100_000)).hinted("Postes que le projet aide à conserver.").optional(),
            answer("jobs_text", "Nature de ces emplois").guided(30, 120, 300).hinted("Métiers, lieux, durée, et comment vous les avez estimés.").optional(),
        ],
        is_element: false,
        ..BLANK
    },
    Item {
        key: "skills",
        title: "Compétences à faire évoluer",
        requirements: &["R25"],
        expected: "Les métiers et les savoir-faire dont le projet aura besoin, ceux qui manquent, et la façon de former ou de recruter.",
        fields: &[text("skills").guided(50, 150, 300).hinted(EXTRA).optional()],
        is_element: false,
        ..BLANK
    },
];
