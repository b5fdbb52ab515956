//! Invariants of the chain, for `trame check`: every state against its transitions, every result against its instance.

use sqlx::PgConnection;

use super::model::Kind;

/// How many outcomes are recorded and how many changes of state were followed, and what is wrong.
pub async fn verify(conn: &mut PgConnection) -> sqlx::Result<(usize, usize, Vec<String>)> {
    let outcomes = sqlx::query_scalar!(r#"select count(*) as "n!" from outcome"#).fetch_one(&mut *conn).await?;
    let changes = sqlx::query_scalar!(r#"select count(*) as "n!" from status_change"#).fetch_one(&mut *conn).await?;
    let mut faults = walks(conn).await?;
    faults.extend(instances(conn).await?);
    faults.extend(results(conn).await?);
    faults.extend(meetings(conn).await?);
    Ok((usize::try_from(outcomes).unwrap_or(0), usize::try_from(changes).unwrap_or(0), faults))
}

/// Each change of state starts where the one before ended, along an edge that exists, and the last one leads to the state.
async fn walks(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let wrong = sqlx::query!(
        r#"with walked as (
             select change.project_id, change.source, change.target,
               lag(change.target) over (partition by change.project_id order by change.id) as former,
               lead(change.id) over (partition by change.project_id order by change.id) is null as is_last
             from status_change as change
           )
           select walked.project_id, walked.source, walked.target from walked
           join project on project.id = walked.project_id
           where coalesce(walked.former <> walked.source, false)
             or not exists(select from project_status_edge as edge where edge.source = walked.source and edge.target = walked.target)
             or (walked.is_last and walked.target <> project.status)"#
    )
    .fetch_all(conn)
    .await?;
    Ok(wrong.into_iter().map(|row| format!("dossier {} : le passage de {} à {} ne suit pas ses états", row.project_id, row.source, row.target)).collect())
}

/// A state that an instance gives has that instance behind it.
async fn instances(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let mut faults = Vec::new();
    for kind in Kind::ALL {
        let wrong = sqlx::query_scalar!(
            "select id from project
             where status = $1 and not exists(select from outcome where outcome.project_id = project.id and outcome.kind = $2)",
            kind.state().as_str(),
            kind.key()
        )
        .fetch_all(&mut *conn)
        .await?;
        faults.extend(wrong.into_iter().map(|id| format!("dossier {id} : son état ne vient d’aucune instance")));
    }
    let foreign = sqlx::query_scalar!(
        "select distinct outcome.project_id from outcome join instance on instance.id = outcome.instance_id
         join project on project.id = outcome.project_id where project.call_id <> instance.call_id"
    )
    .fetch_all(&mut *conn)
    .await?;
    faults.extend(foreign.into_iter().map(|id| format!("dossier {id} : une instance d’un autre appel en décide")));
    Ok(faults)
}

/// A result is public exactly when a letter published says it, and the council recorded it.
async fn results(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let wrong = sqlx::query_scalar!(
        r#"select project.id as "id!" from project
           left join last_outcome as council on council.project_id = project.id and council.kind = 'council'
           where project.status in ('laureate', 'not_selected')
             and (council.result is distinct from case project.status when 'laureate' then 'retained' else 'rejected' end
               or not exists(select from letter join publication on publication.id = letter.publication_id
                             where letter.project_id = project.id and publication.published_at is not null and letter.result = council.result))
           union
           select letter.project_id from letter
           join publication on publication.id = letter.publication_id
           join project on project.id = letter.project_id
           where publication.published_at is not null and project.status not in ('laureate', 'not_selected')"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut faults: Vec<String> = wrong.into_iter().map(|id| format!("dossier {id} : son résultat ne suit pas la décision publiée")).collect();
    let early = sqlx::query_scalar!(
        r#"select call.id from call
           where (call.results_published_at is not null) <> exists(
             select from publication where publication.call_id = call.id and published_at is not null and corrects is null)"#
    )
    .fetch_all(&mut *conn)
    .await?;
    faults.extend(early.into_iter().map(|id| format!("appel {id} : la date des résultats ne suit aucune publication")));
    let alone = sqlx::query_scalar!("select id from publication where published_by = prepared_by").fetch_all(&mut *conn).await?;
    faults.extend(alone.into_iter().map(|id| format!("publication {id} : préparée et publiée par la même personne")));
    Ok(faults)
}

/// Approved minutes gave the committee's outcomes, and nobody who stays away voted at a seat that is not theirs.
async fn meetings(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let wrong = sqlx::query_scalar!(
        r#"select distinct meeting.id from meeting
           join meeting_item as item on item.meeting_id = meeting.id
           left join instance on instance.meeting_id = meeting.id
           left join outcome on outcome.instance_id = instance.id and outcome.project_id = item.project_id
           where (meeting.status = 'approved' and outcome.result is not null and outcome.result is distinct from item.opinion)
             or (meeting.status <> 'approved' and instance.id is not null)"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut faults: Vec<String> = wrong.into_iter().map(|id| format!("séance {id} : les avis du comité ne suivent pas son compte rendu")).collect();
    let votes = sqlx::query_scalar!(
        "select distinct vote.meeting_id from meeting_vote as vote
         where not exists(select from meeting_item as item where item.meeting_id = vote.meeting_id and item.project_id = vote.project_id)"
    )
    .fetch_all(conn)
    .await?;
    faults.extend(votes.into_iter().map(|id| format!("séance {id} : un vote porte sur un dossier qui n’est pas à l’ordre du jour")));
    Ok(faults)
}
