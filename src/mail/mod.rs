//! Mails: rows of the act's own transaction, sent by a worker, at least once and very seldom twice.

pub mod advisory;
mod carrier;
pub mod engagement;
pub mod instruction;
pub mod lesson;
pub mod texts;
pub mod training;
pub mod web;
mod worker;

pub use worker::{drain, run};

use sqlx::PgConnection;

/// A mail to send.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    /// What it is, for the operator: "invitation", "receipt".
    pub kind: &'a str,
    /// Address.
    pub recipient: &'a str,
    /// Subject, on one line.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
    /// What would be sent twice if the act were played twice.
    pub dedup_key: Option<&'a str>,
}

/// Puts a mail in the outbox, due at once; the same key is sent once.
pub async fn queue(conn: &mut PgConnection, mail: &Mail<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into mail (kind, recipient, subject, body, dedup_key, next_attempt_at) values ($1, $2, $3, $4, $5, 'epoch') on conflict (dedup_key) do nothing",
        mail.kind,
        mail.recipient,
        mail.subject,
        mail.body,
        mail.dedup_key
    )
    .execute(conn)
    .await?;
    Ok(())
}
