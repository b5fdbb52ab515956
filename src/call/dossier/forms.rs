//! The forms of the page of a dossier: its record, its own bound, its owner, a recusal, a deposit received otherwise.

use time::OffsetDateTime;

use super::Held;
use crate::access::{ProjectManager, Status};
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::paper;
use crate::call::store::dossier::{Facts, Person};
use crate::call::store::{NOT_ELIGIBLE, is_notifiable};
use crate::input::Input;
use crate::kit::moment;
use crate::project::files::ACCEPTED;

/// A form of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Title, manifestation, eligibility.
    Record,
    /// The dossier's own bound.
    Extension,
    /// Its owner.
    Owner,
    /// Somebody who stays away.
    Recusal,
    /// A deposit received by post or by e-mail.
    Deposit,
}

/// Title, manifestation and eligibility (R2, R3, R17, R18).
pub fn record(sheet: &mut Sheet<'_>, held: &Facts) -> Facts {
    let facts = Facts {
        title: sheet.read(Spec::new("title", "Titre du projet").range(0, 160), &held.title),
        manifested_on: sheet.read(Spec::new("manifested_on", "Manifestation reçue le (R2)").optional(), &held.manifested_on),
        manifestation: sheet.read(
            Spec::new("manifestation", "Résumé de la manifestation").hint("Le porteur le retrouve dans son dossier (R27).").long(8000).optional().personal(),
            &held.manifestation,
        ),
        is_reducing_impact: sheet.read(
            Spec::new("is_reducing_impact", "Diminution globale des impacts environnementaux des activités du territoire (R17)"),
            &held.is_reducing_impact,
        ),
        is_collective: sheet
            .read(Spec::new("is_collective", "Projet collectif et collaboratif, avec l’ensemble des parties prenantes (R18)"), &held.is_collective),
        notified_on: sheet.read(Spec::new("notified_on", "Éligibilité notifiée le (R3)").optional(), &held.notified_on),
        ..held.clone()
    };
    if !is_notifiable(facts.notified_on, facts.is_reducing_impact, facts.is_collective) {
        sheet.refuse("notified_on", NOT_ELIGIBLE);
    }
    facts
}

/// The dossier's own bound and its reason.
pub fn extension(sheet: &mut Sheet<'_>, held: &Facts) -> (Option<OffsetDateTime>, String) {
    let hint = "Instant à partir duquel plus rien n’est accepté pour ce dossier. Vide\u{a0}: le délai propre est retiré.";
    let until = sheet.read(Spec::new("extended_until", "Délai propre, heure de Paris").hint(hint).optional().bound(), &held.extended_until);
    let changes = sheet.changes.len();
    let reason =
        sheet.read(Spec::new("reason", "Motif du délai").hint("Une phrase, gardée avec la décision et envoyée à l’équipe.").range(3, 500), &String::new());
    sheet.changes.truncate(changes);
    if !reason.is_empty() && reason.chars().count() < 3 {
        sheet.refuse("reason", "Écrire le motif en quelques mots.");
    }
    if until.is_some_and(|until| until <= held.common_bound) {
        sheet.refuse("extended_until", format!("Choisir un instant après la limite de l’appel, {}.", moment::until(held.common_bound)));
    }
    (until, reason)
}

/// Address of the owner.
pub fn owner(sheet: &mut Sheet<'_>) -> String {
    sheet.read(
        Spec::new("owner", "Adresse électronique du porteur")
            .hint("Avec un compte existant, le dossier s’y ajoute aussitôt\u{a0}; sinon une invitation part.")
            .email(),
        &String::new(),
    )
}

/// Who stays away, and why.
pub fn recusal(sheet: &mut Sheet<'_>, people: &[Person]) -> (String, String) {
    let free = people.iter().filter(|person| person.origin.is_none());
    let name = |person: &Person| if person.organisation.is_empty() { person.name.clone() } else { format!("{}, {}", person.name, person.organisation) };
    let options = std::iter::once((String::new(), "Choisir une personne".to_owned())).chain(free.map(|person| (person.id.to_string(), name(person)))).collect();
    let account = sheet.read(Spec::new("account", "Personne en déport").among(options), &String::new());
    let reason = sheet.read(Spec::new("recusal_reason", "Motif du déport").hint("Une phrase, lue par les seuls gestionnaires.").range(3, 500), &String::new());
    (account, reason)
}

