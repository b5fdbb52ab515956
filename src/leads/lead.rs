//! The page of one lead: its score opened, what it rests on, what is missing, and what the team decides of it.

pub mod decision_view;
pub mod evidence;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::analysis::{self, Analysis};
use super::book::Book;
use super::decision::{self, Decisions, Subject};
use super::score::Opened;
use super::words;
use crate::access::{Dossier, KeyPart, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::kit::moment;
use crate::page::{Layout, Tag, html_with, see};
use crate::project::alerts::Alert;
use crate::project::sections::Asked;
use crate::suspended;
use decision_view::{DecisionView, Typed};
use evidence::{Caution, Missing, Side, Table};

#[derive(Template)]
#[template(path = "leads/lead.html")]
struct LeadPage {
    layout: Layout,
    base: String,
    over: &'static str,
    heading: String,
    actors: String,
    tag: Tag,
    score: Option<u8>,
    alerts: Vec<Alert>,
    /// Nothing when the engine no longer finds it.
    sentence: String,
    opened: Option<Opened>,
    sides: Vec<Side>,
    missing: Vec<Missing>,
    cautions: Vec<Caution>,
    tables: Vec<Table>,
    decision: DecisionView,
    computed: String,
}

/// A lead as it is found under an address.
pub struct Found {
    /// What the engine found in the dossier.
    pub analysis: std::sync::Arc<Analysis>,
    /// What people decided.
    pub decisions: Decisions,
    /// The subject under which decisions are kept.
    pub subject: Subject,
}

impl Found {
    /// Reads the leads of a dossier and finds that one; it may only be remembered by its decisions.
    ///
    /// # Errors
    /// 404 when there is no such lead, and nobody ever decided anything of it.
    pub async fn read(app: &App, conn: &mut PgConnection, dossier: &Dossier, key: &str) -> Result<Self, AppError> {
        let asked: Subject = key.parse().map_err(|_| AppError::NotFound)?;
        let analysis = analysis::of(app, conn, dossier.project(), dossier.head().content_version).await?;
        let decisions = decision::last(conn, dossier.project()).await?;
        let book = Book { base: "", found: &analysis, decisions: &decisions };
        let thing = book.find(&asked);
        let subject = book.settled(asked, thing.as_ref());
        if thing.is_none() && decisions.of(&subject).is_none() {
            return Err(AppError::NotFound);
        }
        Ok(Self { analysis, decisions, subject })
    }

    /// What the engine and the people say, for the pages of that dossier.
    pub fn book<'a>(&'a self, base: &'a str) -> Book<'a> {
        Book { base, found: &self.analysis, decisions: &self.decisions }
    }
}

/// The team reads a lead.
pub async fn show(State(app): State<App>, reader: ProjectReader, KeyPart(key): KeyPart, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = Found::read(&app, &mut conn, &reader, &key).await?;
    if found.subject.to_string() != key {
        return Ok(see(&reader.url(&format!("/pistes/{}", found.subject))));
    }
    let typed = match suspended::typed(&mut conn, reader.account(), &asked).await? {
        Some(input) => Typed::back(&input),
        None => Typed { is_just_done: asked.contains_key("fait"), ..Typed::default() },
    };
    draw(&app, &mut conn, &reader, &found, (StatusCode::OK, typed)).await
}

/// Draws the page of a lead; after a post, with what was typed and why it was not done.
pub async fn draw(app: &App, conn: &mut PgConnection, dossier: &Dossier, found: &Found, (status, typed): (StatusCode, Typed)) -> Result<Response, AppError> {
    let base = dossier.url("");
    let history = decision::history(conn, dossier.project(), &found.subject).await?;
    let synergy = decision_view::synergy(conn, dossier, history.first()).await?;
    let book = found.book(&base);
    let thing = book.find(&found.subject);
    let decision = decision_view::view(dossier, book, &found.subject, (&history, synergy, &typed));
    let heading = thing.map_or_else(|| remembered(book, &found.subject), |thing| book.title(&thing));
    let mut alerts = typed.alerts;
    if thing.is_none() {
        alerts.push(gone());
    }
    alerts.extend(decision.synergy_alert());
    alerts.extend(dossier.may_write(part_of("synergy")).err().filter(|_| alerts.iter().all(|alert| !alert.is_focused)).map(|refusal| Alert {
        class: "warn",
        heading: "Lecture seule".to_owned(),
        sentence: refusal.sentence(),
        links: Vec::new(),
        is_focused: false,
    }));
    let page = LeadPage {
        layout: Layout::dossier(app, dossier, heading.clone(), "/synergies"),
        over: over(&found.subject),
        actors: thing.map(|thing| book.actors(&thing)).unwrap_or_default(),
        tag: words::tag(book.choice(&found.subject)),
        score: thing.and_then(|thing| thing.score()),
        sentence: thing.map(|thing| book.sentence(&thing)).unwrap_or_default(),
        opened: thing.and_then(|thing| evidence::opened(book, &thing)),
        sides: thing.map(|thing| evidence::sides(book, &thing)).unwrap_or_default(),
        missing: thing.map(|thing| evidence::missing(book, &thing)).unwrap_or_default(),
        cautions: thing.map(|thing| evidence::cautions(book, &thing)).unwrap_or_default(),
        tables: thing.map(|thing| evidence::tables(book, &thing)).unwrap_or_default(),
        decision,
        computed: format!("Calculée sur la version {} du dossier, {}.", dossier.head().content_version, moment::full(dossier.now())),
        heading,
        alerts,
        base,
    };
    html_with(status, &page)
}

fn over(subject: &Subject) -> &'static str {
    match subject {
        Subject::Type(..) => "Type de synergie",
        Subject::Pair(..) => "Piste de substitution",
        Subject::Group(..) => "Piste de mutualisation",
        Subject::Gap(_) => "Chaînon manquant",
    }
}

/// Name of a lead that the engine no longer finds.
fn remembered(book: Book<'_>, subject: &Subject) -> String {
    let kind = |code: &str| crate::framework::flow_type::label(code);
    let flow = |row| book.found.place(row).map_or_else(|| "(flux retiré)".to_owned(), |at| book.found.flow(at).label.clone());
    match subject {
        Subject::Type(out, input) => format!("{} → {}", kind(out), words::lowered(&kind(input))),
        Subject::Pair(from, to) => format!("{} → {}", flow(*from), flow(*to)),
        Subject::Group(code, ..) | Subject::Gap(code) => kind(code),
    }
}

fn gone() -> Alert {
    Alert {
        class: "warn",
        heading: "Le moteur ne trouve plus cette piste".to_owned(),
        sentence: "Les flux ou leurs types ont changé depuis. Ce qui a été décidé reste ici.".to_owned(),
        links: Vec::new(),
        is_focused: false,
    }
}
