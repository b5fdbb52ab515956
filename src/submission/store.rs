//! Statements of deposits.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Snapshot;
use crate::access::{ProjectDepositor, ProjectManager, ProjectWriter, Status};
use crate::app::App;
use crate::error::AppError;
use crate::framework::aims::Aim;
use crate::framework::content::Content;
use crate::journal;
use crate::kit::ids::{AccountId, ProjectId, SubmissionId};
use crate::mail;
use crate::project::files;

/// A deposit of a dossier, as listed.
#[derive(Debug)]
pub struct Deposit {
    /// Id.
    pub id: i64,
    /// Number within the dossier.
    pub number: i32,
    /// "2015-04-2".
    pub reference: String,
    /// "online", "paper", "email" or "correction".
    pub channel: String,
    /// Instant that counts.
    pub received_at: OffsetDateTime,
    /// Depositor, or the manager who registered it.
    pub depositor: String,
    /// SHA-256 of the frozen content.
    pub digest: Vec<u8>,
    /// Note of the manager.
    pub note: String,
}

/// Deposits of a dossier, the last first.
pub async fn deposits(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<Deposit>> {
    sqlx::query_as!(
        Deposit,
        "select submission.id, number, reference, channel, received_at, account.name as depositor, digest, note
         from submission
         join account on account.id = submission.account_id
         where project_id = $1
         order by number desc",
        project.get()
    )
    .fetch_all(conn)
    .await
}

/// What a new deposit is made of.
struct Entry<'a> {
    project: ProjectId,
    account: AccountId,
    channel: &'a str,
    received_at: OffsetDateTime,
    now: OffsetDateTime,
    note: &'a str,
    act: &'a str,
}

/// The carrier's own deposit, under the dossier's lock; returns its reference.
pub async fn deposit(conn: &mut PgConnection, app: &App, depositor: &ProjectDepositor, content: &Content) -> Result<String, AppError> {
    let entry = Entry {
        project: depositor.project(),
        account: depositor.account(),
        channel: "online",
        received_at: depositor.now(),
        now: depositor.now(),
        note: "",
        act: "deposited",
    };
    enter(conn, app, &entry, content).await
}

/// A deposit received by post or e-mail, registered by a manager under the dossier's lock; returns its reference.
pub async fn register(
    conn: &mut PgConnection,
    app: &App,
    manager: &ProjectManager,
    (channel, received_at, note): (&str, OffsetDateTime, &str),
    content: &Content,
) -> Result<String, AppError> {
    let entry = Entry { project: manager.project(), account: manager.account(), channel, received_at, now: manager.now(), note, act: "deposit_registered" };
    enter(conn, app, &entry, content).await
}

