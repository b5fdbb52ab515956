//! What the managers write of trainings, each act in its transaction and under the training's lock.

use sqlx::PgConnection;
use time::{Date, Time};

use super::model::{Course, Session};
use super::programme::Programme;
use crate::access::CallManager;

/// Creates a training, without its days; its id and its number within the call.
pub async fn create(conn: &mut PgConnection, manager: &CallManager, new: &Programme) -> sqlx::Result<(i64, i32)> {
    let training = &new.training;
    let row = sqlx::query!(
        "insert into training (call_id, number, title, note, trainer, place, address, access, capacity, opens_at, closes_at)
         select $1, coalesce((select max(number) from training where call_id = $1), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10
         returning id, number",
        manager.call().id.get(),
        training.title,
        training.note,
        training.trainer,
        training.place,
        training.address,
        training.access,
        training.capacity,
        training.opens_at,
        training.closes_at
    )
    .fetch_one(&mut *conn)
    .await?;
    write_days(conn, manager, row.id, &new.sessions).await?;
    Ok((row.id, row.number))
}

/// Writes a training and its days; its version grows.
pub async fn save(conn: &mut PgConnection, manager: &CallManager, held: &Course, new: &Programme) -> sqlx::Result<()> {
    let training = &new.training;
    sqlx::query!(
        "update training
         set title = $2, note = $3, trainer = $4, place = $5, address = $6, access = $7, capacity = $8, opens_at = $9, closes_at = $10, version = version + 1
         where id = $1",
        held.training.id,
        training.title,
        training.note,
        training.trainer,
        training.place,
        training.address,
        training.access,
        training.capacity,
        training.opens_at,
        training.closes_at
    )
    .execute(&mut *conn)
    .await?;
    write_days(conn, manager, held.training.id, &new.sessions).await
}

/// Days are never deleted: one that does not take place stays, for the calendars that hold it.
async fn write_days(conn: &mut PgConnection, manager: &CallManager, training: i64, sessions: &[Session]) -> sqlx::Result<()> {
    let ids: Vec<i64> = sessions.iter().map(|session| session.id).collect();
    let days: Vec<Date> = sessions.iter().map(|session| session.day).collect();
    let starts: Vec<Time> = sessions.iter().map(|session| session.starts).collect();
    let ends: Vec<Time> = sessions.iter().map(|session| session.ends).collect();
    let places: Vec<String> = sessions.iter().map(|session| session.place.clone()).collect();
    let notes: Vec<String> = sessions.iter().map(|session| session.note.clone()).collect();
    let gone: Vec<bool> = sessions.iter().map(|session| session.is_cancelled).collect();
    sqlx::query!(
        "with line as (
           select * from unnest($2::bigint[], $3::date[], $4::time[], $5::time[], $6::text[], $7::text[], $8::bool[])
             as line(id, day, starts, ends, place, note, is_cancelled)
         ), added as (
           insert into training_session (training_id, day, starts, ends, place, note)
           select $1, day, starts, ends, place, note from line where id = 0 and not is_cancelled order by day
         )
         update training_session as held
         set day = line.day, starts = line.starts, ends = line.ends, place = line.place, note = line.note,
             cancelled_at = case when line.is_cancelled then coalesce(held.cancelled_at, $9) end
         from line
         where held.training_id = $1 and held.id = line.id",
        training,
        &ids,
        &days,
        &starts,
        &ends,
        &places,
        &notes,
        &gone,
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Cancels a training, or restores it when there is no reason; its version grows.
pub async fn cancel(conn: &mut PgConnection, manager: &CallManager, course: &Course, reason: Option<&str>) -> sqlx::Result<()> {
    sqlx::query!(
        "update training set cancelled_at = case when $2 <> '' then $3::timestamptz end, cancel_reason = $2, version = version + 1 where id = $1",
        course.training.id,
        reason.unwrap_or_default(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}
