//! The words of the mails about trainings: to the people who enrolled.

use super::texts::mail;
use crate::app::App;
use crate::kit::french::NBSP;
use crate::training::model::{Course, Session};

const REASON: &str = "Vous recevez ce courriel parce que vous vous êtes inscrit à cette formation.";

/// A training and its call, as mails name them.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Training and days.
    pub course: &'a Course,
    /// Slug of its call.
    pub slug: &'a str,
}

impl About<'_> {
    fn title(&self) -> String {
        format!("«{NBSP}{}{NBSP}»", self.course.training.title)
    }

    fn link(&self, app: &App) -> String {
        app.link(&format!("/formations/{}?appel={}", self.course.training.number, self.slug))
    }

    /// A line for each day that one comes.
    fn days(&self, skips: &[i64]) -> String {
        let line = |session: &Session| {
            let place = self.course.place(session);
            let place = if place.is_empty() { String::new() } else { format!(", {place}") };
            format!("- {}{place}", session.when())
        };
        self.course.days().filter(|session| !skips.contains(&session.id)).map(line).collect::<Vec<_>>().join("\n")
    }

    fn access(&self) -> String {
        let training = &self.course.training;
        let lines = [&training.place, &training.address, &training.access];
        let said: Vec<&str> = lines.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        if said.is_empty() { String::new() } else { format!("Pour venir{NBSP}:\n{}", said.join("\n")) }
    }
}

/// One has a seat; or got the seat that one waited for.
pub fn enrolled(app: &App, about: About<'_>, skips: &[i64], is_promoted: bool) -> (String, String) {
    let (subject, opening) = if is_promoted {
        ("Une place s’est libérée", format!("Une place s’est libérée, et elle est à vous{NBSP}: vous êtes inscrit à la formation {}.", about.title()))
    } else {
        ("Inscription confirmée", format!("Vous êtes inscrit à la formation {}.", about.title()))
    };
    let paragraphs = [
        opening,
        format!("Vos journées, heure de Paris{NBSP}:\n{}", about.days(skips)),
        about.access(),
        format!("Le fichier d’agenda de chaque journée, les journées où vous ne venez pas et le désistement{NBSP}:\n{}", about.link(app)),
        "Si vous ne pouvez plus venir, rendez votre place\u{a0}: elle ira à la première personne en attente.".to_owned(),
    ];
    mail(app, &format!("{subject}{NBSP}: {}", about.course.training.title), &paragraphs, REASON)
}

/// One waits for a seat.
pub fn waiting(app: &App, about: About<'_>, rank: i64) -> (String, String) {
    let paragraphs = [
        format!("La formation {} est complète. Vous êtes sur la liste d’attente, au rang {rank}.", about.title()),
        "Si une place se libère, elle vous revient dans l’ordre de la liste et un courriel vous le dit. Il n’y a rien à faire d’ici là.".to_owned(),
        format!("Votre rang, et quitter la liste{NBSP}:\n{}", about.link(app)),
    ];
    mail(app, &format!("Liste d’attente{NBSP}: {}", about.course.training.title), &paragraphs, REASON)
}

/// One's seat is given back: by oneself, or because one left the carriers' people.
pub fn left(app: &App, about: About<'_>, is_released: bool) -> (String, String) {
    let paragraphs = [
        if is_released {
            format!("Vous n’êtes plus de l’équipe d’un dossier de l’appel{NBSP}: votre inscription à la formation {} est retirée.", about.title())
        } else {
            format!("Votre inscription à la formation {} est retirée.", about.title())
        },
        if is_released { String::new() } else { format!("Vous pouvez vous inscrire de nouveau, tant qu’il reste des places{NBSP}:\n{}", about.link(app)) },
    ];
    mail(app, &format!("Inscription retirée{NBSP}: {}", about.course.training.title), &paragraphs, REASON)
}

/// Days, hours or places changed.
pub fn changed(app: &App, about: About<'_>, skips: &[i64]) -> (String, String) {
    let paragraphs = [
        format!("Les journées ou le lieu de la formation {} ont changé. Votre inscription est gardée.", about.title()),
        format!("Vos journées, heure de Paris{NBSP}:\n{}", about.days(skips)),
        about.access(),
        format!("Dire quelles journées vous suivez, ou rendre votre place{NBSP}:\n{}", about.link(app)),
    ];
    mail(app, &format!("Dates ou lieu modifiés{NBSP}: {}", about.course.training.title), &paragraphs, REASON)
}

/// The training will not take place; or will, after all.
pub fn cancelled(app: &App, about: About<'_>, is_restored: bool) -> (String, String) {
    let reason = &about.course.training.cancel_reason;
    let paragraphs = if is_restored {
        [
            format!("La formation {} a lieu{NBSP}: son annulation est levée. Votre inscription est gardée.", about.title()),
            format!("Les journées, heure de Paris{NBSP}:\n{}", about.days(&[])),
            format!("Votre inscription{NBSP}:\n{}", about.link(app)),
        ]
    } else {
        [
            format!("La formation {} est annulée.", about.title()),
            format!("Motif{NBSP}:\n{reason}"),
            format!("La page de la formation{NBSP}:\n{}", about.link(app)),
        ]
    };
    let subject = if is_restored { "Formation rétablie" } else { "Formation annulée" };
    mail(app, &format!("{subject}{NBSP}: {}", about.course.training.title), &paragraphs, REASON)
}

/// A day is near.
pub fn reminder(app: &App, about: About<'_>, session: &Session) -> (String, String) {
    let place = about.course.place(session);
    let place = if place.is_empty() { String::new() } else { format!(", {place}") };
    let paragraphs = [
        format!("Rappel de la formation {}{NBSP}: {}{place}.", about.title(), session.when()),
        if session.note.is_empty() { String::new() } else { format!("Sujet de la journée{NBSP}: {}.", session.note) },
        about.access(),
        format!("Si vous ne pouvez pas venir, dites-le{NBSP}:\n{}", about.link(app)),
    ];
    mail(app, &format!("Rappel, formation du {}", crate::kit::moment::day(session.day)), &paragraphs, REASON)
}
