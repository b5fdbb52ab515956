//! What is written of meetings, each act in its transaction: agenda, presence, session.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{Choice, Meeting, Opinion, Phase};
use super::order::{self, Candidate};
use super::store;
use crate::access::{BoardReader, CallManager};
use crate::error::AppError;

/// Tells the pages that follow a meeting that it moved. What they may read of it they ask for themselves.
pub(super) async fn tell(conn: &mut PgConnection, meeting: i64) -> sqlx::Result<()> {
    sqlx::query!("select pg_notify('trame_live', 'meeting ' || $1::bigint)", meeting).execute(conn).await?;
    Ok(())
}

/// Sets the rules that new meetings of the call start from.
pub async fn set_rules(conn: &mut PgConnection, manager: &CallManager, quorum: i32, has_votes: bool) -> sqlx::Result<()> {
    sqlx::query!("update call set committee_quorum = $2, committee_votes = $3 where id = $1", manager.call().id.get(), quorum, has_votes).execute(conn).await?;
    Ok(())
}

/// Plans a meeting by the call's rules, with the proposed agenda; its number.
pub async fn plan(conn: &mut PgConnection, manager: &CallManager, starts_at: OffsetDateTime, place: &str) -> Result<i32, AppError> {
    let row = sqlx::query!(
        "insert into meeting (call_id, number, starts_at, place, quorum, has_votes, created_by, created_at)
         select id, coalesce((select max(number) from meeting where call_id = $1), 0) + 1, $2, $3, committee_quorum, committee_votes, $4, $5
         from call where id = $1
         returning id, number",
        manager.call().id.get(),
        starts_at,
        place,
        manager.account().get(),
        manager.now()
    )
    .fetch_one(&mut *conn)
    .await?;
    propose(conn, manager, row.id).await?;
    Ok(row.number)
}

/// Puts on the agenda every dossier that waits for the committee, in the proposed order.
pub async fn propose(conn: &mut PgConnection, manager: &CallManager, meeting: i64) -> Result<(), AppError> {
    let candidates = store::candidates(conn, manager.call().id, Some(meeting)).await?;
    let ids: Vec<i64> = order::propose(candidates).iter().map(|candidate: &Candidate| candidate.project).collect();
    sqlx::query!("delete from meeting_item where meeting_id = $1 and project_id <> all($2)", meeting, &ids).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into meeting_item (meeting_id, project_id, position)
         select $1, project, place::int from unnest($2::bigint[]) with ordinality as line(project, place)
         on conflict (meeting_id, project_id) do update set position = excluded.position",
        meeting,
        &ids
    )
    .execute(&mut *conn)
    .await?;
    moved(conn, meeting).await?;
    Ok(())
}

/// A meeting under the lock of its managers: read again, and refused unless it is in one of these phases.
pub async fn hold(conn: &mut PgConnection, manager: &CallManager, number: i64, phases: &[Phase]) -> Result<Meeting, AppError> {
    let meeting = store::meeting(conn, manager.call().id, number).await?;
    sqlx::query!("select id from meeting where id = $1 for update", meeting.id).fetch_one(&mut *conn).await?;
    let meeting = store::meeting(conn, manager.call().id, number).await?;
    meeting.expect(phases)?;
    Ok(meeting)
}

async fn moved(conn: &mut PgConnection, meeting: i64) -> sqlx::Result<()> {
    sqlx::query!("update meeting set version = version + 1 where id = $1", meeting).execute(&mut *conn).await?;
    tell(conn, meeting).await
}

/// Places dossiers by hand, and takes some off the agenda. Those that are not named keep their place.
pub async fn arrange(conn: &mut PgConnection, meeting: &Meeting, places: &[(i64, i32)], removed: &[i64]) -> sqlx::Result<()> {
    let (ids, positions): (Vec<i64>, Vec<i32>) = places.iter().copied().unzip();
    sqlx::query!("delete from meeting_item where meeting_id = $1 and project_id = any($2)", meeting.id, removed).execute(&mut *conn).await?;
    sqlx::query!(
        "with named as (
           select * from unnest($2::bigint[], $3::int[]) as named(project, place)
         ), placed as (
           select item.project_id, row_number() over (order by coalesce(named.place, item.position), named.place is null, item.position) as place
           from meeting_item as item
           left join named on named.project = item.project_id
           where item.meeting_id = $1
         )
         update meeting_item as item set position = placed.place::int
         from placed where item.meeting_id = $1 and item.project_id = placed.project_id",
        meeting.id,
        &ids,
        &positions
    )
    .execute(&mut *conn)
    .await?;
    moved(conn, meeting.id).await
}

/// Writes who is there, with the seat that each holds.
pub async fn attend(conn: &mut PgConnection, manager: &CallManager, meeting: &Meeting, accounts: &[i64]) -> sqlx::Result<()> {
    sqlx::query!("delete from meeting_presence where meeting_id = $1 and account_id <> all($2)", meeting.id, accounts).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into meeting_presence (meeting_id, account_id, seat_id)
         select $1, account_id, coalesce(min(seat_id) filter (where role = 'committee'), min(seat_id))
         from call_role
         where call_id = $2 and role in ('committee', 'manager') and account_id = any($3)
         group by account_id
         on conflict do nothing",
        meeting.id,
        manager.call().id.get(),
        accounts
    )
    .execute(&mut *conn)
    .await?;
    moved(conn, meeting.id).await
}

