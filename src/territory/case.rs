//! A square of the matrix: the flows of one type at one actor, and a new one begun with what the square says.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use trame_synergies::flow::{Direction, Flow};
use uuid::Uuid;

use super::sign::{self, Sign};
use crate::access::{Dossier, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::framework::flow_type;
use crate::leads::analysis;
use crate::page::{Layout, html};

#[derive(Template)]
#[template(path = "territory/case.html")]
struct CasePage {
    layout: Layout,
    base: String,
    actor: Uuid,
    name: String,
    kind: String,
    label: String,
    domain: &'static str,
    flows: Vec<(String, String, &'static str)>,
    refusal: String,
    operations: [Uuid; 2],
}

/// The team sees the flows of a square, and adds one.
pub async fn show(State(app): State<App>, reader: ProjectReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let get = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let actor = Uuid::try_parse(get("acteur")).map_err(|_| AppError::NotFound)?;
    let sign = sign::ALL.iter().find(|sign| sign.field == get("domaine")).ok_or(AppError::NotFound)?;
    let kind = if get("type").is_empty() { String::new() } else { flow_type::read(get("type")).map_err(|_| AppError::NotFound)? };
    let label = if kind.is_empty() { format!("Sans type, {}", sign.label) } else { flow_type::label(&kind) };
    let mut conn = app.db.acquire().await?;
    // As the matrix reads them: a type may be suggested, and not written yet.
    let found = analysis::of(&app, &mut conn, reader.project(), reader.head().content_version).await?;
    drop(conn);
    let name = found.read.actors.get(&actor).map(|actor| actor.name.clone()).ok_or(AppError::NotFound)?;
    let here = found.read.flows.iter().zip(&found.read.sources).filter(|(flow, source)| {
        let code = flow.kind.map(|kind| found.tables.get(kind).code.as_str()).unwrap_or_default();
        source.actor == actor && flow.domain == sign.domain && code == kind
    });
    html(&CasePage {
        layout: Layout::dossier(&app, &reader, format!("{label}, {name}"), "/territoire"),
        base: reader.url(""),
        actor,
        flows: here.map(|(flow, source)| listed(&reader, flow, source.row)).collect(),
        domain: sign.field,
        refusal: reader.may_write(part_of("flow")).err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        operations: [Uuid::new_v4(), Uuid::new_v4()],
        name,
        kind,
        label,
    })
}

fn listed(reader: &Dossier, flow: &Flow, row: Uuid) -> (String, String, &'static str) {
    (flow.label.clone(), reader.url(&format!("/flux/{row}")), if flow.direction == Direction::In { "entre" } else { "sort" })
}

impl CasePage {
    /// What leaves and what enters, as the domain says it.
    fn ways(&self) -> [(&'static str, &'static str, Uuid); 2] {
        let is_service = sign::ALL.iter().any(|sign: &Sign| sign.field == self.domain && sign.key == "service");
        let [one, two] = self.operations;
        if is_service {
            [("out", "Ajouter une offre", one), ("in", "Ajouter un besoin", two)]
        } else {
            [("out", "Ajouter ce qui sort", one), ("in", "Ajouter ce qui entre", two)]
        }
    }
}
