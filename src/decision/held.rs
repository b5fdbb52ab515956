//! Publications and their letters, as they are kept.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::kit::ids::{AccountId, CallId};

/// Letters of a call's results.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Id.
    pub id: i64,
    /// The publication that it corrects.
    pub corrects: Option<i64>,
    /// Why it corrects.
    pub reason: String,
    /// Subject of the mails.
    pub subject: String,
    /// Letter to the retained, with its blanks.
    pub retained: String,
    /// Letter to the others.
    pub rejected: String,
    /// Version.
    pub version: i32,
    /// Who prepared it last.
    pub prepared_by: AccountId,
    /// Their name.
    pub preparer: String,
    /// When.
    pub prepared_at: OffsetDateTime,
    /// Who published it.
    pub publisher: Option<String>,
    /// When.
    pub published_at: Option<OffsetDateTime>,
}

/// Publications of a call that are not given up, the last first.
pub async fn publications(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Publication>> {
    sqlx::query_as!(
        Publication,
        r#"select publication.id, corrects, reason, subject, retained, rejected, publication.version, prepared_by as "prepared_by: AccountId", preparer.name as preparer,
             prepared_at, publisher.name as "publisher?", published_at
           from publication
           join account as preparer on preparer.id = prepared_by
           left join account as publisher on publisher.id = published_by
           where call_id = $1 and abandoned_at is null
           order by publication.id desc"#,
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// A letter, with whom it goes to.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Dossier.
    pub project: i64,
    /// Title.
    pub title: String,
    /// "retained" or "rejected".
    pub result: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Accounts that receive it.
    pub accounts: Vec<i64>,
    /// Their names.
    pub names: Vec<String>,
    /// Their addresses.
    pub emails: Vec<String>,
}

/// Letters of a publication, for the program; what a manager may read of them is decided after.
pub async fn letters(conn: &mut PgConnection, publication: i64) -> sqlx::Result<Vec<Letter>> {
    sqlx::query_as!(
        Letter,
        r#"select letter.project_id as project, project.title, letter.result, letter.subject, letter.body,
             array(select account.id from project_member as member join account on account.id = member.account_id
                   where member.project_id = project.id and (member.role = 'owner' or member.can_deposit) order by account.id) as "accounts!",
             array(select account.name from project_member as member join account on account.id = member.account_id
                   where member.project_id = project.id and (member.role = 'owner' or member.can_deposit) order by account.id) as "names!",
             array(select account.email from project_member as member join account on account.id = member.account_id
                   where member.project_id = project.id and (member.role = 'owner' or member.can_deposit) order by account.id) as "emails!"
           from letter
           join project on project.id = letter.project_id
           where letter.publication_id = $1
           order by project.number"#,
        publication
    )
    .fetch_all(conn)
    .await
}
