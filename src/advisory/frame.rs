//! What the pages of the branch share: their tabs, their masthead.

use crate::access::{Dossier, policy};
use crate::app::App;
use crate::call::frame::{Frame, Tab};
use crate::page::Layout;

/// The frame of a page of the branch; its tabs are what the person may open.
pub fn frame(dossier: &Dossier, heading: &str, here: &str) -> Frame {
    let (ties, facts, head) = (dossier.ties(), dossier.facts(), dossier.head());
    let tabs = [
        ("Cahier des charges", "/amo", policy::read_mission(ties, facts).is_ok()),
        ("Consultation", "/amo/consultation", policy::read_tenders(ties, facts).is_ok()),
        ("Choix", "/amo/choix", policy::read_tenders(ties, facts).is_ok()),
        ("Mission", "/amo/mission", policy::place_consultant(ties, facts).is_ok()),
        ("Subvention", "/subvention", policy::read_subsidy(ties, facts).is_ok()),
    ];
    let tab = |(label, path, _): (&'static str, &str, bool)| Tab { label, href: dossier.url(path), is_current: path == here };
    Frame {
        over: format!("Appel {} {} · dossier n°\u{a0}{} · {}", head.call_title, head.edition, head.number, head.title),
        heading: heading.to_owned(),
        lead: String::new(),
        tabs: tabs.into_iter().filter(|(.., is_open)| *is_open).map(tab).collect(),
        alerts: Vec::new(),
    }
}

/// The masthead of a page of the branch.
pub fn layout(app: &App, dossier: &Dossier, title: &str) -> Layout {
    Layout::dossier(app, dossier, title, "/amo")
}
