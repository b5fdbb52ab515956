//! Statements of lessons.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::Lesson;
use crate::access::{CallManager, LessonEditor, LessonOwner, ProjectInstructor};
use crate::error::AppError;
use crate::kit::ids::ProjectId;

/// Where a lesson stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Waits for a manager to read it.
    Proposed,
    /// Given back with a remark.
    Returned,
    /// Its last text is published.
    Published,
}

impl Stage {
    /// From the database.
    fn parse(text: &str) -> Self {
        match text {
            "proposed" => Self::Proposed,
            "returned" => Self::Returned,
            "published" => Self::Published,
            _ => Self::Draft,
        }
    }
}

/// A lesson as it is held.
#[derive(Debug, Clone)]
pub struct Held {
    /// Text.
    pub lesson: Lesson,
    /// Where it stands.
    pub stage: Stage,
    /// Why it was given back; empty otherwise.
    pub remark: String,
    /// Last change of its text or of its stage.
    pub at: OffsetDateTime,
    /// Version.
    pub version: i32,
    /// Number and instant of the edition that anybody reads, if there is one.
    pub edition: Option<(i32, OffsetDateTime)>,
}

/// The lesson of a dossier, if one was begun.
pub async fn held(conn: &mut PgConnection, project: ProjectId) -> Result<Option<Held>, AppError> {
    let row = sqlx::query!(
        r#"select lesson.body::text as "body!", state, remark, at, version, edition.no as "no?", edition.published_at as "published_at?"
           from lesson
           left join lesson_edition as edition on edition.project_id = lesson.project_id and edition.withdrawn_at is null
           where lesson.project_id = $1"#,
        project.get()
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Held {
            lesson: read(&row.body)?,
            stage: Stage::parse(&row.state),
            remark: row.remark,
            at: row.at,
            version: row.version,
            edition: row.no.zip(row.published_at),
        })
    })
    .transpose()
}

fn read(body: &str) -> Result<Lesson, AppError> {
    Ok(serde_json::from_str(body).map_err(anyhow::Error::from)?)
}

fn written(lesson: &Lesson) -> Result<String, AppError> {
    Ok(serde_json::to_string(lesson).map_err(anyhow::Error::from)?)
}

