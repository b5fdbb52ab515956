//! The questions of a call, for its managers: what waits for an answer first in sight, search, what is published.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use time::OffsetDateTime;

use super::store::{self, Filter, Line};
use super::tell;
use crate::access::CallManager;
use crate::access::policy::asking::QuestionSide;
use crate::app::App;
use crate::call::frame::{Asked, Frame, at, layout};
use crate::error::{AppError, url_encode};
use crate::kit::french::{count, fold};
use crate::kit::moment;
use crate::page::{Layout, Tag, html};

const HERE: &str = "/appel/questions";

/// Questions on a page.
const PAGE: usize = 50;

/// A question of a list.
pub struct LineView {
    /// Address.
    pub href: String,
    /// Subject.
    pub subject: String,
    /// Who asks.
    pub name: String,
    /// Dossier.
    pub title: String,
    /// "3 messages".
    pub holds: String,
    /// Messages not read.
    pub unread: i64,
    /// When the last was written.
    pub last: String,
    /// Where it is.
    pub tag: Tag,
    /// It is on the page of the call.
    pub is_published: bool,
}

#[derive(Template)]
#[template(path = "questions/staff.html")]
struct StaffPage {
    layout: Layout,
    frame: Frame,
    slug: String,
    lines: Vec<LineView>,
    states: Vec<(&'static str, &'static str, bool)>,
    q: String,
    has_filter: bool,
    shown: String,
    next: String,
    here: String,
    public: String,
}

/// Questions as lists show them.
pub fn views(lines: Vec<Line>, slug: &str, now: OffsetDateTime) -> Vec<LineView> {
    let view = |line: Line| LineView {
        href: tell::path(line.number, slug),
        tag: if line.is_awaiting { Tag { class: "todo", word: "Réponse attendue" } } else { Tag { class: "done", word: "Répondue" } },
        holds: count(line.messages, "message", "messages"),
        last: moment::near(line.last_at, now),
        subject: line.subject,
        name: line.name,
        title: line.title,
        unread: line.unread,
        is_published: line.is_published,
    };
    lines.into_iter().map(view).collect()
}

/// The managers of a call see its questions, but those asked for a dossier that they stay away from.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let get = |name: &str| asked.0.get(name).map(String::as_str).unwrap_or_default();
    let slug = manager.call().slug.clone();
    let q: String = get("q").chars().filter(|c| !c.is_control()).take(100).collect();
    let words = fold(q.trim());
    let filter = Filter { state: get("etat"), words: &words, before: get("avant").parse().ok(), most: i64::try_from(PAGE + 1).unwrap_or(i64::MAX) };
    let mut conn = app.db.acquire().await?;
    let mut lines = store::lines(&mut conn, (manager.call().id, manager.account()), QuestionSide::Manager, filter, manager.now()).await?;
    drop(conn);
    let has_more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let here = at(&slug, HERE);
    let place = format!("{here}&etat={}&q={}", url_encode(get("etat")), url_encode(&q));
    let next = lines.last().filter(|_| has_more).map(|line| format!("{place}&avant={}", line.last_id)).unwrap_or_default();
    html(&StaffPage {
        layout: layout(&app, &manager, "Questions"),
        frame: Frame::of(&manager, "Questions posées à l’appel", HERE)
            .lead("Posées par les équipes des dossiers et les personnes des formations. Une question ne se lit que par qui l’a posée et par vous, jusqu’à sa publication."),
        states: [("", "toutes"), ("attente", "réponse attendue"), ("publiees", "publiées")].map(|(key, label)| (key, label, key == get("etat"))).into(),
        has_filter: !get("etat").is_empty() || !words.is_empty(),
        shown: count(lines.len(), "question affichée", "questions affichées"),
        lines: views(lines, &slug, manager.now()),
        q: if words.is_empty() { String::new() } else { q },
        next,
        here,
        public: format!("/appels/{slug}#questions"),
        slug,
    })
}
