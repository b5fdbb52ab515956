//! Invariants of the instruction: states against requests and verdicts, complements against what was asked.

use sqlx::PgConnection;

use super::compare::compare;
use super::correction::store as corrections;
use crate::error::AppError;
use crate::kit::ids::{ProjectId, SubmissionId};
use crate::submission;

/// Verifies every dossier; how many requests for correction, how many opinions, and what is wrong.
pub async fn verify(conn: &mut PgConnection) -> anyhow::Result<(usize, usize, Vec<String>)> {
    let mut faults = states(conn).await?;
    faults.extend(rows(conn).await?);
    let asked = complements(conn, &mut faults).await?;
    let opinions = sqlx::query_scalar!(r#"select count(*) as "n!" from outside_opinion"#).fetch_one(conn).await?;
    Ok((asked, usize::try_from(opinions).unwrap_or_default(), faults))
}

/// A dossier waits for corrections exactly when one is awaited; a verdict is behind each state that it gives.
async fn states(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let waiting = sqlx::query_scalar!(
        "select project.id from project
         where project.status <> 'withdrawn'
           and (project.status = 'changes_requested')
             <> exists(select from correction where correction.project_id = project.id and answered_at is null and closed_at is null)
         order by project.id"
    )
    .fetch_all(&mut *conn)
    .await?;
    let judged = sqlx::query_scalar!(
        "select project.id from project
         join lateral (select outcome from admissibility_verdict where project_id = project.id order by id desc limit 1) as verdict on true
         where (verdict.outcome = 'inadmissible' and project.status not in ('inadmissible', 'withdrawn'))
            or (verdict.outcome = 'admissible' and project.status in ('draft', 'deposited', 'admissibility', 'inadmissible'))
         order by project.id"
    )
    .fetch_all(conn)
    .await?;
    let waiting = waiting.into_iter().map(|id| format!("dossier {id} : son état et ses demandes de correction ne concordent pas"));
    let judged = judged.into_iter().map(|id| format!("dossier {id} : son état ne suit pas la décision de recevabilité"));
    Ok(waiting.chain(judged).collect())
}

/// Requests aim at something; what they name is of their dossier; labels are of the dossier's call.
async fn rows(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let aimless = sqlx::query_scalar!("select id from correction where not exists(select from correction_aim where correction_id = correction.id)")
        .fetch_all(&mut *conn)
        .await?;
    let strangers = sqlx::query_scalar!(
        "select correction.id from correction
         left join submission as base on base.id = correction.submission_id
         left join submission as answering on answering.id = correction.answer_submission_id
         where base.project_id <> correction.project_id or answering.project_id <> correction.project_id
            or answering.channel <> 'correction' or answering.number <= base.number or correction.answered_at >= correction.due_at"
    )
    .fetch_all(&mut *conn)
    .await?;
    let labels = sqlx::query_scalar!(
        "select project_label.project_id from project_label
         join label on label.id = project_label.label_id
         join project on project.id = project_label.project_id
         where label.call_id <> project.call_id or label.retired_at is not null"
    )
    .fetch_all(&mut *conn)
    .await?;
    let opinions = sqlx::query_scalar!(
        "select opinion.id from outside_opinion as opinion
         join submission on submission.id = opinion.submission_id
         where submission.project_id <> opinion.project_id or opinion.answered_at >= opinion.due_at"
    )
    .fetch_all(&mut *conn)
    .await?;
    let wishes = sqlx::query_scalar!(
        "select wish.id from correction_wish as wish
         left join correction on correction.id = wish.correction_id
         where correction.project_id <> wish.project_id
            or not exists(select from correction_wish_aim where correction_wish_aim.wish_id = wish.id)"
    )
    .fetch_all(&mut *conn)
    .await?;
    let delayed = sqlx::query_scalar!(
        "select correction.id from correction
         join lateral (select new_due_at from correction_delay where correction_id = correction.id order by id desc limit 1) as last on true
         where last.new_due_at <> correction.due_at"
    )
    .fetch_all(conn)
    .await?;
    let mut faults: Vec<String> = aimless.into_iter().map(|id| format!("demande de correction {id} : elle ne vise rien")).collect();
    faults.extend(strangers.into_iter().map(|id| format!("demande de correction {id} : ses dépôts ou ses dates ne concordent pas")));
    faults.extend(labels.into_iter().map(|id| format!("dossier {id} : une étiquette n’est pas de son appel")));
    faults.extend(wishes.into_iter().map(|id| format!("correction proposée {id} : elle ne vise rien, ou sa demande n’est pas de son dossier")));
    faults.extend(delayed.into_iter().map(|id| format!("demande de correction {id} : sa date limite n’est pas la dernière décidée")));
    faults.extend(opinions.into_iter().map(|id| format!("avis {id} : son dépôt ou ses dates ne concordent pas")));
    Ok(faults)
}

fn failed(error: AppError) -> anyhow::Error {
    match error {
        AppError::Internal(cause) => cause,
        other => anyhow::anyhow!("{other}"),
    }
}

/// A complement differs from the deposit before it only where it was asked.
async fn complements(conn: &mut PgConnection, faults: &mut Vec<String>) -> anyhow::Result<usize> {
    let projects = sqlx::query_scalar!("select distinct project_id from correction order by project_id").fetch_all(&mut *conn).await?;
    let mut asked = 0;
    for project in projects {
        for correction in corrections::list(conn, ProjectId(project)).await.map_err(failed)? {
            asked += 1;
            let Some(answered) = &correction.answered else { continue };
            let former = sqlx::query_scalar!(
                r#"select former.id from submission join submission as former on former.project_id = submission.project_id and former.number = submission.number - 1
                 where submission.id = $1"#,
                answered.submission.get()
            )
            .fetch_one(&mut *conn)
            .await?;
            let (old, new) = (
                submission::snapshot(conn, SubmissionId(former)).await.map_err(failed)?,
                submission::snapshot(conn, answered.submission).await.map_err(failed)?,
            );
            if compare(&old, &new, None) != compare(&old, &new, Some(&correction.aims)) {
                faults.push(format!("dossier {project} : le complément n° {} change ce qui n’était pas demandé", answered.reference));
            }
        }
    }
    Ok(asked)
}
