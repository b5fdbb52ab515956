//! Statements of labels.

use sqlx::PgConnection;

use crate::access::{CallManager, ProjectInstructor};

/// A label.
#[derive(Debug, Clone)]
pub struct Label {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Colour of the palette.
    pub colour: String,
}

/// Labels of a call in use, each with how many dossiers bear it, but for those that the reader stays away from.
pub async fn of_call(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<(Label, i64)>> {
    let rows = sqlx::query!(
        r#"select label.id, label.name, label.colour,
             (select count(*) from project_label
              where project_label.label_id = label.id
                and not exists(select from kept_away where kept_away.project_id = project_label.project_id and kept_away.account_id = $2)) as "uses!"
         from label
         where label.call_id = $1 and label.retired_at is null
         order by label.name collate "fr-x-icu", label.id"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (Label { id: row.id, name: row.name, colour: row.colour }, row.uses)).collect())
}

/// Labels of the dossier's call, each with whether the dossier bears it.
pub async fn of_project(conn: &mut PgConnection, instructor: &ProjectInstructor) -> sqlx::Result<Vec<(Label, bool)>> {
    let rows = sqlx::query!(
        r#"select label.id, label.name, label.colour,
             exists(select from project_label where project_label.label_id = label.id and project_label.project_id = $2) as "is_on!"
         from label
         where label.call_id = $1 and label.retired_at is null
         order by label.name collate "fr-x-icu", label.id"#,
        instructor.head().call.get(),
        instructor.project().get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (Label { id: row.id, name: row.name, colour: row.colour }, row.is_on)).collect())
}

/// Adds a label (zero), or changes the one of that id, under the call's lock.
pub async fn keep(conn: &mut PgConnection, manager: &CallManager, id: i64, (name, colour): (&str, &str)) -> sqlx::Result<()> {
    if id == 0 {
        sqlx::query!("insert into label (call_id, name, colour) values ($1, $2, $3)", manager.call().id.get(), name, colour).execute(conn).await?;
    } else {
        sqlx::query!(
            "update label set name = $3, colour = $4, version = version + 1 where id = $1 and call_id = $2 and retired_at is null",
            id,
            manager.call().id.get(),
            name,
            colour
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Retires a label: dossiers no longer bear it.
pub async fn retire(conn: &mut PgConnection, manager: &CallManager, id: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "with retired as (
           update label set retired_at = $3, version = version + 1 where id = $1 and call_id = $2 and retired_at is null returning id
         )
         delete from project_label where label_id in (select id from retired)",
        id,
        manager.call().id.get(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts those labels of the call on a dossier, and takes the others off.
pub async fn put(conn: &mut PgConnection, instructor: &ProjectInstructor, wanted: &[i64]) -> sqlx::Result<()> {
    sqlx::query!(
        "with gone as (delete from project_label where project_id = $1 and not label_id = any($2))
         insert into project_label (project_id, label_id, account_id, at)
         select $1, label.id, $3, $4 from label where label.id = any($2) and label.call_id = $5 and label.retired_at is null
         on conflict do nothing",
        instructor.project().get(),
        wanted,
        instructor.account().get(),
        instructor.now(),
        instructor.head().call.get()
    )
    .execute(conn)
    .await?;
    Ok(())
}
