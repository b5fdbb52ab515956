//! Who is enrolled in a training and who came, as its managers read it.

use std::collections::HashMap;

use super::manage::HERE;
use super::model::{Course, Presence, Seat, Session};
use super::store::Enrolled;
use crate::access::CallManager;
use crate::call::frame::at;
use crate::kit::french::count;
use crate::kit::moment;

/// Somebody enrolled, as shown.
#[derive(Debug)]
pub struct PersonView {
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// Address.
    pub email: String,
    /// Title of the dossier, or « Déport ».
    pub dossier: String,
    /// Days that they come to, and that they attended.
    pub days: String,
    /// Since when.
    pub since: String,
    /// Address of the certificate, once there is a day to certify.
    pub certificate: String,
}

/// A day, with the way to its attendance.
#[derive(Debug)]
pub struct DayView {
    /// Day and hours.
    pub when: String,
    /// Subject.
    pub note: String,
    /// Address of its attendance.
    pub href: String,
    /// What is recorded.
    pub state: String,
    /// Its attendance may be recorded.
    pub is_begun: bool,
}

/// What is recorded of a training: day, account, presence.
pub type Came = HashMap<(i64, i64), Presence>;

/// Days of a training, with the way to their attendance.
pub fn day_views(manager: &CallManager, course: &Course, came: &Came) -> Vec<DayView> {
    let view = |session: &Session| {
        let here = came.iter().filter(|((day, _), presence)| *day == session.id && **presence == Presence::Present).count();
        DayView {
            when: session.when(),
            note: session.note.clone(),
            href: at(&manager.call().slug, &format!("{HERE}/{}/presences/{}", course.training.number, session.id)),
            state: if session.is_recorded() { count(here, "présent", "présents") } else { "présences non notées".to_owned() },
            is_begun: manager.now() >= session.starts_at() && !course.rules().is_cancelled,
        }
    };
    course.days().map(view).collect()
}

/// Somebody enrolled, as a manager reads them.
pub fn person_view(manager: &CallManager, course: &Course, line: &Enrolled, came: &Came) -> PersonView {
    let total = course.days().count();
    let comes = course.days().filter(|session| !line.skips.contains(&session.id)).count();
    let attended = came.iter().filter(|((_, account), presence)| *account == line.account && **presence == Presence::Present).count();
    let planned = if line.seat == Seat::Withdrawn {
        "place rendue".to_owned()
    } else if comes == total {
        "toutes les journées".to_owned()
    } else {
        format!("{} sur {total}", count(comes, "journée", "journées"))
    };
    PersonView {
        name: line.name.clone(),
        organisation: line.organisation.clone(),
        email: line.email.clone(),
        dossier: line.title.clone().unwrap_or_else(|| "Déport".to_owned()),
        days: if attended > 0 { format!("{planned}\u{202f}; {}", count(attended, "suivie", "suivies")) } else { planned },
        since: moment::near(line.asked_at, manager.now()),
        certificate: if attended > 0 {
            at(&manager.call().slug, &format!("{HERE}/{}/attestations/{}", course.training.number, line.account))
        } else {
            String::new()
        },
    }
}
