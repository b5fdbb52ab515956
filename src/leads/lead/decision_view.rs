//! What the team decides of a lead: the form, what was decided before, and how to take the last decision back.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::access::Dossier;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::input::Input;
use crate::kit::moment;
use crate::leads::book::Book;
use crate::leads::decision::{Choice, Decision, Subject};
use crate::project::alerts::{Alert, suspended_alert};
use crate::project::units;

/// Usual reasons to set a lead aside: key and sentence.
pub const REASONS: [(&str, &str); 6] = [
    ("loin", "Trop loin, ou transport trop coûteux"),
    ("fait", "Existe déjà, ou a déjà été étudié"),
    ("refus", "Un des acteurs ne le souhaite pas"),
    ("inadapte", "Quantité ou qualité inadaptée"),
    ("regle", "Réglementation ou sécurité"),
    ("donnee", "Donnée ou type de flux à corriger"),
];

/// What a post that was not done leaves on the page.
#[derive(Debug, Default)]
pub struct Typed {
    /// Usual reason chosen.
    pub usual: String,
    /// Own words.
    pub reason: String,
    /// Why the reason was not taken.
    pub error: String,
    /// What is said above.
    pub alerts: Vec<Alert>,
    /// The page follows a decision.
    pub is_just_done: bool,
}

impl Typed {
    /// What was typed while the session ended.
    pub fn back(input: &Input) -> Self {
        Self { usual: input.get("motif").to_owned(), reason: input.get("reason").to_owned(), alerts: vec![suspended_alert()], ..Self::default() }
    }
}

/// The synergy that a lead became.
#[derive(Debug, Clone)]
pub struct Became {
    /// Row.
    pub row: Uuid,
    /// It was taken out of the dossier since.
    pub is_removed: bool,
}

/// A former decision.
#[derive(Debug)]
pub struct Past {
    /// For the machine.
    pub iso: String,
    /// "aujourd’hui à 14 h 32".
    pub when: String,
    /// Who.
    pub author: String,
    /// "a écarté cette piste : trop loin".
    pub text: String,
}

/// How to take the last decision back.
#[derive(Debug)]
pub struct Undo {
    /// What was done.
    pub sentence: String,
    /// Verdict that undoes it.
    pub verdict: &'static str,
    /// Reason of the former decision, when it set the lead aside.
    pub reason: String,
}

/// What the page offers.
#[derive(Debug)]
pub struct DecisionView {
    /// Where forms are posted.
    pub action: String,
    /// Last decision seen.
    pub seen: i64,
    /// Operation.
    pub operation: Uuid,
    /// May decide now.
    pub is_editable: bool,
    /// Last decision.
    pub choice: Choice,
    /// Its reason.
    pub reason: String,
    /// Usual reasons: key, sentence, chosen.
    pub reasons: Vec<(&'static str, &'static str, bool)>,
    /// Own words, as typed.
    pub typed: String,
    /// Why the reason was not taken.
    pub error: String,
    /// Undone right after.
    pub undo: Option<Undo>,
    /// The synergy that it became, and its address.
    pub synergy: Option<(Became, String)>,
    /// Address where a synergy taken out is brought back.
    pub back: String,
    /// Former decisions, the last first.
    pub history: Vec<Past>,
}

impl DecisionView {
    /// Promoted, and the synergy lives: decided there from now on.
    pub fn is_promoted(&self) -> bool {
        self.choice == Choice::Promoted && self.synergy.as_ref().is_some_and(|(became, _)| !became.is_removed)
    }

    /// May be kept?
    pub fn can_keep(&self) -> bool {
        self.choice != Choice::Kept
    }

    /// May be taken back?
    pub fn can_reopen(&self) -> bool {
        self.choice != Choice::Open
    }

