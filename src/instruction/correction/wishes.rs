//! Statements of the corrections that reviewers propose.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{CorrectionWisher, ProjectInstructor};
use crate::error::AppError;
use crate::framework::aims::Aim;
use crate::kit::ids::{AccountId, ProjectId};

/// What became of a proposal.
#[derive(Debug, Clone)]
pub struct Decision {
    /// When.
    pub at: OffsetDateTime,
    /// The request that was sent; none when it was declined.
    pub correction: Option<i64>,
    /// Why it was declined.
    pub reason: String,
}

/// A correction that a reviewer proposes.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Id.
    pub id: i64,
    /// Number within the dossier.
    pub number: i32,
    /// Who proposes; never told to the team.
    pub account: AccountId,
    /// Their name.
    pub by: String,
    /// What is to be corrected.
    pub message: String,
    /// When.
    pub at: OffsetDateTime,
    /// What it aims at.
    pub aims: Vec<Aim>,
    /// End.
    pub decided: Option<Decision>,
}

/// Proposals on a dossier, the last first; those of people who stay away from it are gone with them.
pub async fn list(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<Wish>, AppError> {
    let rows = sqlx::query!(
        r#"select wish.id, wish.number, wish.account_id, account.name as by, wish.message, wish.at, wish.decided_at, wish.correction_id, wish.reason,
             (select coalesce(json_agg(json_build_array(aim.kind, aim.row, aim.item) order by aim.kind, aim.row, aim.item), '[]')::text
              from correction_wish_aim as aim where aim.wish_id = wish.id) as "aims!"
         from correction_wish as wish
         join account on account.id = wish.account_id
         where wish.project_id = $1
           and not exists(select from recusal where recusal.project_id = $1 and recusal.account_id = wish.account_id)
         order by wish.number desc"#,
        project.get()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let aims: Vec<(String, Uuid, String)> = serde_json::from_str(&row.aims).map_err(anyhow::Error::from)?;
            Ok(Wish {
                id: row.id,
                number: row.number,
                account: AccountId(row.account_id),
                by: row.by,
                message: row.message,
                at: row.at,
                aims: aims.into_iter().map(|(kind, row, item)| Aim { kind, row, item }).collect(),
                decided: row.decided_at.map(|at| Decision { at, correction: row.correction_id, reason: row.reason }),
            })
        })
        .collect()
}

/// One proposal on a dossier, by its number.
pub async fn find(conn: &mut PgConnection, project: ProjectId, number: i64) -> Result<Wish, AppError> {
    list(conn, project).await?.into_iter().find(|held| i64::from(held.number) == number).ok_or(AppError::NotFound)
}

/// Writes a proposal under the dossier's lock; its id and its number.
pub async fn propose(conn: &mut PgConnection, wisher: &CorrectionWisher, aims: &[Aim], message: &str) -> sqlx::Result<(i64, i32)> {
    let row = sqlx::query!(
        "insert into correction_wish (project_id, number, account_id, message, at)
         values ($1, coalesce((select max(number) from correction_wish where project_id = $1), 0) + 1, $2, $3, $4)
         returning id, number",
        wisher.project().get(),
        wisher.account().get(),
        message,
        wisher.now()
    )
    .fetch_one(&mut *conn)
    .await?;
    let kinds: Vec<String> = aims.iter().map(|aim| aim.kind.clone()).collect();
    let rows: Vec<Uuid> = aims.iter().map(|aim| aim.row).collect();
    let items: Vec<String> = aims.iter().map(|aim| aim.item.clone()).collect();
    sqlx::query!(
        "insert into correction_wish_aim (wish_id, kind, row, item)
         select $1, aim.kind, aim.row, aim.item from unnest($2::text[], $3::uuid[], $4::text[]) as aim(kind, row, item)
         on conflict do nothing",
        row.id,
        &kinds,
        &rows,
        &items
    )
    .execute(conn)
    .await?;
    Ok((row.id, row.number))
}

/// Ends a proposal under the dossier's lock: sent as that request, or declined with that reason.
pub async fn decide(conn: &mut PgConnection, instructor: &ProjectInstructor, wish: &Wish, end: Result<i64, &str>) -> sqlx::Result<()> {
    let (outcome, correction, reason) = match end {
        Ok(correction) => ("sent", Some(correction), ""),
        Err(reason) => ("declined", None, reason),
    };
    sqlx::query!(
        "update correction_wish set decided_at = $2, decided_by = $3, outcome = $4, correction_id = $5, reason = $6 where id = $1 and decided_at is null",
        wish.id,
        instructor.now(),
        instructor.account().get(),
        outcome,
        correction,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}
