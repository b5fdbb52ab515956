//! Statements of the perimeter: imported outlines, and what each change did.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::kit::geometry::Outline;
use crate::kit::ids::ProjectId;
use crate::kit::territory::outlines;

/// Outlines of those places: imported ones first, else those shipped.
pub async fn outlines(conn: &mut PgConnection, codes: &[&str]) -> sqlx::Result<HashMap<String, Outline>> {
    let wanted: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    let rows = sqlx::query!("select code, rings from outline where code = any($1)", &wanted).fetch_all(conn).await?;
    let mut found: HashMap<String, Outline> = rows.into_iter().filter_map(|row| Some((row.code, Outline::parse(&row.rings)?))).collect();
    for code in wanted {
        if !found.contains_key(&code)
            && let Some(outline) = outlines::shipped(&code)
        {
            found.insert(code, outline);
        }
    }
    Ok(found)
}

/// Keeps outlines, in the place of those of the same codes; how many were new or changed.
pub async fn keep_outlines(conn: &mut PgConnection, codes: &[String], rings: &[String], at: OffsetDateTime) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "insert into outline (code, rings, imported_at)
         select code, rings, $3 from unnest($1::text[], $2::text[]) as new(code, rings)
         on conflict (code) do update set rings = excluded.rings, imported_at = excluded.imported_at
         where outline.rings <> excluded.rings",
        codes,
        rings,
        at
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What a change of the perimeter did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Done {
    /// Rows added or brought back.
    pub added: Vec<Uuid>,
    /// Rows taken out.
    pub removed: Vec<Uuid>,
}

/// Remembers what an operation did, in its transaction.
pub async fn keep_act(conn: &mut PgConnection, project: ProjectId, operation: Uuid, done: &Done, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into perimeter_act (project_id, operation, added, removed, at) values ($1, $2, $3, $4, $5)",
        project.get(),
        operation,
        &done.added,
        &done.removed,
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What an operation did.
pub async fn act(conn: &mut PgConnection, project: ProjectId, operation: Uuid) -> sqlx::Result<Option<Done>> {
    let row = sqlx::query!("select added, removed from perimeter_act where project_id = $1 and operation = $2", project.get(), operation)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| Done { added: row.added, removed: row.removed }))
}
