//! Statements of a person's own review: read, held for a write, written, turned from one state to the next.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::grid::{Grid, Line, Mark, Posted, Value};
use crate::access::{Dossier, Facts, ReviewStatus, Status, Ties};
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, CallId, CriterionId, ProjectId, ReviewId, SubmissionId};

/// A person's own review of a dossier, and the settings of its call.
#[derive(Debug, Clone)]
pub struct Own {
    /// Review.
    pub id: ReviewId,
    /// State.
    pub status: ReviewStatus,
    /// Version of the whole review.
    pub version: i32,
    /// Deposit that it judges: the one it was begun on, or the last.
    pub submission: Option<SubmissionId>,
    /// Last delivery; a review opened again keeps it.
    pub delivered_at: Option<OffsetDateTime>,
    /// Changed after a delivery.
    pub is_late: bool,
    /// The reviewer has said that nothing ties them to the dossier.
    pub is_declared: bool,
    /// General appreciation.
    pub comment: String,
    /// State of the dossier, read with the review.
    pub project_status: Status,
    /// Last act of the dossier's journal, to write a run of changes once.
    pub journal_mark: String,
    /// Criteria to mark for a review to count.
    pub coverage_threshold: i32,
    /// Day and hour by which reviews are expected.
    pub due_at: Option<OffsetDateTime>,
    /// Where the first sending of this operation led.
    pub done: Option<String>,
}

impl Own {
    /// The facts of the proof with the state read under the lock.
    pub fn facts(&self, facts: &Facts) -> Facts {
        Facts { status: self.project_status, ..*facts }
    }

    /// The ties of the proof with the state read under the lock.
    pub fn ties(&self, ties: &Ties) -> Ties {
        Ties { review: Some(self.status), ..*ties }
    }
}

struct OwnRow {
    id: i64,
    status: String,
    version: i32,
    submission_id: Option<i64>,
    delivered_at: Option<OffsetDateTime>,
    is_late: bool,
    is_declared: bool,
    comment: String,
    project_status: String,
    journal_mark: String,
    coverage_threshold: i32,
    due_at: Option<OffsetDateTime>,
    done: Option<String>,
}

impl OwnRow {
    fn own(self) -> Result<Own, AppError> {
        let unknown = || AppError::Internal(anyhow::anyhow!("unknown word in the database"));
        Ok(Own {
            id: ReviewId(self.id),
            status: ReviewStatus::parse(&self.status).ok_or_else(unknown)?,
            version: self.version,
            submission: self.submission_id.map(SubmissionId),
            delivered_at: self.delivered_at,
            is_late: self.is_late,
            is_declared: self.is_declared,
            comment: self.comment,
            project_status: Status::parse(&self.project_status).ok_or_else(unknown)?,
            journal_mark: self.journal_mark,
            coverage_threshold: self.coverage_threshold,
            due_at: self.due_at,
            done: self.done,
        })
    }
}

/// A person's own review.
pub async fn own(conn: &mut PgConnection, dossier: &Dossier) -> Result<Own, AppError> {
    read(conn, dossier, Uuid::nil()).await
}

/// A person's own review, held for a write. The dossier's lock comes first, in a statement of its own: what is then read
/// is what the writer before has left, its operation included.
pub async fn hold(conn: &mut PgConnection, dossier: &Dossier, operation: Uuid) -> Result<Own, AppError> {
    journal::lock(conn, dossier.project()).await?;
    read(conn, dossier, operation).await
}

async fn read(conn: &mut PgConnection, dossier: &Dossier, operation: Uuid) -> Result<Own, AppError> {
    let row = sqlx::query_as!(
        OwnRow,
        r#"select review.id, review.status, review.version, coalesce(review.submission_id, project.submission_id) as submission_id,
             review.delivered_at, review.is_late, review.declared_at is not null as "is_declared!", review.comment, project.status as project_status, project.journal_mark,
             call.coverage_threshold, call.review_due_at as due_at,
             (select location from operation where scope = 'review ' || review.id and operation.id = $3) as done
         from review
         join project on project.id = review.project_id
         join call on call.id = project.call_id
         where review.project_id = $1 and review.account_id = $2"#,
        dossier.project().get(),
        dossier.account().get(),
        operation
    )
    .fetch_optional(conn)
    .await?;
    row.ok_or(AppError::NotFound)?.own()
}

/// Criteria of a call with the marks of a review.
pub async fn grid(conn: &mut PgConnection, call: CallId, own: &Own) -> sqlx::Result<Grid> {
    let rows = sqlx::query!(
        r#"select criterion.id, code, deliverable, label, weight_thousandths, levels,
             mark.value as "value?", coalesce(mark.is_unassessable, false) as "is_unassessable!", coalesce(mark.comment, '') as "comment!",
             coalesce(mark.version, 0) as "version!"
         from criterion
         left join mark on mark.criterion_id = criterion.id and mark.review_id = $2
         where criterion.call_id = $1
         order by criterion.position, criterion.id"#,
        call.get(),
        own.id.get()
    )
    .fetch_all(conn)
    .await?;
    let lines = rows.into_iter().map(|row| Line {
        id: CriterionId(row.id),
        code: row.code,
        deliverable: row.deliverable.and_then(|no| u8::try_from(no).ok()),
        label: row.label,
        weight: row.weight_thousandths,
        levels: row.levels,
        mark: Mark { value: Value::of(row.value, row.is_unassessable), comment: row.comment },
        version: row.version,
    });
    Ok(Grid { lines: lines.collect(), opinion: Mark { value: None, comment: own.comment.clone() } })
}

