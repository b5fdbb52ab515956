//! What every page shares: the masthead, the cloth, small presentation helpers, the error page.

use std::fmt::Write as _;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::access::{Dossier, Visitor};
use crate::app::App;
use crate::assets;
use crate::error::AppError;
use crate::framework::State;
use crate::kit::moment;

/// An entry of the masthead.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Word shown.
    pub label: &'static str,
    /// Address.
    pub href: String,
    /// The page one is on, or its part of the site.
    pub is_current: bool,
}

/// The frame around a page.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Title of the page, first part of the window's title.
    pub title: String,
    /// Masthead.
    pub nav: Vec<NavItem>,
    /// Name of the person, nothing when nobody is signed in.
    pub who: Option<String>,
    /// Account of the person, zero when nobody is signed in.
    pub user: i64,
    /// Notices that wait for them.
    pub notices: i64,
    /// Running head, left and right; nothing when both are empty.
    pub run: (String, String),
    /// The deployment has its own colours or logo.
    pub has_theme: bool,
    /// It has its own logo.
    pub has_logo: bool,
}

impl Layout {
    /// A page for anybody.
    pub fn public(app: &App, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            nav: Vec::new(),
            who: None,
            user: 0,
            notices: 0,
            run: (String::new(), String::new()),
            has_theme: app.config.theme.is_some(),
            has_logo: app.config.theme.as_ref().is_some_and(|theme| theme.logo.is_some()),
        }
    }

    /// A page for a signed-in person; `here` is the address of the current part.
    pub fn personal(app: &App, visitor: &Visitor, title: impl Into<String>, here: &str) -> Self {
        let hats = visitor.hats;
        let parts = [
            (true, "Accueil", "/"),
            (hats.carrier, "Mes dossiers", "/dossiers"),
            (hats.carrier, "Formations", "/formations"),
            (hats.reviewer, "Évaluations", "/evaluation"),
            (hats.committee || hats.manager, "Tableau", "/comite"),
            (hats.manager, "Appel", "/appel"),
            (hats.operator, "Exploitation", "/exploitation"),
        ];
        let nav =
            parts.into_iter().filter(|(shown, ..)| *shown).map(|(_, label, href)| NavItem { label, href: href.to_owned(), is_current: href == here }).collect();
        Self { nav, who: Some(visitor.name.clone()), user: visitor.account.get(), notices: visitor.notices, ..Self::public(app, title) }
    }

    /// A page that anybody reads, under the masthead of whoever is signed in.
    pub fn open(app: &App, visitor: Option<&Visitor>, title: impl Into<String>) -> Self {
        match visitor {
            Some(visitor) => Self::personal(app, visitor, title, ""),
            None => Self::public(app, title),
        }
    }

    /// A page of a dossier: its own parts for the team, the person's parts for the administration.
    pub fn dossier(app: &App, dossier: &Dossier, title: impl Into<String>, here: &str) -> Self {
        let head = dossier.head();
        let run = (format!("{} · {}", head.title, head.label), format!("Dépôt jusqu’au {}", moment::until(dossier.facts().closes_at)));
        let title = format!("{}, {}", title.into(), head.title);
        if !dossier.is_team() {
            let here = if dossier.ties().review.is_some() { "/evaluation" } else { "/comite" };
            return Self { run, ..Self::personal(app, dossier.visitor(), title, here) };
        }
        let parts = [
            ("Mes dossiers", None),
            ("Dossier", Some("")),
            ("Acteurs", Some("/acteurs")),
            ("Flux", Some("/flux")),
            ("Synergies", Some("/synergies")),
            ("Équipe", Some("/equipe")),
            ("Dépôt", Some("/depot")),
        ];
        let nav = parts
            .into_iter()
            .map(|(label, path)| NavItem { label, href: path.map_or_else(|| "/dossiers".to_owned(), |path| dossier.url(path)), is_current: path == Some(here) })
            .collect();
        Self {
            nav,
            run,
            who: Some(dossier.visitor().name.clone()),
            user: dossier.account().get(),
            notices: dossier.visitor().notices,
            ..Self::public(app, title)
        }
    }

    /// How many notices wait, as the masthead says it.
    pub fn waiting(&self) -> String {
        if self.notices < 100 { self.notices.to_string() } else { "99+".to_owned() }
    }

    /// Address of the stylesheet.
    pub fn css(&self) -> &'static str {
        assets::path("trame.css")
    }

    /// Address of the script.
    pub fn js(&self) -> &'static str {
        assets::path("trame.js")
    }

    /// Address of a page's own script.
    pub fn script(&self, name: &str) -> &'static str {
        assets::path(name)
    }

    /// Address of the mark.
    pub fn icon(&self) -> &'static str {
        assets::path("logo.svg")
    }
}

