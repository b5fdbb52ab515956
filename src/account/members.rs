//! Statements about a dossier's team.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::{Dossier, MemberRole, ProjectOwner};
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::AccountId;

/// Somebody of the team.
#[derive(Debug)]
pub struct Member {
    /// Account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Organisation.
    pub organisation: String,
    /// Place.
    pub role: MemberRole,
    /// May deposit by delegation.
    pub can_deposit: bool,
    /// Version of this line.
    pub version: i32,
}

/// The team, owners first.
pub async fn team(conn: &mut PgConnection, dossier: &Dossier) -> Result<Vec<Member>, AppError> {
    let rows = sqlx::query!(
        "select account.id, account.name, account.email, account.organisation, member.role, member.can_deposit, member.version
         from project_member as member
         join account on account.id = member.account_id
         where member.project_id = $1
         order by member.role <> 'owner', member.created_at, account.id",
        dossier.project().get()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Member {
                account: AccountId(row.id),
                name: row.name,
                email: row.email,
                organisation: row.organisation,
                role: MemberRole::parse(&row.role).ok_or_else(|| anyhow::anyhow!("unknown role"))?,
                can_deposit: row.can_deposit,
                version: row.version,
            })
        })
        .collect()
}

/// An invitation that nobody has answered yet.
#[derive(Debug)]
pub struct Pending {
    /// Its number.
    pub id: i64,
    /// Address.
    pub email: String,
    /// Place offered.
    pub role: String,
    /// End of its life.
    pub expires_at: OffsetDateTime,
}

/// Pending invitations of the dossier.
pub async fn pending(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Pending>> {
    sqlx::query_as!(
        Pending,
        "select id, email, role, expires_at from invitation
         where project_id = $1 and accepted_at is null and withdrawn_at is null and expires_at > $2
         order by created_at, id",
        dossier.project().get(),
        dossier.now()
    )
    .fetch_all(conn)
    .await
}

/// Why a change of the team is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// The dossier would have no owner left.
    LastOwner,
    /// One does not take oneself away.
    Oneself,
    /// Somebody else changed this line first.
    Stale,
}

impl Hindrance {
    /// The reason, in French.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::LastOwner => "Un dossier garde au moins un porteur. Nommez d’abord un autre porteur, puis changez ce rôle.",
            Self::Oneself => "Vous ne pouvez pas vous retirer vous-même. Nommez un autre porteur, qui vous retirera.",
            Self::Stale => "Ce rôle a changé pendant ce temps. La page montre le rôle actuel\u{a0}: choisissez de nouveau.",
        }
    }
}

/// May this change be made? The dossier is locked, and `owners` read under that lock.
pub fn hindrance(owners: &[AccountId], by: AccountId, whom: AccountId, becomes: Option<MemberRole>) -> Option<Hindrance> {
    match becomes {
        None if by == whom => Some(Hindrance::Oneself),
        Some(MemberRole::Owner) => None,
        _ if owners == [whom] => Some(Hindrance::LastOwner),
        _ => None,
    }
}

/// Owners of the dossier. Refuses an owner who is no longer one.
pub async fn owners(conn: &mut PgConnection, owner: &ProjectOwner) -> Result<Vec<AccountId>, AppError> {
    let ids =
        sqlx::query_scalar!("select account_id from project_member where project_id = $1 and role = 'owner'", owner.project().get()).fetch_all(conn).await?;
    if !ids.contains(&owner.account().get()) {
        return Err(crate::access::Refusal::NotOwner.into());
    }
    Ok(ids.into_iter().map(AccountId).collect())
}

/// What a member becomes.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Whom.
    pub whom: AccountId,
    /// New place.
    pub role: MemberRole,
    /// Delegation of the deposit; editors only.
    pub can_deposit: bool,
    /// Version of the line that was shown.
    pub version: i32,
}

/// Changes a place in the team; the same change sent twice is made once.
pub async fn change(conn: &mut PgConnection, owner: &ProjectOwner, change: &Change) -> Result<Option<Hindrance>, AppError> {
    let owners = owners(conn, owner).await?;
    if let Some(hindrance) = hindrance(&owners, owner.account(), change.whom, Some(change.role)) {
        return Ok(Some(hindrance));
    }
    let can_deposit = change.can_deposit && change.role == MemberRole::Editor;
    let former = sqlx::query!(
        "select role, can_deposit, version from project_member where project_id = $1 and account_id = $2",
        owner.project().get(),
        change.whom.get()
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(AppError::NotFound)?;
    if former.role == change.role.as_str() && former.can_deposit == can_deposit {
        return Ok(None);
    }
    if former.version != change.version {
        return Ok(Some(Hindrance::Stale));
    }
    sqlx::query!(
        "update project_member set role = $3, can_deposit = $4, version = version + 1 where project_id = $1 and account_id = $2",
        owner.project().get(),
        change.whom.get(),
        change.role.as_str(),
        can_deposit
    )
    .execute(&mut *conn)
    .await?;
    let subject = format!("{} {}{}", change.whom, change.role.as_str(), if can_deposit { " deposit" } else { "" });
    journal::record(conn, owner.project(), owner.account(), "member_changed", &subject, owner.now()).await?;
    Ok(None)
}

/// Takes somebody out of the team.
pub async fn remove(conn: &mut PgConnection, owner: &ProjectOwner, whom: AccountId) -> Result<Option<Hindrance>, AppError> {
    let owners = owners(conn, owner).await?;
    if let Some(hindrance) = hindrance(&owners, owner.account(), whom, None) {
        return Ok(Some(hindrance));
    }
    let gone =
        sqlx::query!("delete from project_member where project_id = $1 and account_id = $2", owner.project().get(), whom.get()).execute(&mut *conn).await?;
    if gone.rows_affected() == 0 {
        return Err(AppError::NotFound);
    }
    journal::record(conn, owner.project(), owner.account(), "member_changed", &format!("{whom} removed"), owner.now()).await?;
    Ok(None)
}

/// Takes an invitation back; nothing happens to one that is answered or taken back already.
pub async fn withdraw(conn: &mut PgConnection, owner: &ProjectOwner, invitation: i64) -> Result<(), AppError> {
    owners(conn, owner).await?;
    let found = sqlx::query!("select accepted_at, withdrawn_at from invitation where id = $1 and project_id = $2", invitation, owner.project().get())
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(AppError::NotFound)?;
    if found.accepted_at.is_some() || found.withdrawn_at.is_some() {
        return Ok(());
    }
    sqlx::query!("update invitation set withdrawn_at = $2 where id = $1", invitation, owner.now()).execute(&mut *conn).await?;
    journal::record(conn, owner.project(), owner.account(), "member_changed", "invitation withdrawn", owner.now()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_owner_stays_and_nobody_leaves_alone() {
        let (ana, leo) = (AccountId(1), AccountId(2));
        assert_eq!(hindrance(&[ana], ana, ana, Some(MemberRole::Editor)), Some(Hindrance::LastOwner));
        assert_eq!(hindrance(&[ana], ana, ana, Some(MemberRole::Owner)), None);
        assert_eq!(hindrance(&[ana], ana, ana, None), Some(Hindrance::Oneself));
        assert_eq!(hindrance(&[ana, leo], ana, ana, None), Some(Hindrance::Oneself));
        assert_eq!(hindrance(&[ana, leo], ana, ana, Some(MemberRole::Reader)), None);
        assert_eq!(hindrance(&[ana, leo], ana, leo, None), None);
        assert_eq!(hindrance(&[ana], ana, leo, None), None);
        assert_eq!(hindrance(&[ana], ana, leo, Some(MemberRole::Reader)), None);
    }
}
