//! Help for each role: what one does, in the order in which it comes. The pictures are made by the browser tests, which fail
//! when a page no longer looks like its own.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::guides::{GUIDES, Guide};
use crate::access::{KeyPart, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::page::{Layout, html};

#[derive(Template)]
#[template(path = "help/index.html")]
struct IndexPage {
    layout: Layout,
    guides: &'static [Guide],
}

#[derive(Template)]
#[template(path = "help/guide.html")]
struct GuidePage {
    layout: Layout,
    guide: &'static Guide,
}

/// Anybody chooses the guide of a role.
pub async fn index(State(app): State<App>, visitor: Option<Visitor>) -> Result<Response, AppError> {
    html(&IndexPage { layout: Layout::open(&app, visitor.as_ref(), "Aide"), guides: &GUIDES })
}

/// Anybody reads the guide of a role.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, KeyPart(key): KeyPart) -> Result<Response, AppError> {
    let guide = GUIDES.iter().find(|guide| guide.key == key).ok_or(AppError::NotFound)?;
    html(&GuidePage { layout: Layout::open(&app, visitor.as_ref(), guide.title), guide })
}
