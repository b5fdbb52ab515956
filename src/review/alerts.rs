//! What the page of a review says first: what asks for a choice, what was not kept, what may be done.

use super::draw::Typed;
use super::grid::OPINION;
use super::own::Own;
use crate::access::{Dossier, Refusal, ReviewStatus};
use crate::kit::moment;

/// Something to say above the page.
#[derive(Debug)]
pub struct AlertView {
    /// Class after `alert`.
    pub class: &'static str,
    /// Heading.
    pub heading: String,
    /// Sentence.
    pub sentence: String,
    /// Where to mend it.
    pub links: Vec<(String, String)>,
    /// Takes the focus at load.
    pub is_focused: bool,
}

/// Alerts of a page, the most pressing first.
pub fn alerts(own: &Own, refusal: Option<&Refusal>, typed: &Typed, dossier: &Dossier) -> Vec<AlertView> {
    let plain = |class, heading: &str, sentence: String| AlertView { class, heading: heading.to_owned(), sentence, links: Vec::new(), is_focused: false };
    let mut alerts = Vec::new();
    if let Some((sentence, _)) = &typed.refused {
        let heading = "Votre saisie n’a pas été enregistrée".to_owned();
        alerts.push(AlertView { class: "bad", heading, sentence: sentence.clone(), links: Vec::new(), is_focused: true });
    }
    if !typed.conflicts.is_empty() {
        let links = typed.conflicts.iter().map(|conflict| {
            let anchor = conflict.criterion.map_or_else(|| OPINION.to_owned(), |id| format!("k{id}"));
            (format!("#{anchor}"), "comparer les deux versions".to_owned())
        });
        let sentence = "Le reste est enregistré. Rien n’est perdu\u{a0}: choisissez la version à garder,".to_owned();
        alerts.push(AlertView {
            class: "warn",
            heading: "La même note a changé dans une autre fenêtre".to_owned(),
            sentence,
            links: links.collect(),
            is_focused: true,
        });
    }
    if !typed.faults.is_empty() {
        let links = typed.faults.iter().map(|fault| (format!("#{}", fault.control), fault.sentence.clone())).collect();
        alerts.push(AlertView {
            class: "bad",
            heading: "Une réponse n’a pas pu être gardée".to_owned(),
            sentence: "Le reste est enregistré.".to_owned(),
            links,
            is_focused: typed.conflicts.is_empty(),
        });
    }
    if typed.is_suspended {
        let sentence = "La session avait expiré pendant l’envoi. Relisez, puis enregistrez.".to_owned();
        alerts.push(AlertView { class: "warn", heading: "Votre texte est revenu".to_owned(), sentence, links: Vec::new(), is_focused: true });
    }
    match (own.status, refusal) {
        (ReviewStatus::Delivered, _) => {
            let when = own.delivered_at.map(moment::full).unwrap_or_default();
            alerts.push(plain("ok", "Évaluation rendue", format!("Vous l’avez rendue le {when}.")));
        }
        (_, Some(refusal)) => alerts.push(plain("", "Lecture seule", refusal.sentence())),
        (_, None) if own.delivered_at.is_some() => {
            alerts.push(plain(
                "warn",
                "Évaluation rouverte",
                "Elle ne compte plus tant que vous ne l’avez pas rendue de nouveau. Les notes changées depuis la remise sont signalées.".to_owned(),
            ));
        }
        _ => {}
    }
    if own.submission != dossier.head().submission {
        let links = vec![(dossier.url("/comparaison"), "comparer les deux derniers dépôts".to_owned())];
        let newer = plain("warn", "Un dépôt plus récent existe", "Votre évaluation porte sur le dépôt indiqué en tête de page\u{a0}:".to_owned());
        alerts.push(AlertView { links, ..newer });
    }
    alerts
}