/// Writes the text: what was proposed or given back becomes a draft again; an edition stays as it was read.
pub async fn write(conn: &mut PgConnection, editor: &LessonEditor, lesson: &Lesson) -> Result<(), AppError> {
    sqlx::query!(
        "insert into lesson (project_id, body, account_id, at) values ($1, $2::text::jsonb, $3, $4)
         on conflict (project_id) do update
         set body = excluded.body, account_id = excluded.account_id, at = excluded.at, state = 'draft', remark = '', proposed_at = null, version = lesson.version + 1",
        editor.project().get(),
        written(lesson)?,
        editor.account().get(),
        editor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Proposes the text to the managers.
pub async fn propose(conn: &mut PgConnection, owner: &LessonOwner) -> sqlx::Result<()> {
    sqlx::query!(
        "update lesson set state = 'proposed', remark = '', proposed_at = $2, at = $2, version = version + 1 where project_id = $1 and state <> 'proposed'",
        owner.project().get(),
        owner.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back what waits for a manager.
pub async fn take_back(conn: &mut PgConnection, owner: &LessonOwner) -> sqlx::Result<()> {
    sqlx::query!(
        "update lesson set state = 'draft', proposed_at = null, at = $2, version = version + 1 where project_id = $1 and state = 'proposed'",
        owner.project().get(),
        owner.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a proposed text back with a remark.
pub async fn give_back(conn: &mut PgConnection, instructor: &ProjectInstructor, remark: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update lesson set state = 'returned', remark = $2, proposed_at = null, at = $3, version = version + 1 where project_id = $1 and state = 'proposed'",
        instructor.project().get(),
        remark,
        instructor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Publishes a proposed text: what is shown of it, in the place of the edition before.
pub async fn publish(conn: &mut PgConnection, instructor: &ProjectInstructor, lesson: &Lesson) -> Result<(), AppError> {
    withdraw(&mut *conn, instructor.project(), instructor.now()).await?;
    let shown = lesson.shown();
    sqlx::query!(
        "with approved as (
           update lesson set state = 'published', proposed_at = null, at = $5, version = version + 1 where project_id = $1 and state = 'proposed'
         )
         insert into lesson_edition (project_id, no, body, search, approved_by, published_at)
         select $1, coalesce(max(no), 0) + 1, $2::text::jsonb, $3, $4, $5 from lesson_edition where project_id = $1",
        instructor.project().get(),
        written(&shown)?,
        shown.search(),
        instructor.account().get(),
        instructor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the edition that anybody reads out of sight; the text stays in the dossier.
pub async fn withdraw(conn: &mut PgConnection, project: ProjectId, at: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "with draft as (update lesson set state = 'draft', version = version + 1 where project_id = $1 and state = 'published')
         update lesson_edition set withdrawn_at = $2 where project_id = $1 and withdrawn_at is null",
        project.get(),
        at
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A lesson in the list of a call's managers.
#[derive(Debug)]
pub struct Listed {
    /// Dossier.
    pub project: i64,
    /// Title of the dossier.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Since when it waits.
    pub proposed_at: Option<OffsetDateTime>,
    /// When the edition that anybody reads was published.
    pub published_at: Option<OffsetDateTime>,
}

/// Lessons that the managers of a call were given to read, those that wait first; never one of a dossier they stay away from.
pub async fn of_call(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"select project.id as project, project.title, project.label, lesson.proposed_at, edition.published_at as "published_at?"
           from lesson
           join project on project.id = lesson.project_id
           left join lesson_edition as edition on edition.project_id = lesson.project_id and edition.withdrawn_at is null
           where project.call_id = $1 and (lesson.state = 'proposed' or edition.id is not null)
             and not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $2)
           order by lesson.proposed_at nulls last, edition.published_at desc, project.id"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await
}

/// What anybody reads.
#[derive(Debug)]
pub struct Edition {
    /// Number of the dossier, which is that of the page.
    pub number: i64,
    /// Its text.
    pub lesson: Lesson,
    /// Short title of the call.
    pub call: String,
    /// Edition of the call.
    pub call_edition: String,
    /// Slug of the call.
    pub slug: String,
    /// When it was published.
    pub published_at: OffsetDateTime,
}

/// Most lessons on one page.
pub const PAGE: usize = 30;

/// Which published lessons are asked for.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// That one alone.
    pub number: Option<i64>,
    /// Their words hold all of these, folded.
    pub words: &'a [String],
    /// Their domains hold that one; any when empty.
    pub domain: &'a str,
    /// After the page that ends with that one.
    pub after: Option<i64>,
}

/// Published lessons, the last first: a page of them, and one more when others follow.
pub async fn published(conn: &mut PgConnection, wanted: &Wanted<'_>) -> Result<Vec<Edition>, AppError> {
    let rows = sqlx::query!(
        r#"select edition.project_id, edition.body::text as "body!", call.short_title, call.edition, call.slug, edition.published_at
           from lesson_edition as edition
           join project on project.id = edition.project_id
           join call on call.id = project.call_id
           where edition.withdrawn_at is null and ($5::bigint is null or edition.project_id = $5)
             and (select coalesce(bool_and(position(word in edition.search) > 0), true) from unnest($1::text[]) as word)
             and ($2 = '' or edition.body -> 'domains' ? $2)
             and ($3::bigint is null or (edition.published_at, edition.id) <
               (select last.published_at, last.id from lesson_edition as last where last.project_id = $3 and last.withdrawn_at is null))
           order by edition.published_at desc, edition.id desc
           limit $4"#,
        wanted.words,
        wanted.domain,
        wanted.after,
        i64::try_from(PAGE + 1).unwrap_or(i64::MAX),
        wanted.number
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Edition {
                number: row.project_id,
                lesson: read(&row.body)?,
                call: row.short_title,
                call_edition: row.edition,
                slug: row.slug,
                published_at: row.published_at,
            })
        })
        .collect()
}
