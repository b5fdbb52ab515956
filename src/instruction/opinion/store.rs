//! Statements of opinions of people outside.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::ProjectInstructor;
use crate::kit::ids::{AccountId, ProjectId, SubmissionId};

/// An opinion, asked or given.
#[derive(Debug, Clone)]
pub struct Opinion {
    /// Id.
    pub id: i64,
    /// Dossier.
    pub project: ProjectId,
    /// Number within the dossier.
    pub number: i32,
    /// The deposit shown.
    pub submission: SubmissionId,
    /// Its number: "2015-04-2".
    pub reference: String,
    /// Who is asked.
    pub name: String,
    /// For which organisation.
    pub organisation: String,
    /// Address.
    pub email: String,
    /// What is asked.
    pub question: String,
    /// Due instant, exclusive.
    pub due_at: OffsetDateTime,
    /// Only the managers of the call read it.
    pub is_confidential: bool,
    /// Who asked.
    pub account: AccountId,
    /// Their name.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
    /// The link was opened.
    pub opened_at: Option<OffsetDateTime>,
    /// When the answer came.
    pub answered_at: Option<OffsetDateTime>,
    /// "favourable", "reserved" or "unfavourable".
    pub verdict: Option<String>,
    /// With what reasons.
    pub reasons: String,
    /// Taken back.
    pub revoked_at: Option<OffsetDateTime>,
    /// Version.
    pub version: i32,
}

/// Opinions of a dossier, the last first; confidential ones and those not given are for its managers alone.
pub async fn list(conn: &mut PgConnection, project: ProjectId, is_whole: bool) -> sqlx::Result<Vec<Opinion>> {
    sqlx::query_as!(
        Opinion,
        r#"select opinion.id, opinion.project_id as project, opinion.number, opinion.submission_id as submission, submission.reference, opinion.name,
             opinion.organisation, opinion.email, opinion.question, opinion.due_at, opinion.is_confidential, opinion.account_id as account,
             account.name as by, opinion.at, opinion.opened_at, opinion.answered_at, opinion.verdict, opinion.reasons, opinion.revoked_at, opinion.version
         from outside_opinion as opinion
         join submission on submission.id = opinion.submission_id
         join account on account.id = opinion.account_id
         where opinion.project_id = $1 and ($2 or (not opinion.is_confidential and opinion.answered_at is not null))
         order by opinion.number desc"#,
        project.get(),
        is_whole
    )
    .fetch_all(conn)
    .await
}

/// What a new request says.
#[derive(Debug)]
pub struct Wish<'a> {
    /// Who is asked.
    pub name: &'a str,
    /// For which organisation.
    pub organisation: &'a str,
    /// Address.
    pub email: &'a str,
    /// What is asked.
    pub question: &'a str,
    /// Due instant.
    pub due_at: OffsetDateTime,
    /// Only the managers of the call read it.
    pub is_confidential: bool,
}

/// Writes a request about the last deposit, under the dossier's lock; its id.
pub async fn ask(conn: &mut PgConnection, instructor: &ProjectInstructor, wish: &Wish<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "insert into outside_opinion (project_id, number, submission_id, name, organisation, email, question, due_at, is_confidential, account_id, at)
         select project.id, coalesce((select max(number) from outside_opinion where project_id = $1), 0) + 1, project.submission_id, $2, $3, $4, $5, $6, $7, $8, $9
         from project
         where project.id = $1
         returning id",
        instructor.project().get(),
        wish.name,
        wish.organisation,
        wish.email,
        wish.question,
        wish.due_at,
        wish.is_confidential,
        instructor.account().get(),
        instructor.now()
    )
    .fetch_one(conn)
    .await
}

/// Takes a request back under the dossier's lock: its links open nothing any more. An answer that came stays.
pub async fn revoke(conn: &mut PgConnection, instructor: &ProjectInstructor, opinion: &Opinion) -> sqlx::Result<()> {
    sqlx::query!(
        "with ended as (update outside_opinion_link set revoked_at = $3 where opinion_id = $1 and revoked_at is null)
         update outside_opinion set revoked_at = $3, version = version + 1 where id = $1 and project_id = $2 and revoked_at is null",
        opinion.id,
        instructor.project().get(),
        instructor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the answer of the holder of a link, under the dossier's lock; false when it was already given, taken back or is too late.
pub async fn answer(conn: &mut PgConnection, id: i64, (verdict, reasons): (&str, &str), now: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update outside_opinion set answered_at = $4, verdict = $2, reasons = $3, version = version + 1
         where id = $1 and answered_at is null and revoked_at is null and due_at > $4",
        id,
        verdict,
        reasons,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