/// Writes marks under the lock: new version, trace of what was changed after a delivery, operation; in one statement.
pub async fn write_marks(conn: &mut PgConnection, dossier: &Dossier, own: &Own, posted: &Posted, operation: (Uuid, &str)) -> sqlx::Result<()> {
    let note = |mark: &Mark| Value::note(mark.value).map(i16::from);
    let criteria: Vec<i64> = posted.changes.iter().map(|change| change.criterion.get()).collect();
    let values: Vec<Option<i16>> = posted.changes.iter().map(|change| note(&change.mark)).collect();
    let unassessable: Vec<bool> = posted.changes.iter().map(|change| change.mark.value == Some(Value::Unassessable)).collect();
    let comments: Vec<String> = posted.changes.iter().map(|change| change.mark.comment.clone()).collect();
    sqlx::query!(
        "with change as (
           select * from unnest($2::bigint[], $3::smallint[], $4::bool[], $5::text[]) as change(criterion_id, value, is_unassessable, comment)
         ), kept as (
           insert into mark_history (review_id, criterion_id, old_value, new_value, account_id, at)
           select $1, change.criterion_id, mark.value, change.value, $6, $7
           from change
           left join mark on mark.review_id = $1 and mark.criterion_id = change.criterion_id
           where $8
             and (mark.value, coalesce(mark.is_unassessable, false)) is distinct from (change.value, change.is_unassessable)
         ), written as (
           insert into mark (review_id, criterion_id, value, is_unassessable, comment, version)
           select $1, criterion_id, value, is_unassessable, comment, $9 from change
           on conflict (review_id, criterion_id) do update
             set value = excluded.value, is_unassessable = excluded.is_unassessable, comment = excluded.comment, version = excluded.version
         ), done as (
           insert into operation (scope, id, account_id, location, at) values ('review ' || $1::bigint::text, $10, $6, $11, $7)
         )
         update review
         set version = $9, status = 'draft', comment = coalesce($12, comment), submission_id = coalesce(submission_id, $13), is_late = is_late or $8
         where id = $1",
        own.id.get(),
        &criteria,
        &values as &[Option<i16>],
        &unassessable,
        &comments,
        dossier.account().get(),
        dossier.now(),
        own.delivered_at.is_some(),
        own.version + 1,
        operation.0,
        operation.1,
        posted.opinion,
        own.submission.map(SubmissionId::get)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a review from one state to the next under the lock, and remembers the operation.
pub async fn turn(conn: &mut PgConnection, dossier: &Dossier, own: &Own, to: ReviewStatus, operation: (Uuid, &str)) -> sqlx::Result<()> {
    let is_delivery = to == ReviewStatus::Delivered;
    sqlx::query!(
        "with done as (
           insert into operation (scope, id, account_id, location, at) values ('review ' || $1::bigint::text, $4, $5, $6, $3)
         )
         update review
         set status = $2, version = version + 1, delivered_at = case when $7 then $3 else delivered_at end,
             submission_id = case when $7 then coalesce(submission_id, $8) else $8 end
         where id = $1",
        own.id.get(),
        to.as_str(),
        dossier.now(),
        operation.0,
        dossier.account().get(),
        operation.1,
        is_delivery,
        if is_delivery { own.submission } else { dossier.head().submission }.map(SubmissionId::get)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes that nothing ties the reviewer to the dossier, under its lock, and remembers the operation; false when it was already said.
pub async fn declare(conn: &mut PgConnection, dossier: &Dossier, own: &Own, operation: (Uuid, &str)) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "with done as (
           insert into operation (scope, id, account_id, location, at) values ('review ' || $1::bigint::text, $2, $3, $4, $5)
         )
         update review set declared_at = $5 where id = $1 and declared_at is null",
        own.id.get(),
        operation.0,
        dossier.account().get(),
        operation.1,
        dossier.now()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Organisations that the last deposit names, by part; the caller has proven that the deposit may be read.
pub async fn parties(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select part, organisation from deposit_party
         where project_id = $1 and organisation <> ''
         group by part, organisation
         order by part, organisation collate "fr-x-icu""#,
        project.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.part, row.organisation)).collect())
}

/// Number and instant of a deposit.
pub async fn deposit(conn: &mut PgConnection, submission: SubmissionId) -> sqlx::Result<(i32, OffsetDateTime)> {
    let row = sqlx::query!("select number, received_at from submission where id = $1", submission.get()).fetch_one(conn).await?;
    Ok((row.number, row.received_at))
}

/// Writes a declared recusal: the review, if any, is recused; false when it was already there.
pub async fn recuse(conn: &mut PgConnection, dossier: &Dossier, reason: &str, operation: Uuid, location: &str) -> sqlx::Result<bool> {
    let written = sqlx::query_scalar!(
        r#"with done as (
           insert into operation (scope, id, account_id, location, at) values ('recusal', $4, $2, $5, $6)
         ), review as (
           update review set status = 'recused', version = version + 1 where project_id = $1 and account_id = $2
         ), line as (
           insert into recusal (project_id, account_id, origin, reason, created_by, at) values ($1, $2, 'declared', $3, $2, $6)
           on conflict do nothing
           returning 1
         )
         select count(*) as "count!" from line"#,
        dossier.project().get(),
        dossier.account().get(),
        reason,
        operation,
        location,
        dossier.now()
    )
    .fetch_one(conn)
    .await?;
    Ok(written == 1)
}

/// Where a recusal already declared by this operation led.
pub async fn recused_by(conn: &mut PgConnection, account: AccountId, operation: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select location from operation where scope = 'recusal' and id = $1 and account_id = $2", operation, account.get())
        .fetch_optional(conn)
        .await
}
