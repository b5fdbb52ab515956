//! The words of the mails about lessons learned: to who reads them before publication, to who wrote them.

use super::instruction::About;
use super::texts::mail;
use crate::app::App;

/// A lesson waits: to those who instruct the dossier.
pub fn proposed(app: &App, about: About<'_>) -> (String, String) {
    let paragraphs = [
        format!("La fiche retour d’expérience du dossier «\u{a0}{}\u{a0}» attend votre lecture avant d’être publiée.", about.title),
        format!("La lire, la publier ou la rendre avec une remarque\u{a0}:\n{}", app.link(about.path)),
    ];
    let reason = "Vous recevez ce courriel parce que vous gérez l’appel de ce dossier.";
    mail(app, &format!("Fiche à lire\u{a0}: {}", about.title), &paragraphs, reason)
}

/// A lesson is published, given back, or withdrawn by the administration: to the team, with the remark when there is one.
pub fn settled(app: &App, about: About<'_>, (subject, sentence): (&str, &str), remark: &str) -> (String, String) {
    let paragraphs = [
        format!("Dossier «\u{a0}{}\u{a0}»\u{a0}: {sentence}", about.title),
        if remark.is_empty() { String::new() } else { format!("Remarque\u{a0}:\n{remark}") },
        format!("La fiche\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("{subject}\u{a0}: {}", about.title), &paragraphs, "Vous recevez ce courriel parce que vous êtes de l’équipe de ce dossier.")
}
