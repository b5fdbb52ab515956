//! Statements of the views that a person keeps.

use sqlx::PgConnection;

use super::MOST;
use crate::access::BoardReader;

/// A view.
#[derive(Debug)]
pub struct Kept {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// End of the address.
    pub address: String,
}

/// How a save ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Written, or already so.
    Done,
    /// Another view of the person has the name.
    Taken,
    /// The person keeps as many as one may.
    Full,
    /// The view is not there, or is somebody else's.
    Gone,
}

/// The reader's views of their call, by name.
pub async fn all(conn: &mut PgConnection, reader: &BoardReader) -> sqlx::Result<Vec<Kept>> {
    sqlx::query_as!(
        Kept,
        "select id, name, address from board_view where account_id = $1 and call_id = $2 order by lower(name)",
        reader.account().get(),
        reader.call().id.get()
    )
    .fetch_all(conn)
    .await
}

/// Keeps a view; the same one sent twice is one.
pub async fn keep(conn: &mut PgConnection, reader: &BoardReader, name: &str, address: &str) -> sqlx::Result<Outcome> {
    let held = locked(conn, reader).await?;
    if let Some(same) = held.iter().find(|held| held.name.to_lowercase() == name.to_lowercase()) {
        return Ok(if same.address == address { Outcome::Done } else { Outcome::Taken });
    }
    if held.len() >= usize::try_from(MOST).unwrap_or(usize::MAX) {
        return Ok(Outcome::Full);
    }
    sqlx::query!(
        "insert into board_view (account_id, call_id, name, address, created_at) values ($1, $2, $3, $4, $5)",
        reader.account().get(),
        reader.call().id.get(),
        name,
        address,
        reader.now()
    )
    .execute(conn)
    .await?;
    Ok(Outcome::Done)
}

/// Gives a view another name.
pub async fn rename(conn: &mut PgConnection, reader: &BoardReader, id: i64, name: &str) -> sqlx::Result<Outcome> {
    let held = locked(conn, reader).await?;
    if held.iter().any(|held| held.id != id && held.name.to_lowercase() == name.to_lowercase()) {
        return Ok(Outcome::Taken);
    }
    let done = sqlx::query!(
        "update board_view set name = $4 where id = $3 and account_id = $1 and call_id = $2",
        reader.account().get(),
        reader.call().id.get(),
        id,
        name
    )
    .execute(conn)
    .await?;
    Ok(if done.rows_affected() == 1 { Outcome::Done } else { Outcome::Gone })
}

/// Takes a view away.
pub async fn remove(conn: &mut PgConnection, reader: &BoardReader, id: i64) -> sqlx::Result<()> {
    sqlx::query!("delete from board_view where id = $3 and account_id = $1 and call_id = $2", reader.account().get(), reader.call().id.get(), id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The reader's views, one tab at a time: two at once would pass the limit together.
async fn locked(conn: &mut PgConnection, reader: &BoardReader) -> sqlx::Result<Vec<Kept>> {
    sqlx::query!("select id from account where id = $1 for update", reader.account().get()).fetch_one(&mut *conn).await?;
    all(conn, reader).await
}
