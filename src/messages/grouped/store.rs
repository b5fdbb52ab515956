//! Statements of grouped messages. A dossier that the manager stays away from matches nothing, and is written to by nobody else's name.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::{CallManager, Status};

/// Which dossiers of the call.
#[derive(Debug, Default)]
pub struct Filter {
    /// In that state.
    pub status: Option<Status>,
    /// Whose deliverable of that number is not finished.
    pub missing: Option<i32>,
    /// That bear that label.
    pub label: Option<i64>,
}

/// A dossier that matches.
#[derive(Debug)]
pub struct Chosen {
    /// Id.
    pub id: i64,
    /// Number in the call.
    pub number: i32,
    /// Title.
    pub title: String,
}

/// Dossiers of the call that match, that this manager writes to, in the order of their numbers.
pub async fn matching(conn: &mut PgConnection, manager: &CallManager, filter: &Filter) -> sqlx::Result<Vec<Chosen>> {
    sqlx::query_as!(
        Chosen,
        "select project.id, project.number, project.title
         from thread_reader($3) as reader
         join project on project.id = reader.project_id and project.call_id = $1
         where reader.account_id = $2 and reader.side = 'manager' and reader.thread = 'administration'
           and case when $4::text is null then project.status <> 'withdrawn' else project.status = $4 end
           and ($5::integer is null or project.progress[$5] < 100)
           and ($6::bigint is null or exists(select from project_label where project_label.project_id = project.id and project_label.label_id = $6))
         order by project.number
         limit 500",
        manager.call().id.get(),
        manager.account().get(),
        manager.now(),
        filter.status.map(Status::as_str),
        filter.missing,
        filter.label
    )
    .fetch_all(conn)
    .await
}

/// Those of these dossiers that this manager writes to, in the order of their ids.
pub async fn writable(conn: &mut PgConnection, manager: &CallManager, ids: &[i64]) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select project.id
         from thread_reader($3) as reader
         join project on project.id = reader.project_id and project.call_id = $1
         where reader.account_id = $2 and reader.side = 'manager' and reader.thread = 'administration' and project.id = any($4)
         order by project.id"#,
        manager.call().id.get(),
        manager.account().get(),
        manager.now(),
        ids
    )
    .fetch_all(conn)
    .await
}

/// Names of those whom a mail would go to, each with their dossier.
pub async fn people(conn: &mut PgConnection, ids: &[i64], is_to_teams: bool, now: OffsetDateTime) -> sqlx::Result<Vec<(i64, String)>> {
    let rows = sqlx::query!(
        r#"select member.project_id as "project!", account.name as "name!"
         from thread_reader($3) as reader
         join project_member as member on member.project_id = reader.project_id and member.account_id = reader.account_id
         join account on account.id = member.account_id and account.disabled_at is null
         where reader.thread = 'administration' and reader.side = 'team' and reader.project_id = any($1) and ($2 or member.role = 'owner')
         order by member.project_id, account.name"#,
        ids,
        is_to_teams,
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.project, row.name)).collect())
}

/// Opens a grouped message; its number.
pub async fn open(conn: &mut PgConnection, manager: &CallManager, (text, is_to_teams, filter): (&str, bool, &str)) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "insert into group_message (call_id, account_id, text, recipients, filter, at) values ($1, $2, $3, $4, $5, $6) returning id",
        manager.call().id.get(),
        manager.account().get(),
        text,
        if is_to_teams { "teams" } else { "owners" },
        filter,
        manager.now()
    )
    .fetch_one(conn)
    .await
}

/// Writes down whom a message of the group goes to, carriers only.
pub async fn remember(conn: &mut PgConnection, (group, message): (i64, i64), people: &[i64]) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into group_recipient (group_id, message_id, account_id)
         select $1, $2, person.id from unnest($3::bigint[]) as person(id)
         join message on message.id = $2
         join project_member as member on member.project_id = message.project_id and member.account_id = person.id",
        group,
        message,
        people
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A grouped message sent before.
#[derive(Debug)]
pub struct Former {
    /// Its number.
    pub id: i64,
    /// By whom.
    pub name: String,
    /// When.
    pub at: OffsetDateTime,
    /// Dossiers that it went to, of those that the reader follows.
    pub dossiers: i64,
}

/// The last grouped messages of the call; dossiers that the reader stays away from are not counted.
pub async fn former(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<Former>> {
    sqlx::query_as!(
        Former,
        r#"select sent.id, account.name, sent.at,
             (select count(*) from message where message.group_id = sent.id
                and not exists(select from kept_away where kept_away.project_id = message.project_id and kept_away.account_id = $2)) as "dossiers!"
         from group_message as sent join account on account.id = sent.account_id
         where sent.call_id = $1
         order by sent.id desc
         limit 20"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await
}

/// Text, author and instant of a grouped message of the call.
pub async fn text(conn: &mut PgConnection, manager: &CallManager, number: i64) -> sqlx::Result<Option<(String, String, OffsetDateTime)>> {
    let row = sqlx::query!(
        "select sent.text, account.name, sent.at from group_message as sent join account on account.id = sent.account_id where sent.id = $1 and sent.call_id = $2",
        number,
        manager.call().id.get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.text, row.name, row.at)))
}

/// A person written to, with what became of it.
#[derive(Debug)]
pub struct Row {
    /// Dossier.
    pub project: i64,
    /// Its title.
    pub title: String,
    /// Message posted there.
    pub message: i64,
    /// Person.
    pub name: String,
    /// What became of their mail.
    pub state: String,
    /// Why it is late or refused.
    pub why: String,
    /// When they read the message.
    pub read_at: Option<OffsetDateTime>,
}

/// What became of a grouped message, person by person, but for dossiers that the reader stays away from.
pub async fn recipients(conn: &mut PgConnection, manager: &CallManager, number: i64) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"select project.id as project, project.title, recipient.message_id as message, account.name,
             case when mail.id is null then 'none' when mail.sent_at is not null then 'sent' when mail.bounced_at is not null then 'bounced'
                  when mail.failed_at is not null then 'failed' when mail.dropped_at is not null then 'dropped'
                  when mail.gathered_in is not null then 'gathered' when mail.rhythm <> 'at_once' then 'held' else 'waiting' end as "state!",
             coalesce(mail.last_error, '') as "why!", receipt.read_at as "read_at?"
         from group_recipient as recipient
         join group_message as sent on sent.id = recipient.group_id and sent.call_id = $2
         join message on message.id = recipient.message_id
         join project on project.id = message.project_id
         join account on account.id = recipient.account_id
         left join message_receipt as receipt on receipt.message_id = message.id and receipt.account_id = account.id
         left join mail on mail.message_id = message.id and mail.account_id = account.id
         where recipient.group_id = $1
           and not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $3)
         order by project.number, account.name"#,
        number,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await
}
