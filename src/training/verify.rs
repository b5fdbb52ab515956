//! Invariants of the trainings: seats never exceed the room, the waiting list is followed in order, kept counts are exact.

use sqlx::PgConnection;

/// Verifies every training; how many enrolments, how many presences, and what is wrong.
pub async fn verify(conn: &mut PgConnection) -> sqlx::Result<(usize, usize, Vec<String>)> {
    let row = sqlx::query!(r#"select (select count(*) from enrolment) as "enrolments!", (select count(*) from attendance) as "presences!""#)
        .fetch_one(&mut *conn)
        .await?;
    let mut faults = seats(conn).await?;
    faults.extend(kept(conn).await?);
    Ok((usize::try_from(row.enrolments).unwrap_or_default(), usize::try_from(row.presences).unwrap_or_default(), faults))
}

/// Nobody sits beyond the room; nobody waits while a seat is free; nobody who asked later sits while somebody waits.
async fn seats(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let rows = sqlx::query!(
        r#"select training.id, training.capacity, training.cancelled_at is not null as "is_cancelled!",
             count(*) filter (where status = 'enrolled') as "enrolled!", count(*) filter (where status = 'waiting') as "waiting!",
             max(rank) filter (where status = 'enrolled') as last_seated, min(rank) filter (where status = 'waiting') as first_waiting
           from training
           join enrolment on enrolment.training_id = training.id
           group by training.id
           order by training.id"#
    )
    .fetch_all(conn)
    .await?;
    let mut faults = Vec::new();
    for row in rows {
        if row.enrolled > i64::from(row.capacity) {
            faults.push(format!("formation {} : {} places prises sur {}", row.id, row.enrolled, row.capacity));
        }
        if row.waiting > 0 && row.enrolled < i64::from(row.capacity) && !row.is_cancelled {
            faults.push(format!("formation {} : une place est libre et quelqu’un attend", row.id));
        }
        if row.last_seated.zip(row.first_waiting).is_some_and(|(seated, waiting)| seated > waiting) {
            faults.push(format!("formation {} : la liste d’attente n’est pas suivie dans l’ordre", row.id));
        }
    }
    Ok(faults)
}

/// What dossiers keep is what was recorded; what was recorded is of a day that took place; days left out are of the training.
async fn kept(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let counts = sqlx::query_scalar!(
        "select project.id
         from project
         left join training_attended as kept on kept.project_id = project.id
         where project.trainings_attended <> coalesce(kept.days, 0)
         order by project.id"
    )
    .fetch_all(&mut *conn)
    .await?;
    let days = sqlx::query_scalar!(
        "select call.id from call join call_training_days as kept on kept.call_id = call.id where call.training_days <> kept.days order by call.id"
    )
    .fetch_all(&mut *conn)
    .await?;
    let ghosts = sqlx::query_scalar!(
        "select session.id
         from training_session as session
         where (session.attendance_version = 0 or session.cancelled_at is not null)
           and exists(select from attendance where attendance.session_id = session.id)
         order by session.id"
    )
    .fetch_all(&mut *conn)
    .await?;
    let strangers = sqlx::query_scalar!(
        r#"select enrolment.training_id
           from enrolment
           join training on training.id = enrolment.training_id
           join project on project.id = enrolment.project_id
           where project.call_id <> training.call_id
              or exists(select from unnest(enrolment.skips) as skipped
                        where not exists(select from training_session as session where session.id = skipped and session.training_id = enrolment.training_id))"#
    )
    .fetch_all(conn)
    .await?;
    let counts = counts.into_iter().map(|id| format!("dossier {id} : les journées de formation gardées ne sont pas celles des présences"));
    let ghosts = ghosts.into_iter().map(|id| format!("journée de formation {id} : des présences y sont notées, qui ne peuvent pas l’être"));
    let days = days.into_iter().map(|id| format!("appel {id} : les journées de formation gardées ne sont pas celles qui sont données"));
    let strangers = strangers.into_iter().map(|id| format!("formation {id} : une inscription ne suit pas sa formation"));
    Ok(counts.chain(days).chain(ghosts).chain(strangers).collect())
}
