//! Deliverable 1, the sixteen questions of the organisation (R26 to R44), and what has changed since the manifestation (R27).

use super::fields::{BUDGET_LINE, EXTRA, FACILITATION_ACTOR, GOVERNANCE_BODY, INITIATIVE, PERIMETER_COMMUNE, STAFF, TERRITORY, answer, line, text};
use super::{BLANK, Deliverable, Item, Rule, Section, Slot, rules};

/// Descriptif organisationnel.
pub(super) static ORGANISATION: Deliverable = Deliverable {
    no: 1,
    path: "organisation",
    title: "Descriptif organisationnel",
    short: "Organisation",
    lead: "Seize questions en cinq thèmes. Répondez dans l’ordre qui vous convient : tout est enregistré, même incomplet.",
    unit: ("réponse", "réponses"),
    sections: &[
        Section {
            key: "organisation.perimetre",
            slug: "perimetre",
            title: "Périmètre",
            intro: "Où le projet se déroule, qui y produit et y consomme, et quelles collectivités y sont compétentes.",
            items: &PERIMETER,
        },
        Section {
            key: "organisation.animation",
            slug: "animation",
            title: "Animation",
            intro: "Qui fait vivre la démarche au quotidien, avec quels moyens, et jusqu’à quand.",
            items: &FACILITATION,
        },
        Section {
            key: "organisation.portage",
            slug: "portage",
            title: "Portage",
            intro: "La structure qui répond du projet, et ce qui la rend légitime.",
            items: &CARRYING,
        },
        Section {
            key: "organisation.gouvernance",
            slug: "gouvernance",
            title: "Gouvernance",
            intro: "Qui décide, comment, et avec l’accord de qui. Trois questions facultatives portent sur la solidité des partenariats.",
            items: &GOVERNANCE,
        },
        Section {
            key: "organisation.financement",
            slug: "financement",
            title: "Financement",
            intro: "Ce que coûte la démarche, qui la paie, et comment elle dure.",
            items: &FUNDING,
        },
        Section {
            key: "organisation.evolution",
            slug: "evolution",
            title: "Depuis la manifestation",
            intro: "Il est normal que le projet ait évolué depuis la manifestation d’intérêt. Le dire aide à comprendre l’organisation retenue.",
            items: &EVOLUTION,
        },
        super::added::SECTION_1,
    ],
};

/// One of the sixteen: each blocks the deposit.
const QUESTION: Item = Item { is_blocking: true, ..BLANK };

/// Asked, but outside the sixteen.
const PROMPT: Item = Item { is_element: false, ..BLANK };

static PERIMETER: [Item; 4] = [
    Item {
        key: "q1",
        no: "1",
        title: "Quel périmètre géographique avez-vous choisi ?",
        requirements: &["R26", "R28", "R29"],
        expected: "Les limites retenues et leur raison : un bassin d’activité, une zone industrielle, des sites assez proches pour échanger. \
            Dire aussi ce qui est resté en dehors, et pourquoi. Les communes se choisissent par EPCI ou sur la carte, ou se saisissent dans le tableau.",
        criteria: &["G1", "G2"],
        fields: &[text("q1").guided(150, 300, 600)],
        tables: &[&PERIMETER_COMMUNE],
        ..QUESTION
    },
    Item {
        key: "q2",
        no: "2",
        title: "Quels acteurs économiques sont actifs sur ce périmètre ?",
        requirements: &["R30"],
        expected: "Un portrait d’ensemble : filières, grands établissements, petites entreprises, zones d’activités, clubs d’entreprises. \
            La liste se tient à la page Acteurs : chacun y est saisi une fois, puis repris dans tout le dossier.",
        not_expected: "Un annuaire. Citer ceux qui comptent pour le projet.",
        criteria: &["G2"],
        fields: &[text("q2").guided(150, 300, 600)],
        ..QUESTION
    },
    Item {
        key: "q3",
        no: "3",
        title: "Ce périmètre est-il assez dense, économiquement et industriellement, pour des échanges et des mutualisations ?",
        requirements: &["R31"],
        expected: "Quelques chiffres et leur source : établissements, emplois, part de l’industrie, distances entre sites. \
            Puis une conclusion : ce que cette densité rend possible, et ce qu’elle exclut.",
        not_expected: "Des flux mesurés : des statistiques et leur source suffisent.",
        criteria: &["G2"],
        fields: &[text("q3").guided(100, 250, 500)],
        ..QUESTION
    },
    Item {
        key: "q4",
        no: "4",
        title: "Quels territoires sont concernés, et avec quelles compétences ?",
        requirements: &["R32"],
        expected: "Communes, intercommunalités, syndicats mixtes, et les compétences utiles au projet : développement économique, déchets, eau, \
            énergie, urbanisme, transports. Dire ce que chaque collectivité peut décider seule.",
        criteria: &["G2", "G3"],
        fields: &[text("q4").guided(80, 200, 400)],
        tables: &[&TERRITORY],
        ..QUESTION
    },
];

