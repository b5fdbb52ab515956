//! What is read of meetings. A dossier that the reader stays away from is read as nothing but its place.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::model::{Bond, Choice, Guest, Meeting, Opinion, Phase, Tally};
use super::order::Candidate;
use crate::access::policy::{ReviewStatus, Visible};
use crate::error::AppError;
use crate::kit::ids::{AccountId, CallId};
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
    let row =
        sqlx::query!("select committee_quorum, committee_votes, version, committee_at, committee_place from call where id = $1", call.get()).fetch_one(conn).await?;
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
        }
    }
}

/// Meetings of a call, the last first.
pub async fn meetings(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Meeting>> {
    let rows = sqlx::query_as!(
        MeetingRow,
        "select id, number, starts_at, place, quorum, has_votes, status, current_project, version, opening, opened_at, closed_at, approved_at
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
        "select id, number, starts_at, place, quorum, has_votes, status, current_project, version, opening, opened_at, closed_at, approved_at
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

/// A dossier of an agenda, for who follows it.
#[derive(Debug, Clone)]
pub struct Item {
    /// Dossier.
    pub project: i64,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Place on the agenda, from 1.
    pub position: i32,
    /// Opinion recorded.
    pub opinion: Option<Opinion>,
    /// Reserves.
    pub reserves: String,
    /// What was said, for the minutes.
    pub debate: String,
    /// The chairs' own note; empty for anybody else.
    pub note: String,
    /// Its part of the minutes.
    pub minutes: String,
    /// Version.
    pub version: i32,
    /// Mean and standard deviation, when the reader may read them.
    pub scores: Option<(i64, i64)>,
    /// Votes of the seats.
    pub tally: Tally,
    /// The reader's own vote.
    pub vote: Option<Choice>,
    /// Of those present, who stay away from it.
    pub away: Vec<String>,
}

/// A line of an agenda.
#[derive(Debug, Clone)]
pub enum Line {
    /// Followed by the reader.
    Whole(Box<Item>),
    /// The reader stays away from it: no title, no figure.
    Away {
        /// Which, for the program only.
        project: i64,
    },
}

impl Line {
    /// Which dossier it is; for the program only.
    pub fn project(&self) -> i64 {
        match self {
            Self::Whole(item) => item.project,
            Self::Away { project } => *project,
        }
    }

    /// The dossier, for who follows it.
    pub fn item(&self) -> Option<&Item> {
        match self {
            Self::Whole(item) => Some(item),
            Self::Away { .. } => None,
        }
    }
}

/// Who reads an agenda.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Account.
    pub account: AccountId,
    /// Manages the call: reads the chairs' notes.
    pub is_manager: bool,
    /// Rule of the call on the scores.
    pub visible: Visible,
}

/// Lines of an agenda in its order, as that person may read them.
pub async fn lines(conn: &mut PgConnection, meeting: i64, reader: Reader) -> sqlx::Result<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select item.project_id, item.position, item.opinion, item.reserves, item.debate, item.note, item.minutes, item.version,
             project.number, project.title, project.label, project.score_mean, project.score_deviation,
             exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2) as "is_recused!",
             exists(select from project_member as member where member.project_id = project.id and member.account_id = $2) as "is_own!",
             (select review.status from review where review.project_id = project.id and review.account_id = $2) as review,
             exists(select from review as owed join project as other on other.id = owed.project_id
                    where owed.account_id = $2 and other.call_id = project.call_id and owed.status in ('not_started', 'draft')) as "owes!",
             tally.yes as "yes!", tally.no as "no!", tally.neither as "neither!", tally.own,
             array(select account.name from meeting_presence as there
                   join kept_away on kept_away.account_id = there.account_id and kept_away.project_id = project.id
                   join account on account.id = there.account_id
                   where there.meeting_id = item.meeting_id order by account.name) as "away!"
           from meeting_item as item
           join project on project.id = item.project_id
           cross join lateral (
             select count(*) filter (where choice = 'for') as yes, count(*) filter (where choice = 'against') as no,
               count(*) filter (where choice = 'abstention') as neither, max(choice) filter (where vote.account_id = $2) as own
             from meeting_vote as vote
             where vote.meeting_id = item.meeting_id and vote.project_id = item.project_id
               and not exists(select from kept_away where kept_away.project_id = vote.project_id and kept_away.account_id = vote.account_id)
           ) as tally
           where item.meeting_id = $1
           order by item.position, project.number"#,
        meeting,
        reader.account.get()
    )
    .fetch_all(conn)
    .await?;
    // Places are counted among the dossiers that the reader follows: a gap would say where the others are.
    let mut followed = 0;
    Ok(rows
        .into_iter()
        .map(|row| {
            let review = row.review.as_deref().and_then(ReviewStatus::parse);
            let bond = Bond { is_recused: row.is_recused, is_own: row.is_own, review, owes: row.owes };
            let item = Item {
                project: row.project_id,
                number: row.number,
                title: row.title,
                label: row.label,
                position: 0,
                opinion: row.opinion.as_deref().and_then(Opinion::parse),
                reserves: row.reserves,
                debate: row.debate,
                note: row.note,
                minutes: row.minutes,
                version: row.version,
                scores: row.score_mean.zip(row.score_deviation),
                tally: Tally { yes: row.yes, no: row.no, neither: row.neither },
                vote: row.own.as_deref().and_then(Choice::parse),
                away: row.away,
            };
            (bond, item)
        })
        .map(|(bond, item)| {
            followed += i32::from(bond.follows());
            row_line((bond, item), followed, reader)
        })
        .collect())
}

/// A line as its reader may know it.
fn row_line((bond, mut item): (Bond, Item), position: i32, reader: Reader) -> Line {
    if !bond.follows() {
        return Line::Away { project: item.project };
    }
    item.position = position;
    if !bond.sees_scores(reader.visible) {
        item.scores = None;
    }
    if !reader.is_manager {
        item.note = String::new();
    }
    Line::Whole(Box::new(item))
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
                            where item.project_id = project.id and meeting.status <> 'approved' and meeting.id is distinct from $2)"#,
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

/// A next step.
#[derive(Debug, Clone)]
pub struct Task {
    /// Id.
    pub id: i64,
    /// Number of its meeting.
    pub meeting: i32,
    /// What is to be done.
    pub text: String,
    /// Who does it.
    pub account: i64,
    /// Their name.
    pub name: String,
    /// By when.
    pub due_on: Date,
    /// Done.
    pub done_at: Option<OffsetDateTime>,
    /// Title of the dossier that it is about.
    pub title: Option<String>,
}

/// Next steps of a call that a person may read, those of one meeting or all; to be done first, the nearest day first.
pub async fn tasks(conn: &mut PgConnection, call: CallId, meeting: Option<i64>, account: AccountId) -> sqlx::Result<Vec<Task>> {
    sqlx::query_as!(
        Task,
        r#"select task.id, meeting.number as meeting, task.text, task.account_id as account, account.name, task.due_on, task.done_at, project.title as "title?"
           from meeting_task as task
           join meeting on meeting.id = task.meeting_id
           join account on account.id = task.account_id
           left join project on project.id = task.project_id
           where meeting.call_id = $1 and meeting.id = coalesce($2, meeting.id)
             and not exists(select from kept_away where kept_away.project_id = task.project_id and kept_away.account_id = $3)
           order by task.done_at is not null, task.due_on, task.id
           limit 200"#,
        call.get(),
        meeting,
        account.get()
    )
    .fetch_all(conn)
    .await
}
