//! A thread as people read it: names of threads and sides, messages, who read them.

use time::OffsetDateTime;
use uuid::Uuid;

use super::post::WORDING;
use super::search::Found;
use super::store::{Line, Said};
use crate::access::{Dossier, Thread, ThreadReader};
use crate::kit::french::{count, fold};
use crate::kit::{moment, words};
use crate::project::files::size_text;

/// Title of a thread.
pub const fn title(thread: Thread) -> &'static str {
    match thread {
        Thread::Administration => "Avec l’administration",
        Thread::Expertise => "Expertise",
        Thread::Team => "Entre nous",
    }
}

/// Who reads a thread, said to who reads it too: nobody has to guess.
pub const fn audience(thread: Thread) -> &'static str {
    match thread {
        Thread::Administration => {
            "Lu par l’équipe du dossier et par les gestionnaires de l’appel. La personne qui instruit le dossier est prévenue d’abord. Chacun voit qui a lu."
        }
        Thread::Expertise => {
            "Lu par l’équipe, par les gestionnaires de l’appel et par les personnes qui évaluent ce dossier. Ni les offres reçues, ni le choix du prestataire n’y ont leur place."
        }
        Thread::Team => "Lu par l’équipe du dossier seulement. L’administration ne voit ni ces messages, ni qu’il y en a.",
    }
}

/// A thread in the tabs, or in the list of a dossier.
#[derive(Debug)]
pub struct Tab {
    /// Title.
    pub label: &'static str,
    /// Address.
    pub href: String,
    /// Messages that wait.
    pub unread: i32,
    /// "3 messages, le dernier mardi"; "aucun message".
    pub holds: String,
    /// Who reads it.
    pub audience: &'static str,
    /// The one that one is on.
    pub is_current: bool,
}

/// Threads of a dossier as tabs.
pub fn tabs(dossier: &Dossier, lines: &[Line], here: Option<Thread>) -> Vec<Tab> {
    let tab = |line: &Line| Tab {
        label: title(line.thread),
        href: dossier.url(&format!("/messages/{}", line.thread.path())),
        unread: line.unread,
        holds: match line.last_at {
            Some(at) => format!("{}, le dernier {}", count(line.messages, "message", "messages"), moment::near(at, dossier.now())),
            None => "aucun message".to_owned(),
        },
        audience: audience(line.thread),
        is_current: here == Some(line.thread),
    };
    lines.iter().map(tab).collect()
}

/// A file, as shown.
#[derive(Debug)]
pub struct FileView {
    /// Address.
    pub href: String,
    /// Name.
    pub name: String,
    /// Size.
    pub size: String,
}

/// A message, as shown.
#[derive(Debug)]
pub struct MessageView {
    /// Its number.
    pub id: i64,
    /// Author, with what they speak for.
    pub name: String,
    /// What they speak for.
    pub side: String,
    /// When.
    pub when: String,
    /// The same for programs.
    pub iso: String,
    /// Text; empty once taken back.
    pub text: String,
    /// "Modifié à 14 h 32"; "Retiré par son auteur…".
    pub mark: String,
    /// Not read before this page.
    pub is_new: bool,
    /// Address where its author words it again, within some minutes.
    pub edit: String,
    /// Address where its author takes it back.
    pub remove: String,
    /// Files.
    pub files: Vec<FileView>,
    /// Who read it, each with when.
    pub readers: Vec<(String, String)>,
    /// Who did not yet.
    pub waiting: Vec<String>,
    /// Those whose mail was refused, said to its author.
    pub refused: String,
    /// Of the form that takes it back.
    pub operation: Uuid,
}

impl MessageView {
    /// "Lu par 2 personnes sur 3".
    pub fn read_by(&self) -> String {
        let all = self.readers.len() + self.waiting.len();
        match self.readers.len() {
            0 => "Lu par personne encore".to_owned(),
            n if n == all => format!("Lu par {}", if n == 1 { self.readers[0].0.clone() } else { format!("les {n} personnes") }),
            n => format!("Lu par {n} sur {all}"),
        }
    }
}

