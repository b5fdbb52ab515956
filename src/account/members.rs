//! Statements about a dossier's team.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::handover;
use crate::access::{Dossier, Level, MemberRole, Place, ProjectOwner};
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::AccountId;
use crate::mail::{self, Mail, texts};

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
    /// Place: role, deposit, levels.
    pub place: Place,
    /// Version of this line.
    pub version: i32,
    /// End of the place, when it has one.
    pub ends_at: Option<OffsetDateTime>,
}

/// The team, owners first.
pub async fn team(conn: &mut PgConnection, dossier: &Dossier) -> Result<Vec<Member>, AppError> {
    let rows = sqlx::query!(
        "select account.id, account.name, account.email, account.organisation, member.role, member.can_deposit, member.levels, member.version,
           member.ends_at
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
                place: Place::parse(&row.role, row.can_deposit, &row.levels).ok_or_else(|| anyhow::anyhow!("unknown role"))?,
                version: row.version,
                ends_at: row.ends_at,
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
    /// Nobody becomes owner without accepting it.
    NeedsAcceptance,
}

impl Hindrance {
    /// The reason, in French.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::LastOwner => "Un dossier garde au moins un porteur. Proposez d’abord le portage à une autre personne.",
            Self::Oneself => "Vous ne pouvez pas vous retirer vous-même. Proposez le portage à une autre personne, et quittez ainsi l’équipe.",
            Self::NeedsAcceptance => {
                "Le portage se propose\u{a0}: la personne l’accepte ou le décline. Utilisez «\u{a0}Transmettre le portage\u{a0}», plus bas."
            }
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
    /// New role.
    pub role: MemberRole,
    /// Delegation of the deposit; editors only.
    pub can_deposit: bool,
    /// Levels as posted; nothing where the form shows none.
    pub levels: [Option<Level>; 5],
    /// Version of the line that was shown.
    pub version: i32,
}

/// Changes a place in the team; the same change sent twice is made once. The person is told by mail.
pub async fn change(conn: &mut PgConnection, app: &App, owner: &ProjectOwner, change: &Change) -> Result<Option<Hindrance>, AppError> {
    let owners = owners(conn, owner).await?;
    if change.role == MemberRole::Owner && !owners.contains(&change.whom) {
        return Ok(Some(Hindrance::NeedsAcceptance));
    }
    if let Some(hindrance) = hindrance(&owners, owner.account(), change.whom, Some(change.role)) {
        return Ok(Some(hindrance));
    }
    let row = sqlx::query!(
        "select role, can_deposit, levels, version from project_member where project_id = $1 and account_id = $2",
        owner.project().get(),
        change.whom.get()
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(AppError::NotFound)?;
    let former = Place::parse(&row.role, row.can_deposit, &row.levels).ok_or_else(|| anyhow::anyhow!("unknown role"))?;
    let chosen = std::array::from_fn(|index| change.levels[index].unwrap_or_else(|| former.level(no(index))));
    let next = former.changed(change.role, change.can_deposit, chosen);
    if next == former {
        return Ok(None);
    }
    if row.version != change.version {
        return Ok(Some(Hindrance::Stale));
    }
    sqlx::query!(
        "update project_member set role = $3, can_deposit = $4, levels = $5, version = version + 1 where project_id = $1 and account_id = $2",
        owner.project().get(),
        change.whom.get(),
        next.role.as_str(),
        next.can_deposit,
        &next.kept()
    )
    .execute(&mut *conn)
    .await?;
    if former.role == MemberRole::Owner {
        handover::drop_pending(conn, owner.project(), Some(change.whom), owner.now()).await?;
    }
    let levels: String = next.kept().iter().map(ToString::to_string).collect();
    let subject = format!("{} {} {levels}{}", change.whom, next.role.as_str(), if next.can_deposit { " deposit" } else { "" });
    journal::record(conn, owner.project(), owner.account(), "member_changed", &subject, owner.now()).await?;
    if change.whom != owner.account() {
        let told = texts::rights_changed(app, &owner.head().title, &owner.url("/equipe"));
        tell(conn, change.whom, &told, &format!("rights {} {} {}", owner.project(), change.whom, row.version)).await?;
    }
    Ok(None)
}

/// Number of the deliverable at that place in a list of five.
fn no(index: usize) -> u8 {
    u8::try_from(index + 1).unwrap_or(u8::MAX)
}

/// One short mail, without anything of the dossier's content.
async fn tell(conn: &mut PgConnection, whom: AccountId, (subject, body): &(String, String), key: &str) -> sqlx::Result<()> {
    let email = sqlx::query_scalar!("select email from account where id = $1 and disabled_at is null", whom.get()).fetch_optional(&mut *conn).await?;
    let Some(email) = email else { return Ok(()) };
    mail::queue(conn, &Mail { kind: "rights_changed", recipient: &email, subject, body, dedup_key: Some(key) }).await
}

/// Takes somebody out of the team, and tells them.
pub async fn remove(conn: &mut PgConnection, app: &App, owner: &ProjectOwner, whom: AccountId) -> Result<Option<Hindrance>, AppError> {
    let owners = owners(conn, owner).await?;
    if let Some(hindrance) = hindrance(&owners, owner.account(), whom, None) {
        return Ok(Some(hindrance));
    }
    let gone =
        sqlx::query_scalar!("delete from project_member where project_id = $1 and account_id = $2 returning created_at", owner.project().get(), whom.get())
            .fetch_optional(&mut *conn)
            .await?
            .ok_or(AppError::NotFound)?;
    handover::drop_pending(conn, owner.project(), Some(whom), owner.now()).await?;
    journal::record(conn, owner.project(), owner.account(), "member_changed", &format!("{whom} removed"), owner.now()).await?;
    let told = texts::team_left(app, &owner.head().title);
    tell(conn, whom, &told, &format!("left {} {whom} {}", owner.project(), gone.unix_timestamp_nanos())).await?;
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
    sqlx::query!(
        "with gone as (update invitation set withdrawn_at = $2 where id = $1 returning id)
         update handover set withdrawn_at = $2
         where invitation_id in (select id from gone) and accepted_at is null and declined_at is null and withdrawn_at is null",
        invitation,
        owner.now()
    )
    .execute(&mut *conn)
    .await?;
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
