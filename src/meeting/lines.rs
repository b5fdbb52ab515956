//! The lines of an agenda. A dossier that its reader stays away from is read as nothing but that there is one.

use sqlx::PgConnection;

use super::model::{Bond, Choice, Opinion, Tally};
use crate::access::policy::{ReviewStatus, Visible};
use crate::kit::ids::AccountId;

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
pub async fn of(conn: &mut PgConnection, meeting: i64, reader: Reader) -> sqlx::Result<Vec<Line>> {
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
