//! What is read of questions. Rights are in each statement.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::policy::asking::QuestionSide;
use crate::access::{Participant, QuestionReader};
use crate::kit::ids::{AccountId, CallId};

/// A question of a list.
#[derive(Debug)]
pub struct Line {
    /// Number within the call.
    pub number: i32,
    /// Subject.
    pub subject: String,
    /// Who asks.
    pub name: String,
    /// Dossier for which they ask.
    pub title: String,
    /// Messages that it holds.
    pub messages: i64,
    /// Messages that the reader has not read.
    pub unread: i64,
    /// Last message.
    pub last_id: i64,
    /// Its instant.
    pub last_at: OffsetDateTime,
    /// Who asked spoke last, and an answer is awaited.
    pub is_awaiting: bool,
    /// Published now.
    pub is_published: bool,
}

/// Which questions of a call.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// "attente", "publiees", or all.
    pub state: &'a str,
    /// Words, folded.
    pub words: &'a str,
    /// Only those whose last message is before that one.
    pub before: Option<i64>,
    /// At most as many.
    pub most: i64,
}

/// The questions of a call that this person reads on that side, the last spoken in first; one statement.
pub async fn lines(
    conn: &mut PgConnection,
    (call, account): (CallId, AccountId),
    side: QuestionSide,
    filter: Filter<'_>,
    now: OffsetDateTime,
) -> sqlx::Result<Vec<Line>> {
    sqlx::query_as!(
        Line,
        r#"select question.number, question.subject, account.name, project.title, held.messages as "messages!", held.unread as "unread!", held.last_id as "last_id!",
             last.at as last_at, last.side = 'asker' and question.closed_at is null as "is_awaiting!", published.question_id is not null as "is_published!"
           from question_reader($1) as reader
           join question on question.id = reader.question_id and question.call_id = $2
           join account on account.id = question.account_id
           join project on project.id = question.project_id
           left join question_read as mine on mine.question_id = question.id and mine.account_id = $3
           cross join lateral (
             select count(*) as messages, max(id) as last_id, count(*) filter (where id > coalesce(mine.message_id, 0) and account_id <> $3) as unread
             from question_message where question_message.question_id = question.id) as held
           join question_message as last on last.id = held.last_id
           left join public_answer as published on published.question_id = question.id and published.withdrawn_at is null
           where reader.account_id = $3 and reader.side = $4
             and case $5 when 'attente' then last.side = 'asker' and question.closed_at is null when 'publiees' then published.question_id is not null else true end
             and ($6 = '' or exists(select from question_message as said where said.question_id = question.id and position($6 in said.folded) > 0))
             and held.last_id < $7
           order by held.last_id desc
           limit $8"#,
        now,
        call.get(),
        account.get(),
        side.as_str(),
        filter.state,
        filter.words,
        filter.before.unwrap_or(i64::MAX),
        filter.most
    )
    .fetch_all(conn)
    .await
}

/// A message of a question.
#[derive(Debug)]
pub struct Said {
    /// Its id.
    pub id: i64,
    /// Author.
    pub name: String,
    /// "asker" or "manager".
    pub side: String,
    /// Text.
    pub text: String,
    /// When.
    pub at: OffsetDateTime,
    /// The reader had not read it.
    pub is_unread: bool,
}

/// The last messages of a question, two hundred at most, the oldest first.
pub async fn messages(conn: &mut PgConnection, reader: &QuestionReader) -> sqlx::Result<Vec<Said>> {
    sqlx::query_as!(
        Said,
        r#"select message.id, account.name, message.side, message.text, message.at,
             message.account_id <> $2 and message.id > coalesce((select message_id from question_read where question_id = $1 and account_id = $2), 0) as "is_unread!"
           from (select * from question_message where question_id = $1 order by id desc limit 200) as message
           join account on account.id = message.account_id
           order by message.id"#,
        reader.head().id,
        reader.account().get()
    )
    .fetch_all(conn)
    .await
}

/// What a question is now.
#[derive(Debug)]
pub struct Now {
    /// Since when nothing more is awaited.
    pub closed_at: Option<OffsetDateTime>,
    /// Who asks.
    pub name: String,
    /// Dossier for which they ask.
    pub title: String,
    /// What was published, whether it still is.
    pub published: Option<Published>,
}

/// A question as published.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Question, in other words.
    pub question: String,
    /// Answer.
    pub answer: String,
    /// Since when.
    pub at: Option<OffsetDateTime>,
    /// It is no longer on the page of the call.
    pub is_withdrawn: bool,
    /// Version.
    pub version: i32,
}

/// What a question is now.
pub async fn now(conn: &mut PgConnection, reader: &QuestionReader) -> sqlx::Result<Now> {
    let row = sqlx::query!(
        r#"select question.closed_at, account.name, project.title, published.question as "question?", published.answer as "answer?",
             published.published_at as "published_at?", published.withdrawn_at is not null as "is_withdrawn!", published.version as "version?"
           from question
           join account on account.id = question.account_id
           join project on project.id = question.project_id
           left join public_answer as published on published.question_id = question.id
           where question.id = $1"#,
        reader.head().id
    )
    .fetch_one(conn)
    .await?;
    let published = row.question.zip(row.answer).map(|(question, answer)| Published {
        question,
        answer,
        at: row.published_at,
        is_withdrawn: row.is_withdrawn,
        version: row.version.unwrap_or(0),
    });
    Ok(Now { closed_at: row.closed_at, name: row.name, title: row.title, published })
}

/// The person has read a question until that message.
pub async fn read(conn: &mut PgConnection, reader: &QuestionReader, last: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into question_read (question_id, account_id, message_id) values ($1, $2, $3)
         on conflict (question_id, account_id) do update set message_id = excluded.message_id
         where question_read.message_id < excluded.message_id",
        reader.head().id,
        reader.account().get(),
        last
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update notice set read_at = $3
         where account_id = $1 and read_at is null and kind in ('question', 'question_answer') and path = $2",
        reader.account().get(),
        super::tell::path(reader.head().number, &reader.call().slug),
        reader.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Dossiers for which a person may ask: those of which they are of the team, or for which they came to a training.
pub async fn dossiers(conn: &mut PgConnection, asker: &Participant) -> sqlx::Result<Vec<(i64, String)>> {
    let rows = sqlx::query!(
        r#"select project.id, project.title
           from project
           where project.call_id = $1
             and (exists(select from carrier_person($3) as person where person.project_id = project.id and person.account_id = $2)
               or exists(select from enrolment where enrolment.project_id = project.id and enrolment.account_id = $2))
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
           order by project.number"#,
        asker.call().id.get(),
        asker.account().get(),
        asker.now()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}