static FACILITATION: [Item; 8] = [
    Item {
        key: "q5",
        no: "5",
        title: "Quels sont les acteurs clés de l’animation ?",
        requirements: &["R33"],
        expected: "Qui convainc, qui réunit, qui relance. Nommer aussi les relais dans les entreprises.",
        criteria: &["G3"],
        fields: &[text("q5").guided(150, 300, 600).hinted("Personnes ou structures, et le rôle de chacune.")],
        tables: &[&FACILITATION_ACTOR],
        ..QUESTION
    },
    Item {
        key: "q6",
        no: "6",
        title: "Par quels moyens les acteurs sont-ils informés et sensibilisés ?",
        requirements: &["R34"],
        expected: "Les supports, leur rythme, leur public. Donner des faits : combien, quand, avec quel retour.",
        criteria: &["G1", "G3"],
        fields: &[text("q6").guided(150, 300, 600)],
        ..QUESTION
    },
    Item {
        key: "q7",
        no: "7",
        title: "Quels liens avec les acteurs économiques hors du périmètre ?",
        requirements: &["R35"],
        expected: "Fournisseurs, clients ou repreneurs voisins, et ce qu’ils apporteraient. \
            Sur leur fiche d’acteur, cocher « Hors du périmètre ».",
        not_expected: "Des accords déjà conclus : la question porte sur les liens envisagés.",
        criteria: &["G2"],
        fields: &[text("q7").guided(80, 200, 400)],
        ..QUESTION
    },
    Item {
        key: "q8",
        no: "8",
        title: "Le projet est-il lié à d’autres démarches, territoriales ou de projet ?",
        requirements: &["R36"],
        expected: "Citer la démarche, son pilote et ce qui est déjà partagé avec elle. \
            Par exemple : plan climat-énergie, programme de prévention des déchets, schéma des eaux, pôle ou grappe d’entreprises.",
        criteria: &["G4"],
        fields: &[text("q8").guided(80, 200, 400).hinted("Les démarches du tableau servent aussi à l’état des lieux.")],
        tables: &[&INITIATIVE],
        ..QUESTION
    },
    Item {
        key: "q9",
        no: "9",
        title: "Quels moyens humains le porteur et ses partenaires mettent-ils à disposition ?",
        requirements: &["R37"],
        expected: "Du temps réel, par personne. Une demi-journée par semaine vaut 0,1 ETP.",
        criteria: &["G4"],
        fields: &[text("q9").guided(20, 100, 250).hinted("Facultatif : le tableau suffit. Écrire ici ce qu’il ne dit pas.").optional()],
        tables: &[&STAFF],
        slot: Some(Slot {
            key: "moyens-humains",
            label: "Fiche de poste ou lettre de mise à disposition",
            hint: "Facultatif : la pièce appuie la réponse, elle ne la remplace pas.",
        }),
        rule: Rule::Special(rules::staff),
        ..QUESTION
    },
    Item {
        key: "q10",
        no: "10",
        title: "Quelle animation au-delà du soutien de l’ADEME et de la Région ?",
        requirements: &["R38"],
        expected: "Ce qui continue une fois l’aide terminée : qui anime, sur quel temps de travail, payé par qui. \
            Distinguer ce qui est décidé de ce qui reste à obtenir.",
        criteria: &["G3", "G4"],
        fields: &[text("q10").guided(100, 250, 500)],
        ..QUESTION
    },
    Item {
        key: "adhesion",
        title: "Qu’est-ce qui décide les acteurs à rejoindre une démarche collective ?",
        requirements: &["R19"],
        expected: "Les raisons concrètes de venir et de rester : un coût évité, un voisin convaincu, une obligation proche. \
            Dire aussi ce qui retient les autres, et ce que vous y répondez.",
        criteria: &["G3"],
        fields: &[text("adhesion").guided(50, 150, 300).hinted(EXTRA).optional()],
        ..PROMPT
    },
    Item {
        key: "mediation",
        title: "Comment les échanges sont-ils animés, et qui fait la médiation en cas de désaccord ?",
        requirements: &["R20"],
        expected: "La façon de faire travailler ensemble des acteurs aux intérêts différents : règles de réunion, tiers de confiance, \
            manière de trancher. Un exemple vécu vaut mieux qu’un principe.",
        criteria: &["G3"],
        fields: &[text("mediation").guided(50, 150, 300).hinted(EXTRA).optional()],
        ..PROMPT
    },
];

static CARRYING: [Item; 2] = [
    Item {
        key: "q11",
        no: "11",
        title: "Quelle structure est la plus à même de porter le projet ?",
        requirements: &["R39"],
        expected: "Ce qui désigne cette structure : son statut, sa légitimité auprès des entreprises et des élus, sa capacité à recevoir \
            et à gérer des fonds. Si une autre doit prendre le relais en phase 2, le dire.",
        criteria: &["G4"],
        fields: &[line("carrier_name", "Structure porteuse", 160), answer("q11", "Raisons de ce choix").guided(100, 250, 500)],
        ..QUESTION
    },
    Item {
        key: "q12",
        no: "12",
        title: "Quelles sont les compétences de cette structure, et quels liens a-t-elle avec les acteurs clés ?",
        requirements: &["R40"],
        expected: "Ce qu’elle sait faire et l’a déjà montré : projets collectifs, environnement, travail avec l’industrie. \
            Pour chaque acteur clé, la nature du lien : adhésion, convention, mandat, simple contact.",
        criteria: &["G1", "G4"],
        fields: &[text("q12").guided(100, 250, 500)],
        ..QUESTION
    },
];

