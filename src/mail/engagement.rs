//! The words of the mails about the engagement document: to partners who have no account, and to the team that asked them.

use time::OffsetDateTime;

use super::texts::mail;
use crate::app::App;
use crate::engagement::links::Why;
use crate::kit::moment;

/// What a request to sign says.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Why it is sent.
    pub why: Why,
    /// Title of the approach.
    pub title: &'a str,
    /// Who carries it.
    pub carrier: &'a str,
    /// On behalf of whom one would sign.
    pub organisation: &'a str,
    /// Who asks: name and address.
    pub sender: (&'a str, &'a str),
    /// Path of the personal link.
    pub path: &'a str,
    /// Bound of the answer, exclusive.
    pub closes_at: OffsetDateTime,
    /// What changed in the text, a line each.
    pub changes: &'a [String],
}

/// A personal link to read the document and answer.
pub fn asking(app: &App, said: &Asking<'_>) -> (String, String) {
    let (sender, address) = said.sender;
    let what = format!("le document d’engagement de la démarche «\u{a0}{}\u{a0}», portée par\u{a0}: {}", said.title, said.carrier);
    let (subject, opening) = match said.why {
        Why::Invitation => ("Document d’engagement à signer", format!("{sender} vous propose de signer, au nom de\u{a0}: {}, {what}.", said.organisation)),
        Why::Reminder => {
            ("Rappel, document d’engagement à signer", format!("Vous n’avez pas encore répondu, au nom de\u{a0}: {}, pour {what}.", said.organisation))
        }
        Why::NewVersion => (
            "Document d’engagement, nouveau texte à signer",
            format!("Le texte a changé\u{a0}: {sender} vous demande, au nom de\u{a0}: {}, de relire {what}.", said.organisation),
        ),
        Why::Again => ("Document d’engagement, votre lien", format!("Voici de nouveau votre lien, au nom de\u{a0}: {}, pour {what}.", said.organisation)),
    };
    let changes = if said.changes.is_empty() { String::new() } else { format!("Ce qui change\u{a0}:\n- {}", said.changes.join("\n- ")) };
    let paragraphs = [
        opening,
        changes,
        format!("Pour lire le document et répondre, ouvrez ce lien personnel\u{a0}:\n{}", app.link(said.path)),
        format!(
            "Il ne faut aucun compte. Vous pouvez signer, ou décliner en disant pourquoi, jusqu’au {}. Ce lien répond au nom de votre organisation\u{a0}: ne le \
             transférez pas.",
            moment::until(said.closes_at)
        ),
        format!("Une question\u{a0}: {sender}, {address}."),
        format!("Ne plus recevoir de rappel\u{a0}:\n{}/rappels", app.link(said.path)),
    ];
    let reason = format!("Vous recevez ce courriel parce que {sender} a indiqué votre adresse pour\u{a0}: {}.", said.organisation);
    mail(app, &format!("{subject}\u{a0}: {}", said.title), &paragraphs, &reason)
}

/// What a signatory keeps.
#[derive(Debug, Clone, Copy)]
pub struct Copy<'a> {
    /// Title of the approach.
    pub title: &'a str,
    /// Who signed: name, function, organisation.
    pub signatory: (&'a str, &'a str, &'a str),
    /// When.
    pub at: OffsetDateTime,
    /// Version signed.
    pub number: i32,
    /// The text signed, whole.
    pub content: &'a str,
    /// Its digest.
    pub digest: &'a str,
    /// Path of the printable copy.
    pub path: &'a str,
    /// End of the link.
    pub expires_at: OffsetDateTime,
}

/// The copy of a signature, with the text itself: it outlives the link.
pub fn copy(app: &App, said: &Copy<'_>) -> (String, String) {
    let (name, function, organisation) = said.signatory;
    let paragraphs = [
        format!("Vous avez signé le document d’engagement de la démarche «\u{a0}{}\u{a0}».", said.title),
        format!(
            "Signataire\u{a0}: {name}, {function}\nAu nom de\u{a0}: {organisation}\nSigné le\u{a0}: {}\nVersion\u{a0}: {}\nEmpreinte du texte (SHA-256)\u{a0}: {}",
            moment::full(said.at),
            said.number,
            said.digest
        ),
        format!("Votre exemplaire, à imprimer ou à enregistrer, jusqu’au {}\u{a0}:\n{}", moment::date(said.expires_at), app.link(said.path)),
        "Ce même lien permet de retirer votre signature jusqu’à la date limite de dépôt.".to_owned(),
        format!("Le texte que vous avez signé\u{a0}:\n\n{}", said.content.trim_end()),
    ];
    let reason = "Vous recevez ce courriel parce que vous venez de signer\u{a0}: c’est votre exemplaire.";
    mail(app, &format!("Votre exemplaire du document d’engagement\u{a0}: {}", said.title), &paragraphs, reason)
}

/// What the team is told of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Title of the dossier.
    pub title: &'a str,
    /// What happened, as a sentence.
    pub sentence: &'a str,
    /// Reason given.
    pub reason: &'a str,
    /// Path of the document's page.
    pub path: &'a str,
}

/// A partner signed, declined or took the signature back.
pub fn answered(app: &App, said: &Answered<'_>) -> (String, String) {
    let paragraphs = [
        said.sentence.to_owned(),
        if said.reason.is_empty() { String::new() } else { format!("Motif donné\u{a0}:\n{}", said.reason) },
        format!("Signataires du document\u{a0}:\n{}", app.link(said.path)),
    ];
    let reason = "Vous recevez ce courriel parce que vous avez envoyé ce lien à ce partenaire.";
    mail(app, &format!("Document d’engagement, une réponse\u{a0}: {}", said.title), &paragraphs, reason)
}
