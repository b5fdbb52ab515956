//! All that the engine finds in a dossier: leads, groups, missing links. Computed off the async threads, kept for as long as
//! nothing it was made from has changed.

use std::sync::Arc;

use sqlx::PgConnection;
use trame_synergies::aggregate::{SynergyType, synergy_types};
use trame_synergies::explain;
use trame_synergies::flow::Flow;
use trame_synergies::leads::{Index, Lead};
use trame_synergies::missing::{MissingLink, missing_links};
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::pool::{Pool, pools};
use trame_synergies::score::{Assessment, Settings, assess};
use uuid::Uuid;

use super::flows::{self, Actor, Source};
use super::settings;
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::kit::ids::ProjectId;
use crate::project::units;

/// Kinds of rows that an analysis reads.
pub const KINDS: [&str; 2] = ["stakeholder", "flow"];

/// What the engine found in a dossier.
#[derive(Debug)]
pub struct Analysis {
    /// Tables it was made with.
    pub tables: Arc<Nomenclature>,
    /// Weights and floors.
    pub settings: Settings,
    /// Flows, their sources, the actors.
    pub read: flows::Read,
    /// Substitution leads, best first.
    pub leads: Vec<Lead>,
    /// The same by types, best first.
    pub types: Vec<SynergyType>,
    /// Groups, best first.
    pub pools: Vec<Pool>,
    /// Missing links.
    pub missing: Vec<MissingLink>,
}

impl Analysis {
    /// Runs the engine over the flows of a dossier.
    pub fn of(tables: Arc<Nomenclature>, settings: Settings, read: flows::Read) -> Self {
        let leads = Index::new(&tables, settings, &read.flows).leads();
        let types = synergy_types(&read.flows, &leads);
        let pools = pools(&tables, &read.flows);
        let inside = || read.actors.values().filter(|actor| !actor.is_outside && !actor.activity.is_empty());
        let present: Vec<&str> = inside().map(|actor| actor.activity.as_str()).collect();
        let missing = missing_links(&tables, &settings, &read.flows, &present);
        Self { tables, settings, read, leads, types, pools, missing }
    }

    /// Place of the flow of that row.
    pub fn place(&self, row: Uuid) -> Option<usize> {
        self.read.sources.iter().position(|source| source.row == row)
    }

    /// A flow, by its place.
    pub fn flow(&self, at: usize) -> &Flow {
        &self.read.flows[at]
    }

    /// What a flow was made from, by its place.
    pub fn source(&self, at: usize) -> &Source {
        &self.read.sources[at]
    }

    /// The actor of a flow, by the flow's place.
    pub fn actor(&self, at: usize) -> Option<&Actor> {
        self.read.actors.get(&self.source(at).actor)
    }

    /// Components of a lead.
    pub fn assess(&self, lead: Lead) -> Option<Assessment<'_>> {
        assess(&self.tables, &self.settings, self.flow(lead.from), self.flow(lead.to))
    }

    /// The sentence that justifies a lead.
    pub fn reason(&self, lead: Lead) -> String {
        self.assess(lead).map_or_else(String::new, |found| explain::reason(&self.tables, self.flow(lead.from), self.flow(lead.to), &found))
    }
}

/// Version of a dossier's content; nothing when there is no such dossier.
pub async fn version(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("select content_version from project where id = $1", project.get()).fetch_optional(conn).await
}

/// The analysis of a dossier as it stands, made again when its content has moved, or its call's settings of the score.
///
/// # Errors
/// When the database does not answer.
pub async fn of(app: &App, conn: &mut PgConnection, project: ProjectId, version: i64) -> Result<Arc<Analysis>, AppError> {
    let settings = settings::of_project(conn, project).await?.settings();
    let tables = tables(app).await?;
    if let Some(held) = app.leads.held(project, version).filter(|held| held.settings == settings && Arc::ptr_eq(&held.tables, &tables)) {
        return Ok(held);
    }
    let content = units::load(conn, project, &KINDS).await?;
    let found = run(app, content, (tables, settings)).await?;
    app.leads.keep(project, version, &found);
    Ok(found)
}

/// The analysis of a content read elsewhere: a deposit as it was frozen, a draft being printed.
///
/// # Errors
/// When the database does not answer.
pub async fn of_content(app: &App, conn: &mut PgConnection, project: ProjectId, content: Content) -> Result<Arc<Analysis>, AppError> {
    let settings = settings::of_project(conn, project).await?.settings();
    run(app, content, (tables(app).await?, settings)).await
}

/// The tables of the engine, as experts changed them.
///
/// # Errors
/// When they must be read again and the database does not answer.
pub async fn tables(app: &App) -> Result<Arc<Nomenclature>, AppError> {
    let tables = app.nomenclature.current(app).await?.engine();
    app.leads.settle(&tables);
    Ok(tables)
}

/// The analysis of that content, off the async threads.
async fn run(app: &App, content: Content, (tables, settings): (Arc<Nomenclature>, Settings)) -> Result<Arc<Analysis>, AppError> {
    let leads = Arc::clone(&app.leads);
    let work = move || {
        let read = flows::read(&tables, &content, &*leads);
        Arc::new(Analysis::of(tables, settings, read))
    };
    Ok(tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?)
}
