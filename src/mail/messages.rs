//! The words of the mails about threads: who wrote, where; never what.

use super::texts::mail;
use crate::access::Thread;
use crate::app::App;

/// A message that somebody is told of.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    /// Its author.
    pub by: &'a str,
    /// Title of the dossier.
    pub title: &'a str,
    /// Thread.
    pub thread: Thread,
    /// Path of the message.
    pub path: &'a str,
    /// It was sent to many dossiers.
    pub is_grouped: bool,
}

/// Name of a thread, in a sentence.
pub const fn thread_name(thread: Thread) -> &'static str {
    match thread {
        Thread::Administration => "avec l’administration",
        Thread::Expertise => "expertise",
        Thread::Team => "de l’équipe",
    }
}

/// A new message: a link, never its text.
pub fn posted(app: &App, said: &Posted<'_>) -> (String, String) {
    let name = thread_name(said.thread);
    let what = if said.is_grouped { "a envoyé le même message aux équipes de plusieurs dossiers, dont" } else { "a écrit un message à propos de" };
    let paragraphs = [
        format!("{} {what} «\u{a0}{}\u{a0}».", said.by, said.title),
        format!("Lire et répondre, dans l’échange {name}\u{a0}:\n{}", app.link(said.path)),
        "Le texte du message n’est pas dans ce courriel\u{a0}: il se lit dans Trame, selon vos droits du moment.".to_owned(),
    ];
    let reason = "Vous recevez ce courriel parce que vous lisez cet échange.";
    mail(app, &format!("Nouveau message\u{a0}: {}", said.title), &paragraphs, reason)
}
