//! Questions of the carrier's own (R9, « compléter les attendus »): small rows like the others, in a section that each
//! deliverable ends with. They are saved, kept in history, frozen by deposits and read like any answer; they never count
//! in the progress and never block.

use super::fields::{ROW, TABLE, answer, line};
use super::{Item, Rows, Rule, Section};

/// `?theme=` of the section, in every deliverable.
pub const SLUG: &str = "questions";

/// Most questions of one deliverable.
pub const MOST: u16 = 20;

const PREFIX: &str = "question_";

/// Is it the kind of the added questions of a deliverable?
pub fn is_kind(kind: &str) -> bool {
    kind.starts_with(PREFIX)
}

/// What is asked of an added question: its own words, and the answer.
static QUESTION: [Item; 1] = [Item {
    key: "question",
    title: "Question ajoutée",
    requirements: &["R9"],
    fields: &[
        line("title", "Intitulé", 200),
        line("guidance", "Précision", 500).hinted("Ce que la réponse doit contenir, pour l’équipe et pour qui lit le dossier.").optional(),
        answer("answer", "Réponse").optional(),
    ],
    ..ROW
}];

const fn rows(kind: &'static str) -> Rows {
    Rows { kind, title: "Questions ajoutées", one: "une question", many: "questions ajoutées", name_field: "title", most: MOST, items: &QUESTION, ..TABLE }
}

const fn item(key: &'static str, tables: &'static [&'static Rows]) -> Item {
    Item {
        key,
        title: "Vos propres questions",
        requirements: &["R9"],
        expected: "Le règlement permet de compléter ses attendus : ce qui est propre à votre territoire se demande et s’écrit ici. \
            Chaque question suit le dossier partout où il se lit, dépôt et impression compris.",
        not_expected: "Une obligation de plus : ces questions ne comptent pas dans l’avancement et n’empêchent jamais le dépôt.",
        tables,
        rule: Rule::Lines,
        ..ROW
    }
}

macro_rules! added {
    ($($no:literal: $section:ident, $rows:ident, $items:ident = $key:literal, $kind:literal, $item:literal;)+) => {
        $(
            static $rows: Rows = rows($kind);
            static $items: [Item; 1] = [item($item, &[&$rows])];

            #[doc = concat!("Added questions of deliverable ", $no, ".")]
            pub(super) const $section: Section = Section {
                key: $key,
                slug: SLUG,
                title: "Questions ajoutées",
                intro: "Facultatif : vingt questions au plus par livrable, dans l’ordre que vous choisissez.",
                items: &$items,
            };
        )+
    };
}

added! {
    1: SECTION_1, ROWS_1, ITEMS_1 = "organisation.questions", "question_1", "questions_1";
    2: SECTION_2, ROWS_2, ITEMS_2 = "etat.questions", "question_2", "questions_2";
    3: SECTION_3, ROWS_3, ITEMS_3 = "actions.questions", "question_3", "questions_3";
    4: SECTION_4, ROWS_4, ITEMS_4 = "mobilisation.questions", "question_4", "questions_4";
    5: SECTION_5, ROWS_5, ITEMS_5 = "candidature.questions", "question_5", "questions_5";
}
