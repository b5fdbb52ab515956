//! Who is told of a new message: everybody who reads the thread has a notice; mails go to all but the managers that a case officer
//! stands before. Of a message to many dossiers, only the teams are told: other managers find it in each thread.

use sqlx::PgConnection;

use crate::app::App;
use crate::kit::ids::{AccountId, ProjectId};
use crate::mail::messages::{Posted, posted};
use crate::mail::{self, Mail, Origin};

/// A message to tell of.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Its number.
    pub id: i64,
    /// Dossier.
    pub project: ProjectId,
    /// Author.
    pub by: AccountId,
    /// What its mail says.
    pub said: Posted<'a>,
    /// Only who answers for the dossier has a mail.
    pub is_to_owners: bool,
}

/// Tells whoever received a message, as they chose; each receives one mail at most. Returns those who are written to.
pub async fn tell(conn: &mut PgConnection, app: &App, told: &Told<'_>) -> sqlx::Result<Vec<i64>> {
    let people = sqlx::query!(
        r#"select account.id, account.email,
             ($4 and member.role is distinct from 'owner')
             or (instruction.officer_id is not null and instruction.officer_id <> account.id and member.account_id is null
                 and message.side = 'team' and message.thread = 'administration'
                 and exists(select from message_receipt as officer where officer.message_id = message.id and officer.account_id = instruction.officer_id))
               as "is_quiet!"
         from message_receipt as receipt
         join message on message.id = receipt.message_id
         join account on account.id = receipt.account_id
         left join project_member as member on member.project_id = $2 and member.account_id = account.id
         left join instruction on instruction.project_id = $2
         where receipt.message_id = $1 and account.id <> $3 and (member.account_id is not null or message.group_id is null)
         order by account.id"#,
        told.id,
        told.project.get(),
        told.by.get(),
        told.is_to_owners
    )
    .fetch_all(&mut *conn)
    .await?;
    let (subject, body) = posted(app, &told.said);
    let kind = if told.said.is_grouped { "message_group" } else { "message" };
    let mut written = Vec::new();
    for person in people {
        let key = format!("message {} {}", told.id, person.id);
        let origin = Origin {
            sender: Some(told.by),
            project: Some(told.project),
            audience: Some(told.said.thread.as_str()),
            path: Some(told.said.path),
            message: Some(told.id),
            is_quiet: person.is_quiet,
        };
        mail::queue_from(conn, &Mail { kind, recipient: &person.email, subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await?;
        if !person.is_quiet {
            written.push(person.id);
        }
    }
    Ok(written)
}
