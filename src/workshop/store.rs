//! Which flows of a dossier were noted in a workshop.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::kit::ids::ProjectId;

/// What the journal and the history call the act of noting a card.
pub const ACT: &str = "carded";

/// A card still in the dossier.
#[derive(Debug, Clone)]
pub struct Noted {
    /// Row of its flow.
    pub row: Uuid,
    /// Who noted it.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The last cards of a dossier, the last first.
pub async fn noted(conn: &mut PgConnection, project: ProjectId, most: i64) -> sqlx::Result<Vec<Noted>> {
    sqlx::query_as!(
        Noted,
        "select history.row, account.name as by, history.at
         from unit_history as history
         join unit on unit.project_id = history.project_id and unit.kind = history.kind and unit.row = history.row and not unit.is_deleted
         join account on account.id = history.account_id
         where history.project_id = $1 and history.act = 'carded' and history.kind = 'flow' and history.version = 1
         order by history.id desc
         limit $2",
        project.get(),
        most
    )
    .fetch_all(conn)
    .await
}

/// Was that row written by a card?
pub async fn is_noted(conn: &mut PgConnection, project: ProjectId, kind: &str, row: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists(
             select from unit_history where project_id = $1 and kind = $2 and row = $3 and version = 1 and act = 'carded') as "found!""#,
        project.get(),
        kind,
        row
    )
    .fetch_one(conn)
    .await
}