fn filled<'a>(part: Part, manager: &ProjectManager, held: &Held) -> Sheet<'a> {
    let mut sheet = Sheet::of(None);
    draw_in(part, &mut sheet, manager, held);
    sheet
}

fn draw_in(part: Part, sheet: &mut Sheet<'_>, manager: &ProjectManager, held: &Held) {
    match part {
        Part::Record => drop(record(sheet, &held.facts)),
        Part::Extension => drop(extension(sheet, &held.facts)),
        Part::Owner => drop(owner(sheet)),
        Part::Recusal => drop(recusal(sheet, &held.people)),
        Part::Deposit => drop(paper::deposit(sheet, manager)),
    }
}

/// The form that waited for its author to sign in again, as it was typed.
pub(super) fn kept<'a>(input: Option<&'a Input>, manager: &ProjectManager, held: &Held) -> Option<(Part, Sheet<'a>, i32)> {
    let act = input?.get("act");
    let part = PARTS.into_iter().find(|part| words(*part, held).0.0 == act)?;
    let mut sheet = Sheet::kept(input);
    draw_in(part, &mut sheet, manager, held);
    let seen = sheet.seen(held.facts.version);
    Some((part, sheet, seen))
}

/// Where the others are acts on a page of their own, this one is received with its file, at the deposits' address.
fn action(part: Part, manager: &ProjectManager, id: &str) -> String {
    let page = format!("/appel/dossiers/{}", manager.project());
    match part {
        // The record is the page's own form; the others are acts below it.
        Part::Record => page,
        Part::Deposit => manager.url("/depots"),
        Part::Extension | Part::Owner | Part::Recusal => format!("{page}/{id}"),
    }
}

fn words(part: Part, held: &Held) -> ((&'static str, &'static str, &'static str), String) {
    match part {
        Part::Record => (("fiche", "Manifestation et éligibilité", "Enregistrer"), String::new()),
        Part::Extension => {
            let intro = match held.facts.extended_until {
                Some(until) => format!("Ce dossier a son propre délai, jusqu’au {}.", moment::until(until)),
                None => "Un délai propre rouvre la saisie et le dépôt pour ce seul dossier.".to_owned(),
            };
            (("delai", "Délai propre au dossier", "Enregistrer le délai"), intro)
        }
        Part::Owner => (("porteur", "Inviter un porteur", "Inviter"), String::new()),
        Part::Recusal => (
            ("deports", "Noter un déport", "Noter le déport"),
            "La personne ne voit plus ce dossier nulle part, et son évaluation éventuelle ne compte plus. C’est définitif.".to_owned(),
        ),
        Part::Deposit => (
            ("recu", "Dépôt reçu par courrier ou par courriel", "Enregistrer ce dépôt"),
            "Le contenu saisi dans le dossier est figé avec le dépôt (R133, R134).".to_owned(),
        ),
    }
}

const PARTS: [Part; 5] = [Part::Record, Part::Extension, Part::Deposit, Part::Owner, Part::Recusal];

pub(super) fn forms(manager: &ProjectManager, held: &Held, mut posted: Option<(Part, Sheet<'_>, i32)>) -> Vec<FormView> {
    let is_open = matches!(manager.facts().status, Status::Draft | Status::Deposited);
    let may_invite = held.facts.notified_on.is_some();
    let offered = |part: &Part| match part {
        Part::Extension | Part::Deposit => is_open,
        Part::Owner => may_invite,
        Part::Record | Part::Recusal => true,
    };
    PARTS
        .into_iter()
        .filter(offered)
        .map(|part| {
            let (sheet, seen) = match posted.take_if(|(held, ..)| *held == part) {
                Some((_, sheet, seen)) => (sheet, seen),
                None => (filled(part, manager, held), held.facts.version),
            };
            let (title, intro) = words(part, held);
            let page = format!("/appel/dossiers/{}", manager.project());
            let form = FormView::of(sheet, title, action(part, manager, title.0), seen).back(page).intro(intro).main_if(part == Part::Record);
            if part == Part::Deposit { form.with_file("Copie numérisée", ACCEPTED) } else { form }
        })
        .collect()
}
