//! What the page of a dossier gathers from many tables, remembered as long as the dossier stands still: a page then reads one row.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::comments::PartRow;
use crate::access::{Dossier, ProjectKnock, ProjectVisitor};
use crate::error::AppError;
use crate::kit::ids::ProjectId;
use crate::kit::moment;

/// Dossiers remembered, a few kilobytes each.
const MOST: usize = 500;

/// Acts that a team is told of, as `dossier_gathered` is asked for them. What the administration does with a dossier (reviews,
/// recusals) stays its own.
const TOLD: &str = "saved,perimeter_changed,added,carded,removed,restored,imported,import_undone,copied,copy_undone,\
    attached,attachment_removed,attachment_restored,created,deposited,deposit_registered,withdrawn,\
    invited,joined,member_changed,shared,part_finished,part_resumed,ownership_proposed,\
    ownership_accepted,ownership_declined,ownership_withdrawn,training_enrolled,training_waited,\
    training_promoted,training_left,training_attended,lead_kept,lead_dismissed,lead_promoted,\
    lead_reopened,admissibility_opened,admissibility_decided,correction_requested,correction_answered,\
    correction_closed,correction_delayed,engagement_published,engagement_signed,engagement_recorded,engagement_declined,\
    engagement_withdrawn,engagement_cancelled";

/// Version of the content, last line of the journal, and what moves with neither: as long as they stand, so does what was gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(i64, i64, i64);

/// Instant, account, act, subject, and the partner who did it.
type ActRow = (i64, Option<String>, String, String, Option<String>);

/// What was gathered of a dossier, for whoever reads it.
#[derive(Debug, Default, Deserialize)]
pub struct Gathered {
    /// Members: name, role, and until when in microseconds.
    team: Vec<(String, String, Option<i64>)>,
    acts: Vec<ActRow>,
    /// Live rows by kind.
    pub counts: BTreeMap<String, i64>,
    /// Parts said to be finished: the team's.
    pub parts: Vec<PartRow>,
    /// Leads kept: the team's.
    pub kept: i64,
    /// Open threads of comments: the team's.
    pub open: i64,
    /// Ownerships proposed: by whom, to which account, until when in microseconds.
    handovers: Vec<(String, i64, i64)>,
}

impl Gathered {
    /// Members at that instant: name and role.
    pub fn team(&self, now: OffsetDateTime) -> impl Iterator<Item = (&str, &str)> {
        let is_over = move |ends_at: Option<i64>| ends_at.is_some_and(|end| moment::from_micros(end) <= now);
        self.team.iter().filter(move |(.., ends_at)| !is_over(*ends_at)).map(|(name, role, _)| (name.as_str(), role.as_str()))
    }

    /// Last acts, newest first: instant, name, act, subject. What a partner did by the link is told as the partner’s, not as that
    /// of who had sent it.
    pub fn acts(&self) -> impl Iterator<Item = (OffsetDateTime, &str, &str, &str)> {
        self.acts.iter().filter_map(|(at, name, act, subject, partner)| {
            let partner = is_partner(act).then(|| partner.as_deref().unwrap_or("Un partenaire"));
            let name = partner.or(name.as_deref()).unwrap_or_default();
            Some((OffsetDateTime::from_unix_timestamp(*at).ok()?, name, act.as_str(), subject.as_str()))
        })
    }

    /// Name of the owner who proposes ownership to the reader.
    pub fn proposed_by(&self, reader: &Dossier) -> Option<&str> {
        let is_for = |to: i64, until: i64| to == reader.account().get() && moment::from_micros(until) > reader.now();
        self.handovers.iter().find(|(_, to, until)| is_for(*to, *until)).map(|(name, ..)| name.as_str())
    }
}

/// Acts that a partner does by a personal link.
fn is_partner(act: &str) -> bool {
    matches!(act, "engagement_signed" | "engagement_declined" | "engagement_withdrawn")
}

/// What was gathered of the dossiers opened last.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<ProjectId, (Stamp, Arc<Gathered>)>>);

impl Memory {
    fn held(&self, project: ProjectId) -> Option<(Stamp, Arc<Gathered>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&project).cloned()
    }

    fn hold(&self, project: ProjectId, stamp: Stamp, gathered: &Arc<Gathered>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.clear();
        }
        held.insert(project, (stamp, Arc::clone(gathered)));
    }
}

/// What the dossier's page shows beside its standing, in one statement.
#[derive(Debug)]
pub struct Overview {
    /// What was gathered; acts, parts, comments and proposals are for the team only.
    pub gathered: Arc<Gathered>,
    /// Last deposit: reference, instant.
    pub deposit: Option<(String, OffsetDateTime)>,
    /// Its number.
    pub deposit_number: Option<i32>,
    /// Days of training that somebody of the dossier attended, and those that the call gives.
    pub training: (i32, i32),
    /// Notification of the eligibility.
    pub notified_on: Option<Date>,
    /// Latest document of the call published in the last days: title, version, notice.
    pub notice: Option<(String, i32, String)>,
}

/// Reads a dossier's page with the right to it, in one statement.
///
/// # Errors
/// When the person may not open the dossier.
pub async fn overview(conn: &mut PgConnection, memory: &Memory, knock: &ProjectKnock<ProjectVisitor>) -> Result<(ProjectVisitor, Overview), AppError> {
    let held = memory.held(knock.project());
    let Stamp(content, journal, stirred) = held.as_ref().map_or(Stamp(-1, -1, -1), |(stamp, _)| *stamp);
    let row = sqlx::query!(
        r#"with seat as materialized (select * from dossier_seat($1, $2, $3))
         select seat.head::text as "head!", seat.standing::text as standing, project.notified_on as "notified_on?",
             project.trainings_attended as "attended?", call.training_days as "training_days?",
             submission.reference as "reference?", submission.received_at as "received_at?", submission.number as "number?",
             project.content_version as "content?", project.journal_seq as "journal?", project.stirred as "stirred?",
             case when (project.content_version, project.journal_seq, project.stirred) is distinct from ($5::bigint, $6::bigint, $7::bigint)
               then dossier_gathered(project.id, $4) end as gathered,
             (select json_build_array(title, version, notice)::text from call_document
              where call_document.call_id = project.call_id and call_document.created_at > $2::timestamptz - interval '21 days'
              order by created_at desc, version desc limit 1) as notice
         from seat
         left join project on project.id = seat.project_id
         left join call on call.id = project.call_id
         left join submission on submission.id = project.submission_id"#,
        knock.token(),
        knock.now(),
        knock.project().get(),
        TOLD,
        content,
        journal,
        stirred
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Err(knock.admit(None).err().unwrap_or(AppError::NotFound)) };
    let visitor = knock.admit(Some((row.head, row.standing)))?;
    let read = |error: serde_json::Error| AppError::Internal(error.into());
    let gathered = match (row.gathered, held) {
        (None, Some((_, gathered))) => gathered,
        (text, _) => {
            let gathered = Arc::new(serde_json::from_str(text.as_deref().unwrap_or_default()).map_err(read)?);
            if let (Some(content), Some(journal), Some(stirred)) = (row.content, row.journal, row.stirred) {
                memory.hold(knock.project(), Stamp(content, journal, stirred), &gathered);
            }
            gathered
        }
    };
    let overview = Overview {
        gathered,
        deposit: row.reference.zip(row.received_at),
        deposit_number: row.number,
        training: (row.attended.unwrap_or(0), row.training_days.unwrap_or(0)),
        notified_on: row.notified_on,
        notice: row.notice.as_deref().map(serde_json::from_str).transpose().map_err(read)?,
    };
    Ok((visitor, overview))
}