static GOVERNANCE: [Item; 5] = [
    Item {
        key: "q13",
        no: "13",
        title: "Quel mode de gouvernance avez-vous retenu ?",
        requirements: &["R41"],
        expected: "Qui décide, qui prépare, qui est consulté, à quel rythme. \
            Décrire chaque instance dans le tableau, et dire la place qu’y tiennent les entreprises.",
        not_expected: "Le rôle de chaque partie prenante : il se décrit au livrable 4.",
        criteria: &["G3"],
        fields: &[text("q13").guided(150, 300, 600)],
        tables: &[&GOVERNANCE_BODY],
        ..QUESTION
    },
    Item {
        key: "q14",
        no: "14",
        title: "Comment les parties prenantes acceptent-elles cette gouvernance ?",
        requirements: &["R42"],
        expected: "Ce qui leur a été présenté, quand, et les réserves entendues. \
            L’acceptation de chacune (favorable, hésitante, réservée) se note sur sa fiche d’acteur.",
        criteria: &["G3"],
        fields: &[text("q14").guided(80, 200, 400)],
        ..QUESTION
    },
    Item {
        key: "legal",
        title: "Quels supports juridiques rendront les partenariats durables ?",
        requirements: &["R21"],
        expected: "Contrat de fourniture, convention, association, groupement d’employeurs, société commune : ce qui existe et ce qui reste à écrire. \
            Dire ce que chacun garantit, et pour combien de temps.",
        criteria: &["G3"],
        fields: &[text("legal").guided(50, 150, 300).hinted(EXTRA).optional()],
        slot: Some(Slot { key: "supports-juridiques", label: "Supports juridiques", hint: "Contrat, convention ou statuts, même à l’état de projet." }),
        ..PROMPT
    },
    Item {
        key: "interdependence",
        title: "Comment limitez-vous les risques d’interdépendance ?",
        requirements: &["R22"],
        expected: "Ce qui se passe si un partenaire ferme, déménage ou change de procédé : préavis, solution de secours, autre débouché. \
            Le risque propre à une synergie se note sur sa fiche.",
        criteria: &["G3"],
        fields: &[text("interdependence").guided(50, 150, 300).hinted(EXTRA).optional()],
        ..PROMPT
    },
    Item {
        key: "confidentiality",
        title: "Comment protégez-vous les données confidentielles des entreprises ?",
        requirements: &["R23"],
        expected: "Qui voit quoi, sur la base de quel accord, et ce qui peut être publié. \
            Un acteur ou une synergie marqués « Confidentiel » restent hors des documents publics.",
        criteria: &["G3"],
        fields: &[text("confidentiality").guided(50, 150, 300).hinted(EXTRA).optional()],
        ..PROMPT
    },
];

static FUNDING: [Item; 2] = [
    Item {
        key: "q15",
        no: "15",
        title: "Comment le projet est-il financé, à court et à moyen terme ?",
        requirements: &["R43"],
        expected: "Les dépenses et les ressources de chaque horizon ; le règlement n’en fixe pas la durée : indiquer les années retenues. \
            Séparer l’acquis, le demandé et le prévu. Préciser si les montants sont HT ou TTC.",
        criteria: &["G4"],
        fields: &[text("q15").guided(80, 250, 500).hinted("Le tableau donne les montants, le texte les explique.")],
        tables: &[&BUDGET_LINE],
        ..QUESTION
    },
    Item {
        key: "q16",
        no: "16",
        title: "Quel modèle économique fera durer la démarche ?",
        requirements: &["R44"],
        expected: "Qui paiera l’animation et les services quand les aides cesseront : cotisations, services facturés, part des gains, budget des \
            collectivités. Donner un ordre de grandeur, et ce qui doit être réuni pour y parvenir.",
        criteria: &["G1", "G4"],
        fields: &[text("q16").guided(100, 250, 500)],
        ..QUESTION
    },
];

static EVOLUTION: [Item; 1] = [Item {
    key: "evolution",
    title: "Qu’est-ce qui a changé depuis la manifestation d’intérêt ?",
    requirements: &["R27"],
    expected: "Périmètre, partenaires, portage, ambition : ce qui a bougé, et pourquoi. Si rien n’a changé, une phrase suffit.",
    not_expected: "S’en tenir au projet initial : le règlement s’attend à ce que l’organisation ait évolué.",
    criteria: &["G1", "G4"],
    fields: &[text("evolution").guided(30, 200, 400).hinted(EXTRA).optional()],
    ..PROMPT
}];
