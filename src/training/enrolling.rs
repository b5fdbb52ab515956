//! Seats: asked for, given, waited for, given back. Every act holds the training's row: two people on the last seat follow each
//! other, and the seat that one gives back goes, in the same transaction, to the first who waits.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::model::{Course, Seat};
use super::people::{self, Line, Touched};
use super::store;
use crate::access::TrainingGuest;
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::CallId;
use crate::mail::training::{self as texts, About};

/// A training under the lock of all that touches its seats.
///
/// # Errors
/// 404 when the call has none of that number.
pub async fn hold(conn: &mut PgConnection, call: CallId, number: i64) -> Result<Course, AppError> {
    let number_kept = i32::try_from(number).map_err(|_| AppError::NotFound)?;
    sqlx::query!("select id from training where call_id = $1 and number = $2 for update", call.get(), number_kept)
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(AppError::NotFound)?;
    // Read in a statement of its own: one that waited for the lock would otherwise read what was there before.
    store::course(conn, call, number).await
}

/// Where the same operation on a training already led.
pub async fn already(conn: &mut PgConnection, training: i64, operation: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select location from operation where scope = 'training ' || $1::bigint::text and id = $2", training, operation)
        .fetch_optional(conn)
        .await
}

/// Remembers where an operation on a training led.
pub async fn remember(conn: &mut PgConnection, guest: &TrainingGuest, training: i64, operation: Uuid, location: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into operation (scope, id, account_id, location, at) values ('training ' || $1::bigint::text, $2, $3, $4, $5)",
        training,
        operation,
        guest.account().get(),
        location,
        guest.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a seat, or a place at the end of the waiting list; which of both. Who already has one keeps it.
pub async fn enrol(conn: &mut PgConnection, app: &App, guest: &TrainingGuest, course: &Course, (project, skips): (i64, &[i64])) -> Result<Seat, AppError> {
    let id = course.training.id;
    let mut lines = release(conn, app, (course, &guest.call().slug), guest.now()).await?;
    let row = sqlx::query!(
        r#"insert into enrolment as held (training_id, account_id, project_id, status, skips, asked_at, settled_at)
           select training.id, $2, $3,
             case when training.capacity > (select count(*) from enrolment where training_id = $1 and status = 'enrolled') then 'enrolled' else 'waiting' end,
             $4, $5, $5
           from training
           where training.id = $1
           on conflict (training_id, account_id) do update
             set status = excluded.status, skips = excluded.skips, asked_at = excluded.asked_at, settled_at = excluded.settled_at,
                 rank = nextval('enrolment_rank'), version = held.version + 1,
                 -- days already attended stay those of the dossier for which they were
                 project_id = case when exists(select from attendance where attendance.training_id = $1 and attendance.account_id = $2)
                                   then held.project_id else excluded.project_id end
             where held.status = 'withdrawn'
           returning status, project_id, version,
             (select count(*) from enrolment as other where other.training_id = $1 and other.status = 'waiting') as "before!""#,
        id,
        guest.account().get(),
        project,
        skips,
        guest.now()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else {
        people::record(conn, lines, guest.now()).await?;
        return Ok(Seat::Enrolled);
    };
    let person =
        Touched { account: guest.account().get(), email: guest.visitor().email.clone(), project: row.project_id, skips: skips.to_vec(), version: row.version };
    let about = About { course, slug: &guest.call().slug };
    let seat = Seat::parse(&row.status);
    let (act, words) = if seat == Seat::Enrolled {
        ("training_enrolled", texts::enrolled(app, about, skips, false))
    } else {
        ("training_waited", texts::waiting(app, about, row.before + 1))
    };
    people::tell(conn, course, &person, act, &words).await?;
    lines.push(Line { project: row.project_id, account: person.account, act, subject: course.training.number.to_string() });
    people::record(conn, lines, guest.now()).await?;
    Ok(seat)
}

/// Gives one's seat back, or leaves the waiting list; the first who waits gets the seat. False when there was none.
pub async fn leave(conn: &mut PgConnection, app: &App, guest: &TrainingGuest, course: &Course) -> Result<bool, AppError> {
    let place = (course, guest.call().slug.as_str());
    let gone = sqlx::query_as!(
        Touched,
        "update enrolment set status = 'withdrawn', settled_at = $3, version = enrolment.version + 1
         from account
         where training_id = $1 and account_id = $2 and status <> 'withdrawn' and account.id = account_id
         returning account_id as account, account.email, project_id as project, skips, enrolment.version",
        course.training.id,
        guest.account().get(),
        guest.now()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(person) = gone else { return Ok(false) };
    people::tell(conn, course, &person, "left", &texts::left(app, About { course, slug: place.1 }, false)).await?;
    let mut lines = vec![Line { project: person.project, account: person.account, act: "training_left", subject: course.training.number.to_string() }];
    lines.extend(release(conn, app, place, guest.now()).await?);
    people::record(conn, lines, guest.now()).await?;
    Ok(true)
}

/// Says which days one does not come. False when one has neither a seat nor a place on the list.
pub async fn skip(conn: &mut PgConnection, guest: &TrainingGuest, course: &Course, skips: &[i64]) -> sqlx::Result<bool> {
    let written = sqlx::query!(
        "update enrolment set skips = $3, version = version + 1 where training_id = $1 and account_id = $2 and status <> 'withdrawn'",
        course.training.id,
        guest.account().get(),
        skips
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Takes the seats of those who are no longer of the carriers' people, then gives the free ones in the order of the waiting list;
/// the lines to write in the journals once everything is done. Under the training's lock.
pub async fn release(conn: &mut PgConnection, app: &App, (course, slug): (&Course, &str), at: OffsetDateTime) -> Result<Vec<Line>, AppError> {
    let mut lines = Vec::new();
    if course.is_past(at) {
        return Ok(lines);
    }
    let about = About { course, slug };
    let line = |person: &Touched, act| Line { project: person.project, account: person.account, act, subject: course.training.number.to_string() };
    for person in take_back(conn, course.training.id, at).await? {
        people::tell(conn, course, &person, "released", &texts::left(app, about, true)).await?;
        lines.push(line(&person, "training_left"));
    }
    for person in promote(conn, course.training.id, at).await? {
        people::tell(conn, course, &person, "promoted", &texts::enrolled(app, about, &person.skips, true)).await?;
        lines.push(line(&person, "training_promoted"));
    }
    Ok(lines)
}

/// Takes the seats, and the places on the list, of those who are no longer of the carriers' people.
async fn take_back(conn: &mut PgConnection, training: i64, at: OffsetDateTime) -> sqlx::Result<Vec<Touched>> {
    sqlx::query_as!(
        Touched,
        "update enrolment set status = 'withdrawn', settled_at = $2, version = enrolment.version + 1
         from account, training
         where training_id = $1 and training.id = training_id and status <> 'withdrawn' and account.id = account_id
           and not exists(select from carrier_person($2) as person where person.call_id = training.call_id and person.account_id = enrolment.account_id)
         returning account_id as account, account.email, project_id as project, skips, enrolment.version",
        training,
        at
    )
    .fetch_all(conn)
    .await
}

/// Gives the free seats to those who wait, in order.
async fn promote(conn: &mut PgConnection, training: i64, at: OffsetDateTime) -> sqlx::Result<Vec<Touched>> {
    sqlx::query_as!(
        Touched,
        "update enrolment set status = 'enrolled', settled_at = $2, version = enrolment.version + 1
         from account
         where training_id = $1 and status = 'waiting' and account.id = account_id
           and rank in (
             select waiting.rank from enrolment as waiting
             where waiting.training_id = $1 and waiting.status = 'waiting'
             order by waiting.rank
             limit greatest((select capacity from training where id = $1)
                          - (select count(*) from enrolment as held where held.training_id = $1 and held.status = 'enrolled'), 0))
         returning account_id as account, account.email, project_id as project, skips, enrolment.version",
        training,
        at
    )
    .fetch_all(conn)
    .await
}
