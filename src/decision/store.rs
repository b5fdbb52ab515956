//! What is read of the chain. Of a dossier that the reader stays away from, nothing but that there is one.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::model::Kind;
use crate::access::CallManager;
use crate::error::AppError;
use crate::kit::ids::{CallId, ProjectId};

/// A dossier in evaluation.
#[derive(Debug)]
pub struct InReview {
    /// Dossier.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Reviews delivered.
    pub delivered: i32,
    /// Reviews to give.
    pub assigned: i32,
}

/// Dossiers in evaluation that a manager follows, and how many others there are.
pub async fn in_review(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<(Vec<InReview>, usize)> {
    let rows = sqlx::query!(
        r#"select project.id, project.number, project.title, project.reviews_delivered, project.reviews_assigned,
             exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $2) as "is_away!"
           from project
           where project.call_id = $1 and project.status = 'in_review'
           order by project.number"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await?;
    let away = rows.iter().filter(|row| row.is_away).count();
    let followed = rows.into_iter().filter(|row| !row.is_away);
    let followed =
        followed.map(|row| InReview { id: row.id, number: row.number, title: row.title, delivered: row.reviews_delivered, assigned: row.reviews_assigned });
    Ok((followed.collect(), away))
}

/// How many dossiers an instance could be given now.
pub async fn waiting(conn: &mut PgConnection, call: CallId, kind: Kind) -> sqlx::Result<i64> {
    Ok(i64::try_from(ready(conn, call, kind).await?.len()).unwrap_or(i64::MAX))
}

/// Dossiers that an instance may be given: the one before said its word of them, or this one adjourned them; none that it is
/// already given.
pub async fn ready(conn: &mut PgConnection, call: CallId, kind: Kind) -> sqlx::Result<Vec<i64>> {
    let Some(former) = kind.former() else { return Ok(Vec::new()) };
    sqlx::query_scalar!(
        r#"select project.id from project
           where project.call_id = $1
             and ((project.status = $3 and exists(select from last_outcome as last
                   where last.project_id = project.id and last.kind = $2 and last.result <> 'adjourned'))
               or (project.status = $5 and exists(select from last_outcome as last
                   where last.project_id = project.id and last.kind = $4 and last.result = 'adjourned')))
             and not exists(select from outcome join instance on instance.id = outcome.instance_id
                            where outcome.project_id = project.id and instance.recorded_at is null)
           order by project.id"#,
        call.get(),
        former.key(),
        former.state().as_str(),
        kind.key(),
        kind.state().as_str()
    )
    .fetch_all(conn)
    .await
}

/// An instance.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Id.
    pub id: i64,
    /// Which.
    pub kind: Kind,
    /// Day.
    pub held_on: Date,
    /// Its reference: number of a deliberation.
    pub reference: String,
    /// Its text.
    pub text: String,
    /// Number of the meeting, for the committee.
    pub meeting: Option<i32>,
    /// Version.
    pub version: i32,
    /// Recorded: nothing changes any more.
    pub recorded_at: Option<OffsetDateTime>,
    /// Dossiers given to it.
    pub dossiers: i64,
}

/// Instances of a call, in the order of the days; one of them when asked.
pub async fn instances(conn: &mut PgConnection, call: CallId, only: Option<i64>) -> Result<Vec<Instance>, AppError> {
    let rows = sqlx::query!(
        r#"select instance.id, instance.kind, held_on, reference, text, meeting.number as "meeting?", instance.version, recorded_at,
             (select count(*) from outcome where instance_id = instance.id) as "dossiers!"
           from instance
           left join meeting on meeting.id = instance.meeting_id
           where instance.call_id = $1 and instance.id = coalesce($2, instance.id)
           order by held_on, instance.id"#,
        call.get(),
        only
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = Kind::parse(&row.kind).ok_or_else(|| anyhow::anyhow!("unknown instance"))?;
            Ok(Instance {
                id: row.id,
                kind,
                held_on: row.held_on,
                reference: row.reference,
                text: row.text,
                meeting: row.meeting,
                version: row.version,
                recorded_at: row.recorded_at,
                dossiers: row.dossiers,
            })
        })
        .collect()
}

/// What an instance says of a dossier.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Dossier.
    pub project: i64,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// What it said.
    pub result: Option<String>,
    /// Reserves or reasons.
    pub note: String,
    /// What the instance before said.
    pub former: Option<String>,
}

