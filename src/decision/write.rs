//! What is written of the chain, each act in its transaction, under the lock of the call's managers.

use sqlx::PgConnection;
use time::Date;

use super::held::Letter;
use super::model::Kind;
use super::store::{self, Decided, Instance};
use crate::access::{CallManager, Status};
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::ProjectId;

/// Closes the evaluation of those dossiers: what is not delivered stays a draft. Returns how many were closed.
pub async fn close_reviews(conn: &mut PgConnection, manager: &CallManager, projects: &[i64]) -> Result<usize, AppError> {
    let closed = sqlx::query_scalar!(
        "select id from project where call_id = $1 and id = any($2) and status = 'in_review'
           and not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $3)
         order by id for update",
        manager.call().id.get(),
        projects,
        manager.account().get()
    )
    .fetch_all(&mut *conn)
    .await?;
    move_all(conn, manager, &closed, Status::Assessed, "decision_assessed").await?;
    Ok(closed.len())
}

async fn move_all(conn: &mut PgConnection, manager: &CallManager, projects: &[i64], status: Status, act: &str) -> Result<(), AppError> {
    sqlx::query!("update project set status = $2 where id = any($1) and status <> $2", projects, status.as_str()).execute(&mut *conn).await?;
    for project in projects {
        journal::record(conn, ProjectId(*project), manager.account(), act, status.as_str(), manager.now()).await?;
    }
    Ok(())
}

/// Opens an instance with every dossier that waits for it; its id. Nothing to give it is a refusal of the caller.
pub async fn open_instance(
    conn: &mut PgConnection,
    manager: &CallManager,
    kind: Kind,
    (held_on, reference, text): (Date, &str, &str),
) -> Result<i64, AppError> {
    let given = store::ready(conn, manager.call().id, kind).await?;
    crate::call::store::lock_projects(conn, manager.call().id, &given).await?;
    let id = sqlx::query_scalar!(
        "insert into instance (call_id, kind, held_on, reference, text, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7) returning id",
        manager.call().id.get(),
        kind.key(),
        held_on,
        reference,
        text,
        manager.account().get(),
        manager.now()
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into outcome (instance_id, project_id, kind) select $1, project, $3 from unnest($2::bigint[]) as given(project)",
        id,
        &given,
        kind.key()
    )
    .execute(&mut *conn)
    .await?;
    move_all(conn, manager, &given, kind.state(), "decision_given").await?;
    Ok(id)
}

