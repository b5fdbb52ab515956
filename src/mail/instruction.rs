//! The words of the mails of the instruction: to the team of a dossier, to its officer, to people asked for their opinion.

use time::OffsetDateTime;

use super::texts::mail;
use crate::app::App;
use crate::kit::moment;

const TEAM: &str = "Vous recevez ce courriel parce que vous êtes de l’équipe de ce dossier.";
const OFFICER: &str = "Vous recevez ce courriel parce que vous instruisez ce dossier.";

/// A dossier and a page of it, as mails name them.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Title of the dossier.
    pub title: &'a str,
    /// Path of the page to go to.
    pub path: &'a str,
}

/// The examination of the pieces begins.
pub fn admissibility_opened(app: &App, about: About<'_>, officer: Option<&str>) -> (String, String) {
    let paragraphs = [
        format!(
            "L’examen de recevabilité du dossier «\u{a0}{}\u{a0}» est ouvert\u{a0}: les pièces déposées sont vérifiées, le contenu n’est pas encore jugé.",
            about.title
        ),
        officer.map(|name| format!("Instruction\u{a0}: {name}.")).unwrap_or_default(),
        "Si une pièce est à corriger, vous recevrez une demande précise, avec sa date limite.".to_owned(),
        format!("Votre dossier\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("Examen de recevabilité ouvert\u{a0}: {}", about.title), &paragraphs, TEAM)
}

/// The dossier is admissible, or is not.
pub fn decided(app: &App, about: About<'_>, is_admissible: bool, reason: &str) -> (String, String) {
    let (subject, sentence) = if is_admissible {
        ("Dossier recevable", "est recevable\u{a0}: il sera évalué. La recevabilité porte sur les pièces, jamais sur la qualité du projet.")
    } else {
        ("Dossier irrecevable", "n’est pas recevable\u{a0}: il ne sera pas évalué.")
    };
    let paragraphs = [
        format!("Le dossier «\u{a0}{}\u{a0}» {sentence}", about.title),
        if reason.is_empty() { String::new() } else { format!("Motif\u{a0}:\n{reason}") },
        format!("Votre dossier\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("{subject}\u{a0}: {}", about.title), &paragraphs, TEAM)
}

/// What a request for correction says.
#[derive(Debug, Clone, Copy)]
pub struct Correction<'a> {
    /// Its number.
    pub number: i32,
    /// What it aims at, a line each.
    pub aims: &'a [String],
    /// Its message.
    pub message: &'a str,
    /// Due instant, exclusive.
    pub due_at: OffsetDateTime,
}

/// Given points are to be corrected; or still are.
pub fn correction(app: &App, about: About<'_>, asked: &Correction<'_>, is_reminder: bool) -> (String, String) {
    let (subject, opening) = if is_reminder {
        ("Rappel, correction attendue", "Une correction est encore attendue")
    } else {
        ("Correction demandée", "Une correction est demandée")
    };
    let paragraphs = [
        format!("{opening} pour le dossier «\u{a0}{}\u{a0}», jusqu’au {}.", about.title, moment::until(asked.due_at)),
        format!("Message de l’instruction\u{a0}:\n{}", asked.message),
        format!("À corriger\u{a0}:\n- {}", asked.aims.join("\n- ")),
        "Seuls ces points se rouvrent à l’écriture\u{a0}; le reste du dossier reste figé. Une fois la correction écrite, dites «\u{a0}c’est corrigé\u{a0}» sur la page de la demande.".to_owned(),
        format!("La demande n°\u{a0}{}\u{a0}:\n{}", asked.number, app.link(about.path)),
    ];
    mail(app, &format!("{subject}\u{a0}: {}", about.title), &paragraphs, TEAM)
}

/// The carrier says that it is corrected: to the team, with the number of the new deposit.
pub fn correction_kept(app: &App, about: About<'_>, number: i32, reference: &str) -> (String, String) {
    let paragraphs = [
        format!("Votre réponse à la demande de correction n°\u{a0}{number} est enregistrée pour le dossier «\u{a0}{}\u{a0}».", about.title),
        format!("Elle complète votre dépôt, sous le n°\u{a0}{reference}. Le dépôt précédent reste conservé."),
        format!("La demande et votre réponse\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("Correction enregistrée\u{a0}: {}", about.title), &paragraphs, TEAM)
}

/// The carrier says that it is corrected, or nothing came in time: to who instructs.
pub fn correction_ended(app: &App, about: About<'_>, number: i32, is_answered: bool) -> (String, String) {
    let (subject, sentence) = if is_answered {
        ("Correction reçue", "Le porteur a répondu à")
    } else {
        ("Correction sans réponse", "La date limite est passée, sans réponse, pour")
    };
    let paragraphs = [
        format!("{sentence} la demande de correction n°\u{a0}{number} du dossier «\u{a0}{}\u{a0}».", about.title),
        format!("{}\u{a0}:\n{}", if is_answered { "Ce qui a changé, mot à mot" } else { "La demande" }, app.link(about.path)),
    ];
    mail(app, &format!("{subject}\u{a0}: {}", about.title), &paragraphs, OFFICER)
}

/// A request for correction is closed: to the team.
pub fn correction_closed(app: &App, about: About<'_>, number: i32, (sentence, text): (&str, &str)) -> (String, String) {
    let paragraphs = [
        format!("Dossier «\u{a0}{}\u{a0}», demande de correction n°\u{a0}{number}\u{a0}: {sentence}.", about.title),
        if text.is_empty() { String::new() } else { format!("Message de l’instruction\u{a0}:\n{text}") },
        format!("La demande\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("Demande de correction close\u{a0}: {}", about.title), &paragraphs, TEAM)
}

/// A change of the due instant of a request for correction.
#[derive(Debug, Clone, Copy)]
pub struct Delay<'a> {
    /// Its number.
    pub number: i32,
    /// Due instant before.
    pub old: OffsetDateTime,
    /// Due instant after.
    pub new: OffsetDateTime,
    /// Reason.
    pub reason: &'a str,
}

/// A correction is awaited by another instant: to the team.
pub fn correction_delayed(app: &App, about: About<'_>, said: &Delay<'_>) -> (String, String) {
    let paragraphs = [
        format!(
            "Dossier «\u{a0}{}\u{a0}», demande de correction n°\u{a0}{}\u{a0}: la réponse est maintenant attendue jusqu’au {}, et non plus jusqu’au {}.",
            about.title,
            said.number,
            moment::until(said.new),
            moment::until(said.old)
        ),
        format!("Motif\u{a0}:\n{}", said.reason),
        format!("La demande\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("Correction, date limite changée\u{a0}: {}", about.title), &paragraphs, TEAM)
}

/// A reviewer proposes a correction: to who instructs.
pub fn correction_wished(app: &App, about: About<'_>, name: &str) -> (String, String) {
    let paragraphs = [
        format!("{name}, qui évalue le dossier «\u{a0}{}\u{a0}», propose d’en faire corriger des points.", about.title),
        "Vous pouvez reprendre la proposition et l’envoyer au porteur, ou dire pourquoi elle n’est pas retenue.".to_owned(),
        format!("La proposition\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("Correction proposée\u{a0}: {}", about.title), &paragraphs, OFFICER)
}

/// What became of a proposal: to its author; an empty reason is a request that was sent.
pub fn correction_wish_ended(app: &App, about: About<'_>, reason: &str) -> (String, String) {
    let said = if reason.is_empty() { "est demandée au porteur." } else { "n’est pas retenue." };
    let paragraphs = [
        format!("La correction que vous proposiez pour le dossier «\u{a0}{}\u{a0}» {said}", about.title),
        if reason.is_empty() { String::new() } else { format!("Motif\u{a0}:\n{reason}") },
        format!("Vos propositions\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("Votre proposition de correction\u{a0}: {}", about.title), &paragraphs, "Vous recevez ce courriel parce que vous évaluez ce dossier.")
}

/// What a request for an opinion says.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Title of the dossier.
    pub title: &'a str,
    /// Call.
    pub call: &'a str,
    /// Who asks: name and address.
    pub sender: (&'a str, &'a str),
    /// What is asked.
    pub question: &'a str,
    /// Due instant, exclusive.
    pub due_at: OffsetDateTime,
    /// Only the managers of the call read it.
    pub is_confidential: bool,
    /// Path of the personal link.
    pub path: &'a str,
    /// Sent again.
    pub is_reminder: bool,
}

/// A personal link to read a deposit and give an opinion.
pub fn opinion(app: &App, said: &Asking<'_>) -> (String, String) {
    let (sender, address) = said.sender;
    let (subject, opening) = if said.is_reminder {
        ("Rappel, avis demandé", format!("Votre avis est encore attendu sur le dossier «\u{a0}{}\u{a0}»", said.title))
    } else {
        ("Avis demandé", format!("{sender} vous demande votre avis sur le dossier «\u{a0}{}\u{a0}»", said.title))
    };
    let readers = if said.is_confidential {
        "Votre avis est confidentiel\u{a0}: seuls les gestionnaires de l’appel le lisent."
    } else {
        "Votre avis est lu par les gestionnaires de l’appel, les évaluateurs du dossier et le comité technique, jamais par le porteur."
    };
    let paragraphs = [
        format!("{opening}, appel «\u{a0}{}\u{a0}».", said.call),
        if said.question.is_empty() { String::new() } else { format!("Ce qui vous est demandé\u{a0}:\n{}", said.question) },
        format!("Pour lire le dossier déposé et répondre, ouvrez ce lien personnel\u{a0}:\n{}", app.link(said.path)),
        format!("Il ne faut aucun compte. Vous pouvez répondre jusqu’au {}. {readers} Ne transférez pas ce lien.", moment::until(said.due_at)),
        format!("Une question\u{a0}: {sender}, {address}."),
    ];
    mail(
        app,
        &format!("{subject}\u{a0}: {}", said.title),
        &paragraphs,
        &format!("Vous recevez ce courriel parce que {sender} a indiqué votre adresse pour cet avis."),
    )
}

/// An opinion came: to who asked for it, without its words.
pub fn opinion_given(app: &App, about: About<'_>, name: &str) -> (String, String) {
    let paragraphs = [format!("{name} a rendu son avis sur le dossier «\u{a0}{}\u{a0}».", about.title), format!("Le lire\u{a0}:\n{}", app.link(about.path))];
    mail(app, &format!("Avis rendu\u{a0}: {}", about.title), &paragraphs, "Vous recevez ce courriel parce que vous avez demandé cet avis.")
}