/// Outcomes of an instance that a manager follows, and how many others there are.
pub async fn outcomes(conn: &mut PgConnection, manager: &CallManager, instance: &Instance) -> sqlx::Result<(Vec<Outcome>, usize)> {
    let rows = sqlx::query!(
        r#"select outcome.project_id, project.number, project.title, project.label, outcome.result, outcome.note,
             (select result from last_outcome as last where last.project_id = project.id and last.kind = $3) as former,
             exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $2) as "is_away!"
           from outcome
           join project on project.id = outcome.project_id
           where outcome.instance_id = $1
           order by project.number"#,
        instance.id,
        manager.account().get(),
        instance.kind.former().map_or("", Kind::key)
    )
    .fetch_all(conn)
    .await?;
    let away = rows.iter().filter(|row| row.is_away).count();
    let followed = rows.into_iter().filter(|row| !row.is_away).map(|row| Outcome {
        project: row.project_id,
        number: row.number,
        title: row.title,
        label: row.label,
        result: row.result,
        note: row.note,
        former: row.former,
    });
    Ok((followed.collect(), away))
}

/// A dossier whose decision may be published, with what its letter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Dossier.
    pub project: i64,
    /// "retained" or "rejected".
    pub result: String,
    /// Title.
    pub title: String,
    /// Organisation and place.
    pub label: String,
    /// Day of the council.
    pub held_on: Date,
    /// Number of its deliberation.
    pub reference: String,
    /// What the committee asked for.
    pub reserves: String,
}

/// Every dossier of a call that the council decided of and whose result is not public.
pub async fn decided(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Decided>> {
    sqlx::query_as!(
        Decided,
        r#"select project.id as project, council.result as "result!", project.title, project.label, council.held_on as "held_on!",
             council.reference as "reference!",
             coalesce((select note from last_outcome as committee where committee.project_id = project.id and committee.kind = 'committee'), '') as "reserves!"
           from project
           join last_outcome as council on council.project_id = project.id and council.kind = 'council'
           where project.call_id = $1 and project.status = 'council_decision' and council.result in ('retained', 'rejected')
             and not exists(select from outcome join instance on instance.id = outcome.instance_id
                            where outcome.project_id = project.id and instance.recorded_at is null)
           order by project.number"#,
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// What a correction is written from: one dossier, whose result is public.
pub async fn published(conn: &mut PgConnection, call: CallId, project: i64) -> sqlx::Result<Option<Decided>> {
    sqlx::query_as!(
        Decided,
        r#"select project.id as project, council.result as "result!", project.title, project.label, council.held_on as "held_on!",
             council.reference as "reference!",
             coalesce((select note from last_outcome as committee where committee.project_id = project.id and committee.kind = 'committee'), '') as "reserves!"
           from project
           join last_outcome as council on council.project_id = project.id and council.kind = 'council'
           where project.call_id = $1 and project.id = $2 and project.status in ('laureate', 'not_selected')"#,
        call.get(),
        project
    )
    .fetch_optional(conn)
    .await
}

/// Dossiers of a call that a manager stays away from.
pub async fn away(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select project.id from project join kept_away on kept_away.project_id = project.id
           where project.call_id = $1 and kept_away.account_id = $2"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await
}

/// What an instance said of one dossier.
#[derive(Debug)]
pub struct Step {
    /// Which.
    pub kind: String,
    /// Day.
    pub held_on: Date,
    /// Reference.
    pub reference: String,
    /// What it said.
    pub result: Option<String>,
    /// Reserves or reasons.
    pub note: String,
    /// Recorded.
    pub is_recorded: bool,
}

/// The way of one dossier through the instances.
pub async fn steps(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<Step>> {
    sqlx::query_as!(
        Step,
        r#"select instance.kind, instance.held_on, instance.reference, outcome.result, outcome.note, instance.recorded_at is not null as "is_recorded!"
           from outcome
           join instance on instance.id = outcome.instance_id
           where outcome.project_id = $1
           order by instance.held_on, instance.id"#,
        project.get()
    )
    .fetch_all(conn)
    .await
}

/// The last letter published about a dossier, when, and what it corrects.
pub async fn last_letter(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Option<(OffsetDateTime, String, bool)>> {
    let row = sqlx::query!(
        r#"select publication.published_at as "published_at!", letter.body, publication.corrects is not null as "is_correction!"
           from letter
           join publication on publication.id = letter.publication_id
           where letter.project_id = $1 and publication.published_at is not null
           order by publication.published_at desc, publication.id desc
           limit 1"#,
        project.get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.published_at, row.body, row.is_correction)))
}
