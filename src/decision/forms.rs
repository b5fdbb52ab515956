//! The forms of the letters: two templates to prepare, one letter to correct.

use super::held::Publication;
use super::letters::{BLANKS, REJECTED, RETAINED, unknown_blank};
use super::publication::{HERE, PublicationView};
use crate::access::CallManager;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::at;
use crate::kit::french::{count, list};

/// What a preparation says.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) retained: String,
    pub(super) rejected: String,
}

pub(super) fn read(sheet: &mut Sheet<'_>, held: &Text) -> Text {
    let subject = Spec::new("subject", "Objet du courriel").hint("Le même pour tous\u{a0}: il ne dit pas le résultat.").range(0, 200);
    let subject = sheet.read(subject, &held.subject);
    let hint = format!("Se remplissent pour chaque dossier\u{a0}: {}.", list(&BLANKS));
    let retained = sheet.read(Spec::new("retained", "Lettre aux porteurs retenus").hint(hint).long(8000), &held.retained);
    let rejected = sheet.read(Spec::new("rejected", "Lettre aux porteurs non retenus").long(8000), &held.rejected);
    for (name, text) in [("retained", &retained), ("rejected", &rejected)] {
        if let Some(blank) = unknown_blank(text) {
            sheet.refuse(name, format!("«\u{a0}{blank}\u{a0}» ne se remplit pas. Employer {}.", list(&BLANKS)));
        }
    }
    Text { subject, retained, rejected }
}

pub(super) fn held(manager: &CallManager, pending: Option<&Publication>) -> Text {
    pending.map_or_else(
        || Text {
            subject: format!("Résultats de l’appel {} {}", manager.call().title, manager.call().edition),
            retained: RETAINED.to_owned(),
            rejected: REJECTED.to_owned(),
        },
        |pending| Text { subject: pending.subject.clone(), retained: pending.retained.clone(), rejected: pending.rejected.clone() },
    )
}

/// A correction: of one letter, with its reason.
pub(super) fn correction(sheet: &mut Sheet<'_>, dossiers: Vec<(String, String)>) -> (Option<i64>, String, String) {
    let first = dossiers.first().map(|(key, _)| key.clone()).unwrap_or_default();
    let project = sheet.read(Spec::new("project", "Dossier").among(dossiers), &first).parse().ok();
    let reason = sheet.read(Spec::new("reason", "Ce qui est corrigé").hint("Gardé avec la lettre.").range(0, 500), &String::new());
    let body =
        Spec::new("body", "Lettre corrigée").hint("Elle est envoyée de nouveau, une fois publiée par une autre personne. La décision, elle, ne change pas.");
    let body = sheet.read(body.long(8000), &String::new());
    if let Some(blank) = unknown_blank(&body) {
        sheet.refuse("body", format!("«\u{a0}{blank}\u{a0}» ne se remplit pas. Employer {}.", list(&BLANKS)));
    }
    (project, reason, body)
}

/// The form of the letters, when there is a result to publish; a correction that waits is published or given up, not rewritten.
pub(super) fn letters_form(manager: &CallManager, pending: Option<&Publication>, decided: usize, posted: Option<(Sheet<'_>, i32)>) -> Option<FormView> {
    if pending.is_some_and(|pending| pending.corrects.is_some()) || (pending.is_none() && decided == 0) {
        return None;
    }
    let (sheet, seen) = posted.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = read(&mut sheet, &held(manager, pending));
        (sheet, pending.map_or(0, |pending| pending.version))
    });
    let button = if pending.is_some() { "Préparer de nouveau" } else { "Préparer les lettres" };
    let form = FormView::of(sheet, ("preparer", "Lettres", button), at(&manager.call().slug, HERE), seen).main_if(pending.is_none());
    Some(form.intro(format!("{}. Rien ne part à cette étape.", count(decided, "dossier a une décision à publier", "dossiers ont une décision à publier"))))
}

pub(super) fn correction_form(slug: &str, past: &[PublicationView], posted: Option<Sheet<'_>>) -> Option<FormView> {
    let dossiers = correctable(past);
    if dossiers.is_empty() {
        return None;
    }
    let sheet = posted.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = correction(&mut sheet, dossiers);
        sheet
    });
    Some(FormView::of(sheet, ("corriger", "Corriger une lettre et l’envoyer de nouveau", "Préparer la correction"), at(slug, HERE), 0).main_if(false))
}

/// Dossiers whose letter may be corrected: those of the letters that the manager reads.
pub(super) fn correctable(past: &[PublicationView]) -> Vec<(String, String)> {
    let mut dossiers: Vec<(String, String)> =
        past.iter().flat_map(|view| &view.letters).map(|letter| (letter.project.to_string(), letter.title.clone())).collect();
    dossiers.sort_by(|a, b| a.1.cmp(&b.1));
    dossiers.dedup();
    dossiers
}
