//! Kept scores computed again from the marks, in a transaction that is then undone.

use sqlx::{Acquire as _, PgConnection};

use super::store::recompute_call;
use crate::kit::ids::CallId;

/// A review and its kept figures.
type Kept = (i64, i32, Option<i64>, bool);

/// Recomputes every call and compares: reviews looked at, and a sentence for each figure that moved.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(conn: &mut PgConnection) -> anyhow::Result<(usize, Vec<String>)> {
    let mut undone = conn.begin().await?;
    let calls = sqlx::query!("select id, slug, scores_version from call order by id").fetch_all(&mut *undone).await?;
    let before = kept(&mut undone).await?;
    let mut faults = Vec::new();
    for call in calls {
        recompute_call(&mut undone, CallId(call.id)).await.map_err(|error| anyhow::anyhow!("{error}"))?;
        let version = sqlx::query_scalar!("select scores_version from call where id = $1", call.id).fetch_one(&mut *undone).await?;
        if version != call.scores_version {
            faults.push(format!("appel {} : les moyennes gardées ne suivent pas les notes", call.slug));
        }
    }
    let after = kept(&mut undone).await?;
    let moved = before.iter().zip(&after).filter(|(before, after)| before != after);
    faults.extend(moved.map(|(before, after)| format!("évaluation {} : score gardé {:?}, calculé {:?}", before.0, before.2, after.2)));
    undone.rollback().await?;
    Ok((before.len(), faults))
}

async fn kept(conn: &mut PgConnection) -> sqlx::Result<Vec<Kept>> {
    let rows = sqlx::query!("select id, marked, score, is_counted from review order by id").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.marked, row.score, row.is_counted)).collect())
}
