//! What a reviewer knows, said by themselves: who assigns reviews prefers whoever knows the domains of a dossier.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use uuid::Uuid;

use super::pages::Asked;
use crate::access::CallReviewer;
use crate::app::App;
use crate::call::expertise;
use crate::call::store::people as store;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::page::{Layout, html, see};

#[derive(Template)]
#[template(path = "review/expertise.html")]
struct ExpertisePage {
    layout: Layout,
    call: String,
    back: String,
    action: String,
    boxes: Vec<(&'static str, &'static str, bool)>,
    rule: &'static str,
    is_done: bool,
    operation: Uuid,
}

fn at(reviewer: &CallReviewer, path: &str) -> String {
    format!("/evaluation{path}appel={}", reviewer.call().slug)
}

/// A reviewer of the call sees the domains that they know.
pub async fn show(State(app): State<App>, reviewer: CallReviewer, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = store::expertise(&mut conn, reviewer.call().id, reviewer.account()).await?;
    let call = reviewer.call();
    html(&ExpertisePage {
        layout: Layout::personal(&app, reviewer.visitor(), "Vos domaines", "/evaluation"),
        call: format!("{} {}", call.title, call.edition),
        back: at(&reviewer, "?"),
        action: at(&reviewer, "/domaines?"),
        boxes: expertise::boxes(&held),
        rule: expertise::RULE,
        is_done: asked.contains_key("fait"),
        operation: Uuid::new_v4(),
    })
}

/// A reviewer of the call says which domains they know; the last saying holds, whoever made it.
pub async fn save(State(app): State<App>, reviewer: CallReviewer, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let known = expertise::ticked(&input);
    let mut tx = app.db.begin().await?;
    if store::save_expertise(&mut tx, reviewer.call().id, reviewer.account(), &known).await? {
        journal::record_call(&mut tx, reviewer.call().id, reviewer.account(), "expertise_changed", &format!("account {}", reviewer.account()), reviewer.now())
            .await?;
    }
    tx.commit().await?;
    Ok(see(&at(&reviewer, "/domaines?fait=1&")))
}
