//! Mails: rows of the act's own transaction, sent by a worker, at least once and very seldom twice. What a mail says, a notice of
//! the application says too: the notice is the reference, the mail only brings it.

pub mod advisory;
mod carrier;
mod digest;
pub mod engagement;
pub mod instruction;
pub mod kinds;
pub mod lesson;
pub mod letter;
pub mod meeting;
pub mod messages;
pub mod notices;
pub mod preferences;
pub mod question;
pub mod texts;
pub mod training;
pub mod verify;
pub mod web;
mod worker;

pub use digest::morning;
pub use worker::{drain, run};

use sqlx::PgConnection;
use uuid::Uuid;

use crate::kit::ids::{AccountId, ProjectId};

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

/// Where a mail comes from and what it is about: who is told when it is refused, which right is checked again when it leaves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// In whose name it leaves.
    pub sender: Option<AccountId>,
    /// Dossier that its reader must still open; by default the one that its link names.
    pub project: Option<ProjectId>,
    /// Thread that its reader must still read; by default what its kind says.
    pub audience: Option<&'a str>,
    /// Page that it leads to; by default the first link of ours in its text.
    pub path: Option<&'a str>,
    /// Message that it tells of.
    pub message: Option<i64>,
    /// Only the notice is made: somebody else receives the mail first.
    pub is_quiet: bool,
}

/// Puts a mail in the outbox, due at once or gathered with others as its reader chose; the same key is sent once. A notice comes
/// with it when the kind makes one and the address has an account.
pub async fn queue(conn: &mut PgConnection, mail: &Mail<'_>) -> sqlx::Result<()> {
    queue_from(conn, mail, &Origin::default()).await
}

/// The same, for a mail whose origin is known.
pub async fn queue_from(conn: &mut PgConnection, mail: &Mail<'_>, origin: &Origin<'_>) -> sqlx::Result<()> {
    let kind = kinds::of(mail.kind);
    let path = origin.path.or_else(|| own_path(mail.body)).filter(|path| kind.is_noticed && is_page(path));
    let project = origin.project.map(ProjectId::get).or_else(|| path.and_then(project_of));
    // What no notice says, because it opens by a secret or leads nowhere, leaves at once whatever was chosen.
    let topic = kind.topic.filter(|_| path.is_some());
    let fresh = Uuid::new_v4().to_string();
    sqlx::query!(
        "with person as (
           select account.id, coalesce(wish.rhythm, 'at_once') as rhythm, (select project.id from project where project.id = $6) as about
           from account
           left join mail_preference as wish on wish.account_id = account.id and wish.topic = $8
           where account.email = $2 and account.disabled_at is null
         ), told as (
           insert into notice (account_id, kind, title, path, project_id, audience, key)
           select person.id, $1, left($3, 400), $9, person.about, $7, coalesce($5, $10)
           from person
           where $9::text is not null and length($3) > 0
           on conflict (account_id, key) do nothing
         )
         insert into mail (kind, recipient, subject, body, dedup_key, next_attempt_at, account_id, project_id, audience, path, rhythm, sender_id, message_id)
         select $1, $2, $3, $4, $5, 'epoch', person.id, person.about, $7, $9, coalesce(person.rhythm, 'at_once'), $11, $12
         from (values (1)) as one
         left join person on true
         where coalesce(person.rhythm, 'at_once') <> 'none' and not $13
         on conflict (dedup_key) do nothing",
        mail.kind,
        mail.recipient,
        mail.subject,
        mail.body,
        mail.dedup_key,
        project,
        origin.audience.or(kind.audience),
        topic.map(kinds::Topic::as_str),
        path,
        fresh,
        origin.sender.map(AccountId::get),
        origin.message,
        origin.is_quiet
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Path of the first link of ours in a text, whose signature says where we are.
fn own_path(body: &str) -> Option<&str> {
    let (said, _) = body.rsplit_once("\n\n--\n")?;
    let (said, base) = said.rsplit_once('\n')?;
    said.lines().find_map(|line| line.strip_prefix(base)).filter(|path| path.starts_with('/'))
}

/// Parts of the application that a notice leads to: none of them opens by a secret in its address.
const PAGES: [&str; 9] = ["/dossiers/", "/evaluation", "/comite", "/appel", "/compte", "/formations", "/reseau", "/questions", "/exploitation"];

fn is_page(path: &str) -> bool {
    PAGES.iter().any(|page| path.starts_with(page)) && !path.contains(|c: char| c.is_control() || c == '\\')
}

/// The dossier that a path names.
fn project_of(path: &str) -> Option<i64> {
    let rest = ["/dossiers/", "/evaluation/", "/appel/dossiers/"].iter().find_map(|part| path.strip_prefix(part))?;
    rest.split(['/', '?', '#']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_leads_to_its_first_page_of_ours_and_never_to_a_secret() {
        let body = "Bonjour,\n\nhttps://ailleurs.example/dossiers/9\n\nPour le lire\u{a0}:\nhttp://t.example/dossiers/3/corrections/1\n\nTrame\nhttp://t.example\n\n--\nParce que.\n";
        assert_eq!(own_path(body), Some("/dossiers/3/corrections/1"));
        assert_eq!(own_path("Bonjour,\n\nTrame\nhttp://t.example\n\n--\nParce que.\n"), None);
        assert_eq!(own_path("Bonjour"), None);
        assert_eq!(project_of("/dossiers/3/corrections/1"), Some(3));
        assert_eq!((project_of("/appels/essai"), project_of("/dossiers/")), (None, None));
        for (path, is_open) in [("/dossiers/3", true), ("/appels/essai#documents", true), ("/invitation/abc", false), ("/avis/abc", false), ("//x", false)] {
            assert_eq!(is_page(path), is_open, "{path}");
        }
    }
}
