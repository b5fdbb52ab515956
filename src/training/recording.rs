//! Who came on a day, as the managers record it; what the dossiers keep of it.

use sqlx::PgConnection;

use super::model::{Course, Presence, Session};
use super::people::{self, Line};
use crate::access::CallManager;
use crate::call::store::lock_projects;

/// Writes who came on a day, under the training's lock: one line for each person named, none where nothing is said. What the
/// dossiers keep is counted again.
pub async fn save(
    conn: &mut PgConnection,
    manager: &CallManager,
    (course, session): (&Course, &Session),
    came: &[(i64, Option<Presence>)],
) -> sqlx::Result<()> {
    let accounts: Vec<i64> = came.iter().map(|(account, _)| *account).collect();
    let projects = sqlx::query_scalar!(
        "select distinct project_id from enrolment where training_id = $1 and account_id = any($2) order by project_id",
        course.training.id,
        &accounts
    )
    .fetch_all(&mut *conn)
    .await?;
    lock_projects(conn, manager.call().id, &projects).await?;
    write(conn, manager, session, came).await?;
    let moved = recount(conn, &projects).await?;
    let subject = format!("{} {}", course.training.number, session.day);
    let line = |project: i64| Line { project, account: manager.account().get(), act: "training_attended", subject: subject.clone() };
    people::record(conn, moved.into_iter().map(line).collect(), manager.now()).await
}

async fn write(conn: &mut PgConnection, manager: &CallManager, session: &Session, came: &[(i64, Option<Presence>)]) -> sqlx::Result<()> {
    let accounts: Vec<i64> = came.iter().map(|(account, _)| *account).collect();
    let states: Vec<String> = came.iter().map(|(_, presence)| presence.map_or("", Presence::key).to_owned()).collect();
    sqlx::query!(
        "with line as (
           select * from unnest($3::bigint[], $4::text[]) as line(account, state)
         ), gone as (
           delete from attendance using line where session_id = $1 and account_id = line.account and line.state = ''
         )
         insert into attendance as held (session_id, training_id, account_id, state, recorded_by, recorded_at)
         select $1, $2, line.account, line.state, $5, $6
         from line
         join enrolment on enrolment.training_id = $2 and enrolment.account_id = line.account
         where line.state <> ''
         on conflict (session_id, account_id) do update
           set state = excluded.state, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
           where held.state <> excluded.state",
        session.id,
        session.training,
        &accounts,
        &states,
        manager.account().get(),
        manager.now()
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("update training_session set attendance_version = attendance_version + 1, recorded_at = $2 where id = $1", session.id, manager.now())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Counts again what those dossiers keep; those whose count moved.
async fn recount(conn: &mut PgConnection, projects: &[i64]) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        "update project set trainings_attended = coalesce(kept.days, 0)
         from (select id from unnest($1::bigint[]) as id) as named
         left join training_attended as kept on kept.project_id = named.id
         where project.id = named.id and project.trainings_attended <> coalesce(kept.days, 0)
         returning project.id",
        projects
    )
    .fetch_all(conn)
    .await
}
