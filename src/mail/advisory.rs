//! The words of the mails of the AMO branch and of its subsidy. None says an amount, nor a provider to anybody else.

use time::Date;

use super::instruction::About;
use super::texts::mail;
use crate::app::App;
use crate::kit::moment;

/// What a provider is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Provider.
    pub provider: &'a str,
    /// Title of the dossier.
    pub title: &'a str,
    /// Carrier and place.
    pub carrier: &'a str,
    /// Who asks: name and address.
    pub sender: (&'a str, &'a str),
    /// Message of the carrier.
    pub message: &'a str,
    /// Last day to answer.
    pub answer_by: Option<Date>,
    /// Terms of reference, as text.
    pub terms: &'a str,
}

/// A provider is asked for an offer.
pub fn request(app: &App, said: &Request<'_>) -> (String, String) {
    let (name, address) = said.sender;
    let paragraphs = [
        format!("À l’attention de {}.", said.provider),
        format!("{} vous demande une offre d’assistance à maîtrise d’ouvrage pour le projet «\u{a0}{}\u{a0}».", said.carrier, said.title),
        said.message.to_owned(),
        said.answer_by.map(|day| format!("Dernier jour pour répondre\u{a0}: {}.", moment::day(day))).unwrap_or_default(),
        format!("Répondez directement à {name}, {address}\u{a0}: votre offre, avec un devis hors taxes et toutes taxes comprises."),
        said.terms.to_owned(),
    ];
    mail(app, &format!("Demande d’offre\u{a0}: {}", said.title), &paragraphs, &format!("Vous recevez ce courriel parce que {name} vous consulte."))
}

/// The subsidy file is deposited: to who instructs.
pub fn deposited(app: &App, about: About<'_>, is_again: bool) -> (String, String) {
    let (subject, verb) =
        if is_again { ("Demande de subvention complétée", "complétée et déposée de nouveau") } else { ("Demande de subvention déposée", "déposée") };
    let paragraphs = [
        format!("La demande de subvention du dossier «\u{a0}{}\u{a0}» est {verb}.", about.title),
        format!("Ses pièces et son calcul\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("{subject}\u{a0}: {}", about.title), &paragraphs, "Vous recevez ce courriel parce que vous gérez cet appel.")
}

/// The fund said something of the subsidy file: to the team that answers for it.
pub fn recorded(app: &App, about: About<'_>, (sentence, message): (&str, &str), is_refused: bool) -> (String, String) {
    let paragraphs = [
        format!("Demande de subvention du dossier «\u{a0}{}\u{a0}»\u{a0}: {sentence}.", about.title),
        if message.is_empty() { String::new() } else { format!("{}\u{a0}:\n{message}", if is_refused { "Motif" } else { "Message" }) },
        format!("La demande\u{a0}:\n{}", app.link(about.path)),
    ];
    mail(app, &format!("Demande de subvention\u{a0}: {}", about.title), &paragraphs, "Vous recevez ce courriel parce que vous répondez de ce dossier.")
}
