//! Lessons for everybody: the list with its search, and each one, made to be printed.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::model::{DOMAINS, Lesson, Told};
use super::settle::told;
use super::store::{self, Edition, PAGE, Wanted};
use crate::access::{NumberPart, Visitor};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::kit::french::fold;
use crate::kit::{moment, words};
use crate::page::{Layout, filters, html};

/// Most words of a search that are looked for.
const WORDS: usize = 12;

struct Line {
    href: String,
    title: String,
    place: String,
    call: String,
    domains: String,
    excerpt: String,
}

#[derive(Template)]
#[template(path = "lessons/public_list.html")]
struct ListPage {
    layout: Layout,
    typed: String,
    domains: Vec<(&'static str, &'static str, bool)>,
    is_filtered: bool,
    lines: Vec<Line>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "lessons/public.html")]
struct LessonPage {
    layout: Layout,
    over: String,
    call: String,
    lesson: Lesson,
    domains: String,
    published: String,
    parts: Vec<(&'static str, Told)>,
}

fn line(edition: &Edition) -> Line {
    let first = edition.lesson.parts.first().map_or("", |told| told.text.as_str());
    Line {
        href: format!("/fiches/{}", edition.number),
        title: edition.lesson.title.clone(),
        place: edition.lesson.place.clone(),
        call: format!("{} {}", edition.call, edition.call_edition),
        domains: edition.lesson.domain_words().join(", "),
        excerpt: words::excerpt(first, 220),
    }
}

/// Anybody reads the list, and searches it.
pub async fn list(State(app): State<App>, visitor: Option<Visitor>, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let get = |name: &str| asked.get(name).map_or("", String::as_str);
    let typed = words::clean(get("q"), 200).unwrap_or_default();
    let words: Vec<String> = fold(&typed).split_whitespace().take(WORDS).map(str::to_owned).collect();
    let domain = DOMAINS.iter().map(|(key, _)| *key).find(|key| *key == get("domaine")).unwrap_or_default();
    let mut conn = app.db.acquire().await?;
    let mut found = store::published(&mut conn, &Wanted { words: &words, domain, after: get("apres").parse().ok(), ..Wanted::default() }).await?;
    drop(conn);
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| has_more).map(|last| format!("/fiches?q={}&domaine={domain}&apres={}", url_encode(&typed), last.number));
    html(&ListPage {
        layout: Layout::open(&app, visitor.as_ref(), "Retours d’expérience"),
        is_filtered: !words.is_empty() || !domain.is_empty(),
        typed,
        domains: DOMAINS.iter().map(|(key, word)| (*key, *word, *key == domain)).collect(),
        lines: found.iter().map(line).collect(),
        next,
    })
}

/// Anybody reads a published lesson.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = store::published(&mut conn, &Wanted { number: Some(number), ..Wanted::default() }).await?;
    let edition = found.into_iter().next().ok_or(AppError::NotFound)?;
    drop(conn);
    html(&LessonPage {
        layout: Layout::open(&app, visitor.as_ref(), &edition.lesson.title),
        over: format!("Retour d’expérience · {} {}", edition.call, edition.call_edition),
        call: format!("/appels/{}", edition.slug),
        domains: edition.lesson.domain_words().join(", "),
        published: moment::date(edition.published_at),
        parts: told(&edition.lesson),
        lesson: edition.lesson,
    })
}
