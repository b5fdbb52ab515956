//! Statements of the terms of reference.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{QUESTIONS, Source, Stored, Terms, terms};
use crate::access::{Dossier, TermsWriter};
use crate::error::AppError;
use crate::framework::standing::Standing;
use crate::kit::ids::ProjectId;
use crate::kit::moment;
use crate::project::{store as projects, units};

/// Sections that somebody saved, taken out ones included.
pub async fn sections(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<Stored>> {
    let rows = sqlx::query!(
        "select key, title, scope, body, section.version, is_removed, account.name, at
         from terms_section as section
         join account on account.id = section.account_id
         where project_id = $1
         order by position, key",
        project.get()
    )
    .fetch_all(conn)
    .await?;
    let stored = rows.into_iter().map(|row| Stored {
        key: row.key,
        title: row.title,
        scope: row.scope,
        body: row.body,
        version: row.version,
        is_removed: row.is_removed,
        by: format!("{}, {}", row.name, moment::full(row.at)),
    });
    Ok(stored.collect())
}

/// The terms of reference of a dossier as they stand, with its sections taken out.
pub async fn current(conn: &mut PgConnection, dossier: &Dossier) -> Result<(Terms, Vec<Stored>), AppError> {
    let stored = sections(conn, dossier.project()).await?;
    let content = units::load(conn, dossier.project(), &QUESTIONS).await?;
    let standing: Standing = projects::standing(conn, dossier.project()).await?;
    let head = dossier.head();
    let call = format!("{} {}", head.call_title, head.edition);
    let made = terms(&Source { names: (&head.title, &head.label, &call), standing: &standing, content: &content, stored: &stored });
    let removed = stored.into_iter().filter(|held| held.is_removed).collect();
    Ok((made, removed))
}

/// Writes a section under the dossier's lock: a new version of it, or the first.
pub async fn save(conn: &mut PgConnection, writer: &TermsWriter, held: &Stored) -> Result<(), AppError> {
    let done = sqlx::query!(
        "insert into terms_section (project_id, key, position, title, scope, body, version, is_removed, account_id, at)
         values ($1, $2, (select coalesce(max(position), 0) + 1 from terms_section where project_id = $1), $3, $4, $5, $6, $7, $8, $9)
         on conflict (project_id, key) do update
           set title = excluded.title, scope = excluded.scope, body = excluded.body, version = excluded.version, is_removed = excluded.is_removed,
               account_id = excluded.account_id, at = excluded.at
           where terms_section.version = excluded.version - 1",
        writer.project().get(),
        held.key,
        held.title,
        held.scope,
        held.body,
        held.version,
        held.is_removed,
        writer.account().get(),
        writer.now()
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(AppError::Internal(anyhow::anyhow!("a section of the terms changed under the lock"))) }
}

/// A former version of a section.
#[derive(Debug)]
pub struct Past {
    /// Version.
    pub version: i32,
    /// What it held.
    pub title: String,
    /// Scope.
    pub scope: String,
    /// Text; empty for the proposed one.
    pub body: String,
    /// It was taken out.
    pub is_removed: bool,
    /// Who.
    pub name: String,
    /// When.
    pub at: OffsetDateTime,
}

/// Versions of a section, the last first.
pub async fn history(conn: &mut PgConnection, project: ProjectId, key: &str) -> sqlx::Result<Vec<Past>> {
    sqlx::query_as!(
        Past,
        "select past.version, title, scope, body, is_removed, account.name, at
         from terms_history as past
         join account on account.id = past.account_id
         where project_id = $1 and key = $2
         order by past.version desc
         limit 30",
        project.get(),
        key
    )
    .fetch_all(conn)
    .await
}

/// A frozen copy, as listed.
#[derive(Debug)]
pub struct Version {
    /// Number.
    pub number: i32,
    /// Who.
    pub name: String,
    /// When.
    pub at: OffsetDateTime,
}

/// Frozen copies, the last first.
pub async fn versions(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<Version>> {
    sqlx::query_as!(
        Version,
        "select number, account.name, at from terms_version join account on account.id = terms_version.account_id
         where project_id = $1 order by number desc",
        project.get()
    )
    .fetch_all(conn)
    .await
}

/// A frozen copy, refused when it is not the one of its digest.
pub async fn version(conn: &mut PgConnection, project: ProjectId, number: i64) -> Result<(Terms, Version), AppError> {
    let row = sqlx::query!(
        "select number, content, digest, account.name, at from terms_version join account on account.id = terms_version.account_id
         where project_id = $1 and number = $2::bigint",
        project.get(),
        number
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)?;
    let terms: Terms = serde_json::from_str(&row.content).map_err(anyhow::Error::from)?;
    if terms.seal()?.1 != row.digest {
        return Err(AppError::Document(anyhow::anyhow!("terms of reference: version {number} is not the one of its digest")));
    }
    Ok((terms, Version { number: row.number, name: row.name, at: row.at }))
}

/// Freezes a copy under the dossier's lock; its number.
pub async fn freeze(conn: &mut PgConnection, writer: &TermsWriter, terms: &Terms) -> Result<i32, AppError> {
    let (content, digest) = terms.seal()?;
    let number = sqlx::query_scalar!(
        r#"insert into terms_version (project_id, number, content, digest, account_id, at)
           values ($1, (select coalesce(max(number), 0) + 1 from terms_version where project_id = $1), $2, $3, $4, $5)
           returning number"#,
        writer.project().get(),
        content,
        digest,
        writer.account().get(),
        writer.now()
    )
    .fetch_one(conn)
    .await?;
    Ok(number)
}

/// Submits the terms of reference to the expertise, or takes them back.
pub async fn show(conn: &mut PgConnection, writer: &TermsWriter, is_shown: bool) -> sqlx::Result<()> {
    sqlx::query!("update project set terms_shown = $2 where id = $1", writer.project().get(), is_shown).execute(conn).await?;
    Ok(())
}
