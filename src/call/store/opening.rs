//! From deposit to review: who waits, and the one act that freezes the last deposits.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::{CallManager, Status};
use crate::error::AppError;
use crate::journal::{self, Head};
use crate::kit::ids::{AccountId, CallId, ProjectId};

/// Where the dossiers of a call stand before and after the opening.
#[derive(Debug)]
pub struct Tally {
    /// Still written, or never deposited.
    pub drafts: i64,
    /// Deposited, their bound is past.
    pub ready: i64,
    /// Deposited, their own bound is still to come.
    pub waiting: i64,
    /// Their pieces are under examination, or a correction is awaited: they wait for their verdict.
    pub examined: i64,
    /// Already in review, or beyond.
    pub opened: i64,
}

/// Counts the dossiers of a call, but for those that the reader stays away from.
pub async fn tally(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Tally> {
    sqlx::query_as!(
        Tally,
        r#"select count(*) filter (where status = 'draft') as "drafts!",
             count(*) filter (where status = 'deposited' and closes_at <= $3 or status = 'admissible') as "ready!",
             count(*) filter (where status = 'deposited' and closes_at > $3) as "waiting!",
             count(*) filter (where status = 'admissibility' or status = 'changes_requested' and resumes = 'admissibility') as "examined!",
             count(*) filter (where status not in ('draft', 'deposited', 'withdrawn', 'inadmissible', 'admissibility', 'admissible')
               and not (status = 'changes_requested' and resumes = 'admissibility')) as "opened!"
         from (select project.status,
                 (select resumes from correction where correction.project_id = project.id and answered_at is null and closed_at is null order by number limit 1) as resumes,
                 greatest(call.deposit_bound + make_interval(mins => call.grace_minutes), project.extended_until) as closes_at
               from project
               join call on call.id = project.call_id
               where call.id = $1
                 and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)) as seen"#,
        manager.call().id.get(),
        manager.account().get(),
        manager.now()
    )
    .fetch_one(conn)
    .await
}

/// Dossiers that a bound in the past stops.
#[derive(Debug)]
pub struct Stopped {
    /// Never deposited, without a bound of their own still to come.
    pub drafts: i64,
    /// Deposited, changed since, without a bound of their own still to come.
    pub edited: i64,
    /// With a bound of their own still to come.
    pub extended: i64,
}

/// Counts the dossiers still written that a bound in the past stops, but for those that the reader stays away from.
pub async fn stopped(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Stopped> {
    sqlx::query_as!(
        Stopped,
        r#"select count(*) filter (where status = 'draft' and not is_extended) as "drafts!",
             count(*) filter (where status = 'deposited' and deposited_version < content_version and not is_extended) as "edited!",
             count(*) filter (where is_extended) as "extended!"
         from (select status, deposited_version, content_version, coalesce(extended_until > $3, false) as is_extended
               from project
               where call_id = $1 and status in ('draft', 'deposited')
                 and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)) as seen"#,
        manager.call().id.get(),
        manager.account().get(),
        manager.now()
    )
    .fetch_one(conn)
    .await
}

/// A deposited dossier whose own bound is still to come.
#[derive(Debug)]
pub struct Waiting {
    /// Dossier.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Its own bound.
    pub extended_until: OffsetDateTime,
}

/// Deposited dossiers that wait for their own bound, the next one first.
pub async fn waiting(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<Waiting>> {
    sqlx::query_as!(
        Waiting,
        r#"select project.id, project.title, project.label, project.extended_until as "extended_until!"
         from project
         where project.call_id = $1 and project.status = 'deposited' and project.extended_until > $3
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
         order by project.extended_until, project.id
         limit 50"#,
        manager.call().id.get(),
        manager.account().get(),
        manager.now()
    )
    .fetch_all(conn)
    .await
}

/// States that a deposited dossier walks through, each edge known to the database; one found admissible takes the last step.
const WALK: [Status; 3] = [Status::Admissibility, Status::Admissible, Status::InReview];

/// Opens the review of every dossier found admissible, and of every deposited one whose bound is past and whose pieces nobody
/// examines, in the caller's transaction: the last deposit is frozen, and the reviews not started judge it. Done twice, the second finds nothing. Returns how many were opened.
pub async fn open(conn: &mut PgConnection, call: CallId, by: AccountId, now: OffsetDateTime) -> Result<usize, AppError> {
    let heads = sqlx::query!(
        "select project.id, project.journal_seq, project.journal_hash
         from project
         join call on call.id = project.call_id
         where call.id = $1
           and project.status in ('deposited', 'admissible')
           and greatest(call.deposit_bound + make_interval(mins => call.grace_minutes), project.extended_until) <= $2
         order by project.id
         for update of project",
        call.get(),
        now
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = heads.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    for status in WALK {
        sqlx::query!(
            "update project set status = $2
             where id = any($1) and exists(select from project_status_edge where source = project.status and target = $2)",
            &ids,
            status.as_str()
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query!(
        "update review
         set submission_id = project.submission_id
         from project
         where project.id = review.project_id and project.id = any($1) and review.status = 'not_started'",
        &ids
    )
    .execute(&mut *conn)
    .await?;
    let heads: Vec<Head> = heads.into_iter().map(|row| Head { project: ProjectId(row.id), seq: row.journal_seq, hash: row.journal_hash }).collect();
    record_all(conn, &heads, by, now).await?;
    journal::record_call(conn, call, by, "review_opened", &ids.len().to_string(), now).await?;
    Ok(ids.len())
}

/// The same line at the end of every chain, in one statement however many there are.
async fn record_all(conn: &mut PgConnection, heads: &[Head], by: AccountId, now: OffsetDateTime) -> sqlx::Result<()> {
    const ACT: &str = "review_opened";
    let lines: Vec<_> = heads.iter().map(|head| head.next(by, ACT, Status::InReview.as_str(), now)).collect();
    let ids: Vec<i64> = heads.iter().map(|head| head.project.get()).collect();
    let seqs: Vec<i64> = lines.iter().map(|line| line.seq).collect();
    let hashes: Vec<Vec<u8>> = lines.into_iter().map(|line| line.hash).collect();
    sqlx::query!(
        "with line as (
           select * from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as line(project, seq, hash)
         ), written as (
           insert into journal (project_id, seq, at, account_id, act, subject, hash)
           select project, seq, $4, $5, $6, $7, hash from line
         )
         update project
         set journal_seq = line.seq, journal_hash = line.hash, journal_mark = $6 || ' ' || $5::bigint::text,
             last_activity_at = greatest(project.last_activity_at, $4)
         from line
         where project.id = line.project",
        &ids,
        &seqs,
        &hashes,
        now,
        by.get(),
        ACT,
        Status::InReview.as_str()
    )
    .execute(conn)
    .await?;
    Ok(())
}
