//! What is read of meetings: rules, sessions, who may come, what waits for the committee.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{Guest, Meeting, Phase};
use super::order::Candidate;
use crate::error::AppError;
use crate::kit::ids::CallId;
use crate::review::score::DISAGREEMENT;

/// Rules of the call that a new meeting starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Organisations that must be represented.
    pub quorum: i32,
    /// Seats vote.
    pub has_votes: bool,
    /// Version of the call's settings.
    pub version: i32,
}

/// Reads the rules of a call, and when and where its committee is expected.
pub async fn rules(conn: &mut PgConnection, call: CallId) -> sqlx::Result<(Rules, Option<OffsetDateTime>, String)> {
    let row = sqlx::query!("select committee_quorum, committee_votes, version, committee_at, committee_place from call where id = $1", call.get())
        .fetch_one(conn)
        .await?;
    Ok((Rules { quorum: row.committee_quorum, has_votes: row.committee_votes, version: row.version }, row.committee_at, row.committee_place))
}

struct MeetingRow {
    id: i64,
    number: i32,
    starts_at: OffsetDateTime,
    place: String,
    quorum: i32,
    has_votes: bool,
    status: String,
    current_project: Option<i64>,
    version: i32,
    opening: String,
    opened_at: Option<OffsetDateTime>,
    closed_at: Option<OffsetDateTime>,
    approved_at: Option<OffsetDateTime>,
    cancel_reason: String,
}

impl From<MeetingRow> for Meeting {
    fn from(row: MeetingRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            starts_at: row.starts_at,
            place: row.place,
            quorum: row.quorum,
            has_votes: row.has_votes,
            phase: Phase::parse(&row.status).unwrap_or(Phase::Approved),
            current: row.current_project,
            version: row.version,
            opening: row.opening,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
            approved_at: row.approved_at,
            cancel_reason: row.cancel_reason,
        }
    }
}

/// Meetings of a call, the last first.
pub async fn meetings(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Meeting>> {
    let rows = sqlx::query_as!(
        MeetingRow,
        "select id, number, starts_at, place, quorum, has_votes, status, current_project, version, opening, opened_at, closed_at, approved_at, cancel_reason
         from meeting
         where call_id = $1
         order by number desc",
        call.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Meeting::from).collect())
}

/// A meeting of a call, by its number in it.
pub async fn meeting(conn: &mut PgConnection, call: CallId, number: i64) -> Result<Meeting, AppError> {
    let row = sqlx::query_as!(
        MeetingRow,
        "select id, number, starts_at, place, quorum, has_votes, status, current_project, version, opening, opened_at, closed_at, approved_at, cancel_reason
         from meeting
         where call_id = $1 and number = $2",
        call.get(),
        i32::try_from(number).map_err(|_| AppError::NotFound)?
    )
    .fetch_optional(conn)
    .await?;
    row.map(Meeting::from).ok_or(AppError::NotFound)
}

/// Who may come to a meeting, and who is there: by seat, then by name.
pub async fn guests(conn: &mut PgConnection, call: CallId, meeting: i64) -> sqlx::Result<Vec<Guest>> {
    sqlx::query_as!(
        Guest,
        r#"with held as (
             select account_id, coalesce(min(seat_id) filter (where role = 'committee'), min(seat_id)) as seat_id
             from call_role
             where call_id = $1 and role in ('committee', 'manager')
             group by account_id
           ), there as (
             select account_id, seat_id from meeting_presence where meeting_id = $2
           )
           select account.id as account, account.name, seat.id as "seat?", coalesce(seat.label, '') as "seat_label!", coalesce(seat.body, '') as "body!",
             there.account_id is not null as "is_present!"
           from held
           full join there on there.account_id = held.account_id
           join account on account.id = coalesce(there.account_id, held.account_id)
           left join seat on seat.id = case when there.account_id is null then held.seat_id else there.seat_id end
           where account.disabled_at is null or there.account_id is not null
           order by seat.position nulls last, account.name, account.id"#,
        call.get(),
        meeting
    )
    .fetch_all(conn)
    .await
}

/// Dossiers that wait for the committee: assessed, or adjourned by it, and on no agenda that is still open.
pub async fn candidates(conn: &mut PgConnection, call: CallId, meeting: Option<i64>) -> sqlx::Result<Vec<Candidate>> {
    let rows = sqlx::query!(
        r#"select project.id, project.number, project.score_deviation,
             array(select kept_away.account_id from kept_away
                   where kept_away.project_id = project.id
                     and exists(select from call_role where call_role.call_id = project.call_id and call_role.account_id = kept_away.account_id
                                and role in ('committee', 'manager'))) as "away!"
           from project
           where project.call_id = $1
             and (project.status = 'assessed' or (project.status = 'committee_opinion' and exists(
               select from last_outcome where last_outcome.project_id = project.id and kind = 'committee' and result = 'adjourned')))
             and not exists(select from meeting_item as item join meeting on meeting.id = item.meeting_id
                            where item.project_id = project.id and meeting.status not in ('approved', 'cancelled') and meeting.id is distinct from $2)"#,
        call.get(),
        meeting
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Candidate {
            project: row.id,
            number: row.number,
            disagreement: row.score_deviation.filter(|deviation| *deviation >= DISAGREEMENT),
            away: row.away.into_iter().collect::<BTreeSet<i64>>(),
        })
        .collect())
}