/// Keeps the scan of a deposit received by post or e-mail among the dossier's attachments.
pub async fn keep_scan(conn: &mut PgConnection, manager: &ProjectManager, scan: &files::Received) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into attachment (id, project_id, slot, name, mime, size, sha256, account_id, created_at, file)
         values ($1, $2, 'depot-papier', $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        manager.project().get(),
        scan.name,
        scan.mime,
        i64::try_from(scan.size).unwrap_or(i64::MAX),
        scan.digest,
        manager.account().get(),
        manager.now(),
        scan.file
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Freezes, numbers, moves the state, writes the journal and the receipts, all in the caller's transaction.
async fn enter(conn: &mut PgConnection, app: &App, entry: &Entry<'_>, content: &Content) -> Result<String, AppError> {
    let snapshot = Snapshot::take(conn, entry.project, content).await?;
    let kept = keep(conn, entry, &snapshot, true).await?;
    receipts(conn, app, entry, &kept).await?;
    Ok(kept.reference)
}

/// A deposit just frozen.
#[derive(Debug)]
pub struct Kept {
    /// Id.
    pub id: SubmissionId,
    /// "2015-04-2".
    pub reference: String,
    digest: Vec<u8>,
    organisers: String,
}

/// What a request for correction changed, frozen as a deposit of its own: the former one, but for what was asked. Under the
/// dossier's lock; the caller has checked that the request runs and that the person answers it.
pub async fn complement(conn: &mut PgConnection, writer: &ProjectWriter, content: &Content, aims: &[Aim]) -> Result<Kept, AppError> {
    let former = sqlx::query_scalar!(
        "select submission.content from submission join project on project.submission_id = submission.id where project.id = $1",
        writer.project().get()
    )
    .fetch_one(&mut *conn)
    .await?;
    let former: Snapshot = serde_json::from_str(&former).map_err(anyhow::Error::from)?;
    let draft = Snapshot::take(conn, writer.project(), content).await?;
    let corrected = former.corrected(&draft, aims);
    // What was written before the bound and never deposited is still not.
    let is_whole = corrected.has_content_of(&draft);
    let entry = Entry {
        project: writer.project(),
        account: writer.account(),
        channel: "correction",
        received_at: writer.now(),
        now: writer.now(),
        note: "",
        act: "correction_answered",
    };
    keep(conn, &entry, &corrected, is_whole).await
}

/// Freezes, numbers, moves the state and writes the journal; `is_whole` when nothing of the draft is left out.
async fn keep(conn: &mut PgConnection, entry: &Entry<'_>, snapshot: &Snapshot, is_whole: bool) -> Result<Kept, AppError> {
    let (text, digest) = snapshot.seal()?;
    let head = sqlx::query!(
        r#"select project.number, project.status, project.content_version, call.number_prefix, call.organisers,
             coalesce((select max(submission.number) from submission where submission.project_id = project.id), 0) as "last!"
         from project
         join call on call.id = project.call_id
         where project.id = $1"#,
        entry.project.get()
    )
    .fetch_one(&mut *conn)
    .await?;
    let number = head.last + 1;
    let reference = format!("{}-{:02}-{number}", head.number_prefix, head.number);
    let id = sqlx::query_scalar!(
        "with frozen as (
           insert into submission (project_id, number, reference, channel, received_at, recorded_at, account_id, content_version, content, digest, note)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           returning id
         )
         insert into submission_perimeter (submission_id, communes) select id, $12 from frozen
         returning submission_id",
        entry.project.get(),
        number,
        reference,
        entry.channel,
        entry.received_at,
        entry.now,
        entry.account.get(),
        head.content_version,
        text,
        digest,
        entry.note,
        &snapshot.communes()
    )
    .fetch_one(&mut *conn)
    .await?;
    let status = if head.status == Status::Draft.as_str() { Status::Deposited.as_str() } else { &head.status };
    sqlx::query!(
        "update project set status = $2, submission_id = $3, deposit_number = $4, deposited_at = $6,
             deposited_version = case when $5 then content_version else deposited_version end
         where id = $1",
        entry.project.get(),
        status,
        id,
        number,
        is_whole,
        entry.received_at
    )
    .execute(&mut *conn)
    .await?;
    journal::record(conn, entry.project, entry.account, entry.act, &reference, entry.now).await?;
    Ok(Kept { id: SubmissionId(id), reference, digest, organisers: head.organisers })
}

/// One receipt to each person who may deposit, and to the depositor.
async fn receipts(conn: &mut PgConnection, app: &App, entry: &Entry<'_>, kept: &Kept) -> Result<(), AppError> {
    let Kept { reference, digest, organisers: service, .. } = kept;
    let people = sqlx::query!(
        "select account.id, account.email, project.title
         from project_member as member
         join account on account.id = member.account_id
         join project on project.id = member.project_id
         where member.project_id = $1 and (member.role = 'owner' or member.can_deposit or account.id = $2)",
        entry.project.get(),
        entry.account.get()
    )
    .fetch_all(&mut *conn)
    .await?;
    let pdf = format!("/dossiers/{}/depots/{}/recepisse.pdf", entry.project, reference.rsplit('-').next().unwrap_or_default());
    for person in people {
        let receipt = mail::texts::Receipt {
            title: &person.title,
            reference,
            received_at: entry.received_at,
            digest: &files::hex(digest),
            service,
            path: &format!("/dossiers/{}/recu", entry.project),
            pdf: &pdf,
        };
        let (subject, body) = mail::texts::receipt(app, &receipt);
        let key = format!("receipt {reference} {}", person.id);
        mail::queue(conn, &mail::Mail { kind: "receipt", recipient: &person.email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    }
    Ok(())
}

/// Remembers where an operation led.
pub async fn remember(conn: &mut PgConnection, project: ProjectId, account: AccountId, operation: Uuid, location: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into operation (scope, id, account_id, location) values ('project ' || $1::bigint::text, $2, $3, $4)",
        project.get(),
        operation,
        account.get(),
        location
    )
    .execute(conn)
    .await?;
    Ok(())
}
