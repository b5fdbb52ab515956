//! The words of the mails about meetings and their next steps: when, where, a link. Nothing of a dossier, of which somebody may have
//! to know nothing: the agenda is read in the application.

use time::Date;

use super::texts::mail;
use crate::app::App;
use crate::kit::french::NBSP;
use crate::kit::moment;
use crate::meeting::model::Meeting;

/// A meeting and its call, as mails name them.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Meeting.
    pub meeting: &'a Meeting,
    /// "EIT 2014-2015".
    pub call: &'a str,
    /// Slug of its call.
    pub slug: &'a str,
}

/// What is said of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is planned.
    Convened,
    /// Its date or its place changed.
    Moved,
    /// It will not take place.
    Cancelled,
    /// It is near.
    Near,
}

impl Said {
    /// For the key under which it is said once.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Convened => "convened",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Near => "near",
        }
    }
}

impl About<'_> {
    fn name(&self) -> String {
        format!("séance n°{NBSP}{} du comité technique, appel {}", self.meeting.number, self.call)
    }

    fn path(&self, end: &str) -> String {
        format!("/comite/seances/{}{end}?appel={}", self.meeting.number, self.slug)
    }
}

const REASON: &str = "Vous recevez ce courriel parce que vous siégez au comité technique de cet appel, ou que vous le gérez.";

/// A meeting is convened, moved, cancelled, or near.
pub fn meeting(app: &App, about: About<'_>, said: Said) -> (String, String) {
    let (meeting, name) = (about.meeting, about.name());
    let (subject, opening) = match said {
        Said::Convened => ("Séance du comité", format!("Vous êtes convié à la {name}.")),
        Said::Moved => ("Séance modifiée", format!("La date ou le lieu de la {name}, ont changé. Voici ce qui vaut désormais.")),
        Said::Cancelled => ("Séance annulée", format!("La {name}, est annulée.")),
        Said::Near => ("Rappel, séance du comité", format!("Rappel de la {name}.")),
    };
    let place = if meeting.place.is_empty() { String::new() } else { format!("\nLieu{NBSP}: {}", meeting.place) };
    let paragraphs = [
        opening,
        format!("Date{NBSP}: {}{place}", moment::full(meeting.starts_at)),
        if said == Said::Cancelled { format!("Motif{NBSP}:\n{}", meeting.cancel_reason) } else { String::new() },
        if said == Said::Cancelled {
            format!("La page de la séance{NBSP}:\n{}", app.link(&about.path("")))
        } else {
            format!("L’ordre du jour, selon vos droits du moment{NBSP}:\n{}", app.link(&about.path("")))
        },
        format!("Fichier d’agenda (.ics){NBSP}:\n{}", app.link(&about.path("/agenda.ics"))),
    ];
    mail(app, &format!("{subject}{NBSP}: {}", moment::date(meeting.starts_at)), &paragraphs, REASON)
}

/// When a next step is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is entrusted.
    Given,
    /// Its day is near.
    Near,
    /// Its day is over.
    Late,
}

/// A next step is entrusted, near or late: its words are read in the application.
pub fn task(app: &App, (number, call, slug): (i32, &str, &str), due_on: Date, turn: Turn) -> (String, String) {
    let day = moment::day(due_on);
    let (subject, opening) = match turn {
        Turn::Given => (format!("Une suite vous est confiée pour le {day}"), format!("Une suite vous est confiée, pour le {day}.")),
        Turn::Near => (format!("Rappel{NBSP}: une suite à donner pour le {day}"), format!("Une suite qui vous est confiée est attendue pour le {day}.")),
        Turn::Late => (
            format!("En retard{NBSP}: une suite attendue le {day}"),
            format!("Une suite qui vous est confiée était attendue le {day}, et n’est pas marquée comme faite."),
        ),
    };
    let paragraphs = [
        opening,
        format!("Elle vient de la séance n°{NBSP}{number} du comité technique, appel {call}."),
        format!("La lire, et dire qu’elle est faite{NBSP}:\n{}", app.link(&format!("/comite/seances/{number}?appel={slug}#taches"))),
    ];
    mail(app, &subject, &paragraphs, "Vous recevez ce courriel parce que cette suite vous est confiée.")
}