/// Messages of a thread, as that person reads them.
pub fn messages(reader: &ThreadReader, said: Vec<Said>) -> Vec<MessageView> {
    said.into_iter().map(|said| message(reader, said)).collect()
}

fn message(reader: &ThreadReader, said: Said) -> MessageView {
    let now = reader.now();
    let base = reader.url(&format!("/messages/{}", said.id));
    let is_mine = said.account == reader.account() && said.removed_at.is_none();
    let is_wordable = is_mine && said.created_at + WORDING > now;
    let read = |seconds: i64| OffsetDateTime::from_unix_timestamp(seconds).map_or_else(|_| String::new(), |at| moment::near(at, now));
    let mark = match (said.removed_at, said.edited_at) {
        (Some(at), _) => format!("Message retiré par son auteur, {}.", moment::near(at, now)),
        (None, Some(at)) => format!("Modifié {}.", moment::near(at, now)),
        (None, None) if said.is_grouped => "Le même message est parti vers plusieurs dossiers.".to_owned(),
        (None, None) => String::new(),
    };
    let side = match said.side.as_str() {
        "team" => "équipe",
        "manager" => "administration",
        _ => "évaluation",
    };
    MessageView {
        id: said.id,
        side: if said.organisation.is_empty() { side.to_owned() } else { format!("{side}, {}", said.organisation) },
        name: said.name,
        when: moment::near(said.created_at, now),
        iso: moment::iso(said.created_at),
        text: said.text,
        mark,
        is_new: said.is_unread,
        edit: if is_wordable { format!("{base}?modifier=oui") } else { String::new() },
        remove: if is_mine { format!("{base}/retrait") } else { String::new() },
        files: said
            .files
            .into_iter()
            .map(|file| FileView { href: format!("{base}/pieces/{}", file.id), name: file.name, size: size_text(file.size) })
            .collect(),
        readers: said.receipts.iter().filter_map(|(name, at)| at.map(|at| (name.clone(), read(at)))).collect(),
        waiting: said.receipts.iter().filter(|(_, at)| at.is_none()).map(|(name, _)| name.clone()).collect(),
        refused: said.refused.join(", "),
        operation: Uuid::new_v4(),
    }
}

/// A message found, as shown.
#[derive(Debug)]
pub struct FoundView {
    /// Address of the message in its thread.
    pub href: String,
    /// Dossier.
    pub title: String,
    /// Thread.
    pub thread: &'static str,
    /// Author.
    pub name: String,
    /// When.
    pub when: String,
    /// The line that holds the words.
    pub excerpt: String,
}

/// Messages found, as shown.
pub fn found(rows: Vec<Found>, folded: &str, now: OffsetDateTime) -> Vec<FoundView> {
    let view = |row: Found| FoundView {
        href: format!("/dossiers/{}/messages/{}", row.project, row.id),
        title: row.title,
        thread: Thread::parse(&row.thread).map_or("", title),
        name: row.name,
        when: moment::near(row.created_at, now),
        excerpt: excerpt(&row.text, folded),
    };
    rows.into_iter().map(view).collect()
}

/// The sentence of a text that holds those folded words, shortened.
fn excerpt(text: &str, folded: &str) -> String {
    let line = text.lines().find(|line| fold(line).contains(folded)).unwrap_or(text);
    let sentence = line.split_inclusive(['.', '!', '?']).find(|part| fold(part).contains(folded)).unwrap_or(line);
    words::excerpt(sentence, 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_sentence_that_holds_the_words() {
        let text = "Bonjour.\nLe devis est joint. La Délibération viendra en mai.\nMerci.";
        assert_eq!(excerpt(text, "deliberation"), "La Délibération viendra en mai.");
        assert_eq!(excerpt(text, "absent"), "Bonjour. Le devis est joint. La Délibération viendra en mai. Merci.");
    }
}
