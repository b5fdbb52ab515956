//! The shape shared by the pages of settings: one or several forms, an alert, what was decided before.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::FormView;
use super::frame::{Alert, Asked, Frame, layout};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::page::{Layout, html_with};

#[derive(Template)]
#[template(path = "call/settings.html")]
struct SettingsPage {
    layout: Layout,
    frame: Frame,
    forms: Vec<FormView>,
    log: Vec<Line>,
    public: String,
}

/// A decision already taken: when, who, what, why.
#[derive(Debug)]
pub struct Line {
    /// When.
    pub when: String,
    /// Who.
    pub who: String,
    /// What was decided.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What the settings pages are about.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Title.
    pub title: &'static str,
    /// A sentence under the title.
    pub lead: &'static str,
    /// Address.
    pub here: &'static str,
    /// Anchor of the public page that shows these settings.
    pub anchor: &'static str,
}

/// Draws a page of settings.
pub fn draw(
    app: &App,
    manager: &CallManager,
    about: About,
    forms: Vec<FormView>,
    log: Vec<Line>,
    (status, asked): (StatusCode, &Asked),
) -> Result<Response, AppError> {
    let done = asked.0.contains_key("fait").then(|| Alert::done("Enregistré", "La page publique de l’appel est à jour."));
    let frame = Frame::of(manager, about.title, about.here)
        .lead(about.lead)
        .alert(done.filter(|_| status == StatusCode::OK))
        .alert(Alert::unsaved(&forms))
        .alert(Alert::errors(&forms))
        .alert(Alert::conflict(&forms));
    let page =
        SettingsPage { layout: layout(app, manager, about.title), frame, forms, log, public: format!("/appels/{}{}", manager.call().slug, about.anchor) };
    html_with(status, &page)
}