/// Gives a planned meeting another date or another place.
pub async fn shift(conn: &mut PgConnection, meeting: &Meeting, starts_at: OffsetDateTime, place: &str) -> sqlx::Result<()> {
    sqlx::query!("update meeting set starts_at = $2, place = $3 where id = $1", meeting.id, starts_at, place).execute(&mut *conn).await?;
    moved(conn, meeting.id).await
}

/// Cancels a planned meeting: its dossiers wait for another.
pub async fn cancel(conn: &mut PgConnection, manager: &CallManager, meeting: &Meeting, reason: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update meeting set status = 'cancelled', cancelled_at = $2, cancel_reason = $3, version = version + 1 where id = $1",
        meeting.id,
        manager.now(),
        reason
    )
    .execute(&mut *conn)
    .await?;
    tell(conn, meeting.id).await
}

/// Opens the session.
pub async fn open(conn: &mut PgConnection, manager: &CallManager, meeting: &Meeting) -> sqlx::Result<()> {
    sqlx::query!("update meeting set status = 'open', opened_at = $2 where id = $1", meeting.id, manager.now()).execute(&mut *conn).await?;
    moved(conn, meeting.id).await
}

/// Brings a dossier before the room, or none.
pub async fn bring(conn: &mut PgConnection, meeting: &Meeting, project: Option<i64>) -> Result<(), AppError> {
    let is_known = sqlx::query_scalar!(
        r#"select $2::bigint is null or exists(select from meeting_item where meeting_id = $1 and project_id = $2) as "known!""#,
        meeting.id,
        project
    )
    .fetch_one(&mut *conn)
    .await?;
    if !is_known {
        return Err(AppError::NotFound);
    }
    sqlx::query!("update meeting set current_project = $2 where id = $1", meeting.id, project).execute(&mut *conn).await?;
    moved(conn, meeting.id).await?;
    Ok(())
}

/// The dossier that comes after the one before the room: the next without an opinion, in the order of the agenda.
pub async fn following(conn: &mut PgConnection, meeting: &Meeting) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        r#"select project_id from meeting_item
           where meeting_id = $1 and opinion is null and project_id is distinct from $2
           order by position < coalesce((select position from meeting_item where meeting_id = $1 and project_id = $2), 0), position
           limit 1"#,
        meeting.id,
        meeting.current
    )
    .fetch_optional(conn)
    .await
}

/// What is recorded of a dossier in session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Opinion.
    pub opinion: Option<Opinion>,
    /// Reserves.
    pub reserves: String,
    /// What was said.
    pub debate: String,
    /// The chairs' own note.
    pub note: String,
}

/// Records what was said of a dossier, from the version seen; false when somebody was faster.
pub async fn record(conn: &mut PgConnection, meeting: &Meeting, project: i64, seen: i32, said: &Said) -> sqlx::Result<bool> {
    let written = sqlx::query!(
        "update meeting_item set opinion = $4, reserves = $5, debate = $6, note = $7, version = version + 1
         where meeting_id = $1 and project_id = $2 and version = $3",
        meeting.id,
        project,
        seen,
        said.opinion.map(Opinion::key),
        said.reserves,
        said.debate,
        said.note
    )
    .execute(&mut *conn)
    .await?;
    moved(conn, meeting.id).await?;
    Ok(written.rows_affected() == 1)
}

/// Votes for one's seat on the dossier before the room; false when one may not now: not there, without a seat, away, the
/// dossier gone or its opinion already recorded.
pub async fn vote(conn: &mut PgConnection, reader: &BoardReader, meeting: &Meeting, project: i64, choice: Choice) -> sqlx::Result<bool> {
    let written = sqlx::query!(
        "insert into meeting_vote (meeting_id, project_id, seat_id, account_id, choice, at)
         select meeting.id, item.project_id, there.seat_id, there.account_id, $4, $5
         from meeting
         join meeting_item as item on item.meeting_id = meeting.id and item.project_id = meeting.current_project
         join meeting_presence as there on there.meeting_id = meeting.id and there.account_id = $3 and there.seat_id is not null
         where meeting.id = $1 and meeting.status = 'open' and meeting.has_votes and item.project_id = $2 and item.opinion is null
           and not exists(select from kept_away where kept_away.project_id = $2 and kept_away.account_id = $3)
         on conflict (meeting_id, project_id, seat_id) do update
           set choice = excluded.choice, account_id = excluded.account_id, at = excluded.at",
        meeting.id,
        project,
        reader.account().get(),
        choice.key(),
        reader.now()
    )
    .execute(&mut *conn)
    .await?;
    tell(conn, meeting.id).await?;
    Ok(written.rows_affected() == 1)
}