/// Writes an instance that is not recorded yet: its day, reference and text, and what it says of the dossiers named.
pub async fn save_instance(
    conn: &mut PgConnection,
    instance: &Instance,
    (held_on, reference, text): (Date, &str, &str),
    results: &[(i64, Option<String>, String)],
) -> sqlx::Result<()> {
    let ids: Vec<i64> = results.iter().map(|(project, ..)| *project).collect();
    let said: Vec<Option<String>> = results.iter().map(|(_, result, _)| result.clone()).collect();
    let notes: Vec<String> = results.iter().map(|(.., note)| note.clone()).collect();
    sqlx::query!("update instance set held_on = $2, reference = $3, text = $4, version = version + 1 where id = $1", instance.id, held_on, reference, text)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "update outcome set result = line.result, note = line.note
         from unnest($2::bigint[], $3::text[], $4::text[]) as line(project, result, note)
         where outcome.instance_id = $1 and outcome.project_id = line.project",
        instance.id,
        &ids,
        &said as &[Option<String>],
        &notes
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Records an instance: nothing of it changes any more. False as long as it does not say its word of every dossier.
pub async fn record_instance(conn: &mut PgConnection, manager: &CallManager, instance: &Instance) -> Result<bool, AppError> {
    let projects = sqlx::query!("select project_id, result from outcome where instance_id = $1 order by project_id", instance.id).fetch_all(&mut *conn).await?;
    if projects.is_empty() || projects.iter().any(|row| row.result.is_none()) {
        return Ok(false);
    }
    sqlx::query!("update instance set recorded_at = $2, recorded_by = $3 where id = $1", instance.id, manager.now(), manager.account().get())
        .execute(&mut *conn)
        .await?;
    for row in projects {
        journal::record(conn, ProjectId(row.project_id), manager.account(), "decision_recorded", &instance.id.to_string(), manager.now()).await?;
    }
    Ok(true)
}

/// What a publication is made of.
#[derive(Debug, Clone)]
pub struct Prepared<'a> {
    /// The one that it corrects, and why.
    pub corrects: Option<(i64, &'a str)>,
    /// Subject of the mails.
    pub subject: &'a str,
    /// Letter to the retained, with its blanks.
    pub retained: &'a str,
    /// Letter to the others.
    pub rejected: &'a str,
    /// Each letter, filled in.
    pub letters: &'a [(Decided, String)],
}

/// Prepares a publication, or prepares again the one that waits: whoever did it last is who prepared it.
pub async fn prepare(conn: &mut PgConnection, manager: &CallManager, pending: Option<i64>, prepared: &Prepared<'_>) -> sqlx::Result<i64> {
    let id = match pending {
        Some(id) => {
            sqlx::query!("delete from letter where publication_id = $1", id).execute(&mut *conn).await?;
            sqlx::query_scalar!(
                "update publication set subject = $2, retained = $3, rejected = $4, version = version + 1, prepared_by = $5, prepared_at = $6
                 where id = $1 returning id",
                id,
                prepared.subject,
                prepared.retained,
                prepared.rejected,
                manager.account().get(),
                manager.now()
            )
            .fetch_one(&mut *conn)
            .await?
        }
        None => {
            sqlx::query_scalar!(
                "insert into publication (call_id, corrects, reason, subject, retained, rejected, prepared_by, prepared_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
                manager.call().id.get(),
                prepared.corrects.map(|(id, _)| id),
                prepared.corrects.map_or("", |(_, reason)| reason),
                prepared.subject,
                prepared.retained,
                prepared.rejected,
                manager.account().get(),
                manager.now()
            )
            .fetch_one(&mut *conn)
            .await?
        }
    };
    let ids: Vec<i64> = prepared.letters.iter().map(|(decided, _)| decided.project).collect();
    let results: Vec<String> = prepared.letters.iter().map(|(decided, _)| decided.result.clone()).collect();
    let bodies: Vec<String> = prepared.letters.iter().map(|(_, body)| body.clone()).collect();
    sqlx::query!(
        "insert into letter (publication_id, project_id, result, subject, body)
         select $1, project, result, $5, body from unnest($2::bigint[], $3::text[], $4::text[]) as line(project, result, body)",
        id,
        &ids,
        &results,
        &bodies,
        prepared.subject
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Gives up a publication that waits.
pub async fn abandon(conn: &mut PgConnection, manager: &CallManager, publication: i64) -> sqlx::Result<()> {
    sqlx::query!("update publication set abandoned_at = $2 where id = $1", publication, manager.now()).execute(conn).await?;
    Ok(())
}

/// Publishes: letters, states, the call's instant and the journal, all in the caller's transaction; mails are the caller's.
pub async fn publish(conn: &mut PgConnection, manager: &CallManager, publication: i64, letters: &[Letter], is_correction: bool) -> Result<(), AppError> {
    let call = manager.call().id;
    let ids: Vec<i64> = letters.iter().map(|letter| letter.project).collect();
    crate::call::store::lock_projects(conn, call, &ids).await?;
    sqlx::query!("update publication set published_by = $2, published_at = $3 where id = $1", publication, manager.account().get(), manager.now())
        .execute(&mut *conn)
        .await?;
    if !is_correction {
        for (result, status) in [("retained", Status::Laureate), ("rejected", Status::NotSelected)] {
            let ids: Vec<i64> = letters.iter().filter(|letter| letter.result == result).map(|letter| letter.project).collect();
            sqlx::query!("update project set status = $2 where id = any($1)", &ids, status.as_str()).execute(&mut *conn).await?;
        }
        sqlx::query!("update call set results_published_at = coalesce(results_published_at, $2) where id = $1", call.get(), manager.now())
            .execute(&mut *conn)
            .await?;
    }
    let act = if is_correction { "result_corrected" } else { "result_published" };
    for project in ids {
        journal::record(conn, ProjectId(project), manager.account(), act, &publication.to_string(), manager.now()).await?;
    }
    Ok(())
}

/// Says which call is the second phase of this one; nothing takes it back.
pub async fn follow(conn: &mut PgConnection, manager: &CallManager, next: Option<i64>) -> sqlx::Result<()> {
    sqlx::query!(
        "update call set follows = null where follows = $1
           and id is distinct from $2 and not exists(select from project where project.call_id = call.id and continues is not null)",
        manager.call().id.get(),
        next
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update call set follows = $1
         where id = $2 and id <> $1 and not is_template and follows is null
           and not exists(select from call as other where other.follows = $1)
           and exists(select from call_role where call_role.call_id = $2 and account_id = $3 and role = 'manager')",
        manager.call().id.get(),
        next,
        manager.account().get()
    )
    .execute(conn)
    .await?;
    Ok(())
}
