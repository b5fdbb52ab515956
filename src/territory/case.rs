//! A square of the matrix: the flows of one type at one actor, and a new one begun with what the square says.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use uuid::Uuid;

use super::sign::{self, Sign};
use crate::access::{Dossier, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::framework::content::{Content, Unit};
use crate::framework::flow_type;
use crate::page::{Layout, html};
use crate::project::draw::row_name;
use crate::project::units;

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
    let mut conn = app.db.acquire().await?;
    let content = units::load(&mut conn, reader.project(), &["stakeholder", "flow"]).await?;
    drop(conn);
    let name = content.row("stakeholder", actor).map(row_name).ok_or(AppError::NotFound)?;
    let label = if kind.is_empty() { format!("Sans type, {}", sign.label) } else { flow_type::label(&kind) };
    // As the matrix reads them: a type may be suggested, and not written yet.
    let version = reader.head().content_version;
    let mut conn = app.db.acquire().await?;
    let found = crate::leads::analysis::of(&app, &mut conn, reader.project(), version).await?;
    drop(conn);
    let here = found.read.flows.iter().zip(&found.read.sources).filter(|(flow, source)| {
        let code = flow.kind.map(|kind| found.tables.get(kind).code.as_str()).unwrap_or_default();
        source.actor == actor && flow.domain == sign.domain && code == kind
    });
    let rows: Vec<Uuid> = here.map(|(_, source)| source.row).collect();
    html(&CasePage {
        layout: Layout::dossier(&app, &reader, format!("{label}, {name}"), "/territoire"),
        base: reader.url(""),
        actor,
        flows: rows.iter().filter_map(|row| listed(&reader, &content, *row)).collect(),
        domain: sign.field,
        refusal: reader.may_write(part_of("flow")).err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        operations: [Uuid::new_v4(), Uuid::new_v4()],
        name,
        kind,
        label,
    })
}

fn listed(reader: &Dossier, content: &Content, row: Uuid) -> Option<(String, String, &'static str)> {
    let unit: &Unit = content.row("flow", row)?;
    Some((row_name(unit), reader.url(&format!("/flux/{row}")), if unit.text("direction") == "in" { "entre" } else { "sort" }))
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
