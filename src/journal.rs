//! The journal: who did what and when, in the act's own transaction. Lines of a dossier are chained by their digests.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::kit::ids::{AccountId, CallId, ProjectId};

/// Head of a dossier's chain, read under the dossier's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Dossier.
    pub project: ProjectId,
    /// Number of the last line.
    pub seq: i64,
    /// Its digest; empty before the first.
    pub hash: Vec<u8>,
}

/// A line ready to be written at the end of a dossier's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub seq: i64,
    /// Its digest.
    pub hash: Vec<u8>,
}

impl Head {
    /// The next line of the chain.
    pub fn next(&self, account: AccountId, act: &str, subject: &str, at: OffsetDateTime) -> Line {
        let seq = self.seq + 1;
        Line { seq, hash: link(&self.hash, self.project, seq, account, act, subject, at) }
    }
}

#[expect(clippy::too_many_arguments, reason = "a line has as many terms")]
/// Digest of a line: SHA-256 of the former digest and of the line's own terms.
pub fn link(former: &[u8], project: ProjectId, seq: i64, account: AccountId, act: &str, subject: &str, at: OffsetDateTime) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(former);
    hash.update(format!("{project}|{seq}|{account}|{act}|{subject}|{}", at.unix_timestamp_nanos() / 1000));
    hash.finalize().to_vec()
}

/// Locks a dossier and reads the head of its chain.
pub async fn lock(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Head> {
    let row = sqlx::query!("select journal_seq, journal_hash from project where id = $1 for update", project.get()).fetch_one(conn).await?;
    Ok(Head { project, seq: row.journal_seq, hash: row.journal_hash })
}

/// Writes an act at the end of a dossier's chain, under the dossier's lock.
pub async fn record(conn: &mut PgConnection, project: ProjectId, account: AccountId, act: &str, subject: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    let head = lock(conn, project).await?;
    let line = head.next(account, act, subject, at);
    // What reviewers do with a dossier is no activity of the dossier: its team would see them at work. Nor is what the team
    // says to itself, or writes to others: who follows the dossier would see that it talks. Nor what the administration keeps to itself; and what
    // instances decide is dated by its publication only. Nor the AMO branch: its activity would tell that providers are asked.
    // Trainings are never compulsory: going there moves no dossier.
    let is_quiet = act == "recused"
        || ["review", "comment", "message", "instruction_", "decision", "training_", "terms_", "tender_", "grant_", "bank_"]
            .iter()
            .any(|start| act.starts_with(start));
    let is_activity = !is_quiet;
    sqlx::query!(
        "with line as (
           insert into journal (project_id, seq, at, account_id, act, subject, hash)
           values ($1, $2, $3, $4, $5, $6, $7)
         )
         update project set journal_seq = $2, journal_hash = $7, journal_mark = $5 || ' ' || $4::text, last_activity_at = case when $8 then greatest(last_activity_at, $3) else last_activity_at end
         where id = $1",
        project.get(),
        line.seq,
        at,
        account.get(),
        act,
        subject,
        line.hash,
        is_activity
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes an act on a call.
pub async fn record_call(conn: &mut PgConnection, call: CallId, account: AccountId, act: &str, subject: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("insert into journal (call_id, at, account_id, act, subject) values ($1, $2, $3, $4, $5)", call.get(), at, account.get(), act, subject)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes an act on an account: sign-ins and their failures, password changes, invitations.
pub async fn record_account(conn: &mut PgConnection, account: Option<AccountId>, act: &str, subject: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("insert into journal (at, account_id, act, subject) values ($1, $2, $3, $4)", at, account.map(AccountId::get), act, subject)
        .execute(conn)
        .await?;
    Ok(())
}
