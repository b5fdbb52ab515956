//! Statements of the instruction: officer, check-list, verdict, and the states that they move.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::checklist::Evidence;
use crate::access::{ProjectInstructor, Status};
use crate::error::AppError;
use crate::framework::standing::Standing;
use crate::kit::ids::{AccountId, ProjectId, SubmissionId};
use crate::submission;

/// A judgement of the check-list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Key of the line.
    pub item: String,
    /// "met", "unmet" or "moot".
    pub judgement: String,
    /// Note.
    pub note: String,
}

/// A verdict.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// "admissible" or "inadmissible".
    pub outcome: String,
    /// Told to the carrier.
    pub reason: String,
    /// Number of the deposit examined.
    pub deposit: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
}

/// What is held of the instruction of a dossier.
#[derive(Debug)]
pub struct Held {
    /// Version of the officer and of the check-list.
    pub version: i32,
    /// Officer, unless they now stay away.
    pub officer: Option<(i64, String)>,
    /// Check-list.
    pub checks: Vec<Judged>,
    /// Last verdict.
    pub verdict: Option<Verdict>,
}

/// Reads what is held of the instruction of a dossier.
pub async fn held(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Held> {
    let row = sqlx::query!(
        r#"select coalesce(instruction.version, 0) as "version!", account.id as "id?", account.name as "name?"
         from project
         left join instruction on instruction.project_id = project.id
         left join account on account.id = instruction.officer_id
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = account.id)
         where project.id = $1"#,
        project.get()
    )
    .fetch_one(&mut *conn)
    .await?;
    let checks = sqlx::query_as!(Judged, "select item, judgement, note from admissibility_check where project_id = $1 order by item", project.get())
        .fetch_all(&mut *conn)
        .await?;
    let verdict = sqlx::query_as!(
        Verdict,
        r#"select verdict.outcome, verdict.reason, submission.reference as deposit, account.name as by, verdict.at
         from admissibility_verdict as verdict
         join submission on submission.id = verdict.submission_id
         join account on account.id = verdict.account_id
         where verdict.project_id = $1
         order by verdict.id desc
         limit 1"#,
        project.get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(Held { version: row.version, officer: row.id.zip(row.name), checks, verdict })
}

/// What the program looks at to say something of each line of the list: the last deposit, as frozen.
pub async fn evidence(conn: &mut PgConnection, instructor: &ProjectInstructor) -> Result<Evidence, AppError> {
    let project = instructor.project();
    let row = sqlx::query!("select notified_on, is_reducing_impact, is_collective from project where id = $1", project.get()).fetch_one(&mut *conn).await?;
    let received = sqlx::query!(
        "select received_at, reference from submission where project_id = $1 and channel <> 'correction' order by number desc limit 1",
        project.get()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let content = match instructor.head().submission {
        Some(last) => submission::snapshot(conn, last).await?.content(),
        None => crate::framework::content::Content::default(),
    };
    Ok(Evidence {
        notified_on: row.notified_on,
        is_reducing_impact: row.is_reducing_impact,
        is_collective: row.is_collective,
        received: received.map(|row| (row.received_at, row.reference)),
        closes_at: instructor.facts().closes_at,
        standing: Standing::of(&content),
        content,
    })
}

/// Grows the version of the instruction, under the dossier's lock.
async fn touch(conn: &mut PgConnection, instructor: &ProjectInstructor) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into instruction (project_id) values ($1) on conflict (project_id) do update set version = instruction.version + 1",
        instructor.project().get()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Names the officer, or nobody.
pub async fn name_officer(conn: &mut PgConnection, instructor: &ProjectInstructor, officer: Option<AccountId>) -> sqlx::Result<()> {
    touch(conn, instructor).await?;
    sqlx::query!("update instruction set officer_id = $2 where project_id = $1", instructor.project().get(), officer.map(AccountId::get)).execute(conn).await?;
    Ok(())
}

/// Writes the judgements; a line without judgement nor note is taken out.
pub async fn save_checks(conn: &mut PgConnection, instructor: &ProjectInstructor, checks: &[Judged]) -> sqlx::Result<()> {
    touch(conn, instructor).await?;
    let items: Vec<String> = checks.iter().map(|check| check.item.clone()).collect();
    let judgements: Vec<String> = checks.iter().map(|check| check.judgement.clone()).collect();
    let notes: Vec<String> = checks.iter().map(|check| check.note.clone()).collect();
    sqlx::query!(
        "with gone as (delete from admissibility_check where project_id = $1 and not item = any($2))
         insert into admissibility_check (project_id, item, judgement, note, account_id, at)
         select $1, line.item, line.judgement, line.note, $5, $6 from unnest($2::text[], $3::text[], $4::text[]) as line(item, judgement, note)
         on conflict (project_id, item) do update
           set judgement = excluded.judgement, note = excluded.note, account_id = excluded.account_id, at = excluded.at
           where (admissibility_check.judgement, admissibility_check.note) is distinct from (excluded.judgement, excluded.note)",
        instructor.project().get(),
        &items,
        &judgements,
        &notes,
        instructor.account().get(),
        instructor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a dossier to another state; the database knows which edges exist.
pub async fn walk(conn: &mut PgConnection, project: ProjectId, to: Status) -> sqlx::Result<()> {
    sqlx::query!("update project set status = $2 where id = $1", project.get(), to.as_str()).execute(conn).await?;
    Ok(())
}

/// Remembers who opened the examination of the pieces.
pub async fn opened(conn: &mut PgConnection, instructor: &ProjectInstructor) -> sqlx::Result<()> {
    touch(conn, instructor).await?;
    sqlx::query!(
        "update instruction set opened_by = $2, opened_at = $3 where project_id = $1",
        instructor.project().get(),
        instructor.account().get(),
        instructor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the verdict on the last deposit, under the dossier's lock; its id.
pub async fn decide(conn: &mut PgConnection, instructor: &ProjectInstructor, outcome: Status, reason: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "insert into admissibility_verdict (project_id, submission_id, outcome, reason, account_id, at)
         select id, submission_id, $2, $3, $4, $5 from project where id = $1
         returning id",
        instructor.project().get(),
        outcome.as_str(),
        reason,
        instructor.account().get(),
        instructor.now()
    )
    .fetch_one(conn)
    .await
}

/// Last deposit of a dossier, read under its lock.
pub async fn last_deposit(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Option<SubmissionId>> {
    let id = sqlx::query_scalar!("select submission_id from project where id = $1", project.get()).fetch_one(conn).await?;
    Ok(id.map(SubmissionId))
}
