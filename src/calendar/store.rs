//! What is read of a call's calendar, and the feeds of an account.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::event::{self, Event, When};
use crate::access::policy::training::{self as policy, CallTies};
use crate::access::{CallPlace, digest};
use crate::kit::ids::{AccountId, CallId};
use crate::meeting::store as meetings;
use crate::training::model::Seat;
use crate::training::store as trainings;

struct Dates {
    launched_on: Option<Date>,
    manifestation_bound: Option<OffsetDateTime>,
    notified_on: Option<Date>,
    deposit_bound: OffsetDateTime,
    review_due_at: Option<OffsetDateTime>,
    committee_at: Option<OffsetDateTime>,
    committee_place: String,
    fund_committee_on: Option<Date>,
    council_on: Option<Date>,
    version: i32,
}

/// Dates of the call itself: those of its public page.
async fn dates(conn: &mut PgConnection, call: &CallPlace) -> sqlx::Result<Vec<Event>> {
    let dates = sqlx::query_as!(
        Dates,
        "select launched_on, manifestation_bound, notified_on, deposit_bound, review_due_at, committee_at, committee_place, fund_committee_on, council_on, version
         from call
         where id = $1",
        call.id.get()
    )
    .fetch_one(conn)
    .await?;
    let at = |at: OffsetDateTime| When::Span(at, at + time::Duration::MINUTE);
    let place = dates.committee_place.clone();
    let lines = [
        ("launch", "Lancement de l’appel", dates.launched_on.map(When::Day), String::new()),
        ("manifestation", "Limite des manifestations d’intérêt", dates.manifestation_bound.map(When::Bound), String::new()),
        ("eligibility", "Notification de l’éligibilité", dates.notified_on.map(When::Day), String::new()),
        ("deposit", "Limite de dépôt des dossiers", Some(When::Bound(dates.deposit_bound)), String::new()),
        ("reviews", "Évaluations à rendre", dates.review_due_at.map(at), String::new()),
        ("committee", "Comité technique", dates.committee_at.map(at), place),
        ("fund", "Comité de gestion du fonds", dates.fund_committee_on.map(When::Day), String::new()),
        ("council", "Commission permanente, décision des élus", dates.council_on.map(When::Day), String::new()),
    ];
    let event = |(key, title, when, place): (&str, &str, Option<When>, String)| {
        Some(Event {
            key: format!("call-{}-{key}", call.id),
            title: title.to_owned(),
            when: when?,
            place,
            note: String::new(),
            path: format!("/appels/{}/calendrier", call.slug),
            sequence: dates.version,
            is_cancelled: false,
            mine: "",
        })
    };
    Ok(lines.into_iter().filter_map(event).collect())
}

/// The calendar of a call as somebody reads it, in order: what anybody reads; what is theirs; the meetings, for who comes to them.
/// A fixed number of statements.
pub async fn of_call(conn: &mut PgConnection, call: &CallPlace, ties: &CallTies, account: Option<AccountId>) -> sqlx::Result<Vec<Event>> {
    let mut events = dates(conn, call).await?;
    let courses = trainings::courses(conn, call.id, None).await?;
    let own = match account.filter(|_| policy::follow(ties).is_ok()) {
        Some(account) => trainings::own(conn, call.id, account).await?,
        None => Vec::new(),
    };
    for course in &courses {
        let own = own.iter().find(|own| own.training == course.training.id);
        for session in &course.sessions {
            let mine = match own.map(|own| (own.seat, own.skips.contains(&session.id))) {
                Some((Seat::Enrolled, false)) => "Vous venez",
                Some((Seat::Waiting, false)) => "En attente",
                _ => "",
            };
            let mut day = Event { mine, ..event::training_day(course, session, &call.slug) };
            if policy::follow(ties).is_err() {
                // The page of a training is for the carriers' people alone.
                day.path = format!("/appels/{}/calendrier", call.slug);
            }
            events.push(day);
        }
    }
    if policy::meetings(ties).is_ok() {
        // Those of the past too: a calendar is also a memory.
        events.extend(meetings::meetings(conn, call.id).await?.iter().map(|meeting| event::meeting(meeting, &call.slug)));
    }
    events.sort_by_key(|event| event.when.span());
    Ok(events)
}

/// The days that a person comes to, in every call whose carriers they are still of; those that were cancelled say it.
pub async fn of_person(conn: &mut PgConnection, account: AccountId, now: OffsetDateTime) -> sqlx::Result<Vec<Event>> {
    let calls = sqlx::query!(
        r#"select distinct call.id, call.slug
           from enrolment
           join training on training.id = enrolment.training_id
           join call on call.id = training.call_id
           join carrier_person($2) as person on person.call_id = call.id and person.account_id = enrolment.account_id
           where enrolment.account_id = $1 and enrolment.status = 'enrolled'
           order by call.id
           limit 20"#,
        account.get(),
        now
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut events = Vec::new();
    for call in calls {
        let courses = trainings::courses(conn, CallId(call.id), None).await?;
        for own in trainings::own(conn, CallId(call.id), account).await?.iter().filter(|own| own.seat == Seat::Enrolled) {
            let Some(course) = courses.iter().find(|course| course.training.id == own.training) else { continue };
            let comes = course.sessions.iter().filter(|session| !own.skips.contains(&session.id));
            events.extend(comes.map(|session| event::training_day(course, session, &call.slug)));
        }
    }
    events.sort_by_key(|event| event.when.span());
    Ok(events)
}

/// Live feeds of an account that concern a call: of its own trainings (none), of that call.
pub async fn feeds(conn: &mut PgConnection, account: AccountId, call: CallId) -> sqlx::Result<Vec<(Option<i64>, OffsetDateTime, Vec<u8>)>> {
    let rows = sqlx::query!(
        "select call_id, created_at, token_hash from calendar_feed
         where account_id = $1 and revoked_at is null and (call_id is null or call_id = $2)",
        account.get(),
        call.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.call_id, row.created_at, row.token_hash)).collect())
}

/// Ends the live feed of an account, of its own trainings or of a call.
pub async fn revoke(conn: &mut PgConnection, account: AccountId, call: Option<CallId>, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "update calendar_feed set revoked_at = $3 where account_id = $1 and call_id is not distinct from $2 and revoked_at is null",
        account.get(),
        call.map(CallId::get),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens a feed with that secret, in the place of the former one.
pub async fn open(conn: &mut PgConnection, account: AccountId, call: Option<CallId>, token: &str, now: OffsetDateTime) -> sqlx::Result<()> {
    // Two tabs at once: the second waits for the first, then replaces it.
    sqlx::query!("select id from account where id = $1 for update", account.get()).fetch_one(&mut *conn).await?;
    revoke(conn, account, call, now).await?;
    sqlx::query!(
        "insert into calendar_feed (account_id, call_id, token_hash, created_at) values ($1, $2, $3, $4)",
        account.get(),
        call.map(CallId::get),
        digest(token),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
