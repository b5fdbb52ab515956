//! The words of the mails about the questions of a call: that there is one, that it is answered; never what, nor who.

use super::texts::mail;
use crate::app::App;

/// A question that somebody is told of.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// "EIT 2014-2015".
    pub call: &'a str,
    /// Path of the question.
    pub path: &'a str,
    /// Path of the call's public page.
    pub page: &'a str,
    /// Kind of mail.
    pub kind: &'a str,
}

const UNSAID: &str = "Le texte n’est pas dans ce courriel\u{a0}: il se lit dans Trame, selon vos droits du moment.";

/// A question is asked or goes on; is answered; is published.
pub fn told(app: &App, said: &Told<'_>) -> (String, String) {
    let (subject, paragraphs, reason) = match said.kind {
        "question" => (
            "Une question attend une réponse",
            [
                format!("Une question est posée aux contacts de l’appel {}.", said.call),
                format!("La lire et répondre\u{a0}:\n{}", app.link(said.path)),
                UNSAID.to_owned(),
            ],
            "Vous recevez ce courriel parce que vous gérez cet appel.",
        ),
        "question_answer" => (
            "Réponse à votre question",
            [
                format!("Les gestionnaires de l’appel {} ont répondu à votre question.", said.call),
                format!("Lire la réponse\u{a0}:\n{}", app.link(said.path)),
                UNSAID.to_owned(),
            ],
            "Vous recevez ce courriel parce que vous avez posé cette question.",
        ),
        _ => (
            "Votre question est publiée, sans votre nom",
            [
                format!("Votre question aux contacts de l’appel {} est publiée avec sa réponse, en d’autres termes et sans dire qui l’a posée.", said.call),
                format!("La lire sur la page de l’appel\u{a0}:\n{}", app.link(said.page)),
                String::new(),
            ],
            "Vous recevez ce courriel parce que vous avez posé cette question.",
        ),
    };
    mail(app, &format!("{subject}, appel {}", said.call), &paragraphs, reason)
}
