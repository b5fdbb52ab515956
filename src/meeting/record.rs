//! Minutes as they are kept: drafted from the session, amended, approved; and what their approval gives.

use sqlx::PgConnection;
use time::Date;

use super::model::{Meeting, Opinion, Tally};
use super::write::tell;
use crate::access::{CallManager, Status};
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::ProjectId;

/// What the minutes of a dossier are drafted from.
#[derive(Debug)]
pub struct Draft {
    /// Dossier.
    pub project: i64,
    /// Opinion.
    pub opinion: Option<Opinion>,
    /// Reserves.
    pub reserves: String,
    /// What was said.
    pub debate: String,
    /// Votes.
    pub tally: Tally,
    /// Who of those present stayed away.
    pub away: Vec<String>,
}

/// What the minutes are drafted from: every dossier, for no reader.
pub async fn drafts(conn: &mut PgConnection, meeting: i64) -> sqlx::Result<Vec<Draft>> {
    let rows = sqlx::query!(
        r#"select item.project_id, item.opinion, item.reserves, item.debate, tally.yes as "yes!", tally.no as "no!", tally.neither as "neither!",
             array(select account.name from meeting_presence as there
                   join kept_away on kept_away.account_id = there.account_id and kept_away.project_id = item.project_id
                   join account on account.id = there.account_id
                   where there.meeting_id = item.meeting_id order by account.name) as "away!"
           from meeting_item as item
           cross join lateral (
             select count(*) filter (where choice = 'for') as yes, count(*) filter (where choice = 'against') as no,
               count(*) filter (where choice = 'abstention') as neither
             from meeting_vote as vote
             where vote.meeting_id = item.meeting_id and vote.project_id = item.project_id
               and not exists(select from kept_away where kept_away.project_id = vote.project_id and kept_away.account_id = vote.account_id)
           ) as tally
           where item.meeting_id = $1"#,
        meeting
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Draft {
            project: row.project_id,
            opinion: row.opinion.as_deref().and_then(Opinion::parse),
            reserves: row.reserves,
            debate: row.debate,
            tally: Tally { yes: row.yes, no: row.no, neither: row.neither },
            away: row.away,
        })
        .collect())
}

/// Ends the session, with the minutes drafted from it: the opening, then each dossier.
pub async fn close(conn: &mut PgConnection, manager: &CallManager, meeting: &Meeting, opening: &str, drafts: &[(i64, String)]) -> sqlx::Result<()> {
    write_minutes(conn, meeting, opening, drafts).await?;
    sqlx::query!("update meeting set status = 'closed', closed_at = $2, current_project = null where id = $1", meeting.id, manager.now())
        .execute(&mut *conn)
        .await?;
    tell(conn, meeting.id).await
}

/// Writes the minutes; dossiers that are not named keep theirs.
pub async fn write_minutes(conn: &mut PgConnection, meeting: &Meeting, opening: &str, parts: &[(i64, String)]) -> sqlx::Result<()> {
    let (ids, texts): (Vec<i64>, Vec<String>) = parts.iter().cloned().unzip();
    sqlx::query!(
        "update meeting_item as item set minutes = part.text
         from unnest($2::bigint[], $3::text[]) as part(project, text)
         where item.meeting_id = $1 and item.project_id = part.project",
        meeting.id,
        &ids,
        &texts
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("update meeting set opening = $2, version = version + 1 where id = $1", meeting.id, opening).execute(conn).await?;
    Ok(())
}

/// Approves the minutes: from now on the opinions are those of the committee, and the dossiers that have one change state.
pub async fn approve(conn: &mut PgConnection, manager: &CallManager, meeting: &Meeting, reference: &str, held_on: Date) -> Result<(), AppError> {
    let (now, by) = (manager.now(), manager.account());
    let given = sqlx::query!(
        r#"select item.project_id, project.status from meeting_item as item
           join project on project.id = item.project_id
           where item.meeting_id = $1 and item.opinion is not null and project.status in ('assessed', 'committee_opinion')
           order by item.project_id
           for update of project"#,
        meeting.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = given.iter().map(|row| row.project_id).collect();
    if !ids.is_empty() {
        let instance = sqlx::query_scalar!(
            "insert into instance (call_id, kind, held_on, reference, meeting_id, created_by, created_at) values ($1, 'committee', $2, $3, $4, $5, $6) returning id",
            manager.call().id.get(),
            held_on,
            reference,
            meeting.id,
            by.get(),
            now
        )
        .fetch_one(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into outcome (instance_id, project_id, kind, result, note)
             select $1, project_id, 'committee', opinion, reserves from meeting_item where meeting_id = $2 and project_id = any($3)",
            instance,
            meeting.id,
            &ids
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!("update instance set recorded_at = $2, recorded_by = $3 where id = $1", instance, now, by.get()).execute(&mut *conn).await?;
        sqlx::query!("update project set status = $2 where id = any($1)", &ids, Status::CommitteeOpinion.as_str()).execute(&mut *conn).await?;
        for project in &ids {
            journal::record(conn, ProjectId(*project), by, "decision_committee", &instance.to_string(), now).await?;
        }
    }
    sqlx::query!("update meeting set status = 'approved', approved_at = $2, approved_by = $3, version = version + 1 where id = $1", meeting.id, now, by.get())
        .execute(conn)
        .await?;
    Ok(())
}
