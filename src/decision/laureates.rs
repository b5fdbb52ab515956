//! The public list of a call's laureates: it does not exist before the publication.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use time::{Date, OffsetDateTime};

use crate::access::{Arrival, SlugPart, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::moment;
use crate::kit::values::Slug;
use crate::page::{Layout, html};

struct Row {
    title: String,
    label: String,
    held_on: Date,
    reference: String,
}

struct LaureateView {
    title: String,
    label: String,
    decision: String,
}

#[derive(Template)]
#[template(path = "decision/laureates.html")]
struct LaureatesPage {
    layout: Layout,
    over: String,
    call: String,
    published: String,
    count: String,
    laureates: Vec<LaureateView>,
}

/// Anybody, once the results are published; before, it is a page that does not exist.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, Arrival(now): Arrival, SlugPart(slug): SlugPart) -> Result<Response, AppError> {
    let slug = Slug::read(&slug).map(String::from).map_err(|_| AppError::NotFound)?;
    let mut conn = app.db.acquire().await?;
    let call = sqlx::query!(
        r#"select id, short_title, edition, results_published_at as "published_at!: OffsetDateTime" from call
           where slug = $1 and not is_template and results_published_at <= $2"#,
        slug,
        now
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(AppError::NotFound)?;
    let rows = sqlx::query_as!(
        Row,
        r#"select project.title, project.label, council.held_on as "held_on!", council.reference as "reference!"
           from project
           join last_outcome as council on council.project_id = project.id and council.kind = 'council'
           where project.call_id = $1 and project.status = 'laureate'
           order by project.title collate "fr-x-icu", project.id"#,
        call.id
    )
    .fetch_all(&mut *conn)
    .await?;
    drop(conn);
    let title = format!("Lauréats, {} {}", call.short_title, call.edition);
    let view = |row: Row| LaureateView {
        decision: format!("Commission permanente du {}, délibération {}", moment::day(row.held_on), row.reference),
        title: row.title,
        label: row.label,
    };
    html(&LaureatesPage {
        layout: Layout::open(&app, visitor.as_ref(), title),
        over: format!("Appel {} {}", call.short_title, call.edition),
        call: format!("/appels/{slug}"),
        published: moment::date(call.published_at),
        count: count(rows.len(), "lauréat", "lauréats"),
        laureates: rows.into_iter().map(view).collect(),
    })
}
