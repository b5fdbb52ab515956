//! Phase 2 (R5): the owner of a laureate opens in the call that follows a dossier of the same organisation and team.

use axum::extract::State;
use axum::response::Response;
use sqlx::PgConnection;

use crate::access::{Dossier, PhaseOpener, Refusal};
use crate::app::App;
use crate::call::store::{NewProject, create_project};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::ids::{CallId, ProjectId};
use crate::page::see;

/// Where a laureate goes on.
#[derive(Debug)]
pub struct Next {
    /// Call of the second phase.
    pub call: String,
    /// The dossier already opened in it.
    pub project: Option<i64>,
}

/// The call that follows that of a laureate, and the dossier that already goes on from it.
pub async fn next(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Option<Next>> {
    let row = sqlx::query!(
        r#"select call.short_title, call.edition, (select id from project where continues = $2) as "project?"
           from call where call.follows = $1"#,
        dossier.head().call.get(),
        dossier.project().get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Next { call: format!("{} {}", row.short_title, row.edition), project: row.project }))
}

/// The owner of a laureate opens its dossier of the second phase; done again, it leads to the same one. The content is then
/// taken from the first by the page that copies a dossier, part by part.
pub async fn open(State(app): State<App>, opener: PhaseOpener, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let mut tx = app.db.begin().await?;
    let row = sqlx::query!(
        r#"select organisation.name, organisation.kind, organisation.commune, project.title, project.manifested_on, project.manifestation, project.notified_on,
             (select call.id from call where call.follows = project.call_id) as next, (select other.id from project as other where other.continues = project.id) as "held?"
           from project
           join organisation on organisation.id = project.organisation_id
           where project.id = $1
           for update of project"#,
        opener.project().get()
    )
    .fetch_one(&mut *tx)
    .await?;
    if let Some(held) = row.held {
        return Ok(see(&format!("/dossiers/{held}")));
    }
    let call = row.next.ok_or(Refusal::Because("La phase 2 n’est pas encore ouverte\u{a0}: les gestionnaires de l’appel l’annonceront."))?;
    let new = NewProject {
        call: CallId(call),
        title: &row.title,
        organisation: &row.name,
        kind: &row.kind,
        commune: row.commune.as_deref(),
        manifested_on: row.manifested_on,
        manifestation: &row.manifestation,
        is_reducing_impact: true,
        is_collective: true,
        notified_on: row.notified_on,
    };
    let project = create_project(&mut tx, &new, opener.account(), opener.now()).await?;
    go_on(&mut tx, &opener, project).await?;
    tx.commit().await?;
    Ok(see(&format!("/dossiers/{project}/copier?source={}", opener.project())))
}

/// The same team, and where the dossier comes from.
async fn go_on(conn: &mut PgConnection, opener: &PhaseOpener, project: ProjectId) -> sqlx::Result<()> {
    sqlx::query!("update project set continues = $2 where id = $1", project.get(), opener.project().get()).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into project_member (project_id, account_id, role, can_deposit, levels, created_at, ends_at)
         select $1, account_id, role, can_deposit, levels, $3, ends_at from project_member where project_id = $2 and coalesce(ends_at > $3, true)",
        project.get(),
        opener.project().get(),
        opener.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}
