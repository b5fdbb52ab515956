//! Statements about a dossier that are not its content: names, criteria, activity, lists.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::together::Together;
use crate::access::{Dossier, ProjectKnock, ProjectVisitor, Status};
use crate::error::AppError;
use crate::framework::standing::Standing;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::kit::moment;

/// Name of a person.
pub async fn account_name(conn: &mut PgConnection, account: AccountId) -> sqlx::Result<String> {
    sqlx::query_scalar!("select name from account where id = $1", account.get()).fetch_one(conn).await
}

/// A criterion of a call, as the carrier reads it.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// "2.1", "G3".
    pub code: String,
    /// Label.
    pub label: String,
    /// What each note from 0 to 4 means.
    pub levels: Vec<String>,
}

/// Criteria of a call, in order.
pub async fn criteria(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Criterion>> {
    sqlx::query_as!(Criterion, "select code, label, levels from criterion where call_id = $1 order by position", call.get()).fetch_all(conn).await
}

/// Kept standing of a dossier.
pub async fn standing(conn: &mut PgConnection, project: ProjectId) -> Result<Standing, AppError> {
    let text = sqlx::query_scalar!(r#"select standing::text as "standing!" from project where id = $1"#, project.get()).fetch_one(conn).await?;
    Ok(serde_json::from_str(&text).map_err(anyhow::Error::from)?)
}

/// The initial manifestation (R2, R27): its date and its summary.
pub async fn manifestation(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<(Option<Date>, String)> {
    let row = sqlx::query!("select manifested_on, manifestation from project where id = $1", project.get()).fetch_one(conn).await?;
    Ok((row.manifested_on, row.manifestation))
}

/// Remembers, once a day, that somebody of the administration opened a dossier.
pub async fn record_staff_read(conn: &mut PgConnection, visitor: &Dossier) -> sqlx::Result<()> {
    let (day, _) = moment::paris_parts(visitor.now());
    sqlx::query!(
        "insert into staff_read (account_id, project_id, day) values ($1, $2, $3) on conflict do nothing",
        visitor.account().get(),
        visitor.project().get(),
        day
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A dossier in its team's list.
#[derive(Debug)]
pub struct Mine {
    /// Dossier.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Short title of the call.
    pub call: String,
    /// State, as the team is told.
    pub status: Status,
    /// Part in the team.
    pub role: String,
    /// Bound that applies.
    pub closes_at: OffsetDateTime,
    /// Rates of the five deliverables.
    pub progress: Vec<i16>,
    /// Last change.
    pub last_activity_at: OffsetDateTime,
    /// Changed since its last deposit.
    pub has_undeposited_changes: bool,
}

/// Dossiers of which a person is of the team, the next bound first.
pub async fn mine(conn: &mut PgConnection, account: AccountId, now: OffsetDateTime) -> Result<Vec<Mine>, AppError> {
    let rows = sqlx::query!(
        r#"select project.id, project.title, project.label, call.short_title, call.edition, project.status, member.role, call.deposit_bound, call.grace_minutes,
             project.extended_until, project.progress, project.last_activity_at, call.results_published_at,
             coalesce(project.deposited_version < project.content_version, false) as "has_undeposited_changes!"
         from project_member as member
         join project on project.id = member.project_id
         join call on call.id = project.call_id
         where member.account_id = $1 and coalesce(member.ends_at > $2, true)
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $1)
         order by call.deposit_bound < $2, call.deposit_bound, project.title"#,
        account.get(),
        now
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let status = Status::parse(&row.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
            let is_published = row.results_published_at.is_some_and(|at| at <= now);
            Ok(Mine {
                id: row.id,
                title: row.title,
                label: row.label,
                call: format!("{} {}", row.short_title, row.edition),
                status: crate::access::policy::told_to_team(status, is_published),
                role: role_name(&row.role).to_owned(),
                closes_at: crate::access::policy::closes_at(row.deposit_bound, row.grace_minutes, row.extended_until),
                progress: row.progress,
                last_activity_at: row.last_activity_at,
                has_undeposited_changes: row.has_undeposited_changes,
            })
        })
        .collect()
}

/// A part in the team, in French.
pub fn role_name(role: &str) -> &'static str {
    match role {
        "owner" => "porteur",
        "editor" => "équipe, écrit",
        "consultant" => "conseil (AMO)",
        _ => "équipe, lit",
    }
}

/// What the dossier's page shows beside its standing, in one statement.
#[derive(Debug)]
pub struct Overview {
    /// Team: name and role.
    pub team: Vec<(String, String)>,
    /// Last acts: instant, name, act, subject.
    pub acts: Vec<(OffsetDateTime, String, String, String)>,
    /// Counts of live rows by kind.
    pub counts: Vec<(String, i64)>,
    /// Last deposit: reference, instant.
    pub deposit: Option<(String, OffsetDateTime)>,
    /// Its number.
    pub deposit_number: Option<i32>,
    /// Days of training that somebody of the dossier attended, and those that the call gives.
    pub training: (i32, i64),
    /// Manifestation, notification.
    pub notified_on: Option<Date>,
    /// Latest document of the call published in the last days: title, version, notice.
    pub notice: Option<(String, i32, String)>,
    /// What its people wait for from one another; nothing for who is not of the team.
    pub together: Together,
}

/// Acts that a team is told of. What the administration does with a dossier (reviews, recusals) stays its own.
const TOLD: &[&str] = &[
    "saved",
    "perimeter_changed",
    "added",
    "carded",
    "removed",
    "restored",
    "imported",
    "import_undone",
    "copied",
    "copy_undone",
    "attached",
    "attachment_removed",
    "attachment_restored",
    "created",
    "deposited",
    "deposit_registered",
    "withdrawn",
    "invited",
    "joined",
    "member_changed",
    "shared",
    "part_finished",
    "part_resumed",
    "ownership_proposed",
    "ownership_accepted",
    "ownership_declined",
    "ownership_withdrawn",
    "training_enrolled",
    "training_waited",
    "training_promoted",
    "training_left",
    "training_attended",
    "lead_kept",
    "lead_dismissed",
    "lead_promoted",
    "lead_reopened",
    "admissibility_opened",
    "admissibility_decided",
    "correction_requested",
    "correction_answered",
    "correction_closed",
    "correction_delayed",
    "engagement_published",
    "engagement_signed",
    "engagement_recorded",
    "engagement_declined",
    "engagement_withdrawn",
    "engagement_cancelled",
];

/// Instant, account, act, subject, and the partner who did it.
type ActRow = (i64, Option<String>, String, String, Option<String>);

/// Acts that a partner does by a personal link.
fn is_partner(act: &str) -> bool {
    matches!(act, "engagement_signed" | "engagement_declined" | "engagement_withdrawn")
}

/// Reads a dossier's page with the right to it, in one statement; its acts and what its people say to one another are the
/// team's.
///
/// # Errors
/// When the person may not open the dossier.
pub async fn overview(conn: &mut PgConnection, knock: &ProjectKnock<ProjectVisitor>) -> Result<(ProjectVisitor, Overview), AppError> {
    let told: Vec<String> = TOLD.iter().map(|act| (*act).to_owned()).collect();
    let row = sqlx::query!(
        r#"with seat as materialized (select * from dossier_seat($1, $2, $3))
         select seat.head::text as "head!", seat.standing::text as standing, project.notified_on as "notified_on?",
             project.trainings_attended as "attended?",
             (select count(*) from training_session as session join training on training.id = session.training_id
              where training.call_id = project.call_id and training.cancelled_at is null and session.cancelled_at is null) as "training_days!",
             submission.reference as "reference?", submission.received_at as "received_at?", submission.number as "number?",
             (select coalesce(json_agg(json_build_array(account.name, member.role) order by member.created_at), '[]')::text
              from project_member as member join account on account.id = member.account_id where member.project_id = project.id
                and coalesce(member.ends_at > $2, true)) as "team!",
             (select coalesce(json_agg(json_build_array(floor(extract(epoch from line.at))::bigint, account.name, line.act, line.subject,
                (select unit.content->>'name' from engagement_answer as answer
                 join engagement_signatory as signatory on signatory.id = answer.signatory_id
                 join unit on unit.project_id = line.project_id and unit.kind = 'stakeholder' and unit.row = signatory.stakeholder
                 where line.act in ('engagement_signed', 'engagement_declined', 'engagement_withdrawn')
                   and answer.project_id = line.project_id and answer.id::text = line.subject)) order by line.seq desc), '[]')::text
              from (select * from journal where journal.project_id = project.id and act = any($4) order by seq desc limit 6) as line
              left join account on account.id = line.account_id) as "acts!",
             (select coalesce(json_agg(json_build_array(kind, n)), '[]')::text
              from (select kind, count(*) as n from unit
                    where unit.project_id = project.id and not is_deleted and kind in ('stakeholder', 'flow', 'synergy', 'action', 'commitment', 'perimeter_commune')
                    group by kind) as tally) as "counts!",
             (select json_build_array(title, version, notice)::text from call_document
              where call_document.call_id = project.call_id and call_document.created_at > $2::timestamptz - interval '21 days'
              order by created_at desc, version desc limit 1) as notice,
             json_build_object(
               'parts', (select coalesce(json_agg(line order by deliverable, finished_at), '[]') from finished_part_line where project_id = $3),
               'kept', (select count(*) from (select distinct on (key) choice from lead_decision where lead_decision.project_id = $3
                 order by key, lead_decision.id desc) as last where choice = 'kept'),
               'open', (select count(*) from live_thread where project_id = $3 and resolved_at is null),
               'proposed_by', (select account.name from handover join account on account.id = handover.from_account
                 where handover.project_id = $3 and handover.to_account = seat.account_id and accepted_at is null and declined_at is null
                   and withdrawn_at is null and expires_at > $2))::text as "together!"
         from seat
         left join project on project.id = seat.project_id
         left join submission on submission.id = project.submission_id"#,
        knock.token(),
        knock.now(),
        knock.project().get(),
        &told
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Err(knock.admit(None).err().unwrap_or(AppError::NotFound)) };
    let visitor = knock.admit(Some((row.head, row.standing)))?;
    let read = |error: serde_json::Error| AppError::Internal(error.into());
    let is_team = visitor.is_team();
    let acts: Vec<ActRow> = if is_team { serde_json::from_str(&row.acts).map_err(read)? } else { Vec::new() };
    let overview = Overview {
        team: serde_json::from_str(&row.team).map_err(read)?,
        acts: acts
            .into_iter()
            .filter_map(|(at, name, act, subject, partner)| {
                // What a partner did by the link is told as the partner’s, not as that of who had sent it.
                let name = if is_partner(&act) { partner.or(Some("Un partenaire".to_owned())) } else { name };
                Some((OffsetDateTime::from_unix_timestamp(at).ok()?, name.unwrap_or_default(), act, subject))
            })
            .collect(),
        counts: serde_json::from_str(&row.counts).map_err(read)?,
        deposit: row.reference.zip(row.received_at),
        deposit_number: row.number,
        training: (row.attended.unwrap_or(0), row.training_days),
        notified_on: row.notified_on,
        notice: row.notice.as_deref().map(serde_json::from_str).transpose().map_err(read)?,
        together: if is_team { serde_json::from_str(&row.together).map_err(read)? } else { Together::default() },
    };
    Ok((visitor, overview))
}
