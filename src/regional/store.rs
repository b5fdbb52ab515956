//! Rows of all the dossiers of a call in two statements, however many there are.

use std::collections::HashMap;

use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{CallManager, Status, policy};
use crate::error::AppError;
use crate::framework::content::{Content, Fields, Raw, Unit};
use crate::kit::ids::ProjectId;

/// Where the flows of a dossier are read, and at which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the draft, which the carrier shares; version of its content.
    Draft(i64),
    /// In a deposit.
    Deposit(i64),
}

/// A dossier of the call whose public flows the manager may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Territory {
    /// Dossier.
    pub id: ProjectId,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Where its flows are read.
    pub source: Source,
}

/// Dossiers of the call that the manager may read here, by number.
pub async fn territories(conn: &mut PgConnection, manager: &CallManager) -> Result<Vec<Territory>, AppError> {
    let rows = sqlx::query!(
        r#"select project.id, number, title, status, shared, content_version, submission_id,
             exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2) as "is_recused!"
         from project
         where call_id = $1
         order by number"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await?;
    let mut territories = Vec::new();
    for row in rows {
        let status = Status::parse(&row.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
        let is_shared = row.shared.get(ASSESSMENT).copied().unwrap_or(false);
        let Some(source) = policy::region_source(status, is_shared, row.submission_id.is_some(), row.is_recused) else { continue };
        let source = match (source, row.submission_id) {
            (policy::RegionSource::Deposit, Some(submission)) => Source::Deposit(submission),
            _ => Source::Draft(row.content_version),
        };
        territories.push(Territory { id: ProjectId(row.id), number: row.number, title: row.title, source });
    }
    Ok(territories)
}

/// Place of deliverable 2, which flows belong to.
const ASSESSMENT: usize = 1;

/// A unit of a deposit.
#[derive(Deserialize)]
struct Frozen {
    kind: String,
    row: Uuid,
    version: i32,
    fields: Fields,
}

/// Public flows and actors of those dossiers, each in the order of its rows, in one statement.
pub async fn contents(conn: &mut PgConnection, territories: &[Territory]) -> Result<HashMap<ProjectId, Content>, AppError> {
    let drafts = territories.iter().filter(|held| matches!(held.source, Source::Draft(_))).map(|held| held.id.get()).collect::<Vec<_>>();
    let deposits = territories.iter().filter_map(|held| if let Source::Deposit(id) = held.source { Some(id) } else { None }).collect::<Vec<_>>();
    let rows = sqlx::query!(
        r#"with frozen as (
           select project_id, (content::json -> 'units') as units from submission where id = any($2)
         ), held as (
           select project_id, position, row, json_build_object('kind', kind, 'row', row, 'version', version, 'fields', content) as unit
           from unit
           where project_id = any($1) and not is_deleted
             and (kind = 'stakeholder' or (kind = 'flow' and content ->> 'visibility' = 'public'))
           union all
           select project_id, (unit ->> 'position')::int, (unit ->> 'row')::uuid, unit
           from frozen
           cross join json_array_elements(units) as unit
           where unit ->> 'kind' = 'stakeholder' or (unit ->> 'kind' = 'flow' and unit -> 'fields' ->> 'visibility' = 'public')
         )
         select project_id as "project_id!", unit::text as "unit!"
         from held
         order by project_id, position, row"#,
        &drafts,
        &deposits
    )
    .fetch_all(conn)
    .await?;
    let mut contents: HashMap<ProjectId, Content> = HashMap::new();
    for row in rows {
        let Frozen { kind, row: id, version, fields } = serde_json::from_str(&row.unit).map_err(anyhow::Error::from)?;
        let unit = Unit { version, fields, raw: Raw::new(), at: OffsetDateTime::UNIX_EPOCH, ..Unit::blank(&kind, id, None) };
        contents.entry(ProjectId(row.project_id)).or_default().units.push(unit);
    }
    Ok(contents)
}
