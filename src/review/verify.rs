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
    faults.extend(parties(conn).await?);
    Ok((before.len(), faults))
}

/// What conflicts are suggested from, and what domains are read from, against the last deposit.
async fn parties(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let wrong = sqlx::query_scalar!(
        "select project.id from project
         left join submission on submission.id = project.submission_id
         where (submission.id is null and (themes <> '{}' or exists(select from deposit_party where deposit_party.project_id = project.id)))
            or (submission.id is not null and (
              themes <> deposit_themes(submission.content::jsonb)
              or array(select (part, organisation, person)::text from deposit_party where deposit_party.project_id = project.id order by 1)
                <> array(select (part, organisation, person)::text from deposit_parties(submission.content::jsonb) order by 1)))
         order by project.id"
    )
    .fetch_all(conn)
    .await?;
    Ok(wrong.into_iter().map(|id| format!("dossier {id} : les organisations ou les domaines gardés ne sont pas ceux de son dernier dépôt")).collect())
}

async fn kept(conn: &mut PgConnection) -> sqlx::Result<Vec<Kept>> {
    let rows = sqlx::query!("select id, marked, score, is_counted from review order by id").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.marked, row.score, row.is_counted)).collect())
}
