//! Deliverable 3, one or two immediate collective actions (R57 to R71).

use super::fields::text;
use super::rows::ACTION;
use super::{BLANK, Deliverable, Item, Rule, Section, rules};

/// Actions collectives immédiates.
pub(super) static ACTIONS: Deliverable = Deliverable {
    no: 3,
    path: "actions",
    title: "Actions collectives immédiates",
    short: "Actions collectives",
    lead: "Une ou deux actions « vitrines », concrètes et rapides, qui lancent ou confirment une dynamique sur le territoire. \
        Chacune a sa page : besoin, acteurs, avancement, plan de financement.",
    unit: ("élément", "éléments"),
    sections: &[
        Section {
            key: "actions.presentation",
            slug: "presentation",
            title: "Présentation",
            intro: "La première réponse s’écrit ici ; les suivantes se remplissent sur la page de chaque action.",
            items: &PRESENTATION,
        },
        super::added::SECTION_3,
    ],
};

static PRESENTATION: [Item; 5] = [
    Item {
        key: "knowledge",
        title: "Connaissance des acteurs et habitudes de travail avec eux",
        requirements: &["R57", "R58"],
        expected: "Ce que vous savez déjà des acteurs du territoire, et ce que vous avez fait ensemble. \
            Puis ce que l’action y ajoutera : vite aboutie, elle fait connaître les acteurs et en entraîne d’autres.",
        criteria: &["3.4", "G3"],
        fields: &[text("knowledge").guided(100, 250, 500)],
        ..BLANK
    },
    Item {
        key: "showcase",
        title: "Une ou deux actions « vitrines »",
        requirements: &["R59", "R60", "R61", "R63", "R68", "R69"],
        expected: "Des actes concrets, envisagés pendant la phase 1. L’objet est libre : transport, énergie, déchets, achats, espaces verts, eaux, \
            restauration, collecte, animation. Une action issue d’un programme existant est admise, une action nouvelle retient davantage l’attention.",
        not_expected: "Une troisième action : le règlement en demande une ou deux.",
        criteria: &["3.1", "3.2"],
        list: Some(&ACTION),
        is_blocking: true,
        rule: Rule::Special(rules::showcase),
        ..BLANK
    },
    Item {
        key: "need",
        title: "Besoin avéré et acteurs concernés",
        requirements: &["R64", "R71"],
        expected: "Chaque action répond à un besoin exprimé par des acteurs nommés, chacun avec son rôle. \
            À remplir sur la page de l’action, sous « Besoin et acteurs ».",
        criteria: &["3.1", "3.4"],
        rule: Rule::Special(rules::need),
        ..BLANK
    },
    Item {
        key: "progress",
        title: "Avancement des actions",
        requirements: &["R62", "R70"],
        expected: "Où en est chaque action, ce qui le montre, ce qui reste à faire et quand. \
            Une action inachevée au dépôt n’est pas écartée : sa qualité, son avancement et la dynamique suscitée comptent. \
            À remplir sur la page de l’action, sous « Avancement ».",
        not_expected: "Une action achevée : le règlement n’écarte pas celle qui ne l’est pas encore.",
        criteria: &["3.3"],
        rule: Rule::Special(rules::action_progress),
        ..BLANK
    },
    Item {
        key: "financing",
        title: "Plan de financement des actions",
        requirements: &["R65", "R66", "R67"],
        expected: "Un plan propre à chaque action, dont les ressources égalent les dépenses. \
            Les partenaires et les dispositifs du FREE peuvent y figurer. À remplir sur la page de l’action, sous « Plan de financement ».",
        not_expected: "Une aide de l’appel lui-même : il ne finance pas les actions, et l’inscrire en ressource empêche le dépôt.",
        criteria: &["3.1"],
        is_blocking: true,
        rule: Rule::Special(rules::financing),
        ..BLANK
    },
];
