//! The programme of a training as a form: its texts, its room, its bounds, its days.

use time::macros::time;
use time::{Date, OffsetDateTime, Time};

use super::model::{Course, Seats, Session, Training};
use crate::call::form::{Sheet, Spec};
use crate::kit::moment;

/// What a manager writes of a training.
#[derive(Debug)]
pub struct Programme {
    /// Texts, room and bounds.
    pub training: Training,
    /// Days; those added have the id zero.
    pub sessions: Vec<Session>,
}

/// A training that nobody wrote yet.
pub fn blank(title: &str) -> Course {
    let training = Training {
        id: 0,
        number: 0,
        title: title.to_owned(),
        note: String::new(),
        trainer: String::new(),
        place: String::new(),
        address: String::new(),
        access: String::new(),
        capacity: 24,
        opens_at: None,
        closes_at: None,
        cancelled_at: None,
        cancel_reason: String::new(),
        version: 0,
    };
    Course { training, sessions: Vec::new() }
}

/// Reads a training, or fills the form from what is held. A day whose attendance is recorded took place: it is not taken out.
pub fn read(sheet: &mut Sheet<'_>, held: &Course, seats: Seats) -> Programme {
    let training = texts(sheet, &held.training, seats);
    let mut sessions: Vec<Session> = held.sessions.iter().filter_map(|session| day(sheet, Some(session), false)).collect();
    let is_blank = sheet.is_blank(&["day-0", "note-0", "place-0"].map(str::to_owned)) && !held.sessions.is_empty();
    sessions.extend(day(sheet, None, is_blank));
    Programme { training, sessions }
}

fn texts(sheet: &mut Sheet<'_>, held: &Training, seats: Seats) -> Training {
    sheet.group("La formation");
    let title = sheet.read(Spec::new("title", "Intitulé").range(1, 300), &held.title);
    let note = sheet.read(
        Spec::new("note", "Présentation").hint("Objectifs, public, financement. Une ligne vide sépare deux paragraphes.").long(3000).optional(),
        &held.note,
    );
    let trainer = sheet.read(Spec::new("trainer", "Organisme de formation").optional(), &held.trainer);
    sheet.group("Le lieu");
    let place = sheet.read(Spec::new("place", "Lieu").hint("Une journée peut avoir le sien.").optional(), &held.place);
    let address = sheet.read(Spec::new("address", "Adresse").optional(), &held.address);
    let access = sheet.read(Spec::new("access", "Accès").hint("Transports, stationnement, accès en fauteuil.").long(1000).optional(), &held.access);
    sheet.group("Les inscriptions");
    let capacity = sheet.read(
        Spec::new("capacity", "Nombre de places").hint("Une personne tient une place pour tout le programme, même si elle manque une journée.").range(1, 500),
        &held.capacity,
    );
    if i64::from(capacity) < seats.enrolled {
        sheet.refuse("capacity", format!("Écrire {} au moins\u{a0}: ces places sont prises.", seats.enrolled));
    }
    let opens_at = sheet.read(Spec::new("opens_at", "Ouverture").hint("Vide\u{a0}: dès maintenant.").optional(), &held.opens_at);
    let closes_at = sheet.read(
        Spec::new("closes_at", "Clôture").hint("Instant à partir duquel c’est trop tard. Vide\u{a0}: au début de la dernière journée.").optional().bound(),
        &held.closes_at,
    );
    if opens_at.zip(closes_at).is_some_and(|(opens, closes): (OffsetDateTime, OffsetDateTime)| opens >= closes) {
        sheet.refuse("closes_at", "Écrire une clôture après l’ouverture.");
    }
    Training { title, note, trainer, place, address, access, capacity, opens_at, closes_at, ..held.clone() }
}

/// A day; nothing for the last card left blank, or for one that cannot be read.
fn day(sheet: &mut Sheet<'_>, held: Option<&Session>, is_blank: bool) -> Option<Session> {
    let id = held.map_or(0, |session| session.id);
    let name = |field: &str| format!("{field}-{id}");
    sheet.group(held.map_or_else(|| "Ajouter une journée".to_owned(), |session| format!("Journée du {}", moment::day(session.day))));
    let on: Option<Date> = sheet.read(Spec::new(name("day"), "Jour").optional_if(is_blank), &held.map(|session| session.day));
    let (morning, evening) = held.map_or((time!(9:30), time!(17:00)), |session| (session.starts, session.ends));
    let starts: Option<Time> = sheet.read(Spec::new(name("starts"), "Début, heure de Paris").optional_if(is_blank), &Some(morning));
    let ends: Option<Time> = sheet.read(Spec::new(name("ends"), "Fin").optional_if(is_blank), &Some(evening));
    let note = sheet.read(Spec::new(name("note"), "Sujet").optional(), &held.map_or_else(String::new, |session| session.note.clone()));
    let place = sheet.read(
        Spec::new(name("place"), "Lieu de cette journée").hint("Vide\u{a0}: celui de la formation.").optional(),
        &held.map_or_else(String::new, |session| session.place.clone()),
    );
    let is_cancelled = match held {
        None => false,
        Some(session) => sheet.read(Spec::new(name("remove"), "Cette journée n’a pas lieu"), &session.is_cancelled),
    };
    if is_cancelled && held.is_some_and(Session::is_recorded) {
        sheet.refuse(&name("remove"), "Des présences y sont notées\u{a0}: cette journée a eu lieu.");
    }
    let (day, starts, ends) = (on?, starts?, ends?);
    for (field, hour) in [("starts", starts), ("ends", ends)] {
        if let Err(sentence) = moment::from_paris(day, hour) {
            sheet.refuse(&name(field), sentence.to_string());
        }
    }
    if ends <= starts {
        sheet.refuse(&name("ends"), "Écrire une fin après le début.");
    }
    let training = held.map_or(0, |session| session.training);
    Some(Session { id, training, day, starts, ends, place, note, is_cancelled, attendance_version: held.map_or(0, |session| session.attendance_version) })
}

/// Did the days, their hours or a place change: what somebody who comes must be told?
pub fn is_moved(held: &Course, new: &Programme) -> bool {
    let room = |training: &Training| (training.place.clone(), training.address.clone());
    let days = |sessions: &[Session]| -> Vec<_> {
        sessions.iter().filter(|session| !session.is_cancelled).map(|session| (session.day, session.starts, session.ends, session.place.clone())).collect()
    };
    room(&held.training) != room(&new.training) || days(&held.sessions) != days(&new.sessions)
}
