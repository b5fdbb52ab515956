//! The four forms of the page of dates: the bound, its grace, the other dates, what the board warns of.

use time::OffsetDateTime;

use super::{HERE, Held};
use crate::access::CallManager;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::at;
use crate::call::store::settings::Calendar;
use crate::input::Input;
use crate::kit::moment;

/// The form of the page that is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Bound,
    Grace,
    Calendar,
    Alerts,
}

const PARTS: [(Part, &str); 4] = [(Part::Bound, "limite"), (Part::Grace, "tolerance"), (Part::Calendar, "calendrier"), (Part::Alerts, "alertes")];

pub(super) fn bound(sheet: &mut Sheet<'_>, held: &Calendar) -> (OffsetDateTime, String) {
    let hint = "Instant à partir duquel plus rien n’est accepté. «\u{a0}Avant le 15\u{a0}octobre\u{a0}» s’écrit 15\u{a0}octobre à 0\u{a0}h.";
    let bound = sheet.read(Spec::new("deposit_bound", "Nouvelle limite, heure de Paris").hint(hint).bound(), &held.deposit_bound);
    (bound, reason(sheet, "reason", "Motif du changement de limite"))
}

pub(super) fn grace(sheet: &mut Sheet<'_>, held: &Calendar) -> (i32, String) {
    let minutes = sheet.read(
        Spec::new("grace_minutes", "Tolérance, en minutes").hint("De 0 à 1\u{202f}440. La page publique n’en parle pas.").range(0, 1440),
        &held.grace_minutes,
    );
    (minutes, reason(sheet, "grace_reason", "Motif du changement de tolérance"))
}

/// A reason of three letters at least: the decision keeps it for good.
fn reason(sheet: &mut Sheet<'_>, name: &str, label: &str) -> String {
    let changes = sheet.changes.len();
    let reason = sheet.read(Spec::new(name, label).hint("Une phrase, gardée avec la décision.").range(3, 500), &String::new());
    sheet.changes.truncate(changes);
    if !reason.is_empty() && reason.chars().count() < 3 {
        sheet.refuse(name, "Écrire le motif en quelques mots.");
    }
    reason
}

pub(super) fn calendar(sheet: &mut Sheet<'_>, held: &Calendar) -> Calendar {
    let until = "Instant à partir duquel c’est trop tard. «\u{a0}Avant le 5\u{a0}décembre\u{a0}» s’écrit 5\u{a0}décembre à 0\u{a0}h.";
    Calendar {
        launched_on: sheet.read(Spec::new("launched_on", "Lancement de l’appel").optional(), &held.launched_on),
        manifestation_bound: sheet
            .read(Spec::new("manifestation_bound", "Limite des manifestations d’intérêt").hint(until).optional().bound(), &held.manifestation_bound),
        notified_on: sheet.read(Spec::new("notified_on", "Notification des éligibilités").optional(), &held.notified_on),
        review_due_at: sheet.read(Spec::new("review_due_at", "Évaluations à rendre").optional(), &held.review_due_at),
        committee_at: sheet.read(Spec::new("committee_at", "Réunion du comité technique").optional(), &held.committee_at),
        committee_place: sheet.read(Spec::new("committee_place", "Lieu de cette réunion").optional(), &held.committee_place),
        fund_committee_on: sheet.read(Spec::new("fund_committee_on", "Comité de gestion du fonds").optional(), &held.fund_committee_on),
        council_on: sheet.read(Spec::new("council_on", "Commission permanente").optional(), &held.council_on),
        ..held.clone()
    }
}

/// Days from which the board warns: without movement, before the bound.
pub(super) fn alerts(sheet: &mut Sheet<'_>, held: &Calendar) -> (i32, i32) {
    let still = Spec::new("still_days", "Jours sans mouvement avant d’être signalé").hint("De 3 à 365. Concerne les brouillons, jusqu’à la limite de dépôt.");
    let near = Spec::new("near_days", "Jours avant la limite où ce qui bloque le dépôt est signalé").hint("De 1 à 120.");
    (sheet.read(still.range(3, 365), &held.still_days), sheet.read(near.range(1, 120), &held.near_days))
}

/// The four forms; the posted one as it came back.
pub(super) fn forms(manager: &CallManager, held: &Held, posted: Option<(Part, Sheet<'_>, i32)>) -> Vec<FormView> {
    let action = at(&manager.call().slug, HERE);
    let mut posted = posted;
    PARTS
        .into_iter()
        .map(|(part, key)| {
            let (sheet, seen) = match posted.take_if(|(held, ..)| *held == part) {
                Some((_, sheet, seen)) => (sheet, seen),
                None => (filled(part, held), held.calendar.version),
            };
            let (title, button, intro) = match part {
                Part::Bound => (
                    "Limite de dépôt",
                    "Déplacer la limite",
                    format!("Aujourd’hui\u{a0}: {}. Les porteurs sont prévenus par courriel.", bound_said(held.calendar.deposit_bound, manager.now())),
                ),
                Part::Grace => (
                    "Tolérance après la limite",
                    "Changer la tolérance",
                    "Quelques minutes pendant lesquelles un dépôt commencé à temps est encore reçu.".to_owned(),
                ),
                Part::Calendar => ("Autres dates", "Enregistrer les dates", String::new()),
                Part::Alerts => (
                    "Alertes du tableau",
                    "Enregistrer les alertes",
                    "Le tableau du comité signale les dossiers à risque. Les porteurs ne voient pas ces alertes.".to_owned(),
                ),
            };
            FormView::of(sheet, (key, title, button), action.clone(), seen).intro(intro).main_if(part == Part::Bound)
        })
        .collect()
}

/// "dépôt possible jusqu’au …", or since when it no longer is.
fn bound_said(bound: OffsetDateTime, now: OffsetDateTime) -> String {
    if bound <= now {
        format!("le dépôt est clos depuis le {}", moment::full(bound))
    } else {
        format!("dépôt possible jusqu’au {}", moment::until(bound))
    }
}

fn filled<'a>(part: Part, held: &Held) -> Sheet<'a> {
    let mut sheet = Sheet::of(None);
    draw_in(part, &mut sheet, held);
    sheet
}

fn draw_in(part: Part, sheet: &mut Sheet<'_>, held: &Held) {
    match part {
        Part::Bound => drop(bound(sheet, &held.calendar)),
        Part::Grace => drop(grace(sheet, &held.calendar)),
        Part::Calendar => drop(calendar(sheet, &held.calendar)),
        Part::Alerts => {
            alerts(sheet, &held.calendar);
        }
    }
}

/// The form that an input is of, as it was typed, unsaved.
pub(super) fn typed_in<'a>(mut sheet: Sheet<'a>, input: &Input, held: &Held) -> Option<(Part, Sheet<'a>, i32)> {
    let part = part_of(input)?;
    draw_in(part, &mut sheet, held);
    let seen = sheet.seen(held.calendar.version);
    Some((part, sheet, seen))
}

pub(super) fn part_of(input: &Input) -> Option<Part> {
    PARTS.iter().find(|(_, key)| *key == input.get("act")).map(|(part, _)| *part)
}
