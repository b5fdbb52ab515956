//! What the manager's pages share: their tabs, their alerts, their addresses.

use std::collections::HashMap;

use axum::extract::Query;

use super::form::{FormView, Unsaved};
use crate::access::CallManager;
use crate::app::App;
use crate::kit::moment;
use crate::page::Layout;

/// Query of a page: the call, the place in a list, what was just done.
pub type Asked = Query<HashMap<String, String>>;

/// A tab: one of the manager's pages.
#[derive(Debug)]
pub struct Tab {
    /// Word shown.
    pub label: &'static str,
    /// Address.
    pub href: String,
    /// The page one is on.
    pub is_current: bool,
}

/// Something to say above the page.
#[derive(Debug)]
pub struct Alert {
    /// Class after `alert`.
    pub class: &'static str,
    /// Heading.
    pub heading: String,
    /// Sentence.
    pub sentence: String,
    /// Links to the controls.
    pub links: Vec<(String, String)>,
    /// Takes the focus at load.
    pub is_focused: bool,
}

impl Alert {
    /// Refused values of forms, each as a link to its control.
    pub fn errors(forms: &[FormView]) -> Option<Self> {
        let links: Vec<_> = forms.iter().flat_map(FormView::errors).collect();
        let heading = if links.len() == 1 { "Une valeur est à corriger".to_owned() } else { format!("{} valeurs sont à corriger", links.len()) };
        let sentence = "Rien n’est enregistré pour l’instant.".to_owned();
        (!links.is_empty()).then_some(Self { class: "bad", heading, sentence, links, is_focused: true })
    }

    /// Somebody else saved meanwhile: both values are shown in the form.
    pub fn conflict(forms: &[FormView]) -> Option<Self> {
        let form = forms.iter().find(|form| !form.conflicts.is_empty())?;
        Some(Self {
            class: "warn",
            heading: "Une autre personne a enregistré avant vous".to_owned(),
            sentence: "Votre saisie est conservée ci-dessous, à côté de ce qui est enregistré. Choisissez.".to_owned(),
            links: vec![(format!("#{}", form.id), "voir les deux versions".to_owned())],
            is_focused: true,
        })
    }

    /// A form that holds a text which is not saved: after a session's end, or a confirmation not given.
    pub fn unsaved(forms: &[FormView]) -> Option<Self> {
        let form = forms.iter().find(|form| form.unsaved != Unsaved::No)?;
        let (heading, sentence) = match form.unsaved {
            Unsaved::Suspended => {
                ("Votre texte est revenu", "La session avait expiré pendant l’envoi\u{a0}: rien n’est enregistré. Relisez, puis enregistrez.")
            }
            _ => ("Rien n’a changé", "Vous n’avez pas confirmé. Votre saisie est restée dans son formulaire, sans être enregistrée."),
        };
        let links = vec![(format!("#{}", form.id), format!("voir «\u{a0}{}\u{a0}»", form.title))];
        Some(Self { class: "warn", heading: heading.to_owned(), sentence: sentence.to_owned(), links, is_focused: true })
    }

    /// What was just done.
    pub fn done(heading: &str, sentence: impl Into<String>) -> Self {
        Self { class: "ok", heading: heading.to_owned(), sentence: sentence.into(), links: Vec::new(), is_focused: false }
    }

    /// A reason why something may not be done now.
    pub fn refusal(heading: &str, sentence: impl Into<String>) -> Self {
        Self { class: "warn", heading: heading.to_owned(), sentence: sentence.into(), links: Vec::new(), is_focused: false }
    }
}

/// The frame of a manager's page.
#[derive(Debug)]
pub struct Frame {
    /// Over the title.
    pub over: String,
    /// Title.
    pub heading: String,
    /// A sentence under the title, or nothing.
    pub lead: String,
    /// Pages of the call.
    pub tabs: Vec<Tab>,
    /// Alerts.
    pub alerts: Vec<Alert>,
}

const TABS: [(&str, &str); 15] = [
    ("Dossiers", "/appel"),
    ("Messages", "/appel/messages"),
    ("Questions", "/appel/questions"),
    ("Affectations", "/appel/affectations"),
    ("Évaluation", "/appel/ouvrir-evaluation"),
    ("Décisions", "/appel/decisions"),
    ("Subventions", "/appel/subventions"),
    ("Dates", "/appel/dates"),
    ("Critères", "/appel/criteres"),
    ("Pistes", "/appel/pistes"),
    ("Formations", "/appel/formations"),
    ("Présentation", "/appel/presentation"),
    ("Contacts", "/appel/contacts"),
    ("Documents", "/appel/documents"),
    ("Personnes", "/appel/personnes"),
];

impl Frame {
    /// The frame of a page of the call.
    pub fn of(manager: &CallManager, heading: impl Into<String>, here: &str) -> Self {
        let call = manager.call();
        Self {
            over: format!("Appel {} {}", call.title, call.edition),
            heading: heading.into(),
            lead: String::new(),
            tabs: tabs(&call.slug, here),
            alerts: Vec::new(),
        }
    }

    /// Says something under the title.
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// Adds an alert, if there is one.
    pub fn alert(mut self, alert: Option<Alert>) -> Self {
        self.alerts.extend(alert);
        self
    }
}

/// Tabs of a call's pages.
pub fn tabs(slug: &str, here: &str) -> Vec<Tab> {
    TABS.iter().map(|(label, path)| Tab { label, href: at(slug, path), is_current: *path == here }).collect()
}

/// Address of a manager's page, which keeps the call.
pub fn at(slug: &str, path: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}appel={slug}")
}

/// The masthead and the running head of a manager's page.
pub fn layout(app: &App, manager: &CallManager, title: &str) -> Layout {
    let call = manager.call();
    Layout {
        run: (format!("Appel {} {} · gestion", call.title, call.edition), format!("Dépôt jusqu’au {}", moment::until(call.bound))),
        ..Layout::personal(app, manager.visitor(), format!("{title}, {} {}", call.title, call.edition), "/appel")
    }
}
