//! Statements of private notes.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::ProjectInstructor;

/// A note.
#[derive(Debug)]
pub struct Note {
    /// Id.
    pub id: i64,
    /// Author.
    pub account: i64,
    /// Name of the author.
    pub by: String,
    /// Text.
    pub text: String,
    /// When it was written.
    pub at: OffsetDateTime,
    /// When it was last changed.
    pub edited_at: Option<OffsetDateTime>,
    /// Version.
    pub version: i32,
}

/// Notes of a dossier, the last first.
pub async fn list(conn: &mut PgConnection, instructor: &ProjectInstructor) -> sqlx::Result<Vec<Note>> {
    sqlx::query_as!(
        Note,
        "select note.id, note.account_id as account, account.name as by, note.text, note.at, note.edited_at, note.version
         from staff_note as note
         join account on account.id = note.account_id
         where note.project_id = $1 and note.removed_at is null
         order by note.id desc",
        instructor.project().get()
    )
    .fetch_all(conn)
    .await
}

/// A note of the person's own.
pub async fn own(conn: &mut PgConnection, instructor: &ProjectInstructor, id: i64) -> sqlx::Result<Option<Note>> {
    Ok(list(conn, instructor).await?.into_iter().find(|note| note.id == id && note.account == instructor.account().get()))
}

/// Writes a note; its id.
pub async fn add(conn: &mut PgConnection, instructor: &ProjectInstructor, text: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "insert into staff_note (project_id, account_id, text, at) values ($1, $2, $3, $4) returning id",
        instructor.project().get(),
        instructor.account().get(),
        text,
        instructor.now()
    )
    .fetch_one(conn)
    .await
}

/// Changes one's own note.
pub async fn change(conn: &mut PgConnection, instructor: &ProjectInstructor, id: i64, text: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update staff_note set text = $4, edited_at = $5, version = version + 1 where id = $1 and project_id = $2 and account_id = $3 and removed_at is null",
        id,
        instructor.project().get(),
        instructor.account().get(),
        text,
        instructor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes one's own note back: its words are gone.
pub async fn remove(conn: &mut PgConnection, instructor: &ProjectInstructor, id: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "update staff_note set text = '', removed_at = $4, version = version + 1 where id = $1 and project_id = $2 and account_id = $3 and removed_at is null",
        id,
        instructor.project().get(),
        instructor.account().get(),
        instructor.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}