    /// The lead became a synergy: where it lives, or that it was taken out.
    pub fn synergy_alert(&self) -> Option<Alert> {
        let (became, href) = self.synergy.as_ref()?;
        let (class, heading, sentence, link) = if became.is_removed {
            let sentence = "Elle peut être rétablie, ou la piste reprise ci-dessous\u{a0}:";
            ("warn", "La synergie issue de cette piste a été retirée du dossier", sentence, (self.back.clone(), "rétablir la synergie".to_owned()))
        } else {
            let sentence = "Son étude se poursuit sur sa fiche\u{a0}: intérêt, freins, leviers, faisabilité, prochaine étape.";
            ("ok", "Cette piste est devenue une synergie du dossier", sentence, (href.clone(), "Ouvrir la synergie".to_owned()))
        };
        Some(Alert { class, heading: heading.to_owned(), sentence: sentence.to_owned(), links: vec![link], is_focused: false })
    }
}

/// The synergy that the last decision made, if it did.
pub async fn synergy(conn: &mut PgConnection, dossier: &Dossier, last: Option<&Decision>) -> Result<Option<Became>, AppError> {
    let Some(row) = last.filter(|last| last.choice == Choice::Promoted).and_then(|last| last.synergy) else { return Ok(None) };
    let is_removed = units::removed(conn, dossier.project(), "synergy", row).await?.is_some();
    Ok(Some(Became { row, is_removed }))
}

/// Everything about decisions, from the history of the lead.
pub fn view(dossier: &Dossier, book: Book<'_>, subject: &Subject, (history, synergy, typed): (&[Decision], Option<Became>, &Typed)) -> DecisionView {
    let last = history.first();
    let is_editable = dossier.may_write(part_of("synergy")).is_ok();
    let is_own = last.is_some_and(|last| last.account == dossier.account());
    DecisionView {
        action: book.href(subject),
        seen: last.map_or(0, |last| last.id),
        operation: Uuid::new_v4(),
        is_editable,
        choice: last.map_or(Choice::Open, |last| last.choice),
        reason: last.map(|last| last.reason.clone()).unwrap_or_default(),
        reasons: REASONS.iter().map(|(key, label)| (*key, *label, *key == typed.usual)).collect(),
        typed: typed.reason.clone(),
        error: typed.error.clone(),
        undo: if typed.is_just_done && is_own && is_editable { undo(history) } else { None },
        back: synergy.as_ref().map(|became| format!("{}/synergies?retire={}", book.base, became.row)).unwrap_or_default(),
        synergy: synergy.map(|became| {
            let href = format!("{}/synergies/{}", book.base, became.row);
            (became, href)
        }),
        history: history.iter().map(|decision| past(decision, dossier)).collect(),
    }
}

/// Back to what stood before; a promotion is undone by taking the synergy out.
fn undo(history: &[Decision]) -> Option<Undo> {
    let last = history.first().filter(|last| last.choice != Choice::Promoted)?;
    let before = history.get(1).filter(|before| before.choice != Choice::Promoted);
    let (verdict, reason) = match before.map(|before| before.choice) {
        Some(Choice::Kept) => ("garder", String::new()),
        Some(Choice::Dismissed) => ("ecarter", before.map(|before| before.reason.clone()).unwrap_or_default()),
        _ => ("reprendre", String::new()),
    };
    let sentence = match last.choice {
        Choice::Kept => "Piste gardée.".to_owned(),
        Choice::Dismissed => format!("Piste écartée\u{a0}: {}.", last.reason.trim_end_matches('.')),
        Choice::Open | Choice::Promoted => "Piste reprise\u{a0}: elle est de nouveau à décider.".to_owned(),
    };
    Some(Undo { sentence, verdict, reason })
}

fn past(decision: &Decision, dossier: &Dossier) -> Past {
    Past { iso: moment::iso(decision.at), when: moment::near(decision.at, dossier.now()), author: decision.author.clone(), text: told(decision) }
}

/// "a écarté cette piste : trop loin".
pub fn told(decision: &Decision) -> String {
    match decision.choice {
        Choice::Kept => "a gardé cette piste".to_owned(),
        Choice::Dismissed => format!("a écarté cette piste\u{a0}: {}", decision.reason),
        Choice::Promoted => "a promu cette piste en synergie".to_owned(),
        Choice::Open => "a repris cette piste, de nouveau à décider".to_owned(),
    }
}
