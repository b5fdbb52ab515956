//! Deliverable 4, the stakeholders, their governance and their commitments (R72 to R79).

use super::fields::text;
use super::rows::{COMMITMENT, STAKEHOLDER};
use super::{BLANK, Deliverable, Item, Rule, Section, Slot, rules};

/// Mobilisation des acteurs.
pub(super) static MOBILISATION: Deliverable = Deliverable {
    no: 4,
    path: "mobilisation",
    title: "Mobilisation des acteurs",
    short: "Mobilisation",
    lead: "Qui est autour de la table, ce que chacun y fait, et ce à quoi il s’engage par écrit. \
        Les acteurs saisis une fois servent à la cartographie, aux engagements et au document unique.",
    unit: ("élément", "éléments"),
    sections: &[
        Section {
            key: "mobilisation.cartographie",
            slug: "cartographie",
            title: "Cartographie",
            intro: "La cartographie se compose des fiches d’acteurs. Elle accompagne la pièce 6 du dossier de candidature.",
            items: &MAP,
        },
        Section {
            key: "mobilisation.gouvernance",
            slug: "gouvernance",
            title: "Gouvernance",
            intro: "La question 13 décrit les instances ; ici, la place que chacun y tient.",
            items: &GOVERNANCE,
        },
        Section {
            key: "mobilisation.engagements",
            slug: "engagements",
            title: "Engagements",
            intro: "Chaque engagement a sa fiche ; le document unique réunit les objectifs, les principes et les signatures.",
            items: &COMMITMENTS,
        },
        Section {
            key: "mobilisation.acteurs-cles",
            slug: "acteurs-cles",
            title: "Acteurs clés",
            intro: "Les entreprises sans lesquelles la démarche n’avancerait pas.",
            items: &CORE,
        },
        super::added::SECTION_4,
    ],
};

static MAP: [Item; 1] = [Item {
    key: "map",
    title: "Cartographie des parties prenantes",
    requirements: &["R18", "R72"],
    expected: "Pour chaque partie prenante, trois choses sur sa fiche : son rôle, sa compétence, sa modalité de travail. \
        N’oublier ni les absents, ni les réticents. Le texte dit ce que la carte montre : appuis, manques, liens à créer.",
    criteria: &["4.2", "G3"],
    fields: &[text("map_text").guided(80, 200, 400).hinted("Facultatif quand les fiches suffisent.").optional()],
    list: Some(&STAKEHOLDER),
    rule: Rule::Special(rules::map),
    ..BLANK
}];

static GOVERNANCE: [Item; 1] = [Item {
    key: "stakeholder_governance",
    title: "Gouvernance des parties prenantes",
    requirements: &["R73"],
    expected: "Qui siège où, avec quelle voix ; comment on décide, par vote ou par accord de tous ; comment un membre arrive ou s’en va. \
        Renvoyer à la question 13 sans la recopier.",
    criteria: &["G3"],
    fields: &[text("stakeholder_governance").guided(100, 250, 500)],
    ..BLANK
}];

static COMMITMENTS: [Item; 3] = [
    Item {
        key: "commitments",
        title: "Engagements des entreprises et des principales parties prenantes",
        requirements: &["R18", "R74", "R75", "R78", "R79"],
        expected: "Une fiche par engagement, sous l’une des quatre formes admises ; un document signé, joint à la fiche, est l’idéal. \
            Une contribution précise et datée (temps, moyens, données) pèse plus qu’un soutien de principe. \
            Varier les signataires : entreprises, collectivités, gros générateurs de flux.",
        not_expected: "Un contrat : une lettre de manifestation d’intérêt est l’une des quatre formes admises.",
        criteria: &["4.1", "4.2"],
        list: Some(&COMMITMENT),
        is_blocking: true,
        rule: Rule::Special(rules::commitments),
        ..BLANK
    },
    Item {
        key: "charter_objectives",
        title: "Document unique d’engagement : objectifs",
        requirements: &["R76", "R78"],
        expected: "Ce que les signataires veulent atteindre ensemble, en trois à six objectifs que l’on pourra vérifier. \
            Ce texte ouvre le document que tous signent : l’écrire pour eux.",
        not_expected: "Un texte par partenaire : le règlement propose un document unique.",
        criteria: &["4.1"],
        fields: &[text("charter_objectives").guided(80, 250, 500)],
        ..BLANK
    },
    Item {
        key: "charter_principles",
        title: "Document unique d’engagement : principes",
        requirements: &["R75", "R76", "R78"],
        expected: "Les règles que chacun accepte : confidentialité, partage des gains, ouverture à d’autres, suivi de ce qui est promis. \
            Peu de règles, et fermes.",
        criteria: &["4.1"],
        fields: &[text("charter_principles").guided(80, 250, 500)],
        slot: Some(Slot {
            key: "document-engagement",
            label: "Document unique signé",
            hint: "Un exemplaire numérisé avec toutes les signatures, ou un par partenaire.",
        }),
        ..BLANK
    },
];

static CORE: [Item; 1] = [Item {
    key: "core",
    title: "Entreprises les plus motivées",
    requirements: &["R77"],
    expected: "La ou les entreprises qui forment le cercle des acteurs clés, et ce qui le montre : temps donné, données ouvertes, visites accueillies. \
        Les désigner sur leur fiche, par la case « Acteur clé ».",
    not_expected: "Une longue liste : une seule entreprise suffit si elle est vraiment motivée.",
    criteria: &["4.1", "G3"],
    fields: &[text("core_text").guided(80, 200, 400)],
    list: Some(&STAKEHOLDER),
    rule: Rule::Special(rules::core),
    ..BLANK
}];