/// A page, or a fault of ours.
pub fn html(template: &impl Template) -> Result<Response, AppError> {
    Ok(Html(template.render().map_err(anyhow::Error::from)?).into_response())
}

/// A page with a status of its own: 422 with field problems, 409 with both texts.
pub fn html_with(status: StatusCode, template: &impl Template) -> Result<Response, AppError> {
    Ok((status, html(template)?).into_response())
}

/// After a successful post: 303 to the page that shows it.
pub fn see(location: &str) -> Response {
    axum::response::Redirect::to(location).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    layout: Layout,
    heading: &'a str,
    sentence: &'a str,
    is_lost: bool,
    way_out: Option<WayOut>,
}

/// Where to go on from the page of an error.
#[derive(Debug, Clone)]
pub struct WayOut {
    /// Address.
    pub href: String,
    /// Words of the link.
    pub label: &'static str,
}

/// What the page of an error says.
#[derive(Debug)]
pub struct Trouble<'a> {
    /// Title.
    pub heading: &'a str,
    /// Sentence.
    pub sentence: &'a str,
    /// The address itself may be wrong.
    pub is_lost: bool,
    /// Where to go on, when it is not the home page.
    pub way_out: Option<WayOut>,
}

/// The page of an error, under the masthead of whoever is known to read it.
pub fn error_page(app: &App, visitor: Option<&Visitor>, trouble: Trouble<'_>) -> String {
    let Trouble { heading, sentence, is_lost, way_out } = trouble;
    let page = ErrorPage { layout: Layout::open(app, visitor, heading), heading, sentence, is_lost, way_out };
    page.render().unwrap_or_else(|_| sentence.to_owned())
}

/// The cloth: one cell per expected element, as three SVG paths.
#[derive(Debug, Clone, Default)]
pub struct Weave {
    /// Filled cells.
    pub filled: String,
    /// Begun cells.
    pub begun: String,
    /// Empty cells.
    pub empty: String,
    /// Width of the drawing.
    pub width: usize,
}

impl Weave {
    /// The cloth of those elements.
    pub fn of(states: &[State]) -> Self {
        let mut weave = Self { width: (states.len() * 18).saturating_sub(2), ..Self::default() };
        for (index, state) in states.iter().enumerate() {
            let x = index * 18;
            let _ = match state {
                State::Filled if index % 2 == 0 => write!(weave.filled, "M{x} 3h16v12h-16z"),
                State::Filled => write!(weave.filled, "M{} 0h12v18h-12z", x + 2),
                State::Begun => write!(weave.begun, "M{} 9.5h14v5h-14z", x + 1),
                State::Empty => write!(weave.empty, "M{x}.5 3.5h15v11h-15z"),
            };
        }
        weave
    }
}

/// A state as a tag: class and word.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    /// Class after `tag`.
    pub class: &'static str,
    /// Word shown.
    pub word: &'static str,
}

impl Tag {
    /// Tag of a dossier's state.
    pub fn of(status: crate::access::Status) -> Self {
        use crate::access::Status as S;
        let (class, word) = match status {
            S::Draft => ("todo", "Brouillon"),
            S::Deposited => ("doing", "Déposé"),
            S::Admissibility => ("doing", "En recevabilité"),
            S::ChangesRequested => ("warn", "Complément demandé"),
            S::Admissible => ("doing", "Recevable"),
            S::Inadmissible => ("bad", "Irrecevable"),
            S::InReview => ("doing", "En évaluation"),
            S::Assessed => ("done", "Évalué"),
            S::CommitteeOpinion => ("done", "Avis du comité"),
            S::FundCommittee => ("doing", "Comité de gestion"),
            S::CouncilDecision => ("doing", "Commission permanente"),
            S::Laureate => ("done", "Lauréat"),
            S::NotSelected => ("off", "Non retenu"),
            S::Withdrawn => ("off", "Retiré"),
        };
        Self { class, word }
    }

    /// Tag of the state that a dossier's team is told: from the opening of the evaluation to the publication, one word.
    pub fn told(status: crate::access::Status) -> Self {
        if status == crate::access::Status::InReview { Self { class: "doing", word: "En instruction" } } else { Self::of(status) }
    }
}

/// Small filters of the templates.
#[expect(clippy::inline_always, clippy::unused_self, clippy::unnecessary_wraps, reason = "written by the filter's macro")]
pub(crate) mod filters {
    use askama::filter_fn;

    /// Paragraphs of a text: what is between blank lines.
    #[filter_fn]
    pub(crate) fn paragraphs<'a>(text: &'a str, _: &dyn askama::Values) -> askama::Result<Vec<&'a str>> {
        Ok(crate::kit::words::paragraphs(text).collect())
    }

    /// A sentence that goes on after a colon.
    #[filter_fn]
    pub(crate) fn uncapitalized(sentence: &str, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(crate::kit::french::uncapitalized(sentence))
    }
}
