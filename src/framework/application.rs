//! Deliverable 5, the six pieces of the application to phase 2 (R80, R81, R108 to R113).

use super::fields::{answer, text};
use super::{BLANK, Deliverable, Item, Rule, Section, Slot};

/// Dossier de candidature à la phase 2.
pub(super) static APPLICATION: Deliverable = Deliverable {
    no: 5,
    path: "candidature",
    title: "Dossier de candidature",
    short: "Candidature",
    lead: "Six pièces pour demander l’entrée en phase 2. Deux s’écrivent ici ; quatre se composent d’elles-mêmes avec les livrables 1 à 4.",
    unit: ("pièce", "pièces"),
    sections: &[
        Section {
            key: "candidature.pieces",
            slug: "pieces",
            title: "Les six pièces",
            intro: "Rien n’est à recopier : ce qui est écrit dans les livrables passe tel quel dans le dossier déposé, avec ses annexes.",
            items: &PIECES,
        },
        super::added::SECTION_5,
    ],
};

/// What R81 spares the carrier.
const NO_COPY: &str = "Recopier : la pièce est la traduction des attendus déjà écrits.";

static PIECES: [Item; 6] = [
    Item {
        key: "letter",
        title: "Courrier de dépôt de candidature",
        requirements: &["R80", "R108"],
        expected: "Une page, signée par une personne qui engage la structure : demande d’entrée en phase 2, nom du projet, liste des six pièces. \
            L’écrire ici ou joindre le courrier signé : l’un des deux suffit.",
        criteria: &["G1"],
        fields: &[text("letter").guided(60, 300, 600)],
        slot: Some(Slot { key: "courrier", label: "Courrier signé", hint: "Un seul fichier, signature comprise." }),
        is_blocking: true,
        rule: Rule::AnyFieldOrFile,
        ..BLANK
    },
    Item {
        key: "motivation",
        title: "Objectifs et motivation du porteur",
        requirements: &["R109"],
        expected: "Ce que le projet vise en phase 2, puis pourquoi votre structure s’y engage et ce qu’elle a déjà fait pour l’environnement. \
            Cette pièce ne vient d’aucun autre livrable : elle s’écrit ici.",
        criteria: &["G1", "G4"],
        fields: &[
            answer("objectives", "Objectifs du projet").guided(150, 300, 600).hinted("Trois à cinq objectifs, du plus proche au plus lointain."),
            answer("motivation", "Motivation du porteur").guided(100, 250, 500).hinted("Des faits plutôt que des intentions."),
        ],
        is_blocking: true,
        ..BLANK
    },
    Item {
        key: "piece_organisation",
        title: "Descriptif organisationnel",
        requirements: &["R81", "R110"],
        expected: "Se compose du livrable 1 : les seize réponses, leurs tableaux et leurs annexes. \
            Évaluation : critères G1 à G4, faute de critère propre dans le règlement.",
        not_expected: NO_COPY,
        rule: Rule::Assembled(1),
        ..BLANK
    },
    Item {
        key: "piece_assessment",
        title: "État des lieux",
        requirements: &["R81", "R111"],
        expected: "Se compose du livrable 2, avec les acteurs, les flux et les synergies qu’il cite. Évaluation : critères 2.1 à 2.4.",
        not_expected: NO_COPY,
        rule: Rule::Assembled(2),
        ..BLANK
    },
    Item {
        key: "piece_actions",
        title: "Actions collectives",
        requirements: &["R81", "R112"],
        expected: "Se compose du livrable 3 : chaque action avec son plan de financement et ses preuves. Évaluation : critères 3.1 à 3.4.",
        not_expected: NO_COPY,
        rule: Rule::Assembled(3),
        ..BLANK
    },
    Item {
        key: "piece_commitment",
        title: "Document d’engagement des partenaires",
        requirements: &["R72", "R81", "R113"],
        expected: "Se compose du livrable 4 : document unique, engagements et pièces signées. \
            La cartographie des parties prenantes, que le règlement ne range dans aucune pièce, y est jointe. Évaluation : critères 4.1 et 4.2.",
        not_expected: NO_COPY,
        rule: Rule::Assembled(4),
        ..BLANK
    },
];
